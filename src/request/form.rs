//! What a partner is shown before anything is written, and what it makes of it.
//!
//! A form is plain data: which fields there are, what stands in them, the words that this was read from and how sure
//! the reading is. [`Form::fill`] takes what the partner sends back; what it accepts is exactly what will be written.

use crate::{
    program::money::{Currency, Money},
    registration::extract::{self, Context},
};
use jiff::civil::Date;
use lettre::Address;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is asked of the vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A deal is claimed.
    RegisterDeal,
    /// A protection window is to last longer.
    ExtendProtection,
    /// A registration is taken back.
    WithdrawRegistration,
    /// What comes next on a deal.
    UpdateDeal,
    /// A deal is to be attributed otherwise.
    DisputeAttribution,
    /// Money for joint marketing.
    RequestMdf,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::RegisterDeal,
        Self::ExtendProtection,
        Self::WithdrawRegistration,
        Self::UpdateDeal,
        Self::DisputeAttribution,
        Self::RequestMdf,
    ];

    /// As stored, and as the tool is called that proposes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RegisterDeal => "register_deal",
            Self::ExtendProtection => "extend_protection",
            Self::WithdrawRegistration => "withdraw_registration",
            Self::UpdateDeal => "update_deal",
            Self::DisputeAttribution => "dispute_attribution",
            Self::RequestMdf => "request_mdf",
        }
    }

    /// For people: `asks to …`.
    #[must_use]
    pub fn shown(self) -> &'static str {
        match self {
            Self::RegisterDeal => "register a deal",
            Self::ExtendProtection => "extend a protection window",
            Self::WithdrawRegistration => "withdraw a registration",
            Self::UpdateDeal => "update a deal",
            Self::DisputeAttribution => "change an attribution",
            Self::RequestMdf => "grant marketing funds",
        }
    }

    /// Whether somebody of the vendor decides; the others are the partner's own to do.
    #[must_use]
    pub fn is_decided(self) -> bool {
        !matches!(self, Self::WithdrawRegistration | Self::UpdateDeal)
    }
}

/// A field of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Name {
    /// Whom the deal is with.
    Customer,
    /// The customer's domain.
    Domain,
    /// A product of the catalogue.
    Product,
    /// What it is worth.
    Amount,
    /// What that is in.
    Currency,
    /// When it is expected to be signed.
    CloseDate,
    /// Whom it is discussed with.
    Contact,
    /// That person's address.
    ContactEmail,
    /// How the partner came by it.
    Source,
    /// What the customer needs.
    Need,
    /// Why it is real.
    Proof,
    /// The registration that it is about.
    Registration,
    /// The deal that it is about.
    Deal,
    /// The last protected day that is asked for.
    ProtectedUntil,
    /// What comes next.
    NextStep,
    /// As the deal is attributed.
    Attribution,
    /// As it is to be attributed.
    Claimed,
    /// The fund that money is asked of.
    Fund,
    /// What the money is for.
    Activity,
    /// Why.
    Reason,
}

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// A line.
    Text,
    /// Some lines.
    LongText,
    /// An address of a person.
    Email,
    /// One of the field's choices.
    Choice,
    /// An amount in major units of the form's currency.
    Amount,
    /// A day that is not over.
    Date,
    /// Shown, and not to be changed.
    Fixed,
}

/// Longest values, in characters.
const LINE: usize = 200;
const LINES: usize = 2_000;

/// One field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Which.
    pub name: Name,
    /// For people.
    pub label: String,
    /// What it takes.
    #[serde(rename = "type")]
    pub kind: FieldKind,
    /// What stands in it: dates in ISO form, amounts as plain decimals.
    pub value: Option<String>,
    /// Whether nothing is written without it.
    pub required: bool,
    /// What a choice may be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// The words that the value was read from.
    pub words: Option<String>,
    /// Roughly how often such a reading is right, 0 to 1.
    pub confidence: Option<f64>,
}

impl Field {
    /// An empty field that is not required.
    #[must_use]
    pub fn new(name: Name, label: &str, kind: FieldKind) -> Self {
        Self {
            name,
            label: label.to_owned(),
            kind,
            value: None,
            required: false,
            choices: Vec::new(),
            words: None,
            confidence: None,
        }
    }

    /// What is shown beside what is asked.
    #[must_use]
    pub fn fixed(name: Name, label: &str, value: impl Into<String>) -> Self {
        Self {
            value: Some(value.into()),
            ..Self::new(name, label, FieldKind::Fixed)
        }
    }

    /// Nothing is written without it.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// One of these.
    #[must_use]
    pub fn among(mut self, choices: impl IntoIterator<Item = String>) -> Self {
        self.choices = choices.into_iter().collect();
        self
    }

    /// With this in it.
    #[must_use]
    pub fn with(mut self, value: Option<String>) -> Self {
        self.value = value;
        self
    }

    /// With what a text says, in these of its words.
    #[must_use]
    pub fn read<T>(
        mut self,
        text: &str,
        read: Option<&extract::Field<T>>,
        show: impl Fn(&T) -> String,
    ) -> Self {
        if let Some(read) = read {
            self.value = Some(show(&read.value));
            self.words = text.get(read.words.clone()).map(str::to_owned);
            self.confidence = Some((read.confidence * 100.0).round() / 100.0);
        }
        self
    }
}

/// Something to know before consenting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// A stable code: `possible_conflict`, `already_registered`, `not_checked` …
    pub code: String,
    /// A sentence for the partner. It never names another one.
    pub text: String,
}

