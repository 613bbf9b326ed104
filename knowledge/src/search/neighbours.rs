//! Passages that stand beside one another in their document and are both found confirm each other.

use crate::{DocumentId, Hit, Stored};
use std::{collections::HashMap, sync::Arc};

/// What the better of a passage's two neighbours adds to its score, as a share of what that neighbour is above the
/// last hit.
const SHARE: f32 = 0.3;

/// Raises hits whose neighbour under the same headings is a hit too, and orders them anew, best first. Text that was
/// parted answers together: the passage beside a good one is worth more than one that stands alone. Scores stay
/// between 0 and 1.
pub(super) fn lift(hits: &mut [Hit]) {
    let place = |hit: &Hit| (hit.document.id, hit.passage.ordinal);
    let found: HashMap<(DocumentId, u32), (f32, Arc<Stored>)> = hits
        .iter()
        .map(|hit| (place(hit), (hit.score, Arc::clone(&hit.stored))))
        .collect();
    let last = hits.iter().map(|hit| hit.score).fold(1.0, f32::min);
    for hit in hits.iter_mut() {
        let (document, ordinal) = place(hit);
        let beside = [ordinal.checked_sub(1), ordinal.checked_add(1)];
        let neighbours = beside
            .into_iter()
            .filter_map(|ordinal| found.get(&(document, ordinal?)))
            .filter(|(_, stored)| stored.passage.heading == hit.passage.heading);
        let best = neighbours.map(|(score, _)| score - last).fold(0.0, f32::max);
        hit.score = (hit.score + SHARE * best) / (1.0 + SHARE);
    }
    // Of a text that stands in two places, the first comes first, wherever the files lie.
    hits.sort_by(|a, b| {
        let by_place = || a.document.path.cmp(&b.document.path);
        let by_place = || by_place().then(a.passage.ordinal.cmp(&b.passage.ordinal));
        b.score.total_cmp(&a.score).then_with(by_place)
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::samples::hit;

    #[track_caller]
    fn check(found: &[(&str, u32, &str, f32)], expected: &[(&str, u32)]) {
        let hits = found.iter().map(|(document, ordinal, heading, score)| {
            let mut hit = hit(document, *ordinal, *score, "text");
            Arc::make_mut(&mut hit.stored).passage.heading = vec![(*heading).to_owned()];
            hit
        });
        let mut hits: Vec<Hit> = hits.collect();
        lift(&mut hits);
        let got: Vec<_> = hits
            .iter()
            .map(|hit| (hit.document.path.as_str(), hit.passage.ordinal))
            .collect();
        assert_eq!(got, expected);
        assert!(hits.iter().all(|hit| (0.0..=1.0).contains(&hit.score)));
    }

    #[test]
    fn neighbours_confirm_each_other() {
        check(
            &[
                ("a", 9, "X", 1.0),
                ("b", 3, "X", 0.8),
                ("a", 4, "X", 0.7),
                ("a", 5, "X", 0.65),
                ("c", 1, "X", 0.0),
            ],
            &[("a", 9), ("a", 4), ("a", 5), ("b", 3), ("c", 1)],
        );
    }

    #[test]
    fn other_headings_and_documents_are_no_neighbours() {
        check(
            &[("b", 1, "X", 0.8), ("a", 2, "X", 0.7), ("a", 1, "Y", 0.6)],
            &[("b", 1), ("a", 2), ("a", 1)],
        );
        check(&[], &[]);
    }
}
