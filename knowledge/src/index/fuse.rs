//! Two rankings of one query made into one.

use super::edition::passage_of;
use uuid::Uuid;

/// Passages that each ranking contributes to a search, and of which the spread of its scores is taken.
pub(super) const DEPTH: usize = 200;
/// The share of meaning in the fused score; the rest is words. Of the public questions it was chosen on, those made
/// from the text they ask about want 0.3, those of FAQs whose question was taken out of the index want 0.6.
const DENSE_SHARE: f32 = 0.4;

/// A point's place in the fused ranking.
#[derive(Debug)]
pub(super) struct Ranked {
    pub(super) point: Uuid,
    /// 0 to 1, comparable within one search only.
    pub(super) score: f32,
    pub(super) similarity: Option<f32>,
    pub(super) bm25: Option<f32>,
}

/// One ranking of two: by cosine similarity, −1 to 1, and by BM25, above 0; points that share no word with the query are
/// not in the second.
///
/// Each leg's scores count by how far they stand out from the others of their leg (standard deviations above the
/// mean) and are added up by [`DENSE_SHARE`], best first. So a leg that tells its first passages apart from the rest
/// decides, and one that finds everything alike is left alone. A passage that one leg did not return counts there like
/// its last one.
///
/// Ranks alone (reciprocal rank fusion) and scores stretched between the leg's ends find less: see ARCHITECTURE.md.
pub(super) fn fuse(dense: &[(Uuid, f32)], sparse: &[(Uuid, f32)]) -> Vec<Ranked> {
    // A short leg of words names every passage that has one; all others score 0.
    let rest = dense.len().saturating_sub(sparse.len());
    let (by_meaning, by_words) = (Spread::of(dense, 0), Spread::of(sparse, rest));
    let mut all = joined(dense, sparse);
    for ranked in &mut all {
        let (meaning, words) = (by_meaning.above(ranked.similarity), by_words.above(ranked.bm25));
        ranked.score = DENSE_SHARE * meaning + (1.0 - DENSE_SHARE) * words;
    }
    // Equal scores (twins of one text) are ordered by passage, so that a search repeats exactly.
    let order = |a: &Ranked, b: &Ranked| {
        let by_score = b.score.total_cmp(&a.score);
        by_score.then_with(|| passage_of(a.point).cmp(&passage_of(b.point)))
    };
    all.sort_unstable_by(order);
    stretch(&mut all);
    all
}

/// Each point of two rankings once, with the scores it has, in no order.
fn joined(dense: &[(Uuid, f32)], sparse: &[(Uuid, f32)]) -> Vec<Ranked> {
    let ranked = |point, similarity, bm25| Ranked {
        point,
        score: 0.0,
        similarity,
        bm25,
    };
    let by_meaning = dense
        .iter()
        .map(|(point, score)| ranked(*point, Some(*score), None));
    let by_words = sparse
        .iter()
        .map(|(point, score)| ranked(*point, None, Some(*score)));
    let mut all: Vec<Ranked> = by_meaning.chain(by_words).collect();
    all.sort_unstable_by_key(|ranked| ranked.point);
    all.dedup_by(|other, kept| {
        let is_same = other.point == kept.point;
        if is_same {
            kept.similarity = kept.similarity.or(other.similarity);
            kept.bm25 = kept.bm25.or(other.bm25);
        }
        is_same
    });
    all
}

/// How the scores of a leg are spread.
struct Spread {
    mean: f32,
    deviation: f32,
    least: f32,
}

impl Spread {
    /// Of a leg's first [`DEPTH`] scores and, after them, `zeros` passages that score 0; its least is of all of them.
    fn of(leg: &[(Uuid, f32)], zeros: usize) -> Self {
        let all = leg.iter().map(|(_, score)| *score).take(DEPTH);
        let zeros = zeros.min(DEPTH.saturating_sub(leg.len()));
        let scores = all.chain(std::iter::repeat_n(0.0, zeros));
        // A few hundred at most.
        #[allow(clippy::cast_precision_loss)]
        let count = scores.clone().count().max(1) as f32;
        let mean = scores.clone().sum::<f32>() / count;
        let variance = scores.clone().map(|score| (score - mean).powi(2)).sum::<f32>() / count;
        Self {
            mean,
            deviation: variance.sqrt(),
            least: leg
                .iter()
                .map(|(_, score)| *score)
                .chain(scores)
                .fold(f32::MAX, f32::min),
        }
    }

