//! Proposes to ask for a deal to be attributed otherwise.

use super::{
    super::{ToolContext, ToolError, ToolOutcome, arguments},
    AboutCustomer, Meant, deal, proposed, reason, shown_deal, still_needed,
};
use crate::{
    crm::Attribution,
    request::form::{Field, Form, Kind, Name},
};
use serde_json::Value;

pub(super) const DESCRIPTION: &str = "Propose to dispute the attribution of one of the partner's own deals: \
sourced instead of influenced, or the other way round. Nothing is written: the partner has to confirm, and the vendor decides.";

pub(super) async fn call(ctx: &ToolContext<'_>, args: &Value) -> Result<ToolOutcome, ToolError> {
    let args: AboutCustomer = arguments::read(args)?;
    let row = match deal(ctx, args.customer.as_deref(), false).await? {
        Meant::One(row) => row,
        Meant::Not(outcome) => return Ok(outcome),
    };
    // There are two: what is disputed is not what it should be.
    let claimed = match row.attribution {
        Attribution::Sourced => Attribution::Influenced,
        Attribution::Influenced => Attribution::Sourced,
    };
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
