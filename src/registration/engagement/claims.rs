//! All claims, and those among them that are on one customer.

use super::{
    Certainty, Claim, Kind, Products, Rules, Wanted,
    findings::{Conflict, Findings, ForManager, ForPartner, duplicate, only_deal},
    rules::Case,
    written,
};
use crate::registration::names::{
    Match, Organisation, POSSIBLE, Reason, Weights, candidates::Candidates, similarity,
};
use std::collections::HashMap;

/// What everybody has with every customer.
#[derive(Debug, Default)]
pub struct Claims<'a> {
    /// Each customer as it is written, once, by its number in the index.
    customers: Vec<(Organisation<'a>, Vec<Claim<'a>>)>,
    index: Candidates,
}

/// A claim on a customer that is, or may be, the one in question.
#[derive(Debug, Clone)]
pub(super) struct Found<'a> {
    pub(super) claim: Claim<'a>,
    pub(super) certainty: Certainty,
    pub(super) products: Products,
    pub(super) matching: Match,
}

impl<'a> Claims<'a> {
    /// Takes claims in; `weights` say which words of the customers' names are common.
    #[must_use]
    pub fn of(claims: impl IntoIterator<Item = Claim<'a>>, weights: Weights) -> Self {
        let mut numbers: HashMap<[Option<&str>; 4], usize> = HashMap::new();
        let mut customers: Vec<(Organisation<'a>, Vec<Claim<'a>>)> = Vec::new();
        for claim in claims {
            let customer = claim.customer;
            let number = *numbers.entry(written(&customer)).or_insert(customers.len());
            if number == customers.len() {
                customers.push((customer, Vec::new()));
            }
            customers[number].1.push(claim);
        }
        let index = Candidates::of(customers.iter().map(|(customer, _)| *customer), weights);
        Self { customers, index }
    }

    /// What is already claimed of what a partner wants to register, and what the vendor should do by its rules.
    #[must_use]
    pub fn examine(&self, wanted: &Wanted<'_>, rules: &Rules) -> Findings<'a> {
        let (own, others): (Vec<Found<'a>>, Vec<Found<'a>>) = self
            .on(wanted)
            .filter(|found| found.claim.stands(wanted.on, rules))
            .partition(|found| found.claim.is_of(wanted.partner));
        let own: Vec<Found<'a>> = own
            .into_iter()
            .filter(|found| found.certainty == Certainty::Same && wanted.id != Some(found.claim.id))
            .collect();
        let is_incumbent = own
            .iter()
            .any(|found| matches!(found.claim.what, Kind::WonDeal { .. }));
        let mut duplicates: Vec<_> = own.iter().filter_map(duplicate).collect();
        duplicates.sort();
        let mut conflicts: Vec<Conflict<'a>> = others
            .into_iter()
            .map(|found| {
                let case = Case {
                    wanted,
                    claim: &found.claim,
                    products: found.products,
                    is_incumbent,
                };
                let (rule, ruling) = rules.rule(&case);
                Conflict::of(found, rule, ruling)
            })
            .collect();
        conflicts.sort_by(Conflict::order);
        let partner = ForPartner {
            duplicates,
            own_deal: only_deal(&own),
            is_possible_conflict: conflicts.iter().any(Conflict::is_told),
        };
        let manager = ForManager::of(wanted, &partner.duplicates, conflicts);
        Findings { partner, manager }
    }

    fn on(&self, wanted: &Wanted<'_>) -> impl Iterator<Item = Found<'a>> {
        self.like(&wanted.customer)
            .flat_map(move |(claims, certainty, matching)| {
                claims.iter().map(move |claim| Found {
                    claim: *claim,
                    certainty,
                    products: Products::of(wanted.product, claim.product),
                    matching: matching.clone(),
                })
            })
    }

    /// The customers that are, or may be, the one in question, however many: the one that is left out may be the one
    /// that matters. Those of its name are compared whatever the index says: it passes over words that thousands have,
    /// and cannot know a name without a letter.
    fn like(&self, customer: &Organisation<'_>) -> impl Iterator<Item = (&[Claim<'a>], Certainty, Match)> {
        let name = plain(customer.name);
        let same = self.customers.iter().map(|(other, _)| plain(other.name) == name);
        let mut numbers = self.index.like(customer, usize::MAX);
        numbers.extend(
            same.enumerate()
                .filter_map(|(number, same)| same.then_some(number)),
        );
        numbers.sort_unstable();
        numbers.dedup();
        let customer = *customer;
        numbers.into_iter().filter_map(move |number| {
            let (other, claims) = &self.customers[number];
            let (certainty, matching) = compare(&customer, other, self.index.weights())?;
            Some((claims.as_slice(), certainty, matching))
        })
    }
}

fn plain(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Whether two organisations are one customer; nothing where there is too little to speak of.
///
/// A registration is for one legal entity, so what belongs to the same group is not yet the same customer. Equal names
/// are never passed over, even where their domains say that they are two firms: a look costs less than a quarrel.
fn compare(a: &Organisation<'_>, b: &Organisation<'_>, weights: &Weights) -> Option<(Certainty, Match)> {
    let matching = similarity(a, b, weights);
    let is_same = if matches!(matching.reasons.first(), Some(Reason::Parent(_))) {
        let (a, b) = (
            Organisation { parent: None, ..*a },
            Organisation { parent: None, ..*b },
        );
        similarity(&a, &b, weights).is_same()
    } else {
        matching.is_same()
    };
    let is_equal = !a.name.trim().is_empty()
        && matching
            .reasons
            .iter()
            .any(|reason| matches!(reason, Reason::EqualNames | Reason::EqualButForm));
    let certainty = if is_same {
        Certainty::Same
    } else if matching.score >= POSSIBLE || is_equal {
        Certainty::Possible
    } else {
        return None;
    };
    Some((certainty, matching))
}
