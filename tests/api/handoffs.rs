//! Conversations given to a person: who may, what the manager gets, how the answer comes back, and what is said about
//! mails. And whose conversations are whose.

use crate::support::{
    Mail, Service, Smtp, body, of_type, refused, seeded, serve, serve_in, serve_with, text,
};
use serde_json::{Value, json};
use std::{fs, time::Duration};

const UNKNOWN: &str = "What will the weather be in Oslo tomorrow?";
const KNOWN: &str = "How long is a registered deal protected?";
const GATEWAY: &str = "gateway-secret-of-the-tests";

/// A service with a mail server and a gateway for replies.
fn serve_with_mail(smtp: &str) -> Service {
    let home = seeded();
    let settings = format!(
        "[mail]\nsmtp = \"{smtp}\"\nfrom = \"Liaison <liaison@vendor.example>\"\nretry_seconds = [1, 1]\n\
         reply_domain = \"replies.vendor.example\"\nconsole = \"https://liaison.vendor.example/ui/\"\n"
    );
    fs::write(home.path().join("liaison.toml"), settings).unwrap();
    serve_in(home, &[("LIAISON_MAIL__GATEWAY_SECRET", GATEWAY)])
}

async fn json_of(response: reqwest::Response) -> Value {
    let status = response.status();
    let text = response.text().await.unwrap();
    assert!(status.is_success(), "{status} {text}");
    serde_json::from_str(&text).unwrap()
}

async fn hand_over(service: &Service, token: &str, conversation: &str, message: &str) -> Value {
    let asked = json!({ "conversation": conversation, "message": message });
    json_of(service.post("/api/handoffs", token, &asked).await).await
}

async fn conversation(service: &Service, token: &str, id: &str) -> Value {
    json_of(service.get(&format!("/api/conversations/{id}"), token).await).await
}

/// The hand-over as staff sees it, once its mail has come to `state`.
async fn delivered(service: &Service, id: &Value, state: &str) -> Value {
    let path = format!("/api/handoffs/{}", id.as_str().unwrap());
    for _ in 0..400 {
        let told = json_of(service.get(&path, &service.staff).await).await;
        if told["delivery"]["state"] == state {
            return told;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!(
        "the mail did not come to {state}: {}",
        json_of(service.get(&path, &service.staff).await).await
    )
}

/// Who says what, in order.
fn lines(conversation: &Value) -> Vec<String> {
    let messages = conversation["messages"].as_array().unwrap().iter();
    let line = |message: &Value| {
        let text = message["text"].as_str().or(message["event"].as_str()).unwrap();
        format!(
            "{}: {}",
            message["role"].as_str().unwrap(),
            text.chars().take(40).collect::<String>()
        )
    };
    messages.map(line).collect()
}

#[tokio::test]
async fn a_manager_answers_in_the_same_conversation() {
    let service = serve();
    let token = service.token("p-001");
    let declined = service.ask(&token, "c-1", UNKNOWN).await;
    let offer = &of_type(&declined, "data-handoff")[0]["data"];
    assert_eq!(
        (&offer["state"], &offer["because"]),
        (&json!("offered"), &json!("declined"))
    );
    assert_eq!(offer["manager"]["email"], "anneke.visser@merrowline.example");
    // An offer is all that an answer makes.
    assert!(conversation(&service, &token, "c-1").await["handoff"].is_null());

    let handoff = hand_over(&service, &token, "c-1", "I plan an event there.").await;
    assert_eq!(
        (&handoff["state"], &handoff["delivery"]),
        (&json!("open"), &json!("not_configured"))
    );
    // Asked for again, it is the same one; the same words again are not a second message.
    let again = json!({ "conversation": "c-1" });
    let response = service.post("/api/handoffs", &token, &again).await;
    assert_eq!(response.status(), 200);
    assert_eq!(json_of(response).await["id"], handoff["id"]);
    assert_eq!(
        hand_over(&service, &token, "c-1", "I plan an event there.").await["id"],
        handoff["id"]
    );

    let list = json_of(service.get("/api/handoffs", &service.staff).await).await;
    assert_eq!(list["handoffs"].as_array().unwrap().len(), 1, "{list}");
    let path = format!("/api/handoffs/{}", handoff["id"].as_str().unwrap());
    let told = json_of(service.get(&path, &service.staff).await).await;
    assert_eq!(
        told["partner"],
        json!({ "id": "p-001", "name": "Alderbrook Systems" })
    );
    assert_eq!(told["manager"]["name"], "Anneke Visser");
    assert_eq!(told["tried"][0]["name"], "search_knowledge");
    assert!(!told["nearest"].as_array().unwrap().is_empty(), "{told}");
    assert!(!told.to_string().contains("reply_token"), "{told}");

    let answer = json!({ "text": "<b>Rain</b>, take [a coat](javascript:alert(1))." });
    let replied = service
        .post(&format!("{path}/replies"), &service.staff, &answer)
        .await;
    assert_eq!(replied.status(), 201);
    let known = service.ask(&token, "c-1", KNOWN).await;
    assert_eq!(of_type(&known, "data-handoff")[0]["data"]["state"], "answered");
    hand_over(&service, &token, "c-1", "Thank you. And on Friday?").await;
    let seen = conversation(&service, &token, "c-1").await;
    assert_eq!(seen["handoff"]["state"], "open");
    assert_eq!(
        lines(&seen),
        [
            "user: What will the weather be in Oslo tomorro",
            &format!(
                "assistant: {}",
                text(&declined).chars().take(40).collect::<String>()
            ),
            "event: opened",
            "user: I plan an event there.",
            // As written: it is the reader's business to make no markup of it.
            "manager: <b>Rain</b>, take [a coat](javascript:al",
            "user: How long is a registered deal protected?",
            &format!("assistant: {}", text(&known).chars().take(40).collect::<String>()),
            "user: Thank you. And on Friday?",
        ]
    );
    assert_eq!(seen["messages"][4]["name"], "Anneke Visser");

    let closed = json_of(
        service
            .post(&format!("{path}/close"), &service.staff, &json!({}))
            .await,
    )
    .await;
    assert_eq!(closed["state"], "closed");
    for action in ["replies", "close"] {
        let late = service
            .post(
                &format!("{path}/{action}"),
                &service.staff,
                &json!({ "text": "x" }),
            )
            .await;
        refused(late, 409, "handoff_closed").await;
    }
    let audit = json_of(service.get(&path, &service.staff).await).await["audit"].clone();
    let audit: Vec<String> = audit
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            format!(
                "{} {} {}",
                entry["kind"].as_str().unwrap(),
                entry["author"].as_str().unwrap(),
                entry["channel"].as_str().unwrap()
            )
        })
        .collect();
    let partner = "development@p-001 widget";
    assert_eq!(
        audit,
        [
            &format!("opened {partner}"),
            &format!("partner {partner}"),
            "manager tests console",
            &format!("partner {partner}"),
            "closed tests console",
        ]
    );
    // A closed one stays; the next is another.
    assert_ne!(
        hand_over(&service, &token, "c-1", "Once more.").await["id"],
        handoff["id"]
    );
}

