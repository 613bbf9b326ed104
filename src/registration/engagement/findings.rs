//! What an examination comes to: for the partner, and for the vendor's manager.

use super::{
    Certainty, Claim, Decision, Kind, Products, Rule, Standing, Wanted,
    claims::Found,
    rules::Ruling,
    sentence::{line, quoted},
    written,
};
use crate::{
    program::date::long,
    registration::names::{Match, Organisation},
};
use jiff::civil::Date;
use std::{cmp::Ordering, collections::BTreeSet};

/// What is known of a deal that a partner wants to register.
#[derive(Debug, Clone, PartialEq)]
pub struct Findings<'a> {
    /// What the partner may be told.
    pub partner: ForPartner<'a>,
    /// What is for the vendor alone.
    pub manager: ForManager<'a>,
}

/// What the partner may be told: its own records, and whether anybody else's may be in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForPartner<'a> {
    /// Its registrations of the same customer and product, the earliest first.
    pub duplicates: Vec<Duplicate<'a>>,
    /// The id of its open deal that the registration is about; nothing where none, or more than one, may be it.
    pub own_deal: Option<&'a str>,
    /// Whether somebody else's claim on the same customer may keep the registration from being approved. Not set by
    /// claims that do not stand in the way, nor where it only may be the same customer.
    pub is_possible_conflict: bool,
}

/// A partner's own registration of the same customer and product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duplicate<'a> {
    /// When it was handed in.
    pub submitted_on: Date,
    /// Its record.
    pub id: &'a str,
    /// Where it stands.
    pub standing: Standing,
    /// Whether it surely is about the same product; not where only one of the two names one.
    pub is_certain: bool,
}

/// What is for the vendor's manager: who else has a claim, and what the rules make of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ForManager<'a> {
    /// Claims of others, the sternest ruling first.
    pub conflicts: Vec<Conflict<'a>>,
    /// What the vendor should do.
    pub proposal: Proposal,
}

/// Somebody else's claim on what is, or may be, the same customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict<'a> {
    /// The claim.
    pub claim: Claim<'a>,
    /// How sure it is that the customer is the same.
    pub certainty: Certainty,
    /// Why it is taken for the same.
    pub matching: Match,
    /// The rule that decided; nothing where none does.
    pub rule: Option<Rule>,
    /// What this claim alone would lead to.
    pub decision: Decision,
    /// Why, in a sentence that names the claimant.
    pub reason: String,
}

/// What the vendor should do, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The sternest that any claim leads to.
    pub decision: Decision,
    /// Sentences for the manager, the weightiest first; they name other claimants.
    pub reasons: Vec<String>,
}

impl ForPartner<'_> {
    /// What to tell the partner before it sends the registration; nothing where nothing stands in the way.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let own = self.duplicates.iter().map(|duplicate| {
            format!(
                "You registered this customer already on {}: {}, {}.",
                long(duplicate.submitted_on),
                line(duplicate.id),
                standing(duplicate.standing)
            )
        });
        let others = self.is_possible_conflict.then(|| {
            "There may already be a claim on this customer. Your partner manager checks that before deciding.".to_owned()
        });
        own.chain(others).collect()
    }
}

impl<'a> ForManager<'a> {
    /// The sternest of what the partner's own records and the others' claims lead to.
    pub(super) fn of(wanted: &Wanted<'_>, own: &[Duplicate<'a>], conflicts: Vec<Conflict<'a>>) -> Self {
        let mut said: Vec<(Decision, String)> = Vec::new();
        if !is_named(&wanted.customer) {
            let sentence = "The registration names no customer that could be compared.";
            said.push((Decision::Ask, sentence.to_owned()));
        }
        said.extend(own.iter().map(Duplicate::ruling));
        let of_others = conflicts
            .iter()
            .map(|conflict| (conflict.decision, conflict.reason.clone()));
        said.extend(of_others);
        if said.is_empty() {
            let sentence = "Nobody else has a claim on this customer.";
            said.push((Decision::Approve, sentence.to_owned()));
        }
        said.sort_by_key(|(decision, _)| std::cmp::Reverse(*decision));
        let proposal = Proposal {
            decision: said[0].0,
            reasons: said.into_iter().map(|(_, sentence)| sentence).collect(),
        };
        Self { conflicts, proposal }
    }
}

