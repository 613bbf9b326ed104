//! Vectors of recent texts, kept in memory.

use crate::{EmbedError, Embedder, embed::Urgency};
use quick_cache::sync::Cache;
use std::sync::Arc;

/// An embedder that remembers the vectors of recent texts: within one turn a question is compared again and
/// again, and the sentences of a good passage are compared with every question it is found for.
pub(crate) struct Memo {
    embedder: Arc<dyn Embedder>,
    recent: Cache<String, Arc<[f32]>>,
}

/// Texts whose vectors are remembered; about 2 kB each.
const REMEMBERED: usize = 16_384;

impl Memo {
    pub(crate) fn new(embedder: Arc<dyn Embedder>) -> Self {
        Self {
            embedder,
            recent: Cache::new(REMEMBERED),
        }
    }

    /// One vector per text, in order; only texts that are new go to the model, all in one call.
    pub(crate) fn embed(&self, texts: &[String]) -> Result<Vec<Arc<[f32]>>, EmbedError> {
        let known: Vec<Option<Arc<[f32]>>> = texts.iter().map(|text| self.recent.get(text)).collect();
        let is_new = |(text, known): (&String, &Option<_>)| known.is_none().then(|| text.clone());
        let new: Vec<String> = texts.iter().zip(&known).filter_map(is_new).collect();
        // An empty call would wait for a session that may be busy with a document.
        let vectors = if new.is_empty() {
            Vec::new()
        } else {
            self.embedder.embed(&new, Urgency::Question)?
        };
        let mut vectors = vectors.into_iter().zip(new);
        let vector = |known: Option<Arc<[f32]>>| {
            known.or_else(|| {
                let (vector, text) = vectors.next()?;
                let vector: Arc<[f32]> = vector.into();
                self.recent.insert(text, Arc::clone(&vector));
                Some(vector)
            })
        };
        let all: Option<Vec<_>> = known.into_iter().map(vector).collect();
        all.ok_or_else(|| EmbedError::Failed("the model returned fewer vectors than texts".into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ModelIdentity;
    use std::sync::Mutex;

    /// Embeds a text as its length, and keeps what it was given.
    struct Lengths(ModelIdentity, Mutex<Vec<String>>);

    impl Embedder for Lengths {
        fn identity(&self) -> &ModelIdentity {
            &self.0
        }

        #[allow(clippy::cast_precision_loss)] // short texts
        fn embed(&self, texts: &[String], _: Urgency) -> Result<Vec<Vec<f32>>, EmbedError> {
            self.1.lock().unwrap().extend_from_slice(texts);
            Ok(texts.iter().map(|text| vec![text.len() as f32]).collect())
        }
    }

    #[test]
    fn each_text_is_embedded_once_and_keeps_its_place() {
        let identity = ModelIdentity {
            name: "lengths".into(),
            sha256: String::new(),
            dimensions: 1,
        };
        let embedder = Arc::new(Lengths(identity, Mutex::default()));
        let memo = Memo::new(Arc::clone(&embedder) as Arc<dyn Embedder>);
        let embed = |texts: &[&str]| -> Vec<f32> {
            let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
            memo.embed(&texts)
                .unwrap()
                .iter()
                .map(|vector| vector[0])
                .collect()
        };
        assert_eq!(embed(&["a", "bb"]), [1.0, 2.0]);
        assert_eq!(embed(&["bb", "ccc", "a", "dddd"]), [2.0, 3.0, 1.0, 4.0]);
        assert_eq!(*embedder.1.lock().unwrap(), ["a", "bb", "ccc", "dddd"]);
    }
}
