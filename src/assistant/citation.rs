//! Citations as a partner reads them: numbered links behind what is cited, and the list the numbers refer to.

use super::{
    evidence::Evidence,
    verify::{Quoted, Released},
};
use liaison_knowledge::{Anchor, PassageId};
use serde::{Deserialize, Serialize};

/// A citation of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Citation {
    /// Its number in the answer, from 1.
    pub n: usize,
    /// The passage.
    pub passage_id: PassageId,
    /// The document's path as ingested.
    pub document: String,
    /// The document's title.
    pub title: String,
    /// Where the passage stands.
    pub anchor: Anchor,
    /// The words as they stand in the passage.
    pub quote: String,
}

/// Numbers the citations of an answer in the order they appear.
#[derive(Debug, Default)]
pub struct Numbering {
    citations: Vec<Citation>,
}

impl Numbering {
    /// A part as shown, and the citations that it is the first to use.
    pub fn show(&mut self, part: &Released, evidence: &Evidence) -> (String, &[Citation]) {
        let used = self.citations.len();
        let mut text = part.text.clone();
        for quoted in &part.citations {
            if let Some(n) = self.number(quoted, evidence) {
                text.push_str(&format!(" [{n}](#cite-{})", quoted.passage.0));
            }
        }
        (text, &self.citations[used..])
    }

    /// All citations so far.
    #[must_use]
    pub fn citations(self) -> Vec<Citation> {
        self.citations
    }

    fn number(&mut self, quoted: &Quoted, evidence: &Evidence) -> Option<usize> {
        let same = |c: &&Citation| c.passage_id == quoted.passage && c.quote == quoted.quote;
        if let Some(citation) = self.citations.iter().find(same) {
            return Some(citation.n);
        }
        let passages = evidence.passages();
        let hit = passages.iter().find(|hit| hit.passage.id == quoted.passage)?;
        let n = self.citations.len() + 1;
        // Few are needed, and many answers are told at once.
        self.citations.reserve_exact(1);
        self.citations.push(Citation {
            n,
            passage_id: quoted.passage,
            document: hit.document.path.clone(),
            title: hit.document.title.clone(),
            anchor: hit.passage.anchor.clone(),
            quote: quoted.quote.clone(),
        });
        Some(n)
    }
}

/// Without the targets of citations, which lead nowhere outside the page: `[1](#cite-…)` becomes `[1]`.
#[must_use]
pub fn without_targets(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](#cite-") {
        plain.push_str(before);
        plain.push(']');
        rest = after.split_once(')').map_or("", |(_, rest)| rest);
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn citations_keep_their_numbers_alone() {
        let check = |text: &str, expected: &str| assert_eq!(without_targets(text), expected);
        check(
            "90 days [1](#cite-7c1d), once [2](#cite-8).",
            "90 days [1], once [2].",
        );
        check(
            "no marks [here](https://a.example)",
            "no marks [here](https://a.example)",
        );
        check("cut [1](#cite-", "cut [1]");
    }
}
