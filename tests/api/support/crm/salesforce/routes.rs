//! Which request is whose.

use super::{
    super::{
        faults::Faults,
        server::{Call, Reply},
    },
    collections, composite, describe,
    errors::Failure,
    query, records, replication,
    store::State,
};
use serde_json::{Value, json};

/// Bytes of an address; long queries have to be cut into several.
const LONGEST: usize = 16_384;
/// Requests a day.
const QUOTA: u64 = 15_000;

pub(super) fn answer(state: &mut State, call: &Call, faults: &Faults) -> Reply {
    let segments = call.segments();
    let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
    match parts.as_slice() {
        _ if call.length > LONGEST => Failure::new(414, "URI_TOO_LONG", "URI Too Long").into(),
        ["services", "oauth2", "token"] => state.auth.token(call, faults),
        ["services", "data"] => Reply::ok(versions()),
        ["services", "data", ..] => {
            let used = if faults.exhausted() { QUOTA } else { state.used };
            let admitted = state.auth.admit(call, faults).and_then(|()| {
                if used >= QUOTA {
                    let message = "TotalRequests Limit exceeded.";
                    return Err(Failure::new(403, "REQUEST_LIMIT_EXCEEDED", message));
                }
                state.used += 1;
                Ok(())
            });
            let reply = admitted.map_or_else(Reply::from, |()| resource(state, call));
            let used = if faults.exhausted() { QUOTA } else { state.used };
            reply.with("sforce-limit-info", format!("api-usage={used}/{QUOTA}"))
        }
        _ => Failure::not_found().into(),
    }
}

fn versions() -> Value {
    let version = |number: u32| {
        let version = format!("{number}.0");
        json!({ "label": "", "url": format!("/services/data/v{version}"), "version": version })
    };
    (50..=64).map(version).collect()
}

/// What stands behind `/services/data/`, for whoever may ask.
pub(super) fn resource(state: &mut State, call: &Call) -> Reply {
    let segments = call.segments();
    let parts: Vec<&str> = segments.iter().skip(2).map(String::as_str).collect();
    let Some((version, rest)) = parts.split_first() else {
        return Failure::not_found().into();
    };
    let known = versions();
    let mut versions = known.as_array().into_iter().flatten();
    if !versions.any(|it| it["version"].as_str() == version.strip_prefix('v')) {
        return Failure::not_found().into();
    }
    let method = call.method.as_str();
    let result = match (method, rest) {
        ("GET", []) => Ok(Reply::ok(resources(version))),
        ("GET", ["query"]) => query::first(state, call, version),
        ("GET", ["query", locator]) => query::next(state, locator, version),
        ("GET", ["limits"]) => {
            let left = QUOTA - state.used;
            Ok(Reply::ok(
                json!({ "DailyApiRequests": { "Max": QUOTA, "Remaining": left } }),
            ))
        }
        ("GET", ["sobjects"]) => Ok(Reply::ok(describe::global(state, version))),
        ("GET", ["sobjects", object, "describe"]) => describe::object(state, object, version),
        ("GET", ["sobjects", object, "updated"]) => replication::updated(state, call, object),
        ("GET", ["sobjects", object, "deleted"]) => replication::deleted(state, call, object),
        ("POST", ["sobjects", object]) => records::create(state, call, object),
        (_, ["sobjects", object, id]) => records::one(state, call, (object, id), version),
        (_, ["sobjects", object, field, value]) => {
            records::by_external_id(state, call, (object, field, value), version)
        }
        ("POST", ["composite"]) => composite::composite(state, call),
        (_, ["composite", "sobjects", rest @ ..]) => collections::collection(state, call, rest, version),
        _ => Err(Failure::not_found()),
    };
    result.unwrap_or_else(Reply::from)
}

fn resources(version: &str) -> Value {
    let url = |name: &str| format!("/services/data/{version}/{name}");
    let names = ["query", "sobjects", "composite", "limits"];
    let mut resources =
        json!({ "identity": "https://login.salesforce.com/id/00D5g0000000001EAA/0055g0000000001AAA" });
    for name in names {
        resources[name] = json!(url(name));
    }
    resources
}

/// The place of an object that is in a path.
pub(super) fn place(state: &State, object: &str) -> Result<usize, Failure> {
    state.place(object).ok_or_else(Failure::not_found)
}
