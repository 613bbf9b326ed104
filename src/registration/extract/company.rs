//! Which of a text's names is the customer.

use super::{
    address::{Address, squeezed},
    cues,
    labels::{Asked, Labelled},
    layout::Part,
    page::{Page, parts},
    people::{self, Person},
    products::Products,
    runs,
    words::{GENERIC, GIVEN_NAMES, PARTICLES},
};
use crate::registration::lexicon::{Words, lists};
use std::{collections::HashSet, ops::Range};

lists! {
    BEFORE = "words/company.txt" ["before"];
    WEAK = "words/company.txt" ["weak"];
    ARTICLES = "words/company.txt" ["articles"];
    AFTER = "words/company.txt" ["after"];
    PLACES = "words/company.txt" ["places"];
    RIVAL = "words/names.txt" ["rival"];
    REFERRER = "words/names.txt" ["referrer"];
    ORIGIN = "words/company.txt" ["origin"];
}

/// Names below this score are not taken, unless there is no other.
pub(super) const ENOUGH: f64 = 0.45;
/// Nor are those below this one then.
pub(super) const DOUBTFUL: f64 = 0.2;

/// An organisation that a text names.
#[derive(Debug, Clone)]
pub(super) struct Firm {
    pub(super) words: Range<usize>,
    pub(super) score: f64,
    /// Index of the address that has the name in it.
    pub(super) address: Option<usize>,
}

/// What is known of a text when its customers are looked for.
pub(super) struct Known<'a> {
    pub(super) products: &'a Products,
    pub(super) labels: &'a [Labelled],
    pub(super) addresses: &'a [Address],
    pub(super) people: &'a [Person],
    pub(super) own: &'a HashSet<String>,
    pub(super) foreign: &'a [bool],
}

/// Every name in a text that may be a customer's, in order.
pub(super) fn all(page: &Page<'_>, known: &Known<'_>) -> Vec<Firm> {
    let mut found: Vec<Firm> = Vec::new();
    let mut at = 0;
    let mut people = known
        .people
        .iter()
        .filter(|person| person.score >= people::ENOUGH)
        .peekable();
    while at < page.tokens.len() {
        while people.next_if(|person| person.words.end <= at).is_some() {}
        if let Some(person) = people.peek().filter(|person| person.words.contains(&at)) {
            at = person.words.end;
            continue;
        }
        let until = people.peek().map_or(usize::MAX, |person| person.words.start);
        let run = labelled(page, known, at)
            .or_else(|| runs::capital(page, known.products, at).map(|run| run.start..run.end.min(until)));
        let Some(run) = run else {
            at += 1;
            continue;
        };
        at = run.end;
        if let Some(words) = runs::without_generic(page, run) {
            found.push(scored(page, known, words));
        }
    }
    count_mentions(page, &mut found);
    found
}

/// The value of a form's field for the customer, however it is written.
fn labelled(page: &Page<'_>, known: &Known<'_>, at: usize) -> Option<Range<usize>> {
    let label = known
        .labels
        .iter()
        .find(|label| label.asked == Asked::Company && label.value.start == at)?;
    let mut end = at + 1;
    while end < label.value.end && end - at < 10 {
        let gap = page.gap(end);
        let form = runs::legal_form(page, end);
        if (gap.contains([',', ';', '(', '|', '/', '–']) || gap.contains(" - ") || gap.contains(". "))
            && form.is_none()
        {
            break;
        }
        end += form.unwrap_or(1);
    }
    (at < label.value.end).then_some(at..end.min(label.value.end))
}

fn scored(page: &Page<'_>, known: &Known<'_>, words: Range<usize>) -> Firm {
    let address = known
        .addresses
        .iter()
        .position(|address| !address.is_free() && bears(page, &words, &address.label));
    let score = score(page, known, &words, address.is_some());
    Firm {
        words,
        score,
        address,
    }
}

