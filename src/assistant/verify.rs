//! No sentence leaves uncited, no number or name without its passage or record.
//!
//! A sentence passes when at least one of its citations holds (the quoted words stand in a passage of this
//! turn, or it names records of this turn) and every number, amount, percentage and date in it stands in what
//! its holding citations point to; so does every name, where it rests on records. What fails is withheld with its
//! reason. What passes is shown as the vendor's policy lets it: without links and images that it does not allow.

mod names;

use super::{
    draft::{Cite, Draft, Gap, Part},
    evidence::Evidence,
    language::Language,
    policy::Policy,
    tools::ToolOutcome,
};
use crate::program::date::long;
use jiff::tz::TimeZone;
use liaison_evals::numbers;
use liaison_knowledge::PassageId;
use std::{borrow::Cow, cell::OnceCell};

/// Longest question back, in characters.
const LONGEST_QUESTION: usize = 240;

/// What became of a draft.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Verdict {
    /// What may reach the partner, in order.
    pub released: Vec<Released>,
    /// What may not.
    pub withheld: Vec<Withheld>,
}

/// A part that passed.
#[derive(Debug, Clone, PartialEq)]
pub struct Released {
    /// Markdown without citation marks.
    pub text: String,
    /// How it is set off from what was released before it.
    pub gap: Gap,
    /// The quotes it rests on; empty when it rests on records or is a phrase of ours.
    pub citations: Vec<Quoted>,
}

/// A quote that was found in its passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// The passage.
    pub passage: PassageId,
    /// The words.
    pub quote: String,
}

/// A part that did not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    /// Its words.
    pub text: String,
    /// Why, for the receipt and for a model that may try again.
    pub reason: Failure,
}

/// Why a part did not pass.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It cites nothing.
    #[error("it cites nothing")]
    Uncited,
    /// None of its citations holds.
    #[error("its quotes do not stand in the passages they name")]
    QuoteNotFound,
    /// A number of it stands nowhere in what it cites.
    #[error("{0:?} does not stand in what it cites")]
    NumberWithoutSource(String),
    /// A name of it stands nowhere in the records it cites.
    #[error("the name {0:?} does not stand in what it cites")]
    NameWithoutSource(String),
    /// It was to be a question back, and is not, or says more than a question may.
    #[error("a question back is one short question without figures or names of its own")]
    NoQuestion,
    /// It tells of the prompt, the tools or ids.
    #[error("it speaks of what is internal")]
    GivesAway,
    /// Nothing of it may be shown: it was a link or an image.
    #[error("nothing of it may be shown")]
    NothingLeft,
}

impl Failure {
    /// Its stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Uncited => "uncited",
            Self::QuoteNotFound => "quote_not_found",
            Self::NumberWithoutSource(_) => "number_without_source",
            Self::NameWithoutSource(_) => "name_without_source",
            Self::NoQuestion => "no_question",
            Self::GivesAway => "gives_away",
            Self::NothingLeft => "nothing_left",
        }
    }
}

/// Checks every part of a draft against what was gathered in this turn.
#[must_use]
pub fn verify(draft: &Draft, evidence: &Evidence, policy: &Policy) -> Verdict {
    let by = By::Quotes;
    let mut checker = Checker::new(evidence, "", policy, by, &[]);
    for part in &draft.parts {
        checker.check(part);
    }
    checker.end().1
}

/// Who words what is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A language model, which knows its prompt and may have been told to give it away.
    Model,
    /// Code, out of quotes.
    Quotes,
}

/// Checks the parts of one reply as they come.
pub struct Checker<'e> {
    passages: Vec<(PassageId, Source<'e>)>,
    records: Vec<(&'e ToolOutcome, Source<'e>)>,
    question: &'e str,
    policy: &'e Policy,
    by: By,
    /// What other replies of the turn have said: it is not said again.
    former: &'e [Released],
    verdict: Verdict,
    /// Phrases and questions, which answer nothing by themselves: they wait for a sentence that passes.
    waiting: Vec<Released>,
    has_fact: bool,
    /// The widest gap since the last part that passed.
    gap: Gap,
}

/// What a citation points to.
#[derive(Default)]
struct Source<'e> {
    text: Cow<'e, str>,
    folded: OnceCell<Box<str>>,
    facts: OnceCell<Box<[numbers::Fact]>>,
}

