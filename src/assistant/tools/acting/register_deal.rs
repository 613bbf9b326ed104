//! Proposes to register the deals that a partner's text tells of.

use super::{
    super::{ToolContext, ToolError, ToolOutcome, arguments, wording::count_of},
    Said, held, nothing, proposed, still_needed,
};
use crate::{
    program::money::Currency,
    registration::extract::{Context, Draft, Source, extract},
    request::form::{self, Field, FieldKind, Form, Kind, Name},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{borrow::Cow, collections::BTreeSet};

pub(super) const DESCRIPTION: &str = "Propose to register the deals that the partner's last message tells of \
(a pasted mail, a chat message, a call note, a few words). The message is read by the tool; give only what it may read \
wrongly, in the partner's own words. Nothing is written: the partner is shown what would be and has to confirm it.";

/// Most deals of one text: more is a list to be imported.
const MOST: usize = 10;
/// Currencies that are offered beside the partner's own and the one that was read.
const CURRENCIES: [&str; 4] = ["CHF", "EUR", "GBP", "USD"];

pub(super) fn parameters() -> Value {
    json!({
        "customer": arguments::a_text("The company that would buy."),
        "domain": arguments::a_text("Its domain."),
        "product": arguments::a_text("The product, as the vendor calls it."),
        "contact": arguments::a_text("Whom the deal is discussed with."),
        "contact_email": arguments::a_text("That person's address."),
        "need": arguments::a_text("What the customer needs, in the words of the message."),
        "proof": arguments::a_text("Why the deal is real, in the words of the message."),
    })
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Arguments {
    #[serde(deserialize_with = "arguments::text")]
    customer: Option<String>,
    #[serde(deserialize_with = "arguments::text")]
    domain: Option<String>,
    #[serde(deserialize_with = "arguments::text")]
    product: Option<String>,
    #[serde(deserialize_with = "arguments::text")]
    contact: Option<String>,
    #[serde(deserialize_with = "arguments::text")]
    contact_email: Option<String>,
    need: Option<String>,
    proof: Option<String>,
}

pub(super) async fn call(ctx: &ToolContext<'_>, args: &Value) -> Result<ToolOutcome, ToolError> {
    let args: Arguments = arguments::read(args)?;
    let products = products(ctx).await?;
    let context = Context {
        today: ctx.today,
        products: &products,
        partner_name: &ctx.partner.name,
        partner_domain: ctx.said.partner_domain,
        vendor_name: ctx.said.vendor,
        home_currency: ctx.partner.currency,
        fiscal_year_start: ctx.fiscal_year_start,
    };
    let (text, mut drafts) = read(&ctx.said, &context);
    let text = text.as_ref();
    drafts.truncate(MOST);
    if drafts.is_empty() && held(text, args.customer.as_deref()).is_some() {
        drafts.push(Draft::default());
    }
    let mut forms: Vec<Form> = drafts
        .iter()
        .map(|draft| form_of(draft, text, ctx.partner.currency, &products))
        .collect();
    if let Some(form) = named(&mut forms, args.customer.as_deref()) {
        correct(form, text, &args);
    }
    Ok(match &forms[..] {
        [] => nothing(
            "I read no deal from that. Please tell me the company, the product, the value with its currency, when it \
             is expected to close and whom you talk to there; a pasted mail will do."
                .to_owned(),
            vec![],
            &[],
        ),
        [only] => {
            let customer = only.value(Name::Customer).unwrap_or("this customer");
            let headline = format!(
                "I can register the deal with {customer}. Please check what would be written and confirm it; nothing is \
                 written before.{}",
                still_needed(only)
            );
            proposed(headline, forms)
        }
        several => {
            let headline = format!(
                "I read {} from that. Please check what would be written for each and confirm it; nothing is written \
                 before.",
                count_of(several.len(), "deal", "deals")
            );
            proposed(headline, forms)
        }
    })
}

/// The deals of what was said. What names no customer goes on with what was said before.
fn read<'t>(said: &Said<'t>, context: &Context<'_>) -> (Cow<'t, str>, Vec<Draft>) {
    let drafts = extract(said.text, context);
    if said.before.is_empty() || drafts.iter().any(|draft| draft.company.is_some()) {
        return (Cow::Borrowed(said.text), drafts);
    }
    let whole = format!("{}\n\n{}", said.before, said.text);
    let drafts = extract(&whole, context);
    (Cow::Owned(whole), drafts)
}

/// The vendor's catalogue, as its rates name it.
async fn products(ctx: &ToolContext<'_>) -> Result<Vec<String>, ToolError> {
    let rates = ctx.records.commission_rates().await?;
    let names: BTreeSet<String> = rates.into_iter().map(|rate| rate.product).collect();
    Ok(names.into_iter().collect())
}

fn form_of(draft: &Draft, text: &str, own: Currency, products: &[String]) -> Form {
    let read = draft.currency.as_ref().map(|currency| currency.value);
    let mut currencies: BTreeSet<String> = CURRENCIES.map(str::to_owned).into();
    currencies.extend(
        [Some(own), read]
            .into_iter()
            .flatten()
            .map(|code| code.to_string()),
    );
    let sources = Source::ALL.map(|source| source.as_str().to_owned());
    let currency = Field::new(Name::Currency, "Currency", FieldKind::Choice).among(currencies);
    let line = |name, label| Field::new(name, label, FieldKind::Text);
    let lines = |name, label| Field::new(name, label, FieldKind::LongText);
    let as_is = |text: &String| text.clone();
    let fields = vec![
        line(Name::Customer, "Customer")
            .read(text, draft.company.as_ref(), as_is)
            .required(),
        line(Name::Domain, "Domain").read(text, draft.domain.as_ref(), as_is),
        Field::new(Name::Product, "Product", FieldKind::Choice)
            .among(products.iter().cloned())
            .read(text, draft.product.as_ref(), as_is)
            .required(),
        Field::new(Name::Amount, "Value", FieldKind::Amount)
            .read(text, draft.value.as_ref(), |value| {
                let exact = form::money(*value, read.unwrap_or(own));
                exact.map_or_else(|| value.to_string(), |money| money.decimal())
            })
            .required(),
        currency
            .read(text, draft.currency.as_ref(), ToString::to_string)
            .required(),
        Field::new(Name::CloseDate, "Expected close", FieldKind::Date)
            .read(text, draft.close_date.as_ref(), ToString::to_string)
            .required(),
        line(Name::Contact, "Contact")
            .read(text, draft.contact.as_ref(), as_is)
            .required(),
        Field::new(Name::ContactEmail, "Contact’s e-mail", FieldKind::Email).read(
            text,
            draft.contact_email.as_ref(),
            as_is,
        ),
        Field::new(Name::Source, "How you met", FieldKind::Choice)
            .among(sources)
            .read(text, draft.source.as_ref(), |source| source.as_str().to_owned()),
        lines(Name::Need, "What they need").read(text, draft.need.as_ref(), as_is),
        lines(Name::Proof, "Why it is real").read(text, draft.proof.as_ref(), as_is),
    ];
    Form {
        kind: Kind::RegisterDeal,
        record: None,
        fields,
        notices: Vec::new(),
    }
}

/// The form for a customer that a model names: the one with that name, or the only one.
fn named<'f>(forms: &'f mut [Form], customer: Option<&str>) -> Option<&'f mut Form> {
    let wanted = customer.map(str::to_lowercase);
    let is_it = |form: &Form| {
        let own = form.value(Name::Customer).map(str::to_lowercase);
        own.zip(wanted.as_ref())
            .is_some_and(|(own, wanted)| own.contains(wanted) || wanted.contains(&own))
    };
    match forms.iter().position(is_it) {
        Some(at) => forms.get_mut(at),
        None if forms.len() == 1 => forms.first_mut(),
        None => None,
    }
}

/// A model's reading in place of the parser's, where the partner's text holds it.
fn correct(form: &mut Form, text: &str, args: &Arguments) {
    let given = [
        (Name::Customer, &args.customer),
        (Name::Domain, &args.domain),
        (Name::Product, &args.product),
        (Name::Contact, &args.contact),
        (Name::ContactEmail, &args.contact_email),
        (Name::Need, &args.need),
        (Name::Proof, &args.proof),
    ];
    for (name, given) in given {
        let Some(words) = held(text, given.as_deref()) else {
            continue;
        };
        let Some(field) = form.fields.iter_mut().find(|field| field.name == name) else {
            continue;
        };
        let value = match field.choices.is_empty() {
            true => Some(words.clone()),
            false => field
                .choices
                .iter()
                .find(|choice| choice.eq_ignore_ascii_case(&words))
                .cloned(),
        };
        if value.is_some() && value != field.value {
            (field.value, field.words, field.confidence) = (value, Some(words), None);
        }
    }
}
