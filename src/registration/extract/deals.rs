//! Which deals a text tells of, and which of its facts belong to which.
//!
//! A deal is where a customer is. Where there are several, each has the text from its name to the next one's; what stands
//! before the first and behind the last holds for all of them, as far as source, need and proof are concerned.

use super::{
    Context, Draft, Field,
    address::Address,
    closing,
    company::{self, Firm},
    facts::Facts,
    labels::{Asked, Labelled},
    layout::Part,
    narrative::{self, Passage},
    page::{Page, parts},
    people, runs, value,
    words::PARTICLES,
};
use crate::registration::lexicon::{Words, lists};
use std::ops::Range;

lists! {
    INTENT = "words/deal.txt" ["intent"];
    OTHER_MATTER = "words/deal.txt" ["other matter"];
    NO_INTENT = "words/deal.txt" ["no intent"];
    DEAD = "words/deal.txt" ["dead"];
}

/// Where one deal stands.
struct Scope {
    /// Its words.
    own: Range<usize>,
    customer: Option<Firm>,
    /// Words that hold for every deal.
    shared: Vec<Range<usize>>,
}

/// Every deal of a text.
pub(super) fn all(text: &str, context: &Context<'_>) -> Vec<Draft> {
    let page = Page::of(text);
    let facts = Facts::of(&page, context);
    let scopes = scopes(&page, &facts);
    let several = scopes.len() > 1;
    scopes
        .into_iter()
        .filter(|scope| is_deal(&page, &facts, scope, several))
        .map(|scope| Reader { page: &page, facts: &facts, context, scope: &scope }.draft())
        .collect()
}

fn scopes(page: &Page<'_>, facts: &Facts) -> Vec<Scope> {
    if !facts.rows.is_empty() {
        return facts.rows.iter().filter_map(|row| of_row(row)).collect();
    }
    let whole = 0..page.tokens.len();
    let mut customers = several(page, facts);
    if customers.is_empty() {
        customers = lower_items(page, facts);
    }
    if customers.is_empty() {
        let sure = best_firm(facts, &whole, company::ENOUGH).cloned();
        let lower = || company::lower_case(page, &known(facts), &whole);
        let customer = sure.or_else(|| best_firm(facts, &whole, company::DOUBTFUL).cloned()).or_else(lower);
        return vec![Scope { own: whole, customer, shared: Vec::new() }];
    }
    let starts: Vec<usize> = customers.iter().map(|customer| customer.start).collect();
    let last = end_of_last(page, &starts);
    let shared = vec![0..starts[0], last..whole.end];
    let ends = starts[1..].iter().copied().chain([last]);
    let scopes = starts.iter().zip(ends).zip(customers).filter(|(_, customer)| customer.deal);
    scopes
        .map(|((start, end), customer)| Scope { own: *start..end, customer: Some(customer.firm), shared: shared.clone() })
        .collect()
}

fn known(facts: &Facts) -> company::Known<'_> {
    company::Known {
        products: &facts.catalogue,
        labels: &facts.labels,
        addresses: &facts.addresses,
        people: &facts.people,
        own: &facts.own_firms,
        foreign: &facts.foreign,
    }
}

fn of_row(row: &[Labelled]) -> Option<Scope> {
    let own = row.first()?.value.start..row.last()?.value.end;
    let company = row.iter().find(|cell| cell.asked == Asked::Company)?;
    let customer = Some(Firm { words: company.value.clone(), score: 1.5, address: None });
    Some(Scope { own, customer, shared: Vec::new() })
}

fn best_firm<'f>(facts: &'f Facts, scope: &Range<usize>, enough: f64) -> Option<&'f Firm> {
    let inside = facts.firms.iter().filter(|firm| firm.score >= enough && scope.contains(&firm.words.start));
    // Of those as sure, the first.
    inside.reduce(|best, firm| if firm.score > best.score + 1e-9 { firm } else { best })
}

