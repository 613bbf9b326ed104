//! The figures of a run, each with what is needed to doubt it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::expect::Tally;
use crate::run::CaseResult;

/// The figures of a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    /// Cases, each counted once however often it was asked.
    pub cases: usize,
    /// Cases that passed every time.
    pub passed: usize,
    /// `passed` of `cases`.
    pub pass_rate: Rate,
    /// Cases that passed one time and failed another, as `suite/case`.
    pub flaky: Vec<String>,
    /// Questions asked, repetitions included.
    pub questions: usize,
    /// Of these, those declined.
    pub declined: usize,
    /// Of these, those without an answer.
    pub errors: usize,
    /// Counts of what was checked of every answer.
    #[serde(flatten)]
    pub tally: Tally,
    /// Milliseconds until the first sentence, over the answers that tell it.
    pub p50_first_sentence_ms: Option<f64>,
    /// The same for the slowest twentieth.
    pub p95_first_sentence_ms: Option<f64>,
    /// Milliseconds until the whole answer.
    pub p50_total_ms: Option<f64>,
    /// The same for the slowest twentieth.
    pub p95_total_ms: Option<f64>,
    /// Pass rates by suite.
    pub by_suite: BTreeMap<String, Rate>,
    /// Pass rates by tag.
    pub by_tag: BTreeMap<String, Rate>,
}

/// A share with its Wilson 95 % interval, which stays honest near 0 and 1 and for few cases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// Those that count.
    pub passed: usize,
    /// Of these.
    pub of: usize,
    /// `passed / of`; 0 of nothing.
    pub value: f64,
    /// The interval's lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

impl Rate {
    /// The rate of `passed` in `of`. Interval: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927).
    pub fn new(passed: usize, of: usize) -> Self {
        if of == 0 {
            return Self {
                high: 1.0,
                ..Self::default()
            };
        }
        // The 97.5 % quantile of the normal distribution.
        let z = 1.959_963_984_540_054_f64;
        let (n, p) = (of as f64, passed as f64 / of as f64);
        let centre = p + z * z / (2.0 * n);
        let spread = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + z * z / n;
        let (low, high) = ((centre - spread) / scale, (centre + spread) / scale);
        Self {
            passed,
            of,
            value: p,
            low: low.max(0.0),
            high: high.min(1.0),
        }
    }
}

impl Totals {
    /// The figures of these results.
    pub fn of(results: &[CaseResult]) -> Self {
        let verdicts = verdicts(results);
        let rate = |wanted: &dyn Fn(&CaseResult) -> bool| {
            let chosen = verdicts.values().filter(|verdict| wanted(verdict.case));
            let (passed, of) = chosen.fold((0, 0), |(passed, of), verdict| {
                (passed + usize::from(verdict.passed), of + 1)
            });
            Rate::new(passed, of)
        };
        let pass_rate = rate(&|_| true);
        let mut totals = Self {
            cases: pass_rate.of,
            passed: pass_rate.passed,
            pass_rate,
            ..Self::default()
        };
        for ((suite, case), verdict) in &verdicts {
            if verdict.mixed {
                totals.flaky.push(format!("{suite}/{case}"));
            }
            totals
                .by_suite
                .entry((*suite).to_owned())
                .or_insert_with(|| rate(&|other| other.suite == *suite));
            for tag in &verdict.case.tags {
                totals
                    .by_tag
                    .entry(tag.clone())
                    .or_insert_with(|| rate(&|other| other.tags.contains(tag)));
            }
        }
        totals.count(results);
        totals
    }

    fn count(&mut self, results: &[CaseResult]) {
        let (mut first, mut total) = (Vec::new(), Vec::new());
        for turn in results.iter().flat_map(|result| &result.turns) {
            self.questions += 1;
            self.errors += usize::from(turn.error.is_some());
            self.tally += turn.tally;
            if let Some(reply) = &turn.reply {
                self.declined += usize::from(reply.declined.is_some());
                first.extend(reply.timings_ms.first_sentence);
                total.push(reply.timings_ms.total);
            }
        }
        (self.p50_first_sentence_ms, self.p95_first_sentence_ms) =
            (percentile(&mut first, 50), percentile(&mut first, 95));
        (self.p50_total_ms, self.p95_total_ms) = (percentile(&mut total, 50), percentile(&mut total, 95));
    }
}

/// What became of a case over its repetitions.
struct Verdict<'a> {
    case: &'a CaseResult,
    passed: bool,
    mixed: bool,
}

fn verdicts(results: &[CaseResult]) -> BTreeMap<(&str, &str), Verdict<'_>> {
    let mut verdicts = BTreeMap::new();
    for case in results {
        let key = (case.suite.as_str(), case.case.as_str());
        let verdict = verdicts.entry(key).or_insert(Verdict {
            case,
            passed: case.passed,
            mixed: false,
        });
        verdict.mixed |= case.passed != verdict.case.passed;
        verdict.passed &= case.passed;
    }
    verdicts
}

/// The nearest-rank percentile; none of nothing.
fn percentile(values: &mut [f64], percent: usize) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let rank = (values.len() * percent).div_ceil(100);
    values.get(rank.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_wilsons() {
        // Expected values: the formula worked out by hand to four places.
        let check = |passed, of, value: f64, low: f64, high: f64| {
            let rate = Rate::new(passed, of);
            let near = |a: f64, b: f64| (a - b).abs() < 0.00006;
            assert!(
                near(rate.value, value) && near(rate.low, low) && near(rate.high, high),
                "{rate:?}"
            );
        };
        check(0, 0, 0.0, 0.0, 1.0);
        check(0, 10, 0.0, 0.0, 0.2775);
        check(5, 10, 0.5, 0.2366, 0.7634);
        check(10, 10, 1.0, 0.7225, 1.0);
        check(90, 100, 0.9, 0.8256, 0.9448);
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        let check = |values: &[f64], percent, expected| {
            assert_eq!(
                percentile(&mut values.to_vec(), percent),
                expected,
                "{values:?} {percent}"
            );
        };
        check(&[], 50, None);
        check(&[7.0], 95, Some(7.0));
        check(&[3.0, 1.0, 2.0], 50, Some(2.0));
        check(&[1.0, 2.0, 3.0, 4.0], 50, Some(2.0));
        check(&[1.0, 2.0, 3.0, 4.0], 95, Some(4.0));
    }
}
