//! A period's statement as a document to read, print and keep: what it says, and in which order.
//!
//! `layout` says where it stands, `face` in which letters, `draw` writes the file. Entries, sums and explanations are the
//! sheet's: nothing is added up here.

mod draw;
mod face;
mod layout;

use super::{
    Entry,
    sheet::{Sheet, explanation, is_earned},
};
use crate::{
    crm::{Commission, CommissionKind, CommissionStatus},
    program::{
        commission::percent,
        date::long,
        money::{Currency, Money},
    },
};
pub use draw::PdfError;
use draw::{About, written};
use face::{MISSING, Weight, plain};
use jiff::tz::TimeZone;
use layout::{Cell, Column, GAP, Layout, MEASURE, NOTHING, Role, Style};
use std::collections::BTreeSet;

const TITLE: Style = Style::new(Weight::SemiBold, 18.0);
const HEADING: Style = Style::new(Weight::SemiBold, 11.0);
const NAME: Style = Style::new(Weight::SemiBold, 11.0);
const BODY: Style = Style::new(Weight::Regular, 9.0);
/// Between a heading and what it is of, in points.
const PADDING: f32 = 4.0;

/// Of the sheet's columns those that people read; the rest stands below them.
const ENTRIES: [Column; 7] = [
    column("Deal", 116.0, false),
    column("Product", 74.0, false),
    column("Base", 76.0, true),
    column("Rate", 38.0, true),
    column("Amount", 76.0, true),
    column("Status", 68.0, false),
    column("Earned", MEASURE + GAP - 448.0, false),
];

const TOTALS: [Column; 3] = [
    column("Total", 200.0, false),
    column("Status", 112.0, false),
    column("Amount", 76.0, true),
];

const fn column(head: &'static str, width: f32, is_right: bool) -> Column {
    Column {
        head,
        width,
        is_right,
    }
}

