//! Which of a text's days is the one on which the deal is expected to be signed.

use super::{
    Context, cues,
    date::{Day, Said},
    labels::{Asked, Labelled},
    layout::Part,
    page::Page,
};
use crate::registration::lexicon::lists;

lists! {
    CLOSE = "words/dates.txt" ["close"];
    NO_CLOSE = "words/dates.txt" ["no close"];
    AWAY = "words/dates.txt" ["away"];
}

/// Days below this score are not taken.
pub(super) const ENOUGH: f64 = 0.3;

/// How surely each day is the one of the signature.
pub(super) fn scores(page: &Page<'_>, days: &[Day], labels: &[Labelled], context: &Context<'_>) -> Vec<f64> {
    days.iter().map(|day| score(page, day, labels, context)).collect()
}

fn score(page: &Page<'_>, day: &Day, labels: &[Labelled], context: &Context<'_>) -> f64 {
    let at = day.words.start;
    let token = &page.tokens[at];
    if !matches!(token.part, Part::Body | Part::Subject) {
        return -1.0;
    }
    let mut score = match day.said {
        Said::Day | Said::Span => 0.35,
        Said::Period => 0.32,
        Said::Weekday => -0.1,
        Said::BareMonth => 0.1,
    };
    let mut add = |yes: bool, by: f64| score += if yes { by } else { 0.0 };
    let label = cues::label_of(labels, at).map(|label| label.asked);
    add(label == Some(Asked::Date), 0.5);
    add(matches!(label, Some(Asked::Proof | Asked::Need)), -0.4);
    add(cues::alone(page, &day.words), 0.25);
    let near = |list| cues::distance(page, &day.words, list).unwrap_or(usize::MAX);
    let (close, other, away) = (near(&CLOSE), near(&NO_CLOSE), near(&AWAY));
    add(close < usize::MAX && close <= other, 0.35);
    add(other < close, -0.5);
    add(away < close && away < other, -0.05);
    add(day.date <= context.today, -0.8);
    add(cues::is_refused(page, &day.words), -0.6);
    add(cues::is_corrected(page, &day.words), 0.35);
    add(token.message > 0, -0.1);
    score
}
