//! Where a number of an answer may come from: the cited passages and the records that tools returned for the
//! same question, and nowhere else. The question is no evidence: repeating a partner's own figure as a fact
//! is how a wrong amount gets believed.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::numbers::{self, Fact, Kind};
use crate::target::Reply;
use crate::text;

/// Everything that an answer may take a number from.
#[derive(Debug, Default)]
pub struct Evidence {
    facts: Vec<Kind>,
    /// All texts folded, for codes, which are compared letter by letter.
    folded: String,
}

impl Evidence {
    /// The evidence of one answer.
    pub fn of(reply: &Reply) -> Self {
        let mut evidence = Self::default();
        for citation in &reply.citations {
            evidence.add_text(&citation.quote);
            evidence.add_text(&citation.title);
            if let Some(passage) = &citation.passage_text {
                evidence.add_text(passage);
            }
        }
        for tool in &reply.tools {
            tool.records
                .iter()
                .for_each(|record| evidence.add_value("", record));
            if let Some(as_of) = &tool.as_of {
                evidence.add_text(as_of);
            }
        }
        if let Some(declined) = &reply.declined {
            evidence.add_value("", &declined.nearest);
        }
        evidence
    }

    /// The facts of `answer` that stand nowhere in the evidence.
    pub fn missing(&self, facts: &[Fact]) -> Vec<Fact> {
        facts
            .iter()
            .filter(|fact| !self.covers(&fact.kind))
            .cloned()
            .collect()
    }

    fn add_text(&mut self, text: &str) {
        self.facts
            .extend(numbers::find(text).into_iter().map(|fact| fact.kind));
        self.folded.push_str(&text::fold(text));
        self.folded.push('\n');
    }

