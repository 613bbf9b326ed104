//! Whether a partner's message asks for something to be done, and what: a deal to be registered, a window to be
//! extended. A question about how such things are done asks for nothing.
//!
//! The message is looked at sentence by sentence: one of the words for doing it has to stand in a request ("please
//! register …", "we would like to extend …", "wir möchten … anmelden"). A pasted mail that tells of a deal needs no
//! such words: what it tells is enough.

use super::form::Kind;
use crate::registration::extract::{self, Context, Draft, extract};

/// What is done with what.
struct Act {
    kind: Kind,
    verbs: &'static [&'static str],
    /// One of these stands beside the verb.
    objects: &'static [&'static str],
}

/// In the order in which they are tried.
const ACTS: [Act; 6] = [
    Act {
        kind: Kind::ExtendProtection,
        verbs: &[
            "extend",
            "prolong",
            "lengthen",
            "request",
            "ask",
            "apply",
            "verlängern",
            "verlängert",
            "beantragen",
            "prolonger",
            "demander",
        ],
        objects: &[
            "extension",
            "protection",
            "window",
            "schutz",
            "schutzfrist",
            "verlängerung",
            "prolongation",
        ],
    },
    Act {
        kind: Kind::WithdrawRegistration,
        verbs: &[
            "withdraw",
            "retract",
            "cancel",
            "revoke",
            "zurückziehen",
            "stornieren",
            "retirer",
            "annuler",
        ],
        objects: &[
            "registration",
            "registrations",
            "reg",
            "dealreg",
            "registrierung",
            "anmeldung",
            "enregistrement",
        ],
    },
    Act {
        kind: Kind::DisputeAttribution,
        verbs: &[
            "dispute",
            "contest",
            "challenge",
            "change",
            "correct",
            "fix",
            "anfechten",
            "beanstanden",
            "contester",
            "corriger",
        ],
        objects: &["attribution", "attributed", "zuordnung", "sourced", "influenced"],
    },
    Act {
        kind: Kind::RequestMdf,
        verbs: &[
            "request",
            "apply",
            "ask",
            "reserve",
            "book",
            "beantragen",
            "anfragen",
            "demander",
            "solliciter",
        ],
        objects: &[
            "mdf",
            "marketing",
            "mdfs",
            "marketingmittel",
            "werbekostenzuschuss",
        ],
    },
    Act {
        kind: Kind::UpdateDeal,
        verbs: &[
            "update",
            "add",
            "note",
            "set",
            "aktualisieren",
            "ergänzen",
            "ajouter",
        ],
        objects: &["deal", "opportunity", "opp", "geschäft", "projekt", "affaire"],
    },
    Act {
        kind: Kind::RegisterDeal,
        verbs: &[
            "register",
            "log",
            "submit",
            "record",
            "enter",
            "file",
            "registrieren",
            "anmelden",
            "eintragen",
            "enregistrer",
            "déclarer",
        ],
        objects: &[
            "deal",
            "deals",
            "opportunity",
            "opp",
            "lead",
            "leads",
            "registration",
            "reg",
            "dealreg",
            "project",
            "geschäft",
            "projekt",
            "chance",
            "affaire",
            "opportunité",
            "projet",
        ],
    },
];