#[tokio::test]
async fn a_person_is_offered_when_asked_for_and_after_two_answers_that_did_not_help() {
    let service = serve();
    let token = service.token("p-001");
    let asked = service
        .ask(&token, "c-1", "Ich möchte mit einem Menschen sprechen")
        .await;
    assert_eq!(of_type(&asked, "data-handoff")[0]["data"]["because"], "asked_for");
    assert!(
        text(&asked).contains("Anneke Visser") && of_type(&asked, "data-declined").is_empty(),
        "{asked:?}"
    );

    let vote = |parts: &[Value]| json!({ "answer": parts[0]["messageId"], "vote": -1 });
    let first = service.ask(&token, "c-2", KNOWN).await;
    assert!(of_type(&first, "data-handoff").is_empty());
    assert_eq!(
        service
            .post("/api/feedback", &token, &vote(&first))
            .await
            .status(),
        204
    );
    let second = service.ask(&token, "c-2", "What is my tier?").await;
    let offered = json_of(service.post("/api/feedback", &token, &vote(&second)).await).await;
    assert_eq!(offered["handoff"]["because"], "repeated");
    let third = service.ask(&token, "c-2", UNKNOWN).await;
    assert_eq!(of_type(&third, "data-handoff")[0]["data"]["because"], "repeated");
    // Until the partner says so, nothing is handed over, whatever the words were.
    let list = json_of(service.get("/api/handoffs", &service.staff).await).await;
    assert_eq!(list, json!({ "handoffs": [] }));
}