/// The customers of a text that tells of several deals. Each has an amount, a product or a day of its own, or is only
/// named ([`Candidate::deal`] is false) and parts the others.
fn several(page: &Page<'_>, facts: &Facts) -> Vec<Candidate> {
    let mut firms: Vec<&Firm> = Vec::new();
    for firm in facts.firms.iter().filter(|firm| firm.score >= company::ENOUGH) {
        let token = &page.tokens[firm.words.start];
        let new = !firms.iter().any(|other| is_same(page, other, firm));
        if new && token.part == Part::Body && token.message == 0 {
            firms.push(firm);
        }
    }
    let starts: Vec<usize> = (0..firms.len())
        .map(|at| start_of(page, at.checked_sub(1).map_or(0, |before| firms[before].words.end), firms[at].words.start))
        .collect();
    let leading: Vec<usize> = (0..firms.len()).filter(|at| firms[*at].words.start - starts[*at] <= LEADING).collect();
    let ends = leading.iter().skip(1).map(|at| starts[*at]).chain([page.tokens.len()]);
    let all: Vec<Candidate> = leading
        .iter()
        .zip(ends)
        .map(|(at, end)| Candidate { firm: firms[*at].clone(), start: starts[*at], deal: has_facts(facts, &(starts[*at]..end)) })
        .filter(|candidate| candidate.deal || page.tokens[candidate.start].range.start == page.layout.lines[page.tokens[candidate.start].line].range.start)
        .collect();
    if all.iter().filter(|candidate| candidate.deal).count() > 1 { all } else { Vec::new() }
}

/// A customer where a deal may begin.
struct Candidate {
    firm: Firm,
    start: usize,
    deal: bool,
}

/// A deal's customer is named among its first words.
const LEADING: usize = 7;

/// Whether an amount and a product, or one of them and a day, stand there.
fn has_facts(facts: &Facts, scope: &Range<usize>) -> bool {
    let amount = facts.amounts.iter().any(|(amount, score)| *score >= value::ENOUGH && scope.contains(&amount.words.start));
    let product = facts.products.iter().any(|product| scope.contains(&product.words.start));
    let day = facts.days.iter().any(|(day, score)| *score >= closing::ENOUGH && scope.contains(&day.words.start));
    [amount, product, day].into_iter().filter(|yes| *yes).count() >= 2
}

/// Whether one of two names is the other one, shortened.
fn is_same(page: &Page<'_>, a: &Firm, b: &Firm) -> bool {
    let telling = |firm: &Firm| -> Vec<String> {
        let keys = firm.words.clone().filter(|at| runs::legal_form(page, *at).is_none()).map(|at| page.tokens[at].key.clone());
        keys.filter(|key| !PARTICLES.has(key)).collect()
    };
    let (a, b) = (telling(a), telling(b));
    a.iter().all(|word| b.contains(word)) || b.iter().all(|word| a.contains(word))
}

/// Where the text about a customer begins: the last line between the one before and its name, or else the last sentence
/// or clause.
fn start_of(page: &Page<'_>, after: usize, name: usize) -> usize {
    let line = (after + 1..=name).rev().find(|at| page.tokens[*at].line != page.tokens[at - 1].line);
    let sentence = || (after + 1..=name).rev().find(|at| page.tokens[*at].sentence != page.tokens[at - 1].sentence);
    let clause = || (after + 1..=name).rev().find(|at| parts(page.gap(*at)));
    if after == 0 && line.is_none() {
        return page.sentence_of(name).start;
    }
    line.or_else(sentence).or_else(clause).unwrap_or(name)
}

/// Where the last deal ends: with its line, when each of the others is one line; with its paragraph otherwise.
fn end_of_last(page: &Page<'_>, starts: &[usize]) -> usize {
    let all = page.tokens.len();
    let Some(last) = starts.last().copied() else { return all };
    let blank = |at: usize| page.gap(at).matches('\n').count() > 1;
    let line = |at: usize| page.tokens[at].line;
    let single = starts.windows(2).all(|pair| line(pair[1] - 1) == line(pair[0]));
    (last + 1..all)
        .find(|at| blank(*at) || (single && line(*at) != line(last)) || page.tokens[*at].part != Part::Body)
        .unwrap_or(all)
}

/// Customers of a numbered list that is written in small letters.
fn lower_items(page: &Page<'_>, facts: &Facts) -> Vec<Candidate> {
    let starts = |at: &usize| {
        let line = page.tokens[*at].line;
        page.layout.lines[line].bullet && (*at == 0 || page.tokens[at - 1].line != line) && !page.tokens[*at].capital
    };
    let items: Vec<usize> = (0..page.tokens.len()).filter(starts).collect();
    let ends = items.iter().skip(1).copied().chain([page.tokens.len()]);
    let scopes: Vec<_> = items.iter().copied().zip(ends).map(|(start, end)| start..end).collect();
    let known = known(facts);
    let facts_of_own = scopes.iter().filter(|scope| has_facts(facts, scope)).count();
    if facts_of_own == 0 {
        return Vec::new();
    }
    let named = |scope: &Range<usize>| {
        let firm = company::lower_case(page, &known, scope)?;
        Some(Candidate { firm, start: scope.start, deal: true })
    };
    let all: Vec<Candidate> = scopes.iter().filter_map(named).collect();
    if all.len() > 1 { all } else { Vec::new() }
}

