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

impl Anchor {
    /// Whether text may run on from one place into the other: rows of tables and slides are read by themselves.
    fn flows_into(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Page { .. }, Self::Page { .. }) => true,
            (Self::Rows { .. }, _) => false,
            _ => self == other,
        }
    }
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
    /// What its vector is made of: its document's title and its heading path say what its words are about.
    #[must_use]
    pub fn words(&self, document: &DocumentRecord) -> String {
        let mut lines = self.labels(document);
        lines.push(&self.text);
        lines.join("\n")
    }

    fn labels<'a>(&'a self, document: &'a DocumentRecord) -> Vec<&'a str> {
        let title = document.title.as_str();
        let headings = self.heading.iter().map(String::as_str);
        std::iter::once(title)
            .chain(headings.filter(|heading| *heading != title))
            .collect()
    }
}

/// Characters of each neighbour that [`findable`] takes along: two or three sentences.
const SURROUNDINGS: usize = 200;

/// The words by which BM25 finds each of a document's passages, which are given in order: its words, and those around
/// it where it was cut out of a longer text under the same headings. What a pronoun or a "this rule" stands for is
/// named just before it. Its own words stand twice, as they weigh twice as much. Vectors are made without: they get
/// blurred.
#[must_use]
pub fn findable(document: &DocumentRecord, passages: &[Passage]) -> Vec<String> {
    let words = |(nth, passage): (usize, &Passage)| {
        let same =
            |other: &&Passage| other.heading == passage.heading && other.anchor.flows_into(&passage.anchor);
        let before = nth.checked_sub(1).and_then(|nth| passages.get(nth)).filter(same);
        let after = passages.get(nth + 1).filter(same);
        let mut lines = passage.labels(document);
        lines.extend([passage.text.as_str(), passage.text.as_str()]);
        lines.extend(before.map(|before| ending(&before.text)));
        lines.extend(after.map(|after| beginning(&after.text)));
        lines.join("\n")
    };
    passages.iter().enumerate().map(words).collect()
}

/// The last whole words of `text`, at most [`SURROUNDINGS`] characters.
fn ending(text: &str) -> &str {
    match text.char_indices().rev().nth(SURROUNDINGS) {
        None => text,
        // The character before may be the inside of a word.
        Some((at, _)) => text[at..]
            .split_once(char::is_whitespace)
            .map_or("", |(_, rest)| rest),
    }
}

/// The first whole words of `text`, at most [`SURROUNDINGS`] characters.
fn beginning(text: &str) -> &str {
    match text.char_indices().nth(SURROUNDINGS) {
        None => text,
        Some((at, char)) => {
            let cut = &text[..at + char.len_utf8()];
            cut.rsplit_once(char::is_whitespace).map_or("", |(rest, _)| rest)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passage(ordinal: u32, heading: &str, text: &str) -> Passage {
        let heading = vec![heading.to_owned()];
        Passage {
            id: PassageId(Uuid::nil()),
            ordinal,
            anchor: Anchor::Heading {
                heading: heading.clone(),
            },
            heading,
            text: text.to_owned(),
        }
    }

    #[test]
    fn surroundings_are_of_the_same_text() {
        let document = DocumentRecord {
            id: DocumentId(Uuid::nil()),
            path: "guide.md".to_owned(),
            title: "Guide".to_owned(),
            audience: AudienceSpec::Partners,
            validity: Validity::default(),
            language: None,
        };
        let long = "far ".repeat(100) + "near";
        let passages = [
            passage(0, "Rates", &long),
            passage(1, "Rates", "Gold earns more."),
            passage(2, "Rates", &("close ".to_owned() + &long)),
            passage(3, "Guide", "Other."),
        ];
        let found = findable(&document, &passages);
        let far = "far ".repeat(48);
        let expected = format!(
            "Guide\nRates\nGold earns more.\nGold earns more.\n{}near\nclose {}",
            "far ".repeat(49),
            far.trim_end()
        );
        assert_eq!(found[1], expected);
        assert_eq!(found[3], "Guide\nOther.\nOther.");
    }
}
