//! With a language model: what it says is shown as far as it is proven. The model is a script; everything else is
//! the product, down to its client.

use crate::support::{
    KEY, MODEL, Script, Seen, Turn, calls, liaison, run, run_with, says, seeded, stderr_of,
};
use liaison::assistant::{citation::without_targets, tools::Tool};
use serde_json::{Value, json};
use std::path::Path;

const PROTECTION: &str = "How long is a registered deal protected?";
/// Stands in the program guide.
const WINDOWS: &str =
    "60 days for Registered, 90 days for Silver, 120 days for Gold and 180 days for Platinum";
const EARNED: &str = "How much commission did I earn last quarter?";
/// What p-001 earned in the sample's last quarter.
const AMOUNT: &str = "EUR 19,085.25";

/// Asks as p-001 with the script as the language model: exit code, answer, and what the model was sent.
fn ask(home: &Path, question: &str, turns: impl IntoIterator<Item = Turn>) -> (i32, Value, Vec<Seen>) {
    let script = Script::start(turns);
    let arguments = ["ask", question, "--partner", "p-001"];
    let (code, answer, said) = run_with(home, &script.settings(), &arguments);
    let seen = script.played();
    assert!(answer.is_object(), "{said}");
    (code, answer, seen)
}

fn search() -> Turn {
    calls("search_knowledge", &json!({ "query": PROTECTION }))
}

/// To sentences that did not pass: it has no others.
fn gives_up() -> Turn {
    says(|_| "UNSUPPORTED".to_owned())
}

fn text(answer: &Value) -> &str {
    answer["answer"].as_str().unwrap()
}

#[test]
fn a_cited_sentence_is_shown_with_its_source() {
    let home = seeded();
    let (code, answer, seen) = ask(
        home.path(),
        PROTECTION,
        [
            search(),
            says(|seen| {
                let mark = seen.passage(WINDOWS);
                format!("A Gold partner's deal is protected for 120 days [{mark} \"{WINDOWS}\"].")
            }),
        ],
    );
    assert_eq!(
        (code, &answer["model"], &answer["declined"]),
        (0, &MODEL.into(), &Value::Null)
    );
    let citations = answer["citations"].as_array().unwrap();
    assert_eq!(citations.len(), 1, "{answer}");
    assert_eq!(
        (&citations[0]["n"], &citations[0]["quote"]),
        (&1.into(), &WINDOWS.into())
    );
    assert_eq!(citations[0]["document"], "program/program-guide.pdf");
    let id = citations[0]["passage_id"].as_str().unwrap();
    assert_eq!(
        text(&answer),
        format!("A Gold partner's deal is protected for 120 days. [1](#cite-{id})")
    );
    assert_eq!(answer["tools"][0]["name"], "search_knowledge");
    // The cited passage is one that a search opens at the same place.
    let (_, found, _) = run(home.path(), &["search", PROTECTION, "--partner", "p-001"]);
    let hits = found["hits"].as_array().unwrap();
    let hit = hits.iter().find(|hit| hit["passage_id"] == id).unwrap();
    assert_eq!(hit["anchor"], citations[0]["anchor"]);
    // The second request carries the call and what it returned.
    assert_eq!(seen.len(), 2);
    assert!(seen[0].returned().is_empty() && seen[1].returned().len() == 1);
    let messages = seen[1].body["messages"].as_array().unwrap();
    let asked = messages.iter().find(|message| message["role"] == "user").unwrap();
    assert_eq!(asked["content"], PROTECTION);
    let call = messages
        .iter()
        .find(|message| message["tool_calls"].is_array())
        .unwrap();
    let returned = messages.iter().find(|message| message["role"] == "tool").unwrap();
    assert_eq!(call["tool_calls"][0]["id"], returned["tool_call_id"]);
}

#[test]
fn a_sentence_with_an_invented_number_is_withheld_and_the_proven_one_stays() {
    let home = seeded();
    let (code, answer, _) = ask(
        home.path(),
        PROTECTION,
        [
            search(),
            says(|seen| {
                let mark = seen.passage(WINDOWS);
                format!(
                    "A Gold deal is protected for 120 days [{mark} \"{WINDOWS}\"]. \
                     A Gold deal is protected for 365 days [{mark} \"{WINDOWS}\"]. \
                     It can be extended for EUR 77 [{mark} \"can be extended for EUR 77\"]. \
                     Extensions are granted by telephone. \
                     The guide says so [P99 \"{WINDOWS}\"]."
                )
            }),
            gives_up(),
        ],
    );
    assert_eq!(code, 0, "{answer}");
    let shown = text(&answer);
    assert!(shown.contains("for 120 days"), "{shown}");
    for withheld in ["365", "EUR 77", "telephone", "says so"] {
        assert!(!shown.contains(withheld), "{withheld}: {shown}");
    }
    assert_eq!(answer["citations"].as_array().unwrap().len(), 1);
}