/// Whether there is a deal to register, rather than a question, a letter of thanks or an absence note.
fn is_deal(page: &Page<'_>, facts: &Facts, scope: &Scope, several: bool) -> bool {
    let body = |at: &usize| matches!(page.tokens[*at].part, Part::Body | Part::Subject);
    let says = |list: &crate::registration::lexicon::Phrases| scope.own.clone().filter(body).any(|at| list.at(page, at).is_some());
    if says(&DEAD) || (!several && says(&OTHER_MATTER)) {
        return false;
    }
    let customer = scope.customer.as_ref().map_or(0.0, |firm| firm.score);
    let amount = facts.amounts.iter().any(|(amount, score)| *score >= value::ENOUGH && scope.own.contains(&amount.words.start));
    let product = facts.products.iter().any(|product| product.score > 0.5 && scope.own.contains(&product.words.start));
    let need = facts.needs.iter().any(|need| need.score >= narrative::ENOUGH && scope.own.contains(&need.words.start));
    let intent = says(&INTENT);
    let signs = [amount, product, need, intent].into_iter().filter(|sign| *sign).count();
    if several {
        return true;
    }
    if says(&NO_INTENT) {
        return customer > 0.0 && signs >= 3;
    }
    if customer > 0.0 { signs >= 1 } else { intent && (amount || product) && signs >= 3 }
}

/// Fills the fields of one deal.
struct Reader<'r, 't> {
    page: &'r Page<'t>,
    facts: &'r Facts,
    context: &'r Context<'r>,
    scope: &'r Scope,
}

impl Reader<'_, '_> {
    fn inside(&self, at: usize) -> bool {
        self.scope.own.contains(&at)
    }

    fn draft(&self) -> Draft {
        let people = || self.facts.people.iter().filter(|person| self.inside(person.words.start));
        let person = best(people().filter(|person| person.score >= people::ENOUGH), |person| person.score)
            .or_else(|| best(people().filter(|person| person.score >= people::DOUBTFUL), |person| person.score));
        let amount = best(self.facts.amounts.iter().filter(|(amount, score)| *score >= value::ENOUGH && self.inside(amount.words.start)), |(_, score)| *score);
        let day = best(self.facts.days.iter().filter(|(day, score)| *score >= closing::ENOUGH && self.inside(day.words.start)), |(_, score)| *score);
        let product = best(self.facts.products.iter().filter(|product| product.score > 0.3 && self.inside(product.words.start)), |product| product.score);
        let mail = self.mail(person.and_then(|person| person.address), person.is_some());
        let need = self.passage(&self.facts.needs);
        Draft {
            company: self.scope.customer.as_ref().map(|firm| self.company(firm)),
            domain: self.domain(mail.as_ref().map(|(address, _)| *address)),
            contact: person.map(|person| self.text(&self.page.bytes(&person.words), sure(person.score, people::ENOUGH))),
            contact_email: mail.map(|(address, confidence)| self.text(&address.range, confidence)),
            value: amount.map(|(amount, score)| field(amount.value, amount.bytes.clone(), sure(*score, value::ENOUGH))),
            currency: amount.and_then(|(amount, score)| self.currency(amount, *score)),
            close_date: day.map(|(day, score)| field(day.date, self.page.bytes(&day.words), sure(*score, closing::ENOUGH))),
            product: product.and_then(|product| {
                let name = self.context.products.get(product.index)?.clone();
                Some(field(name, self.page.bytes(&product.words), product.score.clamp(0.5, 0.95)))
            }),
            source: self.source(),
            proof: self.proof(need.as_ref()),
            need,
        }
    }

    fn text(&self, bytes: &Range<usize>, confidence: f64) -> Field<String> {
        field(self.page.slice(bytes).to_owned(), bytes.clone(), confidence)
    }

    fn company(&self, firm: &Firm) -> Field<String> {
        let mut bytes = self.page.bytes(&firm.words);
        // The stop of "S.p.A." belongs to the name.
        let last = firm.words.end.saturating_sub(1);
        let stops = self.page.key(last).len() <= 3 && (firm.words.start + 1..=last).any(|at| runs::legal_form(self.page, at).is_some());
        if stops && self.page.text[bytes.end..].starts_with('.') {
            bytes.end += 1;
        }
        self.text(&bytes, sure(firm.score, company::ENOUGH))
    }

