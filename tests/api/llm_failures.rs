//! When the language model fails, an answer without one takes its place; nothing half-said is shown.

use crate::support::{
    MODEL, Reply, Script, Turn, body, breaks, calls, hangs, of_type, refuses, run_with, says, seeded,
    serve_with, text,
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const PROTECTION: &str = "How long is a registered deal protected?";
const WINDOWS: &str =
    "60 days for Registered, 90 days for Silver, 120 days for Gold and 180 days for Platinum";

/// Asks with the script as the language model: exit code and answer.
fn ask(turns: impl IntoIterator<Item = Turn>) -> (i32, Value) {
    let (home, script) = (seeded(), Script::start(turns));
    let arguments = ["ask", PROTECTION, "--partner", "p-001"];
    let (code, answer, said) = run_with(home.path(), &script.settings(), &arguments);
    script.played();
    assert!(answer.is_object(), "{code} {said}");
    (code, answer)
}

fn search() -> Turn {
    calls("search_knowledge", &json!({ "query": PROTECTION }))
}

fn raw_call(tool: &'static str, arguments: &'static str) -> Turn {
    Box::new(move |_| Reply::Calls(vec![(tool.to_owned(), arguments.to_owned())]))
}

#[track_caller]
fn check_extractive((code, answer): &(i32, Value)) {
    assert_eq!((*code, &answer["model"]), (0, &"extractive".into()), "{answer}");
    assert!(
        answer["answer"].as_str().unwrap().contains("120 days for Gold"),
        "{answer}"
    );
    assert!(!answer["citations"].as_array().unwrap().is_empty(), "{answer}");
}

#[test]
fn an_endpoint_that_is_down_costs_no_answer() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", closed.local_addr().unwrap());
    drop(closed);
    let home = seeded();
    let settings = [
        ("LIAISON_LLM__BASE_URL", url.as_str()),
        ("LIAISON_LLM__MODEL", MODEL),
    ];
    let (code, answer, said) = run_with(home.path(), &settings, &["ask", PROTECTION, "--partner", "p-001"]);
    assert!(answer.is_object(), "{said}");
    check_extractive(&(code, answer));
    let (code, checks, _) = run_with(home.path(), &settings, &["doctor"]);
    let checks = checks.to_string();
    assert!(code == 1 && checks.contains("llm.base_url"), "{checks}");
}

#[test]
fn a_short_failure_is_tried_again() {
    for status in [500, 503, 429] {
        let cited = says(|seen| {
            let mark = seen.passage(WINDOWS);
            format!("It is 120 days for Gold [{mark} \"{WINDOWS}\"].")
        });
        let (code, answer) = ask([refuses(status, None), search(), refuses(status, Some(1)), cited]);
        assert_eq!((code, &answer["model"]), (0, &MODEL.into()), "{status}: {answer}");
    }
}

#[test]
fn a_long_failure_gives_way_to_the_extractive_answer() {
    for status in [500, 429] {
        check_extractive(&ask([0; 4].map(|_| refuses(status, None))));
    }
    check_extractive(&ask([refuses(401, None)]));
    check_extractive(&ask([search(), refuses(400, None)]));
}

#[test]
fn nobody_waits_longer_than_the_timeout() {
    for turn in [hangs(), refuses(429, Some(3_600)), refuses(503, Some(3_600))] {
        let start = Instant::now();
        check_extractive(&ask([turn]));
        // The settings allow three seconds; starting and answering on a busy machine take their time as well.
        assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
    }
}

#[test]
fn a_reply_that_cannot_be_read_gives_way_to_the_extractive_answer() {
    for turn in [
        raw_call("delete_all_partners", "{}"),
        raw_call("", "{}"),
        raw_call("search_knowledge", "{\"query\": \"protec"),
        raw_call("search_knowledge", "no JSON at all"),
    ] {
        check_extractive(&ask([turn]));
    }
}

#[test]
fn bad_arguments_are_told_to_the_model_which_may_mend_them() {
    for arguments in [
        "[1]",
        "null",
        "7",
        "{}",
        "{\"query\": 7}",
        "{\"query\": \" \"}",
        "\"protection\"",
    ] {
        let cited = says(|seen| {
            assert!(
                seen.returned()[0].starts_with("failed: "),
                "{:?}",
                seen.returned()
            );
            let mark = seen.passage(WINDOWS);
            format!("It is 120 days for Gold [{mark} \"{WINDOWS}\"].")
        });
        let (code, answer) = ask([raw_call("search_knowledge", arguments), search(), cited]);
        assert_eq!(
            (code, &answer["model"]),
            (0, &MODEL.into()),
            "{arguments}: {answer}"
        );
    }
}

#[test]
fn a_model_that_never_answers_ends_in_a_decline() {
    let last: Turn = Box::new(|seen| {
        assert!(
            seen.body["tools"].is_null(),
            "tools are still offered: {}",
            seen.body["tools"]
        );
        Reply::Calls(vec![("partner_profile".to_owned(), String::new())])
    });
    let (code, answer) = ask([search(), search(), search(), last]);
    assert_eq!((code, &answer["declined"]["reason"]), (3, &"no_answer".into()));
    assert!(
        !answer["declined"]["nearest"].as_array().unwrap().is_empty(),
        "{answer}"
    );
}

#[tokio::test]
async fn a_stream_that_breaks_shows_no_half_sentence() {
    let half = || {
        breaks(|seen| {
            let mark = seen.passage(WINDOWS);
            format!("Wholly proven [{mark} \"{WINDOWS}\"]. The half sentence that bre")
        })
    };
    check_extractive(
        &tokio::task::spawn_blocking(move || ask([search(), half()]))
            .await
            .unwrap(),
    );

    // Over HTTP every part that was sent has been seen, so none of it may have been sent at all.
    let script = Script::start([search(), half()]);
    let service = serve_with(&script.settings());
    let response = service
        .post("/api/chat", &service.token("p-001"), &body("c-1", PROTECTION))
        .await;
    let whole = response.text().await.unwrap();
    script.played();
    assert!(
        !whole.contains("Wholly proven") && !whole.contains("half sentence"),
        "{whole}"
    );
    let parts: Vec<Value> = whole
        .lines()
        .filter_map(|line| serde_json::from_str(line.strip_prefix("data: ")?).ok())
        .collect();
    assert!(text(&parts).contains("120 days for Gold"), "{whole}");
    assert!(of_type(&parts, "error").is_empty(), "{whole}");
    assert_eq!(
        of_type(&parts, "finish")[0]["messageMetadata"]["model"],
        "extractive"
    );
}
