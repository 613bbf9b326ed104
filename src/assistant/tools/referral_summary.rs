//! What came of the partner's referral link: clicks and leads.

use super::{Field, Record, ToolContext, ToolError, ToolOutcome, arguments, wording::count_of};
use crate::{
    crm::ReferralActivity,
    program::{commission::percent, date::month_name, money::grouped, ratio::basis_points},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(super) const DESCRIPTION: &str = "Count what came of the partner's own referral link, in a period or over all time and \
month by month: clicks, leads, and the share of clicks that became leads. Use it for the success of the link; the link \
itself is in the profile.";

pub(super) const WORDS: &[&str] = &[
    "click",
    "clicks",
    "clicked",
    "leads",
    "traffic",
    "visits",
    "visitors",
    "referral",
    "referrals",
    "statistics",
];

const COLUMNS: &[&str] = &["month", "clicks", "leads", "lead_share"];

pub(super) fn parameters() -> Value {
    json!({
        "period": arguments::a_period("clicks and leads"),
    })
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Arguments {
    #[serde(deserialize_with = "arguments::text")]
    period: Option<String>,
}

pub(super) async fn call(ctx: &ToolContext<'_>, args: &Value) -> Result<ToolOutcome, ToolError> {
    let args: Arguments = arguments::read(args)?;
    let period = arguments::period(args.period.as_deref(), ctx, false)?;
    let Some(mut rows) = ctx.records.referral_activity().await? else {
        let told = "The CRM does not count what comes of referral links.".to_owned();
        return Ok(ToolOutcome::new(told, Vec::new(), [], COLUMNS));
    };
    rows.retain(|row| period.as_ref().is_none_or(|period| period.contains(row.on_date)));
    let mut months: BTreeMap<(i16, i8), Counts> = BTreeMap::new();
    for row in &rows {
        months
            .entry((row.on_date.year(), row.on_date.month()))
            .or_default()
            .add(row);
    }
    let mut all = Counts::default();
    rows.iter().for_each(|row| all.add(row));

    let when = period
        .as_ref()
        .map_or_else(|| " so far".to_owned(), |period| format!(" {}", period.phrase()));
    let (clicks, leads) = (all.clicks_shown(), all.leads_shown());
    let headline = match (all.share(), all.leads) {
        (None, 0) => format!("No clicks on your referral link and no leads are recorded{when}."),
        (None, _) => format!("Your referral link brought {leads}{when}; no clicks are recorded."),
        (Some(share), _) => format!(
            "Your referral link brought {clicks} and {leads}{when}: {} of the clicks became leads.",
            percent(share)
        ),
    };
    let mut summary = vec![Field::count("count", rows.len())];
    summary.extend(all.fields());
    summary.extend(arguments::filters(period.as_ref(), None, None));
    let records = months.iter().map(|((year, month), counts)| {
        let name = format!("{} {year}", month_name(*month));
        let mut fields = vec![Field::text("month", &name)];
        fields.extend(counts.fields());
        Record::new(format!("month:{year}-{month:02}"), "referral_month", fields)
    });
    Ok(ToolOutcome::new(headline, summary, records, COLUMNS))
}

#[derive(Default)]
struct Counts {
    clicks: usize,
    leads: usize,
}

impl Counts {
    fn add(&mut self, row: &ReferralActivity) {
        let count = |number: i64| usize::try_from(number).unwrap_or_default();
        self.clicks += count(row.clicks);
        self.leads += count(row.leads);
    }

    /// Leads of clicks in basis points: they are few of many.
    fn share(&self) -> Option<i64> {
        basis_points(self.leads, self.clicks)
    }

    fn clicks_shown(&self) -> String {
        let noun = if self.clicks == 1 { "click" } else { "clicks" };
        format!("{} {noun}", grouped(self.clicks as u64))
    }

    fn leads_shown(&self) -> String {
        count_of(self.leads, "lead", "leads")
    }

    fn fields(&self) -> Vec<Field> {
        let mut clicks = Field::count("clicks", self.clicks);
        clicks.text = grouped(self.clicks as u64);
        let mut fields = vec![clicks, Field::count("leads", self.leads)];
        fields.extend(self.share().map(|share| Field::percent("lead_share", share)));
        fields
    }
}