impl<'e> Checker<'e> {
    /// Against what was gathered for `question`, behind what other replies of the turn have said.
    #[must_use]
    pub fn new(
        evidence: &'e Evidence,
        question: &'e str,
        policy: &'e Policy,
        by: By,
        former: &'e [Released],
    ) -> Self {
        let passages = evidence.passages().into_iter();
        let records = evidence.records().into_iter();
        Self {
            passages: passages
                .map(|hit| (hit.passage.id, Source::of(hit.passage.text.as_str())))
                .collect(),
            records: records
                .map(|(_, outcome)| (outcome, Source::of(shown(outcome))))
                .collect(),
            question,
            policy,
            by,
            former,
            verdict: Verdict::default(),
            waiting: Vec::new(),
            has_fact: false,
            gap: Gap::Word,
        }
    }

    /// What may reach the partner now that this part has come; it is part of [`Self::end`]'s verdict too.
    pub fn check(&mut self, part: &Part) -> Vec<Released> {
        let (checked, is_fact) = match part {
            Part::Phrase(phrase) => (Ok(uncited(phrase.words(Language::of(self.question)))), false),
            Part::Question { text, .. } => (self.question(text), false),
            Part::Table { result } => (self.table(*result), true),
            Part::Sentence { text, cites, .. } => (self.sentence(text, cites), true),
        };
        self.gap = self.gap.max(gap(part));
        match checked.and_then(|released| self.shown(part, released)) {
            Err(reason) => {
                let text = words(part).to_owned();
                self.verdict.withheld.push(Withheld { text, reason });
                return Vec::new();
            }
            Ok(released) if self.was_said(&released) => return Vec::new(),
            Ok(released) => self.waiting.push(Released {
                gap: std::mem::replace(&mut self.gap, Gap::Word),
                ..released
            }),
        }
        self.has_fact |= is_fact;
        if self.has_fact { self.release() } else { Vec::new() }
    }

    /// What waited for a sentence and may reach the partner as there was none to wait for, and what became of the
    /// whole reply.
    #[must_use]
    pub fn end(mut self) -> (Vec<Released>, Verdict) {
        let last = if self.verdict.withheld.is_empty() {
            self.release()
        } else {
            Vec::new()
        };
        (last, self.verdict)
    }

    /// A part that is proven as it may be shown.
    fn shown(&self, part: &Part, released: Released) -> Result<Released, Failure> {
        if matches!(part, Part::Phrase(_)) {
            return Ok(released);
        }
        if self.by == By::Model && self.policy.gives_away(&released.text) {
            return Err(Failure::GivesAway);
        }
        let text = self.policy.shown(&released.text);
        if !text.chars().any(char::is_alphanumeric) {
            return Err(Failure::NothingLeft);
        }
        Ok(Released { text, ..released })
    }

    fn was_said(&self, part: &Released) -> bool {
        let mut said = self.former.iter().chain(&self.verdict.released);
        said.any(|former| former.text == part.text && former.citations == part.citations)
    }

    fn release(&mut self) -> Vec<Released> {
        let released = std::mem::take(&mut self.waiting);
        self.verdict.released.extend(released.iter().cloned());
        released
    }

    fn table(&self, result: usize) -> Result<Released, Failure> {
        let (outcome, _) = self.records.get(result).ok_or(Failure::Uncited)?;
        Ok(uncited(&super::table::markdown(outcome)))
    }

    fn question(&self, text: &str) -> Result<Released, Failure> {
        let known = self.passages.iter().map(|(_, source)| source);
        let known: Vec<&Source<'_>> = known
            .chain(self.records.iter().map(|(_, source)| source))
            .collect();
        let is_question = text.trim_end_matches(['*', '_', ' ']).ends_with('?')
            && text.chars().count() <= LONGEST_QUESTION
            && numbers::of_answer(text).is_empty()
            && self.strange_name(text, &known).is_none();
        is_question.then(|| uncited(text)).ok_or(Failure::NoQuestion)
    }