fn score(page: &Page<'_>, known: &Known<'_>, words: &Range<usize>, sited: bool) -> f64 {
    let at = words.start;
    let token = &page.tokens[at];
    let foreign = known.foreign.get(token.message).copied().unwrap_or_default();
    let place = match token.part {
        Part::Body => 0.0,
        Part::Subject => 0.15,
        Part::Signature if foreign || sited => 0.1,
        _ => return -1.0,
    };
    if is_ours(page, words, known.own)
        || known
            .addresses
            .iter()
            .any(|address| address.range.contains(&token.range.start))
    {
        return -1.0;
    }
    let legal = (at + 1..words.end).any(|at| runs::legal_form(page, at).is_some());
    let kind = runs::tells_company(page, words);
    let long = words.len() > 1;
    let asked = cues::asked(known.labels, at, Asked::Company);
    let led = lead(page, at);
    let mut score = place;
    let mut add = |yes: bool, by: f64| score += if yes { by } else { 0.0 };
    add(legal, 0.5);
    add(kind, 0.2);
    add(long, 0.2);
    add(asked, 0.7);
    add(
        !asked && cues::label_of(known.labels, at).is_some_and(|label| label.asked != Asked::Other),
        -0.35,
    );
    add(led == Lead::Strong, 0.35);
    add(led == Lead::Weak, 0.2);
    add(
        AFTER.at(page, words.end).is_some() && page.together(at, words.end) && !parts(page.gap(words.end)),
        0.2,
    );
    add(sited, 0.45);
    add(is_located(page, words), 0.2);
    add(begins_item(page, words), 0.25);
    add(!long && !legal && !kind && !sited && !asked, -0.15);
    add(!long && GENERIC.has(page.key(at)), -1.0);
    add(!long && PLACES.has(page.key(at)), -0.6);
    add(long && GIVEN_NAMES.has(page.key(at)) && !legal && !kind, -0.15);
    add(before_it(page, at, &RIVAL) && !asked, -0.5);
    add(before_it(page, at, &REFERRER) && !asked, -0.6);
    add(cues::is_refused(page, words), -0.2);
    score
}

/// Whether a phrase of the list stands before a name, with at most an article and a word between.
fn before_it(page: &Page<'_>, at: usize, list: &crate::registration::lexicon::Phrases) -> bool {
    let mut skip = 0;
    while skip < 3
        && at > skip
        && (ARTICLES.has(page.key(at - skip - 1))
            || GENERIC.has(page.key(at - skip - 1)) && page.key(at - skip - 1).len() > 3)
    {
        skip += 1;
    }
    cues::shortly_before(page, at, skip, list)
}

#[derive(PartialEq)]
enum Lead {
    None,
    Weak,
    Strong,
}

/// What the words before a name say of it.
fn lead(page: &Page<'_>, at: usize) -> Lead {
    let mut from = at;
    let sentence = page.sentence_of(at).start;
    loop {
        if let Some(start) = BEFORE.before(page, from).filter(|start| *start >= sentence) {
            let weak = WEAK.at(page, start).is_some_and(|(len, _)| start + len == from);
            return if weak { Lead::Weak } else { Lead::Strong };
        }
        if from <= sentence || at - from > 2 || !ARTICLES.has(page.key(from - 1)) {
            return Lead::None;
        }
        from -= 1;
    }
}

/// ", Bristol", "aus Oldenburg", "in Grenchen", "à Douarnenez" behind it.
fn is_located(page: &Page<'_>, words: &Range<usize>) -> bool {
    let (end, gap) = (words.end, page.gap(words.end));
    if !page.together(words.start, end) {
        return false;
    }
    let capital = |at: usize| page.tokens.get(at).is_some_and(|token| token.capital);
    (gap.starts_with([',', ' ', '(']) && PLACES.has(page.key(end)))
        || (ORIGIN.at(page, end).is_some_and(|(len, _)| capital(end + len))
            && gap.trim_matches([' ', ',', '(']).is_empty())
}

/// Whether a line or a list item begins with it and goes on behind a comma or a dash, or ends there.
fn begins_item(page: &Page<'_>, words: &Range<usize>) -> bool {
    let line = page.tokens[words.start].line;
    let first = words.start == 0
        || page.tokens[words.start - 1].line != line
        || parts(page.gap(words.start))
        || page.gap(words.start).contains(':');
    let last = page.tokens.get(words.end).is_none_or(|next| next.line != line);
    first && (last || parts(page.gap(words.end)) || page.gap(words.end).contains('.'))
}

/// Whether a name is the partner's, the vendor's or the writer's.
fn is_ours(page: &Page<'_>, words: &Range<usize>, own: &HashSet<String>) -> bool {
    let mut telling = words
        .clone()
        .map(|at| page.key(at))
        .filter(|key| !PARTICLES.has(key) && !GENERIC.has(key));
    telling.next().is_some_and(|first| own.contains(first))
}