/// What makes a request of the verb that follows, at once or with a word between.
const WISHES: &[&[&str]] = &[
    &["please"],
    &["pls"],
    &["kindly"],
    &["can", "you"],
    &["could", "you"],
    &["would", "you"],
    &["will", "you"],
    &["want", "to"],
    &["wants", "to"],
    &["need", "to"],
    &["like", "to"],
    &["love", "to"],
    &["wish", "to"],
    &["bitte"],
    &["veuillez"],
    &["merci", "de"],
    &["voudrais"],
    &["voudrions"],
    &["souhaite"],
    &["souhaitons"],
    &["aimerais"],
    &["aimerions"],
    &["pouvez", "vous"],
    &["pourriez", "vous"],
];
/// What makes a request of a verb at the end of its sentence.
const WISHES_AHEAD: &[&str] = &[
    "möchte", "möchten", "will", "wollen", "würde", "würden", "bitte", "könnt", "könnten", "können",
];
/// Words that may stand before an order.
const FILLERS: &[&str] = &[
    "hi", "hello", "hey", "hallo", "bonjour", "ok", "okay", "so", "and", "team", "all", "dear",
];
/// Words that open a question, or ask to be shown something.
const ASKING: &[&str] = &[
    "how", "what", "when", "why", "where", "which", "who", "whose", "is", "are", "am", "was", "were", "do",
    "does", "did", "has", "have", "should", "may", "must", "show", "list", "give", "tell", "explain", "if",
    "wie", "wann", "warum", "wo", "welche", "welcher", "wer", "ist", "sind", "zeig", "zeige", "comment",
    "quand", "pourquoi", "quel", "quelle", "quelles", "quels", "est", "combien", "montre",
];
/// Verbs that need no object where a deal is told of.
const ALONE: &[&str] = &["register", "registrieren", "anmelden", "enregistrer"];
/// Openings that name what follows: "New deal: …".
const TITLES: &[&[&str]] = &[
    &["deal"],
    &["opp"],
    &["reg"],
    &["new"],
    &["log"],
    &["neu"],
    &["neukunde"],
    &["registrierung"],
    &["nouveau"],
    &["registration", "request"],
    &["neuer", "deal"],
    &["neues", "projekt"],
    &["neue", "chance"],
    &["nouvelle", "affaire"],
    &["nouvelle", "opportunité"],
];

/// Parts of a registration, as a message names them that adds one.
const PARTS: &[&str] = &[
    "contact",
    "company",
    "customer",
    "product",
    "value",
    "budget",
    "amount",
    "currency",
    "closes",
    "close",
    "closing",
    "ansprechpartner",
    "kunde",
    "firma",
    "produkt",
    "wert",
    "abschluss",
    "client",
    "produit",
    "montant",
    "clôture",
];

/// From so many words on, a message is rather told than asked.
const TOLD: usize = 25;
/// Facts that make a deal of what is told, the customer among them.
const FACTS: usize = 3;
/// The words that a continued registration is told in.
const CONTINUED: usize = 80;

/// What a message asks to be done; nothing where it asks something else. `goes_on` says that the message before was
/// about a deal to register; `known` are customers of the partner's own records, whose names alone tell of nothing new.
#[must_use]
pub fn of(text: &str, context: &Context<'_>, known: &[String], goes_on: bool) -> Option<Kind> {
    let sentences: Vec<Vec<String>> = sentences(text);
    let first = sentences.first()?;
    let count = sentences.iter().map(Vec::len).sum::<usize>();
    let is_asking = opens_question(first);
    let drafts = || extract(text, context);
    if let Some(kind) = ACTS
        .iter()
        .find_map(|act| sentences.iter().any(|s| act.is_asked(s)).then_some(act.kind))
    {
        return Some(kind);
    }
    let alone = sentences.iter().any(|sentence| requested(sentence, ALONE));
    let is_titled = TITLES.iter().any(|title| first.starts_with_words(title));
    if (alone || is_titled) && !is_asking {
        let tells = drafts()
            .iter()
            .any(|draft| draft.company.is_some() || facts(draft) > 1);
        return tells.then_some(Kind::RegisterDeal);
    }
    if goes_on && !is_asking && count <= CONTINUED && !text.trim_end().ends_with('?') && adds(text, context) {
        return Some(Kind::RegisterDeal);
    }
    if is_asking || (count < TOLD && text.trim_end().ends_with('?')) {
        return None;
    }
    let is_new = |draft: &Draft| {
        let company = draft.company.as_ref().map(|company| company.value.to_lowercase());
        company.is_some_and(|company| {
            count >= TOLD || !known.iter().any(|name| name.to_lowercase().contains(&company))
        })
    };
    drafts()
        .iter()
        .any(|draft| is_new(draft) && facts(draft) >= FACTS)
        .then_some(Kind::RegisterDeal)
}

/// Whether a message tells something that a registration has: a day, an amount, an address, or by its name.
fn adds(text: &str, context: &Context<'_>) -> bool {
    let named = |sentence: Vec<String>| sentence.iter().any(|word| PARTS.contains(&word.as_str()));
    text.contains('@')
        || sentences(text).into_iter().any(named)
        || !extract::days(text, context).is_empty()
        || !extract::amounts(text, context).is_empty()
}

