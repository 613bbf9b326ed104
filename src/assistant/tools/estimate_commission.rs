//! What a deal would earn the partner, by the plan in force today: an estimate, and said to be one.
//!
//! What the question leaves open is taken from an open deal of the partner's own where it names one, and assumed where
//! it does not, which the headline says. `computing` runs the plan, `telling` makes words and records of what comes out.

mod computing;
mod telling;

use super::{
    Field, ToolContext, ToolError, ToolOutcome, arguments, matching,
    wording::{capitalised, list},
};
use crate::{
    crm::{Attribution, Motion, Opportunity},
    program::{
        commission::{CommissionPlan, Earlier, Per},
        money::{Currency, Money},
    },
    registration::extract::{self, Context},
    request::form,
    statement::Ledger,
};
use computing::Estimate;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) const DESCRIPTION: &str = "Estimate what a deal would earn the partner, by the commission plan in force \
today and after its deals of this year: for an amount, for one of its open deals, or for all of them; at its own tier \
or another. Use it for every \"what if\" about commission; the arithmetic comes with it.";

/// Words of a supposition; `route` wants an amount or an earning beside them.
pub(super) const WORDS: &[&str] = &[
    "estimate",
    "estimated",
    "would",
    "suppose",
    "supposing",
    "imagine",
    "assume",
    "assuming",
    "hypothetical",
];

pub(super) fn parameters() -> Value {
    let motions = Motion::ALL.iter().map(|motion| motion.as_str());
    let attributions = Attribution::ALL.iter().map(|attribution| attribution.as_str());
    json!({
        "amount": arguments::a_text("What the deal is worth, as the partner said it: \"50k\", \"120,000 EUR\"."),
        "customer": arguments::a_text("An open deal of the partner's own, by its customer or name: it gives what the question does not say."),
        "tier": arguments::a_text("The tier to compute with; the partner's own is the default."),
        "product": arguments::a_text("The product sold."),
        "motion": arguments::one_of(motions, "New business is the default."),
        "attribution": arguments::one_of(attributions, "Sourced is the default."),
    })
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Arguments {
    #[serde(deserialize_with = "arguments::text")]
    amount: Option<String>,
    #[serde(deserialize_with = "arguments::text")]
    customer: Option<String>,
    #[serde(deserialize_with = "arguments::text")]
    tier: Option<String>,
    #[serde(deserialize_with = "arguments::text")]
    product: Option<String>,
    #[serde(deserialize_with = "arguments::choice")]
    motion: Option<Motion>,
    #[serde(deserialize_with = "arguments::choice")]
    attribution: Option<Attribution>,
}

/// A deal that is imagined.
struct Case<'a> {
    /// The open deal that it takes after.
    opportunity: Option<&'a Opportunity>,
    product: &'a str,
    motion: Motion,
    attribution: Attribution,
    base: Money,
}

/// All that is to be told.
struct Estimates<'a> {
    plan: &'a CommissionPlan,
    /// At which tier.
    tier: &'a str,
    own_tier: &'a str,
    today: Date,
    /// Deals of the plan's year that count before.
    before: usize,
    each: Vec<Estimate<'a>>,
    /// Whether they are all won, one after the other, and not one of them.
    together: bool,
    /// The products, or deals, that make no difference.
    whichever: Vec<&'a str>,
    /// What nobody said.
    assumed: Vec<String>,
    /// A customer that no open deal matches.
    unmatched: Option<&'a str>,
}

