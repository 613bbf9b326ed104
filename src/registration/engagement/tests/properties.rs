use super::*;
use crate::program::date::add_days;
use proptest::{collection::vec, option, prelude::*, sample::select};

/// Spellings of one customer, a firm of its name elsewhere, and others.
const CUSTOMERS: [(&str, Option<&str>); 8] = [
    ("Ostrava Glass", None),
    ("OSTRAVA GLASS s.r.o.", None),
    ("Ostrava Glas", Some("ostravaglass.example")),
    ("Ostrava Glass", Some("og-werke.example")),
    ("Ostrava Timber", None),
    ("Tarnowski Logistik", None),
    ("Kettle & Crane Ltd", Some("kettlecrane.example")),
    ("North Wind Couriers", None),
];
/// Names that no sentence contains by chance.
const PARTNERS: [(&str, &str); 4] = [
    ("p-01", "Qvxa Jzk"),
    ("p-02", "Qvxb Jzk"),
    ("p-03", "Qvxc Jzk"),
    ("p-04", "Qvxd Jzk"),
];
const IDS: [&str; 6] = ["r-1", "r-2", "r-3", "r-4", "r-5", "r-6"];

fn customer() -> impl Strategy<Value = Organisation<'static>> {
    select(&CUSTOMERS[..]).prop_map(|(name, domain)| Organisation {
        name,
        domain,
        ..Organisation::default()
    })
}

fn day() -> impl Strategy<Value = Date> {
    (-900_i64..200).prop_map(|days| add_days(TODAY, days))
}

fn product() -> impl Strategy<Value = Option<&'static str>> {
    option::of(select(&["Loom", "Spindle"][..]))
}

fn kind() -> impl Strategy<Value = Kind> {
    let standing = prop_oneof![
        Just(Standing::Waiting),
        Just(Standing::Disputed),
        option::of(day()).prop_map(|until| Standing::Approved { until }),
    ];
    prop_oneof![
        (day(), standing).prop_map(|(submitted_on, standing)| Kind::Registration {
            submitted_on,
            standing
        }),
        day().prop_map(|created_on| Kind::OpenDeal { created_on }),
        day().prop_map(|closed_on| Kind::WonDeal { closed_on }),
        Just(Kind::Account),
    ]
}

fn claimant() -> impl Strategy<Value = Claimant<'static>> {
    prop_oneof![
        4 => (select(&PARTNERS[..]), 0_usize..4).prop_map(|((id, name), certified)| Claimant::Partner { id, name, certified }),
        1 => Just(Claimant::Direct),
    ]
}

fn any_claim() -> impl Strategy<Value = Claim<'static>> {
    (select(&IDS[..]), claimant(), customer(), product(), kind()).prop_map(
        |(id, claimant, customer, product, what)| Claim {
            id,
            claimant,
            customer,
            product,
            what,
        },
    )
}

fn any_wanted() -> impl Strategy<Value = Wanted<'static>> {
    (customer(), product(), day(), 0_usize..4).prop_map(|(customer, product, submitted_on, certified)| {
        Wanted {
            id: None,
            partner: PARTNERS[0].0,
            certified,
            customer,
            product,
            submitted_on,
            on: TODAY,
        }
    })
}

