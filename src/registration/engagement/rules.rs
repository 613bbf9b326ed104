//! The rules of engagement: who comes first where two want the same customer.
//!
//! Each rule looks at one claim beside the registration that is wanted, and decides or passes. They are asked in an
//! order that is data, because vendors differ in it: some let the first registration win whoever is certified, some
//! know no certifications at all. What no rule decides is for a person.
//!
//! | rule | decides | why |
//! |---|---|---|
//! | [`Rule::Protected`] | another's window that is open: reject | A window that does not hold teaches partners not to register |
//! | [`Rule::Incumbent`] | who won the customer comes before who has not | Renewals and additions belong to whom the customer already works with |
//! | [`Rule::Direct`] | the vendor's own sales are at work: ask | Only the vendor knows whether its seller leads or lets the partner lead |
//! | [`Rule::OtherProduct`] | approve | A registration is for one product |
//! | [`Rule::Disputed`] | another's registration under review: ask | The review decides, and a third claim belongs before it |
//! | [`Rule::Registered`] | another's deal without a registration: approve | Who tells the vendor early is not to lose to who does not |
//! | [`Rule::Certified`] | of two that wait, who has more certified people | The customer is served by those who know the product |
//! | [`Rule::Earlier`] | of two that wait, the earlier | First come, first served, where nothing else tells them apart |

use super::{
    Claim, Claimant, Decision, Kind, Products, Standing, Wanted,
    sentence::{record, who},
};
use crate::program::date::{add_months, long};
use jiff::civil::Date;
use std::cmp::Ordering;

/// A rule of engagement; the module says what each is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// A window that is open beats a newcomer.
    Protected,
    /// Who has won the customer beats who has not.
    Incumbent,
    /// The manager decides between a partner and the vendor's own sales.
    Direct,
    /// What is about another product does not stand in the way.
    OtherProduct,
    /// A review that is under way takes in the newcomer.
    Disputed,
    /// A registration beats none.
    Registered,
    /// More certified people beat fewer.
    Certified,
    /// The earlier registration beats the later one.
    Earlier,
}

/// A vendor's rules of engagement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Which rules hold; the first one that decides counts.
    pub order: Vec<Rule>,
    /// How long who has won a deal with a customer is its incumbent.
    pub incumbent_months: u32,
}

impl Default for Rules {
    /// What the field agrees on: windows first, then incumbents, and registrations before deals that nobody registered.
    /// Two years of incumbency are about two terms of a yearly contract.
    fn default() -> Self {
        use Rule::{Certified, Direct, Disputed, Earlier, Incumbent, OtherProduct, Protected, Registered};
        Self {
            order: vec![
                Protected,
                Incumbent,
                Direct,
                OtherProduct,
                Disputed,
                Registered,
                Certified,
                Earlier,
            ],
            incumbent_months: 24,
        }
    }
}

/// A claim beside what is wanted.
pub(super) struct Case<'c, 'a> {
    pub(super) wanted: &'c Wanted<'c>,
    pub(super) claim: &'c Claim<'a>,
    pub(super) products: Products,
    /// Whether the partner that wants to register has won the customer itself, with whatever product.
    pub(super) is_incumbent: bool,
}

/// What a rule says, with a sentence for the manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ruling {
    pub(super) decision: Decision,
    pub(super) sentence: String,
}

impl Rules {
    /// What the first rule that decides makes of a case, and which rule it is.
    pub(super) fn rule(&self, case: &Case<'_, '_>) -> (Option<Rule>, Ruling) {
        let first = self
            .order
            .iter()
            .find_map(|rule| Some((Some(*rule), rule.decide(case)?)));
        first.unwrap_or_else(|| {
            let sentence = format!("{}, and no rule says who comes first.", case.has());
            (None, ruling(Decision::Ask, sentence))
        })
    }

    /// The last day on which who won a deal then is the incumbent.
    pub(super) fn incumbent_until(&self, closed_on: Date) -> Date {
        add_months(closed_on, i64::from(self.incumbent_months))
    }
}

impl Rule {
    fn decide(self, case: &Case<'_, '_>) -> Option<Ruling> {
        match self {
            Self::Protected => protected(case),
            Self::Incumbent => incumbent(case),
            Self::Direct => direct(case),
            Self::OtherProduct => other_product(case),
            Self::Disputed => disputed(case),
            Self::Registered => registered(case),
            Self::Certified => certified(case),
            Self::Earlier => earlier(case),
        }
    }
}

