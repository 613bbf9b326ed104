//! What a file says about itself: YAML between `---` lines in Markdown, or a `NAME.EXT.yaml` beside any file.
//!
//! Unknown keys are ignored, because front matter is shared with other tools. Whatever decides who may see a
//! document, and when, is strict: a mistake in it is an error of the document, never a document opened to
//! everyone.

use jiff::civil::Date;
use liaison_knowledge::{AudienceSpec, Validity};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A document's own statements; each may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FrontMatter {
    /// The title people see.
    pub title: Option<String>,
    /// Who may see it.
    pub audience: Option<AudienceSpec>,
    /// First day in force.
    pub effective_from: Option<Date>,
    /// First day no longer in force.
    pub effective_until: Option<Date>,
    /// BCP 47 language tag.
    pub language: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The day by which somebody should look it over.
    pub review_by: Option<Date>,
    /// Paths of the documents it replaces.
    pub supersedes: Vec<String>,
}

impl FrontMatter {
    /// Reads YAML. The error is a sentence.
    pub fn parse(yaml: &str) -> Result<Self, BadFrontMatter> {
        let keys: Option<BTreeMap<String, Value>> =
            serde_saphyr::from_str(yaml).map_err(|e| BadFrontMatter::NotYaml(brief(&e.to_string())))?;
        Self::of_keys(keys.unwrap_or_default())
    }

    /// These statements as YAML that [`FrontMatter::parse`] reads; JSON is YAML.
    #[must_use]
    pub fn yaml(&self) -> String {
        json!(self.keys()).to_string()
    }

    /// What is stated, by key.
    #[must_use]
    pub fn keys(&self) -> BTreeMap<String, Value> {
        let all = json!({
            "title": self.title, "audience": self.audience.as_ref().map(ToString::to_string),
            "effective_from": self.effective_from, "effective_until": self.effective_until,
            "language": self.language, "owner": self.owner, "review_by": self.review_by,
            "supersedes": Some(&self.supersedes).filter(|paths| !paths.is_empty()),
        });
        let all = all.as_object().cloned().unwrap_or_default();
        all.into_iter().filter(|(_, value)| !value.is_null()).collect()
    }

    /// What can be told of YAML that is none: the title, language and owner, where they stand on lines of their
    /// own, the last of each. `None` when the lines do not look like statements at all. Not for text that decides who may see a
    /// document.
    #[must_use]
    pub(crate) fn parse_loosely(yaml: &str) -> Option<Self> {
        let mut front = Self::default();
        let (mut statements, mut others) = (0, 0);
        for line in yaml.lines().filter(|line| !line.trim().is_empty()) {
            let key = |line: &str| {
                line.len() < 40
                    && line
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
            };
            match line.split_once(':').filter(|(name, _)| key(name)) {
                Some((name, value)) => {
                    statements += 1;
                    let value = crate::text::line(value.trim().trim_matches(['"', '\'']));
                    let value = Some(value).filter(|value| !value.is_empty());
                    match name.to_lowercase().as_str() {
                        "title" => front.title = value.or(front.title),
                        "language" | "lang" => front.language = value.or(front.language),
                        "owner" => front.owner = value.or(front.owner),
                        _ => {}
                    }
                }
                // What goes on, items and comments.
                None if line.starts_with([' ', '\t', '-', '#']) => {}
                None => others += 1,
            }
        }
        (statements > 1 && others * 4 <= statements).then_some(front)
    }

    /// The days it holds.
    #[must_use]
    pub fn validity(&self) -> Validity {
        Validity {
            from: self.effective_from,
            until: self.effective_until,
        }
    }

    /// These statements, with what is missing taken from `other` (a sidecar goes before the file's own).
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            title: self.title.or(other.title),
            audience: self.audience.or(other.audience),
            effective_from: self.effective_from.or(other.effective_from),
            effective_until: self.effective_until.or(other.effective_until),
            language: self.language.or(other.language),
            owner: self.owner.or(other.owner),
            review_by: self.review_by.or(other.review_by),
            supersedes: if self.supersedes.is_empty() {
                other.supersedes
            } else {
                self.supersedes
            },
        }
    }

    /// Reads statements by key; the error is a sentence.
    pub fn of_keys(keys: BTreeMap<String, Value>) -> Result<Self, BadFrontMatter> {
        let mut front = Self::default();
        for (key, value) in keys {
            let words = || {
                text_of(&value)
                    .map(|text| crate::text::line(&text))
                    .filter(|text| !text.is_empty())
            };
            // Case and dashes are forgiven: `Audience:` ignored as unknown would open the document.
            match key.trim().to_lowercase().replace('-', "_").as_str() {
                "title" => front.title = words(),
                "audience" => front.audience = Some(audience(&value)?),
                "effective_from" => front.effective_from = Some(date(&key, &value)?),
                "effective_until" => front.effective_until = Some(date(&key, &value)?),
                "language" | "lang" => front.language = words(),
                "owner" => front.owner = words(),
                "review_by" => front.review_by = Some(date(&key, &value)?),
                "supersedes" => front.supersedes = list(&value),
                _ => {}
            }
        }
        if let (Some(from), Some(until)) = (front.effective_from, front.effective_until)
            && until <= from
        {
            return Err(BadFrontMatter::NeverInForce { from, until });
        }
        Ok(front)
    }
}

