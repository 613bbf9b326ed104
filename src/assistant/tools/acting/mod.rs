//! Tools that propose something to be written. They write nothing: what they return carries a form, which the partner is
//! shown and has to consent to, field by field.
//!
//! What a form holds comes from the partner's own words ([`Said`]) and records. A model may point to them, and may not
//! add to them: what it gives counts only where the partner's text holds it.

mod dispute_attribution;
mod extend_protection;
mod register_deal;
mod request_mdf;
mod update_deal;
mod withdraw_registration;

use super::{Field, Record, ToolContext, ToolError, ToolOutcome, arguments, matching, wording::list};
use crate::{
    crm::{DealRegistration, Opportunity, RegistrationStatus, Stage},
    program::date::long,
    request::form::{self, FieldKind, Form, Kind, Name},
};
use serde::Deserialize;
use serde_json::{Value, json};

/// What the partner wrote, and what has to be known to read it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Said<'a> {
    /// The question.
    pub text: &'a str,
    /// What was said before of the same deal.
    pub before: &'a str,
    /// The vendor's name: never a customer's.
    pub vendor: &'a str,
    /// The domain of the partner's own addresses, where it is known.
    pub partner_domain: &'a str,
    /// Days by which a protection window is extended where nothing else is asked for.
    pub extension_days: i64,
}

/// Runs the tool that proposes such a request.
pub(super) async fn call(kind: Kind, ctx: &ToolContext<'_>, args: &Value) -> Result<ToolOutcome, ToolError> {
    match kind {
        Kind::RegisterDeal => register_deal::call(ctx, args).await,
        Kind::ExtendProtection => extend_protection::call(ctx, args).await,
        Kind::WithdrawRegistration => withdraw_registration::call(ctx, args).await,
        Kind::UpdateDeal => update_deal::call(ctx, args).await,
        Kind::DisputeAttribution => dispute_attribution::call(ctx, args).await,
        Kind::RequestMdf => request_mdf::call(ctx, args).await,
    }
}

/// What it is for, for the model.
pub(super) fn description(kind: Kind) -> &'static str {
    match kind {
        Kind::RegisterDeal => register_deal::DESCRIPTION,
        Kind::ExtendProtection => extend_protection::DESCRIPTION,
        Kind::WithdrawRegistration => withdraw_registration::DESCRIPTION,
        Kind::UpdateDeal => update_deal::DESCRIPTION,
        Kind::DisputeAttribution => dispute_attribution::DESCRIPTION,
        Kind::RequestMdf => request_mdf::DESCRIPTION,
    }
}

/// Its arguments: they point to what the partner said, and never to a partner.
pub(super) fn parameters(kind: Kind) -> Value {
    match kind {
        Kind::RegisterDeal => register_deal::parameters(),
        Kind::ExtendProtection | Kind::WithdrawRegistration | Kind::DisputeAttribution => about_customer(),
        Kind::UpdateDeal => update_deal::parameters(),
        Kind::RequestMdf => request_mdf::parameters(),
    }
}

/// The arguments of those that are about one record and need nothing else.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct AboutCustomer {
    #[serde(deserialize_with = "arguments::text")]
    customer: Option<String>,
}

fn about_customer() -> Value {
    json!({ "customer": arguments::a_text("Whose it is: the customer (a part of the name is enough).") })
}

/// Longest of a partner's texts that a form takes over, in characters.
const LONGEST: usize = 2_000;

/// What is proposed, in words, and as records for whoever words the answer.
fn proposed(headline: String, forms: Vec<Form>) -> ToolOutcome {
    let records: Vec<Record> = forms
        .iter()
        .enumerate()
        .map(|(nth, form)| {
            let fields = form.fields.iter().filter_map(|field| {
                let (name, value) = (name_of(field.name), field.value.as_deref()?);
                let day = value.parse().ok().filter(|_| field.kind == FieldKind::Date);
                Some(day.map_or_else(|| Field::text(name, value), |day| Field::date(name, day)))
            });
            Record::new(format!("proposal-{}", nth + 1), "proposal", fields.collect())
        })
        .collect();
    let summary = vec![Field::count("count", forms.len())];
    let mut outcome = ToolOutcome::new(headline, summary, records, &[]);
    outcome.proposals = forms;
    outcome
}

