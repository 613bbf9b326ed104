//! Runs against a scripted target.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;

use super::*;
use crate::suite::Expectations;

/// Answers each question from a script; an unscripted question is the test's mistake and fails.
#[derive(Default)]
struct Scripted {
    answers: HashMap<&'static str, Vec<&'static str>>,
    asked: std::sync::Arc<Mutex<Vec<String>>>,
    open: std::sync::Arc<AtomicUsize>,
    most_open: std::sync::Arc<AtomicUsize>,
}

struct Script {
    answers: HashMap<&'static str, Vec<&'static str>>,
    asked: std::sync::Arc<Mutex<Vec<String>>>,
    open: std::sync::Arc<AtomicUsize>,
}

#[async_trait]
impl Target for Scripted {
    async fn open(&self, partner: &str) -> Result<Box<dyn Conversation>, TargetError> {
        if partner != "p-001" {
            return Err(TargetError::UnknownPartner(partner.into()));
        }
        let open = self.open.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_open.fetch_max(open, Ordering::SeqCst);
        Ok(Box::new(Script {
            answers: self.answers.clone(),
            asked: self.asked.clone(),
            open: self.open.clone(),
        }))
    }
}

#[async_trait]
impl Conversation for Script {
    async fn ask(&mut self, question: &str) -> Result<Reply, TargetError> {
        tokio::time::sleep(Duration::from_millis(2)).await;
        let times = {
            let mut asked = self.asked.lock().unwrap();
            asked.push(question.to_owned());
            asked.iter().filter(|other| *other == question).count()
        };
        let answers = self
            .answers
            .get(question)
            .ok_or_else(|| TargetError::Failed("unscripted".into()))?;
        let answer = answers[(times - 1) % answers.len()];
        if answer == "hang" {
            std::future::pending::<()>().await;
        }
        let timings_ms = crate::target::Timings {
            first_sentence: Some(2.0),
            total: 4.0,
        };
        Ok(Reply {
            answer: answer.into(),
            timings_ms,
            ..Reply::default()
        })
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::SeqCst);
    }
}

fn case(id: &str, partner: &str, turns: &[(&str, &str)]) -> Case {
    let turn = |(ask, contains): &(&str, &str)| {
        let expect = Expectations {
            contains: vec![(*contains).into()],
            ..Expectations::default()
        };
        Turn {
            ask: (*ask).into(),
            expect,
        }
    };
    Case {
        id: id.into(),
        partner: partner.into(),
        tags: vec![],
        turns: turns.iter().map(turn).collect(),
    }
}

fn suite(cases: Vec<Case>) -> Suite {
    Suite {
        name: "suite".into(),
        description: String::new(),
        cases,
    }
}

/// A run in which each named case passed or failed.
pub(crate) fn run_of(cases: &[(&str, bool)]) -> Run {
    let result = |(id, passes): &(&str, bool)| {
        let case = case(id, "p-001", &[(&format!("Is it {id}?"), "yes")]);
        let timings_ms = crate::target::Timings {
            first_sentence: Some(2.0),
            total: 4.0,
        };
        let answer = if *passes { "yes" } else { "no" }.to_owned();
        let turn = judge(
            &case.turns[0],
            Ok(Reply {
                answer,
                timings_ms,
                ..Reply::default()
            }),
        );
        CaseResult {
            suite: "suite".into(),
            case: case.id,
            repetition: 1,
            partner: case.partner,
            tags: vec![],
            passed: turn.passed(),
            turns: vec![turn],
        }
    };
    let cases: Vec<CaseResult> = cases.iter().map(result).collect();
    Run {
        id: "20270312-101500-000".into(),
        suites: vec!["suite".into()],
        started_at: Timestamp::UNIX_EPOCH,
        seconds: 1.0,
        repetitions: 1,
        totals: Totals::of(&cases),
        never_ran: never_ran(&cases),
        cases,
    }
}

async fn run_quietly(target: &Scripted, cases: Vec<Case>, options: RunOptions) -> Run {
    run(target, &[suite(cases)], &options, &|_| {}).await
}

#[tokio::test]
async fn cases_run_in_order_and_a_few_at_a_time() {
    let ids: Vec<String> = (0..8).map(|n| format!("case-{n}")).collect();
    let target = Scripted {
        answers: HashMap::from([("Ready?", vec!["yes"])]),
        ..Scripted::default()
    };
    let cases = ids
        .iter()
        .map(|id| case(id, "p-001", &[("Ready?", "yes")]))
        .collect();
    let seen = Mutex::new(0);
    let count = |_: &CaseResult| *seen.lock().unwrap() += 1;
    let options = RunOptions {
        concurrency: 3,
        ..RunOptions::default()
    };
    let found = run(&target, &[suite(cases)], &options, &count).await;
    assert_eq!(
        found
            .cases
            .iter()
            .map(|case| case.case.clone())
            .collect::<Vec<_>>(),
        ids
    );
    assert_eq!((found.totals.passed, *seen.lock().unwrap()), (8, 8));
    assert_eq!(target.most_open.load(Ordering::SeqCst), 3);
    assert_eq!(found.totals.p95_first_sentence_ms, Some(2.0));
    let json = serde_json::to_string(&found).unwrap();
    assert_eq!(serde_json::from_str::<Run>(&json).unwrap(), found);
}

#[tokio::test]
async fn a_case_passes_if_it_passes_every_time() {
    let answers = HashMap::from([("Steady?", vec!["yes"]), ("Lucky?", vec!["yes", "no", "yes"])]);
    let target = Scripted {
        answers,
        ..Scripted::default()
    };
    let cases = vec![
        case("steady", "p-001", &[("Steady?", "yes")]),
        case("lucky", "p-001", &[("Lucky?", "yes")]),
    ];
    let options = RunOptions {
        repetitions: 3,
        concurrency: 1,
        ..RunOptions::default()
    };
    let found = run_quietly(&target, cases, options).await;
    assert_eq!(
        (found.cases.len(), found.totals.cases, found.totals.passed),
        (6, 2, 1)
    );
    assert_eq!(found.totals.flaky, ["suite/lucky"]);
}

#[tokio::test]
async fn what_was_not_asked_is_not_passed() {
    let answers = HashMap::from([
        ("First?", vec!["yes"]),
        ("Second?", vec!["hang"]),
        ("Third?", vec!["yes"]),
    ]);
    let target = Scripted {
        answers,
        ..Scripted::default()
    };
    let talk = [("First?", "yes"), ("Second?", "yes"), ("Third?", "yes")];
    let cases = vec![
        case("hangs", "p-001", &talk),
        case("nobody", "p-999", &[("First?", "yes")]),
    ];
    let options = RunOptions {
        timeout: Duration::from_millis(40),
        ..RunOptions::default()
    };
    let found = run_quietly(&target, cases, options).await;
    assert_eq!(
        (found.totals.passed, found.totals.errors, found.totals.questions),
        (0, 3, 4)
    );
    let reasons: Vec<&str> = found.never_ran.iter().map(String::as_str).collect();
    assert_eq!(reasons.len(), 3, "{reasons:?}");
    for (reason, parts) in reasons.iter().zip([
        ["suite/hangs, turn 2: contains “yes”", "no answer within"],
        [
            "suite/hangs, turn 3: contains “yes”",
            "an earlier question had no answer",
        ],
        ["suite/nobody, turn 1: contains “yes”", "no partner “p-999”"],
    ]) {
        assert!(parts.iter().all(|part| reason.contains(part)), "{reason}");
    }
}