impl Sheet<'_> {
    /// As a PDF: A4, in English, with the vendor's name where it is known and the time in the vendor's zone. The same
    /// sheet is the same bytes.
    ///
    /// # Errors
    /// When the file cannot be written, which no record brings about.
    pub fn pdf(&self, vendor: &str, zone: &TimeZone) -> Result<Vec<u8>, PdfError> {
        let layout = self.laid_out(vendor, zone)?;
        let about = About {
            title: self.title(),
            author: plain(vendor),
            as_of: self.age.as_of,
        };
        written(&layout, about)
    }

    fn title(&self) -> String {
        let partner = plain(&self.partner.name);
        format!("Commission statement {}, {partner}", self.period.label)
    }

    fn laid_out(&self, vendor: &str, zone: &TimeZone) -> Result<Layout, PdfError> {
        let as_of = self.age.as_of.to_zoned(zone.clone());
        let time = format!("{}, {}", long(as_of.date()), as_of.strftime("%H:%M %Z"));
        let period = format!("Period: {}", self.period.described());
        let as_told = self.outage(&time).unwrap_or_else(|| format!("As of {time}"));
        let mut layout = Layout::new(&self.title())?;
        layout.text(Role::Paragraph, vendor, BODY.grey());
        layout.text(Role::Heading(1), "Commission statement", TITLE);
        layout.text(Role::Paragraph, &self.partner.name, NAME);
        layout.text(Role::Paragraph, &period, BODY);
        layout.text(Role::Paragraph, &as_told, BODY);
        layout.space(BODY.size);
        if self.entries.is_empty() {
            let told = format!("No commission was earned or paid {}.", self.period.phrase());
            layout.text(Role::Paragraph, &told, BODY);
        } else {
            let rows = self.entries.iter();
            let rows = rows.map(|entry| (self.cells(entry), explanation(entry)));
            layout.table(&ENTRIES, rows);
            self.totals(&mut layout);
        }
        layout.space(BODY.size);
        for note in self.notes(as_of.date() <= self.period.last_day()) {
            layout.text(Role::Paragraph, note, BODY.grey());
        }
        if layout.is_partial {
            let told = format!(
                "“{MISSING}” stands for a character that this file cannot show; the CSV file has it."
            );
            layout.text(Role::Paragraph, &told, BODY.grey());
        }
        layout.finish(&format!("As of {time}"));
        Ok(layout)
    }

    /// An entry under the heads of [`ENTRIES`].
    fn cells(&self, entry: &Entry<'_>) -> Vec<Cell> {
        let c = entry.commission;
        let (name, of, product) = entry.deal.map_or((NOTHING, String::new(), NOTHING), |deal| {
            (&deal.name, format!(" · {}", deal.customer), &deal.product)
        });
        let outside = match is_earned(entry, &self.period) {
            true => "",
            false if c.earned_on < self.period.from => "before the period",
            false => "after the period",
        };
        vec![
            // The id comes first: a long name does not push it out.
            cell(name, format!("{}{of}", c.id)),
            cell(product, c.kind.shown()),
            cell(c.base.to_string(), ""),
            cell(percent(c.rate_bps), ""),
            cell(c.amount.to_string(), ""),
            cell(c.status.shown(), money_day(c)),
            cell(long(c.earned_on), outside),
        ]
    }

    /// The sheet's sums, each currency's together.
    fn totals(&self, layout: &mut Layout) {
        let (earned, paid) = (self.earned(), self.paid());
        let row = |what: &str, status: &str, amount: &Money| {
            let what = format!("{what} in {}", self.period.label);
            let cells = vec![cell(what, ""), cell(status, ""), cell(amount.to_string(), "")];
            (cells, String::new())
        };
        let mut rows = Vec::new();
        for currency in self.currencies() {
            let earned = earned.iter().filter(|(_, amount)| amount.currency == currency);
            rows.extend(earned.map(|(status, amount)| row("Earned", status.shown(), amount)));
            let paid = paid.iter().filter(|amount| amount.currency == currency);
            rows.extend(paid.map(|amount| row("Paid", "", amount)));
        }
        layout.space(HEADING.size);
        // On one page, as long as they are few: whoever looks for them turns to the end.
        layout.keep(2.0 * HEADING.size + 20.0 * rows.len().min(20) as f32);
        layout.text(Role::Heading(2), "Totals", HEADING);
        layout.space(PADDING);
        layout.table(&TOTALS, rows);
    }

    /// How to take the amounts.
    fn notes(&self, is_open: bool) -> Vec<&'static str> {
        let has = |status| self.entries.iter().any(|entry| entry.commission.status == status);
        let notes = [
            (
                !self.entries.is_empty(),
                "Every amount is as it is booked; none is an estimate.",
            ),
            (
                has(CommissionStatus::Pending),
                "Pending: earned, but not approved yet; it may still change.",
            ),
            (has(CommissionStatus::Approved), "Approved: not paid yet."),
            (
                self.currencies().len() > 1,
                "Amounts in different currencies are not added up.",
            ),
            (
                is_open,
                "The period is not over: more may be earned and paid in it.",
            ),
        ];
        notes
            .into_iter()
            .filter_map(|(holds, note)| holds.then_some(note))
            .collect()
    }

    fn currencies(&self) -> BTreeSet<Currency> {
        let amounts = self.entries.iter().map(|entry| entry.commission.amount);
        amounts.map(|amount| amount.currency).collect()
    }
}

/// When an entry's money came, or is to come.
fn money_day(c: &Commission) -> String {
    match (c.paid_on, c.status) {
        (Some(day), CommissionStatus::Paid) => format!("on {}", long(day)),
        (Some(day), _) => format!("paid on {}", long(day)),
        // Neither a date that was missed nor one to wait for.
        (None, CommissionStatus::Paid) => String::new(),
        (None, CommissionStatus::ClawedBack) if c.kind != CommissionKind::Clawback => String::new(),
        (None, _) => format!("due on {}", long(c.due_on)),
    }
}

fn cell(main: impl Into<String>, note: impl Into<String>) -> Cell {
    Cell {
        main: main.into(),
        note: note.into(),
    }
}

#[cfg(test)]
mod tests;
