//! Two runs, question by question: what the change fixed and what it broke.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::run::{CaseResult, Run};

/// How run B differs from run A.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The earlier run's id.
    pub a: String,
    /// The later run's id.
    pub b: String,
    /// Failed in A, passed in B.
    pub fixed: Vec<Change>,
    /// Passed in A, failed in B.
    pub broken: Vec<Change>,
    /// Passed in both.
    pub still_passing: usize,
    /// Failed in both, as `suite/case`.
    pub still_failing: Vec<String>,
    /// Cases of A that B does not have.
    pub only_in_a: Vec<String>,
    /// Cases of B that A does not have.
    pub only_in_b: Vec<String>,
    /// The chance of a difference at least this lopsided if the change did nothing: the exact two-sided
    /// McNemar test on fixed against broken.
    pub p_value: f64,
}

/// One case whose verdict changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// `suite/case`.
    pub case: String,
    /// The question whose answer failed.
    pub question: String,
    /// Why it failed, in whichever run it did.
    pub reasons: Vec<String>,
}

/// Compares by suite and case id; a case asked several times passed if it passed every time.
pub fn compare(a: &Run, b: &Run) -> Comparison {
    let (before, after) = (by_case(a), by_case(b));
    let mut found = Comparison {
        a: a.id.clone(),
        b: b.id.clone(),
        ..Comparison::default()
    };
    for (case, was) in &before {
        match after.get(case).map(|is| (was, is)) {
            None => found.only_in_a.push(case.clone()),
            Some((None, None)) => found.still_passing += 1,
            Some((Some(_), Some(_))) => found.still_failing.push(case.clone()),
            Some((Some(failed), None)) => found.fixed.push(change(case, failed)),
            Some((None, Some(failed))) => found.broken.push(change(case, failed)),
        }
    }
    found.only_in_b = after
        .into_keys()
        .filter(|case| !before.contains_key(case))
        .collect();
    found.p_value = mcnemar(found.fixed.len(), found.broken.len());
    found
}

/// Each case with its first failing repetition, if any.
fn by_case(run: &Run) -> BTreeMap<String, Option<&CaseResult>> {
    let mut cases: BTreeMap<String, Option<&CaseResult>> = BTreeMap::new();
    for result in &run.cases {
        let failing = cases
            .entry(format!("{}/{}", result.suite, result.case))
            .or_default();
        if !result.passed && failing.is_none() {
            *failing = Some(result);
        }
    }
    cases
}

fn change(case: &str, failed: &CaseResult) -> Change {
    let turn = failed.turns.iter().find(|turn| !turn.passed());
    let reasons = turn.map(|turn| {
        turn.error
            .iter()
            .cloned()
            .chain(turn.failures().filter_map(|check| check.reason.clone()))
    });
    Change {
        case: case.to_owned(),
        question: turn.map(|turn| turn.question.clone()).unwrap_or_default(),
        reasons: reasons.map(Iterator::collect).unwrap_or_default(),
    }
}

/// Twice the binomial tail at one half: under no effect each changed case is as likely fixed as broken.
fn mcnemar(fixed: usize, broken: usize) -> f64 {
    let n = fixed + broken;
    let mut probability = 0.5_f64.powi(i32::try_from(n).unwrap_or(i32::MAX));
    let mut tail = 0.0;
    for k in 0..=fixed.min(broken) {
        tail += probability;
        probability *= (n - k) as f64 / (k + 1) as f64;
    }
    (2.0 * tail).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::tests::run_of;

    #[test]
    fn every_case_lands_in_one_place() {
        let a = run_of(&[
            ("good", true),
            ("worse", true),
            ("better", false),
            ("bad", false),
            ("gone", true),
        ]);
        let b = run_of(&[
            ("good", true),
            ("worse", false),
            ("better", true),
            ("bad", false),
            ("new", true),
        ]);
        let found = compare(&a, &b);
        let names = |changes: &[Change]| {
            changes
                .iter()
                .map(|change| change.case.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&found.fixed), ["suite/better"]);
        assert_eq!(names(&found.broken), ["suite/worse"]);
        assert_eq!(found.broken[0].reasons, ["the answer does not say “yes”"]);
        assert_eq!(
            (found.still_passing, found.still_failing),
            (1, vec!["suite/bad".to_owned()])
        );
        assert_eq!(
            (found.only_in_a, found.only_in_b),
            (vec!["suite/gone".to_owned()], vec!["suite/new".to_owned()])
        );
    }

    #[test]
    fn few_changes_prove_little() {
        let check = |fixed, broken, expected: f64| assert!((mcnemar(fixed, broken) - expected).abs() < 1e-6);
        check(0, 0, 1.0);
        check(1, 1, 1.0);
        check(5, 0, 0.0625);
        check(8, 1, 0.039_062_5);
    }
}
