//! The vendor's commission plan, read from its file.

use crate::program::commission::CommissionPlan;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Why a plan cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The file cannot be read.
    #[error("the commission plan {} cannot be read", .0.display())]
    Unreadable(PathBuf, #[source] io::Error),
    /// It is no plan.
    #[error("the commission plan {} is none: {}", .0.display(), .1)]
    Malformed(PathBuf, String),
    /// It contradicts itself.
    #[error("the commission plan {}: {}", .0.display(), .1.join("; "))]
    Contradictory(PathBuf, Vec<String>),
}

/// Reads and checks a plan in YAML, or in TOML where the file's name says so. Nothing where there is no such file.
///
/// # Errors
/// A file that cannot be read or contradicts itself, with everything that is wrong.
pub fn load(path: &Path) -> Result<Option<CommissionPlan>, PlanError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(PlanError::Unreadable(path.to_owned(), error)),
    };
    let is_toml = path.extension().is_some_and(|extension| extension == "toml");
    let read = if is_toml { toml(&text) } else { yaml(&text) };
    let plan = read.map_err(|problem| PlanError::Malformed(path.to_owned(), problem))?;
    let problems: Vec<String> = plan
        .check()
        .iter()
        .map(|problem| format!("{}: {}; {}", problem.rule, problem.problem, problem.remedy))
        .collect();
    match problems.is_empty() {
        true => Ok(Some(plan)),
        false => Err(PlanError::Contradictory(path.to_owned(), problems)),
    }
}

fn yaml(text: &str) -> Result<CommissionPlan, String> {
    serde_saphyr::from_str(text).map_err(|error| error.to_string())
}

fn toml(text: &str) -> Result<CommissionPlan, String> {
    let file = config::File::from_str(text, config::FileFormat::Toml);
    let read = config::Config::builder().add_source(file).build();
    let plan = read.and_then(config::Config::try_deserialize);
    plan.map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_that_contradicts_itself_is_told_whole() {
        let dir = tempfile::tempdir().unwrap();
        let check = |text: &str, expected: &[&str]| {
            let path = dir.path().join("program.yaml");
            fs::write(&path, text).unwrap();
            let told = load(&path).unwrap_err().to_string();
            for part in expected {
                assert!(told.contains(part), "{told}");
            }
        };
        check("rules: 7", &["is none"]);
        check(
            "rules:\n- {id: a, effective_from: 2026-01-01, rates: {gold: {X: 5%}}}\n- {id: b, effective_from: 2026-01-01, rates: {gold: {X: 6%}}}\n",
            &["a", "b"],
        );
        assert_eq!(load(&dir.path().join("none.yaml")).unwrap(), None);
    }
}
