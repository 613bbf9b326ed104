//! Which deals a text tells of, and which of its facts belong to which.
//!
//! A deal is where a customer is. Where there are several, each has the text from its name to the next one's; what stands
//! before the first and behind the last holds for all of them, as far as source, need and proof are concerned.

use super::{
    Context, Draft, closing,
    company::{self, Firm},
    draft,
    facts::Facts,
    labels::{Asked, Labelled},
    layout::Part,
    narrative,
    page::{Page, parts},
    people, runs, value,
    words::PARTICLES,
};
use crate::registration::lexicon::lists;
use std::ops::Range;

lists! {
    INTENT = "words/deal.txt" ["intent"];
    OTHER_MATTER = "words/deal.txt" ["other matter"];
    NO_INTENT = "words/deal.txt" ["no intent"];
    DEAD = "words/deal.txt" ["dead"];
}

/// Where one deal stands.
pub(super) struct Scope {
    /// Its words.
    pub(super) own: Range<usize>,
    pub(super) customer: Option<Firm>,
    /// Words that hold for every deal.
    pub(super) shared: Vec<Range<usize>>,
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
        .map(|scope| {
            draft::Reader {
                page: &page,
                facts: &facts,
                context,
                scope: &scope,
            }
            .draft()
        })
        .collect()
}

fn scopes(page: &Page<'_>, facts: &Facts) -> Vec<Scope> {
    if !facts.rows.is_empty() {
        return facts.rows.iter().filter_map(|row| of_row(row)).collect();
    }
    let whole = 0..page.tokens.len();
    let mut customers = listed(page, facts);
    if customers.is_empty() {
        customers = several(page, facts);
    }
    if customers.is_empty() {
        let sure = best_firm(facts, &whole, company::ENOUGH).cloned();
        let lower = || company::lower_case(page, &known(facts), &whole);
        let customer = sure
            .or_else(|| best_firm(facts, &whole, company::DOUBTFUL).cloned())
            .or_else(lower);
        return vec![Scope {
            own: whole,
            customer,
            shared: Vec::new(),
        }];
    }
    let starts: Vec<usize> = customers.iter().map(|customer| customer.start).collect();
    let last = end_of_last(page, &starts);
    let shared = vec![0..starts[0], last..whole.end];
    let ends = starts[1..].iter().copied().chain([last]);
    let scopes = starts
        .iter()
        .zip(ends)
        .zip(customers)
        .filter(|(_, customer)| customer.deal);
    scopes
        .map(|((start, end), customer)| Scope {
            own: *start..end,
            customer: Some(customer.firm),
            shared: shared.clone(),
        })
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
    let customer = Some(Firm {
        words: company.value.clone(),
        score: 1.5,
        address: None,
    });
    Some(Scope {
        own,
        customer,
        shared: Vec::new(),
    })
}

fn best_firm<'f>(facts: &'f Facts, scope: &Range<usize>, enough: f64) -> Option<&'f Firm> {
    let inside = facts
        .firms
        .iter()
        .filter(|firm| firm.score >= enough && scope.contains(&firm.words.start));
    // Of those as sure, the first.
    inside.reduce(|best, firm| {
        if firm.score > best.score + 1e-9 {
            firm
        } else {
            best
        }
    })
}

/// The customers of a text that tells of several deals. Each has an amount, a product or a day of its own, or is only
/// named ([`Candidate::deal`] is false) and parts the others.
fn several(page: &Page<'_>, facts: &Facts) -> Vec<Candidate> {
    let mut firms: Vec<&Firm> = Vec::new();
    for firm in facts.firms.iter().filter(|firm| firm.score >= company::ENOUGH) {
        let token = &page.tokens[firm.words.start];
        let new = firms.len() < MOST && !firms.iter().any(|other| is_same(page, other, firm));
        if new && token.part == Part::Body && token.message == 0 {
            firms.push(firm);
        }
    }
    let starts: Vec<usize> = (0..firms.len())
        .map(|at| {
            start_of(
                page,
                at.checked_sub(1).map_or(0, |before| firms[before].words.end),
                firms[at].words.start,
            )
        })
        .collect();
    let leading: Vec<usize> = (0..firms.len())
        .filter(|at| firms[*at].words.start - starts[*at] <= LEADING)
        .collect();
    let ends = leading
        .iter()
        .skip(1)
        .map(|at| starts[*at])
        .chain([page.tokens.len()]);
    let all: Vec<Candidate> = leading
        .iter()
        .zip(ends)
        .map(|(at, end)| Candidate {
            firm: firms[*at].clone(),
            start: starts[*at],
            deal: has_facts(facts, &(starts[*at]..end)),
        })
        .filter(|candidate| {
            candidate.deal
                || page.tokens[candidate.start].range.start
                    == page.layout.lines[page.tokens[candidate.start].line].range.start
        })
        .collect();
    if all.iter().filter(|candidate| candidate.deal).count() > 1 {
        all
    } else {
        Vec::new()
    }
}

/// A customer where a deal may begin.
struct Candidate {
    firm: Firm,
    start: usize,
    deal: bool,
}

/// More deals than a person pastes at once.
const MOST: usize = 200;
/// A deal's customer is named among its first words.
const LEADING: usize = 7;

/// Whether an amount and a product, or one of them and a day, stand there.
fn has_facts(facts: &Facts, scope: &Range<usize>) -> bool {
    let amount = facts
        .amounts
        .iter()
        .any(|(amount, score)| *score >= value::ENOUGH && scope.contains(&amount.words.start));
    let product = facts
        .products
        .iter()
        .any(|product| scope.contains(&product.words.start));
    let day = facts
        .days
        .iter()
        .any(|(day, score)| *score >= closing::ENOUGH && scope.contains(&day.words.start));
    [amount, product, day].into_iter().filter(|yes| *yes).count() >= 2
}

