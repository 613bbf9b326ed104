//! How alike two names are: their words are matched, and what is left over weighs against it.

use super::{
    Reason,
    name::{Kind, Name, Word, is_same_trade},
};

/// Two names beside each other.
#[derive(Debug, Clone, Default)]
pub(super) struct Alike {
    /// Twice the weight of matched words, by the weight of all: 0 to 1.
    pub(super) score: f64,
    /// Whether a word that is the firm's own is in both.
    pub(super) own: bool,
    /// Whether words are matched that differ in letters.
    pub(super) slips: bool,
    /// Whether every match is letter by letter.
    pub(super) exact: bool,
    /// The weight of words, other than those of a group, that only one name has.
    pub(super) rest: f64,
    pub(super) reasons: Vec<Reason>,
}

/// What is left of a score when each name has a trade that the other has not.
const OTHER_TRADE: f64 = 0.8;

fn has_trade(words: &[Word]) -> bool {
    words.iter().any(|word| word.kind == Kind::Trade)
}

/// How two words are alike.
#[derive(Clone, Copy, PartialEq)]
enum Tie {
    Equal,
    Short,
    Slip(f64),
}

impl Tie {
    fn worth(self) -> f64 {
        match self {
            Self::Equal => 1.0,
            Self::Short => 0.95,
            Self::Slip(worth) => worth,
        }
    }
}

impl Alike {
    /// Matches the words of two names, the best ties first.
    pub(super) fn of(a: &Name, b: &Name) -> Self {
        let ties = ties(&a.words, &b.words);
        let sum = |words: &[Word]| words.iter().map(|word| word.weight).sum::<f64>();
        let all = sum(&a.words) + sum(&b.words);
        let matched: f64 = ties
            .iter()
            .map(|(i, j, tie)| tie.worth() * (a.words[*i].weight + b.words[*j].weight))
            .sum();
        let own = |word: &Word| word.kind == Kind::Own;
        let left = |words: &[Word], of: fn(&(usize, usize, Tie)) -> usize| -> Vec<Word> {
            let rest = (0..words.len()).filter(|at| ties.iter().all(|tie| of(tie) != *at));
            rest.map(|at| words[at].clone()).collect()
        };
        let (rest_a, rest_b) = (left(&a.words, |tie| tie.0), left(&b.words, |tie| tie.1));
        let telling = |words: &[Word]| {
            words
                .iter()
                .filter(|word| word.kind != Kind::Group)
                .map(|word| word.weight)
                .sum::<f64>()
        };
        let mut alike = Self {
            score: if all > 0.0 { matched / all } else { 0.0 },
            own: ties
                .iter()
                .any(|(i, j, tie)| *tie == Tie::Equal && own(&a.words[*i]) && own(&b.words[*j])),
            slips: ties.iter().any(|(_, _, tie)| matches!(tie, Tie::Slip(_))),
            exact: ties.iter().all(|(_, _, tie)| *tie == Tie::Equal),
            rest: telling(&rest_a) + telling(&rest_b),
            reasons: Vec::new(),
        };
        if has_trade(&rest_a) && has_trade(&rest_b) {
            alike.score *= OTHER_TRADE;
        }
        alike.explain(a, b, &ties, &rest_a, &rest_b);
        alike.join(a, b);
        alike.initials(a, b);
        alike
    }

    fn explain(
        &mut self,
        a: &Name,
        b: &Name,
        ties: &[(usize, usize, Tie)],
        rest_a: &[Word],
        rest_b: &[Word],
    ) {
        for (i, j, tie) in ties {
            let (x, y) = (a.words[*i].key.clone(), b.words[*j].key.clone());
            match tie {
                Tie::Equal => {}
                Tie::Short => self.reasons.push(Reason::ShortForm(x, y)),
                Tie::Slip(_) => self.reasons.push(Reason::Spelling(x, y)),
            }
        }
        let names = |words: &[Word]| {
            words
                .iter()
                .map(|word| word.key.as_str())
                .collect::<Vec<_>>()
                .join(" ")
        };
        if self.rest > 0.0 {
            self.reasons
                .push(Reason::OtherWords(names(rest_a), names(rest_b)));
        } else if !rest_a.is_empty() || !rest_b.is_empty() {
            self.reasons.push(Reason::EqualButGroup);
        } else if self.reasons.is_empty() {
            let ordered = ties
                .windows(2)
                .all(|pair| (pair[0].0 < pair[1].0) == (pair[0].1 < pair[1].1));
            self.reasons.push(if ordered {
                Reason::EqualButForm
            } else {
                Reason::OtherOrder
            });
        }
        if a.alias || b.alias {
            let alias = if a.alias { a } else { b };
            self.reasons.insert(0, Reason::Alias(names(&alias.words)));
        }
    }

