//! What each expectation accepts and refuses.

use serde_json::json;

use super::*;
use crate::target::Declined;

fn reply() -> Reply {
    serde_json::from_value(json!({
        "answer": "A deal is protected for **90 days** [1](#cite-a). You earned EUR 1,240.50.",
        "citations": [{
            "n": 1, "passage_id": "a", "document": "rules/rules-of-engagement.docx", "title": "Rules",
            "quote": "protected for 90\u{a0}days", "visible": true,
            "passage_text": "A registered deal is protected for 90 days after approval.",
        }],
        "tools": [
            {"name": "search_knowledge", "arguments": {"question": "protection"}},
            {"name": "list_commissions", "arguments": {"period": "Last quarter", "limit": 10}, "own": true,
             "records": [{"fields": [{"name": "amount", "value": 124_050, "text": "EUR 1,240.50"}]}]},
        ],
        "timings_ms": {"first_sentence": 40.0, "total": 90.0},
    }))
    .unwrap()
}

fn failures(expect: Value, reply: &Reply) -> Vec<String> {
    let expect: Expectations = serde_json::from_value(expect).unwrap();
    let failed = expected(&expect, reply)
        .into_iter()
        .filter(|check| check.outcome == Outcome::Failed);
    failed.map(|check| check.reason.unwrap()).collect()
}

#[test]
fn each_expectation_holds_or_says_why() {
    let check = |expect: Value, expected: Option<&str>| {
        let found = failures(expect.clone(), &reply());
        assert_eq!(
            found.len(),
            usize::from(expected.is_some()),
            "{expect}: {found:?}"
        );
        assert!(
            found
                .first()
                .is_none_or(|reason| reason.contains(expected.unwrap())),
            "{expect}: {found:?}"
        );
    };
    check(json!({"contains": ["90 Days", "earned"]}), None);
    check(json!({"contains": ["60 days"]}), Some("does not say “60 days”"));
    check(json!({"any_of": [["ninety days", "90 days"]]}), None);
    check(
        json!({"any_of": [["ninety", "sixty"]]}),
        Some("“ninety” or “sixty”"),
    );
    check(json!({"forbids": ["margin", "0 days"]}), None);
    check(json!({"forbids": ["EARNED"]}), Some("says “EARNED”"));
    check(json!({"numbers": ["1240.50", "90"]}), None);
    check(
        json!({"numbers": ["1240"]}),
        Some("its numbers are 90 · 1,240.50"),
    );
    check(json!({"cites": ["rules-of-engagement.docx"]}), None);
    check(json!({"cites": ["rules/rules-of-engagement.docx"]}), None);
    check(json!({"cites": ["engagement.docx"]}), Some("cited are rules/"));
    check(
        json!({"tools": [{"name": "list_commissions", "arguments": {"period": "last quarter"}}]}),
        None,
    );
    check(
        json!({"tools": [{"name": "list_commissions", "arguments": {"limit": 5}}]}),
        Some("was not called"),
    );
    check(json!({"no_tools": true}), Some("list_commissions"));
    check(json!({"declined": false}), None);
    check(json!({"declined": true}), Some("should have been declined"));
}

#[test]
fn a_declined_question_may_still_be_searched_for() {
    let mut reply = reply();
    reply.tools.truncate(1);
    reply.declined = Some(Declined {
        reason: "no such rule".into(),
        nearest: Value::Null,
    });
    assert!(failures(json!({"no_tools": true, "declined": true}), &reply).is_empty());
    assert_eq!(
        failures(json!({"declined": false}), &reply),
        ["the question was declined: no such rule"]
    );
    assert_eq!(failures(json!({"forbids": ["such rule"]}), &reply).len(), 1);
}

#[test]
fn every_answer_is_checked_for_proof_and_isolation() {
    let check = |change: &dyn Fn(&mut Reply), name: &str, outcome: Outcome, reason: &str| {
        let mut reply = reply();
        change(&mut reply);
        let (checks, _) = always(&reply);
        let found = checks.iter().find(|check| check.name == name).unwrap();
        let said = found.reason.as_deref().unwrap_or_default();
        assert!(found.outcome == outcome && said.contains(reason), "{found:?}");
        let others = checks.iter().filter(|check| check.name != name);
        assert!(
            others.into_iter().all(|check| check.outcome == Outcome::Passed),
            "{checks:?}"
        );
    };
    let (failed, not_run) = (Outcome::Failed, Outcome::NotRun);
    check(&|_| {}, "provenance", Outcome::Passed, "");
    check(
        &|r| r.answer.push_str(" Then 91 days."),
        "provenance",
        failed,
        "“91”",
    );
    check(
        &|r| r.citations[0].quote = "for 60 days".into(),
        "citations_valid",
        failed,
        "for 60 days",
    );
    check(
        &|r| r.citations[0].quote = " ".into(),
        "citations_valid",
        failed,
        "quotes nothing",
    );
    check(
        &|r| r.answer.push_str(" And [2](#cite-b)."),
        "citations_valid",
        failed,
        "[2]",
    );
    check(
        &|r| r.citations[0].passage_text = None,
        "citations_valid",
        not_run,
        "1 citations",
    );
    check(
        &|r| r.citations[0].visible = Some(false),
        "isolation",
        failed,
        "audience",
    );
    check(
        &|r| r.tools[1].own = Some(false),
        "isolation",
        failed,
        "list_commissions",
    );
    check(&|r| r.tools[1].own = None, "isolation", not_run, "1 of");
}

#[test]
fn the_tally_counts_what_was_checked() {
    let (_, tally) = always(&reply());
    let expected = Tally {
        citations: 1,
        citations_valid: 1,
        numbers: 2,
        ..Tally::default()
    };
    assert_eq!(tally, expected);
}

#[test]
fn without_an_answer_nothing_passes() {
    let expect = serde_json::from_value(json!({"forbids": ["margin"], "declined": false})).unwrap();
    let checks = not_run(&expect, "the target failed");
    assert_eq!(
        checks.iter().map(|check| check.name.as_str()).collect::<Vec<_>>(),
        ["forbids “margin”", "not declined"]
    );
    assert!(checks.iter().all(|check| check.outcome == Outcome::NotRun));
}