/// What a partner is shown, and consents to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Form {
    /// What is asked.
    pub kind: Kind,
    /// The CRM's id of the record that it is about; none for one that is yet to be made.
    pub record: Option<String>,
    /// The fields, in the order to be shown.
    pub fields: Vec<Field>,
    /// What to know.
    pub notices: Vec<Notice>,
}

/// Why what a partner sent cannot be written: what is wrong with which field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// Whether nothing is wrong but that something is missing.
    pub only_missing: bool,
    /// A sentence for each field that is wrong.
    pub fields: BTreeMap<Name, &'static str>,
}

impl Form {
    /// What stands in a field.
    #[must_use]
    pub fn value(&self, name: Name) -> Option<&str> {
        self.field(name)?.value.as_deref()
    }

    fn field(&self, name: Name) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The amount, where the form has one with its currency.
    #[must_use]
    pub fn money(&self) -> Option<Money> {
        let currency: Currency = self.value(Name::Currency)?.parse().ok()?;
        money(self.value(Name::Amount)?.parse().ok()?, currency)
    }

    /// The day in a field.
    #[must_use]
    pub fn date(&self, name: Name) -> Option<Date> {
        self.value(name)?.parse().ok()
    }

    /// In a line, for lists: `Norlund AB · Weave · EUR 45,000.00`.
    #[must_use]
    pub fn summary(&self) -> String {
        let told = [
            Name::Registration,
            Name::Deal,
            Name::Customer,
            Name::Product,
            Name::Activity,
            Name::Claimed,
            Name::ProtectedUntil,
        ];
        let values = told.into_iter().filter_map(|name| self.value(name));
        let values = values
            .map(str::to_owned)
            .chain(self.money().map(|money| money.to_string()));
        values.collect::<Vec<_>>().join(" · ")
    }

    /// Takes what the partner sends back: values by the name of their field, those that are not sent stay. Afterwards
    /// every value is in its field's form.
    ///
    /// # Errors
    /// With everything that is missing or cannot be written; then nothing has changed.
    pub fn fill(&mut self, given: &BTreeMap<Name, String>, today: Date) -> Result<(), Unfit> {
        let mut filled = self.clone();
        for field in filled
            .fields
            .iter_mut()
            .filter(|field| field.kind != FieldKind::Fixed)
        {
            if let Some(value) = given.get(&field.name) {
                field.value = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
            }
        }
        let currency = filled.value(Name::Currency).and_then(|code| code.parse().ok());
        let mut unfit = Unfit {
            only_missing: true,
            fields: BTreeMap::new(),
        };
        for field in &mut filled.fields {
            match &field.value {
                None if field.required => {
                    unfit.fields.insert(field.name, "This is needed.");
                }
                None => {}
                Some(value) => match accepted(field, value, currency, today) {
                    Ok(value) => field.value = Some(value),
                    Err(problem) => {
                        unfit.only_missing = false;
                        unfit.fields.insert(field.name, problem);
                    }
                },
            }
        }
        if !unfit.fields.is_empty() {
            return Err(unfit);
        }
        *self = filled;
        Ok(())
    }
}

/// A value in the form of its field; the error says what to write instead.
fn accepted(
    field: &Field,
    value: &str,
    currency: Option<Currency>,
    today: Date,
) -> Result<String, &'static str> {
    match field.kind {
        FieldKind::Fixed => Ok(value.to_owned()),
        FieldKind::Text => line(value),
        FieldKind::LongText if value.chars().count() > LINES => Err("At most 2,000 characters."),
        FieldKind::LongText => Ok(value.to_owned()),
        FieldKind::Email => match value.parse::<Address>() {
            Ok(address) => Ok(address.to_string()),
            Err(_) => Err("Write an e-mail address, like name@example.com."),
        },
        FieldKind::Choice => {
            let known = field
                .choices
                .iter()
                .find(|choice| choice.eq_ignore_ascii_case(value));
            known.cloned().ok_or("Choose one of those that are offered.")
        }
        FieldKind::Amount => {
            let currency = currency.ok_or("An amount needs a currency.")?;
            amount(value, currency, today).ok_or("Write an amount, like 45000 or 45,000.50.")
        }
        FieldKind::Date => {
            let day = day(value, today).ok_or("Write a day, like 2026-09-30.")?;
            if day < today {
                return Err("This day is over.");
            }
            Ok(day.to_string())
        }
    }
}

fn line(value: &str) -> Result<String, &'static str> {
    let words: Vec<&str> = value.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() > LINE {
        return Err("At most 200 characters.");
    }
    Ok(line)
}

/// A text that is one amount, as a plain decimal with its currency's decimals.
fn amount(text: &str, currency: Currency, today: Date) -> Option<String> {
    let read = extract::amounts(text, &Context::of_day(today, currency));
    let [(value, named)] = read[..] else { return None };
    let is_other = named.is_some_and(|named| named != currency);
    let money = money(value, currency).filter(|money| money.minor > 0 && !is_other)?;
    Some(money.decimal())
}

/// Major units as an amount, where the currency has that many decimals.
#[must_use]
pub fn money(value: Decimal, currency: Currency) -> Option<Money> {
    let minor = value.checked_mul(Decimal::from(10_u64.pow(currency.decimals())))?;
    (minor.fract().is_zero()).then_some(())?;
    Some(Money::new(minor.to_i64()?, currency))
}

/// A text that is one day.
fn day(text: &str, today: Date) -> Option<Date> {
    if let Ok(day) = text.parse() {
        return Some(day);
    }
    let currency = "EUR".parse().ok()?;
    match extract::days(text, &Context::of_day(today, currency))[..] {
        [day] => Some(day),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
