//! Suites as people write them: one YAML file, cases that are short conversations, expectations per turn.
//!
//! Reading is strict. A key that nobody reads ("contain:") would be an expectation that never fails, so it is
//! an error that names the file and the case.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::numbers;

/// A named set of cases.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suite {
    /// Unique among the suites of a run.
    pub name: String,
    /// What the suite is about, in a sentence.
    pub description: String,
    /// In the order of the file.
    pub cases: Vec<Case>,
}

/// One conversation with what is expected of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Case {
    /// Unique in the suite; comparisons of runs go by it.
    pub id: String,
    /// Who asks.
    pub partner: String,
    /// For figures by subject.
    pub tags: Vec<String>,
    /// Asked one after the other in one conversation; at least one.
    pub turns: Vec<Turn>,
}

/// A question and what is expected of its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// The question.
    pub ask: String,
    /// May be empty: some turns only lead up to the next.
    #[serde(default)]
    pub expect: Expectations,
}

/// What an answer must and must not be. Everything is optional, and everything given must hold.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expectations {
    /// Words that stand in the answer, every one.
    pub contains: Vec<String>,
    /// Groups of words of which one stands in the answer.
    pub any_of: Vec<Vec<String>>,
    /// Words that do not stand in the answer, nor in the reason for declining.
    pub forbids: Vec<String>,
    /// Numbers (`1240.50`) and dates (`2027-03-12`) that stand in the answer, however it writes them.
    #[serde(deserialize_with = "numbers_or_strings")]
    pub numbers: Vec<String>,
    /// Documents of which each is cited: a path, or its last parts.
    pub cites: Vec<String>,
    /// Tool calls that were made.
    pub tools: Vec<ToolExpectation>,
    /// No tool but the search of the knowledge was called.
    pub no_tools: bool,
    /// Whether the question is declined.
    pub declined: Option<bool>,
}

/// A tool call that is expected.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolExpectation {
    /// The tool's name.
    pub name: String,
    /// Arguments that the call must have had; it may have had more.
    #[serde(default)]
    pub arguments: Map<String, Value>,
}

/// Why a suite cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// The path cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The path as given.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not YAML or not a suite.
    #[error("{}: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// What is wrong and where.
        message: String,
    },
    /// A case says something that cannot be checked.
    #[error("{}: case “{case}”: {message}", path.display())]
    Case {
        /// The file.
        path: PathBuf,
        /// The case's id, or its place in the file where it has none.
        case: String,
        /// What is wrong.
        message: String,
    },
    /// A folder without suites, or no path at all.
    #[error("no suite (*.yaml) in {0}")]
    None(String),
}

/// Reads files, and the suites that lie in folders, in the order of their names.
pub fn load(paths: &[PathBuf]) -> Result<Vec<Suite>, SuiteError> {
    let mut suites: Vec<Suite> = Vec::new();
    for path in paths {
        for file in files(path)? {
            let source = std::fs::read_to_string(&file);
            let text = source.map_err(|source| SuiteError::Read {
                path: file.clone(),
                source,
            })?;
            let suite = parse(&file, &text)?;
            if suites.iter().any(|other| other.name == suite.name) {
                let message = format!("another file of this run is named “{}” too", suite.name);
                return Err(SuiteError::Syntax { path: file, message });
            }
            suites.push(suite);
        }
    }
    if suites.is_empty() {
        let named: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        return Err(SuiteError::None(if named.is_empty() {
            "no path".into()
        } else {
            named.join(", ")
        }));
    }
    Ok(suites)
}

/// Reads one suite; `path` is for the error messages.
pub fn parse(path: &Path, text: &str) -> Result<Suite, SuiteError> {
    let syntax = |message: String| SuiteError::Syntax {
        path: path.into(),
        message,
    };
    let file: SuiteFile = serde_saphyr::from_str(text).map_err(|error| syntax(error.to_string()))?;
    if file.cases.is_empty() {
        return Err(syntax("the suite has no cases".into()));
    }
    let mut seen = HashSet::new();
    let mut cases = Vec::new();
    for (at, value) in file.cases.into_iter().enumerate() {
        let id = value
            .get("id")
            .and_then(Value::as_str)
            .filter(|id| !id.trim().is_empty());
        let id = id.map_or_else(|| format!("number {}", at + 1), str::to_owned);
        let wrong = |message: String| SuiteError::Case {
            path: path.into(),
            case: id.clone(),
            message,
        };
        let case = case(value).map_err(wrong)?;
        if !seen.insert(case.id.clone()) {
            return Err(wrong("the suite has another case of this id".into()));
        }
        cases.push(case);
    }
    Ok(Suite {
        name: file.name,
        description: file.description,
        cases,
    })
}

/// The file's outer shape; cases are read one by one so that an error can name its case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SuiteFile {
    name: String,
    #[serde(default)]
    description: String,
    cases: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    id: String,
    partner: String,
    #[serde(default)]
    tags: Vec<String>,
    turns: Vec<Value>,
}

fn case(value: Value) -> Result<Case, String> {
    let file: CaseFile = read(value)?;
    if file.id.trim().is_empty() || file.partner.trim().is_empty() {
        return Err("id and partner must not be empty".into());
    }
    if file.turns.is_empty() {
        return Err("the case asks nothing: turns is empty".into());
    }
    let mut turns = Vec::new();
    for (at, value) in file.turns.into_iter().enumerate() {
        let turn = read::<Turn>(value).and_then(|turn| checkable(&turn).map(|()| turn));
        turns.push(turn.map_err(|message| format!("turn {}: {message}", at + 1))?);
    }
    Ok(Case {
        id: file.id,
        partner: file.partner,
        tags: file.tags,
        turns,
    })
}

