//! The words that passages have, and what a misspelt word of a question was meant to be.
//!
//! The first search makes it learn the index, some documents after others in the background; from then on it follows
//! what is written. It forgets nothing until the process ends: a word that has gone is then taken for known, or looked
//! for in vain. Nothing of it is shown: a mended question is searched with as the caller's own words would be, under
//! the caller's view, so words of passages that the caller may not see find nothing.

use crate::{PassageIndex, words};
use std::{
    collections::HashMap,
    ops::RangeInclusive,
    sync::{Arc, OnceLock, PoisonError, RwLock, Weak},
    time::Duration,
};
use tokio::{sync::watch, time::Instant};
use unicode_segmentation::UnicodeSegmentation;

/// Letters of words that are mended: in shorter ones a slip makes another word.
const MENDED: RangeInclusive<usize> = 5..=24;
/// Letters from which on two slips are forgiven instead of one.
const LONG: usize = 9;
/// Letters of words that are kept: all that a mended word may be.
const KEPT: RangeInclusive<usize> = 4..=26;
/// How long after it began to learn searches wait for it: by then a small index is learnt, and a large one is not
/// worth waiting for.
const PATIENCE: Duration = Duration::from_millis(100);
/// Documents that are read at once.
const AT_ONCE: usize = 64;

/// The words of an index.
#[derive(Default)]
pub(super) struct Lexicon {
    learning: OnceLock<Learning>,
    /// By their length in letters: what is near has nearly as many.
    words: RwLock<[HashMap<Box<str>, Word>; 27]>,
}

struct Learning {
    done: watch::Receiver<bool>,
    /// When searches stop waiting.
    until: Instant,
}

#[derive(Debug, Clone, Copy)]
struct Word {
    /// Which letters it has, a bit each.
    letters: u32,
    /// How often it was seen.
    seen: u32,
}

impl Lexicon {
    /// Whether the words of `index` are known. The first call has them learnt, and for a moment calls wait for that.
    pub(super) async fn ready(self: &Arc<Self>, index: &Arc<dyn PassageIndex>) -> bool {
        let learning = self.learning(index);
        let mut done = learning.done.clone();
        let learnt = *done.borrow();
        learnt
            || matches!(
                tokio::time::timeout_at(learning.until, done.wait_for(|done| *done)).await,
                Ok(Ok(_))
            )
    }

    /// Waits until the words of `index` are known, or will not be.
    pub(super) async fn settled(self: &Arc<Self>, index: &Arc<dyn PassageIndex>) {
        let mut done = self.learning(index).done.clone();
        let _ = done.wait_for(|done| *done).await;
    }

    fn learning(self: &Arc<Self>, index: &Arc<dyn PassageIndex>) -> &Learning {
        self.learning.get_or_init(|| {
            let (done, learnt) = watch::channel(false);
            // Whoever closes the index need not wait for this.
            let (index, lexicon) = (Arc::downgrade(index), Arc::downgrade(self));
            tokio::spawn(async move {
                if learn(index, lexicon).await.is_some() {
                    let _ = done.send(true);
                }
            });
            Learning {
                done: learnt,
                until: Instant::now() + PATIENCE,
            }
        })
    }

    /// Learns texts that are about to be written, if nobody else will.
    pub(super) fn follow(&self, texts: impl Iterator<Item = String>) {
        if self.learning.get().is_some() {
            self.learn(texts);
        }
    }

    fn learn(&self, texts: impl Iterator<Item = String>) {
        for text in texts {
            let mut kept = self.words.write().unwrap_or_else(PoisonError::into_inner);
            for word in words::words(&text) {
                let Some(length) = length(&word).filter(|length| KEPT.contains(length)) else {
                    continue;
                };
                if let Some(word) = kept[length].get_mut(word.as_str()) {
                    word.seen = word.seen.saturating_add(1);
                } else {
                    let letters = letters(&word);
                    kept[length].insert(word.into(), Word { letters, seen: 1 });
                }
            }
        }
    }

