//! Deals read from texts, beside what careful readers took from them.
//!
//! A reader of texts is judged by field. A field that is told and was read alike is a hit; one that was read
//! otherwise is a miss and a false alarm, one that was not read is a miss, and one that is not told but was read is a
//! false alarm. The deals of a text are matched so that most fields agree.

use crate::counts::Counts;
use serde::Deserialize;
use std::{collections::BTreeMap, path::Path};
use unicode_normalization::UnicodeNormalization;

/// The facts of one deal. Amounts are decimals of major units, dates ISO 8601, sources as stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Deal {
    /// The customer.
    pub company: Option<String>,
    /// Its domain.
    pub domain: Option<String>,
    /// A person there.
    pub contact: Option<String>,
    /// An address there.
    pub contact_email: Option<String>,
    /// What it is worth.
    pub value: Option<String>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// When it is expected to be signed.
    pub close_date: Option<String>,
    /// As in the catalogue.
    pub product: Option<String>,
    /// How the partner came by it.
    pub source: Option<String>,
    /// What the customer needs: words of the text.
    pub need: Option<String>,
    /// Why it is real: words of the text.
    pub proof: Option<String>,
}

/// Who wrote the texts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Partner {
    /// The firm.
    pub name: String,
    /// Its currency.
    pub currency: String,
    /// Its domain.
    pub domain: String,
}

/// A text and its deals.
#[derive(Debug, Clone, Deserialize)]
pub struct Case {
    /// Unique in the file.
    pub id: String,
    /// E-mail, chat, note …
    pub kind: String,
    /// `en`, `de`, `fr`.
    pub language: String,
    /// Where it is another one than the file's.
    pub partner: Option<Partner>,
    /// As it was pasted.
    pub text: String,
    /// In any order.
    pub deals: Vec<Deal>,
}

/// A file of texts.
#[derive(Debug, Clone, Deserialize)]
pub struct Texts {
    /// The day they were written.
    pub today: String,
    /// The vendor's catalogue.
    pub products: Vec<String>,
    /// Who wrote those that name nobody else.
    pub partner: Partner,
    /// The texts.
    pub cases: Vec<Case>,
}

/// Why a file cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum BadFile {
    /// It cannot be read.
    #[error("cannot read {0}: {1}")]
    Read(String, std::io::Error),
    /// It is not in the format of these files.
    #[error("{0}: {1}")]
    Format(String, String),
}

impl Texts {
    /// Reads a file of texts in YAML.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or is in another format.
    pub fn load(path: &Path) -> Result<Self, BadFile> {
        let name = path.display().to_string();
        let yaml = std::fs::read_to_string(path).map_err(|error| BadFile::Read(name.clone(), error))?;
        serde_saphyr::from_str(&yaml).map_err(|error| BadFile::Format(name, error.to_string()))
    }
}

/// One field of a deal that was read wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which field.
    pub field: &'static str,
    /// What is told.
    pub gold: Option<String>,
    /// What was read.
    pub read: Option<String>,
}

/// The figures of many texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scores {
    /// By field, in alphabetical order.
    pub fields: BTreeMap<&'static str, Counts>,
    /// Texts whose every deal was read without a difference.
    pub exact: u32,
    /// All texts.
    pub texts: u32,
}

impl Scores {
    /// Adds a text's deals, as told and as read; returns the differences.
    pub fn add(&mut self, gold: &[Deal], read: &[Deal]) -> Vec<Difference> {
        let none = Deal::default();
        let mut differences = Vec::new();
        for (gold, read) in matched(gold, read) {
            for (field, gold, read) in fields(gold.unwrap_or(&none), read.unwrap_or(&none)) {
                let counts = judged(field, gold, read);
                self.fields.entry(field).or_default().add(counts);
                if counts.misses + counts.false_alarms > 0 {
                    differences.push(Difference {
                        field,
                        gold: gold.map(str::to_owned),
                        read: read.map(str::to_owned),
                    });
                }
            }
        }
        self.texts += 1;
        self.exact += u32::from(differences.is_empty());
        differences
    }

    /// All fields together: each fact counts once.
    #[must_use]
    pub fn micro(&self) -> Counts {
        let mut all = Counts::default();
        self.fields.values().for_each(|counts| all.add(*counts));
        all
    }
}

/// Pairs the deals of a text greedily, those that agree most first; what is left over stands alone.
fn matched<'d>(gold: &'d [Deal], read: &'d [Deal]) -> Vec<(Option<&'d Deal>, Option<&'d Deal>)> {
    let mut pairs: Vec<(u32, usize, usize)> = Vec::new();
    for (g, told) in gold.iter().enumerate() {
        for (r, got) in read.iter().enumerate() {
            let alike = fields(told, got)
                .into_iter()
                .map(|(field, a, b)| judged(field, a, b).hits)
                .sum();
            pairs.push((alike, g, r));
        }
    }
    pairs.sort_by_key(|(alike, g, r)| (std::cmp::Reverse(*alike), *g, *r));
    let (mut left_gold, mut left_read) = (vec![true; gold.len()], vec![true; read.len()]);
    let mut found = Vec::new();
    for (_, g, r) in pairs {
        if left_gold[g] && left_read[r] {
            (left_gold[g], left_read[r]) = (false, false);
            found.push((gold.get(g), read.get(r)));
        }
    }
    found.extend(
        gold.iter()
            .zip(&left_gold)
            .filter(|(_, left)| **left)
            .map(|(deal, _)| (Some(deal), None)),
    );
    found.extend(
        read.iter()
            .zip(&left_read)
            .filter(|(_, left)| **left)
            .map(|(deal, _)| (None, Some(deal))),
    );
    found
}

