//! Terms that mean the same: those of every partner program, and the vendor's own.

use crate::{index::Also, words};
use std::collections::HashMap;

/// Groups of equal terms, one a line.
const GLOSSARY: &str = include_str!("../../glossary.txt");
/// Most words of a term.
const LONGEST: usize = 6;

/// What a term that was not asked for counts, beside a word of the question itself.
const WEIGHT: f32 = 0.5;

/// Groups of terms that mean the same.
#[derive(Debug, Clone)]
pub struct Synonyms {
    groups: Vec<Vec<Term>>,
    /// Group and place of each term, by the stem of its first word.
    opening: HashMap<String, Vec<(usize, usize)>>,
}

#[derive(Debug, Clone, PartialEq)]
struct Term {
    written: String,
    /// Of all its words, in order.
    stems: Vec<String>,
}

/// Why a group of terms cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SynonymsError {
    /// Nothing to put in its place.
    #[error("{0:?} names no two different terms: a group lists terms that mean the same")]
    Alone(Vec<String>),
    /// Questions cannot be looked through for it.
    #[error("{0:?} is no term: write 1 to {LONGEST} words that say what it is about")]
    Unusable(String),
}

impl Default for Synonyms {
    /// The built-in glossary of partner programs.
    fn default() -> Self {
        let lines = GLOSSARY.lines().map(str::trim);
        let groups = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut all = Self {
            groups: Vec::new(),
            opening: HashMap::new(),
        };
        for group in groups {
            all.push(group.split(" = ").map(Term::of).collect());
        }
        all
    }
}

impl Synonyms {
    /// The built-in glossary and these groups.
    ///
    /// # Errors
    /// When a group has fewer than two different terms, or a term has too many words or none that says anything.
    pub fn with(groups: &[Vec<String>]) -> Result<Self, SynonymsError> {
        let mut all = Self::default();
        for group in groups {
            let mut terms: Vec<Term> = Vec::new();
            for written in group {
                let term = Term::of(written);
                let says = words::words(written).any(|word| words::is_topic(&word));
                if !says || term.stems.len() > LONGEST {
                    return Err(SynonymsError::Unusable(written.clone()));
                }
                if terms.iter().all(|other| other.stems != term.stems) {
                    terms.push(term);
                }
            }
            if terms.len() < 2 {
                return Err(SynonymsError::Alone(group.clone()));
            }
            all.push(terms);
        }
        Ok(all)
    }

    fn push(&mut self, group: Vec<Term>) {
        for (place, term) in group.iter().enumerate() {
            if let Some(first) = term.stems.first() {
                let opening = self.opening.entry(first.clone()).or_default();
                opening.push((self.groups.len(), place));
            }
        }
        self.groups.push(group);
    }

    /// Whether some term has this word, so that it is no slip of the finger.
    pub(super) fn know(&self, word: &str) -> bool {
        let form = form(word);
        let mut terms = self.groups.iter().flatten();
        terms.any(|term| term.stems.contains(&form))
    }

    /// What else to look for: the other terms of each group that `question` names a term of. Where one term begins
    /// another ("deal reg", "deal registration"), the longer one was meant.
    pub(super) fn others(&self, question: &str) -> Vec<Also> {
        let asked: Vec<String> = words::words(question).map(|word| form(&word)).collect();
        let (mut others, mut at) = (Vec::new(), 0);
        while at < asked.len() {
            let named = self.named(&asked[at..]);
            let longest = named.iter().map(|(_, term)| term.stems.len()).max();
            for (group, term) in named.iter().filter(|(_, term)| Some(term.stems.len()) == longest) {
                let rest = self.groups[*group].iter().filter(|other| other != term);
                others.extend(rest.map(Term::also));
            }
            at += longest.unwrap_or(1);
        }
        others
    }

    /// Terms that these words begin with, each with its group.
    fn named(&self, words: &[String]) -> Vec<(usize, &Term)> {
        let opening = words.first().and_then(|first| self.opening.get(first));
        let terms = opening.into_iter().flatten();
        terms
            .map(|(group, place)| (*group, &self.groups[*group][*place]))
            .filter(|(_, term)| words.starts_with(&term.stems))
            .collect()
    }
}

impl Term {
    fn of(written: &str) -> Self {
        Self {
            written: written.trim().to_owned(),
            stems: words::words(written).map(|word| form(&word)).collect(),
        }
    }

    fn also(&self) -> Also {
        Also {
            words: self.written.clone(),
            weight: WEIGHT,
        }
    }
}

/// What a word and its plural have in common. The stemmer leaves that of most abbreviations (MDFs) as it is.
fn form(word: &str) -> String {
    let plural = word.strip_suffix('s').filter(|rest| !rest.ends_with('s'));
    words::stem(plural.unwrap_or(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(terms: &[&str]) -> Vec<String> {
        terms.iter().map(ToString::to_string).collect()
    }

    #[track_caller]
    fn check(question: &str, expected: &[&str]) {
        let synonyms = Synonyms::with(&[group(&["Launchpad", "new partner kit"])]).unwrap();
        let others = synonyms.others(question);
        let others: Vec<&str> = others.iter().map(|also| also.words.as_str()).collect();
        assert_eq!(others, expected);
    }

    #[test]
    fn the_other_terms_of_a_group_are_looked_for() {
        check(
            "How do I claim MDFs?",
            &["market development funds", "marketing development funds"],
        );
        check("What do Rules of Engagement say?", &["ROE"]);
        check("Who gets the new-partner kit?", &["Launchpad"]);
        check("How long is a deal protected?", &[]);
        check("", &[]);
    }

    #[test]
    fn the_longer_term_was_meant() {
        check("the deal registration form", &["deal reg", "lead registration"]);
    }

    #[track_caller]
    fn refuse(terms: &[&str], expected: &SynonymsError) {
        assert_eq!(&Synonyms::with(&[group(terms)]).unwrap_err(), expected);
    }

    #[test]
    fn groups_that_cannot_work_are_refused() {
        refuse(&["MDF"], &SynonymsError::Alone(group(&["MDF"])));
        refuse(
            &["deal", "Deals"],
            &SynonymsError::Alone(group(&["deal", "Deals"])),
        );
        refuse(&["MDF", " "], &SynonymsError::Unusable(" ".to_owned()));
        refuse(&["it", "MDF"], &SynonymsError::Unusable("it".to_owned()));
        let long = "one two three four five six seven";
        refuse(&["MDF", long], &SynonymsError::Unusable(long.to_owned()));
    }

    #[test]
    fn every_line_of_the_glossary_is_a_group() {
        for group in Synonyms::default().groups {
            assert!(group.len() >= 2, "{group:?}");
            assert!(
                group.iter().all(|term| (1..=LONGEST).contains(&term.stems.len())),
                "{group:?}"
            );
        }
    }
}
