//! People that a text names, and which of them is the one to talk to.

use super::{
    address::{Address, squeezed},
    cues,
    labels::{Asked, Labelled},
    layout::Part,
    page::Page,
    products::Products,
    runs,
    words::{GENERIC, GIVEN_NAMES, PARTICLES, SALUTATIONS, TITLES},
};
use crate::registration::lexicon::{Words, lists};
use std::{collections::HashSet, ops::Range};

lists! {
    INTRODUCED = "words/names.txt" ["introduced"];
    WITH = "words/names.txt" ["with"];
    INTRODUCED_BEHIND = "words/names.txt" ["introduced behind"];
    SPEAKS = "words/names.txt" ["speaks"];
    ALSO_WORDS = "words/names.txt" ["also words"];
    REFERRER = "words/names.txt" ["referrer"];
    HEARSAY = "words/names.txt" ["hearsay"];
    PLACES = "words/company.txt" ["places"];
}

/// People below this score are not taken, unless there is nobody else.
pub(super) const ENOUGH: f64 = 0.35;
/// Nor are those below this one then.
pub(super) const DOUBTFUL: f64 = 0.15;

/// Someone whom a text names.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) words: Range<usize>,
    pub(super) score: f64,
    /// Index of the address that has the name in it.
    pub(super) address: Option<usize>,
}

/// What is known of a text when people are looked for in it.
pub(super) struct Known<'a> {
    pub(super) products: &'a Products,
    pub(super) labels: &'a [Labelled],
    pub(super) addresses: &'a [Address],
    /// Folded words of the names of those who wrote the text, the partner and the vendor.
    pub(super) own: &'a HashSet<String>,
    /// Messages whose sender is neither the partner nor the vendor.
    pub(super) foreign: &'a [bool],
}

/// Everyone whom a text names, in order.
pub(super) fn all(page: &Page<'_>, known: &Known<'_>) -> Vec<Person> {
    let mut found: Vec<Person> = Vec::new();
    let mut at = 0;
    while at < page.tokens.len() {
        let person = candidate(page, known, at).map(|words| scored(page, known, words));
        match person.filter(|person| person.score > 0.0) {
            Some(person) => {
                at = person.words.end;
                found.push(person);
            }
            None => at += 1,
        }
    }
    found
}

/// Words at a place that may be a person's name: capital words, or lower ones behind a given name or a salutation.
fn candidate(page: &Page<'_>, known: &Known<'_>, at: usize) -> Option<Range<usize>> {
    let key = page.key(at);
    let start = page.tokens[at].range.start;
    if known
        .addresses
        .iter()
        .any(|address| address.range.contains(&start))
    {
        return None;
    }
    if is_title(page, at) || !key.starts_with(char::is_alphabetic) || page.tokens[at].range.len() < 2 {
        return None;
    }
    if let Some(run) = runs::capital(page, known.products, at) {
        let starts_inside = at > 0
            && page.tokens[at - 1].capital
            && page.gap(at) == " "
            && !is_title(page, at - 1)
            && !GENERIC.has(page.key(at - 1));
        if starts_inside && !GIVEN_NAMES.has(key) {
            return None;
        }
        let end = (run.start + 1..run.end)
            .find(|at| {
                GENERIC.has(page.key(*at))
                    || (TITLES.has(page.key(*at)) && page.gap(*at) == " ")
                    || page.gap(*at).contains('&')
                    || page.gap(*at) == "."
            })
            .unwrap_or(run.end)
            .min(run.start + 5);
        return (!GENERIC.has(key) || GIVEN_NAMES.has(key) && led(page, at)).then_some(run.start..end);
    }
    let asked = known
        .labels
        .iter()
        .any(|label| label.asked == Asked::Contact && label.value.start == at);
    let named = asked && !GENERIC.has(key)
        || (GIVEN_NAMES.has(key) && key.len() > 2 && !GENERIC.has(key) && !ALSO_WORDS.has(key))
        || (led(page, at) && !GENERIC.has(key));
    if !named || page.tokens[at].capital || page.tokens[at].key.chars().any(|c| c.is_ascii_digit()) {
        return None;
    }
    let mut end = at + 1;
    while end - at < 3 && is_lower_surname(page, known, end) {
        end += 1;
    }
    Some(at..end)
}

/// "ivo marrant", "jan-peter holt": a word of its own behind a given name in a text that writes names small.
fn is_lower_surname(page: &Page<'_>, known: &Known<'_>, at: usize) -> bool {
    let Some(token) = page.tokens.get(at) else {
        return false;
    };
    let same = token.line == page.tokens[at - 1].line && matches!(page.gap(at), " " | "-");
    same && token.key.chars().count() > 2
        && token.key.chars().all(char::is_alphabetic)
        && !GENERIC.has(&token.key)
        && !TITLES.has(&token.key)
        && !known.products.is_one(page, at)
        && super::company::AFTER.at(page, at).is_none()
        && SPEAKS.at(page, at).is_none()
        && !PARTICLES.has(&token.key)
}

/// Whether a salutation stands before.
fn led(page: &Page<'_>, at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else {
        return false;
    };
    let near = page.gap(at).len() <= 2 && page.tokens[before].line == page.tokens[at].line;
    let key = page.key(before);
    // "m" and "fr" are salutations with a stop or a capital only.
    let written = key.len() > 2 || page.gap(at).starts_with('.') || page.tokens[before].capital;
    near && written && SALUTATIONS.has(key)
}

