//! What Liaison knows and how it is found.
//!
//! Owns the words of the knowledge (`Document`, `Passage`, `Anchor`, `AudienceSpec`), the embedding model, the
//! index and the one way to search it. Refuses to know: file formats (`liaison-ingest`), partners' records,
//! conversations. Start with [`Knowledge::search`], then `index/edge.rs`.

pub mod audience;
pub mod passage;

pub use audience::{Audience, AudienceSpec};
pub use passage::{Anchor, DocumentId, DocumentRecord, Passage, PassageId, Validity};
