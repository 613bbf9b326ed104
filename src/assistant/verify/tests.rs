use super::*;
use crate::assistant::{
    draft::Phrase,
    evidence::{ToolCall, ToolReturn, ToolStep},
    tools::Tool,
};
use liaison_knowledge::{Anchor, AudienceSpec, DocumentId, DocumentRecord, Hit, Passage, Stored, Validity};
use serde_json::json;
use std::sync::Arc;

fn evidence(text: &str) -> Evidence {
    let document = DocumentId::of_source("/rules.md");
    let hit = Hit {
        stored: Arc::new(Stored {
            passage: Passage {
                id: PassageId::of_text(document, 0, text),
                ordinal: 0,
                anchor: Anchor::Heading { heading: vec![] },
                heading: vec![],
                text: text.to_owned(),
            },
            document: Arc::new(DocumentRecord {
                id: document,
                path: "rules.md".into(),
                title: "Rules".into(),
                audience: AudienceSpec::Partners,
                validity: Validity::default(),
                language: None,
            }),
        }),
        score: 1.0,
        similarity: Some(1.0),
        bm25: None,
    };
    let call = ToolCall {
        tool: Tool::SearchKnowledge,
        arguments: json!({}),
    };
    Evidence {
        steps: vec![ToolStep {
            call,
            returned: ToolReturn::Passages(vec![hit]),
        }],
    }
}

#[track_caller]
fn check(text: &str, quote: Option<&str>, expected: Result<(), Failure>) {
    let evidence = evidence("A registered deal is protected for 90 days. It’s “final”\nunless extended.");
    let cites = quote.map(|quote| Cite::Quote {
        passage: 0,
        quote: quote.to_owned(),
    });
    let part = Part::Sentence {
        text: text.to_owned(),
        cites: cites.into_iter().collect(),
        gap: Gap::Paragraph,
    };
    let verdict = verify(&Draft { parts: vec![part] }, &evidence, &Policy::default());
    match expected {
        Ok(()) => assert_eq!(
            (verdict.released.len(), verdict.withheld.len()),
            (1, 0),
            "{verdict:?}"
        ),
        Err(reason) => assert_eq!(
            (verdict.released.len(), verdict.withheld),
            (
                0,
                vec![Withheld {
                    text: text.to_owned(),
                    reason
                }]
            )
        ),
    }
}

#[test]
fn a_sentence_needs_a_quote_that_stands_there_and_numbers_that_do_too() {
    check("Protection lasts 90 days.", Some("protected for 90 days"), Ok(()));
    check("It is final.", Some("it's \"final\" unless extended"), Ok(()));
    check("Protection lasts 90 days.", None, Err(Failure::Uncited));
    check(
        "Protection lasts 90 days.",
        Some("protected for ninety days"),
        Err(Failure::QuoteNotFound),
    );
    check("It lasts 90 days.", Some(" "), Err(Failure::QuoteNotFound));
    let other = Err(Failure::NumberWithoutSource("120".into()));
    check(
        "Protection lasts 120 days.",
        Some("A registered deal is protected"),
        other,
    );
}

#[test]
fn a_phrase_does_not_stand_in_for_an_answer_that_was_withheld() {
    let lie = Part::Sentence {
        text: "It is 5 %.".into(),
        cites: vec![],
        gap: Gap::Paragraph,
    };
    let draft = Draft {
        parts: vec![Part::Phrase(Phrase::Greeting), lie],
    };
    assert!(
        verify(&draft, &evidence("x"), &Policy::default())
            .released
            .is_empty()
    );
    let draft = Draft {
        parts: vec![Part::Phrase(Phrase::Greeting)],
    };
    assert_eq!(
        verify(&draft, &evidence("x"), &Policy::default()).released.len(),
        1
    );
}
