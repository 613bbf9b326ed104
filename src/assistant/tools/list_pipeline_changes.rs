//! What changed in the partner's pipeline: stages, amounts and close dates, and what came in.

use super::{
    Field, Record, ToolContext, ToolError, ToolOutcome, arguments, matching,
    wording::{MOST_ROWS, count_of, cut_note, list, narrowed},
};
use crate::{
    crm::{Change, Opportunity, OpportunityChange},
    program::{
        date::{add_days, long},
        money::{Currency, Money, Totals},
        period::Period,
    },
};
use jiff::civil::Date;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    collections::{BTreeSet, HashMap},
    str::FromStr,
};

pub(super) const DESCRIPTION: &str = "List what changed in the partner's own pipeline in a period (the last 7 days unless \
said otherwise): moves from stage to stage, changed amounts, moved close dates, and opportunities that came in. Use it for \
news and differences; not for how things stand.";

pub(super) const WORDS: &[&str] = &[
    "changed",
    "changes",
    "moved",
    "moves",
    "slip",
    "slipped",
    "pushed",
    "postponed",
    "happened",
    "history",
    "news",
];

const COLUMNS: &[&str] = &["changed_on", "opportunity", "customer", "change", "from", "to"];

/// How far back is looked where nobody says: a week.
const DAYS: i64 = 7;

/// Changes that a sentence names.
const NAMED: usize = 3;

pub(super) fn parameters() -> Value {
    json!({
        "period": arguments::a_period("changes"),
        "what": arguments::one_of(What::ALL.map(What::as_str), "Only changes of this."),
        "customer": arguments::a_text("Only those on deals with this customer or name (a part is enough)."),
    })
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Arguments {
    #[serde(deserialize_with = "arguments::text")]
    period: Option<String>,
    #[serde(deserialize_with = "arguments::choice")]
    what: Option<What>,
    #[serde(deserialize_with = "arguments::text")]
    customer: Option<String>,
}

/// What can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Stage,
    Amount,
    CloseDate,
}

impl What {
    const ALL: [Self; 3] = [Self::Stage, Self::Amount, Self::CloseDate];

    fn as_str(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Amount => "amount",
            Self::CloseDate => "close_date",
        }
    }

    /// The field that counts its changes.
    fn field(self) -> &'static str {
        match self {
            Self::Stage => "stage_changes",
            Self::Amount => "amount_changes",
            Self::CloseDate => "close_date_changes",
        }
    }

    fn of(change: &Change) -> Self {
        match change {
            Change::Stage(..) => Self::Stage,
            Change::Amount(..) => Self::Amount,
            Change::CloseDate(..) => Self::CloseDate,
        }
    }

    fn shown(self) -> &'static str {
        match self {
            Self::Stage => "Stage",
            Self::Amount => "Amount",
            Self::CloseDate => "Close date",
        }
    }

    fn counted(self, count: usize) -> String {
        match self {
            Self::Stage => count_of(count, "stage", "stages"),
            Self::Amount => count_of(count, "amount", "amounts"),
            Self::CloseDate => count_of(count, "close date", "close dates"),
        }
    }
}

impl FromStr for What {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        arguments::member("what", Self::ALL, Self::as_str, text)
    }
}

pub(super) async fn call(ctx: &ToolContext<'_>, args: &Value) -> Result<ToolOutcome, ToolError> {
    let args: Arguments = arguments::read(args)?;
    let asked = arguments::period(args.period.as_deref(), ctx, false)?;
    // Of one customer, everything is wanted; of a whole pipeline, what is new.
    let period = asked.or_else(|| args.customer.is_none().then(|| last_days(ctx.today)));
    let is_in = |day: Date| period.as_ref().is_none_or(|period| period.contains(day));

    let mut deals = ctx.records.opportunities().await?;
    if let Some(customer) = &args.customer {
        deals = matching::filter(deals, customer, |o| vec![&o.customer, &o.name]);
    }
    let by_id: HashMap<&str, &Opportunity> = deals.iter().map(|deal| (deal.id.as_str(), deal)).collect();
    let kept = ctx.records.opportunity_changes().await?;
    let changes: Vec<Changed<'_>> = kept
        .iter()
        .flatten()
        .filter(|entry| is_in(entry.changed_on))
        .filter(|entry| args.what.is_none_or(|what| What::of(&entry.change) == what))
        .filter_map(|entry| {
            let deal = by_id.get(entry.opportunity_id.as_str())?;
            Some(Changed { entry, deal })
        })
        .collect();
    let mut new: Vec<&Opportunity> = match args.what {
        None => deals.iter().filter(|deal| is_in(deal.created_on)).collect(),
        Some(_) => Vec::new(),
    };
    new.sort_by_key(|deal| std::cmp::Reverse((deal.created_on, &deal.id)));

    let when = period
        .as_ref()
        .map(|period| format!(" {}", period.phrase()))
        .unwrap_or_default();
    let subject = narrowed(args.customer.as_deref(), None);
    let mut headline = match (&args.customer, kept.is_some()) {
        (Some(customer), _) if deals.is_empty() => {
            format!("None of your opportunities matches “{customer}”.")
        }
        (_, false) => "The CRM keeps no history of changes.".to_owned(),
        (_, true) => overview(&changes, args.what, &subject, &when),
    };
    let came_in: Totals = new.iter().map(|deal| deal.amount).collect();
    if !new.is_empty() {
        let count = count_of(new.len(), "opportunity", "opportunities");
        headline.push_str(&format!(
            " New in your pipeline{when}: {count} worth {came_in} in total."
        ));
    }
    headline.push_str(cut_note(changes.len() + new.len()));

    let mut summary = Vec::new();
    // Without a history there is nothing to count: no change and no knowledge of one are different things.
    if kept.is_some() {
        let deals: BTreeSet<&str> = changes.iter().map(|change| change.deal.id.as_str()).collect();
        summary.push(Field::count("count", changes.len()));
        summary.push(Field::count("opportunities", deals.len()));
        for what in What::ALL {
            match changes
                .iter()
                .filter(|change| What::of(&change.entry.change) == what)
                .count()
            {
                0 => {}
                count => summary.push(Field::count(what.field(), count)),
            }
        }
        summary.push(Field::count("new_count", new.len()));
    } else if !new.is_empty() {
        summary.push(Field::count("new_count", new.len()));
    }
    if !new.is_empty() {
        summary.push(Field::totals("new_amount", &came_in, ctx.partner.currency));
    }
    summary.extend(arguments::filters(
        period.as_ref(),
        args.customer.as_deref(),
        None,
    ));
    if changes.len() + new.len() > MOST_ROWS {
        summary.push(Field::count("listed", MOST_ROWS));
    }
    let records = changes
        .iter()
        .map(Changed::record)
        .chain(new.iter().map(|deal| came(deal)));
    Ok(ToolOutcome::new(
        headline,
        summary,
        records.take(MOST_ROWS),
        COLUMNS,
    ))
}

