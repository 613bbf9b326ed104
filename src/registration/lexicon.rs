//! Lists of phrases, kept as text files that a person can read and extend.
//!
//! A file has sections, `[name]`, of lines; `#` begins a comment. A line holds phrases between commas, and may give them
//! all one value, as in `3: march, mar, märz`. Phrases are written as [`folded`](super::fold::folded) words.

use std::collections::HashMap;

/// One section of a file.
pub(super) struct Phrases {
    /// By their first word, the longest first.
    by_first: HashMap<&'static str, Vec<Phrase>>,
}

struct Phrase {
    words: Vec<&'static str>,
    value: &'static str,
}

/// The words of a text, one after the other.
pub(super) trait Words {
    /// The folded word at a place; empty outside of the text.
    fn key(&self, at: usize) -> &str;
}

impl Words for [String] {
    fn key(&self, at: usize) -> &str {
        self.get(at).map_or("", String::as_str)
    }
}

impl Phrases {
    /// The section `name` of `file`; without phrases, when the file has none of that name.
    pub(super) fn of(file: &'static str, name: &str) -> Self {
        let mut by_first: HashMap<&str, Vec<Phrase>> = HashMap::new();
        for (value, phrase) in lines(file, name).flat_map(entries) {
            let words: Vec<_> = phrase.split_whitespace().collect();
            if let Some(first) = words.first() {
                by_first.entry(first).or_default().push(Phrase { words, value });
            }
        }
        for phrases in by_first.values_mut() {
            phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.words.len()));
        }
        Self { by_first }
    }

    /// How many words the longest phrase at a place has, and its value.
    pub(super) fn at(&self, words: &(impl Words + ?Sized), at: usize) -> Option<(usize, &'static str)> {
        let phrases = self.by_first.get(words.key(at))?;
        let fits = |phrase: &&Phrase| {
            (0..)
                .zip(&phrase.words)
                .all(|(by, word)| words.key(at + by) == *word)
        };
        let phrase = phrases.iter().find(fits)?;
        Some((phrase.words.len(), phrase.value))
    }

    /// Where the longest phrase begins whose last word is the one before `at`.
    pub(super) fn before(&self, words: &(impl Words + ?Sized), at: usize) -> Option<usize> {
        const LONGEST: usize = 5;
        let ends_here = |start: &usize| {
            let phrases = self.by_first.get(words.key(*start));
            phrases.is_some_and(|phrases| {
                let fits = |phrase: &Phrase| {
                    phrase.words.len() == at - start
                        && (*start..)
                            .zip(&phrase.words)
                            .all(|(at, word)| words.key(at) == *word)
                };
                phrases.iter().any(fits)
            })
        };
        (at.saturating_sub(LONGEST)..at).find(ends_here)
    }

    /// Whether a word is a phrase by itself.
    pub(super) fn has(&self, word: &str) -> bool {
        self.value(word).is_some()
    }

    /// The value of a phrase of one word.
    pub(super) fn value(&self, word: &str) -> Option<&'static str> {
        let phrases = self.by_first.get(word)?;
        let one = phrases.iter().find(|phrase| phrase.words.len() == 1)?;
        Some(one.value)
    }
}

pub(super) fn lines(file: &'static str, name: &str) -> impl Iterator<Item = &'static str> {
    file.lines()
        .map(str::trim)
        .skip_while(move |line| line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) != Some(name))
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The phrases of a line, each with the line's value.
fn entries(line: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let (value, phrases) = line.split_once(':').unwrap_or(("", line));
    phrases
        .split(',')
        .map(move |phrase| (value.trim(), phrase.trim()))
}

/// A list that is read when it is first needed: `list!(WEEKS, "words/dates.txt", "week")`.
macro_rules! lists {
    ($($name:ident = $file:literal [$section:literal];)+) => {
        $(pub(in crate::registration) static $name: std::sync::LazyLock<$crate::registration::lexicon::Phrases> =
            std::sync::LazyLock::new(|| $crate::registration::lexicon::Phrases::of(include_str!($file), $section));)+

        #[cfg(test)]
        #[test]
        fn every_list_has_words() {
            $(assert!(!$name.is_empty(), "{} of {}", $section, $file);)+
        }
    };
}
pub(super) use lists;

#[cfg(test)]
impl Phrases {
    pub(super) fn is_empty(&self) -> bool {
        self.by_first.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# none\n[a]\n3: march, mar\n# note\n4: april fool, april\n\n[b]\nend of, end\n";

    #[test]
    fn the_longest_phrase_counts() {
        let words: Vec<String> = "in april fool end of march"
            .split(' ')
            .map(str::to_owned)
            .collect();
        let (a, b) = (Phrases::of(FILE, "a"), Phrases::of(FILE, "b"));
        assert_eq!(a.at(words.as_slice(), 1), Some((2, "4")));
        assert_eq!(a.at(words.as_slice(), 5), Some((1, "3")));
        assert_eq!(a.at(words.as_slice(), 0), None);
        assert_eq!(b.before(words.as_slice(), 5), Some(3));
        assert_eq!(b.before(words.as_slice(), 4), Some(3));
        assert_eq!(b.before(words.as_slice(), 3), None);
        assert!(a.has("mar") && !a.has("fool") && Phrases::of(FILE, "c").is_empty());
    }
}