/// Whether there is anything to look for.
fn is_named(customer: &Organisation<'_>) -> bool {
    customer.domain.is_some() || customer.name.contains(char::is_alphanumeric)
}

impl Duplicate<'_> {
    fn ruling(&self) -> (Decision, String) {
        let (decision, end) = if self.is_certain {
            (Decision::Reject, ".")
        } else {
            (Decision::Ask, "; only one of the two names a product.")
        };
        let sentence = format!(
            "The partner registered this customer already on {}: {}, {}{end}",
            long(self.submitted_on),
            line(self.id),
            standing(self.standing)
        );
        (decision, sentence)
    }
}

fn standing(standing: Standing) -> String {
    match standing {
        Standing::Waiting => "waiting for a decision".to_owned(),
        Standing::Disputed => "under review".to_owned(),
        Standing::Approved { until: Some(until) } => format!("protected up to and including {}", long(until)),
        Standing::Approved { until: None } => "approved".to_owned(),
    }
}

/// A partner's own claim, as a registration that the wanted one would repeat.
pub(super) fn duplicate<'a>(found: &Found<'a>) -> Option<Duplicate<'a>> {
    match found.claim.what {
        Kind::Registration {
            submitted_on,
            standing,
        } if found.products != Products::Other => Some(Duplicate {
            submitted_on,
            id: found.claim.id,
            standing,
            is_certain: found.products == Products::Same,
        }),
        _ => None,
    }
}

/// The one open deal among a partner's own claims that a registration can be about. A registration tied to the wrong deal
/// is worse than one that is tied to none, so two deals are none.
pub(super) fn only_deal<'a>(own: &[Found<'a>]) -> Option<&'a str> {
    let of = |products: Products| -> BTreeSet<&'a str> {
        own.iter()
            .filter(|found| found.products == products && matches!(found.claim.what, Kind::OpenDeal { .. }))
            .map(|found| found.claim.id)
            .collect()
    };
    let deals = Some(of(Products::Same)).filter(|deals| !deals.is_empty());
    let deals = deals.unwrap_or_else(|| of(Products::Unsure));
    deals.first().copied().filter(|_| deals.len() == 1)
}

impl<'a> Conflict<'a> {
    /// A ruling holds as it is where customer and product are the same; otherwise nothing sterner than a question comes
    /// of it.
    pub(super) fn of(found: Found<'a>, rule: Option<Rule>, ruling: Ruling) -> Self {
        let mut reason = ruling.sentence;
        let mut decision = ruling.decision;
        if decision == Decision::Reject {
            match found.products {
                Products::Same => {}
                Products::Unsure => reason.push_str(" Only one of the two names a product."),
                Products::Other => reason.push_str(" This registration is for another product."),
            }
        }
        if found.certainty == Certainty::Possible {
            let customer = quoted(found.claim.customer.name);
            let why: Vec<String> = found.matching.reasons.iter().map(ToString::to_string).collect();
            reason = format!(
                "If {customer} is the same customer ({}): {reason}",
                line(&why.join("; "))
            );
        }
        if found.certainty == Certainty::Possible || found.products != Products::Same {
            decision = decision.min(Decision::Ask);
        }
        Self {
            claim: found.claim,
            certainty: found.certainty,
            matching: found.matching,
            rule,
            decision,
            reason,
        }
    }

    /// Whether the partner is told that there may be a claim.
    pub(super) fn is_told(&self) -> bool {
        self.certainty == Certainty::Same && self.decision != Decision::Approve
    }

    /// The sternest first, then the surest; claims that are alike in both by what they are, so that no order depends on
    /// how they came in.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let weight = |conflict: &Self| (conflict.decision, conflict.certainty);
        let identity = |claim: &Claim<'a>| {
            (
                claim.id,
                claim.what,
                claim.claimant,
                claim.product,
                written(&claim.customer),
            )
        };
        weight(other)
            .cmp(&weight(self))
            .then_with(|| identity(&self.claim).cmp(&identity(&other.claim)))
    }
}