    /// "Data Quarry" is "DataQuarry", and nearly "Data Quary".
    fn join(&mut self, a: &Name, b: &Name) {
        let (x, y) = (a.joined.clone(), b.joined.clone());
        if self.rest <= 0.0 || x.is_empty() {
            return;
        }
        let spaced = a.words.len() != b.words.len() && x.len() > 7;
        let worth = if x == y {
            Some(0.97)
        } else {
            slip(&x, &y).filter(|_| spaced)
        };
        if let Some(worth) = worth.filter(|worth| *worth > self.score) {
            self.score = worth;
            self.own = x == y && !(a.is_common() && b.is_common());
            self.slips = x != y;
            self.rest = 0.0;
            self.reasons = vec![if x == y {
                Reason::OtherSpaces
            } else {
                Reason::Spelling(x, y)
            }];
        }
    }

    /// Initials prove nothing, but a manager may know them.
    fn initials(&mut self, a: &Name, b: &Name) {
        const LEAST: f64 = 0.5;
        for (short, long) in [(a, b), (b, a)] {
            let [only] = short.words.as_slice() else { continue };
            let initials: String = long
                .words
                .iter()
                .filter_map(|word| word.key.chars().next())
                .collect();
            if long.words.len() > 2 && initials == only.key && self.score < LEAST {
                self.score = LEAST;
                self.reasons = vec![Reason::Initials(only.key.clone())];
            }
        }
    }
}

/// Which words belong together: each at most once, the best ties first.
fn ties(a: &[Word], b: &[Word]) -> Vec<(usize, usize, Tie)> {
    let mut all: Vec<(usize, usize, Tie)> = Vec::new();
    for (i, x) in a.iter().enumerate() {
        for (j, y) in b.iter().enumerate() {
            all.extend(tie(x, y).map(|tie| (i, j, tie)));
        }
    }
    all.sort_by(|x, y| y.2.worth().total_cmp(&x.2.worth()));
    let (mut used_a, mut used_b) = (vec![false; a.len()], vec![false; b.len()]);
    all.retain(|(i, j, _)| {
        let free = !used_a[*i] && !used_b[*j];
        if free {
            (used_a[*i], used_b[*j]) = (true, true);
        }
        free
    });
    all.sort_by_key(|(i, _, _)| *i);
    all
}

fn tie(a: &Word, b: &Word) -> Option<Tie> {
    if a.key == b.key {
        return Some(Tie::Equal);
    }
    if is_same_trade(&a.key, &b.key) || is_short_form(&a.key, &b.key) || is_short_form(&b.key, &a.key) {
        return Some(Tie::Short);
    }
    // Two words that both are words are not slips of each other: "dental" and "rental".
    let words = a.kind < Kind::Own && b.kind < Kind::Own;
    if words {
        None
    } else {
        slip(&a.key, &b.key).map(Tie::Slip)
    }
}

/// "mech" for "mechanical", "e" for "eduard".
fn is_short_form(short: &str, long: &str) -> bool {
    let len = short.chars().count();
    let letters = short.chars().all(char::is_alphabetic);
    letters && long.starts_with(short) && (len == 1 || len >= 4 && long.chars().count() >= len + 3)
}

/// What a word is worth as a slip of another: letters doubled, dropped or swapped, or written as they sound, cost
/// little; another letter in a short word makes another word. Digits and first letters do not slip.
fn slip(a: &str, b: &str) -> Option<f64> {
    const SHORTEST: usize = 5;
    let (len_a, len_b) = (a.chars().count(), b.chars().count());
    let long = len_a.min(len_b);
    if long < SHORTEST || len_a.abs_diff(len_b) > 2 || a.chars().next() != b.chars().next() {
        return None;
    }
    if digits(a) != digits(b) {
        return None;
    }
    if sounds(a) == sounds(b) {
        return Some(0.93);
    }
    let distance = strsim::osa_distance(a, b);
    match distance {
        1 if len_a != len_b && a.strip_suffix('s') != Some(b) && b.strip_suffix('s') != Some(a) => Some(0.92),
        1 if len_a != len_b => Some(0.85),
        1 if is_swap(a, b) => Some(0.92),
        1 if long >= 9 => Some(0.88),
        2 if long >= 12 => Some(0.85),
        _ => None,
    }
}

fn digits(word: &str) -> String {
    word.chars().filter(char::is_ascii_digit).collect()
}

/// Two neighbouring letters in the other order.
fn is_swap(a: &str, b: &str) -> bool {
    let letters = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    letters(a) == letters(b)
}

/// Roughly how a word sounds: doubled letters once, and those that sound alike as one.
fn sounds(word: &str) -> String {
    let plain = word
        .replace("ph", "f")
        .replace("ck", "k")
        .replace("th", "t")
        .replace("qu", "kv")
        .replace("sch", "sh");
    let mut out = String::with_capacity(plain.len());
    for c in plain.chars() {
        let c = match c {
            'y' | 'j' => 'i',
            'c' | 'q' => 'k',
            'z' => 's',
            'w' => 'v',
            other => other,
        };
        if !out.ends_with(c) {
            out.push(c);
        }
    }
    out
}
