//! Filters that questions name.

use super::{super::question, *};
use crate::assistant::evidence::Evidence;
use jiff::civil::date;
use serde_json::json;
use std::sync::LazyLock;

static NOTHING: LazyLock<Evidence> = LazyLock::new(Evidence::default);

/// A question on a day of 2026, without a conversation before it.
pub(in super::super) fn ask<'a>(question: &'a str, vocabulary: &'a Vocabulary) -> Ask<'a> {
    Ask {
        question,
        history: &[],
        evidence: &NOTHING,
        tools: true,
        note: None,
        released: &[],
        today: date(2026, 11, 21),
        vocabulary,
    }
}

#[test]
fn customers_are_known_by_the_first_word_of_their_names() {
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let vocabulary = Vocabulary {
        products: names(&["Weave"]),
        tiers: names(&["silver"]),
        customers: names(&[
            "Northwind Traders GmbH",
            "Partner Systems",
            "Silver Lake Foods",
            "Harbor Air",
            "Harbor Sea",
            "Acme",
        ]),
        people: names(&["Ines Carvalho"]),
        ..Vocabulary::default()
    };
    #[track_caller]
    fn check(vocabulary: &Vocabulary, text: &str, expected: Option<(&str, &str)>) {
        let found = own_mention(text, vocabulary);
        assert_eq!(found.map(|(name, at)| (name, &text[at])), expected, "{text}");
    }
    let check = |text: &str, expected| check(&vocabulary, text, expected);
    check(
        "any news on NORTHWIND?",
        Some(("Northwind Traders GmbH", "NORTHWIND")),
    );
    check(
        "northwind traders, please",
        Some(("Northwind Traders GmbH", "northwind traders")),
    );
    check("what does a partner earn?", None);
    check("what does a silver partner earn?", None);
    check(
        "silver lake: where are we?",
        Some(("Silver Lake Foods", "silver lake")),
    );
    check("and harbor?", None);
    check("and Harbor Sea?", Some(("Harbor Sea", "Harbor Sea")));
    check("acme's deal", Some(("Acme", "acme")));
    check(
        "when does Ines Carvalho's certificate expire?",
        Some(("Ines Carvalho", "Ines Carvalho")),
    );
    check("northwinds", None);
}

#[test]
fn amounts_are_read_to_the_cent() {
    assert_eq!(amount("Why is it 9,760.72?"), Some("9,760.72"));
    assert_eq!(amount("warum 9.760,72 €?"), Some("9.760,72"));
    assert_eq!(amount("on 12.11.2026 or 1,240 or 18.5 %"), None);
}

fn vocabulary() -> Vocabulary {
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    Vocabulary {
        products: names(&["Weave", "Shuttle"]),
        tiers: names(&["gold", "platinum", "silver"]),
        tier: "gold".to_owned(),
        customers: names(&["Norlund AB"]),
        ..Vocabulary::default()
    }
}

#[test]
fn what_is_named_twice_is_asked_twice_or_split() {
    let vocabulary = vocabulary();
    let check = |tool: Tool, text: &str, expected: &[Value]| {
        let ask = ask(text, &vocabulary);
        let question = question::alone(&ask);
        let calls = each(tool, read(tool, &question, &ask), &question, &ask);
        assert_eq!(calls, expected, "{text}");
    };
    check(
        Tool::ListCommissions,
        "I see 21,285.44 and 2,902.56: what is the second for?",
        &[json!({"amount": "21,285.44"}), json!({"amount": "2,902.56"})],
    );
    check(
        Tool::ListStaleDeals,
        "anything quiet in Weave or Shuttle?",
        &[json!({"product": "Weave"}), json!({"product": "Shuttle"})],
    );
    check(
        Tool::DealMetrics,
        "compare our hit rates for Weave and Shuttle",
        &[json!({"by": "product"})],
    );
    check(
        Tool::PipelineSummary,
        "open pipeline: how much of it is renewals, how much new?",
        &[json!({"by": "motion"})],
    );
    check(
        Tool::PipelineSummary,
        "our Weave renewals",
        &[json!({"product": "Weave", "motion": "renewal"})],
    );
}

#[test]
fn days_of_the_week_are_nobody() {
    let vocabulary = vocabulary();
    let check = |text: &str, expected: Option<&str>| {
        let found = customer(text, &ask(text, &vocabulary));
        assert_eq!(found.as_deref(), expected, "{text}");
    };
    check("our pipeline for the Monday call", None);
    check("our pipeline with Acme Mondays", Some("Acme Mondays"));
    check("what about Norlund?", Some("Norlund AB"));
}

#[test]
fn a_supposition_is_read_as_it_is_said() {
    let vocabulary = vocabulary();
    let check = |text: &str, expected: Value| {
        let ask = ask(text, &vocabulary);
        let read = read(Tool::EstimateCommission, &question::alone(&ask), &ask);
        assert_eq!(read, expected, "{text}");
    };
    check(
        "What if I close 50k at Silver?",
        json!({"amount": "50k", "tier": "silver"}),
    );
    check(
        "what would we earn on a 120,000 EUR Weave renewal that we source?",
        json!({"amount": "120,000 EUR", "product": "Weave", "motion": "renewal", "attribution": "sourced"}),
    );
    check(
        "How much more would I get as Platinum than as Gold?",
        json!({"tier": "platinum"}),
    );
    check(
        "what if Norlund closes for € 80.000?",
        json!({"amount": "€ 80.000", "customer": "Norlund AB"}),
    );
    check("What would 30 new deals in 2027 bring?", json!({}));
    check(
        "What would I have got for a million dollars in 2024?",
        json!({"amount": "a million dollars"}),
    );
    // What was paid is still read to the cent.
    let asked = ask("Why did I get 9,760.72 and not 50k?", &vocabulary);
    let read = read(Tool::ListCommissions, &question::alone(&asked), &asked);
    assert_eq!(read, json!({"amount": "9,760.72"}));
}

#[test]
fn what_is_to_expire_in_a_period_is_a_window() {
    let vocabulary = vocabulary();
    let check = |text: &str, expected: Value| {
        let ask = ask(text, &vocabulary);
        let read = read(Tool::ListDealRegistrations, &question::alone(&ask), &ask);
        assert_eq!(read, expected, "{text}");
    };
    check(
        "Which registrations expire this month?",
        json!({"expiring_within_days": 9}),
    );
    check(
        "which of my regs run out within two weeks",
        json!({"expiring_within_days": 14}),
    );
    check(
        "Whose protection ends this year?",
        json!({"expiring_within_days": 40}),
    );
    check(
        "Which registrations expired last month?",
        json!({"status": "expired", "period": "last month"}),
    );
    check(
        "Which were approved this month?",
        json!({"status": "approved", "period": "this month"}),
    );
}