fn last_days(today: Date) -> Period {
    Period {
        label: format!("the last {DAYS} days"),
        from: add_days(today, 1 - DAYS),
        until: add_days(today, 1),
    }
}

/// A change and the deal it was made on.
struct Changed<'a> {
    entry: &'a OpportunityChange,
    deal: &'a Opportunity,
}

impl Changed<'_> {
    fn what(&self) -> What {
        What::of(&self.entry.change)
    }

    /// From what to what.
    fn values(&self) -> (Field, Field) {
        match self.entry.change {
            Change::Stage(from, to) => (
                Field::choice("from", from.as_str(), from.shown()),
                Field::choice("to", to.as_str(), to.shown()),
            ),
            Change::Amount(from, to) => {
                let currency = self.deal.amount.currency;
                (amount("from", from, currency), amount("to", to, currency))
            }
            Change::CloseDate(from, to) => (Field::date("from", from), Field::date("to", to)),
        }
    }

    fn told(&self) -> String {
        let (from, to) = self.values();
        format!(
            "{} ({}), {} from {} to {} on {}",
            self.deal.customer,
            self.deal.id,
            self.what().shown().to_lowercase(),
            from.text,
            to.text,
            long(self.entry.changed_on)
        )
    }

    fn record(&self) -> Record {
        let (from, to) = self.values();
        let fields = vec![
            Field::text("id", &self.deal.id),
            Field::date("changed_on", self.entry.changed_on),
            Field::text("opportunity", &self.deal.name),
            Field::text("customer", &self.deal.customer),
            Field::choice("change", self.what().as_str(), self.what().shown()),
            from,
            to,
        ];
        Record::new(&self.entry.id, "opportunity_change", fields)
    }
}

/// An opportunity that came in.
fn came(deal: &Opportunity) -> Record {
    let fields = vec![
        Field::text("id", &deal.id),
        Field::date("changed_on", deal.created_on),
        Field::text("opportunity", &deal.name),
        Field::text("customer", &deal.customer),
        Field::choice("change", "new", "New"),
        Field::money("to", deal.amount),
    ];
    Record::new(format!("new:{}", deal.id), "new_opportunity", fields)
}

/// An amount of a history in the currency of its deal; as it stands there, should it be finer than that.
fn amount(name: &'static str, whole: Decimal, currency: Currency) -> Field {
    let scale = Decimal::from(10_u64.pow(currency.decimals()));
    let minor = whole.checked_mul(scale).filter(Decimal::is_integer);
    match minor.and_then(|minor| minor.to_i64()) {
        Some(minor) => Field::money(name, Money::new(minor, currency)),
        None => Field::text(name, format!("{currency} {whole}")),
    }
}

fn overview(changes: &[Changed<'_>], what: Option<What>, subject: &str, when: &str) -> String {
    if changes.is_empty() {
        let what = what.map_or_else(String::new, |what| format!(" of {}", what.shown().to_lowercase()));
        return format!("No change{what} is recorded on your opportunities{subject}{when}.");
    }
    let deals: BTreeSet<&str> = changes.iter().map(|change| change.deal.id.as_str()).collect();
    let parts: Vec<String> = What::ALL
        .into_iter()
        .map(|what| {
            (
                what,
                changes.iter().filter(|change| change.what() == what).count(),
            )
        })
        .filter(|(_, count)| *count > 0)
        .map(|(what, count)| what.counted(count))
        .collect();
    let named: Vec<String> = changes.iter().take(NAMED).map(Changed::told).collect();
    let first = if changes.len() > NAMED { "The latest: " } else { "" };
    format!(
        "{} on {}{subject}{when}: {}. {first}{}.",
        count_of(changes.len(), "change", "changes"),
        count_of(deals.len(), "opportunity", "opportunities"),
        list(&parts),
        named.join("; ")
    )
}