/// Whether the label of a domain has a name in it: `tarnhelm` of "Tarnhelm Mühlen" in `muehlen-tarnhelm.example`.
fn bears(page: &Page<'_>, words: &Range<usize>, label: &str) -> bool {
    let keys: Vec<String> = words
        .clone()
        .map(|at| squeezed(page.key(at)))
        .filter(|key| !PARTICLES.has(key))
        .collect();
    let joined = keys.concat();
    let initials: String = keys.iter().filter_map(|key| key.chars().next()).collect();
    label.len() > 2
        && (joined.starts_with(label)
            || keys
                .iter()
                .any(|key| key.len() > 4 && label.contains(key.as_str()))
            || (initials.len() > 2 && initials == label))
}

/// What is named more than once is what the text is about.
fn count_mentions(page: &Page<'_>, firms: &mut [Firm]) {
    let keys: Vec<String> = firms
        .iter()
        .map(|firm| page.key(firm.words.start).to_owned())
        .collect();
    let mut counts = std::collections::HashMap::new();
    for key in &keys {
        *counts.entry(key.as_str()).or_insert(0_u32) += 1;
    }
    for (firm, key) in firms.iter_mut().zip(&keys) {
        if counts.get(key.as_str()).is_some_and(|count| *count > 1) && key.len() > 3 {
            firm.score += 0.1;
        }
    }
}

/// A name in small letters, where no capital one was found: behind what introduces a customer, or as the first item of
/// a list.
pub(super) fn lower_case(page: &Page<'_>, known: &Known<'_>, scope: &Range<usize>) -> Option<Firm> {
    let starts = scope.clone().filter(|at| {
        let token = &page.tokens[*at];
        let item = *at == scope.start
            || page.layout.lines[token.line].bullet && page.tokens[at - 1].line != token.line;
        let labelled =
            *at > scope.start && page.gap(*at).contains(':') && page.tokens[at - 1].line == token.line;
        let asked = cues::label_of(known.labels, *at).map(|label| label.asked);
        token.part == Part::Body
            && !token.capital
            && asked.is_none_or(|asked| matches!(asked, Asked::Company | Asked::Other))
            && (item
                || labelled
                || is_whole_line(page, *at)
                || lead(page, *at) != Lead::None
                || is_introduced(page, *at))
    });
    starts.into_iter().find_map(|start| {
        let mut end = start;
        while end < scope.end && end - start < 5 && is_lower_name(page, known, start, end) {
            end += 1;
        }
        let short = end - start >= 2;
        let closed = end >= scope.end
            || parts(page.gap(end))
            || page.tokens[end].line != page.tokens[start].line
            || page.gap(end).contains(['.', ':', '?', '!'])
            || AFTER.at(page, end).is_some();
        (short && closed).then_some(Firm {
            words: start..end,
            score: ENOUGH,
            address: None,
        })
    })
}

/// A line of nothing but a few words, one of which tells a company: "cold spring dairy co".
fn is_whole_line(page: &Page<'_>, at: usize) -> bool {
    const MOST: usize = 5;
    let line = page.tokens[at].line;
    let begins = at == 0 || page.tokens[at - 1].line != line;
    let len = page.tokens[at..]
        .iter()
        .take(MOST + 1)
        .take_while(|token| token.line == line)
        .count();
    begins && (2..=MOST).contains(&len) && runs::tells_company(page, &(at..at + len))
}

/// "its tarnhelm glass", "the sister company osric mills".
fn is_introduced(page: &Page<'_>, at: usize) -> bool {
    at > 0
        && matches!(
            page.key(at - 1),
            "its" | "company" | "firma" | "societe" | "client" | "customer" | "kunde"
        )
        && page.together(at - 1, at)
}

fn is_lower_name(page: &Page<'_>, known: &Known<'_>, start: usize, at: usize) -> bool {
    let token = &page.tokens[at];
    let fits = at == start
        || (matches!(page.gap(at), " " | "-" | " & " | "'") && token.line == page.tokens[start].line);
    fits && token.key.chars().all(char::is_alphabetic)
        && !GENERIC.has(&token.key)
        && (!GIVEN_NAMES.has(&token.key) || at > start)
        && !known.products.is_one(page, at)
        && !known.own.contains(&token.key)
        && !super::date::is_month(&token.key)
        && AFTER.at(page, at).is_none()
        && (at > start || !PARTICLES.has(&token.key))
}
