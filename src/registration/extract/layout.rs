//! The lines of a mail, a chat or a note: who wrote which, and which are greeting, signature or header.

use super::words::{CLOSINGS, DIVIDERS, FROM, GREETINGS, HEADERS, SUBJECTS, WROTE};
use crate::registration::{fold::folded, lexicon::Phrases};
use std::ops::Range;

/// What a stretch of text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// What is said.
    Body,
    /// The subject of a mail.
    Subject,
    /// Another header, or the line above a quoted mail.
    Header,
    /// Whom it is for.
    Greeting,
    /// Who wrote it, below.
    Signature,
    /// Who wrote it, in front of a line of a chat.
    Speaker,
    /// Addressed to a machine.
    Instruction,
}

/// One line.
pub(super) struct Line {
    /// Its bytes, without quote marks, blanks at the ends and bullet.
    pub(super) range: Range<usize>,
    /// Index of its message.
    pub(super) message: usize,
    /// Whether it begins with a bullet or a number.
    pub(super) bullet: bool,
    part: Part,
    /// Up to here, it says who speaks.
    speaker_until: usize,
    depth: usize,
}

impl Line {
    /// What the text at a byte is for.
    pub(super) fn part_at(&self, byte: usize) -> Part {
        if byte < self.speaker_until {
            Part::Speaker
        } else {
            self.part
        }
    }
}

/// One mail of those that a text repeats.
#[derive(Default)]
pub(super) struct Message {
    /// The bytes that say who wrote it.
    pub(super) sender: Option<Range<usize>>,
}

/// All lines of a text.
pub(super) struct Layout<'t> {
    text: &'t str,
    /// Whether a program broke the lines: several of them are about as long.
    wrapped: bool,
    pub(super) lines: Vec<Line>,
    pub(super) messages: Vec<Message>,
}

/// Lines that were broken by a program are about this long.
const WRAPPED: usize = 60;
/// Longer lines are no greetings, closings or headers.
const SHORT: usize = 60;

impl<'t> Layout<'t> {
    /// The lines of a text.
    pub(super) fn of(text: &'t str) -> Self {
        let mut layout = Self {
            text,
            wrapped: false,
            lines: Vec::new(),
            messages: vec![Message::default()],
        };
        let mut at = 0;
        for line in text.split('\n') {
            layout.lines.push(bare_line(at, line));
            at += line.len() + 1;
        }
        let long = |line: &&Line| (WRAPPED..=WRAPPED + 40).contains(&line.range.len());
        layout.wrapped = layout.lines.iter().filter(long).count() > 2;
        layout.find_speakers();
        layout.find_parts();
        layout.find_names_below();
        layout
    }

