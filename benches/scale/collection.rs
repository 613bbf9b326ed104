//! A made-up collection of any size that is as hard to search as a real one, the same on every run.
//!
//! Vectors come from real ones: those of the sample library's sentences span the space. Each topic lies between two
//! sentences, each passage lies around its topic, moved by the sum of many sentences with random signs. So the
//! collection has the model's own uneven directions, dense and thin regions and no copies, and the neighbours of a
//! question differ little: uniform noise would have no structure to lose, copies would make every answer right.
//! Words follow Zipf's law without its first fifty ranks (stop words count for nothing anyway), half of them drawn from
//! the topic's own list.

use jiff::civil::{Date, date};
use liaison_knowledge::{
    Anchor, Audience, AudienceSpec, DocumentId, DocumentRecord, Passage, PassageId, Validity,
    index::IndexedPassage,
};

/// The day on which questions are asked.
pub(crate) const TODAY: Date = date(2026, 7, 1);
const TOPICS: u64 = 2_000;
const VOCABULARY: u64 = 30_000;
const WORDS_OF_TOPIC: u64 = 60;
/// Sentences that move a passage away from its topic, and how far.
const MOVERS: usize = 48;
const SPREAD: f32 = 0.8;
const TIERS: [&str; 4] = ["registered", "silver", "gold", "platinum"];
const REGIONS: [&str; 3] = ["emea", "apac", "americas"];
const KINDS: [&str; 4] = ["referral", "reseller", "services", "marketplace"];
const PARTNERS: u64 = 200;

/// What the collection is made of.
pub(crate) struct Collection {
    /// Unit vectors of real sentences, less what is common to them all.
    seeds: Vec<Vec<f32>>,
    /// What is common to them.
    mean: Vec<f32>,
}

/// A document with its passages.
pub(crate) struct Made {
    pub(crate) record: DocumentRecord,
    pub(crate) passages: Vec<IndexedPassage>,
}

/// A question that no passage answers word for word.
pub(crate) struct Asked {
    pub(crate) vector: Vec<f32>,
    pub(crate) words: String,
}

impl Collection {
    /// From the vectors of real sentences.
    pub(crate) fn new(sentences: Vec<Vec<f32>>) -> Self {
        let mut mean = vec![0.0; sentences[0].len()];
        for sentence in &sentences {
            add(&mut mean, sentence, 1.0 / sentences.len() as f32);
        }
        let centred = |mut sentence: Vec<f32>| {
            add(&mut sentence, &mean, -1.0);
            sentence
        };
        let seeds = sentences.into_iter().map(centred).collect();
        Self { seeds, mean }
    }

    /// Documents of 1 to 24 passages, until there are `passages` of them.
    pub(crate) fn documents(&self, passages: usize) -> impl Iterator<Item = Made> {
        let mut left = passages;
        (0..).map_while(move |nth| {
            (left > 0).then(|| {
                let made = self.document(nth, left);
                left -= made.passages.len();
                made
            })
        })
    }

    fn document(&self, nth: u64, most: usize) -> Made {
        let mut random = Random(nth);
        let id = DocumentId::of_source(&format!("/made/{nth}"));
        let topic = random.below(TOPICS);
        let count = (1 + random.below(24) as usize).min(most);
        let record = DocumentRecord {
            id,
            path: format!("made/{nth}.md"),
            title: words(&mut random, topic, 5),
            audience: audience(&mut random),
            validity: validity(&mut random),
            language: Some("en".to_owned()),
        };
        let passage = |ordinal: usize| {
            let length = 40 + random.below(80) as usize;
            let text = words(&mut random, topic, length);
            let ordinal = ordinal as u32;
            let heading = vec![record.title.clone()];
            IndexedPassage {
                words: format!("{}\n{text}", record.title),
                vector: self.around(topic, &mut random),
                passage: Passage {
                    id: PassageId::of_text(id, ordinal, &text),
                    ordinal,
                    anchor: Anchor::Heading {
                        heading: heading.clone(),
                    },
                    heading,
                    text,
                },
            }
        };
        let passages = (0..count).map(passage).collect();
        Made { record, passages }
    }

    /// The `nth` question.
    pub(crate) fn question(&self, nth: u64) -> Asked {
        let mut random = Random(u64::MAX - nth);
        let topic = random.below(TOPICS);
        Asked {
            vector: self.around(topic, &mut random),
            words: words(&mut random, topic, 9),
        }
    }