/// Whether one of two names is the other one, shortened.
fn is_same(page: &Page<'_>, a: &Firm, b: &Firm) -> bool {
    let telling = |firm: &Firm| -> Vec<String> {
        let keys = firm
            .words
            .clone()
            .filter(|at| runs::legal_form(page, *at).is_none())
            .map(|at| page.tokens[at].key.clone());
        keys.filter(|key| !PARTICLES.has(key)).collect()
    };
    let (a, b) = (telling(a), telling(b));
    a.iter().all(|word| b.contains(word)) || b.iter().all(|word| a.contains(word))
}

/// Where the text about a customer begins: the last line between the one before and its name, or else the last sentence
/// or clause.
fn start_of(page: &Page<'_>, after: usize, name: usize) -> usize {
    let line = (after + 1..=name)
        .rev()
        .find(|at| page.tokens[*at].line != page.tokens[at - 1].line);
    let sentence = || {
        (after + 1..=name)
            .rev()
            .find(|at| page.tokens[*at].sentence != page.tokens[at - 1].sentence)
    };
    let clause = || (after + 1..=name).rev().find(|at| parts(page.gap(*at)));
    if after == 0 && line.is_none() {
        return page.sentence_of(name).start;
    }
    line.or_else(sentence).or_else(clause).unwrap_or(name)
}

/// Where the last deal ends: with its line, when each of the others is one line; with its paragraph otherwise.
fn end_of_last(page: &Page<'_>, starts: &[usize]) -> usize {
    let all = page.tokens.len();
    let Some(last) = starts.last().copied() else {
        return all;
    };
    let blank = |at: usize| page.gap(at).matches('\n').count() > 1;
    let line = |at: usize| page.tokens[at].line;
    let single = starts.windows(2).all(|pair| line(pair[1] - 1) == line(pair[0]));
    (last + 1..all)
        .find(|at| blank(*at) || (single && line(*at) != line(last)) || page.tokens[*at].part != Part::Body)
        .unwrap_or(all)
}

/// Customers of a list whose items are deals: at least two have facts of their own. Here a name needs little else to be
/// taken, and may be written in small letters.
fn listed(page: &Page<'_>, facts: &Facts) -> Vec<Candidate> {
    let starts = |at: &usize| {
        let line = page.tokens[*at].line;
        page.layout.lines[line].bullet && (*at == 0 || page.tokens[at - 1].line != line)
    };
    let items: Vec<usize> = (0..page.tokens.len()).filter(starts).collect();
    let ends = items.iter().skip(1).copied().chain([page.tokens.len()]);
    let known = known(facts);
    let named = |(start, end): (usize, usize)| {
        let first = start..end.min(start + LEADING);
        let firm = best_firm(facts, &first, company::DOUBTFUL).cloned();
        let firm = firm.or_else(|| company::lower_case(page, &known, &(start..end)))?;
        let deal = has_facts(facts, &(start..end));
        Some(Candidate { firm, start, deal })
    };
    let all: Vec<Candidate> = items.iter().copied().zip(ends).filter_map(named).collect();
    let deals = all.iter().filter(|candidate| candidate.deal).count();
    // The second of two may tell little: "the same for the sister firm, no figure yet".
    let lower = all
        .iter()
        .all(|candidate| !page.tokens[candidate.firm.words.start].capital);
    if deals > 1 {
        all
    } else if deals == 1 && lower && all.len() > 1 {
        all.into_iter()
            .map(|candidate| Candidate {
                deal: true,
                ..candidate
            })
            .collect()
    } else {
        Vec::new()
    }
}

/// Whether there is a deal to register, rather than a question, a letter of thanks or an absence note.
fn is_deal(page: &Page<'_>, facts: &Facts, scope: &Scope, several: bool) -> bool {
    let body = |at: &usize| matches!(page.tokens[*at].part, Part::Body | Part::Subject);
    let says = |list: &crate::registration::lexicon::Phrases| {
        scope
            .own
            .clone()
            .filter(body)
            .any(|at| list.at(page, at).is_some())
    };
    if says(&DEAD) {
        return false;
    }
    let customer = scope.customer.as_ref().map_or(0.0, |firm| firm.score);
    let amount = facts
        .amounts
        .iter()
        .any(|(amount, score)| *score >= value::ENOUGH && scope.own.contains(&amount.words.start));
    let product = facts
        .products
        .iter()
        .any(|product| product.score > 0.5 && scope.own.contains(&product.words.start));
    let need = facts
        .needs
        .iter()
        .any(|need| need.score >= narrative::ENOUGH && scope.own.contains(&need.words.start));
    let intent = says(&INTENT);
    let day = facts
        .days
        .iter()
        .any(|(day, score)| *score >= closing::ENOUGH && scope.own.contains(&day.words.start));
    let person = facts
        .people
        .iter()
        .any(|person| person.score >= people::ENOUGH && scope.own.contains(&person.words.start));
    let signs = [amount, product, need, intent, day, person]
        .into_iter()
        .filter(|sign| *sign)
        .count();
    if several {
        return true;
    }
    // Who asks after a registration tells little of the deal.
    if says(&OTHER_MATTER) && signs < 5 {
        return false;
    }
    if says(&NO_INTENT) {
        return customer > 0.0 && signs >= 3;
    }
    if customer > 0.0 {
        signs >= 1
    } else {
        intent && (amount || product) && signs >= 3
    }
}
