//! What an account is made of: properties, schemas, pipelines, owners.

use super::{
    super::{
        schema::{Field, Key, Kind},
        server::{Call, Reply},
        times,
    },
    errors::{error, invalid, resource_not_found, unknown_type},
    store::{ObjectType, State, full_name},
};
use serde_json::{Value, json};

/// The definitions do not change, so that their dates are a constant.
const MADE: &str = "2024-01-01T00:00:00.000Z";

pub(super) struct Pipeline {
    object: String,
    body: Value,
}

impl Pipeline {
    /// Stages are `(id, label, probability)`; those with 0 or 1 are closed.
    pub(super) fn new(object: &str, id: &str, label: &str, stages: &[(&str, &str, f64)]) -> Self {
        let stages = stages
            .iter()
            .enumerate()
            .map(|(order, (id, label, probability))| {
                let closed = *probability == 0.0 || *probability == 1.0;
                json!({
                    "id": id, "label": label, "displayOrder": order, "archived": false,
                    "metadata": { "isClosed": closed.to_string(), "probability": format!("{probability:?}") },
                    "createdAt": MADE, "updatedAt": MADE, "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
                })
            });
        let stages: Vec<Value> = stages.collect();
        let body = json!({
            "id": id, "label": label, "displayOrder": 0, "archived": false, "stages": stages,
            "createdAt": MADE, "updatedAt": MADE,
        });
        let object = object.to_owned();
        Self { object, body }
    }
}

pub(super) struct Owner {
    id: String,
    email: String,
    body: Value,
}

impl Owner {
    pub(super) fn new(id: &str, email: &str, first: &str, last: &str) -> Self {
        let body = json!({
            "id": id, "email": email, "firstName": first, "lastName": last, "type": "PERSON", "archived": false,
            "createdAt": MADE, "updatedAt": MADE, "teams": [],
        });
        let (id, email) = (id.to_owned(), email.to_owned());
        Self { id, email, body }
    }
}

/// `GET /crm/v3/properties/{type}`
pub(super) fn properties(state: &State, kind: &str) -> Result<Reply, Reply> {
    let place = state.place(kind).ok_or_else(|| unknown_type(kind))?;
    Ok(Reply::ok(json!({ "results": all(&state.kinds[place]) })))
}

/// `GET /crm/v3/properties/{type}/{name}`
pub(super) fn property(state: &State, kind: &str, name: &str) -> Result<Reply, Reply> {
    let place = state.place(kind).ok_or_else(|| unknown_type(kind))?;
    let found = all(&state.kinds[place])
        .into_iter()
        .find(|property| property["name"] == name);
    let missing = || {
        error(
            404,
            "OBJECT_NOT_FOUND",
            &format!("Property {name} does not exist"),
            Value::Null,
        )
    };
    found.map(Reply::ok).ok_or_else(missing)
}

fn all(kind: &ObjectType) -> Vec<Value> {
    let defined = kind.object.fields.iter().map(|field| described(field, false));
    let own = kind.own().map(|(name, kind)| {
        let name = name.to_owned();
        let key = if name == "hs_object_id" {
            Key::Unique
        } else {
            Key::No
        };
        described(&Field { name, kind, key }, true)
    });
    own.into_iter().chain(defined).collect()
}

