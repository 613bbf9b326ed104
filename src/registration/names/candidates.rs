//! Those of many organisations that are worth comparing with one: an index of domains, words and the beginnings and ends
//! of words. One slip of the finger leaves a word's beginning or its end as it was.

use super::{
    Organisation, Weights,
    name::{Kind, Name},
    own_domain,
};
use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

/// An index of organisations by number, in the order in which they were given.
#[derive(Debug, Default)]
pub struct Candidates {
    /// The hash of a key, to those that have it.
    places: HashMap<u64, Vec<u32>>,
    weights: Weights,
    len: u32,
}

/// What organisations are found by. A key's worth is divided among all that have it.
#[derive(Hash)]
enum Key<'k> {
    Domain(&'k str),
    Joined(&'k str),
    Word(&'k str),
    Head(&'k str),
    Tail(&'k str),
    Ends(&'k str, &'k str),
}

/// Keys that more organisations have are not looked up: they tell too little for the time.
const CROWD: usize = 4_000;
/// Letters of a word's beginnings and ends: the long ones tell more, the short ones outlive more slips.
const PIECES: [usize; 2] = [4, 6];
/// Letters of both ends together, for slips in the middle.
const ENDS: usize = 3;

impl Candidates {
    /// Takes organisations in; `weights` say which of their words are common.
    #[must_use]
    pub fn of<'o>(organisations: impl IntoIterator<Item = Organisation<'o>>, weights: Weights) -> Self {
        let mut index = Self {
            weights,
            ..Self::default()
        };
        for organisation in organisations {
            index.push(&organisation);
        }
        index
    }

    /// Takes one more in, and returns its number.
    pub fn push(&mut self, organisation: &Organisation<'_>) -> usize {
        let number = self.len;
        self.len += 1;
        for (key, _) in keys(organisation, &self.weights) {
            let places = self.places.entry(key).or_default();
            if places.last() != Some(&number) {
                places.push(number);
            }
        }
        number as usize
    }

    /// What it takes words to be worth: what it finds is best compared with the same.
    #[must_use]
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// The numbers of at most `limit` organisations that share most with one, the likeliest first.
    #[must_use]
    pub fn like(&self, organisation: &Organisation<'_>, limit: usize) -> Vec<usize> {
        let mut worth: HashMap<u32, f64> = HashMap::new();
        for (key, weight) in keys(organisation, &self.weights) {
            let places = self.places.get(&key).map(Vec::as_slice).unwrap_or_default();
            if places.len() > CROWD {
                continue;
            }
            // A crowd of at most CROWD fits.
            let share = weight / f64::from(u32::try_from(places.len()).unwrap_or(u32::MAX)).sqrt();
            for place in places {
                *worth.entry(*place).or_default() += share;
            }
        }
        let mut found: Vec<(u32, f64)> = worth.into_iter().collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        found
            .into_iter()
            .take(limit)
            .map(|(number, _)| number as usize)
            .collect()
    }
}

fn keys(organisation: &Organisation<'_>, weights: &Weights) -> Vec<(u64, f64)> {
    let mut keys = Vec::new();
    let mut add = |key: Key<'_>, weight: f64| {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        keys.push((hasher.finish(), weight));
    };
    if let Some(domain) = own_domain(organisation.domain) {
        add(Key::Domain(&domain), 8.0);
        let label = domain.split('.').next().unwrap_or_default().replace('-', "");
        add(Key::Joined(&label), 3.0);
    }
    let names = [Some(organisation.name), organisation.parent]
        .into_iter()
        .flatten();
    for name in names.flat_map(|name| Name::all(name, weights)) {
        add(Key::Joined(&name.joined), 6.0);
        for word in name.words.iter().filter(|word| word.kind != Kind::Group) {
            add(Key::Word(&word.key), 3.0 * word.weight);
            let letters: Vec<(usize, char)> = word.key.char_indices().collect();
            if letters.len() > 2 * ENDS && word.kind > Kind::Trade {
                let (head, tail) = (letters[ENDS].0, letters[letters.len() - ENDS].0);
                add(Key::Ends(&word.key[..head], &word.key[tail..]), word.weight);
            }
            for piece in PIECES
                .into_iter()
                .filter(|piece| letters.len() > *piece && word.kind > Kind::Trade)
            {
                add(Key::Head(&word.key[..letters[piece].0]), word.weight);
                add(
                    Key::Tail(&word.key[letters[letters.len() - piece].0..]),
                    word.weight,
                );
            }
        }
    }
    keys
}
