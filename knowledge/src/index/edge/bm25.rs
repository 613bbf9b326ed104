//! Words as vectors.

use crate::index::{Also, IndexError, engine::Sparse};
use qdrant_edge as q;

/// Words as vectors for BM25, the same in a document and in a question, here and on a server.
pub(in crate::index) struct Bm25(q::bm25_embed::EdgeBm25);

impl Bm25 {
    pub(in crate::index) fn new() -> Result<Self, IndexError> {
        let bm25 = q::bm25_embed::EdgeBm25::new(q::bm25_embed::EdgeBm25Config::default());
        Ok(Self(bm25.map_err(|error| IndexError::Engine(error.to_string()))?))
    }

    pub(in crate::index) fn document(&self, words: &str) -> Sparse {
        sparse(self.0.embed_document(words))
    }

    /// Each word of a question counts 1, and each that is looked for too counts its weight.
    pub(in crate::index) fn query(&self, words: &str, also: &[Also]) -> Sparse {
        let mut query = sparse(self.0.embed_query(words));
        for also in also {
            for index in self.0.embed_query(&also.words).indices {
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
