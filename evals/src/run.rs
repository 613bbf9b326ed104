//! Runs suites against a target: every case, every repetition, a few at a time, every check named.

use std::time::{Duration, Instant};

use futures::StreamExt;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::expect::{self, Tally};
pub use crate::expect::{Check, Outcome};
use crate::suite::{Case, Suite, Turn};
use crate::target::{Conversation, Reply, Target, TargetError};
use crate::totals::Totals;

/// How a run goes about it.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Conversations held at the same time.
    pub concurrency: usize,
    /// How often each case is asked; more than once shows what an answer's luck is.
    pub repetitions: u32,
    /// How long one answer may take.
    pub timeout: Duration,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            concurrency: 2,
            repetitions: 1,
            timeout: Duration::from_secs(120),
        }
    }
}

/// What a run found; its JSON is what is kept, compared and gated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The starting time in a form that fits a folder's name and sorts.
    pub id: String,
    /// The suites' names.
    pub suites: Vec<String>,
    /// When it started.
    pub started_at: Timestamp,
    /// How long it took.
    pub seconds: f64,
    /// How often each case was asked.
    pub repetitions: u32,
    /// In the order of the suites, repetitions beside each other.
    pub cases: Vec<CaseResult>,
    /// The figures.
    pub totals: Totals,
    /// Checks that had nothing to check, with their reasons: nobody may take them for passed.
    pub never_ran: Vec<String>,
}

/// One case asked once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseResult {
    /// The suite's name.
    pub suite: String,
    /// The case's id.
    pub case: String,
    /// From 1.
    pub repetition: u32,
    /// Who asked.
    pub partner: String,
    /// The case's tags.
    pub tags: Vec<String>,
    /// Whether there was an answer in every turn and no check failed.
    pub passed: bool,
    /// One for each turn of the case.
    pub turns: Vec<TurnResult>,
}

/// One question and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TurnResult {
    /// What was asked.
    pub question: String,
    /// The answer, where there was one.
    pub reply: Option<Reply>,
    /// Why there was none.
    pub error: Option<String>,
    /// The expectations of the suite, then those of every answer.
    pub checks: Vec<Check>,
    /// The counts behind the latter.
    pub tally: Tally,
}

/// Runs every case of the suites; `progress` is told of each when it ends. It cannot fail: a target that does
/// not answer is a finding.
pub async fn run(
    target: &dyn Target,
    suites: &[Suite],
    options: &RunOptions,
    progress: &(dyn Fn(&CaseResult) + Sync),
) -> Run {
    let (started_at, clock) = (Timestamp::now(), Instant::now());
    let repetitions = options.repetitions.max(1);
    let mut jobs = Vec::new();
    for suite in suites {
        for case in &suite.cases {
            jobs.extend((1..=repetitions).map(|repetition| (&suite.name, case, repetition)));
        }
    }
    let mut waiting = Vec::new();
    for (at, (suite, case, repetition)) in jobs.into_iter().enumerate() {
        waiting.push(async move {
            let result = converse(target, suite, case, repetition, options.timeout).await;
            progress(&result);
            (at, result)
        });
    }
    let asked = futures::stream::iter(waiting).buffer_unordered(options.concurrency.max(1));
    let mut finished: Vec<(usize, CaseResult)> = asked.collect().await;
    finished.sort_by_key(|(at, _)| *at);
    let cases: Vec<CaseResult> = finished.into_iter().map(|(_, result)| result).collect();
    Run {
        id: started_at.strftime("%Y%m%d-%H%M%S-%3f").to_string(),
        suites: suites.iter().map(|suite| suite.name.clone()).collect(),
        started_at,
        seconds: clock.elapsed().as_secs_f64(),
        repetitions,
        totals: Totals::of(&cases),
        never_ran: never_ran(&cases),
        cases,
    }
}

async fn converse(
    target: &dyn Target,
    suite: &str,
    case: &Case,
    repetition: u32,
    timeout: Duration,
) -> CaseResult {
    let mut turns = Vec::new();
    let mut conversation = within(timeout, target.open(&case.partner)).await;
    for turn in &case.turns {
        let reply = match &mut conversation {
            Ok(conversation) => ask(conversation.as_mut(), turn, timeout).await,
            Err(error) => Err(error.to_string()),
        };
        // What follows an unanswered question would be asked in another conversation than the one meant.
        if let (Err(error), Ok(_)) = (&reply, &conversation) {
            conversation = Err(TargetError::Failed(format!(
                "an earlier question had no answer ({error})"
            )));
        }
        turns.push(judge(turn, reply));
    }
    let passed = turns.iter().all(TurnResult::passed);
    let (suite, tags) = (suite.to_owned(), case.tags.clone());
    CaseResult {
        suite,
        case: case.id.clone(),
        repetition,
        partner: case.partner.clone(),
        tags,
        passed,
        turns,
    }
}

async fn ask(conversation: &mut dyn Conversation, turn: &Turn, timeout: Duration) -> Result<Reply, String> {
    within(timeout, conversation.ask(&turn.ask))
        .await
        .map_err(|error| error.to_string())
}

async fn within<T>(
    timeout: Duration,
    work: impl Future<Output = Result<T, TargetError>>,
) -> Result<T, TargetError> {
    tokio::time::timeout(timeout, work)
        .await
        .unwrap_or(Err(TargetError::Timeout(timeout.as_secs())))
}

fn judge(turn: &Turn, reply: Result<Reply, String>) -> TurnResult {
    let question = turn.ask.clone();
    match reply {
        Ok(reply) => {
            let mut checks = expect::expected(&turn.expect, &reply);
            let (always, tally) = expect::always(&reply);
            checks.extend(always);
            TurnResult {
                question,
                reply: Some(reply),
                error: None,
                checks,
                tally,
            }
        }
        Err(error) => {
            let checks = expect::not_run(&turn.expect, &error);
            TurnResult {
                question,
                reply: None,
                error: Some(error),
                checks,
                tally: Tally::default(),
            }
        }
    }
}

impl TurnResult {
    /// Whether there was an answer and no check failed.
    pub fn passed(&self) -> bool {
        self.error.is_none() && self.failures().next().is_none()
    }

    /// The checks that failed.
    pub fn failures(&self) -> impl Iterator<Item = &Check> {
        self.checks
            .iter()
            .filter(|check| check.outcome == Outcome::Failed)
    }
}

fn never_ran(cases: &[CaseResult]) -> Vec<String> {
    let mut lines = Vec::new();
    for case in cases {
        for (at, turn) in case.turns.iter().enumerate() {
            for check in turn
                .checks
                .iter()
                .filter(|check| check.outcome == Outcome::NotRun)
            {
                let why = check.reason.as_deref().unwrap_or("no reason given");
                lines.push(format!(
                    "{}/{}, turn {}: {}: {why}",
                    case.suite,
                    case.case,
                    at + 1,
                    check.name
                ));
            }
        }
    }
    // Repetitions say the same thing again; they lie beside each other.
    lines.dedup();
    lines
}

#[cfg(test)]
#[path = "run_tests.rs"]
pub(crate) mod tests;
