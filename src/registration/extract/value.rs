//! Which of a text's amounts is what the deal is worth.

use super::{
    cues,
    labels::{Asked, Labelled},
    layout::Part,
    money::Amount,
    page::Page,
};
use crate::registration::lexicon::lists;
use rust_decimal::Decimal;

lists! {
    VALUE = "words/money.txt" ["value"];
    NO_VALUE = "words/money.txt" ["no value"];
    CEILING = "words/money.txt" ["ceiling"];
    PER_PIECE = "words/money.txt" ["per piece"];
    MONTHLY = "words/money.txt" ["monthly near"];
    MONTHLY_SLASH = "words/money.txt" ["monthly behind a slash"];
    YEARLY = "words/money.txt" ["yearly"];
}

/// Amounts below this score are not taken.
pub(super) const ENOUGH: f64 = 0.35;

/// How surely each amount is what the deal is worth.
pub(super) fn scores(page: &Page<'_>, amounts: &[Amount], labels: &[Labelled]) -> Vec<f64> {
    let refused: Vec<bool> = amounts
        .iter()
        .map(|amount| cues::is_refused(page, &amount.words))
        .collect();
    let mut scores = Vec::with_capacity(amounts.len());
    for (at, amount) in amounts.iter().enumerate() {
        let mut score = own(page, amount, labels);
        if refused[at] {
            score -= 0.8;
        }
        let earlier = at > 0
            && amounts[..at]
                .iter()
                .rev()
                .take(4)
                .any(|other| other.scaled || other.currency.is_some() || other.grouped);
        if earlier && cues::is_corrected(page, &amount.words) {
            score += 0.45;
        }
        // "54k, not 45k".
        let next_refused = amounts
            .get(at + 1)
            .is_some_and(|next| refused[at + 1] && page.together(amount.words.start, next.words.start));
        if next_refused {
            score += 0.3;
        }
        scores.push(score);
    }
    scores
}

fn own(page: &Page<'_>, amount: &Amount, labels: &[Labelled]) -> f64 {
    let at = amount.words.start;
    let token = &page.tokens[at];
    if !matches!(token.part, Part::Body | Part::Subject) || is_monthly(page, amount) {
        return -1.0;
    }
    let bare = amount.currency.is_none() && !amount.scaled && !amount.grouped;
    let label = cues::label_of(labels, at).map(|label| label.asked);
    let led = cues::shortly_before(page, at, 2, &VALUE);
    if bare && (amount.value < Decimal::from(500) || is_year(amount) || !(led || label == Some(Asked::Value)))
    {
        return -1.0;
    }
    let mut score = 0.0;
    let mut add = |yes: bool, by: f64| score += if yes { by } else { 0.0 };
    let clause = page.clause_of(&amount.words);
    let sentence = page.sentence_of(at);
    add(amount.currency.is_some(), 0.4);
    add(amount.scaled, 0.35);
    add(amount.grouped, 0.15);
    add(label == Some(Asked::Value), 0.5);
    add(matches!(label, Some(Asked::Need | Asked::Proof)), -0.2);
    let cue = cues::any(page, &clause, &VALUE);
    add(cue, 0.2);
    add(!cue && cues::any(page, &sentence, &VALUE), 0.1);
    add(cues::alone(page, &amount.words), 0.25);
    add(
        cues::any(page, &clause, &NO_VALUE) && label != Some(Asked::Value),
        -0.45,
    );
    add(cues::shortly_before(page, at, 1, &CEILING), -0.45);
    add(cues::shortly_behind(page, amount.words.end, 2, &PER_PIECE), -0.7);
    add(cues::shortly_behind(page, amount.words.end, 1, &YEARLY), 0.3);
    add(token.message > 0, -0.15);
    score
}

/// "3k a month", "monthly 300", "1.600/Monat", "1 200 €/mois".
fn is_monthly(page: &Page<'_>, amount: &Amount) -> bool {
    let end = amount.words.end;
    let slash = page.text[amount.bytes.end..].trim_start().starts_with('/');
    (slash && MONTHLY_SLASH.has(page.tokens.get(end).map_or("", |token| token.key.as_str())))
        || cues::shortly_behind(page, end, 1, &MONTHLY)
        || cues::shortly_before(page, amount.words.start, 0, &MONTHLY)
}

fn is_year(amount: &Amount) -> bool {
    amount.value >= Decimal::from(1990) && amount.value < Decimal::from(2100)
}
