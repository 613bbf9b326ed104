//! Figures of one ranking of documents against judgements, as `trec_eval` defines them. Averaging over questions
//! is the caller's.

use std::collections::HashMap;

/// How relevant documents are to one question; a document without a judgement is not relevant.
pub type Judgements = HashMap<String, u32>;

/// Normalised discounted cumulative gain of the first `k` documents, 0 to 1, with the judgement itself as gain.
/// Source: Järvelin and Kekäläinen 2002, in the form of `ndcg_cut`.
#[must_use]
pub fn ndcg(ranking: &[String], judged: &Judgements, k: usize) -> f64 {
    let gains = ranking.iter().map(|document| grade(judged, document));
    let mut ideal: Vec<u32> = judged.values().copied().collect();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    share(discounted(gains.take(k)), discounted(ideal.into_iter().take(k)))
}

/// The share of the relevant documents that stand among the first `k`.
#[must_use]
pub fn recall(ranking: &[String], judged: &Judgements, k: usize) -> f64 {
    let found = ranking
        .iter()
        .take(k)
        .filter(|document| grade(judged, document) > 0);
    let relevant = judged.values().filter(|grade| **grade > 0);
    share(count(found), count(relevant))
}

/// One over the place of the first relevant document among the first `k`; 0 when there is none.
#[must_use]
pub fn reciprocal_rank(ranking: &[String], judged: &Judgements, k: usize) -> f64 {
    let first = ranking
        .iter()
        .take(k)
        .position(|document| grade(judged, document) > 0);
    first.map_or(0.0, |place| share(1.0, count(0..=place)))
}

/// The value below which `share` (0 to 1) of `values` lie, by the nearest rank; 0 of none.
#[must_use]
pub fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let below = count(&sorted) * share;
    // A rank below 2^53 is exact, and the share of a length is never negative.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let rank = below.ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

fn grade(judged: &Judgements, document: &str) -> u32 {
    judged.get(document).copied().unwrap_or_default()
}

fn discounted(gains: impl Iterator<Item = u32>) -> f64 {
    let mut place = 1.0_f64;
    gains.fold(0.0, |sum, gain| {
        place += 1.0;
        sum + f64::from(gain) / place.log2()
    })
}

fn count(items: impl IntoIterator) -> f64 {
    items.into_iter().fold(0.0, |count, _| count + 1.0)
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(ranking: &str) -> Vec<String> {
        ranking.split_whitespace().map(str::to_owned).collect()
    }

    fn judged(grades: &[(&str, u32)]) -> Judgements {
        grades
            .iter()
            .map(|(name, grade)| ((*name).to_owned(), *grade))
            .collect()
    }

    #[track_caller]
    fn check(ranking: &str, grades: &[(&str, u32)], [n, r, m]: [f64; 3]) {
        let (ranking, judged) = (names(ranking), judged(grades));
        let got = [
            ndcg(&ranking, &judged, 3),
            recall(&ranking, &judged, 3),
            reciprocal_rank(&ranking, &judged, 3),
        ];
        for (got, expected) in got.into_iter().zip([n, r, m]) {
            assert!((got - expected).abs() < 1e-4, "{got} is not {expected}");
        }
    }

    #[test]
    fn rankings_are_judged_as_trec_eval_does() {
        check("a b c", &[("a", 1)], [1.0, 1.0, 1.0]);
        check("b a c", &[("a", 1)], [0.6309, 1.0, 0.5]);
        check("b c d a", &[("a", 1)], [0.0, 0.0, 0.0]);
        check("a x b", &[("a", 1), ("b", 1), ("c", 0)], [0.9197, 1.0, 1.0]);
        check("b a", &[("a", 2), ("b", 1)], [0.8597, 1.0, 1.0]);
        check("", &[("a", 1)], [0.0, 0.0, 0.0]);
        check("a", &[], [0.0, 0.0, 0.0]);
    }

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let times = [4.0, 1.0, 3.0, 2.0];
        for (share, expected) in [(0.0, 1.0), (0.5, 2.0), (0.95, 4.0), (1.0, 4.0)] {
            assert_eq!(percentile(&times, share), expected);
        }
        assert_eq!(percentile(&[], 0.5), 0.0);
    }
}