    fn slice(&self, line: usize) -> &'t str {
        &self.text[self.lines[line].range.clone()]
    }

    /// Whether a sentence goes on from one line to the next.
    pub(super) fn flows(&self, from: usize, to: usize) -> bool {
        to == from + 1
            && self.wrapped
            && !self.lines[to].bullet
            && self.slice(from).chars().count() >= WRAPPED
            && !self.slice(from).ends_with(['.', '!', '?', ':'])
    }

    /// "Tom:" or "[09:12] Tom:" in front of a line, where several lines begin so, or one with a time.
    fn find_speakers(&mut self) {
        let found: Vec<_> = (0..self.lines.len())
            .map(|line| speaker(self.slice(line)))
            .collect();
        // "First: … Second: …" are no speakers: somebody speaks twice.
        let name = |at: usize, len: usize| folded(&self.slice(at)[..len]);
        let untimed = found.iter().enumerate().filter_map(|(at, speaker)| {
            let (len, timed) = (*speaker)?;
            (!timed).then(|| name(at, len))
        });
        let mut names = std::collections::HashSet::new();
        let named = untimed.filter(|name| !names.insert(name.clone())).count();
        for (line, speaker) in self.lines.iter_mut().zip(found) {
            if let Some((len, timed)) = speaker
                && (timed || named > 0)
            {
                line.speaker_until = line.range.start + len;
            }
        }
    }

    fn find_parts(&mut self) {
        let (mut signature, mut depth, mut in_headers) = (0_usize, 0, false);
        for at in 0..self.lines.len() {
            let words = key_words(self.slice(at));
            let line = &self.lines[at];
            let divides = DIVIDERS.at(words.as_slice(), 0).is_some() && words.len() <= 6;
            let wrote = is_intro(&words, self.slice(at));
            let header = header(&words, self.slice(at));
            let begins = divides || wrote || (header == Some(Part::Speaker) && !in_headers && at > 0);
            if begins || (line.depth != depth && !words.is_empty()) {
                depth = line.depth;
                signature = 0;
                // A divider, the headers behind it and a deeper quote are the beginning of one mail.
                if self
                    .messages
                    .last()
                    .is_some_and(|last| last.sender.is_some() || begins)
                    || at == 0
                    || depth > 0
                {
                    self.messages.push(Message::default());
                }
            }
            let message = self.messages.len() - 1;
            let range = line.range.clone();
            if (wrote || header == Some(Part::Speaker)) && self.messages[message].sender.is_none() {
                self.messages[message].sender = Some(range.clone());
            }
            in_headers = header.is_some() || (in_headers && words.is_empty()) || divides;
            let part = self.part(at, &words, header, divides || wrote, &mut signature);
            let line = &mut self.lines[at];
            line.message = message;
            line.part = part;
        }
    }

    /// A given name, or a name that begins with one, as the last line of a message: nobody says goodbye any more.
    fn find_names_below(&mut self) {
        for at in 1..self.lines.len() {
            let last = (at + 1..self.lines.len()).all(|later| {
                self.slice(later).is_empty() || self.lines[later].message != self.lines[at].message
            });
            let words = key_words(self.slice(at));
            let named = words
                .first()
                .is_some_and(|word| super::words::GIVEN_NAMES.has(word));
            let plain = self
                .slice(at)
                .chars()
                .all(|c| c.is_alphabetic() || " .-".contains(c))
                && self.slice(at).starts_with(char::is_uppercase);
            let before = self.slice(at - 1);
            let ends = before.is_empty() || before.ends_with(['.', ',', '!', '?']);
            if last && named && plain && ends && words.len() <= 3 && self.lines[at].speaker_until == 0 {
                self.lines[at].part = Part::Signature;
            }
        }
    }

    fn part(
        &self,
        at: usize,
        words: &[String],
        header: Option<Part>,
        intro: bool,
        signature: &mut usize,
    ) -> Part {
        let text = self.slice(at);
        let short = text.chars().count() <= SHORT;
        if intro {
            return Part::Header;
        }
        if let Some(header) = header {
            *signature = 0;
            return if header == Part::Speaker {
                Part::Header
            } else {
                header
            };
        }
        if text.starts_with('[') || is_label(text) {
            *signature = 0;
            return Part::Body;
        }
        if *signature > 0 {
            *signature -= 1;
            return if text.chars().count() > 3 * SHORT {
                Part::Body
            } else {
                Part::Signature
            };
        }
        let dashes = matches!(text.trim(), "--" | "---" | "__" | "___");
        if dashes || (short && closes(words, text)) {
            *signature = SIGNATURE;
            return Part::Signature;
        }
        let greets = short && words.len() <= 5 && GREETINGS.at(words, 0).is_some();
        if greets && (text.ends_with([',', '!', ':']) || words.len() <= 3) {
            return Part::Greeting;
        }
        Part::Body
    }
}

/// How many lines a signature has at most.
const SIGNATURE: usize = 8;

fn bare_line(at: usize, line: &str) -> Line {
    let mut rest = line.trim_end();
    let mut depth = 0;
    loop {
        let trimmed = rest.trim_start();
        match trimmed.strip_prefix('>') {
            Some(quoted) => {
                depth += 1;
                rest = quoted;
            }
            None => {
                rest = trimmed;
                break;
            }
        }
    }
    let bullet = bullet(rest);
    let start = at + line.trim_end().len() - rest.len() + bullet;
    Line {
        range: start..at + line.trim_end().len(),
        message: 0,
        bullet: bullet > 0,
        part: Part::Body,
        speaker_until: 0,
        depth,
    }
}