#[tokio::test]
async fn nobody_else_reads_continues_or_hands_over_a_conversation() {
    let service = serve();
    let owner = service.token_of("p-001", "ada");
    let vote = {
        let parts = service.ask(&owner, "c-1", UNKNOWN).await;
        json!({ "answer": parts[0]["messageId"], "vote": 1 })
    };
    let handoff = hand_over(&service, &owner, "c-1", "Only for my manager.").await;
    for stranger in [service.token_of("p-001", "ken"), service.token_of("p-002", "ada")] {
        refused(
            service.get("/api/conversations/c-1", &stranger).await,
            404,
            "not_found",
        )
        .await;
        let list = json_of(service.get("/api/conversations", &stranger).await).await;
        assert_eq!(list, json!({ "conversations": [] }));
        let asked = json!({ "conversation": "c-1", "message": "mine too" });
        refused(
            service.post("/api/handoffs", &stranger, &asked).await,
            404,
            "not_found",
        )
        .await;
        refused(
            service.post("/api/chat", &stranger, &body("c-1", KNOWN)).await,
            404,
            "not_found",
        )
        .await;
        refused(
            service.post("/api/feedback", &stranger, &vote).await,
            404,
            "not_found",
        )
        .await;
        for path in [
            "/api/handoffs".to_owned(),
            format!("/api/handoffs/{}", handoff["id"].as_str().unwrap()),
        ] {
            refused(service.get(&path, &stranger).await, 401, "staff_only").await;
        }
    }
    // Another conversation of the same person knows nothing of it.
    service.ask(&owner, "c-2", KNOWN).await;
    assert!(conversation(&service, &owner, "c-2").await["handoff"].is_null());
    let list = json_of(service.get("/api/conversations", &owner).await).await;
    let of = |id: &str| {
        let all = list["conversations"].as_array().unwrap();
        all.iter()
            .find(|one| one["id"] == id)
            .unwrap_or_else(|| panic!("no {id}: {list}"))
            .clone()
    };
    assert_eq!(
        (&of("c-1")["handoff"], &of("c-2")["handoff"]),
        (&json!("open"), &Value::Null)
    );
    assert_eq!(
        (&of("c-1")["question"], &of("c-1")["exchanges"]),
        (&json!(UNKNOWN), &json!(1))
    );
    refused(
        service.get("/api/conversations/c-3", &owner).await,
        404,
        "not_found",
    )
    .await;
    let nothing = json!({ "conversation": "c-3" });
    refused(
        service.post("/api/handoffs", &owner, &nothing).await,
        404,
        "not_found",
    )
    .await;
    let long = json!({ "conversation": "c-1", "message": "x".repeat(4_001) });
    refused(
        service.post("/api/handoffs", &owner, &long).await,
        400,
        "message_too_long",
    )
    .await;
}

#[tokio::test]
async fn a_vendor_may_let_colleagues_share() {
    let service = serve_with(&[("LIAISON_CONVERSATIONS__SHARED", "true")]);
    let (ada, ken) = (service.token_of("p-001", "ada"), service.token_of("p-001", "ken"));
    service.ask(&ada, "c-1", KNOWN).await;
    service.ask(&ken, "c-1", UNKNOWN).await;
    let seen = conversation(&service, &ken, "c-1").await;
    assert_eq!(seen["messages"].as_array().unwrap().len(), 4, "{seen}");
    let other = service.token_of("p-002", "ken");
    refused(
        service.get("/api/conversations/c-1", &other).await,
        404,
        "not_found",
    )
    .await;
}

/// The manager's answer to a mail, as a program writes it.
fn answer_to(mail: &Mail, id: &str, headers: &str, words: &str) -> String {
    let quoted: String = mail.text().lines().map(|line| format!("> {line}\r\n")).collect();
    format!(
        "From: Anneke Visser <anneke.visser@merrowline.example>\r\nTo: {}\r\nMessage-ID: <{id}@merrowline.example>\r\n\
         Subject: Re: x\r\n{headers}Content-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n\r\n\
         On Fri, 20 Nov 2026, Liaison wrote:\r\n{quoted}",
        mail.header("Reply-To")
    )
}

