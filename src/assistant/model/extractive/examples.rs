//! The example questions of all tools as vectors. They are the same at every start, so they are kept in a file.

use super::ModelError;
use crate::{assistant::tools::Tool, files::write_whole};
use liaison_knowledge::{Knowledge, search::similarity};
use sha2::{Digest, Sha256};
use std::{fs, io, path::Path, sync::Arc};

/// The example questions of each tool that is asked by meaning, as vectors.
pub(super) struct Examples(Vec<(Tool, Vec<Arc<[f32]>>)>);

/// Examples by which tools are ranked: one may be like a question by chance, so the nearest three count alike.
const NEAREST: usize = 3;

/// How like a tool's examples a question is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Likeness {
    /// The cosine similarity of the nearest example.
    pub(super) nearest: f32,
    /// The mean of the [`NEAREST`].
    pub(super) near: f32,
}

impl Examples {
    /// The examples, from the file `kept` where it has them; they are written there if not.
    ///
    /// # Errors
    /// When the embedding model fails.
    pub(super) async fn load(knowledge: &Knowledge, kept: &Path) -> Result<Self, ModelError> {
        let texts: Vec<(Tool, Vec<String>)> = Tool::ALL
            .iter()
            .map(|tool| (*tool, tool.examples().map(str::to_owned).collect::<Vec<_>>()))
            .filter(|(_, texts)| !texts.is_empty())
            .collect();
        let all: Vec<String> = texts.iter().flat_map(|(_, texts)| texts).cloned().collect();
        let file = Kept::of(knowledge, &all);
        let vectors = match file.read(kept, all.len()) {
            Some(vectors) => vectors,
            None => {
                let made = knowledge.embed(all).await;
                let made = made.map_err(|error| ModelError::Unavailable(error.to_string()))?;
                if let Err(error) = file.write(kept, &made) {
                    tracing::warn!(%error, file = %kept.display(), "the next start takes longer");
                }
                made
            }
        };
        let mut vectors = vectors.into_iter();
        let own = |(tool, texts): (Tool, Vec<String>)| (tool, vectors.by_ref().take(texts.len()).collect());
        Ok(Self(texts.into_iter().map(own).collect()))
    }

    /// How like each tool's examples a question of this vector is.
    pub(super) fn like(&self, vector: &[f32]) -> Vec<(Tool, Likeness)> {
        let like = |(tool, examples): &(Tool, Vec<Arc<[f32]>>)| {
            let mut alike: Vec<f32> = examples
                .iter()
                .map(|example| similarity(example, vector))
                .collect();
            alike.sort_unstable_by(|a, b| b.total_cmp(a));
            alike.truncate(NEAREST);
            // Three at most.
            #[allow(clippy::cast_precision_loss)]
            let near = alike.iter().sum::<f32>() / alike.len().max(1) as f32;
            let nearest = alike.first().copied().unwrap_or(-1.0);
            (*tool, Likeness { nearest, near })
        };
        self.0.iter().map(like).collect()
    }
}

/// A file of vectors: which they are, as a hash, and then their numbers in order, four bytes each, least first.
struct Kept {
    /// Of the model and of each text.
    key: [u8; 32],
    dimensions: usize,
}

impl Kept {
    fn of(knowledge: &Knowledge, texts: &[String]) -> Self {
        let model = knowledge.model();
        let mut hash = Sha256::new_with_prefix(&model.sha256);
        for text in texts {
            hash.update(b"\n");
            hash.update(text);
        }
        Self {
            key: hash.finalize().into(),
            dimensions: model.dimensions,
        }
    }

    /// The `count` vectors, if the file is there and has these.
    fn read(&self, file: &Path, count: usize) -> Option<Vec<Arc<[f32]>>> {
        let bytes = fs::read(file).ok()?;
        let numbers = bytes.strip_prefix(&self.key)?;
        let (numbers, rest) = numbers.as_chunks::<4>();
        let numbers: Vec<f32> = numbers.iter().map(|number| f32::from_le_bytes(*number)).collect();
        let is_whole = rest.is_empty() && self.dimensions > 0 && numbers.len() == count * self.dimensions;
        is_whole.then(|| numbers.chunks(self.dimensions).map(Arc::from).collect())
    }

    fn write(&self, file: &Path, vectors: &[Arc<[f32]>]) -> io::Result<()> {
        let numbers = vectors.iter().flat_map(|vector| vector.iter());
        let bytes = numbers.flat_map(|number| number.to_le_bytes());
        write_whole(file, self.key.into_iter().chain(bytes).collect::<Vec<u8>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_file_of_the_same_examples_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("examples");
        let kept = |key| Kept {
            key: [key; 32],
            dimensions: 2,
        };
        let vectors: Vec<Arc<[f32]>> = vec![Arc::from([0.5, -1.0]), Arc::from([f32::MIN_POSITIVE, 3.0])];
        assert_eq!(kept(1).read(&file, 2), None);
        kept(1).write(&file, &vectors).unwrap();
        assert_eq!(kept(1).read(&file, 2), Some(vectors));
        assert_eq!(kept(2).read(&file, 2), None, "other examples or another model");
        assert_eq!(kept(1).read(&file, 3), None);
        let bytes = fs::read(&file).unwrap();
        fs::write(&file, &bytes[..bytes.len() - 1]).unwrap();
        assert_eq!(kept(1).read(&file, 2), None, "cut off");
    }
}
