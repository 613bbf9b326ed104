//! Which request is whose.

use super::{
    super::{
        faults::Faults,
        server::{Call, Reply},
    },
    associations, describe,
    errors::{resource_not_found, unknown_type},
    objects, search,
    store::State,
};

pub(super) fn answer(state: &mut State, call: &Call, faults: &Faults) -> Reply {
    let search = searches(call);
    let reply = admitted(state, call, faults, search).unwrap_or_else(|refused| refused);
    state.limits.told(reply, search, faults)
}

/// Searches have a limit of their own.
pub(super) fn searches(call: &Call) -> bool {
    call.path.ends_with("/search")
}

fn admitted(state: &mut State, call: &Call, faults: &Faults, search: bool) -> Result<Reply, Reply> {
    let segments = call.segments();
    let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
    if parts == ["oauth", "v1", "token"] {
        return Ok(state.auth.refresh(call, faults));
    }
    state.auth.admit(call, faults)?;
    state.limits.admit(search, faults)?;
    let method = call.method.as_str();
    match parts.as_slice() {
        ["crm", "v3", "objects", kind, rest @ ..] => of_objects(state, call, kind, rest),
        ["crm", "v4", "objects", from, id, "associations", rest @ ..] => {
            associations::of_record(state, call, (from, id), rest)
        }
        ["crm", "v4", "associations", from, to, "batch", action @ ..] if method == "POST" => {
            associations::batch(state, call, (from, to), action)
        }
        ["crm", "v3", "properties", kind] if method == "GET" => describe::properties(state, kind),
        ["crm", "v3", "properties", kind, name] if method == "GET" => describe::property(state, kind, name),
        ["crm", "v3", "pipelines", kind] if method == "GET" => Ok(describe::pipelines(state, kind)),
        ["crm", "v3", "owners"] if method == "GET" => describe::owners(state, call),
        ["crm", "v3", "owners", id] if method == "GET" => describe::owner(state, id),
        // The documentation has the one, the official client uses the other.
        ["crm" | "crm-object-schemas", "v3", "schemas", rest @ ..] if method == "GET" => {
            describe::schemas(state, rest)
        }
        _ => Err(resource_not_found()),
    }
}

fn of_objects(state: &mut State, call: &Call, kind: &str, rest: &[&str]) -> Result<Reply, Reply> {
    let place = state.place(kind).ok_or_else(|| unknown_type(kind))?;
    let method = call.method.as_str();
    let reads = method == "GET" || matches!(rest, ["search"] | ["batch", "read"]);
    state.auth.granted(&scope(state, place, reads))?;
    match (method, rest) {
        ("GET", []) => objects::list(state, place, call),
        ("POST", []) => objects::create(state, place, call),
        ("POST", ["search"]) => search::search(state, place, call),
        ("POST", ["batch", action]) => objects::batch(state, place, call, action),
        ("GET", [id]) => objects::get(state, place, call, id),
        ("PATCH", [id]) => objects::update(state, place, call, id),
        ("DELETE", [id]) => Ok(objects::archive(state, place, id)),
        _ => Err(resource_not_found()),
    }
}

/// The scope that a request for records of an object needs.
pub(super) fn scope(state: &State, place: usize, reads: bool) -> String {
    let kind = &state.kinds[place];
    let name = if kind.custom() {
        "custom"
    } else {
        &kind.object.name
    };
    format!("crm.objects.{name}.{}", if reads { "read" } else { "write" })
}
