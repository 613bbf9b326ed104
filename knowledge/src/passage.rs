//! The citable parts of documents and where they stand.

use crate::AudienceSpec;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// All ids of the knowledge are derived (UUID v5) from this, so that a re-ingest gives the same ids.
const NAMESPACE: Uuid = Uuid::from_u128(0x6c69_6169_736f_6e00_8000_6b6e_6f77_6c65);

/// A document's id: derived from where it came from, so the same place is the same document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DocumentId(pub Uuid);

impl DocumentId {
    /// The id of the document that came from `source` (an absolute path or a URL).
    #[must_use]
    pub fn of_source(source: &str) -> Self {
        Self(Uuid::new_v5(&NAMESPACE, source.as_bytes()))
    }
}

/// A passage's id: derived from its document, its place and its words. Same words at the same place, same id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PassageId(pub Uuid);

impl PassageId {
    /// The id of the `ordinal`-th passage (from 0) of `document` with this `text`.
    #[must_use]
    pub fn of_text(document: DocumentId, ordinal: u32, text: &str) -> Self {
        Self(Uuid::new_v5(
            &document.0,
            format!("{ordinal}\u{0}{text}").as_bytes(),
        ))
    }
}

/// Where in its document a passage stands. JSON: `{"page":3}`, `{"slide":4}`, `{"heading":["A","B"]}` or
/// `{"sheet":"Rates","rows":[2,9]}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Anchor {
    /// A page of a paged document, from 1.
    Page {
        /// Page number.
        page: u32,
    },
    /// A slide of a deck, from 1.
    Slide {
        /// Slide number.
        slide: u32,
    },
    /// Rows of a sheet, as numbered in the file (the header of a sheet that starts at the top is row 1).
    Rows {
        /// Sheet name; a CSV file's own name.
        sheet: String,
        /// First and last row, inclusive.
        rows: [u32; 2],
    },
    /// A heading path, outermost first; empty before the first heading.
    Heading {
        /// The headings.
        heading: Vec<String>,
    },
}

/// The days a document holds, `from` inclusive, `until` exclusive; `None` is unbounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Validity {
    /// First day in force.
    pub from: Option<Date>,
    /// First day no longer in force.
    pub until: Option<Date>,
}

impl Validity {
    /// Whether it holds on `day`.
    #[must_use]
    pub fn holds_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }
}

/// What the index knows of a document besides its passages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRecord {
    /// Its id.
    pub id: DocumentId,
    /// The path as ingested, relative to the folder given; what people see.
    pub path: String,
    /// Its title.
    pub title: String,
    /// Who may see it.
    pub audience: AudienceSpec,
    /// When it holds.
    pub validity: Validity,
    /// BCP 47 language tag, when known.
    pub language: Option<String>,
}

/// A citable part of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// Its id.
    pub id: PassageId,
    /// Its place in the document's order, from 0.
    pub ordinal: u32,
    /// Where it stands.
    pub anchor: Anchor,
    /// Headings (or slide title, or sheet) it stands under, outermost first: searched, never quoted.
    pub heading: Vec<String>,
    /// Its words: what is shown and quoted.
    pub text: String,
}

impl Passage {
    /// What it is found by, by meaning and by words: its document's title and its heading path say what its words are
    /// about.
    #[must_use]
    pub fn words(&self, document: &DocumentRecord) -> String {
        let title = document.title.as_str();
        let headings = self
            .heading
            .iter()
            .map(String::as_str)
            .filter(|heading| *heading != title);
        let lines: Vec<&str> = [title]
            .into_iter()
            .chain(headings)
            .chain([self.text.as_str()])
            .collect();
        lines.join("\n")
    }
}
