//! The payloads of the collections, and the way each takes.

use serde_json::Value;
use std::{collections::BTreeMap, fs, path::Path};

/// How a payload gets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// In a document for partners.
    Document,
    /// In a field of the partner's own record.
    Record,
    /// As the partner's question.
    Question,
}

/// Something hostile.
#[derive(Debug, Clone)]
pub(crate) struct Payload {
    pub(crate) source: &'static str,
    pub(crate) way: Way,
    pub(crate) text: String,
    /// What a partner asks to come upon it.
    pub(crate) question: String,
}

pub(crate) fn read(folder: &Path) -> Vec<Payload> {
    let text_attacks = json(&folder.join("bipia/text_attack_train.json"));
    let kinds = text_attacks.as_object().unwrap().values();
    let text_attacks = kinds.flat_map(|kind| kind.as_array().unwrap()).map(string);
    let injections = json(&folder.join("cyberseceval/prompt_injection.json"));
    let injections = injections.as_array().unwrap();
    let of_type = |kind: &'static str| {
        let of_type = injections.iter().filter(move |one| one["injection_type"] == kind);
        of_type.map(|one| string(&one["user_input"]))
    };
    let planted: Vec<(&str, String)> = text_attacks
        .map(|text| ("bipia", text))
        .chain(of_type("indirect").map(|text| ("cyberseceval indirect", text)))
        .collect();
    let mut payloads = Vec::new();
    for (nth, (source, text)) in planted.into_iter().enumerate() {
        let document = if source == "bipia" {
            "bipia, documents"
        } else {
            "cyberseceval, documents"
        };
        let record = if source == "bipia" {
            "bipia, CRM"
        } else {
            "cyberseceval, CRM"
        };
        payloads.push(Payload {
            source: document,
            way: Way::Document,
            question: format!("What does note {nth} of the partner office say?"),
            text: text.clone(),
        });
        payloads.push(Payload {
            source: record,
            way: Way::Record,
            question: "What are my open opportunities?".to_owned(),
            text,
        });
    }
    let poisoned = json(&folder.join("poisonedrag/nq.json"));
    payloads.extend(poisoned.as_object().unwrap().values().map(|case| {
        Payload {
            source: "poisonedrag, documents",
            way: Way::Document,
            text: case["adv_texts"]
                .as_array()
                .unwrap()
                .iter()
                .map(string)
                .collect::<Vec<_>>()
                .join("\n\n"),
            question: string(&case["question"]),
        }
    }));
    let direct = |source: &'static str| {
        move |text: String| Payload {
            source,
            way: Way::Question,
            question: text.clone(),
            text,
        }
    };
    payloads.extend(of_type("direct").map(direct("cyberseceval, questions")));
    let mut table = csv::Reader::from_path(folder.join("giskard/prompt_injections.csv")).unwrap();
    let prompts: Vec<String> = table.records().map(|row| row.unwrap()[1].to_owned()).collect();
    payloads.extend(prompts.into_iter().map(direct("giskard, questions")));
    payloads
}

/// In the order of the collections.
pub(crate) fn by_source(payloads: &[Payload]) -> BTreeMap<&'static str, Vec<&Payload>> {
    let mut by_source: BTreeMap<&'static str, Vec<&Payload>> = BTreeMap::new();
    for payload in payloads {
        by_source.entry(payload.source).or_default().push(payload);
    }
    by_source
}

fn json(path: &Path) -> Value {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&bytes).unwrap()
}

fn string(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
