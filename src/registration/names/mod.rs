//! Is it the same customer? Two organisations are compared by domain, by name and by what else is known of them, with
//! the reasons that a manager needs to judge.
//!
//! [`similarity`] compares two, [`candidates`] finds those that are worth comparing among many.

mod alike;
pub mod candidates;
pub mod domain;
pub(super) mod forms;
mod name;

pub use name::Weights;

use super::extract::is_free_mail;
use alike::Alike;
use domain::registrable;
use name::Name;
use std::fmt;

/// An organisation as a text or a CRM names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Organisation<'o> {
    /// Its name, with or without legal form, "trading as" and the like.
    pub name: &'o str,
    /// A host of its site or its mail; one where everyone can have an address counts as none.
    pub domain: Option<&'o str>,
    /// ISO 3166 code.
    pub country: Option<&'o str>,
    /// The name of the firm it belongs to.
    pub parent: Option<&'o str>,
}

/// From this score on, two organisations are taken for the same customer.
pub const SAME: f64 = 0.75;
/// From this score on, a person should look.
pub const POSSIBLE: f64 = 0.6;

/// How alike two organisations are.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// 0 to 1; see [`SAME`] and [`POSSIBLE`].
    pub score: f64,
    /// What speaks for it, then what speaks against it.
    pub reasons: Vec<Reason>,
}

impl Match {
    /// Whether they are taken for the same customer.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.score >= SAME
    }
}

/// Why two organisations may, or may not, be one. Shown as a few words for the manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Both have this domain.
    SameDomain(String),
    /// One's domain is the other one's and another word.
    RelatedDomains(String, String),
    /// Letter by letter, but for case.
    EqualNames,
    /// But for legal form, accents, small words and punctuation.
    EqualButForm,
    /// But for words such as "Group" and countries.
    EqualButGroup,
    /// But for the order of the words.
    OtherOrder,
    /// But for where the spaces are.
    OtherSpaces,
    /// A word and what may be a slip of it.
    Spelling(String, String),
    /// A word and its short form, or the same trade in another language.
    ShortForm(String, String),
    /// One is the initials of the other.
    Initials(String),
    /// The name is one that the other has besides.
    Alias(String),
    /// One belongs to the other, or both to this one.
    Parent(String),
    /// Words that one has and the other has not.
    OtherWords(String, String),
    /// Their domains have nothing in common.
    OtherDomains(String, String),
    /// Their countries.
    OtherCountries(String, String),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SameDomain(domain) => write!(f, "same domain {domain}"),
            Self::RelatedDomains(a, b) => write!(f, "domains {a} and {b} belong together"),
            Self::EqualNames => f.write_str("names equal"),
            Self::EqualButForm => f.write_str("names equal but for legal form or spelling of letters"),
            Self::EqualButGroup => f.write_str("names equal but for words such as Group or a country"),
            Self::OtherOrder => f.write_str("names equal but for the order of words"),
            Self::OtherSpaces => f.write_str("names equal but for spaces"),
            Self::Spelling(a, b) => write!(f, "\"{a}\" may be \"{b}\" misspelt"),
            Self::ShortForm(a, b) => write!(f, "\"{a}\" and \"{b}\" mean the same"),
            Self::Initials(short) => write!(f, "\"{short}\" may be initials"),
            Self::Alias(name) => write!(f, "also called \"{name}\""),
            Self::Parent(name) => write!(f, "belongs to \"{name}\""),
            Self::OtherWords(a, b) if a.is_empty() || b.is_empty() => {
                write!(f, "only one is called \"{a}{b}\"")
            }
            Self::OtherWords(a, b) => write!(f, "one is called \"{a}\", the other \"{b}\""),
            Self::OtherDomains(a, b) => write!(f, "different domains {a} and {b}"),
            Self::OtherCountries(a, b) => write!(f, "in {a} and in {b}"),
        }
    }
}