/// Expectations that could never fail, or never hold, are mistakes of the writer.
fn checkable(turn: &Turn) -> Result<(), String> {
    let expect = &turn.expect;
    if turn.ask.trim().is_empty() {
        return Err("ask is empty".into());
    }
    if expect.any_of.iter().any(Vec::is_empty) {
        return Err("any_of has an empty group, which nothing can satisfy".into());
    }
    let words = expect
        .contains
        .iter()
        .chain(&expect.forbids)
        .chain(&expect.cites)
        .chain(expect.any_of.iter().flatten());
    if words.into_iter().any(|word| word.trim().is_empty()) {
        return Err("an expectation is an empty text".into());
    }
    if let Some(number) = expect
        .numbers
        .iter()
        .find(|number| numbers::canonical(number).is_none())
    {
        return Err(format!(
            "numbers: “{number}” is neither like 1240.50 nor like 2027-03-12"
        ));
    }
    if expect.no_tools && !expect.tools.is_empty() {
        return Err("tools and no_tools contradict each other".into());
    }
    Ok(())
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}

/// YAML reads an unquoted 90 as a number; both spellings mean the same.
fn numbers_or_strings<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let values = Vec::<Value>::deserialize(deserializer)?;
    Ok(values
        .into_iter()
        .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        .collect())
}

fn files(path: &Path) -> Result<Vec<PathBuf>, SuiteError> {
    let unreadable = |source| SuiteError::Read {
        path: path.into(),
        source,
    };
    if !std::fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Ok(vec![path.into()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.path();
        if file
            .extension()
            .is_some_and(|extension| extension == "yaml" || extension == "yml")
        {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
name: program-rules
description: What the rules say
cases:
  - id: protection-window
    partner: p-001
    tags: [rules]
    turns:
      - ask: How long is a registered deal protected?
        expect:
          contains: ["90 days"]
          any_of: [["90 days", "ninety days"]]
          forbids: ["margin"]
          numbers: ["1240.50", 90]
          cites: ["rules-of-engagement.docx"]
          tools: [{name: list_commissions, arguments: {period: "last quarter"}}]
          declined: false
      - ask: And after that?
"#;

    #[test]
    fn a_suite_is_read_whole() {
        let suite = parse(Path::new("rules.yaml"), GOOD).unwrap();
        let case = &suite.cases[0];
        assert_eq!((suite.name.as_str(), case.turns.len()), ("program-rules", 2));
        assert_eq!(case.turns[0].expect.numbers, ["1240.50", "90"]);
        assert_eq!(case.turns[0].expect.tools[0].arguments["period"], "last quarter");
        assert_eq!(case.turns[1].expect, Expectations::default());
    }

    #[test]
    fn mistakes_are_refused_with_file_and_case() {
        let check = |from: &str, to: &str, expected: &[&str]| {
            assert!(GOOD.contains(from), "{from:?}");
            let error = parse(Path::new("rules.yaml"), &GOOD.replace(from, to))
                .unwrap_err()
                .to_string();
            for part in expected.iter().chain(&["rules.yaml"]) {
                assert!(error.contains(part), "{part:?} in {error}");
            }
        };
        check(
            "contains:",
            "contain:",
            &["protection-window", "turn 1", "`contain`"],
        );
        check("tags:", "tag:", &["protection-window", "`tag`"]);
        check("description:", "descripton:", &["descripton"]);
        check("arguments:", "args:", &["protection-window", "`args`"]);
        check("\"1240.50\"", "\"1,240.50\"", &["protection-window", "1,240.50"]);
        check("[[\"90 days\", \"ninety days\"]]", "[[]]", &["empty group"]);
        check("And after that?", "\"\"", &["turn 2", "ask is empty"]);
        check("declined: false", "no_tools: true", &["contradict"]);
        check("partner: p-001", "who: p-001", &["protection-window", "`who`"]);
        check(
            "id: protection-window",
            "di: protection-window",
            &["number 1", "`di`"],
        );
        check("cases:", "cases: [", &[]);
    }

    #[test]
    fn ids_and_names_are_unique() {
        let (_, case) = GOOD.split_once("cases:\n").unwrap();
        let error = parse(Path::new("rules.yaml"), &format!("{GOOD}{case}"))
            .unwrap_err()
            .to_string();
        assert!(error.contains("another case of this id"), "{error}");

        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.yaml"), GOOD).unwrap();
        std::fs::write(folder.path().join("notes.txt"), "not a suite").unwrap();
        assert_eq!(load(&[folder.path().into()]).unwrap().len(), 1);
        std::fs::write(folder.path().join("b.yml"), GOOD).unwrap();
        let error = load(&[folder.path().into()]).unwrap_err().to_string();
        assert!(
            error.contains("b.yml") && error.contains("program-rules"),
            "{error}"
        );
        assert!(matches!(load(&[]), Err(SuiteError::None(_))));
        assert!(matches!(
            load(&["nowhere.yaml".into()]),
            Err(SuiteError::Read { .. })
        ));
    }
}
