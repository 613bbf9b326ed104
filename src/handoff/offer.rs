//! When a partner is offered a person. Decided here, never by a model, and an offer is all it is: handing over is the
//! partner's own act.

use crate::{
    assistant::{Answer, language::Language},
    crm::Partner,
    store::{Exchange, Handoff, HandoffState},
};
use serde::Serialize;
use serde_json::{Value, json};

/// Why a person is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// The partner asked for one.
    AskedFor,
    /// Two answers in a row did not help.
    Repeated,
    /// The question was declined.
    Declined,
}

/// Why a person is to be offered after an answer, if at all. `before` is the exchange before it.
#[must_use]
pub fn because(asked_for: bool, declined: bool, before: Option<&Exchange>) -> Option<Because> {
    if asked_for {
        return Some(Because::AskedFor);
    }
    let again = before.is_some_and(Exchange::was_no_help);
    declined.then_some(if again {
        Because::Repeated
    } else {
        Because::Declined
    })
}

/// Whether the last two answers did not help: said after a vote.
#[must_use]
pub fn after_vote(last: &[Exchange]) -> Option<Because> {
    let lasting = matches!(last, [.., one, two] if one.was_no_help() && two.was_no_help());
    lasting.then_some(Because::Repeated)
}

/// An offer as answers carry it.
#[must_use]
pub fn offered(because: Because, partner: &Partner) -> Value {
    json!({ "state": "offered", "because": because, "manager": manager(partner.manager()) })
}

/// An unfinished or closed hand-over as its partner sees it: why a mail failed is for staff.
#[must_use]
pub fn shown(handoff: &Handoff) -> Value {
    let named = (!handoff.manager_name.is_empty())
        .then_some((handoff.manager_name.as_str(), handoff.manager_email.as_str()));
    json!({
        "id": handoff.id, "conversation": handoff.conversation, "state": handoff.state,
        "manager": manager(named), "delivery": handoff.delivery,
        "opened_at": handoff.opened_at, "updated_at": handoff.updated_at,
    })
}

fn manager(named: Option<(&str, &str)>) -> Value {
    named.map_or(
        Value::Null,
        |(name, email)| json!({ "name": name, "email": email }),
    )
}

/// What is said to who asks for a person: fixed words, and the manager's name from the CRM.
#[must_use]
pub fn reply(language: Language, partner: &Partner, unfinished: Option<&Handoff>) -> Answer {
    let name = partner.manager().map_or("", |(name, _)| name);
    let is_there = unfinished.is_some_and(|handoff| handoff.state != HandoffState::Closed);
    let name = named(name);
    let answer = if is_there {
        language.of_all([
            format!("Your partner manager{name} already has this conversation. What you add there reaches them."),
            format!("Dieses Gespräch liegt schon bei Ihrer Partnerbetreuung{name}. Was Sie dort ergänzen, kommt an."),
            format!("Votre responsable partenaires{name} a déjà cette conversation. Ce que vous y ajoutez lui parvient."),
        ])
    } else {
        language.of_all([
            format!(
                "I can hand this conversation to your partner manager{name}. Nothing is sent until you say so."
            ),
            format!(
                "Ich kann dieses Gespräch an Ihre Partnerbetreuung{name} übergeben. Gesendet wird erst, wenn Sie es sagen."
            ),
            format!(
                "Je peux transmettre cette conversation à votre responsable partenaires{name}. Rien n’est envoyé sans votre accord."
            ),
        ])
    };
    Answer {
        answer,
        model: "handoff".to_owned(),
        ..Answer::default()
    }
}

fn named(name: &str) -> String {
    if name.is_empty() {
        String::new()
    } else {
        format!(" ({name})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn exchange(declined: bool, vote: Option<i64>) -> Exchange {
        Exchange {
            id: Uuid::nil(),
            position: 0,
            question: String::new(),
            receipt: String::new(),
            declined: declined.then(|| "no_answer".to_owned()),
            vote,
            asked_at: String::new(),
        }
    }

    #[test]
    fn a_person_is_offered_when_answers_do_not_help() {
        let (good, down, no) = (
            exchange(false, Some(1)),
            exchange(false, Some(-1)),
            exchange(true, None),
        );
        assert_eq!(because(false, false, Some(&no)), None);
        assert_eq!(because(true, false, None), Some(Because::AskedFor));
        assert_eq!(because(false, true, None), Some(Because::Declined));
        assert_eq!(because(false, true, Some(&good)), Some(Because::Declined));
        assert_eq!(because(false, true, Some(&down)), Some(Because::Repeated));
        assert_eq!(because(false, true, Some(&no)), Some(Because::Repeated));
        assert_eq!(after_vote(std::slice::from_ref(&down)), None);
        assert_eq!(after_vote(&[no.clone(), good]), None);
        assert_eq!(after_vote(&[no, down]), Some(Because::Repeated));
    }
}
