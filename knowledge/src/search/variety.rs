//! Places are for different things: the same text is found once, and a document that fills all places leaves the last
//! one to another.

use crate::{Hit, index::Stored};
use std::sync::Arc;

/// Places from which on one is given away. Where there are fewer, each is worth more than variety: on public questions
/// every stronger form (a penalty for each further passage of a document, a cap) lost answers in proportion.
const MANY: usize = 8;

/// Drops hits that say what a better one says already: the same letters and digits in the same order, in another
/// document or further down in its own. A single other word or number may be another rule, so likeness is not enough.
pub(super) fn drop_twins(hits: &mut Vec<Hit>) {
    let mut kept: Vec<(usize, Arc<Stored>)> = Vec::new();
    hits.retain(|hit| {
        let count = count(&hit.passage.text);
        // Counting is many times faster than comparing.
        let mut alike = kept.iter().filter(|(other, _)| *other == count);
        let is_twin = alike.any(|(_, other)| letters(&other.passage.text).eq(letters(&hit.passage.text)));
        if !is_twin {
            kept.push((count, Arc::clone(&hit.stored)));
        }
        !is_twin
    });
}

/// ASCII letters and digits.
fn count(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_alphanumeric).count()
}

/// Letters and digits, in lower case.
fn letters(text: &str) -> impl Iterator<Item = char> {
    let letters = text.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase)
}

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
    fn the_same_text_is_found_once() {
        let mut hits = vec![
            hit("a", 0, 0.9, "Deals are protected for 90 days."),
            hit("b", 0, 0.8, "Deals are protected\nfor 90 days"),
            hit("b", 1, 0.7, "Deals are protected for 60 days."),
            hit("c", 0, 0.6, "Deals are not protected for 90 days."),
            hit("c", 1, 0.5, "Geschützt für 90 Tage"),
            hit("d", 1, 0.4, "geschützt FÜR 90\u{a0}Tage!"),
        ];
        drop_twins(&mut hits);
        let kept: Vec<_> = hits.iter().map(|hit| hit.score).collect();
        assert_eq!(kept, [0.9, 0.7, 0.6, 0.5]);
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
