//! Up to two hundred records at a time, each with its own result, or all or none.

use super::{
    super::server::{Call, Reply},
    errors::Failure,
    records::{told, upsert},
    routes::place,
    store::State,
};
use serde_json::{Map, Value, json};

const MOST: usize = 200;

/// `composite/sobjects`, `composite/sobjects/{X}` and `composite/sobjects/{X}/{field}`
pub(super) fn collection(
    state: &mut State,
    call: &Call,
    rest: &[&str],
    version: &str,
) -> Result<Reply, Failure> {
    let body = call.json().unwrap_or_default();
    let all_or_none = body["allOrNone"] == true || call.query("allOrNone") == Some("true");
    match (call.method.as_str(), rest) {
        ("POST", []) => each(state, records(&body)?, all_or_none, |state, record| {
            let (place, fields) = typed(state, record)?;
            let id = state.create(place, fields)?;
            Ok(json!({ "id": id, "success": true, "errors": [] }))
        }),
        ("PATCH", []) => each(state, records(&body)?, all_or_none, |state, record| {
            let (place, fields) = typed(state, record)?;
            let mut fields = fields.clone();
            let id = fields
                .remove("id")
                .or_else(|| fields.remove("Id"))
                .unwrap_or_default();
            let id = id.as_str().unwrap_or_default();
            state.update(place, id, &fields)?;
            Ok(json!({ "id": id, "success": true, "errors": [] }))
        }),
        ("PATCH", [object, field]) => {
            let place = place(state, object)?;
            let field = state.objects[place].external_id(field)?;
            each(state, records(&body)?, all_or_none, |state, record| {
                let mut fields = typed(state, record)?.1.clone();
                let value = fields.remove(&field).unwrap_or_default();
                let missing = || Failure::bad("MISSING_ARGUMENT", format!("{field} not specified"));
                let value = value.as_str().ok_or_else(missing)?;
                let (id, created) = upsert(state, place, &field, value, &fields)?;
                Ok(json!({ "id": id, "success": true, "created": created, "errors": [] }))
            })
        }
        ("DELETE", []) => {
            let ids = call.query("ids").unwrap_or_default().split(',');
            let ids: Vec<Value> = ids.map(Value::from).collect();
            each(state, &ids, all_or_none, |state, id| {
                let id = id.as_str().unwrap_or_default();
                let mut objects = state.objects.iter();
                let place = objects.position(|object| id.starts_with(&object.prefix));
                state.delete(place.ok_or_else(Failure::not_found)?, id)?;
                Ok(json!({ "id": id, "success": true, "errors": [] }))
            })
        }
        ("POST", [object]) => {
            let object = &state.objects[place(state, object)?];
            let texts = |name: &str| {
                body[name]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
            };
            let names = texts("fields").collect::<Vec<_>>().join(",");
            let found: Result<Vec<Value>, Failure> = texts("ids")
                .map(|id| match object.live(id) {
                    Ok(record) => told(object, record, Some(&names), version),
                    Err(_) => Ok(Value::Null),
                })
                .collect();
            Ok(Reply::ok(found?.into()))
        }
        _ => Err(Failure::not_found()),
    }
}

fn records(body: &Value) -> Result<&[Value], Failure> {
    let records = body["records"].as_array().ok_or_else(Failure::not_json)?;
    if records.len() > MOST {
        let message =
            format!("EXCEEDED_ID_LIMIT: record limit reached. cannot submit more than {MOST} records");
        return Err(Failure::bad("EXCEEDED_ID_LIMIT", message));
    }
    Ok(records)
}

/// A record's object, which it names itself, and its fields.
fn typed<'r>(state: &State, record: &'r Value) -> Result<(usize, &'r Map<String, Value>), Failure> {
    let name = record["attributes"]["type"].as_str().unwrap_or_default();
    let unknown = || Failure::bad("INVALID_TYPE", format!("sObject type '{name}' is not supported."));
    let place = state.place(name).ok_or_else(unknown)?;
    Ok((place, record.as_object().ok_or_else(Failure::not_json)?))
}

/// Does something with each record and tells each one's result; all or none, if so asked.
fn each(
    state: &mut State,
    records: &[Value],
    all_or_none: bool,
    work: impl Fn(&mut State, &Value) -> Result<Value, Failure>,
) -> Result<Reply, Failure> {
    let before = all_or_none.then(|| state.clone());
    let results: Vec<Result<Value, Failure>> = records.iter().map(|record| work(state, record)).collect();
    let failed = |failure: &Failure| json!({ "success": false, "errors": [failure.in_result()] });
    let undone = match before {
        Some(before) if results.iter().any(Result::is_err) => {
            *state = before;
            let message = "Record rolled back because not all records were valid and the request was using \
                           AllOrNone header";
            Some(failed(&Failure::bad(
                "ALL_OR_NONE_OPERATION_ROLLED_BACK",
                message,
            )))
        }
        _ => None,
    };
    let told = results.into_iter().map(|result| match (result, &undone) {
        (Ok(_), Some(undone)) => undone.clone(),
        (Ok(done), None) => done,
        (Err(failure), _) => failed(&failure),
    });
    Ok(Reply::ok(told.collect()))
}