    /// The question as it was meant. Words that are `known` otherwise stay.
    pub(super) fn mend(&self, question: &str, known: impl Fn(&str) -> bool) -> String {
        let mended = question.split_word_bounds().map(|part| {
            let word = part.to_lowercase();
            let meant = self.meant(&word).filter(|_| !known(&word));
            meant.unwrap_or_else(|| part.to_owned())
        });
        mended.collect()
    }

    /// The word that was meant by one that no passage has: the nearest, and the most frequent of these. `None` for
    /// words that passages have, in this form or another, and for those that none is near to.
    fn meant(&self, word: &str) -> Option<String> {
        let own = length(word).filter(|own| MENDED.contains(own))?;
        let kept = self.words.read().unwrap_or_else(PoisonError::into_inner);
        if kept[own].contains_key(word) {
            return None;
        }
        let (stem, wanted) = (words::stem(word), letters(word));
        let slips = if own < LONG { 1 } else { 2 };
        let near = kept[own - slips..=own + slips].iter().flatten();
        let near: Vec<_> = near
            // Each slip changes at most two of the letters that there are.
            .filter(|(_, kept)| (kept.letters ^ wanted).count_ones() as usize <= 2 * slips)
            // Hardly anybody slips on the first letter.
            .filter(|(known, _)| known.chars().next() == word.chars().next())
            .map(|(known, kept)| (strsim::osa_distance(known, word), kept.seen, known))
            .filter(|(distance, ..)| *distance <= slips)
            .collect();
        if near.iter().any(|(.., known)| words::stem(known) == stem) {
            return None;
        }
        let best = near
            .into_iter()
            .min_by_key(|(distance, seen, known)| (*distance, u32::MAX - seen, *known));
        best.map(|(.., known)| known.to_string())
    }
}

/// `None` when the index was closed or failed meanwhile.
async fn learn(index: Weak<dyn PassageIndex>, lexicon: Weak<Lexicon>) -> Option<()> {
    let failed = |error| tracing::warn!(%error, "spelling mistakes in questions are not mended");
    let documents = index.upgrade()?.documents().await.map_err(failed).ok()?;
    let documents: Vec<_> = documents.into_keys().collect();
    for some in documents.chunks(AT_ONCE) {
        let passages = index.upgrade()?.passages(some).await.map_err(failed).ok()?;
        let lexicon = lexicon.upgrade()?;
        let texts = passages
            .into_iter()
            .map(|stored| stored.passage.words(&stored.document));
        tokio::task::spawn_blocking(move || lexicon.learn(texts))
            .await
            .ok()?;
    }
    Some(())
}

/// How many letters a word has; `None` when it has anything else.
fn length(word: &str) -> Option<usize> {
    word.chars()
        .all(char::is_alphabetic)
        .then(|| word.chars().count())
}

fn letters(word: &str) -> u32 {
    word.chars()
        .fold(0, |all, letter| all | 1 << (u32::from(letter) % 32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(question: &str, expected: &str) {
        let lexicon = Lexicon::default();
        let text =
            "The commission for a registered deal: registration, commission, protection, granted, tasks.";
        lexicon.learn([text.to_owned(), "Grants are paid with the commission.".to_owned()].into_iter());
        assert_eq!(lexicon.mend(question, |word| word == "registratio"), expected);
    }

    #[test]
    fn slips_are_mended() {
        check("What comission do I get?", "What commission do I get?");
        check("Comissoin for regsitration", "commission for registration");
        check("deal protectoin,please", "deal protection,please");
    }

    #[test]
    fn words_that_may_be_meant_stay() {
        // Known, another form of a known word, known elsewhere, short, with a digit, slipped on the first letter.
        for question in [
            "granted",
            "registrations",
            "registratio",
            "dael",
            "gran7ed",
            "xegistration",
            "task",
        ] {
            check(question, question);
        }
        check("", "");
    }

    #[test]
    fn the_most_frequent_of_the_nearest_is_meant() {
        let lexicon = Lexicon::default();
        lexicon.learn(["margin margins martin margin".to_owned()].into_iter());
        assert_eq!(lexicon.mend("martgin", |_| false), "margin");
    }
}
