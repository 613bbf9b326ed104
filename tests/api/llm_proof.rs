//! A language model that lies a lot, and endpoints that fail all the time: what partners see of it.

use crate::support::{
    Script, Seen, Turn, breaks, calls, hangs, refuses, run, says, seeded, serve_in, serve_with, text,
};
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const PROTECTION: &str = "How long is a registered deal protected?";
/// Stands in the program guide.
const WINDOWS: &str =
    "60 days for Registered, 90 days for Silver, 120 days for Gold and 180 days for Platinum";
const ANSWERS: usize = 50;
/// Sentences of an answer, of which every fifth is a lie.
const SENTENCES: usize = 50;
const EVERY: usize = 5;

fn search() -> Turn {
    calls("search_knowledge", &json!({ "query": PROTECTION }))
}

/// A sentence that no other is like, with letters for its number: figures need a source.
fn label(nth: usize) -> String {
    let letter = |n: usize| char::from(b'a' + u8::try_from(n % 26).unwrap());
    [letter(nth / 26), letter(nth)].iter().collect()
}

fn sentence(answer: usize, nth: usize, seen: &Seen) -> String {
    let (label, mark) = (label(nth), seen.passage(WINDOWS));
    if nth % EVERY != 2 {
        return format!("Point {label} is that Gold has 120 days [{mark} \"{WINDOWS}\"]. ");
    }
    match (answer + nth) % 5 {
        0 => format!("Lie {label} is that Gold has 121 days [{mark} \"{WINDOWS}\"]. "),
        1 => format!("Lie {label} is that it lasts for ever [{mark} \"it lasts for ever\"]. "),
        2 => format!("Lie {label} has a passage of its own [P98 \"{WINDOWS}\"]. "),
        3 => format!("Lie {label} rests on nothing. Truly. "),
        _ => format!("Lie {label} is in records that nobody read [R7]. "),
    }
}

#[tokio::test]
async fn no_lie_of_five_hundred_is_shown_and_every_true_sentence_is_in_its_place() {
    let turns = (0..ANSWERS).flat_map(|answer| {
        let told = says(move |seen| (0..SENTENCES).map(|nth| sentence(answer, nth, seen)).collect());
        [search(), told, says(|_| "UNSUPPORTED".to_owned())]
    });
    let script = Script::start(turns);
    let service = serve_with(&script.settings());
    let token = service.token("p-001");
    let true_ones: Vec<String> = (0..SENTENCES)
        .filter(|nth| nth % EVERY != 2)
        .map(|nth| format!("Point {} is that Gold has 120 days.", label(nth)))
        .collect();
    for answer in 0..ANSWERS {
        let parts = service.ask(&token, &format!("c-{answer}"), PROTECTION).await;
        let shown = text(&parts);
        assert!(!shown.contains("Lie") && !shown.contains("Truly"), "{shown}");
        let mut rest = shown.as_str();
        for sentence in &true_ones {
            let (_, after) = rest
                .split_once(sentence)
                .unwrap_or_else(|| panic!("no {sentence:?} in its place: {shown}"));
            rest = after;
        }
    }
    script.played();
}

/// Asks two hundred times in all; each answer has to be there in time, and to be true or to say that it is not whole.
#[tokio::test]
async fn a_failing_endpoint_costs_fluency_and_no_answer() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let down = format!("http://{}/v1", closed.local_addr().unwrap());
    drop(closed);
    check(&down, 50).await;

    let slow = Script::start((0..100).map(|_| hangs()));
    check(&slow.url, 50).await;

    let looks_and_breaks = || -> Turn {
        Box::new(|seen| {
            if seen.returned().is_empty() {
                search()(seen)
            } else {
                breaks(begun)(seen)
            }
        })
    };
    let cut = Script::start((0..100).map(|_| looks_and_breaks()));
    check(&cut.url, 50).await;

    let busy = Script::start((0..400).map(|_| refuses(503, Some(60))));
    check(&busy.url, 50).await;
}

fn begun(seen: &Seen) -> String {
    let mark = seen.passage(WINDOWS);
    format!("Gold has 120 days [{mark} \"{WINDOWS}\"]. The half sentence that bre")
}

async fn check(url: &str, times: usize) {
    let home = seeded();
    let (code, told, _) = run(home.path(), &["ask", PROTECTION, "--partner", "p-001"]);
    assert_eq!(code, 0);
    let extractive = told["answer"].as_str().unwrap().to_owned();
    let service = serve_in(
        home,
        &[
            ("LIAISON_LLM__BASE_URL", url),
            ("LIAISON_LLM__MODEL", "scripted-model"),
            ("LIAISON_LLM__TIMEOUT_SECONDS", "2"),
            ("LIAISON_ASSISTANT__SECONDS", "3"),
            // Each question finds out for itself.
            ("LIAISON_LLM__REST_SECONDS", "0"),
        ],
    );
    let token = service.token("p-001");
    let asked = stream::iter(0..times).map(|nth| {
        let (service, token) = (&service, &token);
        async move {
            let start = Instant::now();
            let parts: Vec<Value> = service.ask(token, &format!("c-{nth}"), PROTECTION).await;
            (text(&parts), start.elapsed())
        }
    });
    let answers: Vec<_> = asked.buffer_unordered(10).collect().await;
    assert_eq!(answers.len(), times);
    for (shown, took) in answers {
        let is_whole = shown == extractive;
        let is_honest = shown.contains("120 days") && shown.ends_with("ask again for what is missing.");
        assert!(is_whole || is_honest, "{url}: {shown}");
        assert!(!shown.contains("half sentence"), "{shown}");
        // Three seconds are allowed; ten answer at once on a busy machine.
        assert!(took < Duration::from_secs(8), "{url}: {took:?}");
    }
}
