use super::*;

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
fn a_claim_is_found_in_a_crowd_of_its_name() {
    let domains: Vec<String> = (0..4_200).map(|n| format!("site{n}.example")).collect();
    let crowd = domains.iter().map(|domain| Claim {
        customer: Organisation {
            domain: Some(domain),
            ..firm("Horizon")
        },
        ..claim(ours(), open())
    });
    let window = Claim {
        customer: firm("Horizon"),
        ..claim(rival(), protected(TODAY))
    };
    let claims: Vec<Claim<'_>> = crowd.chain([window]).collect();
    let found = examine(&wanted("horizon"), &claims);
    assert_eq!(found.manager.proposal.decision, Decision::Reject);
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
    let holding = firm("Tarnowski Lenses");
    let part = Wanted {
        customer: Organisation {
            parent: Some("Tarnowski Lenses"),
            ..firm("Horizon")
        },
        ..wanted("")
    };
    let found = examine(&part, &[at(holding)]);
    assert_eq!(found.manager.proposal.decision, Decision::Ask);
    assert!(!found.partner.is_possible_conflict);
    // The same by domain, whatever it is called.
    let renamed = Organisation {
        domain: Some("www.horizon-media.example"),
        ..firm("HM Verlag")
    };
    assert_eq!(expected(at(renamed)).0, (Decision::Reject, true, 1));
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
