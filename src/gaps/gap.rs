//! A gap as staff sees it, and which questions count for one.

use crate::{
    handoff::person,
    store::{GapState, KeptGap, Unanswered},
};
use serde::Serialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Questions of a gap that are shown: the last ones.
const SHOWN: usize = 20;

/// A gap, for staff.
#[derive(Debug, Clone, Serialize)]
pub struct Gap {
    /// Its id.
    pub id: Uuid,
    /// The question that stands for it.
    pub question: String,
    /// What was decided.
    pub state: GapState,
    /// How often it was asked.
    pub count: usize,
    /// How the questions came to be known as unanswered; one may be all three.
    pub kinds: Kinds,
    /// Who asked: partners' ids.
    pub partners: BTreeSet<String>,
    /// When it was last asked, ISO 8601, UTC.
    pub last_asked: String,
    /// The last questions, newest first.
    pub questions: Vec<Asked>,
    /// The path of the document that answers it.
    pub document: Option<String>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When, ISO 8601, UTC.
    pub decided_at: Option<String>,
}

/// How many questions of a gap were what.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Kinds {
    /// Declined.
    pub declined: usize,
    /// Answered, and the partner says that it did not help.
    pub voted_down: usize,
    /// Followed by a hand-over to a person.
    pub handed_over: usize,
}

/// A question of a gap.
#[derive(Debug, Clone, Serialize)]
pub struct Asked {
    /// The words.
    pub question: String,
    /// Who asked.
    pub partner: String,
    /// When, ISO 8601, UTC.
    pub at: String,
}

/// The questions that count. Who asked for a person asked no question: what is missing is the answer before.
pub(super) fn counted(rows: Vec<Unanswered>) -> Vec<Unanswered> {
    let asks_for_person = |question: &str| person::asked_for(question).is_some();
    let (requests, mut questions): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| asks_for_person(&row.question));
    for request in requests.into_iter().filter(|request| request.handed_over) {
        let Some((exchange, question)) = request
            .before
            .clone()
            .filter(|(_, before)| !asks_for_person(before))
        else {
            continue;
        };
        match questions.iter_mut().find(|known| known.exchange == exchange) {
            Some(known) => known.handed_over = true,
            None => questions.push(Unanswered {
                exchange,
                question,
                declined: false,
                voted_down: false,
                gap: None,
                before: None,
                ..request
            }),
        }
    }
    // A vote may have been taken back.
    questions.retain(|row| row.declined || row.voted_down || row.handed_over);
    questions
}

/// A gap with its questions, which are in the order of their asking.
pub(super) fn shown(kept: KeptGap, questions: Vec<Unanswered>) -> Gap {
    let mut kinds = Kinds::default();
    for question in &questions {
        kinds.declined += usize::from(question.declined);
        kinds.voted_down += usize::from(question.voted_down);
        kinds.handed_over += usize::from(question.handed_over);
    }
    Gap {
        id: kept.id,
        question: kept.question,
        state: kept.state,
        count: questions.len(),
        kinds,
        partners: questions
            .iter()
            .map(|question| question.partner_id.clone())
            .collect(),
        last_asked: questions
            .iter()
            .map(|question| &question.asked_at)
            .max()
            .cloned()
            .unwrap_or_default(),
        questions: questions
            .into_iter()
            .rev()
            .take(SHOWN)
            .map(|question| Asked {
                question: question.question,
                partner: question.partner_id,
                at: question.asked_at,
            })
            .collect(),
        document: kept.document,
        decided_by: kept.decided_by,
        decided_at: kept.decided_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: u128, question: &str, handed_over: bool, before: Option<(u128, &str)>) -> Unanswered {
        Unanswered {
            exchange: Uuid::from_u128(id),
            question: question.to_owned(),
            partner_id: "p-001".to_owned(),
            asked_at: format!("2026-11-20T10:00:0{id}Z"),
            declined: false,
            voted_down: false,
            handed_over,
            gap: None,
            before: before.map(|(id, question)| (Uuid::from_u128(id), question.to_owned())),
        }
    }

    #[test]
    fn who_asks_for_a_person_misses_the_answer_before() {
        let person = "I want to talk to a human";
        let check = |rows: Vec<Unanswered>, expected: &[&str]| {
            let questions = counted(rows);
            assert_eq!(
                questions
                    .iter()
                    .map(|row| row.question.as_str())
                    .collect::<Vec<_>>(),
                expected
            );
            assert!(questions.iter().all(|row| row.handed_over));
        };
        check(vec![row(1, "Why?", true, None)], &["Why?"]);
        check(vec![row(2, person, true, Some((1, "Why?")))], &["Why?"]);
        check(vec![row(2, person, true, None)], &[]);
        check(vec![row(2, person, true, Some((1, "human please")))], &[]);
        let declined = Unanswered {
            declined: true,
            ..row(1, "Why?", false, None)
        };
        check(vec![declined, row(2, person, true, Some((1, "Why?")))], &["Why?"]);
        check(vec![row(1, "Withdrawn?", false, None)], &[]);
    }
}
