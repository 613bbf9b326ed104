//! What is told while an answer comes into being.

use super::{
    answer::TimingsMs,
    citation::{Citation, Numbering},
    evidence::{Evidence, ToolCall, ToolReturn},
    verify::Released,
};
use std::time::Instant;

/// What is told.
#[derive(Debug)]
pub enum Progress<'a> {
    /// Something is being looked up: the answer's call of this number, from 1.
    Calling(usize, &'a ToolCall),
    /// It came back.
    Returned(usize, &'a ToolCall, &'a ToolReturn),
    /// A part of the answer passed verification: its Markdown, to be put right behind what came before it, and the
    /// citations it is the first to use.
    Released(&'a str, &'a [Citation]),
}

/// Tells, and keeps what was told.
pub(super) struct Telling<P> {
    progress: P,
    start: Instant,
    first: Option<f64>,
    calls: usize,
    text: String,
    numbering: Numbering,
}

/// What was told by the end.
pub(super) struct Told {
    pub(super) text: String,
    pub(super) citations: Vec<Citation>,
    pub(super) timings: TimingsMs,
}

impl<P: FnMut(Progress<'_>) + Send> Telling<P> {
    pub(super) fn new(progress: P) -> Self {
        Self {
            progress,
            start: Instant::now(),
            first: None,
            calls: 0,
            text: String::new(),
            numbering: Numbering::default(),
        }
    }

    /// Returns the number of the first of these calls.
    pub(super) fn calling(&mut self, calls: &[ToolCall]) -> usize {
        let first = self.calls + 1;
        self.calls += calls.len();
        for (n, call) in (first..).zip(calls) {
            (self.progress)(Progress::Calling(n, call));
        }
        first
    }

    pub(super) fn returned(&mut self, n: usize, call: &ToolCall, returned: &ToolReturn) {
        (self.progress)(Progress::Returned(n, call, returned));
    }

    pub(super) fn release(&mut self, part: &Released, evidence: &Evidence) {
        let (text, citations) = self.numbering.show(part, evidence);
        let gap = if self.text.is_empty() {
            ""
        } else {
            part.gap.markdown()
        };
        let text = format!("{gap}{text}");
        (self.progress)(Progress::Released(&text, citations));
        // Hundreds of answers are told at once: no more room than they take.
        self.text.reserve_exact(text.len());
        self.text.push_str(&text);
        self.first.get_or_insert_with(|| milliseconds(self.start));
    }

    /// Says words of ours, in a paragraph of their own.
    pub(super) fn say(&mut self, words: &str) {
        let part = Released {
            text: words.to_owned(),
            gap: super::draft::Gap::Paragraph,
            citations: vec![],
        };
        self.release(&part, &Evidence::default());
    }

    pub(super) fn end(self) -> Told {
        Told {
            timings: TimingsMs {
                first_sentence: self.first,
                total: milliseconds(self.start),
            },
            text: self.text,
            citations: self.numbering.citations(),
        }
    }
}

fn milliseconds(since: Instant) -> f64 {
    (since.elapsed().as_secs_f64() * 1e5).round() / 100.0
}
