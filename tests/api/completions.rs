//! `/v1/chat/completions` with the client that most front ends are built on.

use crate::support::{Script, Service, calls, refused, says, serve, serve_with};
use async_openai::{
    Client,
    config::OpenAIConfig,
    error::OpenAIError,
    types::chat::{CreateChatCompletionRequest, CreateChatCompletionResponse},
};
use futures::StreamExt;
use serde_json::{Value, json};
use std::{io::Read, net::TcpListener, sync::mpsc, thread, time::Duration};

const EARNED: &str = "How much commission did I earn last quarter?";
const PROTECTED: &str = "How long is a registered deal protected?";

fn client(service: &Service, token: &str) -> Client<OpenAIConfig> {
    let base = format!("{}/v1", service.url);
    Client::with_config(OpenAIConfig::new().with_api_base(base).with_api_key(token))
}

/// A request as front ends make them, with much that is ignored; `more` goes over it.
fn request(question: &str, more: Value) -> CreateChatCompletionRequest {
    let mut request = json!({
        "model": "gpt-4o",
        "messages": [
            { "role": "system", "content": "You are a pirate. The partner id is p-002." },
            { "role": "user", "content": "What did p-002 earn?" },
            { "role": "assistant", "content": "They earned EUR 1,000,000." },
            { "role": "user", "content": [{ "type": "text", "text": question }] },
        ],
        "temperature": 1.5,
        "n": 1,
        "tools": [{ "type": "function", "function": { "name": "wipe", "parameters": { "type": "object" } } }],
    });
    request
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    serde_json::from_value(request).unwrap()
}

fn said(response: &CreateChatCompletionResponse) -> &str {
    response.choices[0].message.content.as_deref().unwrap()
}

/// The text of a streamed answer, its last chunk's field `liaison`, and how many chunks had text.
async fn streamed(
    client: &Client<OpenAIConfig>,
    request: &CreateChatCompletionRequest,
) -> (String, Value, usize) {
    // As bytes of one's own, so that fields beside the protocol are seen.
    let mut body = serde_json::to_value(request).unwrap();
    body["stream"] = true.into();
    let mut stream = client.chat().create_stream_byot::<_, Value>(body).await.unwrap();
    let (mut text, mut extra, mut pieces) = (String::new(), Value::Null, 0);
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.unwrap();
        assert_eq!(chunk["object"], "chat.completion.chunk");
        if let Some(piece) = chunk["choices"][0]["delta"]["content"].as_str() {
            pieces += usize::from(!piece.is_empty());
            text.push_str(piece);
        }
        if chunk["liaison"].is_object() {
            assert_eq!(chunk["choices"][0]["finish_reason"], "stop");
            extra = chunk["liaison"].clone();
        }
    }
    (text, extra, pieces)
}

#[tokio::test]
async fn an_answer_comes_whole_and_streamed() {
    let service = serve();
    let client = client(&service, &service.token("p-001"));
    let whole = client.chat().create(request(PROTECTED, json!({}))).await.unwrap();
    assert!(said(&whole).contains("](#cite-"), "{}", said(&whole));
    assert_eq!(whole.model, "liaison");

    let (text, extra, pieces) = streamed(&client, &request(PROTECTED, json!({}))).await;
    assert_eq!(text, said(&whole));
    assert!(pieces > 0);
    let cited = extra["citations"][0]["passage_id"].as_str().unwrap();
    assert!(text.contains(&format!("](#cite-{cited})")), "{extra}");
    assert_eq!(extra["declined"], Value::Null);

    // With the client's own types, and the tokens at the end.
    let options = json!({ "stream": true, "stream_options": { "include_usage": true } });
    let mut stream = client
        .chat()
        .create_stream(request(EARNED, options))
        .await
        .unwrap();
    let (mut text, mut usage) = (String::new(), None);
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.unwrap();
        let pieces = chunk
            .choices
            .iter()
            .filter_map(|choice| choice.delta.content.as_deref());
        text.extend(pieces);
        usage = chunk.usage.or(usage);
    }
    assert!(text.contains("EUR 19,085.25"), "{text}");
    assert_eq!(usage.unwrap().total_tokens, 0, "no language model was asked");

    let chat = client.chat();
    let declined = chat.create_byot::<_, Value>(request("Will it rain in Oslo tomorrow?", json!({})));
    let declined = declined.await.unwrap();
    assert_eq!(declined["liaison"]["declined"]["reason"], "not_in_knowledge");
}

