use super::*;

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
fn the_sternest_counts_beside_what_is_the_partner_s_own() {
    let nameless = Claim {
        product: None,
        ..claim(ours(), waiting(date(2027, 3, 1)))
    };
    let found = examine(
        &wanted("Ostrava Glass"),
        &[nameless, claim(rival(), protected(TODAY))],
    );
    let proposal = found.manager.proposal;
    assert_eq!(proposal.decision, Decision::Reject);
    assert!(proposal.reasons[0].starts_with("Halden Partners"), "{proposal:?}");
    assert_eq!(proposal.reasons.len(), 2);
}

#[test]
fn what_a_partner_has_with_a_firm_that_only_may_be_the_same_is_not_about_it() {
    let elsewhere = |what| Claim {
        customer: Organisation {
            domain: Some("horizonbau.example"),
            ..firm("Horizon")
        },
        ..claim(ours(), what)
    };
    let customer = Organisation {
        domain: Some("horizon-media.example"),
        ..firm("Horizon")
    };
    let theirs = Claim {
        customer,
        ..claim(Claimant::Direct, Kind::Account)
    };
    let own = [
        elsewhere(protected(TODAY)),
        elsewhere(open()),
        elsewhere(won(TODAY)),
    ];
    let found = examine(
        &Wanted {
            customer,
            ..wanted("")
        },
        &[&own[..], &[theirs]].concat(),
    );
    assert_eq!((found.partner.duplicates, found.partner.own_deal), (vec![], None));
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
