//! What claims lead to, one by one ([`rules`]), what is said of them ([`told`]), and what holds of any ([`properties`]).

mod properties;
mod rules;
mod told;

use super::*;
use crate::registration::names::Weights;
use jiff::civil::date;

const TODAY: Date = date(2027, 3, 12);

/// Today, with `ours` as the partner and three certified people.
fn wanted(customer: &str) -> Wanted<'_> {
    Wanted {
        id: None,
        partner: "ours",
        certified: 3,
        customer: firm(customer),
        product: Some("Loom"),
        submitted_on: date(2027, 3, 10),
        on: TODAY,
    }
}

fn firm(name: &str) -> Organisation<'_> {
    Organisation {
        name,
        ..Organisation::default()
    }
}

fn claim<'a>(claimant: Claimant<'a>, what: Kind) -> Claim<'a> {
    Claim {
        id: "x-1",
        claimant,
        customer: firm("Ostrava Glass s.r.o."),
        product: Some("loom "),
        what,
    }
}

fn partner(id: &str, certified: usize) -> Claimant<'_> {
    Claimant::Partner {
        id,
        name: "Halden Partners",
        certified,
    }
}

fn rival() -> Claimant<'static> {
    partner("theirs", 3)
}

fn ours() -> Claimant<'static> {
    partner("ours", 3)
}

fn registration(standing: Standing) -> Kind {
    Kind::Registration {
        submitted_on: date(2027, 3, 1),
        standing,
    }
}

fn protected(until: Date) -> Kind {
    registration(Standing::Approved { until: Some(until) })
}

fn waiting(submitted_on: Date) -> Kind {
    Kind::Registration {
        submitted_on,
        standing: Standing::Waiting,
    }
}

fn open() -> Kind {
    Kind::OpenDeal {
        created_on: date(2027, 2, 1),
    }
}

fn won(closed_on: Date) -> Kind {
    Kind::WonDeal { closed_on }
}

fn examine<'a>(wanted: &Wanted<'_>, claims: &[Claim<'a>]) -> Findings<'a> {
    Claims::of(claims.iter().copied(), Weights::default()).examine(wanted, &Rules::default())
}

/// Claims that nobody has to be asked about.
#[track_caller]
fn free(claims: &[Claim<'_>]) {
    let found = examine(&wanted("Ostrava Glass"), claims);
    assert_eq!(found.manager.conflicts, []);
    assert_eq!(found.manager.proposal.decision, Decision::Approve);
    assert_eq!(
        found.manager.proposal.reasons,
        ["Nobody else has a claim on this customer."]
    );
}
