//! The fields of one deal: of the candidates that belong to it, the best of each kind.

use super::{
    Context, Draft, Field, Source,
    address::Address,
    closing,
    company::{self, Firm},
    deals::Scope,
    facts::Facts,
    labels::Asked,
    money::{Amount, CURRENCIES},
    narrative::{self, Passage},
    page::Page,
    people::{self, Person},
    runs,
    source::Origin,
    value,
};
use crate::{program::money::Currency, registration::lexicon::Words};
use std::ops::Range;

/// Fills the fields of one deal.
pub(super) struct Reader<'r, 't> {
    pub(super) page: &'r Page<'t>,
    pub(super) facts: &'r Facts,
    pub(super) context: &'r Context<'r>,
    pub(super) scope: &'r Scope,
}

impl Reader<'_, '_> {
    fn inside(&self, at: usize) -> bool {
        self.scope.own.contains(&at)
    }

    /// The deal.
    pub(super) fn draft(&self) -> Draft {
        let person = self.person();
        let amount = best(
            self.facts
                .amounts
                .iter()
                .filter(|(amount, score)| *score >= value::ENOUGH && self.inside(amount.words.start)),
            |(_, score)| *score,
        );
        let day = best(
            self.facts
                .days
                .iter()
                .filter(|(day, score)| *score >= closing::ENOUGH && self.inside(day.words.start)),
            |(_, score)| *score,
        );
        let product = best(
            self.facts
                .products
                .iter()
                .filter(|product| product.score > 0.3 && self.inside(product.words.start)),
            |product| product.score,
        );
        let mail = self.mail(person.and_then(|person| person.address), person.is_some());
        let need = self.passage(&self.facts.needs);
        Draft {
            company: self.scope.customer.as_ref().map(|firm| self.company(firm)),
            domain: self.domain(mail.as_ref().map(|(address, _)| *address)),
            contact: person.map(|person| {
                self.text(
                    &self.page.bytes(&person.words),
                    sure(person.score, people::ENOUGH),
                )
            }),
            contact_email: mail.map(|(address, confidence)| self.text(&address.range, confidence)),
            value: amount.map(|(amount, score)| {
                field(amount.value, amount.bytes.clone(), sure(*score, value::ENOUGH))
            }),
            currency: amount.and_then(|(amount, score)| self.currency(amount, *score)),
            close_date: day.map(|(day, score)| {
                field(
                    day.date,
                    self.page.bytes(&day.words),
                    sure(*score, closing::ENOUGH),
                )
            }),
            product: product.and_then(|product| {
                let name = self.context.products.get(product.index)?.clone();
                Some(field(
                    name,
                    self.page.bytes(&product.words),
                    product.score.clamp(0.5, 0.95),
                ))
            }),
            source: self.source(),
            proof: self.proof(need.as_ref()),
            need,
        }
    }

    /// The likeliest contact, by the longest of the names the text gives this person.
    fn person(&self) -> Option<&Person> {
        let people = || {
            self.facts
                .people
                .iter()
                .filter(|person| self.inside(person.words.start))
        };
        let enough = |least: f64| {
            best(people().filter(|person| person.score >= least), |person| {
                person.score
            })
        };
        let person = enough(people::ENOUGH).or_else(|| enough(people::DOUBTFUL))?;
        let holds = |other: &&Person| {
            let key = |at| self.page.key(at);
            other.score > 0.0
                && person
                    .words
                    .clone()
                    .all(|at| other.words.clone().any(|word| key(word) == key(at)))
        };
        people().filter(holds).reduce(|best, next| {
            if next.words.len() > best.words.len() {
                next
            } else {
                best
            }
        })
    }

    fn text(&self, bytes: &Range<usize>, confidence: f64) -> Field<String> {
        field(self.page.slice(bytes).to_owned(), bytes.clone(), confidence)
    }

    fn company(&self, firm: &Firm) -> Field<String> {
        let mut bytes = self.page.bytes(&firm.words);
        // The stop of "S.p.A." belongs to the name.
        let last = firm.words.end.saturating_sub(1);
        let stops = self.page.key(last).len() <= 3
            && (firm.words.start + 1..=last).any(|at| runs::legal_form(self.page, at).is_some());
        if stops && self.page.text[bytes.end..].starts_with('.') {
            bytes.end += 1;
        }
        self.text(&bytes, sure(firm.score, company::ENOUGH))
    }

    /// The contact's address, or the only one there is.
    fn mail(&self, of_person: Option<usize>, named: bool) -> Option<(&Address, f64)> {
        let all = &self.facts.addresses;
        let inside =
            |address: &&Address| address.is_mail() && self.inside(self.page.token_at(address.range.start));
        if let Some(address) = of_person.and_then(|index| all.get(index)) {
            return Some((address, 0.95));
        }
        let mut mails: Vec<&Address> = all.iter().filter(inside).collect();
        mails.dedup_by(|a, b| a.local == b.local && a.domain == b.domain);
        match mails.as_slice() {
            [] => None,
            [only] => Some((only, if named { 0.7 } else { 0.8 })),
            [first, ..] => Some((first, 0.5)),
        }
    }

