//! A request as the partner sees it, and as the vendor's people do.

use super::form::{Form, Kind};
use crate::store::{Event, Request, RequestState, moment};
use jiff::{Timestamp, civil::Date};
use serde_json::{Value, json};
use uuid::Uuid;

/// As the partner sees it: what is or was written, where it stands, and nothing of others.
#[must_use]
pub fn for_partner(request: &Request) -> Value {
    let mut shown = proposal(request.id, &request.form, request.expires_at);
    shown["state"] = json!(state(request, Timestamp::now()));
    shown["message"] = message(request).into();
    shown
}

/// A proposal that was made this moment.
pub(crate) fn proposal(id: Uuid, form: &Form, expires_at: Timestamp) -> Value {
    json!({
        "id": id, "kind": form.kind, "state": "proposed", "expires_at": moment(expires_at),
        "fields": form.fields, "notices": form.notices, "message": null,
    })
}

/// The state's name; a proposal that is too old has one of its own.
fn state(request: &Request, now: Timestamp) -> Value {
    match request.state {
        RequestState::Proposed if request.expires_at <= now => "expired".into(),
        other => json!(other),
    }
}

fn message(request: &Request) -> Option<String> {
    let record = &request.record_id;
    match request.state {
        RequestState::Proposed | RequestState::Cancelled => None,
        RequestState::Confirmed => Some(
            "You confirmed this. The CRM has not taken it yet: it is written as soon as it does, once."
                .to_owned(),
        ),
        RequestState::Submitted => {
            let by = request.due_at.map_or_else(String::new, |due| {
                format!(
                    " You hear from your partner manager by {}.",
                    due.strftime("%-d %B %Y, %H:%M UTC")
                )
            });
            Some(match request.kind {
                Kind::RegisterDeal => format!("Deal registration {record} was submitted.{by}"),
                Kind::RequestMdf => format!("Request {record} was submitted.{by}"),
                _ => format!("Your request was submitted.{by}"),
            })
        }
        RequestState::Done => Some(match request.kind {
            Kind::WithdrawRegistration => format!("Deal registration {record} was withdrawn."),
            _ => format!("Deal {record} was updated."),
        }),
        RequestState::Approved => Some("The vendor approved it.".to_owned()),
        RequestState::Rejected => Some(match &request.reason {
            Some(reason) => format!("The vendor did not agree: {reason}"),
            None => "The vendor did not agree.".to_owned(),
        }),
    }
}

/// As staff sees it in a list.
#[must_use]
pub fn listed(request: &Request) -> Value {
    let findings = findings(request);
    let due = request
        .due_at
        .filter(|_| request.state == RequestState::Submitted);
    json!({
        "id": request.id, "kind": request.kind, "state": request.state, "partner_id": request.partner_id,
        "partner_name": request.partner_name, "summary": request.form.summary(), "record_id": request.record_id,
        "conflicts": findings["conflicts"].as_array().cloned().unwrap_or_default(),
        "proposal": findings["proposal"], "checked": findings["checked"].as_bool().unwrap_or(request.kind != Kind::RegisterDeal),
        "assignee": (!request.assignee_email.is_empty())
            .then(|| json!({ "name": request.assignee_name, "email": request.assignee_email })),
        "submitted_at": request.submitted_at.map(moment), "due_at": due.map(moment),
        "is_overdue": due.is_some_and(|due| due <= Timestamp::now()),
        "is_written": request.submitted_at.is_some(),
        "decided_at": request.decided_at.map(moment), "decided_by": request.decided_by, "reason": request.reason,
    })
}

/// As staff sees it whole; `protected_until` is what an approval gives without another word.
#[must_use]
pub fn for_staff(request: &Request, events: &[Event], protected_until: Option<Date>) -> Value {
    let mut whole = listed(request);
    whole["fields"] = json!(request.form.fields);
    whole["subject"] = json!(request.subject);
    whole["conversation"] = json!(request.conversation);
    whole["events"] = json!(events);
    whole["suggested"] = match (request.state, protected_until) {
        (RequestState::Submitted, Some(day)) => json!({ "protected_until": day.to_string() }),
        _ => Value::Null,
    };
    whole
}

fn findings(request: &Request) -> Value {
    let kept = request.findings.as_deref();
    kept.and_then(|kept| serde_json::from_str(kept).ok())
        .unwrap_or_default()
}
