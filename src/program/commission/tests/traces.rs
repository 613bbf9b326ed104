//! Every figure of a line can be traced to what went into it.

use super::*;
use proptest::prelude::*;

/// Amounts, percentages and counts in a text, as they stand there: `EUR 1,240.00`, `10 %`, `180`.
fn figures(text: &str) -> Vec<String> {
    let words: Vec<&str> = text
        .split([' ', '(', ')', ':'])
        .filter(|word| !word.is_empty())
        .collect();
    let number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate().filter(|(_, word)| number(word)) {
        let digits = word.trim_end_matches([',', '.']);
        let before = at.checked_sub(1).and_then(|at| words.get(at)).filter(|word| {
            let code = word.trim_start_matches('-');
            code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())
        });
        found.push(match (before, words.get(at + 1)) {
            (Some(code), _) => format!("{code} {digits}"),
            (None, Some(&"%")) => format!("{digits} %"),
            _ => digits.to_owned(),
        });
    }
    found
}

fn assert_traced(computation: &Computation) {
    let mut known: Vec<Exact> = Vec::new();
    for line in &computation.lines {
        let mut operands: Vec<String> = line.operands().iter().map(ToString::to_string).collect();
        operands.push(line.result.to_string());
        let text = line.text();
        for figure in figures(&text) {
            assert!(
                operands.contains(&figure),
                "{figure} in {text:?} is none of {operands:?}"
            );
        }
        // What a sum, a rounding or a cap starts from is the result of a line above.
        match &line.what {
            What::Sum { parts } => assert_eq!(parts, &known),
            What::Rounding { exact, .. } => assert!(known.contains(exact), "{text}"),
            What::Cap { amount, .. } => assert!(known.contains(&(*amount).into()), "{text}"),
            _ => {}
        }
        known.push(line.result);
    }
    assert_eq!(known.last(), Some(&computation.amount.into()));
}

#[test]
fn figures_are_found_in_a_line() {
    let check = |text: &str, expected: &[&str]| assert_eq!(figures(text), expected);
    check(
        "EUR 1,240.00, at most EUR 5.00 per deal = EUR 5.00",
        &["EUR 1,240.00", "EUR 5.00", "EUR 5.00"],
    );
    check(
        "-EUR 0.5 × 12.5 % taken back on day 3, within 180 days",
        &["-EUR 0.5", "12.5 %", "3", "180"],
    );
    check("EUR 1.00 (the band from EUR 0.00)", &["EUR 1.00", "EUR 0.00"]);
}

proptest! {
    #[test]
    fn every_figure_of_a_line_is_an_operand_or_its_result(
        base in 0_i64..40_000_000, before in 0_i64..20_000_000, earned in 0_i64..3_000_000, bonus: bool, days in 0_i64..500,
    ) {
        let plan = plan(EVERYTHING);
        let spiffs = if bonus { vec!["Bonus".to_owned()] } else { vec![] };
        let earlier = [Earlier { deal: deal(before), commission: eur(earned), spiffs }];
        let commission = plan.commission(&deal(base), &earlier).unwrap();
        let cancelled = crate::program::date::add_days(deal(0).closed_on, days);
        let mut all: Vec<Computation> = plan.spiffs(&deal(base), &earlier).unwrap().into_values().collect();
        all.extend(plan.shared(commission.amount, &deal(base)).unwrap().into_values());
        all.push(plan.clawback(commission.amount, &deal(base), cancelled).unwrap());
        all.push(commission);
        all.iter().for_each(assert_traced);
        if let Some(line) = plan.payout(eur(earned), cancelled).unwrap().line {
            assert_traced(&Computation { amount: eur(0), lines: vec![line] });
        }
    }
}
