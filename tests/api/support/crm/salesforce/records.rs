//! Records one by one.

use super::{
    super::server::{Call, Reply},
    errors::Failure,
    routes::place,
    soql::attributes,
    store::{Record, SObject, State, own_fields},
};
use serde_json::{Map, Value, json};

/// `POST sobjects/{X}`
pub(super) fn create(state: &mut State, call: &Call, object: &str) -> Result<Reply, Failure> {
    let id = state.create(place(state, object)?, &fields(call)?)?;
    Ok(Reply::new(
        201,
        json!({ "id": id, "success": true, "errors": [] }),
    ))
}

/// `GET`, `PATCH` and `DELETE sobjects/{X}/{id}`
pub(super) fn one(
    state: &mut State,
    call: &Call,
    (object, id): (&str, &str),
    version: &str,
) -> Result<Reply, Failure> {
    let place = place(state, object)?;
    match call.method.as_str() {
        "GET" => {
            let object = &state.objects[place];
            told(object, object.live(id)?, call.query("fields"), version).map(Reply::ok)
        }
        "PATCH" => state.update(place, id, &fields(call)?).map(|()| Reply::empty()),
        "DELETE" => state.delete(place, id).map(|()| Reply::empty()),
        _ => Err(Failure::new(405, "METHOD_NOT_ALLOWED", "HTTP Method not allowed")),
    }
}

/// `GET` and `PATCH sobjects/{X}/{field}/{value}`: the record with an external id; PATCH makes it if there is none.
pub(super) fn by_external_id(
    state: &mut State,
    call: &Call,
    (object, field, value): (&str, &str, &str),
    version: &str,
) -> Result<Reply, Failure> {
    let place = place(state, object)?;
    let field = state.objects[place].external_id(field)?;
    let ids = state.objects[place].keyed(&field, value);
    if ids.len() > 1 {
        let url = |id: &String| format!("/services/data/{version}/sobjects/{object}/{id}");
        return Ok(Reply::new(300, ids.iter().map(url).collect()));
    }
    match (call.method.as_str(), ids.first()) {
        ("GET", Some(id)) => {
            let object = &state.objects[place];
            told(object, object.live(id)?, call.query("fields"), version).map(Reply::ok)
        }
        ("PATCH", _) => {
            let (id, created) = upsert(state, place, &field, value, &fields(call)?)?;
            let status = if created { 201 } else { 200 };
            let body = json!({ "id": id, "success": true, "errors": [], "created": created });
            Ok(Reply::new(status, body))
        }
        _ => Err(Failure::not_found()),
    }
}

/// Changes the record that has this external id, or makes it: its id, and whether it is new.
pub(super) fn upsert(
    state: &mut State,
    place: usize,
    field: &str,
    value: &str,
    sent: &Map<String, Value>,
) -> Result<(String, bool), Failure> {
    if let Some(id) = state.objects[place].keyed(field, value).pop() {
        state.update(place, &id, sent)?;
        return Ok((id, false));
    }
    let mut sent = sent.clone();
    sent.insert(field.to_owned(), json!(value));
    Ok((state.create(place, &sent)?, true))
}

/// A record with all its fields, or with those that are named.
pub(super) fn told(
    object: &SObject,
    record: &Record,
    names: Option<&str>,
    version: &str,
) -> Result<Value, Failure> {
    let mut told = attributes(&object.object.name, &record.id, version);
    let fields = match names {
        None => own_fields()
            .into_iter()
            .chain(object.object.fields.iter().cloned())
            .collect(),
        Some(names) => {
            let field = |name: &str| {
                let entity = &object.object.name;
                let unknown = || {
                    Failure::bad(
                        "INVALID_FIELD",
                        format!("No such column '{name}' on entity '{entity}'"),
                    )
                };
                object.field(name.trim()).ok_or_else(unknown)
            };
            names.split(',').map(field).collect::<Result<Vec<_>, _>>()?
        }
    };
    told.extend(
        fields
            .into_iter()
            .map(|field| (field.name.clone(), record.value(&field.name))),
    );
    Ok(told.into())
}

fn fields(call: &Call) -> Result<Map<String, Value>, Failure> {
    match call.json() {
        Some(Value::Object(fields)) => Ok(fields),
        _ => Err(Failure::not_json()),
    }
}
