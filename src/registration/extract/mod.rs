//! Deals read from a text: a pasted mail, a chat message, a call note, a form or a few words, in English, German and
//! French, well written or not.
//!
//! Everything is found by its form and by the words around it: `page` cuts the text up, one file for each kind of fact
//! finds and weighs its candidates, and `deals` decides which deals there are and gives each its own. The lists of
//! words are in `words/`. The text is data: sentences that speak to a machine are read as nothing.

mod address;
mod closing;
mod company;
mod cues;
mod date;
mod deals;
mod draft;
mod facts;
mod labels;
mod layout;
mod money;
mod narrative;
mod number;
mod page;
mod people;
mod periods;
mod products;
mod runs;
mod source;
mod suffix;
mod table;
mod value;
mod words;

pub(super) use address::is_free_mail;

use crate::program::money::Currency;
use jiff::civil::Date;
use rust_decimal::Decimal;
use std::ops::Range;

/// What has to be known to read a text.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The day the text was given: days without a year are the next such day.
    pub today: Date,
    /// The vendor's catalogue, as products are to be called.
    pub products: &'a [String],
    /// Who wrote the text: never the customer.
    pub partner_name: &'a str,
    /// Addresses there are the partner's own.
    pub partner_domain: &'a str,
    /// Who reads it: never the customer, either.
    pub vendor_name: &'a str,
    /// Whose dollars, or crowns, are meant where a text only says `$` or `kr`.
    pub home_currency: Currency,
    /// Month the vendor's fiscal year starts with, 1 to 12.
    pub fiscal_year_start: i8,
}

/// A fact with the words it was read from.
#[derive(Debug, Clone, PartialEq)]
pub struct Field<T> {
    /// The fact.
    pub value: T,
    /// Bytes of the text, on character boundaries.
    pub words: Range<usize>,
    /// Roughly how often such a reading is right, 0 to 1: above 0.8 for what stands in a form or has one meaning only,
    /// about 0.5 for a guess that a person should look at.
    pub confidence: f64,
}

/// How the partner came by a deal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Somebody told the partner of the customer.
    Referral,
    /// They met at an event.
    Event,
    /// The customer asked.
    Inbound,
    /// The partner asked.
    Outbound,
    /// It has been the partner's customer before.
    ExistingCustomer,
    /// It came through a marketplace.
    Marketplace,
}

impl Source {
    /// Every one.
    pub const ALL: [Self; 6] = [
        Self::Referral,
        Self::Event,
        Self::Inbound,
        Self::Outbound,
        Self::ExistingCustomer,
        Self::Marketplace,
    ];

    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Referral => "referral",
            Self::Event => "event",
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
            Self::ExistingCustomer => "existing_customer",
            Self::Marketplace => "marketplace",
        }
    }
}

/// One deal as far as a text tells it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Draft {
    /// The customer, as the text writes it.
    pub company: Option<Field<String>>,
    /// Its domain: lower case, registrable.
    pub domain: Option<Field<String>>,
    /// Whom the deal is discussed with, without salutation.
    pub contact: Option<Field<String>>,
    /// This person's address, or the one the text gives for the customer.
    pub contact_email: Option<Field<String>>,
    /// What the deal is worth, in major units: the total or the yearly amount, as the text says; the lower end of a
    /// range, what was corrected last; never a monthly amount.
    pub value: Option<Field<Decimal>>,
    /// Its currency, where the text says one.
    pub currency: Option<Field<Currency>>,
    /// When it is expected to be signed.
    pub close_date: Option<Field<Date>>,
    /// As in the catalogue.
    pub product: Option<Field<String>>,
    /// How the partner came by it.
    pub source: Option<Field<Source>>,
    /// What the customer needs, in the words of the text.
    pub need: Option<Field<String>>,
    /// Why the deal is real, in the words of the text.
    pub proof: Option<Field<String>>,
}

/// A field of a [`Draft`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// [`Draft::company`].
    Company,
    /// [`Draft::product`].
    Product,
    /// [`Draft::value`].
    Value,
    /// [`Draft::currency`].
    Currency,
    /// [`Draft::close_date`].
    CloseDate,
    /// [`Draft::contact`].
    Contact,
    /// [`Draft::contact_email`].
    ContactEmail,
    /// [`Draft::domain`].
    Domain,
    /// [`Draft::source`].
    Source,
    /// [`Draft::need`].
    Need,
    /// [`Draft::proof`].
    Proof,
}

impl Item {
    /// What a registration cannot do without, in the order in which it is asked for.
    pub const REQUIRED: [Self; 6] = [
        Self::Company,
        Self::Product,
        Self::Value,
        Self::Currency,
        Self::CloseDate,
        Self::Contact,
    ];
}

impl Context<'_> {
    /// What is enough to read single amounts and days.
    #[must_use]
    pub fn of_day(today: Date, home_currency: Currency) -> Self {
        Self {
            today,
            products: &[],
            partner_name: "",
            partner_domain: "",
            vendor_name: "",
            home_currency,
            fiscal_year_start: 1,
        }
    }
}

impl Draft {
    /// Which of `required` the text did not tell, in their order.
    #[must_use]
    pub fn missing(&self, required: &[Item]) -> Vec<Item> {
        required.iter().copied().filter(|item| !self.has(*item)).collect()
    }

    fn has(&self, item: Item) -> bool {
        match item {
            Item::Company => self.company.is_some(),
            Item::Product => self.product.is_some(),
            Item::Value => self.value.is_some(),
            Item::Currency => self.currency.is_some(),
            Item::CloseDate => self.close_date.is_some(),
            Item::Contact => self.contact.is_some(),
            Item::ContactEmail => self.contact_email.is_some(),
            Item::Domain => self.domain.is_some(),
            Item::Source => self.source.is_some(),
            Item::Need => self.need.is_some(),
            Item::Proof => self.proof.is_some(),
        }
    }
}

/// The deals that a text tells of, in their order; none, when it is about something else.
///
/// Reads the first [`LONGEST`] bytes, in time that grows with their number.
#[must_use]
pub fn extract(text: &str, context: &Context<'_>) -> Vec<Draft> {
    deals::all(&text[..text.floor_char_boundary(LONGEST)], context)
}

/// More than any mail with its history has.
pub const LONGEST: usize = 200_000;

/// The amounts that a text names, in major units and in their order, with the currency where one stands beside it.
#[must_use]
pub fn amounts(text: &str, context: &Context<'_>) -> Vec<(Decimal, Option<Currency>)> {
    let found = amounts_at(text, context).into_iter();
    found.map(|(_, value, currency)| (value, currency)).collect()
}

/// The same with the bytes that each stands in, on character boundaries.
#[must_use]
pub fn amounts_at(text: &str, context: &Context<'_>) -> Vec<(Range<usize>, Decimal, Option<Currency>)> {
    let page = page::Page::of(&text[..text.floor_char_boundary(LONGEST)]);
    let days = date::all(&page, context, false);
    let taken: Vec<Range<usize>> = days.into_iter().map(|day| day.words).collect();
    let found = money::all(&page, context, &taken).into_iter();
    found
        .map(|amount| {
            (
                amount.bytes,
                amount.value,
                amount.currency.map(|(currency, _)| currency),
            )
        })
        .collect()
}

/// The days that a text names, in their order.
#[must_use]
pub fn days(text: &str, context: &Context<'_>) -> Vec<Date> {
    let page = page::Page::of(&text[..text.floor_char_boundary(LONGEST)]);
    let found = date::all(&page, context, false).into_iter();
    found.map(|day| day.date).collect()
}

#[cfg(test)]
mod tests;