impl Act {
    fn is_asked(&self, sentence: &[String]) -> bool {
        let has_object = sentence.iter().any(|word| self.objects.contains(&word.as_str()));
        has_object && requested(sentence, self.verbs) && self.fits(sentence)
    }

    /// What its words alone do not tell.
    fn fits(&self, sentence: &[String]) -> bool {
        let has = |list: &[&str]| sentence.iter().any(|word| list.contains(&word.as_str()));
        let extends = [
            "extend",
            "prolong",
            "lengthen",
            "verlängern",
            "prolonger",
            "extension",
            "verlängerung",
            "prolongation",
        ];
        match self.kind {
            // "Apply for protection" is no extension.
            Kind::ExtendProtection => has(&extends),
            // "Add a new deal" makes one.
            Kind::UpdateDeal => !has(&["new", "neue", "neuen", "nouvelle", "register"]),
            Kind::DisputeAttribution => {
                has(&["attribution", "attributed", "zuordnung"]) || has(&["dispute", "contest"])
            }
            _ => true,
        }
    }
}

/// Whether one of the verbs is what a sentence asks for.
fn requested(sentence: &[String], verbs: &[&str]) -> bool {
    if opens_question(sentence) {
        return false;
    }
    let is_verb = |word: &String| verbs.contains(&word.as_str());
    let is_filler = |word: &String| FILLERS.contains(&word.as_str());
    (0..sentence.len())
        .filter(|at| is_verb(&sentence[*at]))
        .any(|at| {
            let before = &sentence[..at];
            let is_order = before.iter().all(is_filler);
            let wished = |skip: usize| {
                let upto = before.len().saturating_sub(skip);
                WISHES.iter().any(|wish| before[..upto].ends_with_words(wish))
            };
            let ahead = before.iter().any(|word| WISHES_AHEAD.contains(&word.as_str()))
                && at + 2 >= sentence.len()
                && !before.iter().any(|word| word == "wissen");
            is_order || wished(0) || wished(1) || ahead
        })
}

/// "Can you …" asks for something; "can I …" asks whether one may.
fn opens_question(sentence: &[String]) -> bool {
    let first = sentence.iter().find(|word| !FILLERS.contains(&word.as_str()));
    let may = |pair: &[String]| {
        let may = [
            "can", "could", "may", "shall", "kann", "können", "darf", "dürfen", "puis", "pouvons",
        ];
        let who = ["i", "we", "ich", "wir", "je", "nous"];
        may.contains(&pair[0].as_str()) && who.contains(&pair[1].as_str())
    };
    first.is_some_and(|first| ASKING.contains(&first.as_str())) || sentence.windows(2).any(may)
}

fn facts(draft: &Draft) -> usize {
    let known = [
        draft.company.is_some(),
        draft.product.is_some(),
        draft.value.is_some(),
        draft.close_date.is_some(),
        draft.contact.is_some(),
        draft.contact_email.is_some() || draft.domain.is_some(),
    ];
    known.into_iter().filter(|known| *known).count()
}

/// The words of each sentence, in lower case.
fn sentences(text: &str) -> Vec<Vec<String>> {
    let ends = |c: char| matches!(c, '.' | '!' | '?' | '\n' | ';');
    let words = |sentence: &str| {
        let words = sentence.split(|c: char| !c.is_alphanumeric());
        words
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect::<Vec<_>>()
    };
    text.split(ends)
        .map(words)
        .filter(|words| !words.is_empty())
        .collect()
}

trait Phrase {
    fn starts_with_words(&self, phrase: &[&str]) -> bool;
    fn ends_with_words(&self, phrase: &[&str]) -> bool;
}

impl Phrase for [String] {
    fn starts_with_words(&self, phrase: &[&str]) -> bool {
        self.len() >= phrase.len() && self.iter().zip(phrase).all(|(word, other)| word == other)
    }

    fn ends_with_words(&self, phrase: &[&str]) -> bool {
        self.len() >= phrase.len() && self[self.len() - phrase.len()..].starts_with_words(phrase)
    }
}

#[cfg(test)]
mod tests;
