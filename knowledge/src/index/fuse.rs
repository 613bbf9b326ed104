//! Two rankings of one query made into one.

use crate::PassageId;
use std::collections::HashMap;

/// The share of meaning in the fused score; the rest is words. Half and half: nothing was fitted.
const DENSE_SHARE: f32 = 0.5;

/// The two rankings of one query, best first, each with its own score.
#[derive(Debug, Default)]
pub(super) struct Legs {
    /// By cosine similarity, −1 to 1.
    pub(super) dense: Vec<(PassageId, f32)>,
    /// By BM25, 0 and up.
    pub(super) sparse: Vec<(PassageId, f32)>,
}

/// A passage's place in the fused ranking.
#[derive(Debug)]
pub(super) struct Ranked {
    pub(super) id: PassageId,
    /// 0 to 1, comparable within one search only.
    pub(super) score: f32,
    pub(super) similarity: Option<f32>,
    pub(super) bm25: Option<f32>,
}

/// Each leg's scores are stretched to 0..1 and added up by [`DENSE_SHARE`], best first. A passage that one leg
/// did not return counts 0 there.
pub(super) fn fuse(legs: &Legs) -> Vec<Ranked> {
    let mut all: HashMap<PassageId, Ranked> = HashMap::new();
    let mut ranked = |id: PassageId, share: f32, note: fn(&mut Ranked, f32), own: f32| {
        let blank = || Ranked {
            id,
            score: 0.0,
            similarity: None,
            bm25: None,
        };
        let ranked = all.entry(id).or_insert_with(blank);
        ranked.score += share;
        note(ranked, own);
    };
    let dense = stretch(&legs.dense);
    for (id, own) in &legs.dense {
        ranked(
            *id,
            DENSE_SHARE * dense(*own),
            |r, own| r.similarity = Some(own),
            *own,
        );
    }
    let sparse = stretch(&legs.sparse);
    for (id, own) in &legs.sparse {
        ranked(
            *id,
            (1.0 - DENSE_SHARE) * sparse(*own),
            |r, own| r.bm25 = Some(own),
            *own,
        );
    }
    let mut all: Vec<Ranked> = all.into_values().collect();
    // Equal scores (twins of one text) are ordered by id, so that a search repeats exactly.
    all.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.id.cmp(&b.id)));
    all
}

/// The map from a leg's scores to 0..1; a leg of one score maps it to 1.
fn stretch(leg: &[(PassageId, f32)]) -> impl Fn(f32) -> f32 + use<> {
    let scores = || leg.iter().map(|(_, score)| *score);
    let (low, high) = (
        scores().fold(f32::MAX, f32::min),
        scores().fold(f32::MIN, f32::max),
    );
    move |score| {
        if high > low {
            (score - low) / (high - low)
        } else {
            1.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn leg(scores: &[(u128, f32)]) -> Vec<(PassageId, f32)> {
        let point = |(id, score): &(u128, f32)| (PassageId(Uuid::from_u128(*id)), *score);
        scores.iter().map(point).collect()
    }

    #[track_caller]
    fn check(dense: &[(u128, f32)], sparse: &[(u128, f32)], expected: &[(u128, f32)]) {
        let legs = Legs {
            dense: leg(dense),
            sparse: leg(sparse),
        };
        let got = fuse(&legs);
        let got: Vec<_> = got.iter().map(|ranked| (ranked.id, ranked.score)).collect();
        assert_eq!(got, leg(expected));
    }

    #[test]
    fn legs_of_other_scales_count_alike() {
        check(
            &[(1, 0.75), (2, 0.5), (3, 0.25)],
            &[(2, 12.0), (4, 4.0)],
            &[(2, 0.75), (1, 0.5), (3, 0.0), (4, 0.0)],
        );
    }

    #[test]
    fn one_leg_is_enough_and_twins_are_ordered() {
        check(&[], &[], &[]);
        check(&[(9, 0.5), (3, 0.5)], &[], &[(3, 0.5), (9, 0.5)]);
    }
}