    /// The contact's address, or the only one there is.
    fn mail(&self, of_person: Option<usize>, named: bool) -> Option<(&Address, f64)> {
        let all = &self.facts.addresses;
        let inside = |address: &&Address| address.is_mail() && self.inside(self.page.token_at(address.range.start));
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
        let inside = |address: &&Address| !address.is_free() && self.inside(self.page.token_at(address.range.start));
        let site = self.facts.addresses.iter().filter(inside).find(|address| !address.is_mail());
        let of_firm = self.scope.customer.as_ref().and_then(|firm| self.facts.addresses.get(firm.address?));
        let mail = mail.filter(|mail| !mail.is_free());
        let address = of_firm.filter(inside).or(mail).or(site).or_else(|| self.facts.addresses.iter().find(inside))?;
        Some(field(address.domain.clone(), address.domain_range.clone(), if of_firm.is_some() { 0.95 } else { 0.85 }))
    }

    /// That of the amount, of a column, or of another amount of this deal: "40.000 Euro … no, 14.000".
    fn currency(&self, amount: &super::money::Amount, score: f64) -> Option<Field<crate::program::money::Currency>> {
        if let Some((currency, bytes)) = &amount.currency {
            return Some(field(*currency, bytes.clone(), sure(score, value::ENOUGH).max(0.7)));
        }
        let cell = self.facts.labels.iter().find(|label| label.asked == Asked::Currency && self.inside(label.value.start));
        if let Some(cell) = cell {
            let code = self.page.slice(&self.page.bytes(&cell.value)).trim().to_uppercase();
            return code.parse().ok().map(|currency| field(currency, self.page.bytes(&cell.value), 0.9));
        }
        // "50k depending on seats, euros".
        let sentence = self.page.sentence_of(amount.words.start);
        let said = (amount.words.end..sentence.end).filter(|at| self.page.key(*at).len() > 2).find_map(|at| {
            let code = super::money::CURRENCIES.value(self.page.key(at))?;
            Some((code.parse().ok()?, self.page.tokens[at].range.clone()))
        });
        if let Some((currency, bytes)) = said {
            return Some(field(currency, bytes, 0.7));
        }
        let others = self.facts.amounts.iter().filter(|(other, _)| self.inside(other.words.start));
        let (currency, bytes) = others.filter_map(|(other, _)| other.currency.clone()).next()?;
        Some(field(currency, bytes, 0.6))
    }

    fn source(&self) -> Option<Field<super::Source>> {
        let within = |origin: &&super::source::Origin| self.inside(origin.words.start);
        let shared = |origin: &&super::source::Origin| self.scope.shared.iter().any(|shared| shared.contains(&origin.words.start));
        let origins = &self.facts.origins;
        let origin = best(origins.iter().filter(within), |origin| origin.score).or_else(|| best(origins.iter().filter(shared), |origin| origin.score))?;
        (origin.score > 0.3).then(|| field(origin.source, self.page.bytes(&origin.words), origin.score.clamp(0.4, 0.95)))
    }

    fn passage(&self, all: &[Passage]) -> Option<Field<String>> {
        let within = |passage: &&Passage| passage.score >= narrative::ENOUGH && self.inside(passage.words.start);
        let shared = |passage: &&Passage| passage.score >= narrative::ENOUGH && self.scope.shared.iter().any(|shared| shared.contains(&passage.words.start));
        let passage = best(all.iter().filter(within), |passage| passage.score).or_else(|| best(all.iter().filter(shared), |passage| passage.score))?;
        Some(self.text(&self.page.bytes(&passage.words), sure(passage.score, narrative::ENOUGH)))
    }

    /// Other words than those of the need.
    fn proof(&self, need: Option<&Field<String>>) -> Option<Field<String>> {
        let apart = |passage: &Passage| {
            let bytes = self.page.bytes(&passage.words);
            need.is_none_or(|need| need.words.end <= bytes.start || bytes.end <= need.words.start)
        };
        let proofs: Vec<Passage> = self.facts.proofs.iter().filter(|passage| apart(passage)).cloned().collect();
        self.passage(&proofs)
    }
}

/// The one with the highest score; of several, the first.
fn best<T>(all: impl Iterator<Item = T>, score: impl Fn(&T) -> f64) -> Option<T> {
    all.reduce(|best, next| if score(&next) > score(&best) + 1e-9 { next } else { best })
}

fn field<T>(value: T, words: Range<usize>, confidence: f64) -> Field<T> {
    Field { value, words, confidence }
}

/// How sure a score makes: one that is just enough is right a little more often than not.
fn sure(score: f64, enough: f64) -> f64 {
    (0.55 + 0.55 * (score - enough)).clamp(0.3, 0.97)
}