/// Nothing to propose, and why.
fn nothing(headline: String, rows: Vec<Record>, columns: &[&'static str]) -> ToolOutcome {
    let summary = vec![Field::count("count", rows.len())];
    ToolOutcome::new(headline, summary, rows, columns)
}

/// Labels of required fields that are still empty, as a sentence; nothing where there are none.
fn still_needed(form: &Form) -> String {
    let missing = form
        .fields
        .iter()
        .filter(|field| field.required && field.value.is_none());
    let labels: Vec<String> = missing.map(|field| field.label.to_lowercase()).collect();
    match labels.is_empty() {
        true => String::new(),
        false => format!(" Still needed: {}.", list(&labels)),
    }
}

/// The one that is meant, or what to say when it is none or one of several.
enum Meant<T> {
    One(T),
    Not(ToolOutcome),
}

/// The registration that a customer's name means, among those in one of `states`.
async fn registration(
    ctx: &ToolContext<'_>,
    customer: Option<&str>,
    states: &[RegistrationStatus],
) -> Result<Meant<DealRegistration>, ToolError> {
    let mut rows = ctx.records.deal_registrations().await?;
    rows.retain(|row| states.contains(&row.status));
    if let Some(customer) = customer {
        rows = matching::filter(rows, customer, |row| vec![&row.customer]);
    }
    let record = |row: &DealRegistration| {
        let mut fields = vec![
            Field::text("customer", &row.customer),
            Field::text("product", &row.product),
            Field::choice("status", row.status.as_str(), row.status.shown()),
        ];
        fields.extend(Field::optional_date("protected_until", row.protected_until));
        Record::new(&row.id, "deal_registration", fields)
    };
    Ok(one(
        rows,
        customer,
        "deal registrations",
        record,
        &["customer", "product", "status", "protected_until"],
    ))
}

/// The deal that a customer's name means; an open one before one that is closed.
async fn deal(
    ctx: &ToolContext<'_>,
    customer: Option<&str>,
    open: bool,
) -> Result<Meant<Opportunity>, ToolError> {
    let mut rows = ctx.records.opportunities().await?;
    let is_open = |row: &Opportunity| !matches!(row.stage, Stage::ClosedWon | Stage::ClosedLost);
    if let Some(customer) = customer {
        rows = matching::filter(rows, customer, |row| vec![&row.customer, &row.name]);
    }
    if open || rows.iter().any(is_open) {
        rows.retain(is_open);
    }
    let record = |row: &Opportunity| {
        let fields = vec![
            Field::text("customer", &row.customer),
            Field::text("product", &row.product),
            Field::choice("stage", row.stage.as_str(), row.stage.shown()),
            Field::money("amount", row.amount),
            Field::date("close_date", row.close_date),
        ];
        Record::new(&row.id, "opportunity", fields)
    };
    let what = if open { "open deals" } else { "deals" };
    Ok(one(
        rows,
        customer,
        what,
        record,
        &["customer", "product", "stage", "amount", "close_date"],
    ))
}

fn one<T>(
    mut rows: Vec<T>,
    customer: Option<&str>,
    what: &str,
    record: impl Fn(&T) -> Record,
    columns: &[&'static str],
) -> Meant<T> {
    let matching = customer
        .map(|name| format!(" matching “{name}”"))
        .unwrap_or_default();
    match rows.len() {
        1 => Meant::One(rows.remove(0)),
        0 => Meant::Not(nothing(
            format!("You have no {what}{matching} that this can be done with."),
            vec![],
            columns,
        )),
        _ => Meant::Not(nothing(
            format!("You have several {what}{matching}: please say which one, by its customer and product."),
            rows.iter().take(super::wording::MOST_ROWS).map(record).collect(),
            columns,
        )),
    }
}

/// `dr-012 · Norlund AB · Weave`.
fn shown_registration(row: &DealRegistration) -> String {
    let until = row
        .protected_until
        .map(|day| format!(" · protected until {}", long(day)));
    format!(
        "{} · {} · {}{}",
        row.id,
        row.customer,
        row.product,
        until.unwrap_or_default()
    )
}

/// `op-012 · Norlund AB · Weave`.
fn shown_deal(row: &Opportunity) -> String {
    format!("{} · {} · {}", row.id, row.customer, row.product)
}

/// What stands behind the first colon: "add an update to the Norlund deal: they signed the NDA".
fn behind_colon(text: &str) -> Option<String> {
    let (_, rest) = text.split_once(": ").or_else(|| text.split_once(":\n"))?;
    let rest: String = rest.trim().chars().take(LONGEST).collect();
    (!rest.is_empty()).then_some(rest)
}

/// A text of a model's that the partner's own text holds, whatever the case and the spaces.
fn held(text: &str, given: Option<&str>) -> Option<String> {
    let given = given?.trim();
    let plain = |text: &str| {
        text.to_lowercase()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    (!given.is_empty() && plain(text).contains(&plain(given))).then(|| given.chars().take(LONGEST).collect())
}

fn reason(form_label: &str, text: &str) -> form::Field {
    let said = behind_colon(text);
    let mut field = form::Field::new(Name::Reason, form_label, FieldKind::LongText);
    field.words.clone_from(&said);
    field.with(said)
}

/// A form's fields as those of records.
fn name_of(name: Name) -> &'static str {
    match name {
        Name::Customer => "customer",
        Name::Domain => "domain",
        Name::Product => "product",
        Name::Amount => "amount",
        Name::Currency => "currency",
        Name::CloseDate => "close_date",
        Name::Contact => "contact",
        Name::ContactEmail => "contact_email",
        Name::Source => "source",
        Name::Need => "need",
        Name::Proof => "proof",
        Name::Registration => "registration",
        Name::Deal => "deal",
        Name::ProtectedUntil => "protected_until",
        Name::NextStep => "next_step",
        Name::Attribution => "attribution",
        Name::Claimed => "claimed",
        Name::Fund => "fund",
        Name::Activity => "activity",
        Name::Reason => "reason",
    }
}

#[cfg(test)]
mod tests;
