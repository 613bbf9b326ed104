//! The suite of answered gaps in the home: `liaison eval run HOME/suites` asks every one of them again.

use crate::files::write_whole;
use liaison_evals::suite;
use serde_json::{Value, json};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The suite's file.
pub(super) fn path(home: &Path) -> PathBuf {
    home.join("suites").join("gaps.yaml")
}

/// Adds a case: this question of this partner is answered, and from this document. A case of that id is replaced.
pub(super) fn add(home: &Path, id: &str, partner: &str, question: &str, document: &str) -> io::Result<()> {
    let path = path(home);
    let mut suite = match fs::read_to_string(&path) {
        Ok(text) => serde_saphyr::from_str(&text).map_err(io::Error::other)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => json!({
            "name": "gaps", "description": "Questions that partner managers have answered.", "cases": [],
        }),
        Err(error) => return Err(error),
    };
    let case = json!({
        "id": id, "partner": partner, "tags": ["gap"],
        "turns": [{ "ask": question, "expect": { "declined": false, "cites": [document] } }],
    });
    let Some(cases) = suite["cases"].as_array_mut() else {
        return Err(io::Error::other(format!(
            "{} has no list of cases",
            path.display()
        )));
    };
    cases.retain(|other: &Value| other["id"] != id);
    cases.push(case);
    let text = serde_saphyr::to_string(&suite).map_err(io::Error::other)?;
    // What `liaison eval run` could not read must not take the place of what it can.
    suite::parse(&path, &text).map_err(io::Error::other)?;
    fs::create_dir_all(path.parent().unwrap_or(home))?;
    write_whole(&path, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_are_added_to_a_suite_that_can_be_run() {
        let home = tempfile::tempdir().unwrap();
        let question = "Who pays: \"us\", or 'them'? # {x}";
        add(home.path(), "gap-1", "p-001", question, "answers/one.md").unwrap();
        add(home.path(), "gap-2", "p-002", "true", "answers/two.md").unwrap();
        add(home.path(), "gap-1", "p-003", question, "answers/other.md").unwrap();
        let suites = suite::load(&[path(home.path())]).unwrap();
        let cases: Vec<_> = suites[0]
            .cases
            .iter()
            .map(|case| (case.id.as_str(), case.partner.as_str()))
            .collect();
        assert_eq!(cases, [("gap-2", "p-002"), ("gap-1", "p-003")]);
        let turn = &suites[0].cases[1].turns[0];
        assert_eq!((turn.ask.as_str(), turn.expect.declined), (question, Some(false)));
        assert_eq!(turn.expect.cites, ["answers/other.md"]);
        // A file that a person has broken is left as it is.
        fs::write(path(home.path()), "cases: [").unwrap();
        assert!(add(home.path(), "gap-3", "p-001", "x", "y.md").is_err());
        assert_eq!(fs::read_to_string(path(home.path())).unwrap(), "cases: [");
    }
}