#[test]
fn an_amount_that_is_not_in_the_records_is_withheld() {
    let home = seeded();
    let (code, answer, seen) = ask(
        home.path(),
        EARNED,
        [
            calls("commission_summary", &json!({ "period": "last quarter" })),
            says(|_| {
                format!("You earned {AMOUNT} last quarter [R1]. Next quarter it will be EUR 23,456.78 [R1].")
            }),
            gives_up(),
        ],
    );
    assert!(seen[1].returned()[0].contains(AMOUNT), "{:?}", seen[1].returned());
    assert_eq!(
        (code, text(&answer)),
        (0, "You earned EUR 19,085.25 last quarter.")
    );
    assert_eq!(answer["tools"][0]["name"], "commission_summary");
    assert!(
        answer["tools"][0]["records"].to_string().contains("19085.25"),
        "{answer}"
    );
    assert!(!answer["tools"][0]["as_of"].is_null());

    // The same amount without records of this turn rests on nothing; who looks it up may say it.
    let (code, answer, _) = ask(
        home.path(),
        EARNED,
        [says(|_| format!("Everybody knows of {AMOUNT} [R1].")), gives_up()],
    );
    assert_eq!((code, &answer["model"]), (0, &"extractive".into()));
    assert!(!answer["answer"].to_string().contains("Everybody"), "{answer}");
    assert_eq!(answer["tools"][0]["name"], "commission_summary");
}

#[test]
fn a_sentence_that_failed_may_be_said_once_more() {
    let home = seeded();
    let (code, answer, seen) = ask(
        home.path(),
        PROTECTION,
        [
            search(),
            says(|seen| {
                let mark = seen.passage(WINDOWS);
                format!(
                    "Deals are protected [{mark} \"{WINDOWS}\"]. For Gold it is 121 days [{mark} \"{WINDOWS}\"]."
                )
            }),
            says(|seen| {
                let mark = seen.passage(WINDOWS);
                format!(
                    "Deals are protected [{mark} \"{WINDOWS}\"]. For Gold it is 120 days [{mark} \"{WINDOWS}\"]."
                )
            }),
        ],
    );
    // An id may hold any digits.
    let shown = without_targets(text(&answer));
    assert!(
        code == 0 && shown.contains("120 days.") && !shown.contains("121"),
        "{shown}"
    );
    assert_eq!(shown.matches("Deals are protected").count(), 1, "{shown}");
    let messages = seen[2].body["messages"].as_array().unwrap();
    let note = messages.last().unwrap()["content"].as_str().unwrap();
    assert!(
        note.contains("For Gold it is 121 days.") && note.contains("\"121\" does not stand in what it cites"),
        "{note}"
    );
    assert!(seen[2].body["tools"].is_null());
    let withheld = &answer["receipt"]["withheld"];
    assert_eq!(withheld[0]["reason"], "number_without_source", "{withheld}");
}

#[test]
fn where_the_model_proves_nothing_the_answer_is_made_of_quotes() {
    let home = seeded();
    let check = |turns: Vec<Turn>, stopped: &str| {
        let (code, answer, _) = ask(home.path(), PROTECTION, turns);
        assert_eq!((code, &answer["model"]), (0, &"extractive".into()), "{answer}");
        assert_eq!(answer["receipt"]["stopped"], stopped);
        let shown = without_targets(text(&answer));
        assert!(shown.contains("120 days for Gold"), "{shown}");
        assert!(!shown.contains("500") && !shown.contains("Everybody"), "{shown}");
    };
    let lies =
        || says(|_| "A registered deal is protected for 500 days. Everybody knows that [P1].".to_owned());
    check(vec![search(), lies(), gives_up()], "not_verified");
    for nothing in ["UNSUPPORTED", "UNSUPPORTED.", "", " \n"] {
        check(vec![search(), says(|_| nothing.to_owned())], "unsupported");
    }

    // What the documents do not say is declined all the same, with what is nearest.
    let (code, answer, _) = ask(
        home.path(),
        "What is the boiling point of liquid nitrogen?",
        [search(), lies(), gives_up()],
    );
    assert_eq!(
        (code, &answer["declined"]["reason"]),
        (3, &"not_in_knowledge".into()),
        "{answer}"
    );
    assert!(answer["citations"].as_array().unwrap().is_empty());
    assert!(
        !answer["declined"]["nearest"].as_array().unwrap().is_empty(),
        "{answer}"
    );
}

