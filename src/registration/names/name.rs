//! A name taken apart: its words as they are compared, and what each is worth.

use super::forms::LEGAL_FORMS;
use crate::registration::{fold::folded, lexicon::lists};
use std::collections::HashMap;

lists! {
    SMALL = "words/names.txt" ["small"];
    GROUP = "words/names.txt" ["group"];
    COMMON = "words/names.txt" ["common"];
    TRADE = "words/names.txt" ["trade"];
    SHORT = "words/names.txt" ["short"];
    NUMBERS = "words/names.txt" ["numbers"];
    ALIAS = "words/names.txt" ["alias"];
}

/// What kind of word it is. From worth nothing to worth most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// `Group`, `Holding`, `Deutschland`.
    Group,
    /// What the firm does.
    Trade,
    /// Chosen by many firms.
    Common,
    /// Its own.
    Own,
}

/// One word.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    /// Folded, its short form written out, umlauts and their two letters as one: `muller` for Müller and Mueller.
    pub(super) key: String,
    pub(super) kind: Kind,
    /// How much it tells, 0 to 1.
    pub(super) weight: f64,
}

/// One of the names of a firm.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Name {
    pub(super) words: Vec<Word>,
    /// All of them in one, small ones too, but for those of a group: for names whose spaces differ.
    pub(super) joined: String,
    /// Whether a legal form was left out.
    pub(super) formed: bool,
    /// Whether it stood behind "trading as" or "formerly".
    pub(super) alias: bool,
}

/// How often words stand in the vendor's register: what many customers are called tells little.
#[derive(Debug, Clone, Default)]
pub struct Weights {
    counts: HashMap<String, u32>,
    names: u32,
}

impl Weights {
    /// Counts the words of many names. Without any, the lists of common words alone say what a word is worth.
    #[must_use]
    pub fn of<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut weights = Self::default();
        for name in names {
            weights.names += 1;
            for key in keys(name) {
                *weights.counts.entry(squeezed(&key)).or_default() += 1;
            }
        }
        weights
    }

    /// 1 for a word of its own, falling to a half for one that one in a hundred names has.
    fn rarity(&self, key: &str) -> f64 {
        const ENOUGH: u32 = 200;
        let count = self.counts.get(key).copied().unwrap_or_default();
        if self.names < ENOUGH || count < 3 {
            return 1.0;
        }
        let share = f64::from(count) / f64::from(self.names);
        (-share.log10() / 4.0).clamp(0.25, 1.0)
    }
}

impl Name {
    /// Every name that a text gives a firm: "Pemberton Pubs Ltd t/a The Otter" has two.
    pub(super) fn all(text: &str, weights: &Weights) -> Vec<Self> {
        let mut names: Vec<Self> = Vec::new();
        for part in text.split(['(', ')', '[', ']']) {
            let keys = keys(part);
            let mut start = 0;
            let mut alias = !names.is_empty();
            let mut at = 0;
            while at <= keys.len() {
                let parts = ALIAS.at(keys.as_slice(), at).filter(|_| at > 0 || alias);
                if at == keys.len() || parts.is_some() {
                    names.extend(Self::of(&keys[start..at], alias, weights));
                    alias = true;
                    at += parts.map_or(1, |(len, _)| len);
                    start = at;
                } else {
                    at += 1;
                }
            }
        }
        // "(UK)" is no name of its own.
        let own = |name: &Self| name.words.iter().any(|word| word.kind != Kind::Group);
        if names.iter().any(own) {
            names.retain(own);
        }
        names
    }

    fn of(keys: &[String], alias: bool, weights: &Weights) -> Option<Self> {
        let (bare, formed) = without_forms(keys);
        let mut words: Vec<Word> = Vec::new();
        for key in &bare {
            if SMALL.has(key) && bare.len() > 1 {
                continue;
            }
            words.push(word(key, weights));
        }
        let telling = bare
            .iter()
            .filter(|key| !GROUP.has(key) && !JOINING.contains(&key.as_str()));
        let joined = squeezed(&telling.map(String::as_str).collect::<String>());
        (!words.is_empty()).then_some(Self {
            words,
            joined,
            formed,
            alias,
        })
    }

    /// Whether no word is the firm's own.
    pub(super) fn is_common(&self) -> bool {
        self.words.iter().all(|word| word.kind < Kind::Own)
    }
}

/// Left out of a joined name, too: one writes them, another one `&`.
const JOINING: [&str; 8] = ["and", "und", "et", "y", "e", "the", "of", "s"];

fn word(key: &str, weights: &Weights) -> Word {
    let long = SHORT.value(key).or_else(|| NUMBERS.value(key)).unwrap_or(key);
    let kind = if GROUP.has(key) || GROUP.has(long) {
        Kind::Group
    } else if TRADE.has(key) || TRADE.has(long) {
        Kind::Trade
    } else if COMMON.has(key)
        || COMMON.has(long)
        || key.strip_suffix('s').is_some_and(|one| COMMON.has(one))
        || key.chars().count() < 3
    {
        Kind::Common
    } else {
        Kind::Own
    };
    let weight = match kind {
        Kind::Group => 0.08,
        Kind::Trade => 0.6,
        Kind::Common => 0.8,
        Kind::Own => 1.0,
    };
    let key = squeezed(long);
    let weight = weight * weights.rarity(&key);
    Word { key, kind, weight }
}

/// The folded words of a name. Apostrophes join, as in `St Mary's` and `D'Alvino`, everything else parts.
fn keys(name: &str) -> Vec<String> {
    let folded = folded(name).replace(['\'', '’', '`'], "");
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Without legal forms: behind the name, and in front of it where a few words are left.
fn without_forms(keys: &[String]) -> (Vec<String>, bool) {
    let mut bare: Vec<String> = Vec::new();
    let mut at = 0;
    let mut formed = false;
    while at < keys.len() {
        let form = LEGAL_FORMS.at(keys, at).map(|(len, _)| len);
        // A form is no name: "AG" alone stays, and so does the "SE" in front of "Berlin Werke".
        match form.filter(|len| at > 0 || keys.len() > len + 1) {
            Some(len) if at > 0 => {
                formed = true;
                at += len;
            }
            _ => {
                bare.push(keys[at].clone());
                at += 1;
            }
        }
    }
    (bare, formed)
}

/// `ae`, `oe` and `ue` as one letter, which is what folding makes of an umlaut.
pub(super) fn squeezed(word: &str) -> String {
    word.replace("ae", "a").replace("oe", "o").replace("ue", "u")
}

/// Whether two words name one trade.
pub(super) fn is_same_trade(a: &str, b: &str) -> bool {
    static TRADES: std::sync::LazyLock<HashMap<String, usize>> = std::sync::LazyLock::new(|| {
        let file = include_str!("words/names.txt");
        let lines = crate::registration::lexicon::lines(file, "trade").enumerate();
        lines
            .flat_map(|(at, line)| line.split(',').map(move |word| (squeezed(word.trim()), at)))
            .collect()
    });
    TRADES.get(a).is_some_and(|trade| TRADES.get(b) == Some(trade))
}