/// Why front matter could not be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadFrontMatter {
    /// Not a YAML mapping: may be text that only looks like front matter.
    #[error("it is not a YAML mapping: {0}")]
    NotYaml(String),
    /// The audience cannot be read.
    #[error("{0}")]
    Audience(String),
    /// A date cannot be read.
    #[error("{key}: {value} is not a date; write it like 2025-01-31")]
    Date {
        /// Which one.
        key: String,
        /// What stands there.
        value: String,
    },
    /// The last day lies before the first.
    #[error("effective_until {until} is not after effective_from {from}, so it would never be in force")]
    NeverInForce {
        /// First day in force.
        from: Date,
        /// First day no longer in force.
        until: Date,
    },
}

fn audience(value: &Value) -> Result<AudienceSpec, BadFrontMatter> {
    let Value::String(spec) = value else {
        let hint = "write it as one text, such as `partners`, `internal` or `tier=gold;region=emea`";
        return Err(BadFrontMatter::Audience(format!(
            "audience: {value} cannot be read; {hint}"
        )));
    };
    spec.parse().map_err(|e| BadFrontMatter::Audience(format!("{e}")))
}

fn date(key: &str, value: &Value) -> Result<Date, BadFrontMatter> {
    let bad = || BadFrontMatter::Date {
        key: key.to_owned(),
        value: value.to_string(),
    };
    // Only the plain form: jiff would also take a time and drop it.
    let text = value
        .as_str()
        .map(str::trim)
        .filter(|text| text.len() == 10)
        .ok_or_else(bad)?;
    text.parse().map_err(|_| bad())
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().filter_map(text_of).collect(),
        value => text_of(value).into_iter().collect(),
    }
}

/// What went wrong and where: the first line of a parser's message, without its advice to programmers. The rest
/// draws the place in the file.
fn brief(message: &str) -> String {
    let first = message.lines().next().unwrap_or_default();
    let first = first.strip_prefix("error: ").unwrap_or(first);
    let first = first.split(", set ").next().unwrap_or_default();
    first.trim_end_matches(':').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_is_read() {
        let front = FrontMatter::parse(
            "title: Rules 2025\naudience: tier=gold\neffective_from: 2025-01-01\neffective_until: 2026-01-01\n\
             lang: en\nowner: ops@example.com\nReview-by: 2025-10-01\nsupersedes: rules/old.md\nms.date: 05/04/2020\ntags: [a, b]\n",
        )
        .unwrap();
        assert_eq!(
            front.audience.as_ref().map(ToString::to_string).as_deref(),
            Some("tier=gold")
        );
        assert_eq!(front.validity().from, Some("2025-01-01".parse().unwrap()));
        assert_eq!(front.language.as_deref(), Some("en"));
        assert_eq!(front.supersedes, ["rules/old.md"]);
        assert_eq!(front.review_by, Some("2025-10-01".parse().unwrap()));
        assert_eq!(FrontMatter::parse(&front.yaml()).unwrap(), front);
        assert_eq!(FrontMatter::parse("").unwrap(), FrontMatter::default());
        assert_eq!(
            FrontMatter::parse("title: 2025").unwrap().title.as_deref(),
            Some("2025")
        );
    }

    #[test]
    fn a_mistake_in_who_or_when_is_an_error() {
        for yaml in [
            "audience: gold",
            "audience:",
            "audience: [partners]",
            "Audience: everyone",
            "AUDIENCE: tier=",
            "effective_from: soon",
            "effective-until: 31.12.2025",
            "effective_from: 2025-02-30",
            "effective_from: 2025-01-01T10:00:00",
            "effective_from: 2026-01-01\neffective_until: 2025-01-01",
            "audience: internal\naudience: partners",
        ] {
            assert!(FrontMatter::parse(yaml).is_err(), "{yaml:?}");
        }
    }

    #[test]
    fn broken_yaml_still_tells_its_title() {
        #[track_caller]
        fn check(yaml: &str, title: Option<Option<&str>>) {
            let front = FrontMatter::parse_loosely(yaml);
            assert_eq!(
                front.as_ref().map(|front| front.title.as_deref()),
                title,
                "{yaml}"
            );
        }
        check(
            "title: Rates: all\nauthor: a\nauthor: b",
            Some(Some("Rates: all")),
        );
        check(
            "title: 'Rates'\ntags:\n  - a: b\n\t- c\nms.date: x",
            Some(Some("Rates")),
        );
        check(
            "author: a\ntitle: include file\ntitle: Rates",
            Some(Some("Rates")),
        );
        check("author: a\nauthor: b", Some(None));
        check("Words after a rule\nand more: of them", None);
        check("title: Rates", None);
    }

    #[test]
    fn a_sidecar_goes_before_the_file() {
        let own = FrontMatter::parse("title: Own\naudience: partners").unwrap();
        let both = FrontMatter::parse("audience: internal").unwrap().or(own);
        assert_eq!(both.audience, Some(AudienceSpec::Internal));
        assert_eq!(both.title.as_deref(), Some("Own"));
    }
}
