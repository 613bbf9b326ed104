//! Several requests in one, of which later ones can name what earlier ones answered: `@{partner.id}`.

use super::{
    super::server::{Call, Reply},
    errors::Failure,
    routes::resource,
    store::State,
};
use axum::body::Bytes;
use serde_json::{Value, json};
use std::collections::HashMap;
use url::Url;

const MOST: usize = 25;

/// `POST composite`
pub(super) fn composite(state: &mut State, call: &Call) -> Result<Reply, Failure> {
    let body = call.json().ok_or_else(Failure::not_json)?;
    let requests = body["compositeRequest"]
        .as_array()
        .ok_or_else(Failure::not_json)?;
    if requests.len() > MOST {
        let message = format!("Limit exceeded. Maximum number of subrequests: {MOST}");
        return Err(Failure::bad("LIMIT_EXCEEDED", message));
    }
    let mut names: Vec<&str> = requests
        .iter()
        .filter_map(|part| part["referenceId"].as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    if names.len() < requests.len() {
        let message = "Every subrequest needs a referenceId of its own";
        return Err(Failure::bad("MALFORMED_REQUEST", message));
    }
    let all_or_none = body["allOrNone"] == true;
    let before = all_or_none.then(|| state.clone());
    let mut answered: HashMap<&str, Value> = HashMap::new();
    let mut responses = Vec::new();
    let mut failed = false;
    for request in requests {
        let name = request["referenceId"].as_str().unwrap_or_default();
        let reply = match part(call, request, &answered) {
            // With all or none, what comes after a failure is not done.
            Ok(_) if failed && all_or_none => halted(),
            Ok(part) => resource(state, &part),
            Err(failure) => failure.into(),
        };
        failed |= reply.status >= 400;
        let answer = reply.body.clone().unwrap_or_default();
        responses.push(response(name, &reply));
        answered.insert(name, answer);
    }
    if let Some(before) = before.filter(|_| failed) {
        *state = before;
        for (response, request) in responses.iter_mut().zip(requests) {
            if response["httpStatusCode"]
                .as_u64()
                .is_some_and(|status| status < 400)
            {
                *response = self::response(request["referenceId"].as_str().unwrap_or_default(), &halted());
            }
        }
    }
    Ok(Reply::ok(json!({ "compositeResponse": responses })))
}

fn response(name: &str, reply: &Reply) -> Value {
    json!({ "body": reply.body, "httpHeaders": {}, "httpStatusCode": reply.status, "referenceId": name })
}

fn halted() -> Reply {
    let message = "The transaction was rolled back since another operation in the same transaction failed.";
    Failure::bad("PROCESSING_HALTED", message).into()
}

/// A request within the request, with what it names filled in.
fn part(call: &Call, request: &Value, answered: &HashMap<&str, Value>) -> Result<Call, Failure> {
    let text = |name: &str| request[name].as_str().ok_or_else(Failure::not_json);
    let url = filled(text("url")?, answered)?;
    let url = Url::parse("http://stand-in").and_then(|base| base.join(&url));
    let url = url.map_err(|_| Failure::not_found())?;
    let body = match &request["body"] {
        Value::Null => String::new(),
        body => filled(&body.to_string(), answered)?,
    };
    Ok(Call {
        method: text("method")?.parse().map_err(|_| Failure::not_json())?,
        path: url.path().to_owned(),
        length: url.as_str().len(),
        query: url.query_pairs().into_owned().collect(),
        headers: call.headers.clone(),
        body: Bytes::from(body),
    })
}

/// A text in which `@{name.field}` is what the request of that name has answered.
fn filled(text: &str, answered: &HashMap<&str, Value>) -> Result<String, Failure> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("@{") {
        let unknown = || {
            let message = format!("Invalid reference specified. No value for {after} found");
            Failure::bad("PROCESSING_HALTED", message)
        };
        let (reference, after) = after.split_once('}').ok_or_else(unknown)?;
        let (name, path) = reference.split_once('.').ok_or_else(unknown)?;
        // `records[0].Id` is `/records/0/Id`.
        let path = path.replace('[', ".").replace(']', "").replace('.', "/");
        let value = answered
            .get(name)
            .and_then(|answer| answer.pointer(&format!("/{path}")));
        filled += before;
        filled += &match value.ok_or_else(unknown)? {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        rest = after;
    }
    Ok(filled + rest)
}