/// The first of the salutations and offices before a name.
fn first(page: &Page<'_>, at: usize) -> usize {
    let mut at = at;
    while at > 0 && is_title(page, at - 1) && page.together(at - 1, at) {
        at -= 1;
    }
    at
}

fn is_title(page: &Page<'_>, at: usize) -> bool {
    SALUTATIONS.has(page.key(at)) && (page.key(at).len() > 1 || page.gap(at + 1).starts_with('.'))
        || (TITLES.has(page.key(at)) && !GIVEN_NAMES.has(page.key(at)))
        || is_office(page.key(at))
}

/// "Pflegedirektor", "Einkaufsleiterin", "Betriebschef": offices are made of one word in German.
fn is_office(word: &str) -> bool {
    const ENDINGS: [&str; 10] = [
        "direktor",
        "direktorin",
        "leiter",
        "leiterin",
        "manager",
        "managerin",
        "chef",
        "chefin",
        "vorstand",
        "meister",
    ];
    word.len() > 6 && ENDINGS.iter().any(|ending| word.ends_with(ending))
}

fn scored(page: &Page<'_>, known: &Known<'_>, words: Range<usize>) -> Person {
    let address = address_of(page, known.addresses, &words);
    let score = score(page, known, &words, address.is_some());
    Person {
        words,
        score,
        address,
    }
}

fn score(page: &Page<'_>, known: &Known<'_>, words: &Range<usize>, mailed: bool) -> f64 {
    let at = words.start;
    let token = &page.tokens[at];
    let foreign = known.foreign.get(token.message).copied().unwrap_or_default();
    let place = match token.part {
        Part::Body => 0.0,
        Part::Signature | Part::Header if foreign => 0.3,
        _ => return -1.0,
    };
    let sender = page
        .layout
        .messages
        .get(token.message)
        .and_then(|message| message.sender.clone());
    let sends = foreign
        && token.part == Part::Header
        && sender.is_some_and(|sender| sender.contains(&token.range.start));
    if token.part == Part::Header && !sends {
        return -1.0;
    }
    let all_own = words.clone().all(|at| known.own.contains(page.key(at)));
    let formed = (at + 1..=words.end).any(|at| runs::legal_form(page, at).is_some());
    if all_own || formed {
        return -1.0;
    }
    let given = GIVEN_NAMES.has(page.key(at));
    let long = words.len() > 1;
    let mut score = place;
    let mut add = |yes: bool, by: f64| score += if yes { by } else { 0.0 };
    add(cues::asked(known.labels, at, Asked::Contact), 0.55);
    add(cues::asked(known.labels, at, Asked::Company), -0.6);
    add(
        cues::label_of(known.labels, at).is_some_and(|label| {
            matches!(
                label.asked,
                Asked::Need | Asked::Proof | Asked::Source | Asked::Other
            )
        }),
        -0.2,
    );
    add(
        led(page, at) || (at > 0 && is_title(page, at - 1) && led(page, at - 1)),
        0.5,
    );
    add(given && long, 0.35);
    add(given && !long, 0.15);
    add(mailed, 0.5);
    add(sends, 0.3);
    let office = at > 0
        && page.tokens[at - 1].line == token.line
        && matches!(page.gap(at), " " | ", ")
        && is_title(page, at - 1)
        && !SALUTATIONS.has(page.key(at - 1));
    let titled = page
        .tokens
        .get(words.end)
        .is_some_and(|next| next.line == token.line)
        && page.together(at, words.end)
        && (words.end..words.end + 2).any(|at| TITLES.at(page, at).is_some() || is_office(page.key(at)))
        && matches!(page.gap(words.end).trim(), "," | "(" | "-" | "–" | "/");
    add(office || titled, 0.35);
    add(cues::shortly_behind(page, words.end, 4, &INTRODUCED_BEHIND), 0.45);
    let introduced = cues::shortly_before(page, first(page, at), 0, &INTRODUCED);
    add(introduced, if long { 0.4 } else { 0.25 });
    add(!introduced && cues::shortly_before(page, at, 1, &WITH), 0.1);
    add(
        SPEAKS.at(page, words.end).is_some() && page.gap(words.end) == " ",
        if long { 0.35 } else { 0.2 },
    );
    add(
        words
            .clone()
            .any(|at| PARTICLES.has(page.key(at)) && !page.tokens[at].capital && page.key(at).len() < 3),
        -0.15,
    );
    add(runs::tells_company(page, words), -0.5);
    add(PLACES.has(page.key(at)) && !long, -0.6);
    add(cues::shortly_before(page, at, 1, &REFERRER), -0.45);
    add(
        cues::shortly_before(page, at, 1, &HEARSAY) || cues::is_refused(page, words),
        -0.5,
    );
    score
}

/// The address whose local part has the person's surname or given name in it.
fn address_of(page: &Page<'_>, addresses: &[Address], words: &Range<usize>) -> Option<usize> {
    let names: Vec<String> = words.clone().map(|at| squeezed(page.key(at))).collect();
    addresses.iter().position(|address| {
        let has = |name: &String| {
            *name == address.person || (name.len() > 2 && address.person.contains(name.as_str()))
        };
        address.is_mail() && names.iter().any(has)
    })
}
