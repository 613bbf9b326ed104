//! When the language model fails, an answer without one takes its place; nothing half-said is shown.

use crate::support::{
    MODEL, Reply, Script, Seen, Turn, breaks, calls, hangs, of_type, refuses, run_with, says, seeded,
    serve_with, stalls, text,
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

fn cited() -> Turn {
    says(|seen| {
        let mark = seen.passage(WINDOWS);
        format!("It is 120 days for Gold [{mark} \"{WINDOWS}\"].")
    })
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
        let (code, answer) = ask([refuses(status, None), search(), refuses(status, Some(1)), cited()]);
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
fn a_reply_that_cannot_be_read_is_asked_for_again() {
    for (turn, told) in [
        (
            raw_call("delete_all_partners", "{}"),
            "no tool named \"delete_all_partners\"",
        ),
        (raw_call("", "{}"), "no tool named"),
        (raw_call("search_knowledge", "{\"query\": \"protec"), "not JSON"),
        (raw_call("search_knowledge", "no JSON at all"), "not JSON"),
    ] {
        let mended: Turn = Box::new(move |seen| {
            let messages = seen.body["messages"].as_array().unwrap();
            let note = messages.last().unwrap()["content"].to_string();
            assert!(note.replace("\\\"", "\"").contains(told), "{note}");
            search()(seen)
        });
        let (code, answer) = ask([turn, mended, cited()]);
        assert_eq!((code, &answer["model"]), (0, &MODEL.into()), "{answer}");
    }
    let never = [0; 6].map(|_| raw_call("delete_all_partners", "{}"));
    let answered = ask(never);
    check_extractive(&answered);
    assert_eq!(answered.1["receipt"]["stopped"], "replies");
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
fn a_model_that_never_answers_gives_way() {
    let last: Turn = Box::new(|seen| {
        assert!(
            seen.body["tools"].is_null(),
            "tools are still offered: {}",
            seen.body["tools"]
        );
        Reply::Calls(vec![("partner_profile".to_owned(), String::new())])
    });
    let turns = (0..5).map(|_| search()).chain([last]);
    let answered = ask(turns);
    check_extractive(&answered);
    assert_eq!(answered.1["receipt"]["stopped"], "replies");
    assert!(answered.1["receipt"]["usage"]["input"].as_u64().unwrap() > 1_000);
}

#[test]
fn a_limit_gives_way() {
    for (setting, value, stopped) in [
        ("LIAISON_ASSISTANT__TOKENS", "500", "tokens"),
        ("LIAISON_ASSISTANT__COST", "0.001", "cost"),
    ] {
        let (home, script) = (seeded(), Script::start([search()]));
        let mut settings = script.settings().to_vec();
        settings.extend([(setting, value), ("LIAISON_LLM__INPUT_PRICE", "10")]);
        let (code, answer, said) =
            run_with(home.path(), &settings, &["ask", PROTECTION, "--partner", "p-001"]);
        assert!(answer.is_object(), "{code} {said}");
        assert_eq!(answer["receipt"]["stopped"], stopped);
        check_extractive(&(code, answer));
        script.played();
    }
}

#[test]
fn the_second_endpoint_answers_where_the_first_one_fails() {
    let home = seeded();
    for turns in [
        vec![refuses(401, None)],
        vec![hangs()],
        vec![search(), breaks(|_| "Half".to_owned())],
    ] {
        let (first, second) = (Script::start(turns), Script::start([search(), cited()]));
        let mut settings = first.settings().to_vec();
        settings.extend([
            ("LIAISON_LLM__FALLBACK__BASE_URL", second.url.as_str()),
            ("LIAISON_LLM__FALLBACK__MODEL", "second-model"),
        ]);
        let (code, answer, said) =
            run_with(home.path(), &settings, &["ask", PROTECTION, "--partner", "p-001"]);
        assert_eq!((code, &answer["model"]), (0, &"second-model".into()), "{said}");
        first.played();
        second.played();
    }
}

#[tokio::test]
async fn a_stream_that_breaks_keeps_what_is_proven_and_shows_no_half_sentence() {
    let begun = |seen: &Seen| {
        let mark = seen.passage(WINDOWS);
        format!("Wholly proven [{mark} \"{WINDOWS}\"]. The half sentence that bre")
    };
    for (turn, stopped) in [(breaks(begun), "model_failed"), (stalls(begun), "time")] {
        let script = Script::start([search(), turn]);
        let mut settings = script.settings().to_vec();
        settings.push(("LIAISON_ASSISTANT__SECONDS", "2"));
        let service = serve_with(&settings);
        let token = service.token("p-001");
        let start = Instant::now();
        let parts = service.ask(&token, "c-1", PROTECTION).await;
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
        script.played();
        let shown = text(&parts);
        assert!(
            shown.starts_with("Wholly proven. [1](#cite-")
                && shown.ends_with("ask again for what is missing."),
            "{shown}"
        );
        assert!(!shown.contains("half sentence"), "{shown}");
        assert!(of_type(&parts, "error").is_empty(), "{parts:?}");
        assert_eq!(of_type(&parts, "finish")[0]["messageMetadata"]["model"], MODEL);
        assert_eq!(
            of_type(&parts, "finish")[0]["messageMetadata"]["stopped"],
            stopped
        );
    }
}

#[tokio::test]
async fn an_endpoint_that_keeps_failing_is_left_alone_for_a_while() {
    // What cannot be authorised is not tried again: one request a question.
    let refused = (0..3).map(|_| refuses(401, None));
    let script = Script::start(refused.chain([search(), cited()]));
    let mut settings = script.settings().to_vec();
    settings.push(("LIAISON_LLM__REST_SECONDS", "5"));
    let service = serve_with(&settings);
    let token = service.token("p-001");
    let ask = async |nth: u32| {
        let parts = service.ask(&token, &format!("c-{nth}"), PROTECTION).await;
        of_type(&parts, "finish")[0]["messageMetadata"]["model"].clone()
    };
    for nth in 0..3 {
        assert_eq!(ask(nth).await, "extractive");
    }
    let rests = Instant::now();
    assert_eq!(
        ask(3).await,
        "extractive",
        "no request: the script has none for it"
    );
    assert!(rests.elapsed() < Duration::from_secs(5), "too slow to tell");
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(ask(4).await, MODEL);
    script.played();
}
