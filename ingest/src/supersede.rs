//! Which documents have a successor, and from which day.

use crate::catalog::Entry;
use jiff::civil::Date;
use liaison_knowledge::DocumentId;
use std::{
    collections::HashMap,
    path::{Component, Path, PathBuf},
};

/// The first day of a successor that states none: it was always the one that holds.
const ALWAYS: Date = jiff::civil::date(1, 1, 1);

/// The first day on which each superseded document no longer holds. A successor counts once it is searchable:
/// one that could not be read replaces nothing.
pub(crate) fn superseded(entries: &[Entry]) -> HashMap<DocumentId, Date> {
    let mut from: HashMap<DocumentId, Date> = HashMap::new();
    for successor in entries.iter().filter(|entry| entry.passages > 0) {
        let day = successor.record.validity.from.unwrap_or(ALWAYS);
        for id in replaced_by(successor, entries) {
            from.entry(id)
                .and_modify(|first| *first = day.min(*first))
                .or_insert(day);
        }
    }
    from
}

fn replaced_by<'a>(successor: &'a Entry, entries: &'a [Entry]) -> impl Iterator<Item = DocumentId> + 'a {
    let folder = successor.source.parent().unwrap_or(Path::new(""));
    successor.care.supersedes.iter().flat_map(move |named| {
        let beside = plain(&folder.join(named));
        let is_named = move |entry: &&Entry| {
            entry.record.id != successor.record.id && (entry.source == beside || entry.record.path == *named)
        };
        entries.iter().filter(is_named).map(|entry| entry.record.id)
    })
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Care;
    use liaison_knowledge::{AudienceSpec, DocumentRecord, Validity};

    fn entry(path: &str, from: Option<&str>, supersedes: &[&str], passages: u32) -> Entry {
        let source = format!("/docs/{path}");
        Entry {
            record: DocumentRecord {
                id: DocumentId::of_source(&source),
                path: path.to_owned(),
                title: path.to_owned(),
                audience: AudienceSpec::Partners,
                validity: Validity {
                    from: from.map(|day| day.parse().unwrap()),
                    until: None,
                },
                language: None,
            },
            source: source.into(),
            given_audience: AudienceSpec::Partners,
            fingerprint: String::new(),
            contents: String::new(),
            passages,
            care: Care {
                supersedes: supersedes.iter().map(ToString::to_string).collect(),
                ..Care::default()
            },
            notices: Vec::new(),
            superseded_from: None,
            failure: None,
        }
    }

    #[track_caller]
    fn check(entries: &[Entry], expected: &[(&str, &str)]) {
        let mut got: Vec<(String, String)> = superseded(entries)
            .into_iter()
            .map(|(id, day)| {
                let of = |entry: &&Entry| entry.record.id == id;
                (
                    entries.iter().find(of).unwrap().record.path.clone(),
                    day.to_string(),
                )
            })
            .collect();
        got.sort();
        let expected: Vec<_> = expected
            .iter()
            .map(|(path, day)| ((*path).to_owned(), (*day).to_owned()))
            .collect();
        assert_eq!(got, expected);
    }

    #[test]
    fn a_successor_takes_over_on_its_first_day() {
        let old = || entry("rules/2025.md", None, &[], 3);
        check(&[old()], &[]);
        // By its name beside the successor, by its way from there, and as people see it.
        for named in ["2025.md", "../rules/2025.md", "rules/2025.md"] {
            check(
                &[old(), entry("rules/2026.md", Some("2026-01-01"), &[named], 3)],
                &[("rules/2025.md", "2026-01-01")],
            );
        }
        check(
            &[old(), entry("rules/new.md", None, &["2025.md"], 3)],
            &[("rules/2025.md", "0001-01-01")],
        );
    }

    #[test]
    fn what_cannot_be_searched_or_names_itself_replaces_nothing() {
        let old = || entry("a.md", None, &[], 3);
        check(&[old(), entry("b.md", Some("2026-01-01"), &["a.md"], 0)], &[]);
        check(&[entry("a.md", None, &["a.md"], 3)], &[]);
        check(&[old(), entry("b.md", None, &["gone.md"], 3)], &[]);
    }

    #[test]
    fn the_earliest_of_several_successors_counts() {
        check(
            &[
                entry("a.md", None, &[], 1),
                entry("b.md", Some("2026-03-01"), &["a.md"], 1),
                entry("c.md", Some("2026-02-01"), &["a.md"], 1),
            ],
            &[("a.md", "2026-02-01")],
        );
    }
}