pub(super) async fn call(ctx: &ToolContext<'_>, args: &Value) -> Result<ToolOutcome, ToolError> {
    let args: Arguments = arguments::read(args)?;
    let amount = args.amount.as_deref().map(|text| amount(text, ctx)).transpose()?;
    let deals = ctx.records.opportunities().await?;
    let commissions = ctx.records.commissions().await?;
    let Some(plan) = ctx.plan else {
        return Ok(unknown(
            "The program's commission plan is not loaded here, so there is no estimate to give: please ask your \
             partner manager."
                .to_owned(),
            Vec::new(),
        ));
    };
    let own_tier = ctx.partner.tier.as_str();
    let (mut tiers, mut products) = plan.rated(ctx.today);
    tiers.insert(own_tier);
    products.extend(deals.iter().map(|deal| deal.product.as_str()));
    let (tiers, products) = (Vec::from_iter(tiers), Vec::from_iter(products));
    let tier = match args.tier.as_deref().map(|wanted| (wanted, named(&tiers, wanted))) {
        None => own_tier,
        Some((_, Some(tier))) => tier,
        Some((wanted, None)) => return Ok(no_such("tier", "tier_filter", wanted, &tiers)),
    };
    let product = match args
        .product
        .as_deref()
        .map(|wanted| (wanted, named(&products, wanted)))
    {
        None => None,
        Some((_, Some(product))) => Some(product),
        Some((wanted, None)) => return Ok(no_such("product", "product_filter", wanted, &products)),
    };
    let asked = Asked {
        args: &args,
        amount,
        product,
        home: ctx.partner.currency,
    };
    let taken = asked.opportunities(&deals);
    let cases = match taken.is_empty() {
        true if amount.is_none() => return Ok(asked.no_amount()),
        true => asked.imagined(&products)?,
        false => asked.alike(&taken)?,
    };

    let ledger = Ledger::of(plan, own_tier, &deals, &commissions);
    let earlier = ledger.until(ctx.today);
    let this_year = |earlier: &&Earlier<'_>| plan.same_period(Per::Year, earlier.deal.closed_on, ctx.today);
    let mut estimates = Estimates {
        plan,
        tier,
        own_tier,
        today: ctx.today,
        before: earlier.iter().filter(this_year).count(),
        together: amount.is_none(),
        whichever: Vec::new(),
        assumed: asked.assumed(taken.is_empty()),
        unmatched: args.customer.as_deref().filter(|_| taken.is_empty()),
        each: Vec::new(),
    };
    estimates.fill(cases, &earlier);
    Ok(estimates.outcome())
}

/// What the question says, with the names as the plan spells them.
struct Asked<'a> {
    args: &'a Arguments,
    /// In major units.
    amount: Option<(Decimal, Option<Currency>)>,
    product: Option<&'a str>,
    /// What the partner is paid in.
    home: Currency,
}

