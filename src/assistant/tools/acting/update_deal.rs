//! Proposes to write what comes next on one of the partner's open deals.

use super::{
    super::{ToolContext, ToolError, ToolOutcome, arguments},
    Meant, behind_colon, deal, held, proposed, shown_deal, still_needed,
};
use crate::request::form::{Field, FieldKind, Form, Kind, Name};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const DESCRIPTION: &str = "Propose to write the partner's news as the next step of one of its own \
open deals. Nothing is written: the partner has to confirm.";

pub(super) fn parameters() -> Value {
    json!({
        "customer": arguments::a_text("The deal's customer (a part of the name is enough)."),
        "next_step": arguments::a_text("What comes next, in the partner's own words."),
    })
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Arguments {
    #[serde(deserialize_with = "arguments::text")]
    customer: Option<String>,
    #[serde(deserialize_with = "arguments::text")]
    next_step: Option<String>,
}

pub(super) async fn call(ctx: &ToolContext<'_>, args: &Value) -> Result<ToolOutcome, ToolError> {
    let args: Arguments = arguments::read(args)?;
    let row = match deal(ctx, args.customer.as_deref(), true).await? {
        Meant::One(row) => row,
        Meant::Not(outcome) => return Ok(outcome),
    };
    let said = held(ctx.said.text, args.next_step.as_deref()).or_else(|| behind_colon(ctx.said.text));
    let mut next = Field::new(Name::NextStep, "Next step", FieldKind::Text).required();
    next.words.clone_from(&said);
    let form = Form {
        kind: Kind::UpdateDeal,
        record: Some(row.id.clone()),
        fields: vec![
            Field::fixed(Name::Deal, "Deal", shown_deal(&row)),
            next.with(said),
        ],
        notices: Vec::new(),
    };
    let headline = format!(
        "I can write this as the next step of the deal with {}. Please check it and confirm; nothing is written \
         before.{}",
        row.customer,
        still_needed(&form)
    );
    Ok(proposed(headline, vec![form]))
}