#[tokio::test]
async fn the_manager_is_told_by_mail_and_answers_it() {
    // Busy at first: the mail is tried again.
    let smtp = Smtp::start(&["451 later"]);
    let service = serve_with_mail(&smtp.url);
    let token = service.token_of("p-001", "ada");
    service.ask(&token, "c-1", UNKNOWN).await;
    let handoff = hand_over(&service, &token, "c-1", "Will it rain?").await;
    assert_eq!(handoff["delivery"], "queued");
    let mail = &smtp.mails(1)[0];
    let told = delivered(&service, &handoff["id"], "sent").await;
    assert_eq!(
        told["delivery"],
        json!({ "state": "sent", "reason": null, "attempts": 2 })
    );
    assert_eq!(
        conversation(&service, &token, "c-1").await["handoff"]["delivery"],
        "sent"
    );
    assert_eq!(mail.to, "anneke.visser@merrowline.example");
    assert!(
        mail.header("From").contains("liaison@vendor.example"),
        "{}",
        mail.raw
    );
    assert!(
        mail.header("Subject").contains("Alderbrook Systems"),
        "{}",
        mail.raw
    );
    let reply_to = mail.header("Reply-To");
    assert!(
        reply_to.contains("reply+") && reply_to.contains("@replies.vendor.example"),
        "{reply_to}"
    );
    assert!(mail.from.starts_with("reply+"), "{}", mail.from);
    let words = mail.text();
    let link = format!(
        "https://liaison.vendor.example/ui/#/handoffs/{}",
        handoff["id"].as_str().unwrap()
    );
    for part in [UNKNOWN, "Will it rain?", "search_knowledge", &link] {
        assert!(words.contains(part), "{part}: {words}");
    }

    let answer = answer_to(mail, "m-1", "", "It will.");
    refused(
        service.deliver("/api/mail", &service.staff, &answer).await,
        401,
        "gateway_only",
    )
    .await;
    refused(
        service.deliver("/api/mail", &token, &answer).await,
        401,
        "gateway_only",
    )
    .await;
    let away = answer_to(mail, "m-0", "Auto-Submitted: auto-replied\r\n", "I am away.");
    for (raw, taken) in [(&away, "automatic"), (&answer, "reply"), (&answer, "again")] {
        let response = json_of(service.deliver("/api/mail", GATEWAY, raw).await).await;
        assert_eq!(response, json!({ "taken": taken }));
    }
    let seen = conversation(&service, &token, "c-1").await;
    assert_eq!(
        lines(&seen)[2..],
        ["event: opened", "user: Will it rain?", "manager: It will."]
    );
    assert_eq!(seen["messages"][4]["name"], "Anneke Visser");
    assert_eq!(seen["handoff"]["state"], "answered");

    let (secret, _) = reply_to.split_once("reply+").unwrap().1.split_once('@').unwrap();
    let guessed = answer.replace(secret, "0123456789abcdef0123456789abcdef");
    refused(
        service.deliver("/api/mail", GATEWAY, &guessed).await,
        404,
        "not_found",
    )
    .await;
    for bad in [
        "no mail",
        &answer.replace("It will.", ""),
        &answer.replace("replies.vendor", "other"),
    ] {
        refused(service.deliver("/api/mail", GATEWAY, bad).await, 400, "bad_mail").await;
    }
    // What the partner adds is told too, and whoever reads the log learns neither words nor secrets.
    hand_over(&service, &token, "c-1", "How long?").await;
    assert!(smtp.mails(2)[1].text().contains("How long?"));
    let log = service.log();
    for hidden in [secret, GATEWAY, "It will", "Will it rain"] {
        assert!(!log.contains(hidden), "{hidden}: {log}");
    }
}

#[tokio::test]
async fn a_mail_that_cannot_be_delivered_is_said_so() {
    let smtp = Smtp::start(&["550 no such user here"]);
    let service = serve_with_mail(&smtp.url);
    let token = service.token_of("p-001", "ada");
    service.ask(&token, "c-1", UNKNOWN).await;
    let handoff = hand_over(&service, &token, "c-1", "Please.").await;
    let told = delivered(&service, &handoff["id"], "failed").await;
    assert_eq!(told["delivery"]["attempts"], 1);
    let reason = told["delivery"]["reason"].as_str().unwrap();
    assert!(reason.contains("no such user"), "{reason}");
    assert_eq!(
        told["audit"].as_array().unwrap().last().unwrap()["kind"],
        "not_mailed"
    );
    // The partner learns that it failed, not how the vendor's mail server is built.
    let seen = conversation(&service, &token, "c-1").await;
    assert_eq!(seen["handoff"]["delivery"], "failed");
    assert!(!seen.to_string().contains("no such user"), "{seen}");

    // The next words are a new mail, which the server takes; then it comes back.
    hand_over(&service, &token, "c-1", "Is anybody there?").await;
    delivered(&service, &handoff["id"], "sent").await;
    let bounce = format!(
        "From: MAILER-DAEMON@vendor.example\r\nTo: {}\r\nMessage-ID: <b-1@vendor.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nSorry.\r\n--b\r\n\
         Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nAction: failed\r\n\
         Diagnostic-Code: smtp; 552 mailbox full\r\n--b--\r\n",
        smtp.mails(1)[0].from
    );
    let taken = json_of(service.deliver("/api/mail", GATEWAY, &bounce).await).await;
    assert_eq!(taken, json!({ "taken": "bounce" }));
    let told = delivered(&service, &handoff["id"], "failed").await;
    assert_eq!(told["delivery"]["reason"], "smtp; 552 mailbox full");
    assert_eq!(told["state"], "open");
}

#[tokio::test]
async fn a_mail_server_that_is_away_is_tried_again_and_then_given_up() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", closed.local_addr().unwrap());
    drop(closed);
    let service = serve_with_mail(&url);
    let token = service.token_of("p-001", "ada");
    service.ask(&token, "c-1", UNKNOWN).await;
    let handoff = hand_over(&service, &token, "c-1", "").await;
    let told = delivered(&service, &handoff["id"], "failed").await;
    assert_eq!(told["delivery"]["attempts"], 3, "{told}");
    // Nothing is lost: staff has it all in the console.
    assert_eq!(told["state"], "open");
    // Without a gateway there is no address for mails.
    let plain = serve();
    refused(plain.deliver("/api/mail", "x", "y").await, 404, "not_found").await;
}
