//! A text as words, lines and sentences, each with its place.

use super::{
    layout::{Layout, Part},
    words::INSTRUCTIONS,
};
use crate::registration::{fold::folded, lexicon::Words};
use std::ops::Range;

/// One word, or a run of digits.
pub(super) struct Token {
    /// Bytes of the text.
    pub(super) range: Range<usize>,
    /// Folded.
    pub(super) key: String,
    /// Index of its line.
    pub(super) line: usize,
    /// Index of its sentence.
    pub(super) sentence: usize,
    /// What part of a mail or chat it belongs to.
    pub(super) part: Part,
    /// Index of the message it belongs to: 0 is the latest.
    pub(super) message: usize,
    /// Whether it begins with a capital letter.
    pub(super) capital: bool,
}

/// A text that was cut up.
pub(super) struct Page<'t> {
    pub(super) text: &'t str,
    pub(super) tokens: Vec<Token>,
    pub(super) layout: Layout<'t>,
    /// The words of each sentence.
    pub(super) sentences: Vec<Range<usize>>,
}

impl Words for Page<'_> {
    fn key(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.key.as_str())
    }
}

impl<'t> Page<'t> {
    /// Cuts a text up.
    pub(super) fn of(text: &'t str) -> Self {
        let layout = Layout::of(text);
        let mut page = Self {
            text,
            tokens: Vec::new(),
            layout,
            sentences: Vec::new(),
        };
        for at in 0..page.layout.lines.len() {
            page.push_words_of_line(at);
        }
        page.find_sentences();
        page.find_instructions();
        page
    }

    /// Runs of letters and digits.
    fn push_words_of_line(&mut self, line: usize) {
        let whole = &self.layout.lines[line];
        let mut start = None;
        let slice = &self.text[whole.range.clone()];
        for (at, c) in slice.char_indices().chain([(slice.len(), ' ')]) {
            let at = whole.range.start + at;
            match (c.is_alphanumeric(), start) {
                (true, None) => start = Some(at),
                (false, Some(from)) => {
                    start = None;
                    let word = &self.text[from..at];
                    self.tokens.push(Token {
                        range: from..at,
                        key: folded(word),
                        line,
                        sentence: 0,
                        part: whole.part_at(from),
                        message: whole.message,
                        capital: word.starts_with(char::is_uppercase),
                    });
                }
                _ => {}
            }
        }
    }

    fn find_sentences(&mut self) {
        let mut start = 0;
        for at in 1..=self.tokens.len() {
            if at == self.tokens.len() || self.begins_sentence(at) {
                for token in &mut self.tokens[start..at] {
                    token.sentence = self.sentences.len();
                }
                if start < at {
                    self.sentences.push(start..at);
                }
                start = at;
            }
        }
    }

    /// From the clause that speaks to a machine to the end of its sentence, nothing is read.
    fn find_instructions(&mut self) {
        let found: Vec<usize> = (0..self.tokens.len())
            .filter(|at| INSTRUCTIONS.at(self, *at).is_some())
            .collect();
        for at in found {
            let start = self.clause_of(&(at..at + 1)).start;
            let end = self.sentence_of(at).end;
            for token in &mut self.tokens[start..end] {
                token.part = Part::Instruction;
            }
        }
    }

    fn begins_sentence(&self, at: usize) -> bool {
        let (before, token) = (&self.tokens[at - 1], &self.tokens[at]);
        if (before.part, before.message) != (token.part, token.message) {
            return true;
        }
        let gap = self.gap(at);
        if before.line != token.line {
            return !self.layout.flows(before.line, token.line);
        }
        let Some(stop) = gap.find(['.', '!', '?', '…', '|']) else {
            return gap.contains('\t');
        };
        let behind = gap[stop..].trim_start_matches(['.', '!', '?', '…', '|', ')', '"', '”', '»', '\'']);
        if !behind.starts_with(char::is_whitespace) && !behind.is_empty() {
            return false;
        }
        if behind.is_empty() {
            // "e.g.", "www.x.org", or a full stop without a blank: "Thanks.Next".
            return false;
        }
        if gap[stop..].starts_with(['!', '?', '…', '|']) {
            return true;
        }
        // "z. B.", "Dr. Voss", "J. Müller", "15. Oktober", "ca. 40": the stop belongs to the word.
        let short = before.key.chars().count() == 1;
        let day = before.key.len() <= 2 && before.key.bytes().all(|b| b.is_ascii_digit());
        let lower = !token.capital && token.key.starts_with(|c: char| c.is_alphabetic());
        let long = before.key.chars().count() > 4;
        let bound = short
            || (day && super::date::is_month(&token.key))
            || super::words::ABBREVIATIONS.has(&before.key);
        !bound && (!lower || long)
    }

    /// What stands between a word and the one before it.
    pub(super) fn gap(&self, at: usize) -> &'t str {
        let start = match at.checked_sub(1) {
            None => 0,
            Some(before) => self
                .tokens
                .get(before)
                .map_or(self.text.len(), |token| token.range.end),
        };
        let end = self
            .tokens
            .get(at)
            .map_or(self.text.len(), |token| token.range.start);
        self.text.get(start..end).unwrap_or_default()
    }

    /// The words from the first to before the last, as bytes.
    pub(super) fn bytes(&self, words: &Range<usize>) -> Range<usize> {
        let start = self
            .tokens
            .get(words.start)
            .map_or(self.text.len(), |token| token.range.start);
        let end = words.end.checked_sub(1).and_then(|last| self.tokens.get(last));
        start..end.map_or(start, |token| token.range.end.max(start))
    }

    /// The text of bytes.
    pub(super) fn slice(&self, bytes: &Range<usize>) -> &'t str {
        self.text.get(bytes.clone()).unwrap_or_default()
    }

    /// The text of a word as it is written.
    pub(super) fn word(&self, at: usize) -> &'t str {
        self.tokens.get(at).map_or("", |token| self.slice(&token.range))
    }

    /// The first word that begins at or behind a byte.
    pub(super) fn token_at(&self, byte: usize) -> usize {
        self.tokens.partition_point(|token| token.range.end <= byte)
    }

    /// Whether two words stand in one sentence.
    pub(super) fn together(&self, a: usize, b: usize) -> bool {
        match (self.tokens.get(a), self.tokens.get(b)) {
            (Some(a), Some(b)) => a.sentence == b.sentence,
            _ => false,
        }
    }

    /// The sentence a word stands in.
    pub(super) fn sentence_of(&self, at: usize) -> Range<usize> {
        let sentence = self.tokens.get(at).map_or(0, |token| token.sentence);
        self.sentences.get(sentence).cloned().unwrap_or(0..0)
    }

    /// The words around a place that no comma, semicolon, bracket or dash parts from it.
    pub(super) fn clause_of(&self, words: &Range<usize>) -> Range<usize> {
        let sentence = self.sentence_of(words.start);
        let mut start = words.start.min(sentence.end).max(sentence.start);
        while start > sentence.start && !parts(self.gap(start)) {
            start -= 1;
        }
        let mut end = words.end.max(start);
        while end < sentence.end && !parts(self.gap(end)) {
            end += 1;
        }
        start..end
    }
}

/// Whether what stands between two words parts clauses.
pub(super) fn parts(gap: &str) -> bool {
    gap.contains([',', ';', '(', ')', '–', '—', '|', '•', '/']) && gap != "/"
        || gap.contains(" - ")
        || gap.contains(": ")
}
