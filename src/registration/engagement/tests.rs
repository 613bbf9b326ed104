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

/// What one claim leads to, by which rule, and whether the partner is told.
#[track_caller]
fn check(claims: &[Claim<'_>], expected: (Option<Rule>, Decision, bool)) {
    let found = examine(&wanted("Ostrava Glass"), claims);
    let first = found.manager.conflicts.first();
    let rule = first.and_then(|conflict| conflict.rule);
    let proposal = &found.manager.proposal;
    assert_eq!(
        (rule, proposal.decision, found.partner.is_possible_conflict),
        expected,
        "{claims:?} {:?}",
        proposal.reasons
    );
}

#[track_caller]
fn free(claims: &[Claim<'_>]) {
    let found = examine(&wanted("Ostrava Glass"), claims);
    assert_eq!(found.manager.conflicts, []);
    assert_eq!(found.manager.proposal.decision, Decision::Approve);
    assert_eq!(
        found.manager.proposal.reasons,
        ["Nobody has a claim on this customer."]
    );
}

#[test]
fn a_window_of_another_partner_beats_the_newcomer_until_its_last_day() {
    let expected = (Some(Rule::Protected), Decision::Reject, true);
    check(&[claim(rival(), protected(date(2027, 6, 1)))], expected);
    check(&[claim(rival(), protected(TODAY))], expected);
    free(&[claim(rival(), protected(date(2027, 3, 11)))]);
    let endless = registration(Standing::Approved { until: None });
    let expected = (Some(Rule::Protected), Decision::Ask, true);
    check(&[claim(rival(), endless)], expected);
}

#[test]
fn a_registration_beats_a_deal_that_nobody_registered() {
    check(
        &[claim(rival(), open())],
        (Some(Rule::Registered), Decision::Approve, false),
    );
}

#[test]
fn who_has_won_the_customer_beats_who_has_not() {
    let lately = won(date(2025, 6, 30));
    let expected = (Some(Rule::Incumbent), Decision::Reject, true);
    check(&[claim(rival(), lately)], expected);
    check(&[claim(Claimant::Direct, lately)], expected);
    // Two years to the day, and a day more.
    check(&[claim(rival(), won(date(2025, 3, 12)))], expected);
    free(&[claim(rival(), won(date(2025, 3, 11)))]);
    let account = Claim {
        product: None,
        ..claim(Claimant::Direct, Kind::Account)
    };
    check(&[account], (Some(Rule::Incumbent), Decision::Ask, true));

    let own = claim(ours(), lately);
    let approved = (Some(Rule::Incumbent), Decision::Approve, false);
    check(&[own, account], approved);
    check(&[own, claim(Claimant::Direct, lately)], approved);
    check(
        &[own, claim(partner("theirs", 9), waiting(date(2027, 1, 1)))],
        approved,
    );
    check(
        &[own, claim(rival(), lately)],
        (Some(Rule::Incumbent), Decision::Ask, true),
    );
    check(
        &[own, claim(rival(), protected(TODAY))],
        (Some(Rule::Protected), Decision::Reject, true),
    );
}

#[test]
fn the_manager_decides_beside_direct_sales() {
    let expected = (Some(Rule::Direct), Decision::Ask, true);
    check(&[claim(Claimant::Direct, open())], expected);
    check(
        &[
            claim(Claimant::Direct, open()),
            claim(ours(), won(date(2026, 1, 1))),
        ],
        expected,
    );
}

#[test]
fn of_two_that_wait_the_more_certified_comes_first_then_the_earlier() {
    let (before, same_day, after) = (date(2027, 3, 9), date(2027, 3, 10), date(2027, 3, 11));
    let other = |certified, submitted_on| [claim(partner("theirs", certified), waiting(submitted_on))];
    check(
        &other(2, before),
        (Some(Rule::Certified), Decision::Approve, false),
    );
    check(&other(4, after), (Some(Rule::Certified), Decision::Reject, true));
    check(&other(3, before), (Some(Rule::Earlier), Decision::Reject, true));
    check(&other(3, after), (Some(Rule::Earlier), Decision::Approve, false));
    check(&other(3, same_day), (None, Decision::Ask, true));
}

#[test]
fn a_review_takes_in_the_newcomer() {
    let disputed = registration(Standing::Disputed);
    check(
        &[claim(partner("theirs", 0), disputed)],
        (Some(Rule::Disputed), Decision::Ask, true),
    );
}

#[test]
fn another_product_stands_in_the_way_of_nothing_but_windows_and_incumbents_raise_a_question() {
    let other = |claimant, what| {
        [Claim {
            product: Some("Spindle"),
            ..claim(claimant, what)
        }]
    };
    let approved = (Some(Rule::OtherProduct), Decision::Approve, false);
    check(&other(rival(), waiting(date(2027, 1, 1))), approved);
    check(&other(rival(), registration(Standing::Disputed)), approved);
    check(&other(rival(), open()), approved);
    check(
        &other(rival(), protected(TODAY)),
        (Some(Rule::Protected), Decision::Ask, true),
    );
    check(
        &other(rival(), won(date(2026, 1, 1))),
        (Some(Rule::Incumbent), Decision::Ask, true),
    );
    check(
        &other(Claimant::Direct, open()),
        (Some(Rule::Direct), Decision::Ask, true),
    );
}

#[test]
fn a_product_that_only_one_names_raises_a_question() {
    let nameless = Claim {
        product: Some(" "),
        ..claim(rival(), protected(TODAY))
    };
    check(&[nameless], (Some(Rule::Protected), Decision::Ask, true));
    let neither = Wanted {
        product: None,
        ..wanted("Ostrava Glass")
    };
    assert_eq!(
        examine(&neither, &[nameless]).manager.proposal.decision,
        Decision::Reject
    );
}

#[test]
fn the_sternest_ruling_counts() {
    check(
        &[
            claim(rival(), open()),
            claim(Claimant::Direct, open()),
            claim(partner("third", 0), protected(TODAY)),
        ],
        (Some(Rule::Protected), Decision::Reject, true),
    );
}

#[test]
fn what_may_be_the_same_customer_raises_a_question_and_is_not_told() {
    let at = |customer| Claim {
        customer,
        ..claim(rival(), protected(TODAY))
    };
    let of = |domain| Organisation {
        domain: Some(domain),
        ..firm("Horizon")
    };
    let expected = |claim| {
        let found = examine(
            &Wanted {
                customer: of("horizon-media.example"),
                ..wanted("")
            },
            &[claim],
        );
        let told = (
            found.manager.proposal.decision,
            found.partner.is_possible_conflict,
            found.manager.conflicts.len(),
        );
        (told, found.manager.proposal.reasons.concat())
    };
    // One name, two firms by their domains; a firm of the same group; another firm altogether.
    let (told, reason) = expected(at(of("horizonbau.example")));
    assert_eq!(told, (Decision::Ask, false, 1), "{reason}");
    assert!(
        reason.starts_with(
            "If \"Horizon\" is the same customer (different domains horizon-media.example and horizonbau.example; \
             names equal): Halden Partners (theirs) has the registration x-1"
        ),
        "{reason}"
    );
    let sister = Organisation {
        parent: Some("Horizon"),
        ..firm("Tarnowski Lenses")
    };
    assert_eq!(expected(at(sister)).0, (Decision::Ask, false, 1));
    assert_eq!(
        expected(at(firm("Tarnowski Lenses"))).0,
        (Decision::Approve, false, 0)
    );
    // The same by domain, whatever it is called.
    let renamed = Organisation {
        domain: Some("www.horizon-media.example"),
        ..firm("HM Verlag")
    };
    assert_eq!(expected(at(renamed)).0, (Decision::Reject, true, 1));
}

#[test]
fn a_partner_is_told_of_its_own_registrations() {
    let mine = |what| claim(ours(), what);
    let found = examine(
        &wanted("Ostrava Glass"),
        &[
            mine(protected(TODAY)),
            Claim {
                id: "x-0",
                ..mine(waiting(date(2027, 2, 27)))
            },
            mine(protected(date(2027, 3, 11))),
        ],
    );
    let ids: Vec<&str> = found.partner.duplicates.iter().map(|own| own.id).collect();
    assert_eq!(ids, ["x-0", "x-1"]);
    assert_eq!(
        found.partner.sentences(),
        [
            "You registered this customer already on 27 February 2027: x-0, waiting for a decision.",
            "You registered this customer already on 1 March 2027: x-1, protected up to and including 12 March 2027."
        ]
    );
    assert!(!found.partner.is_possible_conflict);
    assert_eq!(found.manager.proposal.decision, Decision::Reject);

    let other = Claim {
        product: Some("Spindle"),
        ..mine(protected(TODAY))
    };
    free(&[other]);
    let nameless = Claim {
        product: None,
        ..other
    };
    let found = examine(&wanted("Ostrava Glass"), &[nameless]);
    assert_eq!(found.partner.duplicates.len(), 1);
    assert_eq!(found.manager.proposal.decision, Decision::Ask);
}

#[test]
fn a_registration_is_not_held_against_itself() {
    let itself = Wanted {
        id: Some("x-1"),
        ..wanted("Ostrava Glass")
    };
    let mine = claim(ours(), waiting(date(2027, 3, 10)));
    assert_eq!(examine(&itself, &[mine]).partner.duplicates, []);
    let theirs = claim(rival(), protected(TODAY));
    assert_eq!(
        examine(&itself, &[mine, theirs]).manager.proposal.decision,
        Decision::Reject
    );
}

#[test]
fn a_registration_is_about_the_only_open_deal_that_fits() {
    let deal = |id, product| Claim {
        id,
        product,
        ..claim(ours(), open())
    };
    let check = |claims: &[Claim<'_>], expected: Option<&str>| {
        let found = examine(&wanted("Ostrava Glass"), claims);
        assert_eq!(found.partner.own_deal, expected, "{claims:?}");
        assert_eq!(found.manager.proposal.decision, Decision::Approve);
    };
    let (loom, nameless, spindle) = (Some("Loom"), None, Some("Spindle"));
    check(&[deal("o-1", loom)], Some("o-1"));
    check(&[deal("o-1", nameless)], Some("o-1"));
    check(&[deal("o-1", nameless), deal("o-2", loom)], Some("o-2"));
    check(&[deal("o-1", loom), deal("o-2", loom)], None);
    check(&[deal("o-1", spindle)], None);
    check(&[claim(rival(), open())], None);
}

#[test]
fn a_vendor_may_have_its_rules_in_another_order() {
    let rules = Rules {
        order: vec![Rule::Protected, Rule::Earlier],
        incumbent_months: 0,
    };
    let decide = |claim: Claim<'_>| {
        let claims = Claims::of([claim], Weights::default());
        let found = claims.examine(&wanted("Ostrava Glass"), &rules);
        found.manager.proposal.decision
    };
    assert_eq!(
        decide(claim(partner("theirs", 9), waiting(date(2027, 3, 11)))),
        Decision::Approve
    );
    assert_eq!(decide(claim(rival(), won(date(2027, 3, 11)))), Decision::Approve);
    // What no rule decides is for the manager.
    assert_eq!(decide(claim(rival(), open())), Decision::Ask);
}

#[test]
fn a_customer_without_a_name_cannot_be_compared() {
    let found = examine(&wanted(" ?! "), &[]);
    assert_eq!(found.manager.proposal.decision, Decision::Ask);
    assert!(!found.partner.is_possible_conflict);
}

#[test]
fn reasons_name_the_other_claim_on_one_line() {
    let reason = |claim| {
        let found = examine(&wanted("Ostrava Glass"), &[claim]);
        found.manager.proposal.reasons.concat()
    };
    assert_eq!(
        reason(claim(rival(), protected(date(2027, 6, 1)))),
        "Halden Partners (theirs) has the registration x-1 of \"Ostrava Glass s.r.o.\" for loom, protected up to and \
         including 1 June 2027."
    );
    assert_eq!(
        reason(claim(partner("theirs", 1), waiting(date(2027, 3, 1)))),
        "Halden Partners (theirs) has the registration x-1 of \"Ostrava Glass s.r.o.\" for loom, which waits; its \
         certified people are 1, the partner's 3."
    );
    assert_eq!(
        reason(claim(Claimant::Direct, open())),
        "Direct sales has the deal x-1 with \"Ostrava Glass s.r.o.\" for loom: who leads is for the manager to say."
    );
    let hostile = Claim {
        customer: firm("Ostrava\n\"Glass\""),
        ..claim(rival(), open())
    };
    assert!(reason(hostile).contains("the deal x-1 with \"Ostrava 'Glass'\" for loom, open since"));
}
