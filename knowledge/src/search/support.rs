//! Whether the knowledge answers a question at all, told from what was found.

use crate::{Hit, words};
use std::collections::HashSet;

/// Weights of a logistic regression on the questions of two public sets (partner FAQs, texts of five fields). A third of
/// them could be answered, a third had lost their answer, a third was asked of the other set. Fitted on one set, it told
/// the shares of the other within 0.06 (mean over ten bins). Base rates of a vendor's questions are others; the order
/// holds.
const BIAS: f32 = -5.03;
/// Of the best similarity to the question.
const SIMILARITY: f32 = 3.81;
/// Of how far the best similarity stands out from the tenth.
const LEAD: f32 = 4.29;
/// Of the largest share of the question's topic words that one of the first passages holds.
const WORDS: f32 = 2.43;

/// Passages whose words count.
const FIRST: usize = 8;
/// The similarity that the best one is compared with.
const TENTH: usize = 9;

/// The probability that `hits`, best first and some dozens, answer `question`; 0 when none has anything of its meaning.
pub(super) fn support(question: &str, hits: &[Hit]) -> f32 {
    let mut similar: Vec<f32> = hits.iter().filter_map(|hit| hit.similarity).collect();
    similar.sort_by(|a, b| b.total_cmp(a));
    let Some((best, tenth)) = similar.first().zip(similar.get(TENTH).or(similar.last())) else {
        return 0.0;
    };
    let asked: HashSet<String> = words::stems(question).into_iter().collect();
    let held = hits.iter().take(FIRST).map(|hit| {
        let own: HashSet<String> = words::stems(&hit.passage.words(&hit.document))
            .into_iter()
            .collect();
        own.intersection(&asked).count()
    });
    // A question has a few words.
    #[allow(clippy::cast_precision_loss)]
    let held = held.max().unwrap_or_default() as f32 / asked.len().max(1) as f32;
    let sum = BIAS + SIMILARITY * best + LEAD * (best - tenth) + WORDS * held;
    1.0 / (1.0 + (-sum).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::samples::hit;

    fn of(best: f32, text: &str) -> f32 {
        let rest = (1..20).map(|ordinal| hit("other", ordinal, 0.2, "something else"));
        let hits: Vec<Hit> = std::iter::once(hit("rules", 0, best, text)).chain(rest).collect();
        support("How long is a registered deal protected?", &hits)
    }

    #[test]
    fn meaning_and_words_support_an_answer() {
        let full = of(0.8, "A registered deal is protected for 90 days.");
        let (words, meaning) = (of(0.3, "A registered deal is protected."), of(0.8, "It lasts."));
        let none = of(0.2, "Nothing of it.");
        assert!(full > 0.8 && none < 0.1, "{full} {none}");
        assert!(words > none && meaning > none && full > words && full > meaning);
        assert_eq!(support("How long?", &[]), 0.0);
    }
}