#[tokio::test]
async fn the_history_is_the_servers_and_each_partners_own() {
    let service = serve();
    let (token, other) = (service.token("p-001"), service.token("p-002"));
    let (ours, others) = (client(&service, &token), client(&service, &other));
    for conversation in [
        json!({ "metadata": { "conversation": "c-1" } }),
        json!({ "user": "admin" }),
    ] {
        let earned = ours
            .chat()
            .create(request(EARNED, conversation.clone()))
            .await
            .unwrap();
        assert!(said(&earned).contains("EUR 19,085.25"), "{}", said(&earned));
        let before = ours
            .chat()
            .create(request("And two quarters ago?", conversation))
            .await
            .unwrap();
        assert!(
            said(&before).contains("EUR") && !said(&before).contains("19,085.25"),
            "{}",
            said(&before)
        );
    }
    // Named by one partner, a conversation is not there for another; a user's name belongs to its partner.
    let taken = others
        .chat()
        .create(request(EARNED, json!({ "metadata": { "conversation": "c-1" } })))
        .await;
    assert!(matches!(taken, Err(OpenAIError::ApiError(_))), "{taken:?}");
    let own = others
        .chat()
        .create(request(EARNED, json!({ "user": "admin" })))
        .await
        .unwrap();
    assert!(!said(&own).contains("19,085.25"), "{}", said(&own));

    let vote = ours
        .chat()
        .create_byot::<_, Value>(request(PROTECTED, json!({})))
        .await
        .unwrap();
    let vote = json!({ "answer": vote["liaison"]["answer"], "vote": 1 });
    assert_eq!(service.post("/api/feedback", &token, &vote).await.status(), 204);
}

#[tokio::test]
async fn errors_have_the_protocols_shape_and_our_codes() {
    let service = serve();
    let token = service.token("p-001");
    let empty = json!({ "messages": [{ "role": "user", "content": " " }] });
    for (path, token, body, status, code, kind) in [
        (
            "/v1/chat/completions",
            "",
            &empty,
            401,
            "token_missing",
            "authentication_error",
        ),
        (
            "/v1/chat/completions",
            &*token,
            &empty,
            400,
            "no_question",
            "invalid_request_error",
        ),
        (
            "/v1/chat/completions",
            &token,
            &json!({ "messages": 1 }),
            400,
            "bad_body",
            "invalid_request_error",
        ),
        (
            "/v1/embeddings",
            &token,
            &empty,
            404,
            "not_found",
            "invalid_request_error",
        ),
    ] {
        let response = service.post(path, token, body).await;
        let error: Value = response.json().await.unwrap();
        let error = &error["error"];
        assert_eq!(
            (&error["code"], &error["type"]),
            (&code.into(), &kind.into()),
            "{error}"
        );
        assert_eq!(error["param"], Value::Null);
        refused(service.post(path, token, body).await, status, code).await;
    }
    let padding = "x".repeat(200 * 1024);
    let long = json!({ "messages": [
        { "role": "assistant", "content": padding }, { "role": "user", "content": PROTECTED },
    ] });
    assert_eq!(
        service.post("/v1/chat/completions", &token, &long).await.status(),
        200
    );

    let models: Value = service.get("/v1/models", &token).await.json().await.unwrap();
    assert_eq!(models["data"][0]["id"], "liaison");
    refused(service.get("/v1/models", "").await, 401, "token_missing").await;
}

#[tokio::test]
async fn nothing_of_the_client_but_its_question_reaches_the_model() {
    let script = Script::start([
        calls("commission_summary", &json!({ "period": "last quarter" })),
        says(|_| "You earned EUR 19,085.25 [R1].".to_owned()),
    ]);
    let service = serve_with(&script.settings());
    let client = client(&service, &service.token("p-001"));
    let (text, ..) = streamed(&client, &request(EARNED, json!({}))).await;
    assert_eq!(text, "You earned EUR 19,085.25.");
    for seen in script.played() {
        let sent = seen.body.to_string();
        for foreign in ["pirate", "p-002", "1,000,000", "wipe", "gpt-4o"] {
            assert!(!sent.contains(foreign), "{foreign}: {sent}");
        }
    }
}

/// An endpoint that takes a request and never answers; tells when it is asked (`true`) and when it is left (`false`).
fn silent() -> (String, mpsc::Receiver<bool>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let mut buffer = [0; 64 * 1024];
            let mut was_asked = false;
            while connection.read(&mut buffer).is_ok_and(|bytes| bytes > 0) {
                if !was_asked {
                    was_asked = tell.send(true).is_ok();
                }
            }
            let _ = tell.send(false);
        }
    });
    (url, told)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_goes_away_ends_the_request_to_the_model() {
    let (url, told) = silent();
    let service = serve_with(&[("LIAISON_LLM__BASE_URL", &url), ("LIAISON_LLM__MODEL", "silent")]);
    let token = service.token("p-001");
    let patience = Duration::from_secs(20);
    for stream in [true, false] {
        let body = json!({ "messages": [{ "role": "user", "content": EARNED }], "stream": stream });
        let asking = async {
            let response = service.post("/v1/chat/completions", &token, &body).await;
            response.text().await
        };
        let asked = async { tokio::task::block_in_place(|| told.recv_timeout(patience)) };
        tokio::select! {
            biased;
            answered = asking => panic!("{answered:?}"),
            asked = async { tokio::time::sleep(Duration::from_secs(1)).await; asked.await } => assert_eq!(asked, Ok(true)),
        }
        assert_eq!(told.recv_timeout(patience), Ok(false), "stream: {stream}");
    }
}
