//! Words as vectors.

use crate::index::{Also, IndexError, engine::Sparse};
use qdrant_edge as q;
use quick_cache::sync::Cache;
use std::collections::BTreeMap;

/// Words whose dimension is kept; some 60 bytes each.
const KEPT: usize = 16_384;

/// Words as vectors for BM25, the same in a document and in a question, here and on a server.
pub(in crate::index) struct Bm25 {
    config: q::bm25_embed::EdgeBm25Config,
    words: q::bm25_embed::EdgeBm25,
    /// The dimension of words of documents; none for those that say nothing, like "the".
    dimensions: Cache<Box<str>, Option<u32>>,
}

impl Bm25 {
    pub(in crate::index) fn new() -> Result<Self, IndexError> {
        let config = q::bm25_embed::EdgeBm25Config::default();
        let words = q::bm25_embed::EdgeBm25::new(config.clone());
        Ok(Self {
            config,
            words: words.map_err(|error| IndexError::Engine(error.to_string()))?,
            dimensions: Cache::new(KEPT),
        })
    }

    /// What the engine makes of a document, in less of its time: most of that goes into the stems of words, and most
    /// words were seen before.
    pub(in crate::index) fn document(&self, text: &str) -> Sparse {
        let (mut counts, mut length) = (BTreeMap::<u32, u32>::new(), 0_u32);
        let words = text.split(|char: char| !char.is_alphanumeric());
        for dimension in words.filter_map(|word| self.dimension(word)) {
            *counts.entry(dimension).or_default() += 1;
            length += 1;
        }
        let (k, b) = (self.config.k.into_inner(), self.config.b.into_inner());
        let length = 1.0 - b + b * f64::from(length) / self.config.avg_len.into_inner();
        // BM25 without the rarity of the word, which the engine knows.
        let weight = |count: u32| {
            let count = f64::from(count);
            (count * (k + 1.0) / k.mul_add(length, count)) as f32
        };
        Sparse {
            indices: counts.keys().copied().collect(),
            values: counts.into_values().map(weight).collect(),
        }
    }

    fn dimension(&self, word: &str) -> Option<u32> {
        self.dimensions.get(word).unwrap_or_else(|| {
            let dimension = self.words.embed_query(word).indices.first().copied();
            self.dimensions.insert(word.into(), dimension);
            dimension
        })
    }

    /// Each word of a question counts 1, and each that is looked for too counts its weight.
    pub(in crate::index) fn query(&self, words: &str, also: &[Also]) -> Sparse {
        let mut query = sparse(self.words.embed_query(words));
        for also in also {
            for index in self.words.embed_query(&also.words).indices {
                if !query.indices.contains(&index) {
                    query.indices.push(index);
                    query.values.push(also.weight);
                }
            }
        }
        query
    }
}

pub(super) fn sparse(vector: q::SparseVector) -> Sparse {
    Sparse {
        indices: vector.indices,
        values: vector.values,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_document_is_what_the_engine_makes_of_it(
            texts in prop::collection::vec("([Tt]he|deals?|Registering|registered|50%|É?cole|\\PC{0,6}|[ ,.\n-]){0,40}", 1..4),
        ) {
            let bm25 = Bm25::new().unwrap();
            for text in texts {
                prop_assert_eq!(bm25.document(&text), sparse(bm25.words.embed_document(&text)));
            }
        }
    }
}
