//! A YAML FAQ: `questions` of `question` and `answer`, alone or in titled `sections`; answers are Markdown.

use super::{ReadError, markdown};
use crate::{Block, Document, FrontMatter, Section, text};
use liaison_knowledge::Anchor;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Faq {
    #[serde(default)]
    summary: Option<String>,
    #[serde(default)]
    questions: Vec<Pair>,
    #[serde(default)]
    sections: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default, alias = "name")]
    title: Option<String>,
    #[serde(default)]
    questions: Vec<Pair>,
}

#[derive(Deserialize)]
struct Pair {
    question: String,
    #[serde(default)]
    answer: Option<String>,
}

pub(super) fn read(source: &str) -> Result<Document, ReadError> {
    let keys: BTreeMap<String, Value> = match serde_saphyr::from_str::<Value>(source) {
        Ok(Value::Object(keys)) => keys.into_iter().collect(),
        Ok(_) => return Err(not_a_faq()),
        Err(error) => {
            return Err(ReadError::corrupt(
                error.to_string().lines().next().unwrap_or_default(),
            ));
        }
    };
    if !keys.contains_key("questions") && !keys.contains_key("sections") {
        return Err(not_a_faq());
    }
    let content = Value::Object(keys.clone().into_iter().collect());
    let front = FrontMatter::of_keys(keys)?;
    let faq: Faq = serde_json::from_value(content).map_err(|_| not_a_faq())?;
    let mut sections = summary(faq.summary.as_deref().unwrap_or_default());
    sections.extend(
        faq.questions
            .into_iter()
            .filter_map(|pair| pair_section(None, pair)),
    );
    for group in faq.sections {
        let title = group
            .title
            .map(|title| text::line(&title))
            .filter(|title| !title.is_empty());
        let pairs = group.questions.into_iter();
        sections.extend(pairs.filter_map(|pair| pair_section(title.as_deref(), pair)));
    }
    Ok(Document {
        title: front.title.clone(),
        front,
        sections,
        notices: vec![],
    })
}

fn not_a_faq() -> ReadError {
    ReadError::unsupported(
        "a YAML file that is no FAQ; a FAQ has `questions:`, each with `question:` and `answer:`",
    )
}

/// What stands before the questions; some put more questions there, as headings.
fn summary(source: &str) -> Vec<Section> {
    markdown::sections(source).0
}

fn pair_section(group: Option<&str>, pair: Pair) -> Option<Section> {
    let question = text::line(&markdown::lines(&pair.question));
    let answer = markdown::lines(pair.answer.as_deref().unwrap_or_default());
    if question.is_empty() {
        return None;
    }
    let heading: Vec<String> = group.map(str::to_owned).into_iter().collect();
    let path = heading.iter().cloned().chain([question.clone()]).collect();
    let anchor = Anchor::Heading { heading: path };
    Some(Section {
        anchor,
        heading,
        blocks: vec![Block::Pair { question, answer }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_keep_their_group_and_their_lines() {
        let document = read(
            "title: Partner FAQ\naudience: partners\nsummary: Ask us.\nquestions:\n\
             - question: How long is a deal protected?\n  answer: |\n    **90 days**. Then:\n\n    1. ask [us](mailto:a@b.c)\n    2. wait\n\
             sections:\n- name: Money\n  questions:\n  - question: When?\n    answer: In May.\n",
        )
        .unwrap();
        assert_eq!(document.title.as_deref(), Some("Partner FAQ"));
        assert_eq!(
            document.front.audience.map(|a| a.to_string()).as_deref(),
            Some("partners")
        );
        assert_eq!(document.sections[0].blocks, [Block::Paragraph("Ask us.".into())]);
        let pair = |question: &str, answer: &str| {
            [Block::Pair {
                question: question.into(),
                answer: answer.into(),
            }]
        };
        assert_eq!(
            document.sections[1].blocks,
            pair("How long is a deal protected?", "90 days. Then:\nask us\nwait")
        );
        assert_eq!(document.sections[2].blocks, pair("When?", "In May."));
        assert_eq!(
            document.sections[2].anchor,
            Anchor::Heading {
                heading: vec!["Money".into(), "When?".into()]
            }
        );
    }

    #[test]
    fn what_is_no_faq_or_says_a_wrong_audience_is_an_error() {
        #[track_caller]
        fn check(source: &str, code: &str) {
            assert_eq!(read(source).map_err(|e| e.code()).err(), Some(code), "{source}");
        }
        check("- name: Overview", "unsupported");
        check("title: Index", "unsupported");
        check("questions:\n- q: how", "unsupported");
        check("questions: [", "corrupt");
        check(
            "audience: gold\nquestions:\n- question: a\n  answer: b",
            "bad_front_matter",
        );
    }
}
