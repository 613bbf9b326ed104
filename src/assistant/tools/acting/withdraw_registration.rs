//! Proposes to take a deal registration back.

use super::{
    super::{ToolContext, ToolError, ToolOutcome, arguments},
    AboutCustomer, Meant, proposed, reason, registration, shown_registration,
};
use crate::{
    crm::RegistrationStatus,
    request::form::{Field, Form, Kind, Name, Notice},
};
use serde_json::Value;

pub(super) const DESCRIPTION: &str = "Propose to withdraw one of the partner's own deal registrations that is \
waiting or approved. Nothing is written: the partner has to confirm.";

pub(super) async fn call(ctx: &ToolContext<'_>, args: &Value) -> Result<ToolOutcome, ToolError> {
    let args: AboutCustomer = arguments::read(args)?;
    let states = [
        RegistrationStatus::Submitted,
        RegistrationStatus::Approved,
        RegistrationStatus::Conflicting,
    ];
    let row = match registration(ctx, args.customer.as_deref(), &states).await? {
        Meant::One(row) => row,
        Meant::Not(outcome) => return Ok(outcome),
    };
    let ends = Notice {
        code: "protection_ends".to_owned(),
        text: "With the registration its protection ends at once.".to_owned(),
    };
    let form = Form {
        kind: Kind::WithdrawRegistration,
        record: Some(row.id.clone()),
        fields: vec![
            Field::fixed(Name::Registration, "Registration", shown_registration(&row)),
            reason("Why", ctx.said.text),
        ],
        notices: row.protected_until.map(|_| ends).into_iter().collect(),
    };
    let headline = format!(
        "I can withdraw your deal registration {} for {}. Please confirm it; nothing is written before.",
        row.id, row.customer
    );
    Ok(proposed(headline, vec![form]))
}
