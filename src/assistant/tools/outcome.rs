//! What a tool call returns, and how its fields are made.

use super::ToolContext;
use crate::crm::Age;
use crate::program::{
    commission::percent,
    date::long,
    money::{Currency, Money, Totals},
    period::Period,
};
use crate::request::form::Form;
use crate::statement::sheet::Called;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Serialize;
use serde_json::{Value, json};

/// What one tool call returned.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToolOutcome {
    /// A short true answer, composed in code. Every number in it stands in a field of `records`.
    pub headline: Option<String>,
    /// A record of kind `summary` first, then one per row.
    pub records: Vec<Record>,
    /// Which fields a table of the rows shows, in order.
    pub columns: Vec<&'static str>,
    /// When the CRM was read.
    pub as_of: Timestamp,
    /// What the partner is to consent to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub proposals: Vec<Form>,
    /// The statement that these records stand on, as a file to download.
    #[serde(skip)]
    pub statement: Option<Called>,
}

/// One record, with the fields that partners may see.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Record {
    /// Unique in the outcome: the CRM's id, or the kind for a computed record.
    pub id: String,
    /// `summary`, `opportunity`, `commission` …
    pub kind: &'static str,
    /// In the order to be shown.
    pub fields: Vec<Field>,
}

/// One value, for machines and for people.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Field {
    /// Its name, `snake_case`.
    pub name: &'static str,
    /// Dates in ISO form, money as `{"amount": "1240.50", "currency": "EUR"}` (a list of these where a sum has
    /// several currencies), percentages and counts as numbers.
    pub value: Value,
    /// As shown: `12 March 2027`, `EUR 1,240.50`, `12 %`, `Closed won`.
    pub text: String,
}

impl ToolOutcome {
    /// An outcome as of now.
    pub(super) fn new(
        headline: String,
        summary: Vec<Field>,
        rows: impl IntoIterator<Item = Record>,
        columns: &[&'static str],
    ) -> Self {
        let summary = Record {
            id: "summary".to_owned(),
            kind: "summary",
            fields: summary,
        };
        let records = std::iter::once(summary).chain(rows).collect();
        Self {
            headline: Some(headline),
            records,
            columns: columns.to_vec(),
            as_of: Timestamp::now(),
            proposals: Vec::new(),
            statement: None,
        }
    }

    /// Names the statement of `period`, where there is one of exactly these days.
    pub(super) fn on_statement(self, period: Option<&Period>, ctx: &ToolContext<'_>) -> Self {
        let statement = period.and_then(|days| Called::of(days, ctx.today, ctx.fiscal_year_start));
        Self { statement, ..self }
    }

    /// Says of when the records are; in words, too, where the CRM could not be asked now.
    pub(super) fn date(&mut self, age: Age, zone: &TimeZone) {
        self.as_of = age.as_of;
        if !age.is_down {
            return;
        }
        let at = age.as_of.to_zoned(zone.clone());
        let told = format!("{}, {}", long(at.date()), at.strftime("%H:%M"));
        if let Some(headline) = &mut self.headline {
            headline.push_str(&format!(
                " The CRM does not answer at the moment: this is as of {told}."
            ));
        }
        if let Some(summary) = self.records.first_mut() {
            summary.fields.push(Field::text("as_of", told));
        }
    }
}

impl Record {
    pub(super) fn new(id: impl Into<String>, kind: &'static str, fields: Vec<Field>) -> Self {
        Self {
            id: id.into(),
            kind,
            fields,
        }
    }

    /// The field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl Field {
    pub(super) fn text(name: &'static str, text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            name,
            value: json!(text),
            text,
        }
    }

    /// A member of a closed set: stored form as value, shown form as text.
    pub(super) fn choice(name: &'static str, stored: &str, shown: &str) -> Self {
        Self {
            name,
            value: json!(stored),
            text: shown.to_owned(),
        }
    }

    pub(super) fn count(name: &'static str, count: usize) -> Self {
        Self {
            name,
            value: json!(count),
            text: count.to_string(),
        }
    }

    pub(super) fn number(name: &'static str, number: i64) -> Self {
        Self {
            name,
            value: json!(number),
            text: number.to_string(),
        }
    }

    pub(super) fn date(name: &'static str, date: Date) -> Self {
        Self {
            name,
            value: json!(date.to_string()),
            text: long(date),
        }
    }

    pub(super) fn optional_date(name: &'static str, date: Option<Date>) -> Option<Self> {
        date.map(|date| Self::date(name, date))
    }

    pub(super) fn money(name: &'static str, money: Money) -> Self {
        Self {
            name,
            value: money_value(money),
            text: money.to_string(),
        }
    }

    /// A sum; `empty` is the currency of a zero.
    pub(super) fn totals(name: &'static str, totals: &Totals, empty: Currency) -> Self {
        match totals.single(empty) {
            Some(money) => Self::money(name, money),
            None => {
                let amounts: Vec<Value> = totals.amounts().map(money_value).collect();
                Self {
                    name,
                    value: json!(amounts),
                    text: totals.to_string(),
                }
            }
        }
    }

    pub(super) fn percent(name: &'static str, rate_bps: i64) -> Self {
        // Basis points have two decimals of a percent: nothing is lost in the division.
        #[allow(clippy::cast_precision_loss)]
        let value = rate_bps as f64 / 100.0;
        Self {
            name,
            value: json!(value),
            text: percent(rate_bps),
        }
    }
}

fn money_value(money: Money) -> Value {
    json!({ "amount": money.decimal(), "currency": money.currency })
}
