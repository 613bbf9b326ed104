//! How the partner came by the deal.

use super::{
    Source,
    labels::{Asked, Labelled},
    layout::Part,
    page::Page,
};
use crate::registration::lexicon::{Phrases, Words, lists};
use std::{ops::Range, sync::LazyLock};

lists! {
    REFERRAL = "words/deal.txt" ["referral"];
    EVENT = "words/deal.txt" ["event"];
    INBOUND = "words/deal.txt" ["inbound"];
    OUTBOUND = "words/deal.txt" ["outbound"];
    EXISTING_CUSTOMER = "words/deal.txt" ["existing_customer"];
    MARKETPLACE = "words/deal.txt" ["marketplace"];
    INBOUND_LABELLED = "words/deal.txt" ["inbound in a form"];
    EXISTING_LABELLED = "words/deal.txt" ["existing_customer in a form"];
}

/// A source that a text names.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub(super) source: Source,
    pub(super) words: Range<usize>,
    pub(super) score: f64,
}

/// The lists, and how much a phrase of each is worth: the later ones are said of other things, too.
static LISTS: [(Source, &LazyLock<Phrases>, f64); 6] = [
    (Source::Marketplace, &MARKETPLACE, 0.7),
    (Source::Referral, &REFERRAL, 0.65),
    (Source::ExistingCustomer, &EXISTING_CUSTOMER, 0.62),
    (Source::Outbound, &OUTBOUND, 0.6),
    (Source::Event, &EVENT, 0.58),
    (Source::Inbound, &INBOUND, 0.56),
];

/// Every source that a text names.
pub(super) fn all(page: &Page<'_>, labels: &[Labelled]) -> Vec<Origin> {
    let mut found = Vec::new();
    for at in 0..page.tokens.len() {
        if !matches!(page.tokens[at].part, Part::Body | Part::Subject) {
            continue;
        }
        let asked = super::cues::asked(labels, at, Asked::Source);
        for (source, list, worth) in LISTS {
            let form = match source {
                Source::Inbound if asked => INBOUND_LABELLED.at(page, at),
                Source::ExistingCustomer if asked => EXISTING_LABELLED.at(page, at),
                _ => None,
            };
            // "Holzmesse", "Fachmesse": fairs are made of one word in German.
            let fair = source == Source::Event && page.key(at).len() > 6 && page.key(at).ends_with("messe");
            let phrase = list.at(page, at).or(form).or(fair.then_some((1, "")));
            if let Some((len, _)) = phrase {
                let score = worth
                    + if asked { 0.3 } else { 0.0 }
                    + if page.tokens[at].message > 0 { -0.3 } else { 0.0 };
                found.push(Origin {
                    source,
                    words: at..at + len,
                    score,
                });
            }
        }
    }
    found
}
