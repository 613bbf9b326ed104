//! Managers are told of hand-overs by mail and answer by mail; what became of a mail is said as it is.

use crate::{
    handoffs::{UNKNOWN, conversation, hand_over, json_of, lines},
    support::{Mail, Service, Smtp, refused, seeded, serve, serve_in},
};
use serde_json::{Value, json};
use std::{fs, time::Duration};

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
