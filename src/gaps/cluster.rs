//! Which questions are one gap: greedy, in the order in which they were asked, so that the same questions make the
//! same gaps every time.

use liaison_knowledge::search::similarity;
use std::sync::Arc;

/// Questions at least this similar are one. With all-MiniLM-L6-v2 and 29 questions about ten things, 17 of 29 pairs that
/// mean the same come together and none of 377 others: a gap too many costs a look, a wrong one hides a question.
const SAME: f32 = 0.72;

/// A question that stands for a gap: its vector.
pub(super) type Leader = Arc<[f32]>;

/// For each of the new vectors, the place of the leader that it is closest to, or its own: who is close to nobody
/// becomes a leader, behind those that are there.
pub(super) fn assigned(leaders: &mut Vec<Leader>, new: &[Leader]) -> Vec<usize> {
    let mut places = Vec::with_capacity(new.len());
    for vector in new {
        let nearest = leaders
            .iter()
            .map(|leader| similarity(leader, vector))
            .enumerate();
        // Of two that are equally close, the first one.
        let nearest = nearest.reduce(|best, next| if next.1 > best.1 { next } else { best });
        places.push(match nearest {
            Some((place, near)) if near >= SAME => place,
            _ => {
                leaders.push(Arc::clone(vector));
                leaders.len() - 1
            }
        });
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unit(degrees: f32) -> Leader {
        let angle = degrees.to_radians();
        Arc::from([angle.cos(), angle.sin()])
    }

    #[test]
    fn close_questions_share_a_leader() {
        let mut leaders = vec![];
        // cos 40° is above the bound, cos 50° below.
        let places = assigned(&mut leaders, &[0.0, 40.0, 90.0, 60.0, 350.0].map(unit));
        assert_eq!(places, [0, 0, 1, 1, 0]);
        assert_eq!(leaders.len(), 2);
        assert_eq!(assigned(&mut leaders, &[unit(20.0), unit(180.0)]), [0, 2]);
    }

    proptest! {
        #[test]
        fn in_two_parts_or_at_once_the_gaps_are_the_same(angles in prop::collection::vec(0.0f32..360.0, 0..30), cut in 0usize..30) {
            let vectors: Vec<Leader> = angles.into_iter().map(unit).collect();
            let cut = cut.min(vectors.len());
            let (mut whole, mut parts) = (vec![], vec![]);
            let at_once = assigned(&mut whole, &vectors);
            let mut in_parts = assigned(&mut parts, &vectors[..cut]);
            in_parts.extend(assigned(&mut parts, &vectors[cut..]));
            prop_assert_eq!(at_once, in_parts);
        }
    }
}
