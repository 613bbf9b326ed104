//! Proposes to ask for a longer protection window.

use super::{
    super::{ToolContext, ToolError, ToolOutcome, arguments},
    AboutCustomer, Meant, proposed, reason, registration, shown_registration, still_needed,
};
use crate::{
    crm::RegistrationStatus,
    program::date::{add_days, long},
    registration::extract::{self, Context},
    request::form::{Field, FieldKind, Form, Kind, Name},
};
use serde_json::Value;

pub(super) const DESCRIPTION: &str = "Propose to ask the vendor for a longer protection window of one of the \
partner's own deal registrations. Nothing is written: the partner has to confirm, and the vendor decides.";

pub(super) async fn call(ctx: &ToolContext<'_>, args: &Value) -> Result<ToolOutcome, ToolError> {
    let args: AboutCustomer = arguments::read(args)?;
    let states = [RegistrationStatus::Approved];
    let row = match registration(ctx, args.customer.as_deref(), &states).await? {
        Meant::One(row) => row,
        Meant::Not(outcome) => return Ok(outcome),
    };
    let from = row.protected_until.unwrap_or(ctx.today).max(ctx.today);
    // A day that the partner names, where it is one after the present window.
    let named = extract::days(ctx.said.text, &Context::of_day(ctx.today, ctx.partner.currency));
    let until = named
        .into_iter()
        .find(|day| *day > from)
        .unwrap_or_else(|| add_days(from, ctx.said.extension_days));
    let form = Form {
        kind: Kind::ExtendProtection,
        record: Some(row.id.clone()),
        fields: vec![
            Field::fixed(Name::Registration, "Registration", shown_registration(&row)),
            Field::new(Name::ProtectedUntil, "Protected until", FieldKind::Date)
                .with(Some(until.to_string()))
                .required(),
            reason("Why it needs more time", ctx.said.text).required(),
        ],
        notices: Vec::new(),
    };
    let headline = format!(
        "I can ask for the protection of {} to last until {}. Please check the request and confirm it; the vendor \
         decides.{}",
        row.customer,
        long(until),
        still_needed(&form)
    );
    Ok(proposed(headline, vec![form]))
}