    /// A unit vector around a topic.
    fn around(&self, topic: u64, random: &mut Random) -> Vec<f32> {
        let mut own = Random(topic ^ 0x0074_6f70_6963);
        let mut vector = self.mean.clone();
        for weight in [0.6, 0.4] {
            add(&mut vector, self.seed(&mut own), weight);
        }
        for _ in 0..MOVERS {
            let sign = if random.below(2) == 0 { 1.0 } else { -1.0 };
            let weight = sign * SPREAD / (MOVERS as f32).sqrt();
            add(&mut vector, self.seed(random), weight);
        }
        let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
        vector.iter_mut().for_each(|x| *x /= length);
        vector
    }

    fn seed(&self, random: &mut Random) -> &[f32] {
        &self.seeds[random.below(self.seeds.len() as u64) as usize]
    }
}

/// Who asks: staff, three partners of different standing, and one that nothing but general documents is for.
pub(crate) fn callers() -> [(&'static str, Audience); 5] {
    let partner = |id: &str, tier: &str, region: &str, kind: &str| Audience::Partner {
        id: id.to_owned(),
        tier: tier.to_owned(),
        region: region.to_owned(),
        kind: kind.to_owned(),
    };
    [
        ("staff", Audience::Internal),
        ("gold reseller", partner("p-7", "gold", "emea", "reseller")),
        ("silver referrer", partner("p-150", "silver", "apac", "referral")),
        (
            "platinum services",
            partner("p-31", "platinum", "americas", "services"),
        ),
        ("newcomer", partner("p-new", "none", "none", "none")),
    ]
}

/// Of ten documents four are for all partners, one for staff, and the rest for tiers, regions, types, single partners
/// or a mixture.
fn audience(random: &mut Random) -> AudienceSpec {
    let tier = TIERS[random.below(4) as usize];
    let next = TIERS[random.below(4) as usize];
    let region = REGIONS[random.below(3) as usize];
    let kind = KINDS[random.below(4) as usize];
    let partner = random.below(PARTNERS);
    let spec = match random.below(20) {
        0..8 => return AudienceSpec::Partners,
        8..10 => return AudienceSpec::Internal,
        10..14 => format!("tier={tier},{next}"),
        14..16 => format!("region={region}"),
        16..17 => format!("type={kind}"),
        17..18 => format!("tier={tier};region={region}"),
        _ => format!("partner=p-{partner}"),
    };
    spec.parse().unwrap()
}

/// One document in ten holds no longer, one in twenty not yet.
fn validity(random: &mut Random) -> Validity {
    let (from, until) = match random.below(20) {
        0..2 => (None, Some(date(2026, 1, 1))),
        2..3 => (Some(date(2027, 1, 1)), None),
        3..8 => (Some(date(2025, 1, 1)), Some(date(2028, 1, 1))),
        _ => (None, None),
    };
    Validity { from, until }
}

fn words(random: &mut Random, topic: u64, count: usize) -> String {
    let word = |_| {
        let rank = match random.below(2) {
            0 => zipf(random, VOCABULARY),
            _ => Random(topic << 8 | zipf(random, WORDS_OF_TOPIC)).below(VOCABULARY),
        };
        spelled(rank)
    };
    (0..count).map(word).collect::<Vec<_>>().join(" ")
}

/// A rank below `most`, with a chance that falls as 1 / (rank + 50).
fn zipf(random: &mut Random, most: u64) -> u64 {
    let (first, last) = (50.0_f64, 50.0 + most as f64);
    (first * (last / first).powf(random.unit()) - first) as u64
}

/// A word for a rank: different ranks, different words.
fn spelled(mut rank: u64) -> String {
    const SYLLABLES: [&str; 32] = [
        "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "qui", "ro", "su", "ta",
        "ve", "wi", "xo", "yu", "za", "ble", "cri", "dro", "flu", "gra", "ple", "pri", "sto", "tru", "val",
        "wen",
    ];
    let mut word = String::new();
    loop {
        word.push_str(SYLLABLES[(rank % 32) as usize]);
        rank /= 32;
        if rank == 0 {
            return word + "n";
        }
    }
}

fn add(to: &mut [f32], vector: &[f32], weight: f32) {
    for (to, x) in to.iter_mut().zip(vector) {
        *to += weight * x;
    }
}

/// SplitMix64: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }

    /// From 0 to 1.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}