    fn domain(&self, mail: Option<&Address>) -> Option<Field<String>> {
        let inside =
            |address: &&Address| !address.is_free() && self.inside(self.page.token_at(address.range.start));
        let site = self
            .facts
            .addresses
            .iter()
            .filter(inside)
            .find(|address| !address.is_mail());
        let of_firm = self
            .scope
            .customer
            .as_ref()
            .and_then(|firm| self.facts.addresses.get(firm.address?));
        let mail = mail.filter(|mail| !mail.is_free());
        let address = of_firm
            .filter(inside)
            .or(mail)
            .or(site)
            .or_else(|| self.facts.addresses.iter().find(inside))?;
        Some(field(
            address.domain.clone(),
            address.domain_range.clone(),
            if of_firm.is_some() { 0.95 } else { 0.85 },
        ))
    }

    /// That of the amount, of a column, or of another amount of this deal: "40.000 Euro … no, 14.000".
    fn currency(&self, amount: &Amount, score: f64) -> Option<Field<Currency>> {
        if let Some((currency, bytes)) = &amount.currency {
            return Some(field(
                *currency,
                bytes.clone(),
                sure(score, value::ENOUGH).max(0.7),
            ));
        }
        let cell = self
            .facts
            .labels
            .iter()
            .find(|label| label.asked == Asked::Currency && self.inside(label.value.start));
        if let Some(cell) = cell {
            let code = self
                .page
                .slice(&self.page.bytes(&cell.value))
                .trim()
                .to_uppercase();
            return code
                .parse()
                .ok()
                .map(|currency| field(currency, self.page.bytes(&cell.value), 0.9));
        }
        // "50k depending on seats, euros".
        let sentence = self.page.sentence_of(amount.words.start);
        let said = (amount.words.end..sentence.end)
            .filter(|at| self.page.key(*at).len() > 2)
            .find_map(|at| {
                let code = CURRENCIES.value(self.page.key(at))?;
                Some((code.parse().ok()?, self.page.tokens[at].range.clone()))
            });
        if let Some((currency, bytes)) = said {
            return Some(field(currency, bytes, 0.7));
        }
        let others = self
            .facts
            .amounts
            .iter()
            .filter(|(other, _)| self.inside(other.words.start));
        let (currency, bytes) = others.filter_map(|(other, _)| other.currency.clone()).next()?;
        Some(field(currency, bytes, 0.6))
    }

    fn source(&self) -> Option<Field<Source>> {
        let within = |origin: &&Origin| self.inside(origin.words.start);
        let shared = |origin: &&Origin| {
            self.scope
                .shared
                .iter()
                .any(|shared| shared.contains(&origin.words.start))
        };
        let origins = &self.facts.origins;
        let origin = best(origins.iter().filter(within), |origin| origin.score)
            .or_else(|| best(origins.iter().filter(shared), |origin| origin.score))?;
        (origin.score > 0.3).then(|| {
            field(
                origin.source,
                self.page.bytes(&origin.words),
                origin.score.clamp(0.4, 0.95),
            )
        })
    }

    fn passage(&self, all: &[Passage]) -> Option<Field<String>> {
        let within =
            |passage: &&Passage| passage.score >= narrative::ENOUGH && self.inside(passage.words.start);
        let shared = |passage: &&Passage| {
            passage.score >= narrative::ENOUGH
                && self
                    .scope
                    .shared
                    .iter()
                    .any(|shared| shared.contains(&passage.words.start))
        };
        let passage = best(all.iter().filter(within), |passage| passage.score)
            .or_else(|| best(all.iter().filter(shared), |passage| passage.score))?;
        Some(self.text(
            &self.page.bytes(&passage.words),
            sure(passage.score, narrative::ENOUGH),
        ))
    }

    /// Other words than those of the need.
    fn proof(&self, need: Option<&Field<String>>) -> Option<Field<String>> {
        let apart = |passage: &Passage| {
            let bytes = self.page.bytes(&passage.words);
            need.is_none_or(|need| need.words.end <= bytes.start || bytes.end <= need.words.start)
        };
        let proofs: Vec<Passage> = self
            .facts
            .proofs
            .iter()
            .filter(|passage| apart(passage))
            .cloned()
            .collect();
        self.passage(&proofs)
    }
}

/// The one with the highest score; of several, the first.
fn best<T>(all: impl Iterator<Item = T>, score: impl Fn(&T) -> f64) -> Option<T> {
    all.reduce(|best, next| {
        if score(&next) > score(&best) + 1e-9 {
            next
        } else {
            best
        }
    })
}

fn field<T>(value: T, words: Range<usize>, confidence: f64) -> Field<T> {
    Field {
        value,
        words,
        confidence,
    }
}

/// How sure a score makes: one that is just enough is right a little more often than not.
fn sure(score: f64, enough: f64) -> f64 {
    (0.55 + 0.55 * (score - enough)).clamp(0.3, 0.97)
}
