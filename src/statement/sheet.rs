//! A period's statement as a sheet: a partner's entries one by one, with totals. [`Sheet::csv`] is for spreadsheets,
//! [`Sheet::pdf`] for people; both say the same entries and the same sums.
//!
//! Names come from a CRM, and a spreadsheet runs what begins like a formula: [`Sheet::csv`] lets nothing through that
//! does.

use super::{Entry, Ledger};
use crate::{
    crm::{Age, Commission, CommissionStatus, Opportunity, Partner},
    program::{
        commission::{CommissionPlan, percent},
        money::{Currency, Money},
        period::{Name, Period},
    },
};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;

/// What stands above the columns, in their order.
pub const COLUMNS: [&str; 16] = [
    "id",
    "deal",
    "customer",
    "product",
    "kind",
    "base",
    "rate",
    "amount",
    "currency",
    "status",
    "earned_on",
    "due_on",
    "paid_on",
    "earned_in_period",
    "paid_in_period",
    "explanation",
];

/// One row: a cell for each of [`COLUMNS`].
type Row = [String; COLUMNS.len()];

/// What a partner earned in a period, and what was paid to it there.
pub struct Sheet<'a> {
    /// Whose.
    pub partner: &'a Partner,
    /// The period.
    pub period: Period,
    /// Entries that were earned or paid in it, oldest first.
    pub entries: Vec<Entry<'a>>,
    /// Of when the records are.
    pub age: Age,
}

/// The period of a name as it stands in an address: `2026-10`, `2026-q3`, `2026`; quarters and years are the vendor's.
#[must_use]
pub fn period(name: &str, today: Date, fiscal_year_start: i8) -> Option<Period> {
    let number = |digits: &str, len: usize, most: i16| {
        let plain = digits.len() == len && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits
            .parse::<i16>()
            .ok()
            .filter(|number| plain && (1..=most).contains(number))
    };
    let year = |digits: &str| number(digits, 4, 2_099).filter(|year| *year >= 2_000);
    let small = |number: i16| i8::try_from(number).ok();
    let name = match name.split_once('-') {
        None => Name::Year(year(name)?),
        Some((of, part)) => match part.strip_prefix(['q', 'Q']) {
            Some(quarter) => Name::Quarter(small(number(quarter, 1, 4)?)?, Some(year(of)?)),
            None => Name::Month(small(number(part, 2, 12)?)?, Some(year(of)?)),
        },
    };
    Some(Period::named(name, today, fiscal_year_start))
}

/// What the statement of some days is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Called {
    /// As in its address, and as [`period`] reads it: `2026-q3`.
    pub name: String,
    /// As it is shown: `Q3 2026`.
    pub label: String,
}

impl Called {
    /// What the statement of exactly these days is called, if there is one.
    #[must_use]
    pub fn of(days: &Period, today: Date, fiscal_year_start: i8) -> Option<Self> {
        let first = days.from.year();
        // A fiscal year may be called after the year in which it ends.
        let years = [first, first + 1];
        let quarters = years
            .iter()
            .flat_map(|year| (1..=4).map(move |n| format!("{year}-q{n}")));
        let names = [format!("{first}-{:02}", days.from.month())].into_iter();
        let mut names = names.chain(quarters).chain(years.iter().map(i16::to_string));
        names.find_map(|name| {
            let named = period(&name, today, fiscal_year_start)?;
            let is_it = (named.from, named.until) == (days.from, days.until);
            let label = named.label;
            is_it.then_some(Self { name, label })
        })
    }
}

impl<'a> Sheet<'a> {
    /// The statement of a partner, from its records of that age; explained where there is a plan.
    #[must_use]
    pub fn of(
        period: Period,
        plan: Option<&'a CommissionPlan>,
        partner: &'a Partner,
        deals: &'a [Opportunity],
        commissions: &'a [Commission],
        age: Age,
    ) -> Self {
        let mut entries = Entry::all(deals, commissions);
        entries.retain(|entry| is_earned(entry, &period) || is_paid(entry, &period));
        entries.sort_by(|a, b| key(a).cmp(&key(b)));
        if let Some(plan) = plan {
            let ledger = Ledger::of(plan, &partner.tier, deals, commissions);
            entries.iter_mut().for_each(|entry| entry.explain(&ledger));
        }
        Self {
            partner,
            period,
            entries,
            age,
        }
    }

    /// What was earned in the period, by currency and status.
    #[must_use]
    pub fn earned(&self) -> Vec<(CommissionStatus, Money)> {
        let earned = self.entries.iter().filter(|entry| is_earned(entry, &self.period));
        let sums = sums(earned.map(|entry| (entry.commission.status, entry.commission.amount)));
        let sums = sums.into_iter();
        sums.map(|((currency, status), minor)| (status, Money::new(minor, currency)))
            .collect()
    }