/// How alike two organisations are. `weights` may know how common words are among the vendor's customers.
///
/// A domain of one's own decides: with the same one, names may differ altogether; with two that have nothing in common,
/// only names that are equal and rare are taken for one firm. Where a domain is missing, names have to agree in all
/// words but those of a group, up to slips.
#[must_use]
pub fn similarity(a: &Organisation<'_>, b: &Organisation<'_>, weights: &Weights) -> Match {
    let (names_a, names_b) = (Name::all(a.name, weights), Name::all(b.name, weights));
    let alike = names_a
        .iter()
        .flat_map(|a| names_b.iter().map(move |b| Alike::of(a, b)))
        .reduce(|best, next| if next.score > best.score { next } else { best })
        .unwrap_or_default();
    let (domain_a, domain_b) = (own_domain(a.domain), own_domain(b.domain));
    let mut reasons = Vec::new();
    let mut score = match (&domain_a, &domain_b) {
        (Some(a), Some(b)) if a == b => {
            reasons.push(Reason::SameDomain(a.clone()));
            0.9 + 0.1 * alike.score
        }
        (Some(one), Some(other)) => by_domains(one, other, &alike, a, b, &mut reasons),
        _ => by_names(&alike, a, b, &mut reasons),
    };
    if a.name.trim().to_lowercase() == b.name.trim().to_lowercase() {
        reasons.push(Reason::EqualNames);
    } else {
        reasons.extend(alike.reasons.iter().cloned());
    }
    if let Some(parent) = shared_parent(a, b, weights) {
        reasons.insert(0, Reason::Parent(parent));
        score = score.max(0.85);
    }
    Match {
        score: score.clamp(0.0, 1.0),
        reasons,
    }
}

/// Two domains of their own.
fn by_domains(
    one: &str,
    other: &str,
    alike: &Alike,
    a: &Organisation<'_>,
    b: &Organisation<'_>,
    reasons: &mut Vec<Reason>,
) -> f64 {
    let related = are_related(one, other);
    let abroad = is_abroad(a, b);
    if related && alike.own && !alike.slips && alike.rest <= 1.0 {
        reasons.push(Reason::RelatedDomains(one.to_owned(), other.to_owned()));
        return 0.8 + 0.15 * alike.score;
    }
    reasons.push(Reason::OtherDomains(one.to_owned(), other.to_owned()));
    if abroad {
        reasons.extend(countries(a, b));
    }
    // A rare name in one country, spelt alike, may have two domains; anything else has too much against it.
    let rare = alike.own && alike.exact && alike.score > 0.97 && !abroad;
    if rare { 0.76 } else { 0.55 * alike.score }
}

/// A domain is missing, or tells nothing.
fn by_names(alike: &Alike, a: &Organisation<'_>, b: &Organisation<'_>, reasons: &mut Vec<Reason>) -> f64 {
    if !is_abroad(a, b) {
        return alike.score;
    }
    reasons.extend(countries(a, b));
    alike.score - if alike.own { 0.1 } else { 0.3 }
}

fn countries(a: &Organisation<'_>, b: &Organisation<'_>) -> Option<Reason> {
    Some(Reason::OtherCountries(
        a.country?.to_owned(),
        b.country?.to_owned(),
    ))
}

fn is_abroad(a: &Organisation<'_>, b: &Organisation<'_>) -> bool {
    matches!((a.country, b.country), (Some(a), Some(b)) if !a.is_empty() && !b.is_empty() && !a.eq_ignore_ascii_case(b))
}

/// The registrable domain of an organisation, unless everyone can have an address there.
fn own_domain(host: Option<&str>) -> Option<String> {
    let domain = registrable(host?);
    (domain.contains('.') && !is_free_mail(&domain)).then_some(domain)
}

/// Whether the name in one domain is that in the other, with or without more words: `perlwerk.example` and
/// `perlwerk-deutschland.example`, `harbour-line.example` and `harbourline.test`.
fn are_related(a: &str, b: &str) -> bool {
    const SHORTEST: usize = 4;
    let label = |domain: &str| domain.split('.').next().unwrap_or_default().to_owned();
    let (a, b) = (label(a), label(b));
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let bare = |label: &str| name::squeezed(&label.replace('-', ""));
    bare(&short) == bare(&long)
        || (short.len() >= SHORTEST
            && (long.split('-').any(|part| part == short)
                || bare(&long).starts_with(&bare(&short))
                || bare(&long).ends_with(&bare(&short))))
}

/// The parent that one is, or that both have.
fn shared_parent(a: &Organisation<'_>, b: &Organisation<'_>, weights: &Weights) -> Option<String> {
    let same = |x: &str, y: &str| {
        let (x, y) = (Name::all(x, weights), Name::all(y, weights));
        x.iter().any(|x| y.iter().any(|y| Alike::of(x, y).score >= 0.9))
    };
    let pairs = [
        (a.parent, Some(b.name)),
        (b.parent, Some(a.name)),
        (a.parent, b.parent),
    ];
    pairs
        .into_iter()
        .find_map(|(x, y)| same(x?, y?).then(|| x.unwrap_or_default().to_owned()))
}

#[cfg(test)]
mod tests;
