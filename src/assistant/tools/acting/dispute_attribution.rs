//! Proposes to ask for a deal to be attributed otherwise.

use super::{
    super::{Field as Told, Record, ToolContext, ToolError, ToolOutcome, arguments},
    AboutCustomer, Meant, deal, nothing, proposed, reason, shown_deal, still_needed,
};
use crate::{
    crm::Attribution,
    request::form::{Field, Form, Kind, Name},
};
use serde_json::Value;

pub(super) const DESCRIPTION: &str = "Propose to dispute the attribution of one of the partner's own deals: \
it counts as influenced and should count as sourced. Nothing is written: the partner has to confirm, and the vendor decides.";

pub(super) async fn call(ctx: &ToolContext<'_>, args: &Value) -> Result<ToolOutcome, ToolError> {
    let args: AboutCustomer = arguments::read(args)?;
    let row = match deal(ctx, args.customer.as_deref(), false).await? {
        Meant::One(row) => row,
        Meant::Not(outcome) => return Ok(outcome),
    };
    // There are two, and a partner disputes that it only helped.
    if row.attribution == Attribution::Sourced {
        return Ok(nothing(
            format!(
                "The deal with {} ({}) is attributed to you as sourced already.",
                row.customer, row.id
            ),
            vec![Record::new(
                &row.id,
                "opportunity",
                vec![Told::text("customer", &row.customer)],
            )],
            &[],
        ));
    }
    let claimed = Attribution::Sourced;
    let form = Form {
        kind: Kind::DisputeAttribution,
        record: Some(row.id.clone()),
        fields: vec![
            Field::fixed(Name::Deal, "Deal", shown_deal(&row)),
            Field::fixed(Name::Attribution, "Attributed as", row.attribution.as_str()),
            Field::fixed(Name::Claimed, "Should be", claimed.as_str()),
            reason("Why", ctx.said.text).required(),
        ],
        notices: Vec::new(),
    };
    let headline = format!(
        "The deal with {} is attributed as {}. I can ask for it to be {}: please check the request and confirm it; the \
         vendor decides.{}",
        row.customer,
        row.attribution.as_str(),
        claimed.as_str(),
        still_needed(&form)
    );
    Ok(proposed(headline, vec![form]))
}
