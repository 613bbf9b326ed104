//! A document that fills all places leaves the last one to another.

use crate::Hit;

/// Places from which on one is given away. Where there are fewer, each is worth more than variety: on public questions
/// every stronger form (a penalty for each further passage of a document, a cap) lost answers in proportion.
const MANY: usize = 8;

/// Keeps the best `limit` hits. If all are of one document, the last of them gives way to the best of another.
pub(super) fn keep(hits: &mut Vec<Hit>, limit: usize) {
    if limit >= MANY
        && let Some((kept, rest)) = hits.split_at_mut_checked(limit)
        && let Some((last, others)) = kept.split_last_mut()
        && others.iter().all(|hit| hit.document.id == last.document.id)
        && let Some(other) = rest.iter_mut().find(|hit| hit.document.id != last.document.id)
    {
        std::mem::swap(last, other);
    }
    hits.truncate(limit);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::samples::hit;

    #[track_caller]
    fn check(found: &str, limit: usize, expected: &str) {
        let hits = found.chars().zip(0_u8..);
        let mut hits: Vec<Hit> = hits
            .map(|(name, place)| {
                let score = 1.0 - f32::from(place) / 50.0;
                hit(&name.to_string(), place.into(), score, "text")
            })
            .collect();
        keep(&mut hits, limit);
        let kept: String = hits.iter().map(|hit| hit.document.path.as_str()).collect();
        assert_eq!(kept, expected);
        assert!(hits.is_sorted_by(|a, b| a.score >= b.score));
    }

    #[test]
    fn the_last_of_many_places_is_anothers() {
        check("aaaaaaaaabaac", 8, "aaaaaaab");
        check("aaaaaaaaaaaaa", 8, "aaaaaaaa");
        check("aaaabaaaaaaac", 8, "aaaabaaa");
        check("aaaaaaab", 5, "aaaaa");
        check("aaab", 8, "aaab");
        check("", 8, "");
    }
}
