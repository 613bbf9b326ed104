//! What Liaison knows and how it is found.
//!
//! Owns the words of the knowledge (`Document`, `Passage`, `Anchor`, `AudienceSpec`), the embedding model, the
//! index and the one way to search it. Refuses to know: file formats (`liaison-ingest`), partners' records,
//! conversations. Start with [`Knowledge::search`], then `index/mod.rs`.

pub mod audience;
pub mod embed;
pub mod index;
mod memo;
mod model_files;
pub mod passage;
pub mod rerank;
pub mod room;
pub mod search;
pub mod words;

pub use audience::{Audience, AudienceSpec};
pub use embed::{EmbedError, Embedder, ModelIdentity, OnnxEmbedder, Urgency};
pub use index::{Cluster, Hit, IndexError, PassageIndex, Place, Stored, View};
pub use model_files::external_files;
pub use passage::{Anchor, DocumentId, DocumentRecord, Passage, PassageId, Validity};
pub use rerank::{OnnxReranker, RerankError, Reranker};
pub use room::DiskFull;
pub use search::{
    EmbeddedDocument, Finding, Found, Knowledge, KnowledgeError, Synonyms, SynonymsError, Timings,
};
