//! A run and a comparison as plain text, for a terminal and a build log; JSON is serde's.

use std::fmt::Write;

use crate::compare::{Change, Comparison};
use crate::gate::Gate;
use crate::run::{Run, TurnResult};
use crate::totals::Rate;

/// The figures, then each failure with question, answer and reason, then what never ran.
pub fn text(run: &Run) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        "Run {} of {}, {:.1} s\n\n",
        run.id,
        run.suites.join(", "),
        run.seconds
    );
    out.push_str(&table(&figures(run)));
    if run.totals.by_suite.len() > 1 || !run.totals.by_tag.is_empty() {
        let suites = run
            .totals
            .by_suite
            .iter()
            .map(|(name, rate)| (format!("suite {name}"), passed(*rate)));
        let tags = run
            .totals
            .by_tag
            .iter()
            .map(|(name, rate)| (format!("tag {name}"), passed(*rate)));
        let _ = write!(out, "\n{}", table(&suites.chain(tags).collect::<Vec<_>>()));
    }
    for case in run.cases.iter().filter(|case| !case.passed) {
        let again = if run.repetitions > 1 {
            format!(", time {}", case.repetition)
        } else {
            String::new()
        };
        let _ = write!(
            out,
            "\nFAILED {}/{} as {}{again}\n",
            case.suite, case.case, case.partner
        );
        case.turns
            .iter()
            .filter(|turn| !turn.passed())
            .for_each(|turn| failure(&mut out, turn));
    }
    list(&mut out, "Passed one time and failed another", &run.totals.flaky);
    list(&mut out, "Never ran", &run.never_ran);
    out
}

/// The verdict in a line, and the reasons below.
pub fn gate(gate: &Gate) -> String {
    let mut out = String::from(if gate.passed {
        "Gate passed\n"
    } else {
        "Gate NOT passed\n"
    });
    gate.reasons
        .iter()
        .for_each(|reason| out.push_str(&format!("  - {reason}\n")));
    out
}

/// What changed between two runs.
pub fn comparison(found: &Comparison) -> String {
    let mut out = String::new();
    let (fixed, broken) = (found.fixed.len(), found.broken.len());
    let same = found.still_passing + found.still_failing.len();
    let _ = writeln!(
        out,
        "{} → {}: {fixed} fixed, {broken} broken, {same} the same",
        found.a, found.b
    );
    if fixed + broken > 0 {
        let _ = writeln!(
            out,
            "A change without effect would look like this with p = {:.3}",
            found.p_value
        );
    }
    let changes = |changes: &[Change]| changes.iter().map(line).collect::<Vec<_>>();
    list(&mut out, "Broken", &changes(&found.broken));
    list(&mut out, "Fixed", &changes(&found.fixed));
    list(&mut out, "Still failing", &found.still_failing);
    list(&mut out, "Only in the first run", &found.only_in_a);
    list(&mut out, "Only in the second run", &found.only_in_b);
    out
}

fn figures(run: &Run) -> Vec<(String, String)> {
    let (totals, tally) = (&run.totals, &run.totals.tally);
    let ms = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.0}"));
    let unchecked = |count: usize| {
        if count == 0 {
            String::new()
        } else {
            format!(", {count} not checked")
        }
    };
    let rows = [
        ("cases passed", passed(totals.pass_rate)),
        (
            "questions",
            format!(
                "{}, {} declined, {} without an answer",
                totals.questions, totals.declined, totals.errors
            ),
        ),
        (
            "citations valid",
            format!(
                "{} of {}{}",
                tally.citations_valid,
                tally.citations,
                unchecked(tally.citations_unchecked)
            ),
        ),
        ("markers without citation", tally.dangling_markers.to_string()),
        (
            "numbers without provenance",
            format!("{} of {}", tally.numbers_without_provenance, tally.numbers),
        ),
        (
            "outside the audience",
            format!(
                "{}{}",
                tally.outside_audience,
                unchecked(tally.audience_unchecked)
            ),
        ),
        (
            "first sentence, ms",
            format!(
                "p50 {}, p95 {}",
                ms(totals.p50_first_sentence_ms),
                ms(totals.p95_first_sentence_ms)
            ),
        ),
        (
            "whole answer, ms",
            format!("p50 {}, p95 {}", ms(totals.p50_total_ms), ms(totals.p95_total_ms)),
        ),
    ];
    rows.map(|(name, value)| (name.to_owned(), value)).to_vec()
}

fn passed(rate: Rate) -> String {
    let percent = |share: f64| format!("{:.1}", share * 100.0);
    let (value, low, high) = (percent(rate.value), percent(rate.low), percent(rate.high));
    format!(
        "{} of {}: {value} % (95 %: {low} to {high})",
        rate.passed, rate.of
    )
}

fn failure(out: &mut String, turn: &TurnResult) {
    let _ = writeln!(out, "  asked   {}", indent(&turn.question));
    match (&turn.reply, &turn.error) {
        (Some(reply), _) => {
            let _ = writeln!(out, "  said    {}", indent(reply.answer.trim()));
        }
        (None, Some(error)) => {
            let _ = writeln!(out, "  no answer: {}", indent(error));
        }
        (None, None) => {}
    }
    for check in turn.failures() {
        let _ = writeln!(
            out,
            "  {}: {}",
            check.name,
            indent(check.reason.as_deref().unwrap_or("failed"))
        );
    }
}

fn line(change: &Change) -> String {
    format!(
        "{}: {}\n      {}",
        change.case,
        change.question,
        indent(&change.reasons.join("; "))
    )
}

/// Further lines of a text stand under its first.
fn indent(text: &str) -> String {
    text.replace('\n', "\n          ")
}

fn list(out: &mut String, title: &str, lines: &[String]) {
    if !lines.is_empty() {
        let _ = writeln!(out, "\n{title}:");
        lines
            .iter()
            .for_each(|line| out.push_str(&format!("  - {line}\n")));
    }
}

fn table(rows: &[(String, String)]) -> String {
    let width = rows
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or_default();
    rows.iter()
        .map(|(name, value)| format!("  {name:<width$}  {value}\n"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::compare;
    use crate::gate::Thresholds;
    use crate::run::tests::run_of;

    #[test]
    fn a_failure_can_be_read_without_the_json() {
        let (a, b) = (
            run_of(&[("one", true), ("two", true)]),
            run_of(&[("one", true), ("two", false)]),
        );
        let report = text(&b);
        for part in [
            "cases passed                1 of 2: 50.0 % (95 %: 9.5 to 90.5)",
            "FAILED suite/two as p-001",
            "asked   Is it two?",
            "said    no",
            "contains “yes”: the answer does not say “yes”",
        ] {
            assert!(report.contains(part), "{part:?} in:\n{report}");
        }
        assert!(!report.contains("FAILED suite/one"));
        let verdict = gate(&Gate::judge(&b, &Thresholds::default()));
        assert!(
            verdict.starts_with("Gate NOT passed\n  - 1 of 2 cases passed"),
            "{verdict}"
        );
        let changes = comparison(&compare(&a, &b));
        assert!(changes.contains("0 fixed, 1 broken, 1 the same"), "{changes}");
        assert!(
            changes.contains("Broken:\n  - suite/two: Is it two?"),
            "{changes}"
        );
    }
}