fn described(field: &Field, own: bool) -> Value {
    let (r#type, widget) = match &field.kind {
        Kind::Text | Kind::Reference(_) => ("string", "text"),
        Kind::Number => ("number", "number"),
        Kind::Boolean => ("bool", "booleancheckbox"),
        Kind::Date => ("date", "date"),
        Kind::DateTime => ("datetime", "date"),
        Kind::Choice(_) => ("enumeration", "select"),
    };
    let options: Vec<&str> = match &field.kind {
        Kind::Choice(options) => options.iter().map(String::as_str).collect(),
        Kind::Boolean => vec!["true", "false"],
        _ => Vec::new(),
    };
    let options = options.iter().enumerate();
    let options: Vec<Value> = options
        .map(|(order, value)| json!({ "label": value, "value": value, "displayOrder": order, "hidden": false }))
        .collect();
    json!({
        "name": field.name, "label": field.name, "type": r#type, "fieldType": widget, "description": "",
        "groupName": "information", "options": options, "hasUniqueValue": field.key == Key::Unique, "hidden": false,
        "hubspotDefined": own, "calculated": false, "externalOptions": false, "archived": false,
        "formField": !own, "displayOrder": -1, "createdAt": MADE, "updatedAt": MADE,
        "modificationMetadata": { "archivable": !own, "readOnlyDefinition": own, "readOnlyValue": own },
    })
}

/// `GET /crm/v3/schemas[/{type}]`: custom objects only.
pub(super) fn schemas(state: &State, rest: &[&str]) -> Result<Reply, Reply> {
    let custom = state.kinds.iter().filter(|kind| kind.custom());
    match rest {
        [] => Ok(Reply::ok(
            json!({ "results": custom.map(schema).collect::<Vec<_>>() }),
        )),
        [name] => {
            let place = state.place(name).ok_or_else(|| unknown_type(name))?;
            Ok(Reply::ok(schema(&state.kinds[place])))
        }
        _ => Err(resource_not_found()),
    }
}

fn schema(kind: &ObjectType) -> Value {
    let name = &kind.object.name;
    let first = kind.object.fields.first().map(|field| &field.name);
    json!({
        "id": kind.id.trim_start_matches("2-"), "objectTypeId": kind.id, "name": name,
        "fullyQualifiedName": full_name(&kind.object), "labels": { "singular": name, "plural": name },
        "primaryDisplayProperty": first, "requiredProperties": kind.object.required, "searchableProperties": [first],
        "secondaryDisplayProperties": [], "properties": all(kind), "associations": [], "archived": false,
        "createdAt": MADE, "updatedAt": MADE,
    })
}

/// `GET /crm/v3/pipelines/{type}`
pub(super) fn pipelines(state: &State, kind: &str) -> Reply {
    let place = state.place(kind);
    let of_kind = |pipeline: &&Pipeline| place.is_some() && state.place(&pipeline.object) == place;
    let found = state.pipelines.iter().filter(of_kind);
    let bodies: Vec<&Value> = found.map(|pipeline| &pipeline.body).collect();
    Reply::ok(json!({ "results": bodies }))
}

/// `GET /crm/v3/owners`, by `email` and page by page.
pub(super) fn owners(state: &State, call: &Call) -> Result<Reply, Reply> {
    let email = call.query("email");
    let limit: usize = call
        .query("limit")
        .and_then(|limit| limit.parse().ok())
        .unwrap_or(100);
    let after: usize = match call.query("after") {
        None => 0,
        Some(after) => after
            .parse()
            .map_err(|_| invalid("after is not a valid cursor"))?,
    };
    let found: Vec<&Value> = state
        .owners
        .iter()
        .filter(|owner| email.is_none_or(|email| owner.email == email))
        .map(|owner| &owner.body)
        .collect();
    let page: Vec<&&Value> = found.iter().skip(after).take(limit).collect();
    let mut body = json!({ "results": page });
    if after + limit < found.len() {
        body["paging"] = json!({ "next": { "after": (after + limit).to_string() } });
    }
    Ok(Reply::ok(body))
}

/// `GET /crm/v3/owners/{id}`
pub(super) fn owner(state: &State, id: &str) -> Result<Reply, Reply> {
    let found = state.owners.iter().find(|owner| owner.id == id);
    found
        .map(|owner| Reply::ok(owner.body.clone()))
        .ok_or_else(resource_not_found)
}

/// The moment of a batch's beginning or end.
pub(super) fn now() -> String {
    times::iso(times::now())
}