impl Case<'_, '_> {
    /// `Halden Partners (p-7) has the registration dr-3 of "Ostrava Glass" for Weave`.
    fn has(&self) -> String {
        format!("{} has {}", who(&self.claim.claimant), record(self.claim))
    }

    /// When another registration that waits was handed in.
    fn waiting_since(&self) -> Option<Date> {
        match self.claim.what {
            Kind::Registration {
                submitted_on,
                standing: Standing::Waiting,
            } => Some(submitted_on),
            _ => None,
        }
    }
}

fn ruling(decision: Decision, sentence: String) -> Ruling {
    Ruling { decision, sentence }
}

/// For who comes first.
fn ranked(ranking: Ordering) -> Option<Decision> {
    match ranking {
        Ordering::Greater => Some(Decision::Approve),
        Ordering::Less => Some(Decision::Reject),
        Ordering::Equal => None,
    }
}

fn protected(case: &Case<'_, '_>) -> Option<Ruling> {
    let Kind::Registration {
        standing: Standing::Approved { until },
        ..
    } = case.claim.what
    else {
        return None;
    };
    Some(match until {
        Some(until) => ruling(
            Decision::Reject,
            format!("{}, protected up to and including {}.", case.has(), long(until)),
        ),
        None => ruling(
            Decision::Ask,
            format!(
                "{}, approved without a recorded end of its protection.",
                case.has()
            ),
        ),
    })
}

fn incumbent(case: &Case<'_, '_>) -> Option<Ruling> {
    let is_partner = matches!(case.claim.claimant, Claimant::Partner { .. });
    let (decision, end) = match (case.claim.what, case.is_incumbent) {
        (Kind::WonDeal { closed_on }, true) if is_partner => {
            let on = long(closed_on);
            (
                Decision::Ask,
                format!(", won on {on}; the partner has won this customer, too."),
            )
        }
        (Kind::WonDeal { closed_on }, false) => {
            let on = long(closed_on);
            (Decision::Reject, format!(", won on {on}, and is the incumbent."))
        }
        (Kind::Account, false) => (Decision::Ask, ".".to_owned()),
        (Kind::WonDeal { .. } | Kind::Account, true) => (
            Decision::Approve,
            ", but the partner has won this customer itself.".to_owned(),
        ),
        (Kind::Registration { .. }, true) if case.waiting_since().is_some() => (
            Decision::Approve,
            ", which waits, but the partner has won this customer before and is the incumbent.".to_owned(),
        ),
        _ => return None,
    };
    Some(ruling(decision, format!("{}{end}", case.has())))
}

fn direct(case: &Case<'_, '_>) -> Option<Ruling> {
    (case.claim.claimant == Claimant::Direct).then(|| {
        let sentence = format!("{}: who leads is for the manager to say.", case.has());
        ruling(Decision::Ask, sentence)
    })
}

fn other_product(case: &Case<'_, '_>) -> Option<Ruling> {
    (case.products == Products::Other).then(|| {
        let sentence = format!("{}, which is about another product.", case.has());
        ruling(Decision::Approve, sentence)
    })
}

fn disputed(case: &Case<'_, '_>) -> Option<Ruling> {
    let is_disputed = matches!(
        case.claim.what,
        Kind::Registration {
            standing: Standing::Disputed,
            ..
        }
    );
    is_disputed.then(|| {
        let sentence = format!("{}, which is under review beside another claim.", case.has());
        ruling(Decision::Ask, sentence)
    })
}

fn registered(case: &Case<'_, '_>) -> Option<Ruling> {
    let Kind::OpenDeal { created_on } = case.claim.what else {
        return None;
    };
    let sentence = format!(
        "{}, open since {}: a deal alone does not stand in the way of a registration.",
        case.has(),
        long(created_on)
    );
    Some(ruling(Decision::Approve, sentence))
}

fn certified(case: &Case<'_, '_>) -> Option<Ruling> {
    case.waiting_since()?;
    let Claimant::Partner { certified, .. } = case.claim.claimant else {
        return None;
    };
    let decision = ranked(case.wanted.certified.cmp(&certified))?;
    let sentence = format!(
        "{}, which waits; its certified people are {certified}, the partner's {}.",
        case.has(),
        case.wanted.certified
    );
    Some(ruling(decision, sentence))
}

fn earlier(case: &Case<'_, '_>) -> Option<Ruling> {
    let since = case.waiting_since()?;
    let decision = ranked(since.cmp(&case.wanted.submitted_on))?;
    let sentence = format!(
        "{}, which waits since {}; this one was handed in on {}.",
        case.has(),
        long(since),
        long(case.wanted.submitted_on)
    );
    Some(ruling(decision, sentence))
}
