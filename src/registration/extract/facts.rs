//! Everything that was found in a text, before it is known which deal it belongs to.

use super::{
    Context,
    address::{self, Address},
    closing,
    company::{self, Firm},
    date::{self, Day},
    labels::{self, Labelled},
    layout::Part,
    money::{self, Amount},
    narrative::{self, Passage, Topic},
    page::Page,
    people::{self, Person},
    products::{Product, Products},
    source::{self, Origin},
    table, value,
    words::{GENERIC, GREETINGS},
};
use crate::registration::fold::folded;
use std::collections::HashSet;

/// The candidates for each field, each in the order of the text.
pub(super) struct Facts {
    pub(super) labels: Vec<Labelled>,
    /// Where a table was found, the cells of each of its lines.
    pub(super) rows: Vec<Vec<Labelled>>,
    pub(super) addresses: Vec<Address>,
    pub(super) days: Vec<(Day, f64)>,
    pub(super) amounts: Vec<(Amount, f64)>,
    pub(super) products: Vec<Product>,
    pub(super) people: Vec<Person>,
    pub(super) firms: Vec<Firm>,
    pub(super) origins: Vec<Origin>,
    pub(super) needs: Vec<Passage>,
    pub(super) proofs: Vec<Passage>,
    pub(super) catalogue: Products,
    pub(super) own_firms: HashSet<String>,
    pub(super) foreign: Vec<bool>,
}

impl Facts {
    /// Reads a page.
    pub(super) fn of(page: &Page<'_>, context: &Context<'_>) -> Self {
        let catalogue = Products::of(context.products);
        let rows = table::rows(page);
        let labels = if rows.is_empty() {
            labels::all(page)
        } else {
            rows.concat()
        };
        let addresses = address::all(page, context);
        let foreign = foreign(page, &addresses);
        let (own_people, own_firms) = (own_people(page, &foreign), own_firms(context));

        let days = date::all(page, context, is_american(page, context));
        let taken: Vec<_> = days.iter().map(|day| day.words.clone()).collect();
        let amounts = money::all(page, context, &taken);
        let products = catalogue.all(page, &labels);
        let people = people::all(
            page,
            &people::Known {
                products: &catalogue,
                labels: &labels,
                addresses: &addresses,
                own: &own_people,
                foreign: &foreign,
            },
        );
        let firms = company::all(
            page,
            &company::Known {
                products: &catalogue,
                labels: &labels,
                addresses: &addresses,
                people: &people,
                own: &own_firms,
                foreign: &foreign,
            },
        );
        let day_scores = closing::scores(page, &days, &labels, context);
        let amount_scores = value::scores(page, &amounts, &labels);
        let mut facts = Self {
            origins: source::all(page, &labels),
            days: days.into_iter().zip(day_scores).collect(),
            amounts: amounts.into_iter().zip(amount_scores).collect(),
            labels,
            rows,
            addresses,
            products,
            people,
            firms,
            needs: Vec::new(),
            proofs: Vec::new(),
            catalogue,
            own_firms,
            foreign,
        };
        let taken = facts.taken(page);
        let past = facts
            .days
            .iter()
            .filter(|(day, _)| day.date <= context.today)
            .map(|(day, _)| day.words.clone());
        let past = marked(page, past);
        let origin = marked(page, facts.origins.iter().map(|origin| origin.words.clone()));
        let known = narrative::Known {
            labels: &facts.labels,
            taken: &taken,
            past: &past,
            origin: &origin,
            foreign: &facts.foreign,
        };
        let needs = narrative::all(page, &known, Topic::Need);
        let proofs = narrative::all(page, &known, Topic::Proof);
        (facts.needs, facts.proofs) = (needs, proofs);
        facts
    }

    /// For each word, whether a fact was read from it.
    fn taken(&self, page: &Page<'_>) -> Vec<bool> {
        let addresses = self
            .addresses
            .iter()
            .map(|address| page.token_at(address.range.start)..page.token_at(address.range.end));
        let days = self
            .days
            .iter()
            .filter(|(_, score)| *score > 0.0)
            .map(|(day, _)| day.words.clone());
        let amounts = self
            .amounts
            .iter()
            .filter(|(_, score)| *score > 0.0)
            .map(|(amount, _)| amount.words.clone());
        let products = self.products.iter().map(|product| product.words.clone());
        let people = self
            .people
            .iter()
            .filter(|person| person.score >= people::ENOUGH)
            .map(|person| person.words.clone());
        let firms = self
            .firms
            .iter()
            .filter(|firm| firm.score >= company::ENOUGH)
            .map(|firm| firm.words.clone());
        marked(
            page,
            addresses
                .chain(days)
                .chain(amounts)
                .chain(products)
                .chain(people)
                .chain(firms),
        )
    }
}

/// For each word, whether one of the ranges holds it.
fn marked(page: &Page<'_>, ranges: impl Iterator<Item = std::ops::Range<usize>>) -> Vec<bool> {
    let mut marked = vec![false; page.tokens.len()];
    for at in ranges.flatten() {
        if let Some(word) = marked.get_mut(at) {
            *word = true;
        }
    }
    marked
}

/// Which messages come from neither the partner nor the vendor: those whose sender has another address.
fn foreign(page: &Page<'_>, addresses: &[Address]) -> Vec<bool> {
    let senders = page.layout.messages.iter().map(|message| message.sender.as_ref());
    senders
        .map(|sender| {
            sender.is_some_and(|sender| {
                addresses
                    .iter()
                    .any(|address| address.is_mail() && sender.contains(&address.range.start))
            })
        })
        .collect()
}

/// Words of the names of those who wrote the text and to whom.
fn own_people(page: &Page<'_>, foreign: &[bool]) -> HashSet<String> {
    let mut own = HashSet::new();
    for token in &page.tokens {
        let ours = !foreign.get(token.message).copied().unwrap_or_default();
        let writes = matches!(token.part, Part::Speaker | Part::Greeting)
            || (ours && matches!(token.part, Part::Signature | Part::Header));
        if writes && token.key.len() > 1 && !GREETINGS.has(&token.key) {
            own.insert(token.key.clone());
        }
    }
    own
}

/// The telling words of the partner's and the vendor's names.
fn own_firms(context: &Context<'_>) -> HashSet<String> {
    let names = format!("{} {}", context.partner_name, context.vendor_name);
    let folded = folded(&names);
    let words = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() > 2 && !GENERIC.has(word) && !super::runs::KINDS.has(word));
    words.map(str::to_owned).collect()
}

/// Whether `03/04/2026` is the fourth of March: where the money is in dollars.
fn is_american(page: &Page<'_>, context: &Context<'_>) -> bool {
    let says = page.text.contains('$') || page.tokens.iter().any(|token| token.key == "usd");
    let other = page.text.contains(['€', '£'])
        || page
            .tokens
            .iter()
            .any(|token| matches!(token.key.as_str(), "eur" | "gbp" | "euro" | "cad"));
    !other && (says || context.home_currency.code() == "USD")
}