proptest! {
    #[test]
    fn the_order_of_claims_changes_nothing(
        wanted in any_wanted(),
        (claims, shuffled) in vec(any_claim(), 0..12).prop_flat_map(|claims| (Just(claims.clone()), Just(claims).prop_shuffle())),
    ) {
        prop_assert_eq!(examine(&wanted, &claims), examine(&wanted, &shuffled));
    }

    #[test]
    fn a_claim_on_another_customer_changes_nothing(
        wanted in any_wanted(),
        claims in vec(any_claim(), 0..12),
        other in any_claim(),
        name in "Zy[a-z]{6,12}",
    ) {
        let other = Claim { customer: Organisation { name: &name, ..Organisation::default() }, ..other };
        let more: Vec<Claim<'_>> = claims.iter().copied().chain([other]).collect();
        prop_assert_eq!(examine(&wanted, &claims), examine(&wanted, &more));
    }

    #[test]
    fn a_partner_is_in_no_conflict_with_itself(wanted in any_wanted(), claims in vec(any_claim(), 0..12)) {
        let (id, name) = PARTNERS[0];
        let of_its_own = claims.iter().map(|claim| Claim {
            claimant: Claimant::Partner { id, name, certified: 0 },
            ..*claim
        });
        let own = examine(&wanted, &of_its_own.collect::<Vec<_>>());
        prop_assert_eq!(own.manager.conflicts, []);
        prop_assert!(!own.partner.is_possible_conflict);
        let mixed = examine(&wanted, &claims);
        prop_assert!(mixed.manager.conflicts.iter().all(|conflict| !conflict.claim.is_of(id)));
    }

    #[test]
    fn an_open_window_on_an_equal_name_is_never_approved(
        name in "\\PC{1,40}",
        domains in (option::of("[a-z]{4,9}\\.example"), option::of("[a-z]{4,9}\\.example")),
        countries in (option::of("[A-Z]{2}"), option::of("[A-Z]{2}")),
        claims in vec(any_claim(), 0..6),
        (wanted, window) in (any_wanted(), any_claim()),
        days in 0_i64..200,
    ) {
        let wanted = Wanted {
            customer: Organisation { name: &name, domain: domains.0.as_deref(), country: countries.0.as_deref(), parent: None },
            ..wanted
        };
        let (id, partner) = PARTNERS[1];
        let window = Claim {
            claimant: Claimant::Partner { id, name: partner, certified: 0 },
            customer: Organisation { name: &name, domain: domains.1.as_deref(), country: countries.1.as_deref(), parent: None },
            what: Kind::Registration {
                submitted_on: TODAY,
                standing: Standing::Approved { until: Some(add_days(TODAY, days)) },
            },
            ..window
        };
        let claims: Vec<Claim<'_>> = claims.into_iter().chain([window]).collect();
        prop_assert_ne!(examine(&wanted, &claims).manager.proposal.decision, Decision::Approve);
    }

    #[test]
    fn a_partner_is_never_told_a_name(wanted in any_wanted(), claims in vec(any_claim(), 0..12)) {
        let found = examine(&wanted, &claims);
        let told = format!("{:?} {:?}", found.partner, found.partner.sentences());
        for (id, name) in PARTNERS {
            prop_assert!(!told.contains(name) && !told.contains(id), "{}", told);
        }
        // Nor anything that depends on more than whether there may be a conflict.
        let own: Vec<Claim<'_>> = claims.into_iter().filter(|claim| claim.is_of(wanted.partner)).collect();
        let alone = examine(&wanted, &own).partner;
        prop_assert_eq!(ForPartner { is_possible_conflict: false, ..found.partner }, alone);
    }

    #[test]
    fn what_may_be_the_same_customer_is_never_rejected(wanted in any_wanted(), claims in vec(any_claim(), 0..12)) {
        for conflict in examine(&wanted, &claims).manager.conflicts {
            prop_assert!(conflict.certainty == Certainty::Same || conflict.decision <= Decision::Ask);
        }
    }

    #[test]
    fn of_two_that_wait_for_the_same_at_most_one_is_approved(
        claims in vec(any_claim(), 0..8),
        customer in customer(),
        products in (product(), product()),
        days in (day(), day()),
        certified in (0_usize..4, 0_usize..4),
    ) {
        let one = |at: usize, product, submitted_on, certified| {
            let (partner, name) = PARTNERS[at];
            let wanted = Wanted { id: Some(IDS[at]), partner, certified, customer, product, submitted_on, on: TODAY };
            let claim = Claim {
                id: IDS[at],
                claimant: Claimant::Partner { id: partner, name, certified },
                customer,
                product,
                what: Kind::Registration { submitted_on, standing: Standing::Waiting },
            };
            (wanted, claim)
        };
        let (first, second) = (one(0, products.0, days.0, certified.0), one(1, products.1, days.1, certified.1));
        prop_assume!(Products::of(products.0, products.1) != Products::Other);
        let all: Vec<Claim<'_>> = claims.into_iter().chain([first.1, second.1]).collect();
        let approved = [first.0, second.0]
            .into_iter()
            .filter(|wanted| examine(wanted, &all).manager.proposal.decision == Decision::Approve);
        prop_assert!(approved.count() < 2);
    }
}
