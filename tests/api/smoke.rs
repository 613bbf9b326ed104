//! Against any real endpoint: `make smoke LLM=http://127.0.0.1:11434/v1 MODEL=…`. What a model says is its own affair;
//! asserted is only what has to hold whatever it says. The same runs on a script, so that it is known to work.

use crate::support::{MODEL, Reply, Script, Seen, Service, of_type, serve_with, text};
use serde_json::{Value, json};
use std::time::Instant;

/// A rule, own records, both, none of them, another language.
const QUESTIONS: [&str; 5] = [
    "How long is a registered deal protected?",
    "Which of my deal registrations expire soon?",
    "How much commission did I earn last quarter, and when is it paid?",
    "Which football club won the cup in 1954?",
    "Wie lange ist ein registriertes Geschäft geschützt?",
];

#[tokio::test]
#[ignore = "asks a real endpoint: make smoke LLM=http://127.0.0.1:11434/v1 MODEL=…"]
#[expect(
    clippy::disallowed_methods,
    reason = "the test's own settings, given by `make smoke`"
)]
async fn a_real_endpoint_keeps_the_contract() {
    let setting = |name| std::env::var(name).unwrap_or_default();
    let (url, model, key) = (setting("LLM"), setting("MODEL"), setting("KEY"));
    assert!(
        !url.is_empty() && !model.is_empty(),
        "LLM and MODEL name what is asked"
    );
    let mut settings = vec![
        ("LIAISON_LLM__BASE_URL", url.as_str()),
        ("LIAISON_LLM__MODEL", &model),
        ("LIAISON_LLM__TIMEOUT_SECONDS", "120"),
        ("LIAISON_ASSISTANT__SECONDS", "180"),
    ];
    if !key.is_empty() {
        settings.push(("LIAISON_LLM__API_KEY", &key));
    }
    check(&serve_with(&settings), &model).await;
}

#[tokio::test]
async fn a_script_keeps_the_contract() {
    let script = Script::always(answers);
    check(&serve_with(&script.settings()), MODEL).await;
    script.played();
}

/// Looks the question up, then quotes what it was shown first.
fn answers(seen: &Seen) -> Reply {
    let messages = seen.body["messages"].as_array().unwrap();
    let asked = messages
        .iter()
        .rfind(|message| message["role"] == "user")
        .unwrap();
    let returned = seen.returned();
    let Some(shown) = returned.first() else {
        let arguments = json!({ "query": asked["content"] });
        return Reply::Calls(vec![("search_knowledge".to_owned(), arguments.to_string())]);
    };
    let mut lines = shown.lines().skip_while(|line| !line.starts_with("P1 ("));
    let words: Vec<&str> = lines.nth(1).unwrap_or_default().split(' ').take(6).collect();
    Reply::Says(format!("The documents say so [P1 \"{}\"].", words.join(" ")))
}

#[expect(
    clippy::print_stdout,
    reason = "whoever tries a model wants to see what it says"
)]
async fn check(service: &Service, model: &str) {
    let token = service.token("p-001");
    let mut fluent = 0;
    for (nth, question) in QUESTIONS.iter().enumerate() {
        let start = Instant::now();
        let parts = service.ask(&token, &format!("smoke-{nth}"), question).await;
        assert!(of_type(&parts, "error").is_empty(), "{question}: {parts:?}");
        let shown = text(&parts);
        assert!(!shown.trim().is_empty(), "{question}: nothing was shown");
        let told = &of_type(&parts, "finish")[0]["messageMetadata"];
        println!(
            "{question}\n  {} in {:.1?}: {shown}",
            told["model"],
            start.elapsed()
        );
        fluent += usize::from(told["model"] == model);
        check_citations(&shown, &parts);
    }
    assert!(
        fluent > 0,
        "{model} answered nothing: is it there, and can it call tools?"
    );
    check_completion(service, &token).await;
}

/// Each mark has its source, with words to show for it.
#[track_caller]
fn check_citations(shown: &str, parts: &[Value]) {
    let cited = of_type(parts, "source-document");
    for mark in shown.split("](#cite-").skip(1) {
        let (id, _) = mark.split_once(')').unwrap();
        let source = cited.iter().find(|source| source["sourceId"] == id);
        let source = source.unwrap_or_else(|| panic!("no source of {id}"));
        let quote = &source["providerMetadata"]["liaison"]["quote"];
        assert!(quote.as_str().is_some_and(|quote| !quote.is_empty()), "{source}");
    }
}

async fn check_completion(service: &Service, token: &str) {
    let message = json!({ "role": "user", "content": QUESTIONS[0] });
    let body = json!({ "model": "liaison", "messages": [message] });
    let response = service.post("/v1/chat/completions", token, &body).await;
    assert_eq!(response.status(), 200);
    let completion: Value = response.json().await.unwrap();
    let content = completion["choices"][0]["message"]["content"].as_str();
    assert!(content.is_some_and(|content| !content.is_empty()), "{completion}");
}
