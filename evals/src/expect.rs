//! The deterministic checks: one function per expectation, each failure a sentence that a person can act on.
//!
//! Beside what a suite asks for, three things are checked of every answer: its quotes stand in their
//! passages, its numbers come from somewhere, and nothing in it belongs to somebody else.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::evidence::Evidence;
use crate::numbers;
use crate::suite::{Expectations, ToolExpectation};
use crate::target::{Citation, Reply, ToolUse};
use crate::text::{fold, holds, markers, plain};

/// The one tool that reads documents, not the partner's records; every question may call it.
const SEARCH: &str = "search_knowledge";

/// One check of one answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// What was checked, as in the suite: `contains “90 days”`.
    pub name: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it failed or did not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It held.
    Passed,
    /// It did not.
    Failed,
    /// There was nothing to check it against; never counted as held.
    NotRun,
}

/// Counts of what was checked of every answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Citations given.
    pub citations: usize,
    /// Of these, those whose quote stands in their passage.
    pub citations_valid: usize,
    /// Of these, those whose passage the target did not tell.
    pub citations_unchecked: usize,
    /// Markers in the text that point to no citation.
    pub dangling_markers: usize,
    /// Numbers, dates and codes in the answer.
    pub numbers: usize,
    /// Of these, those that stand in no cited passage and no record.
    pub numbers_without_provenance: usize,
    /// Citations and tool results that the partner may not see.
    pub outside_audience: usize,
    /// Citations and tool results of which the target did not tell whether the partner may see them.
    pub audience_unchecked: usize,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.citations += other.citations;
        self.citations_valid += other.citations_valid;
        self.citations_unchecked += other.citations_unchecked;
        self.dangling_markers += other.dangling_markers;
        self.numbers += other.numbers;
        self.numbers_without_provenance += other.numbers_without_provenance;
        self.outside_audience += other.outside_audience;
        self.audience_unchecked += other.audience_unchecked;
    }
}

/// Checks what the suite expects of this answer.
pub fn expected(expect: &Expectations, reply: &Reply) -> Vec<Check> {
    let mut checks = Vec::new();
    let answer = plain(&reply.answer);
    checks.extend(expect.contains.iter().map(|words| contains(&answer, words)));
    checks.extend(expect.any_of.iter().map(|group| any_of(&answer, group)));
    checks.extend(expect.forbids.iter().map(|words| forbids(reply, words)));
    checks.extend(
        expect
            .numbers
            .iter()
            .map(|number| has_number(&reply.answer, number)),
    );
    checks.extend(
        expect
            .cites
            .iter()
            .map(|document| cites(&reply.citations, document)),
    );
    checks.extend(expect.tools.iter().map(|tool| called(&reply.tools, tool)));
    checks.extend(expect.no_tools.then(|| no_tools(&reply.tools)));
    checks.extend(expect.declined.map(|wanted| declined(reply, wanted)));
    checks
}

/// The same checks where there was no answer to check.
pub fn not_run(expect: &Expectations, why: &str) -> Vec<Check> {
    let names = expected(expect, &Reply::default())
        .into_iter()
        .map(|check| check.name);
    names
        .map(|name| Check {
            name,
            outcome: Outcome::NotRun,
            reason: Some(why.to_owned()),
        })
        .collect()
}

/// Checks what every answer must be.
pub fn always(reply: &Reply) -> (Vec<Check>, Tally) {
    let mut tally = Tally::default();
    let checks = vec![
        citations_valid(reply, &mut tally),
        provenance(reply, &mut tally),
        isolation(reply, &mut tally),
    ];
    (checks, tally)
}

fn contains(answer: &str, words: &str) -> Check {
    let found = holds(answer, &fold(words));
    check(format!("contains “{words}”"), found, || {
        format!("the answer does not say “{words}”")
    })
}

fn any_of(answer: &str, group: &[String]) -> Check {
    let listed = group
        .iter()
        .map(|words| format!("“{words}”"))
        .collect::<Vec<_>>()
        .join(" or ");
    let found = group.iter().any(|words| holds(answer, &fold(words)));
    check(format!("any of {listed}"), found, || {
        format!("the answer says neither {listed}")
    })
}

fn forbids(reply: &Reply, words: &str) -> Check {
    let reason = reply
        .declined
        .as_ref()
        .map_or("", |declined| declined.reason.as_str());
    let found = [reply.answer.as_str(), reason]
        .iter()
        .any(|text| holds(&plain(text), &fold(words)));
    check(format!("forbids “{words}”"), !found, || {
        format!("the answer says “{words}”")
    })
}

fn has_number(answer: &str, number: &str) -> Check {
    let facts = numbers::of_answer(answer);
    let wanted = numbers::canonical(number);
    let found = wanted.is_some_and(|wanted| facts.iter().any(|fact| numbers::agree(&fact.kind, &wanted)));
    check(format!("number {number}"), found, || match facts.is_empty() {
        true => format!("{number} does not stand in the answer, which has no numbers"),
        false => {
            let there = facts
                .iter()
                .map(|fact| fact.text.as_str())
                .collect::<Vec<_>>()
                .join(" · ");
            format!("{number} does not stand in the answer; its numbers are {there}")
        }
    })
}

fn cites(citations: &[Citation], document: &str) -> Check {
    let found = citations.iter().any(|citation| {
        let before = citation.document.strip_suffix(document);
        before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
    });
    check(format!("cites {document}"), found, || {
        match citations.is_empty() {
            true => format!("{document} is not cited; the answer has no citations"),
            false => {
                let cited = citations
                    .iter()
                    .map(|citation| citation.document.as_str())
                    .collect::<Vec<_>>()
                    .join(", ");
                format!("{document} is not cited; cited are {cited}")
            }
        }
    })
}