/// How many bytes a bullet takes: `- `, `• `, `1. `, `2) `, `b) `.
fn bullet(line: &str) -> usize {
    let mark = line.trim_start_matches(['-', '*', '•', '–', '·', '→', '#']);
    let marked = line.len() - mark.len();
    let number = mark.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = mark.len() - number.len();
    let behind =
        if (1..=2).contains(&digits) && number.starts_with(['.', ')', '/']) && number[1..].starts_with(' ') {
            marked + digits + 1
        } else if marked == 0
            && mark.len() > 2
            && mark.as_bytes()[0].is_ascii_alphabetic()
            && mark[1..].starts_with(") ")
        {
            2
        } else {
            marked
        };
    if behind == 0 || !line[behind..].starts_with(' ') {
        return 0;
    }
    line.len() - line[behind..].trim_start().len()
}

fn key_words(line: &str) -> Vec<String> {
    let words = line
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.take(60).map(folded).collect()
}

/// `From: …` is a [`Part::Speaker`], `Subject: …` a [`Part::Subject`].
fn header(words: &[String], text: &str) -> Option<Part> {
    let of = |list: &Phrases| {
        let (len, _) = list.at(words, 0)?;
        let label: usize = text.find([':', '：'])?;
        (key_words(&text[..label]).len() == len).then_some(())
    };
    if of(&SUBJECTS).is_some() {
        return Some(Part::Subject);
    }
    if of(&FROM).is_some() {
        return Some(Part::Speaker);
    }
    of(&HEADERS).map(|()| Part::Header)
}

/// `On 9 March, Petra Klein <…> wrote:`, `Am 9. März schrieb Petra Klein:`.
fn is_intro(words: &[String], text: &str) -> bool {
    let opens = words
        .first()
        .is_some_and(|word| ["on", "am", "le", "el"].contains(&word.as_str()));
    opens
        && text.ends_with(':')
        && text.chars().count() <= 3 * SHORT
        && (0..words.len()).any(|at| WROTE.at(words, at).is_some())
}

/// Whether a short line is the end of a letter: a closing with nothing but a name behind it.
fn closes(words: &[String], text: &str) -> bool {
    let Some((len, _)) = CLOSINGS.at(words, 0) else {
        return false;
    };
    let few = words.len() - len <= 3;
    few && !text.contains(|c: char| c.is_ascii_digit()) && !text.ends_with('?')
}

fn is_label(text: &str) -> bool {
    let Some((label, value)) = text.split_once(':') else {
        return false;
    };
    let words = key_words(label);
    !value.trim().is_empty() && !words.is_empty() && super::labels::is_label(&words)
}

/// How many bytes of a line say who speaks, and whether a time does.
fn speaker(line: &str) -> Option<(usize, bool)> {
    let (timed, rest) = strip_time(line);
    let colon = rest.find(':')?;
    let (name, said) = rest.split_at(colon);
    let (timed_behind, bare) = match name.split_once(['(', '[']) {
        Some((bare, time)) if time.contains(|c: char| c.is_ascii_digit()) => (true, bare),
        Some(_) => return None,
        None => (false, name),
    };
    let words = key_words(bare);
    let is_name = (1..=3).contains(&words.len())
        && bare
            .trim()
            .chars()
            .all(|c| c.is_alphabetic() || " .-'’@_".contains(c))
        && bare.trim().starts_with(|c: char| c.is_alphabetic() || c == '@')
        && !super::labels::is_label(&words);
    let blank = said.len() > 1 && said[1..].starts_with(' ');
    (is_name && blank).then(|| (line.len() - said.len() + 1, timed || timed_behind))
}

/// `[09:12]`, `09:12`, `10/03/2026, 09:12 -` in front of a line.
fn strip_time(line: &str) -> (bool, &str) {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit() || "[]():.,/- –".contains(c));
    let time = &line[..line.len() - rest.len()];
    let rest = rest
        .strip_prefix("AM")
        .or_else(|| rest.strip_prefix("PM"))
        .unwrap_or(rest);
    let clock = time.bytes().filter(u8::is_ascii_digit).count() >= 3 && time.contains(':');
    if clock {
        (true, rest.trim_start_matches([']', ')', ' ', '-', '–', ',']))
    } else {
        (false, line)
    }
}