    fn sentence(&self, text: &str, cites: &[Cite]) -> Result<Released, Failure> {
        if cites.is_empty() {
            return Err(Failure::Uncited);
        }
        // They are kept until the answer is complete, hundreds of them at once: no more room than they take.
        let (mut citations, mut sources) = (Vec::with_capacity(cites.len()), Vec::new());
        let mut rests_on_records = false;
        for cite in cites {
            match cite {
                Cite::Quote { passage, quote } => {
                    let named = self.passages.get(*passage);
                    if let Some((id, source)) = named.filter(|(_, source)| source.holds(quote)) {
                        citations.push(Quoted {
                            passage: *id,
                            quote: quote.clone(),
                        });
                        sources.push(source);
                    }
                }
                Cite::Records { result } => {
                    if let Some((_, source)) = self.records.get(*result) {
                        rests_on_records = true;
                        sources.push(source);
                    }
                }
            }
        }
        if sources.is_empty() {
            return Err(Failure::QuoteNotFound);
        }
        if let Some(number) = first_unsupported(text, &sources) {
            return Err(Failure::NumberWithoutSource(number));
        }
        let strange = rests_on_records
            .then(|| self.strange_name(text, &sources))
            .flatten();
        if let Some(name) = strange {
            return Err(Failure::NameWithoutSource(name));
        }
        Ok(Released {
            text: text.to_owned(),
            gap: Gap::default(),
            citations,
        })
    }

    /// The first name of `text` that is neither in `sources` nor in the question.
    fn strange_name(&self, text: &str, sources: &[&Source<'_>]) -> Option<String> {
        let asked = folded(self.question);
        let is_known = |name: &str| asked.contains(name) || sources.iter().any(|s| s.folded().contains(name));
        names::of(text).find(|name| !is_known(&folded(name)))
    }
}

impl<'e> Source<'e> {
    fn of(text: impl Into<Cow<'e, str>>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    fn folded(&self) -> &str {
        self.folded.get_or_init(|| folded(&self.text).into())
    }

    fn facts(&self) -> &[numbers::Fact] {
        self.facts.get_or_init(|| numbers::find(&self.text).into())
    }

    fn holds(&self, quote: &str) -> bool {
        let quote = folded(quote);
        !quote.is_empty() && self.folded().contains(&quote)
    }
}

fn uncited(text: &str) -> Released {
    Released {
        text: text.to_owned(),
        gap: Gap::default(),
        citations: vec![],
    }
}

fn words(part: &Part) -> &str {
    match part {
        Part::Sentence { text, .. } | Part::Question { text, .. } => text,
        // These say what is ours.
        Part::Phrase(_) | Part::Table { .. } => "",
    }
}

fn gap(part: &Part) -> Gap {
    match part {
        Part::Sentence { gap, .. } | Part::Question { gap, .. } => *gap,
        Part::Phrase(_) | Part::Table { .. } => Gap::Paragraph,
    }
}

/// The first number of `text` that stands in none of `sources`, as written.
fn first_unsupported(text: &str, sources: &[&Source<'_>]) -> Option<String> {
    let known = |fact: &numbers::Fact| {
        let mut all = sources.iter().flat_map(|source| source.facts());
        all.any(|known| numbers::agree(&fact.kind, &known.kind))
    };
    let mut facts = numbers::of_answer(text).into_iter();
    facts.find(|fact| !known(fact)).map(|fact| fact.text)
}

/// What an outcome shows: its headline, which code made of them, its fields, what they are called, and when they were
/// read.
fn shown(outcome: &ToolOutcome) -> String {
    let fields = outcome.records.iter().flat_map(|record| &record.fields);
    let mut lines: Vec<String> = fields
        .map(|field| format!("{}: {}", super::table::label(field.name), field.text))
        .collect();
    lines.extend(outcome.headline.clone());
    lines.push(long(outcome.as_of.to_zoned(TimeZone::UTC).date()));
    lines.join("\n")
}

/// Whether `quote` stands in `text`, word for word; white space, letter case and the shape of quotation marks
/// and dashes do not count.
#[cfg(test)]
pub(crate) fn stands_in(quote: &str, text: &str) -> bool {
    Source::of(text).holds(quote)
}

fn folded(text: &str) -> String {
    let shape = |c: char| match c {
        '“' | '”' | '„' | '«' | '»' => '"',
        '‘' | '’' => '\'',
        '–' | '—' | '‑' => '-',
        other => other,
    };
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| word.chars().map(shape).collect())
        .collect();
    words.join(" ").to_lowercase()
}

#[cfg(test)]
mod tests;
