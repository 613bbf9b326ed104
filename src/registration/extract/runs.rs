//! Runs of capital words, and what names are made of.

use super::{
    date::is_month,
    page::Page,
    products::Products,
    words::{GENERIC, PARTICLES},
};
use crate::registration::{
    lexicon::{Words, lists},
    names::forms::LEGAL_FORMS,
};
use std::ops::Range;

lists! {
    KINDS = "words/company.txt" ["kinds"];
    INTENT = "words/deal.txt" ["intent"];
    WEEKDAYS = "words/dates.txt" ["weekdays"];
}

/// The longest name, in words.
const LONGEST: usize = 9;

/// A run of capital words that begins at `at`: `Moulins Le Braz-Tarnec SAS`, `Kliniken Sankt Ansgar gGmbH`.
/// Legal forms and small words between capital ones belong to it; products, months and weekdays end it.
pub(super) fn capital(page: &Page<'_>, products: &Products, at: usize) -> Option<Range<usize>> {
    begins(page, products, at).then_some(())?;
    let mut end = at + 1;
    while end < page.tokens.len() && end - at < LONGEST {
        let Some(next) = extended(page, products, at, end) else {
            break;
        };
        end = next;
    }
    Some(at..end)
}

fn begins(page: &Page<'_>, products: &Products, at: usize) -> bool {
    page.tokens.get(at).is_some_and(|token| token.capital) && !ends_a_name(page, products, at)
}

fn ends_a_name(page: &Page<'_>, products: &Products, at: usize) -> bool {
    let key = page.key(at);
    products.is_one(page, at)
        || (is_month(key) && key != "mars" && key != "may")
        || (WEEKDAYS.has(key) && key.len() > 3)
}

/// Where the run ends when one more word joins it.
fn extended(page: &Page<'_>, products: &Products, start: usize, end: usize) -> Option<usize> {
    let (token, gap) = (&page.tokens[end], page.gap(end));
    let before = &page.tokens[end - 1];
    if token.line != before.line || token.part != before.part {
        return None;
    }
    if let Some(len) = legal_form(page, end) {
        return Some(end + len);
    }
    let ampersand = matches!(gap, " & " | "&" | " + " | "& ");
    let joined = matches!(gap, "-" | "'" | "’" | "&") || (gap == "." && before.key.len() <= 3);
    let initial = gap == ". " && (before.key.len() == 1 || before.key == "st");
    let blank = gap == " " || gap == "\u{a0}";
    let fits = blank || ampersand || joined || initial;
    if fits
        && !ends_a_name(page, products, end)
        && (token.capital || (joined && gap != "." && before.capital))
    {
        return Some(end + 1);
    }
    if end == start + 1
        && let Some(end) = described(page, start)
    {
        return Some(end);
    }
    if !blank || !PARTICLES.has(&token.key) {
        return None;
    }
    // "Stadtwerke am Main", "Ville de La Rochelle", "Carrières de l'Aubrac"; "and" parts two names, unless a
    // family stands behind it.
    let mut next = end + 1;
    while next < page.tokens.len()
        && next - end < 3
        && PARTICLES.has(page.key(next))
        && !page.tokens[next].capital
    {
        next += 1;
    }
    let and = matches!(
        token.key.as_str(),
        "and"
            | "und"
            | "et"
            | "og"
            | "och"
            | "y"
            | "e"
            | "i"
            | "in"
            | "for"
            | "fur"
            | "a"
            | "im"
            | "sur"
            | "auf"
    );
    let kin = matches!(
        page.key(next),
        "co" | "sons"
            | "son"
            | "sohne"
            | "soehne"
            | "sohn"
            | "fils"
            | "cie"
            | "partner"
            | "partners"
            | "partenaires"
            | "daughters"
            | "tochter"
    );
    let whole = (end + 1..=next).all(|at| matches!(page.gap(at), " " | "'" | "’" | "-"));
    let capital = page
        .tokens
        .get(next)
        .is_some_and(|token| token.capital && token.line == before.line);
    let long = next - start < LONGEST;
    (whole
        && capital
        && long
        && (!and || kin)
        && !ends_a_name(page, products, next)
        && !GENERIC.has(page.key(next)))
    .then_some(next + 1)
}