#[test]
fn a_model_cannot_read_another_partners_records_or_internal_documents() {
    let home = seeded();
    let (_, others, _) = run(home.path(), &["ask", EARNED, "--partner", "p-002"]);
    assert!(text(&others).contains("USD 30,907.31"), "{others}");
    let smuggle = |more: Value| {
        let mut arguments = json!({ "period": "last quarter" });
        arguments
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        calls("commission_summary", &arguments)
    };
    let (code, answer, seen) = ask(
        home.path(),
        EARNED,
        [
            smuggle(json!({ "partner_id": "p-002" })),
            smuggle(json!({ "partner": { "id": "p-002" } })),
            calls(
                "search_knowledge",
                &json!({ "query": "internal margin guidelines and discount bands", "audience": "internal", "partner_id": "p-002" }),
            ),
            says(|_| "You earned USD 30,907.31 last quarter [R1].".to_owned()),
            gives_up(),
        ],
    );
    assert_eq!((code, &answer["model"]), (0, &"extractive".into()));
    assert!(text(&answer).contains(AMOUNT), "{answer}");
    let returned = seen[3].returned();
    assert_eq!(returned.len(), 3);
    for refused in &returned[..2] {
        assert!(refused.starts_with("failed: bad arguments"), "{refused}");
    }
    let (_, internal, _) = run(
        home.path(),
        &["search", "internal margin guidelines", "--internal"],
    );
    let hits = internal["hits"].as_array().unwrap();
    let is_internal = |hit: &&Value| hit["document"].as_str().unwrap().starts_with("internal/");
    let secret = hits.iter().find(is_internal).unwrap()["text"].as_str().unwrap();
    assert!(
        returned[2].contains("P1 (") && !returned[2].contains(secret),
        "{}",
        returned[2]
    );
    // What it is told of its own words comes later.
    for request in &seen[..4] {
        assert!(!request.body.to_string().contains("30,907"), "{}", request.body);
    }
    assert!(!text(&answer).contains("30,907"), "{answer}");
}

#[test]
fn the_model_is_told_of_no_partner_argument_and_its_key_stays_secret() {
    let home = seeded();
    let script = Script::start([
        calls("commission_summary", &json!({ "period": "last quarter" })),
        says(|_| format!("You earned {AMOUNT} [R1].")),
    ]);
    let output = liaison(home.path())
        .envs(script.settings())
        // Everything that anybody logs, the client's parts included.
        .env("LIAISON_LOG__FILTER", "trace")
        .args(["ask", EARNED, "--partner", "p-001"])
        .output()
        .unwrap();
    let logged = stderr_of(&output);
    let seen = script.played();
    assert!(logged.contains("answered"), "{logged}");
    assert!(!logged.contains(KEY) && !String::from_utf8_lossy(&output.stdout).contains(KEY));
    assert_eq!(seen[0].authorization, format!("Bearer {KEY}"));

    let tools = seen[0].body["tools"].as_array().unwrap();
    assert_eq!(tools.len(), Tool::ALL.len());
    for tool in tools {
        let (name, schema) = (&tool["function"]["name"], &tool["function"]["parameters"]);
        assert_eq!(schema["additionalProperties"], false, "{name}");
        for argument in schema["properties"].as_object().unwrap().keys() {
            let names_one = ["partner", "account", "company", "tenant", "audience", "user"]
                .iter()
                .any(|word| argument.contains(word));
            assert!(!names_one, "{name}: {argument}");
        }
    }
    let request = &seen[0].body;
    assert_eq!(
        (&request["stream"], &request["model"]),
        (&true.into(), &MODEL.into())
    );
}

#[test]
fn a_conversation_is_told_to_the_model_as_it_was_shown() {
    let home = seeded();
    let turns = |told: &'static str, more: Option<Turn>| {
        let look = calls("commission_summary", &json!({ "period": "last quarter" }));
        let script = Script::start([look, says(move |_| told.to_owned())].into_iter().chain(more));
        let question = ["ask", EARNED, "--partner", "p-001", "--conversation", "c-1"];
        let (code, _, said) = run_with(home.path(), &script.settings(), &question);
        assert_eq!(code, 0, "{said}");
        script.played()
    };
    let told = "You earned EUR 19,085.25 [R1]. It will be EUR 1,000,000 soon [R1].";
    turns(told, Some(gives_up()));
    let seen = turns("You earned EUR 19,085.25 [R1].", None);
    let messages = seen[0].body["messages"].as_array().unwrap();
    let roles: Vec<&str> = messages.iter().filter_map(|m| m["role"].as_str()).collect();
    assert_eq!(roles, ["system", "user", "assistant", "user"]);
    assert_eq!(messages[2]["content"], "You earned EUR 19,085.25.");
}