    /// Standard deviations above the mean; 0 where all scores are alike.
    fn above(&self, score: Option<f32>) -> f32 {
        let deviations = (score.unwrap_or(self.least) - self.mean) / self.deviation;
        if deviations.is_finite() { deviations } else { 0.0 }
    }
}

/// Moves scores, best first, between 0 and 1; all to 1 when they are alike.
fn stretch(ranked: &mut [Ranked]) {
    let ends = ranked.first().zip(ranked.last());
    let Some((high, low)) = ends.map(|(first, last)| (first.score, last.score)) else {
        return;
    };
    for ranked in ranked {
        ranked.score = if high > low {
            (ranked.score - low) / (high - low)
        } else {
            1.0
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn leg(scores: &[(u128, f32)]) -> Vec<(Uuid, f32)> {
        let point = |(id, score): &(u128, f32)| (Uuid::from_u128(*id), *score);
        scores.iter().map(point).collect()
    }

    #[track_caller]
    fn check(dense: &[(u128, f32)], sparse: &[(u128, f32)], expected: &[(u128, f32)]) {
        let got = fuse(&leg(dense), &leg(sparse));
        let got: Vec<_> = got
            .iter()
            .map(|ranked| (ranked.point, (ranked.score * 100.0).round() / 100.0))
            .collect();
        assert_eq!(got, leg(expected));
    }

    #[test]
    fn legs_of_other_scales_count_alike() {
        check(
            &[(1, 0.75), (2, 0.5), (3, 0.25)],
            &[(2, 12.0), (4, 4.0)],
            &[(2, 1.0), (1, 0.51), (4, 0.25), (3, 0.0)],
        );
    }

    #[test]
    fn a_leg_that_tells_nothing_apart_leaves_the_other_alone() {
        check(
            &[(1, 0.5), (2, 0.5), (3, 0.5)],
            &[(3, 9.0), (2, 3.0), (1, 1.0)],
            &[(3, 1.0), (2, 0.25), (1, 0.0)],
        );
    }

    #[test]
    fn the_only_passage_with_the_word_comes_first() {
        let dense: Vec<(u128, f32)> = (1..=50).map(|id| (id, 0.5 - id as f32 / 200.0)).collect();
        let ranked = fuse(&leg(&dense), &leg(&[(40, 7.0)]));
        assert_eq!(ranked[0].point, leg(&[(40, 0.0)])[0].0);
    }

    #[test]
    fn who_is_missing_counts_like_the_last_of_a_long_leg() {
        let dense: Vec<(u128, f32)> = (1..=400).map(|id| (id, 1.0 - id as f32 / 400.0)).collect();
        let spread = Spread::of(&leg(&dense), 0);
        assert_eq!(spread.above(None), spread.above(Some(0.0)));
        assert!(spread.above(None) < spread.above(Some(0.5)));
    }

    #[test]
    fn one_leg_is_enough_and_twins_are_ordered() {
        check(&[], &[], &[]);
        check(&[(9, 0.5), (3, 0.5)], &[], &[(3, 1.0), (9, 1.0)]);
        check(&[(9, 0.5), (3, 0.25)], &[], &[(9, 1.0), (3, 0.0)]);
    }

    proptest! {
        #[test]
        fn scores_are_ordered_shares(
            dense in proptest::collection::vec((0_u128..60, -1.0_f32..1.0), 0..40),
            sparse in proptest::collection::vec((0_u128..60, 0.1_f32..40.0), 0..40),
        ) {
            let ranked = fuse(&leg(&dense), &leg(&sparse));
            prop_assert!(ranked.iter().all(|ranked| (0.0..=1.0).contains(&ranked.score)));
            prop_assert!(ranked.is_sorted_by(|a, b| a.score >= b.score));
        }
    }
}