/// "Coopérative agricole du Val-Brun", "Port de plaisance de Saint-Aubin": a kind of business, what it does in small
/// letters, and where. The word behind the capital one that ends it.
fn described(page: &Page<'_>, start: usize) -> Option<usize> {
    const LONGEST: usize = 6;
    KINDS.has(page.key(start)).then_some(())?;
    let capital = |at: &usize| page.tokens[*at].capital;
    let last = (start + 1..page.tokens.len().min(start + LONGEST)).find(capital)?;
    let flows = (start + 1..=last).all(|at| matches!(page.gap(at), " " | "'" | "’"));
    let of = |at| matches!(page.key(at), "de" | "du" | "des" | "d" | "di" | "del" | "della");
    let tied = (start + 1..last).any(of);
    let small = (start + 1..last).all(|at| !GENERIC.has(page.key(at)) || PARTICLES.has(page.key(at)));
    (flows && tied && small && last > start + 2).then_some(last + 1)
}

/// How many words a legal form has that stands at `at`. Letters by themselves count only where stops or slashes join
/// them: "S.p.A." does, "as a" does not.
pub(super) fn legal_form(page: &Page<'_>, at: usize) -> Option<usize> {
    let (len, _) = LEGAL_FORMS.at(page, at)?;
    let token = page.tokens.get(at)?;
    let gap = page.gap(at);
    let lead = gap.trim_end_matches(' ');
    if at > 0 && !(lead.is_empty() || lead == "," || lead == "." || lead == " (")
        || page.tokens.get(at + len - 1)?.line != token.line
    {
        return None;
    }
    let lone_letters = (at..at + len).all(|at| page.key(at).chars().count() == 1);
    let joined = (at + 1..at + len).all(|at| page.gap(at).contains(['.', '/']) && page.gap(at).len() <= 2);
    let written = page.word(at).chars().any(char::is_uppercase)
        || token.key.len() > 3
        || page.gap(at + len).starts_with('.');
    let fits = if len == 1 && token.key.len() <= 3 {
        written && token.key.len() > 1
    } else {
        !lone_letters || joined
    };
    fits.then_some(len)
}

/// Without generic words in front: `Kunde Nordwind Logistik` is `Nordwind Logistik`.
pub(super) fn without_generic(page: &Page<'_>, run: Range<usize>) -> Option<Range<usize>> {
    let mut run = run;
    let named =
        |at: usize| page.key(at) == "the" && page.tokens[at].capital && page.sentence_of(at).start != at;
    while run.start < run.end
        && !named(run.start)
        && (INTENT.has(page.key(run.start))
            || GENERIC.has(page.key(run.start))
            || PARTICLES.has(page.key(run.start)) && page.key(run.start).len() < 3)
    {
        run.start += 1;
    }
    while run.end - run.start > 1
        && GENERIC.has(page.key(run.end - 1))
        && !page.tokens[run.end - 1].capital
        && !ends_in_form(page, &run)
    {
        run.end -= 1;
    }
    (run.start < run.end).then_some(run)
}

/// Whether the last words of a run are a legal form, such as the `A` of `S.p.A.`.
pub(super) fn ends_in_form(page: &Page<'_>, run: &Range<usize>) -> bool {
    (run.start + 1..run.end).any(|at| legal_form(page, at).is_some_and(|len| at + len == run.end))
}

/// Whether a word of a name says that a company bears it: a kind of business, or a compound of one.
pub(super) fn tells_company(page: &Page<'_>, run: &Range<usize>) -> bool {
    const ENDINGS: [&str; 26] = [
        "werke",
        "werk",
        "bau",
        "technik",
        "logistik",
        "klinik",
        "kliniken",
        "klinikum",
        "handel",
        "verband",
        "verein",
        "verlag",
        "brauerei",
        "backerei",
        "reederei",
        "rosterei",
        "kaserei",
        "haus",
        "genossenschaft",
        "betriebe",
        "versicherung",
        "bank",
        "gruppe",
        "industrie",
        "spedition",
        "pflege",
    ];
    run.clone().any(|at| {
        let key = page.key(at);
        KINDS.at(page, at).is_some() || (key.len() > 6 && ENDINGS.iter().any(|ending| key.ends_with(ending)))
    })
}