fn fields<'d>(gold: &'d Deal, read: &'d Deal) -> [(&'static str, Option<&'d str>, Option<&'d str>); 11] {
    let of = |name, pick: fn(&Deal) -> &Option<String>| (name, pick(gold).as_deref(), pick(read).as_deref());
    [
        of("company", |deal| &deal.company),
        of("domain", |deal| &deal.domain),
        of("contact", |deal| &deal.contact),
        of("contact_email", |deal| &deal.contact_email),
        of("value", |deal| &deal.value),
        of("currency", |deal| &deal.currency),
        of("close_date", |deal| &deal.close_date),
        of("product", |deal| &deal.product),
        of("source", |deal| &deal.source),
        of("need", |deal| &deal.need),
        of("proof", |deal| &deal.proof),
    ]
}

fn judged(field: &str, gold: Option<&str>, read: Option<&str>) -> Counts {
    let (hits, false_alarms, misses) = match (gold, read) {
        (None, None) => (0, 0, 0),
        (Some(gold), Some(read)) if is_alike(field, gold, read) => (1, 0, 0),
        (gold, read) => (0, u32::from(read.is_some()), u32::from(gold.is_some())),
    };
    Counts {
        hits,
        false_alarms,
        misses,
    }
}

/// Names without regard to case, accents' encoding and legal form; amounts as numbers; words of the text by at least
/// half of them (F1); everything else exactly.
fn is_alike(field: &str, gold: &str, read: &str) -> bool {
    match field {
        "company" | "contact" => bare_name(gold) == bare_name(read),
        "value" => match (
            gold.parse::<rust_decimal::Decimal>(),
            read.parse::<rust_decimal::Decimal>(),
        ) {
            (Ok(gold), Ok(read)) => gold == read,
            _ => false,
        },
        "need" | "proof" => overlap(gold, read) >= 0.5,
        "domain" | "contact_email" => gold.eq_ignore_ascii_case(read),
        _ => gold == read,
    }
}

/// Legal forms that do not count in a name, as words.
const LEGAL_FORMS: &[&str] = &[
    "ab", "ad", "ag", "as", "aor", "aör", "bv", "co", "cie", "doo", "eg", "ek", "eood", "ev", "gbr", "ggmbh",
    "gesmbh", "gmbh", "inc", "kg", "kgaa", "kft", "limited", "llc", "llp", "ltd", "nv", "ohg", "oy", "oyj",
    "plc", "private", "pte", "pty", "pvt", "sa", "sarl", "sas", "se", "sl", "spa", "spzoo", "srl", "sro",
    "ug", "aps", "aş", "lda", "corp",
];

fn bare_name(name: &str) -> Vec<String> {
    let lower = name.nfc().collect::<String>().to_lowercase().replace('.', "");
    let lower = lower.replace("sp z oo", "spzoo");
    let words = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words
        .filter(|word| !LEGAL_FORMS.contains(word))
        .map(str::to_owned)
        .collect()
}

/// F1 of the words two texts share, each as often as it stands there.
fn overlap(gold: &str, read: &str) -> f64 {
    let words = |text: &str| -> Vec<String> {
        let lower = text.to_lowercase();
        lower
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (gold, mut read) = (words(gold), words(read));
    let all = gold.len() + read.len();
    let mut shared = 0_u32;
    for word in &gold {
        if let Some(at) = read.iter().position(|other| other == word) {
            read.swap_remove(at);
            shared += 1;
        }
    }
    let all = u32::try_from(all).unwrap_or(u32::MAX);
    if all == 0 {
        0.0
    } else {
        f64::from(2 * shared) / f64::from(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deal(company: &str, value: Option<&str>, need: Option<&str>) -> Deal {
        Deal {
            company: Some(company.to_owned()),
            value: value.map(str::to_owned),
            need: need.map(str::to_owned),
            ..Deal::default()
        }
    }

    #[test]
    fn fields_are_judged_by_their_kind() {
        let check = |field: &str, gold: &str, read: &str, alike: bool| {
            assert_eq!(is_alike(field, gold, read), alike, "{field}: {gold} / {read}");
        };
        check("company", "Harbour Line GmbH & Co. KG", "harbour line", true);
        check("company", "Harbour Line S.p.A.", "Harbour Line SpA", true);
        check("company", "Harbour Line", "Harbour", false);
        check("value", "45000.00", "45000", true);
        check("value", "45000.00", "54000", false);
        check(
            "need",
            "they retype every order by hand",
            "every order by hand",
            true,
        );
        check("need", "they retype every order by hand", "they pay", false);
        check("close_date", "2026-09-30", "2026-09-29", false);
    }

    #[test]
    fn a_wrong_field_is_a_miss_and_a_false_alarm() {
        let mut scores = Scores::default();
        let gold = [deal("Harbour", Some("1"), Some("a b")), deal("Mill", None, None)];
        let read = [
            deal("Mill", Some("2"), None),
            deal("Harbour", Some("3"), Some("a b")),
        ];
        let differences = scores.add(&gold, &read);
        assert_eq!(
            scores.micro(),
            Counts {
                hits: 3,
                false_alarms: 2,
                misses: 1
            }
        );
        assert_eq!(
            scores.fields["value"],
            Counts {
                hits: 0,
                false_alarms: 2,
                misses: 1
            }
        );
        assert_eq!(differences.len(), 2);
    }

    #[test]
    fn texts_without_deals_count_what_is_read_from_them() {
        let mut scores = Scores::default();
        scores.add(&[], &[deal("Harbour", Some("1"), None)]);
        scores.add(&[], &[]);
        assert_eq!(
            scores.micro(),
            Counts {
                hits: 0,
                false_alarms: 2,
                misses: 0
            }
        );
        assert_eq!((scores.exact, scores.texts), (1, 2));
    }
}
