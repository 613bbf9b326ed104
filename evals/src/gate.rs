//! May this be released? Thresholds over a run, and every reason why not.

use serde::{Deserialize, Serialize};

use crate::run::Run;
use crate::totals::Rate;

/// What a run must reach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Thresholds {
    /// Share of cases that pass, at least.
    pub pass_rate: f64,
    /// Share of citations whose quote stands in their passage, at least.
    pub citations_valid: f64,
    /// Numbers that come from nowhere, at most.
    pub numbers_without_provenance: usize,
    /// Passages and records of others, at most.
    pub outside_audience: usize,
    /// Questions without an answer, at most.
    pub errors: usize,
    /// Whether citations and audiences that could not be checked are let through. They are not, unless the
    /// target is known to be unable to tell.
    pub allow_unchecked: bool,
    /// Milliseconds to the first sentence for all but the slowest twentieth, at most; not judged if none.
    pub p95_first_sentence_ms: Option<f64>,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            pass_rate: 0.9,
            citations_valid: 1.0,
            numbers_without_provenance: 0,
            outside_audience: 0,
            errors: 0,
            allow_unchecked: false,
            p95_first_sentence_ms: None,
        }
    }
}

/// The verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// Whether every threshold is reached.
    pub passed: bool,
    /// Why not, a sentence each.
    pub reasons: Vec<String>,
}

impl Gate {
    /// Judges a run.
    pub fn judge(run: &Run, thresholds: &Thresholds) -> Self {
        let totals = &run.totals;
        let tally = &totals.tally;
        let mut reasons = Vec::new();
        let mut refuse_if = |wrong: bool, reason: String| reasons.extend(wrong.then_some(reason));
        refuse_if(totals.cases == 0, "no case was run".into());
        let too_few = |rate: f64, least: f64| rate + 1e-9 < least;
        let Rate {
            passed, of, value, ..
        } = totals.pass_rate;
        refuse_if(
            too_few(value, thresholds.pass_rate),
            below("cases passed", passed, of, thresholds.pass_rate),
        );
        // A marker without a citation is a citation that cannot be opened.
        let checked = tally.citations - tally.citations_unchecked + tally.dangling_markers;
        let valid = if checked == 0 {
            1.0
        } else {
            tally.citations_valid as f64 / checked as f64
        };
        let least = thresholds.citations_valid;
        refuse_if(
            too_few(valid, least),
            below("citations are valid", tally.citations_valid, checked, least),
        );
        let mut at_most = |count: usize, most: usize, what: &str| {
            refuse_if(count > most, format!("{count} {what}; at most {most} allowed"));
        };
        let most = thresholds.numbers_without_provenance;
        at_most(
            tally.numbers_without_provenance,
            most,
            "numbers stand in no cited passage and no record",
        );
        at_most(
            tally.outside_audience,
            thresholds.outside_audience,
            "passages or records outside the partner's audience",
        );
        at_most(totals.errors, thresholds.errors, "questions without an answer");
        let unchecked = if thresholds.allow_unchecked { usize::MAX } else { 0 };
        at_most(
            tally.citations_unchecked,
            unchecked,
            "citations could not be checked",
        );
        at_most(
            tally.audience_unchecked,
            unchecked,
            "citations and tool results of unknown audience",
        );
        if let Some(most) = thresholds.p95_first_sentence_ms {
            match totals.p95_first_sentence_ms {
                Some(p95) if p95 <= most => {}
                Some(p95) => reasons.push(format!(
                    "the first sentence took {p95:.0} ms at p95; at most {most:.0} allowed"
                )),
                None => reasons.push("no answer tells when its first sentence could be read".into()),
            }
        }
        Self {
            passed: reasons.is_empty(),
            reasons,
        }
    }
}

fn below(what: &str, passed: usize, of: usize, least: f64) -> String {
    format!("{passed} of {of} {what}; at least {:.1} % needed", least * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::tests::run_of;

    fn check(change: impl Fn(&mut Run, &mut Thresholds), expected: &[&str]) {
        let (mut run, mut thresholds) = (run_of(&[("a", true), ("b", true)]), Thresholds::default());
        change(&mut run, &mut thresholds);
        let gate = Gate::judge(&run, &thresholds);
        assert_eq!(gate.reasons.len(), expected.len(), "{gate:?}");
        assert!(
            gate.reasons
                .iter()
                .zip(expected)
                .all(|(reason, part)| reason.contains(part)),
            "{gate:?}"
        );
        assert_eq!(gate.passed, expected.is_empty());
    }

    #[test]
    fn every_threshold_can_close_the_gate() {
        check(|_, _| {}, &[]);
        check(|run, _| *run = run_of(&[]), &["no case", "0 of 0 cases"]);
        check(
            |run, _| *run = run_of(&[("a", true), ("b", false)]),
            &["1 of 2 cases passed; at least 90.0 %"],
        );
        check(
            |run, _| (run.totals.tally.citations, run.totals.tally.citations_valid) = (3, 2),
            &["2 of 3 citations"],
        );
        check(
            |run, _| run.totals.tally.dangling_markers = 1,
            &["0 of 1 citations"],
        );
        check(
            |run, _| run.totals.tally.numbers_without_provenance = 2,
            &["2 numbers"],
        );
        check(
            |run, _| run.totals.tally.outside_audience = 1,
            &["audience; at most 0"],
        );
        check(|run, _| run.totals.errors = 1, &["1 questions"]);
        check(
            |run, _| run.totals.tally.audience_unchecked = 1,
            &["unknown audience"],
        );
        let unchecked = |run: &mut Run, thresholds: &mut Thresholds| {
            (run.totals.tally.citations, run.totals.tally.citations_unchecked) = (1, 1);
            thresholds.allow_unchecked = true;
        };
        check(unchecked, &[]);
        check(
            |_, thresholds| thresholds.p95_first_sentence_ms = Some(1.0),
            &["at most 1 allowed"],
        );
    }
}