fn called(tools: &[ToolUse], wanted: &ToolExpectation) -> Check {
    let arguments = Value::Object(wanted.arguments.clone());
    let found = tools
        .iter()
        .any(|tool| tool.name == wanted.name && includes(&tool.arguments, &arguments));
    let wanted = if wanted.arguments.is_empty() {
        wanted.name.clone()
    } else {
        format!("{} {arguments}", wanted.name)
    };
    check(format!("calls {wanted}"), found, || {
        format!("{wanted} was not called; {}", calls(tools))
    })
}

fn no_tools(tools: &[ToolUse]) -> Check {
    let none = tools.iter().all(|tool| tool.name == SEARCH);
    check("no tools".into(), none, || {
        format!("no tool was expected; {}", calls(tools))
    })
}

fn declined(reply: &Reply, wanted: bool) -> Check {
    let name = if wanted { "declined" } else { "not declined" };
    check(name.into(), reply.declined.is_some() == wanted, || {
        match &reply.declined {
            Some(declined) => format!("the question was declined: {}", declined.reason),
            None => "the question was answered and should have been declined".into(),
        }
    })
}

fn citations_valid(reply: &Reply, tally: &mut Tally) -> Check {
    let mut wrong = Vec::new();
    for citation in &reply.citations {
        tally.citations += 1;
        let quote = fold(&citation.quote);
        match &citation.passage_text {
            _ if quote.is_empty() => {
                wrong.push(format!("a citation of {} quotes nothing", citation.document));
            }
            None => tally.citations_unchecked += 1,
            Some(passage) if fold(passage).contains(&quote) => tally.citations_valid += 1,
            Some(_) => {
                wrong.push(format!(
                    "“{}” does not stand in {} of {}",
                    citation.quote, citation.passage_id, citation.document
                ));
            }
        }
    }
    let known = |n: u32| {
        let numbered = reply.citations.iter().any(|citation| citation.n == Some(n));
        numbered
            || (reply.citations.iter().all(|citation| citation.n.is_none())
                && n as usize <= reply.citations.len())
    };
    for n in markers(&reply.answer).into_iter().filter(|n| !known(*n)) {
        tally.dangling_markers += 1;
        wrong.push(format!("the marker [{n}] points to no citation"));
    }
    let unchecked = (tally.citations_unchecked > 0).then(|| {
        format!(
            "the target did not tell the passages of {} citations",
            tally.citations_unchecked
        )
    });
    verdict("citations_valid", &wrong, unchecked)
}

fn provenance(reply: &Reply, tally: &mut Tally) -> Check {
    let facts = numbers::of_answer(&reply.answer);
    let missing = Evidence::of(reply).missing(&facts);
    tally.numbers = facts.len();
    tally.numbers_without_provenance = missing.len();
    let wrong: Vec<String> = missing
        .iter()
        .map(|fact| format!("“{}” stands in no cited passage and no record", fact.text))
        .collect();
    verdict("provenance", &wrong, None)
}

fn isolation(reply: &Reply, tally: &mut Tally) -> Check {
    let mut wrong = Vec::new();
    for citation in &reply.citations {
        match citation.visible {
            Some(true) => {}
            Some(false) => wrong.push(format!(
                "{} of {} is outside the partner's audience",
                citation.passage_id, citation.document
            )),
            None => tally.audience_unchecked += 1,
        }
    }
    for tool in reply.tools.iter().filter(|tool| !tool.records.is_empty()) {
        match tool.own {
            Some(true) => {}
            Some(false) => wrong.push(format!(
                "{} returned a record that is not the partner's",
                tool.name
            )),
            // What a search returns is judged by what is cited of it.
            None if tool.name == SEARCH => {}
            None => tally.audience_unchecked += 1,
        }
    }
    tally.outside_audience = wrong.len();
    let unchecked = (tally.audience_unchecked > 0).then(|| {
        format!(
            "the target did not tell for {} of citations and tool results whose they are",
            tally.audience_unchecked
        )
    });
    verdict("isolation", &wrong, unchecked)
}

fn check(name: String, passed: bool, reason: impl FnOnce() -> String) -> Check {
    let outcome = if passed { Outcome::Passed } else { Outcome::Failed };
    Check {
        name,
        outcome,
        reason: (!passed).then(reason),
    }
}

fn verdict(name: &str, wrong: &[String], unchecked: Option<String>) -> Check {
    let (outcome, reason) = match (wrong.is_empty(), unchecked) {
        (false, _) => (Outcome::Failed, Some(wrong.join("; "))),
        (true, Some(why)) => (Outcome::NotRun, Some(why)),
        (true, None) => (Outcome::Passed, None),
    };
    Check {
        name: name.into(),
        outcome,
        reason,
    }
}

/// Whether `actual` has everything that `wanted` has; texts compare folded.
fn includes(actual: &Value, wanted: &Value) -> bool {
    match (actual, wanted) {
        (Value::Object(actual), Value::Object(wanted)) => wanted
            .iter()
            .all(|(name, wanted)| actual.get(name).is_some_and(|actual| includes(actual, wanted))),
        (Value::String(actual), Value::String(wanted)) => fold(actual) == fold(wanted),
        (Value::Number(actual), Value::Number(wanted)) => actual.as_f64() == wanted.as_f64(),
        (Value::Null, Value::Object(wanted)) => wanted.is_empty(),
        _ => actual == wanted,
    }
}

fn calls(tools: &[ToolUse]) -> String {
    if tools.is_empty() {
        return "no tool was called".into();
    }
    let listed: Vec<String> = tools
        .iter()
        .map(|tool| format!("{} {}", tool.name, tool.arguments))
        .collect();
    format!("called were {}", listed.join(", "))
}

#[cfg(test)]
#[path = "expect_tests.rs"]
mod tests;