    /// A field with a text counts as it is shown: its raw value may be in cents or basis points, and an
    /// answer that says 124,050 for EUR 1,240.50 is wrong. Without a text, `_minor` and `_bps` are scaled.
    fn add_value(&mut self, key: &str, value: &Value) {
        match value {
            Value::String(text) => self.add_text(text),
            Value::Number(number) => {
                let scale = if key.ends_with("_minor") || key.ends_with("_bps") {
                    2
                } else {
                    0
                };
                if let Ok(number) = number.to_string().parse::<Decimal>() {
                    let number = (number.abs() / Decimal::from(10_i64.pow(scale))).normalize();
                    self.facts.push(Kind::Number(vec![number]));
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.add_value(key, item)),
            Value::Object(fields) => match (fields.get("text"), fields.get("value")) {
                (Some(Value::String(shown)), Some(raw)) => {
                    self.add_text(shown);
                    if raw.is_string() {
                        self.add_value(key, raw);
                    }
                }
                _ => fields
                    .iter()
                    .for_each(|(name, value)| self.add_value(name, value)),
            },
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn covers(&self, kind: &Kind) -> bool {
        if self.facts.iter().any(|fact| numbers::agree(fact, kind)) {
            return true;
        }
        match kind {
            // "In 2027" rests on any date of that year.
            Kind::Number(readings) => readings
                .iter()
                .any(|number| self.dates().any(|date| is_year(*number, date))),
            Kind::Spaced(one, several) => {
                let stands = |number: &Decimal| self.covers(&Kind::Number(vec![*number]));
                stands(one) || several.iter().all(stands)
            }
            Kind::Month(year, month) => self
                .dates()
                .any(|date| (date.year(), date.month()) == (*year, *month)),
            Kind::Day(month, day) => self
                .dates()
                .any(|date| (date.month(), date.day()) == (*month, *day)),
            Kind::Code(code) => self.holds_code(code) || self.holds_number_of(code),
            Kind::Date(_) | Kind::Time(..) => false,
        }
    }

    fn dates(&self) -> impl Iterator<Item = Date> {
        self.facts.iter().filter_map(|fact| {
            if let Kind::Date(dates) = fact {
                dates.first().copied()
            } else {
                None
            }
        })
    }

    fn holds_code(&self, code: &str) -> bool {
        let part_of_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        self.folded.match_indices(code).any(|(at, _)| {
            !part_of_word(self.folded[..at].chars().next_back())
                && !part_of_word(self.folded[at + code.len()..].chars().next())
        })
    }

    /// "mid-2027" and "top-10" are a word and a number; "dr-0009" is one identifier, as its zeros tell.
    fn holds_number_of(&self, code: &str) -> bool {
        let Some((word, digits)) = code.split_once('-') else {
            return false;
        };
        let is_word = word.chars().count() >= 3 && word.chars().all(char::is_alphabetic);
        is_word
            && !digits.starts_with('0')
            && digits.parse().is_ok_and(|n| self.covers(&Kind::Number(vec![n])))
    }
}

fn is_year(number: Decimal, date: Date) -> bool {
    number == Decimal::from(date.year())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::target::{Citation, Declined, ToolUse};

    fn reply() -> Reply {
        let citation = Citation {
            quote: "protected for 90 days".into(),
            passage_text: Some(
                "A registered deal is protected for 90 days, to 12 March 2027; 1.5 % each.".into(),
            ),
            title: "Rules of engagement 2025".into(),
            ..Citation::default()
        };
        let record = json!({"id": "c-0001", "kind": "commission", "fields": [
            {"name": "amount", "value": 124_050, "text": "EUR 1,240.50"},
            {"name": "clawback", "value": -15000, "text": "EUR -150.00"},
            {"name": "due", "value": "2026-12-31", "text": "2026-12-31"},
        ]});
        let flat = json!({"base_minor": 1_033_750, "rate_bps": 1200, "count": 3, "link": "https://example.com/r/p-001"});
        let as_of = Some("2026-11-21T04:13:50Z".to_owned());
        let tool = ToolUse {
            records: vec![record, flat],
            as_of,
            ..ToolUse::default()
        };
        Reply {
            citations: vec![citation],
            tools: vec![tool],
            ..Reply::default()
        }
    }

    fn check(answer: &str, missing: &[&str]) {
        let found = Evidence::of(&reply()).missing(&numbers::of_answer(answer));
        assert_eq!(
            found.iter().map(|fact| fact.text.as_str()).collect::<Vec<_>>(),
            missing,
            "{answer:?}"
        );
    }

    #[test]
    fn a_number_comes_from_a_passage_or_a_record() {
        check("90 days, a 90-day window, 1,5 % [1](#cite-a)", &[]);
        check("EUR 1.240,50, less 150.00, of 10,337.50 at 12 % in 3 deals", &[]);
        check("91 days and 12 % of 10,000", &["91", "10,000"]);
        check("124,050 cents", &["124,050"]);
        check("1200 and 1,033,750", &["1200", "1,033,750"]);
        check("EUR 1,240", &["1,240"]);
    }

    #[test]
    fn a_date_comes_whole() {
        check("until March 12, 2027 (12 March, March 2027, in 2027)", &[]);
        check("due 31.12.2026, as of 21 November 2026, 04:13", &[]);
        check("until 13 March 2027", &["13 March 2027"]);
        check("12 deals and 31 more", &["31"]);
        check("at 04:15", &["04:15"]);
    }

    #[test]
    fn a_code_comes_letter_by_letter() {
        check("C-0001, at https://example.com/r/p-001.", &[]);
        check("c-0002 and c-000", &["c-0002", "c-000"]);
        check("early-2027", &[]);
        check("Q3", &["Q3"]);
    }

    #[test]
    fn what_is_offered_instead_may_be_named() {
        let nearest = json!([{"title": "Rates 2024"}]);
        let reply = Reply {
            declined: Some(Declined {
                reason: "none".into(),
                nearest,
            }),
            ..Reply::default()
        };
        let missing = Evidence::of(&reply).missing(&numbers::of_answer("See Rates 2024, not 2023."));
        assert_eq!(
            missing.iter().map(|fact| fact.text.as_str()).collect::<Vec<_>>(),
            ["2023"]
        );
    }
}
