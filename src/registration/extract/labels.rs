//! Forms: `Customer: …`, `Wert = …`, a line for each field or several in one line.

use super::page::Page;
use crate::registration::lexicon::{Words, lists};
use std::ops::Range;

lists! {
    COMPANY = "words/labels.txt" ["company"];
    DOMAIN = "words/labels.txt" ["domain"];
    CONTACT = "words/labels.txt" ["contact"];
    EMAIL = "words/labels.txt" ["email"];
    VALUE = "words/labels.txt" ["value"];
    DATE = "words/labels.txt" ["date"];
    PRODUCT = "words/labels.txt" ["product"];
    SOURCE = "words/labels.txt" ["source"];
    NEED = "words/labels.txt" ["need"];
    PROOF = "words/labels.txt" ["proof"];
    CURRENCY = "words/labels.txt" ["currency"];
    OTHER = "words/labels.txt" ["other"];
}

/// What a label asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Company,
    Domain,
    Contact,
    Email,
    Value,
    Date,
    Product,
    Source,
    Need,
    Proof,
    Currency,
    Other,
}

/// A label and what stands behind it.
#[derive(Debug, Clone)]
pub(super) struct Labelled {
    pub(super) asked: Asked,
    /// The words behind it: to the end of the line, or to the next label in it.
    pub(super) value: Range<usize>,
}

fn asked(words: &(impl Words + ?Sized), at: usize) -> Option<(usize, Asked)> {
    [
        (&COMPANY, Asked::Company),
        (&DOMAIN, Asked::Domain),
        (&CONTACT, Asked::Contact),
        (&EMAIL, Asked::Email),
        (&VALUE, Asked::Value),
        (&DATE, Asked::Date),
        (&PRODUCT, Asked::Product),
        (&SOURCE, Asked::Source),
        (&NEED, Asked::Need),
        (&PROOF, Asked::Proof),
        (&CURRENCY, Asked::Currency),
        (&OTHER, Asked::Other),
    ]
    .into_iter()
    .filter_map(|(list, asked)| Some((list.at(words, at)?.0, asked)))
    // The longest; of two as long, the one that stands first above.
    .reduce(|best, next| if next.0 > best.0 { next } else { best })
}

/// What a German compound asks for by its last part: `Kundenbedarf`, `Gesamtwert`.
fn compound(word: &str) -> Option<Asked> {
    const SHORTEST: usize = 4;
    const LONGEST: usize = 40;
    if word.len() > LONGEST {
        return None;
    }
    let parts = word
        .char_indices()
        .map(|(at, _)| &word[at..])
        .skip(SHORTEST - 1)
        .take_while(|part| part.len() >= SHORTEST);
    let single = |part: &str| asked([part.to_owned()].as_slice(), 0).map(|(_, asked)| asked);
    parts.filter_map(single).find(|asked| *asked != Asked::Other)
}

/// Whether words that stand before a colon are a label.
pub(super) fn is_label(words: &[String]) -> bool {
    (0..words.len().min(2)).any(|from| asked(words, from).is_some_and(|(len, _)| from + len == words.len()))
}

/// Every label of a text.
pub(super) fn all(page: &Page<'_>) -> Vec<Labelled> {
    let mut found: Vec<Labelled> = Vec::new();
    let mut at = 0;
    while at < page.tokens.len() {
        let label = asked(page, at)
            .filter(|(len, _)| is_marked(page, at, at + len))
            .or_else(|| Some((1, compound(page.key(at)).filter(|_| is_marked(page, at, at + 1))?)));
        let Some((len, asked)) = label else {
            at += 1;
            continue;
        };
        let line = page.tokens[at].line;
        if let Some(last) = found.last_mut()
            && last.value.end > at
        {
            last.value.end = at;
        }
        // Needs may take several sentences; a name, an amount or a day does not.
        let sentence = page.sentence_of(at + len).end;
        let brief = sentence - (at + len) < BRIEF;
        let long = asked == Asked::Other || (brief && matches!(asked, Asked::Need | Asked::Proof));
        let rest = (at + len..page.tokens.len())
            .take_while(|at| page.tokens[*at].line == line && (long || *at < sentence))
            .count();
        let value = at + len..at + len + rest;
        found.push(Labelled {
            asked,
            value: if asked == Asked::Company {
                first_item(page, value)
            } else {
                value
            },
        });
        at += len;
    }
    found
}

/// A need of fewer words goes on in the next sentence: "Need: permits. 4 sign-offs each."
const BRIEF: usize = 5;

/// A form has one customer: what stands behind a comma, bracket or dash is about it.
fn first_item(page: &Page<'_>, value: Range<usize>) -> Range<usize> {
    let parts =
        |at: &usize| super::page::parts(page.gap(*at)) && super::runs::legal_form(page, *at).is_none();
    let end = (value.start + 1..value.end).find(parts).unwrap_or(value.end);
    value.start..end
}

/// A colon or an equals sign behind it; a dash too, where it begins its line.
fn is_marked(page: &Page<'_>, start: usize, end: usize) -> bool {
    let same_line = page
        .tokens
        .get(end)
        .is_some_and(|next| next.line == page.tokens[start].line);
    let gap = page
        .gap(end)
        .trim_start()
        .trim_start_matches([')', '.'])
        .trim_start();
    let begins = start == 0 || page.tokens[start - 1].line != page.tokens[start].line;
    let colon = gap.starts_with([':', '=', '：']) && (!gap[1..].is_empty());
    let dash = begins
        && (gap.starts_with("- ")
            || gap.starts_with("– ")
            || gap.starts_with("| ")
            || gap.starts_with("-> "));
    // "on 9 March at 10:30" has no label; the clock has digits on both sides.
    same_line && (colon || dash)
}

/// What the heading of a column asks for, when it is one.
pub(super) fn heading(cell: &str) -> Option<Asked> {
    let folded = crate::registration::fold::folded(cell);
    let words: Vec<String> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    asked(words.as_slice(), 0)
        .filter(|(len, _)| *len == words.len())
        .map(|(_, asked)| asked)
}