impl<'a> Asked<'a> {
    /// The open deals that the question is about: the customer's, or all where it names neither that nor an amount.
    fn opportunities(&self, deals: &'a [Opportunity]) -> Vec<&'a Opportunity> {
        let open = deals.iter().filter(|deal| deal.stage.is_open());
        let open: Vec<&Opportunity> = open.collect();
        let fits = |deal: &&Opportunity| {
            self.product.is_none_or(|product| deal.product == product)
                && self.args.motion.is_none_or(|motion| deal.motion == motion)
                && self.args.attribution.is_none_or(|of| deal.attribution == of)
        };
        match &self.args.customer {
            Some(customer) => {
                let of = matching::filter(open, customer, |deal| vec![&deal.customer, &deal.name]);
                let fitting: Vec<&Opportunity> = of.iter().copied().filter(fits).collect();
                // "What if it were only influenced?" is about the deal that is not.
                if fitting.is_empty() { of } else { fitting }
            }
            None if self.amount.is_some() => Vec::new(),
            None => open.into_iter().filter(fits).collect(),
        }
    }

    /// Deals like those, with what the question says of them.
    fn alike(&self, deals: &[&'a Opportunity]) -> Result<Vec<Case<'a>>, ToolError> {
        let case = |deal: &&'a Opportunity| {
            Ok(Case {
                opportunity: Some(*deal),
                product: self.product.unwrap_or(&deal.product),
                motion: self.args.motion.unwrap_or(deal.motion),
                attribution: self.args.attribution.unwrap_or(deal.attribution),
                base: self.base(deal.amount.currency)?.unwrap_or(deal.amount),
            })
        };
        deals.iter().map(case).collect()
    }

    /// A deal of the amount, with each product that it may be.
    fn imagined(&self, products: &[&'a str]) -> Result<Vec<Case<'a>>, ToolError> {
        let products = match (self.product, products) {
            (Some(product), _) => vec![product],
            // A product that nobody names has the rate of all that have no own.
            (None, []) => vec![""],
            (None, all) => all.to_vec(),
        };
        let Some(base) = self.base(self.home)? else {
            return Ok(Vec::new());
        };
        let case = |product| Case {
            opportunity: None,
            product,
            motion: self.args.motion.unwrap_or(Motion::New),
            attribution: self.args.attribution.unwrap_or(Attribution::Sourced),
            base,
        };
        Ok(products.into_iter().map(case).collect())
    }

    /// The amount, in the currency it names or else in this one.
    fn base(&self, currency: Currency) -> Result<Option<Money>, ToolError> {
        let Some((value, named)) = self.amount else {
            return Ok(None);
        };
        let currency = named.unwrap_or(currency);
        let money = form::money(value, currency).filter(|money| money.minor > 0);
        let unfit = || ToolError::BadArguments(format!("{value} is no amount that a deal in {currency} has"));
        money.ok_or_else(unfit).map(Some)
    }

    /// What is assumed of a deal that is none of the partner's own.
    fn assumed(&self, is_imagined: bool) -> Vec<String> {
        let (args, home) = (self.args, self.home);
        let currency = self.amount.is_some_and(|(_, named)| named.is_none());
        let assumed = [
            args.motion.is_none().then(|| "new business".to_owned()),
            args.attribution.is_none().then(|| "sourced by you".to_owned()),
            currency.then(|| format!("in {home}, which you are paid in")),
        ];
        assumed.into_iter().filter(|_| is_imagined).flatten().collect()
    }

    /// Nothing to compute with.
    fn no_amount(&self) -> ToolOutcome {
        let said = "To estimate a commission I need to know what the deal is worth, and in which currency.";
        let (told, customer) = match &self.args.customer {
            Some(customer) => (
                format!("None of your open opportunities matches “{customer}”. {said}"),
                Some(Field::text("customer_filter", customer)),
            ),
            None => (
                format!("You have no open opportunities of that kind to estimate from. {said}"),
                None,
            ),
        };
        unknown(told, customer.into_iter().collect())
    }
}

/// The first amount of a text.
fn amount(text: &str, ctx: &ToolContext<'_>) -> Result<(Decimal, Option<Currency>), ToolError> {
    let read = extract::amounts(text, &Context::of_day(ctx.today, ctx.partner.currency));
    read.first().copied().ok_or_else(|| {
        ToolError::BadArguments(format!(
            "amount {text:?} is not an amount; write it like 50k or 120,000 EUR"
        ))
    })
}

/// The one of these that is meant.
fn named<'a>(names: &[&'a str], wanted: &str) -> Option<&'a str> {
    let same = names
        .iter()
        .find(|name| name.to_lowercase() == wanted.to_lowercase());
    let like = || match matching::filter(names.to_vec(), wanted, |name| vec![name])[..] {
        [only] => Some(only),
        _ => None,
    };
    same.copied().or_else(like)
}

fn no_such(what: &str, field: &'static str, wanted: &str, names: &[&str]) -> ToolOutcome {
    let names = list(&names.iter().map(|name| capitalised(name)).collect::<Vec<_>>());
    unknown(
        format!("The commission plan knows no {what} “{wanted}”. Those it knows: {names}."),
        vec![Field::text(field, wanted), Field::text("known", names)],
    )
}

/// What stands in the way of an estimate.
fn unknown(told: String, fields: Vec<Field>) -> ToolOutcome {
    ToolOutcome::new(told, fields, [], &[])
}

#[cfg(test)]
mod tests;