    /// What was paid in the period, by currency.
    #[must_use]
    pub fn paid(&self) -> Vec<Money> {
        let paid = self.entries.iter().filter(|entry| is_paid(entry, &self.period));
        let sums = sums(paid.map(|entry| ((), entry.commission.amount)));
        let sums = sums.into_iter();
        sums.map(|((currency, ()), minor)| Money::new(minor, currency))
            .collect()
    }

    /// As a file for spreadsheets: UTF-8 with a mark that says so, commas, one row for each entry and then the totals.
    ///
    /// # Errors
    /// Never in memory; the writer's own.
    pub fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer("\u{feff}".as_bytes().to_vec());
        writer.write_record(COLUMNS)?;
        for row in self.rows() {
            writer.write_record(row.iter().map(|cell| inert(cell)))?;
        }
        writer.into_inner().map_err(|error| error.into_error().into())
    }

    fn rows(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = self.entries.iter().map(|entry| self.row(entry)).collect();
        rows.extend(
            self.earned()
                .into_iter()
                .map(|(status, amount)| total("Total earned", amount, status.as_str())),
        );
        rows.extend(
            self.paid()
                .into_iter()
                .map(|amount| total("Total paid", amount, "")),
        );
        let as_of = self.age.as_of.strftime("%Y-%m-%d %H:%M UTC");
        rows.extend(self.outage(&as_of.to_string()).map(|told| {
            let mut row = Row::default();
            row[0] = "As of".to_owned();
            row[15] = told;
            row
        }));
        rows
    }

    fn row(&self, entry: &Entry<'_>) -> Row {
        let c = entry.commission;
        let of_deal = |text: fn(&Opportunity) -> &String| entry.deal.map(text).cloned().unwrap_or_default();
        let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
        [
            c.id.clone(),
            of_deal(|deal| &deal.name),
            of_deal(|deal| &deal.customer),
            of_deal(|deal| &deal.product),
            c.kind.as_str().to_owned(),
            c.base.decimal(),
            percent(c.rate_bps),
            c.amount.decimal(),
            c.amount.currency.to_string(),
            c.status.as_str().to_owned(),
            c.earned_on.to_string(),
            c.due_on.to_string(),
            c.paid_on.map(|day| day.to_string()).unwrap_or_default(),
            yes(is_earned(entry, &self.period)),
            yes(is_paid(entry, &self.period)),
            explanation(entry),
        ]
    }

    /// That the CRM does not answer now, where it does not.
    pub(super) fn outage(&self, as_of: &str) -> Option<String> {
        let told = || format!("The CRM does not answer at the moment: this is as of {as_of}.");
        self.age.is_down.then(told)
    }
}

/// How an entry's amount came about and why; empty where nothing is known of it.
pub(super) fn explanation(entry: &Entry<'_>) -> String {
    let told: Vec<String> = [entry.arithmetic(), entry.reason()]
        .into_iter()
        .flatten()
        .collect();
    told.join(". ")
}

pub(super) fn is_earned(entry: &Entry<'_>, period: &Period) -> bool {
    period.contains(entry.commission.earned_on)
}

fn is_paid(entry: &Entry<'_>, period: &Period) -> bool {
    entry.commission.paid_on.is_some_and(|day| period.contains(day))
}

fn key<'e>(entry: &'e Entry<'_>) -> (Date, &'e str) {
    (entry.commission.earned_on, &entry.commission.id)
}

/// Amounts added up, each currency by itself.
fn sums<K: Ord>(amounts: impl Iterator<Item = (K, Money)>) -> BTreeMap<(Currency, K), i64> {
    let mut sums = BTreeMap::new();
    for (key, amount) in amounts {
        let sum: &mut i64 = sums.entry((amount.currency, key)).or_default();
        // As `Totals` does.
        *sum = sum.saturating_add(amount.minor);
    }
    sums
}

fn total(what: &str, amount: Money, status: &str) -> Row {
    let mut row = Row::default();
    row[0] = what.to_owned();
    row[7] = amount.decimal();
    row[8] = amount.currency.to_string();
    row[9] = status.to_owned();
    row
}

/// A cell that no spreadsheet takes for a formula: with an apostrophe before what begins like one. A negative number is
/// none.
fn inert(cell: &str) -> String {
    let is_number = |digits: &str| {
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        [whole, fraction]
            .iter()
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    // With the wide forms, which some spreadsheets take for the same.
    let begins = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    match cell.starts_with(begins) && !cell.strip_prefix('-').is_some_and(is_number) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}

#[cfg(test)]
pub(super) mod tests;
