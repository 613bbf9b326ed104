//! Records one by one, page by page, and in batches.

use super::{
    super::{
        schema::Key,
        server::{Call, Reply},
        times,
    },
    associations::batch_of,
    errors::{bad_json, invalid, resource_not_found, unknown_type},
    store::{ObjectType, Record, State},
};
use serde_json::{Map, Value, json};

/// What is told of a record when nothing is asked for, besides HubSpot's own properties.
const DEFAULTS: [(&str, &[&str]); 3] = [
    ("0-1", &["email", "firstname", "lastname"]),
    ("0-2", &["domain", "name"]),
    (
        "0-3",
        &["amount", "closedate", "dealname", "dealstage", "pipeline"],
    ),
];

/// Which parts of a record are asked for.
#[derive(Default)]
pub(super) struct Wish {
    pub(super) properties: Vec<String>,
    pub(super) history: Vec<String>,
    associations: Vec<String>,
}

impl Wish {
    fn of_query(call: &Call) -> Self {
        // Both ways of the documentation: several parameters, or one with commas.
        let listed = |name: &str| {
            let values = call.query.iter().filter(|(key, _)| key == name);
            let values = values.flat_map(|(_, value)| value.split(','));
            values
                .filter(|value| !value.is_empty())
                .map(str::to_owned)
                .collect()
        };
        Self {
            properties: listed("properties"),
            history: listed("propertiesWithHistory"),
            associations: listed("associations"),
        }
    }

    pub(super) fn of_body(body: &Value) -> Self {
        Self {
            properties: strings(&body["properties"]),
            history: strings(&body["propertiesWithHistory"]),
            associations: Vec::new(),
        }
    }
}

fn strings(list: &Value) -> Vec<String> {
    let texts = list.as_array().into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

/// A record as it is told. Properties that the object does not have are left out, those without a value are null.
pub(super) fn told(kind: &ObjectType, record: &Record, wish: &Wish) -> Value {
    let own = kind.own().map(|(name, _)| name);
    let defaults = DEFAULTS.iter().find(|(id, _)| *id == kind.id);
    let defaults = defaults.map(|(_, names)| *names).unwrap_or_default();
    let mut names: Vec<&str> = own.to_vec();
    names.extend(wish.properties.iter().map(String::as_str));
    if wish.properties.is_empty() {
        names.extend(defaults);
    }
    let known = names.into_iter().filter(|name| kind.kind(name).is_some());
    let properties: Map<String, Value> = known
        .map(|name| (name.to_owned(), json!(kind.value(record, name))))
        .collect();
    let mut told = json!({
        "id": record.id.to_string(), "properties": properties, "createdAt": times::iso(record.created),
        "updatedAt": times::iso(record.updated), "archived": record.archived.is_some(),
    });
    if let Some(at) = record.archived {
        told["archivedAt"] = json!(times::iso(at));
    }
    if !wish.history.is_empty() {
        told["propertiesWithHistory"] = history(kind, record, &wish.history);
    }
    told
}

/// The values that properties had, newest first.
fn history(kind: &ObjectType, record: &Record, names: &[String]) -> Value {
    let known = names.iter().filter(|name| kind.field(name).is_some());
    let of_name = |name: &String| {
        let versions = record.history.get(name).into_iter().flatten();
        let versions = versions.map(|version| {
            json!({ "value": version.value, "timestamp": times::iso(version.at), "sourceType": version.source })
        });
        (name.clone(), versions.collect())
    };
    known.map(of_name).collect::<Map<String, Value>>().into()
}

/// Everything that a record has, as writes answer.
fn whole(kind: &ObjectType, id: u64) -> Value {
    let record = &kind.records[&id];
    let properties = record.properties.keys().cloned().collect();
    let wish = Wish {
        properties,
        ..Wish::default()
    };
    told(kind, record, &wish)
}

/// A record with the ids of those that belong to it.
fn with_associations(state: &State, place: usize, id: u64, wish: &Wish) -> Result<Value, Reply> {
    let kind = &state.kinds[place];
    let mut told = told(kind, &kind.records[&id], wish);
    for name in &wish.associations {
        let to = state.place(name).ok_or_else(|| unknown_type(name))?;
        let ids = state.associations.ids((place, id), to);
        let [from, to] = [kind, &state.kinds[to]].map(|kind| &kind.object.name);
        let singular = |name: &str| match name.strip_suffix("ies") {
            Some(stem) => format!("{stem}y"),
            None => name.trim_end_matches('s').to_owned(),
        };
        let label = format!("{}_to_{}", singular(from), singular(to));
        let results: Vec<Value> = ids
            .iter()
            .map(|id| json!({ "id": id.to_string(), "type": label }))
            .collect();
        if !results.is_empty() {
            told["associations"][to.as_str()] = json!({ "results": results });
        }
    }
    Ok(told)
}

/// `GET /crm/v3/objects/{type}`
pub(super) fn list(state: &State, place: usize, call: &Call) -> Result<Reply, Reply> {
    let wish = Wish::of_query(call);
    let most = if wish.history.is_empty() { 100 } else { 50 };
    let limit = match call.query("limit").map(str::parse::<usize>) {
        None => 10,
        Some(Ok(limit)) if (1..=most).contains(&limit) => limit,
        Some(_) => return Err(invalid(&format!("The limit must be a number from 1 to {most}."))),
    };
    let after: u64 = match call.query("after") {
        None => 0,
        Some(after) => after
            .parse()
            .map_err(|_| invalid("after is not a valid cursor"))?,
    };
    let archived = call.query("archived") == Some("true");
    let records = state.kinds[place].records.range(after..);
    let mut ids = records
        .filter(|(_, record)| record.archived.is_some() == archived)
        .map(|(&id, _)| id);
    let page: Vec<u64> = ids.by_ref().take(limit).collect();
    let results: Result<Vec<Value>, Reply> = page
        .iter()
        .map(|&id| with_associations(state, place, id, &wish))
        .collect();
    let mut body = json!({ "results": results? });
    if let Some(next) = ids.next() {
        let link = format!("https://api.hubapi.com{}?after={next}", call.path);
        body["paging"] = json!({ "next": { "after": next.to_string(), "link": link } });
    }
    Ok(Reply::ok(body))
}

/// `GET /crm/v3/objects/{type}/{id}`
pub(super) fn get(state: &State, place: usize, call: &Call, id: &str) -> Result<Reply, Reply> {
    let archived = call.query("archived") == Some("true");
    let id = named(&state.kinds[place], id, call.query("idProperty"), archived)?;
    let id = id.ok_or_else(resource_not_found)?;
    with_associations(state, place, id, &Wish::of_query(call)).map(Reply::ok)
}

/// `POST /crm/v3/objects/{type}`
pub(super) fn create(state: &mut State, place: usize, call: &Call) -> Result<Reply, Reply> {
    let body = call.json().ok_or_else(|| bad_json("not JSON"))?;
    let id = wholly(state, place, |state| made(state, place, &body))?;
    Ok(Reply::new(201, whole(&state.kinds[place], id)))
}

/// `PATCH /crm/v3/objects/{type}/{id}`
pub(super) fn update(state: &mut State, place: usize, call: &Call, id: &str) -> Result<Reply, Reply> {
    let id = named(&state.kinds[place], id, call.query("idProperty"), false)?;
    let id = id.ok_or_else(resource_not_found)?;
    let body = call.json().ok_or_else(|| bad_json("not JSON"))?;
    state.update(place, id, properties(&body)?)?;
    Ok(Reply::ok(whole(&state.kinds[place], id)))
}

/// `DELETE /crm/v3/objects/{type}/{id}`: no complaint about what is not there.
pub(super) fn archive(state: &mut State, place: usize, id: &str) -> Reply {
    let kind = &mut state.kinds[place];
    let found = kind.find(id, None, false);
    if let Some(record) = found.and_then(|id| kind.records.get_mut(&id)) {
        record.archived = Some(times::now());
        let id = record.id;
        state.associations.forget((place, id));
    }
    Reply::empty()
}

fn properties(body: &Value) -> Result<&Map<String, Value>, Reply> {
    body["properties"]
        .as_object()
        .ok_or_else(|| bad_json("properties are missing"))
}

/// `POST /crm/v3/objects/{type}/batch/{action}`
pub(super) fn batch(state: &mut State, place: usize, call: &Call, action: &str) -> Result<Reply, Reply> {
    let body = call.json().ok_or_else(|| bad_json("not JSON"))?;
    let inputs = body["inputs"]
        .as_array()
        .ok_or_else(|| bad_json("inputs are missing"))?;
    if inputs.len() > 100 {
        return Err(invalid(
            "The maximum number of inputs supported in a batch request is 100",
        ));
    }
    match action {
        "read" => read(&state.kinds[place], &body, inputs),
        "create" => {
            let ids: Vec<u64> = wholly(state, place, |state| {
                inputs.iter().map(|input| made(state, place, input)).collect()
            })?;
            let kind = &state.kinds[place];
            let reply = batch_of(ids.iter().map(|&id| whole(kind, id)).collect(), &[]);
            Ok(Reply { status: 201, ..reply })
        }
        "update" => wholly(state, place, |state| written(state, place, inputs, false)),
        "upsert" => wholly(state, place, |state| written(state, place, inputs, true)),
        _ => Err(resource_not_found()),
    }
}

/// A new record with its associations.
fn made(state: &mut State, place: usize, input: &Value) -> Result<u64, Reply> {
    let id = state.create(place, properties(input)?)?;
    state.associate_new((place, id), &input["associations"])?;
    Ok(id)
}

/// Writes that are done all or, if one is refused, not at all.
fn wholly<T>(
    state: &mut State,
    place: usize,
    work: impl FnOnce(&mut State) -> Result<T, Reply>,
) -> Result<T, Reply> {
    let before = (state.kinds[place].records.clone(), state.associations.clone());
    let done = work(state);
    if done.is_err() {
        (state.kinds[place].records, state.associations) = before;
    }
    done
}

/// The record that is named by its id or by a unique property.
fn named(kind: &ObjectType, id: &str, property: Option<&str>, archived: bool) -> Result<Option<u64>, Reply> {
    let unique = |name: &str| kind.field(name).is_some_and(|field| field.key == Key::Unique);
    if property.is_some_and(|name| name != "hs_object_id" && !unique(name)) {
        return Err(invalid("idProperty must be a property with unique values"));
    }
    Ok(kind.find(id, property, archived))
}

fn read(kind: &ObjectType, body: &Value, inputs: &[Value]) -> Result<Reply, Reply> {
    let wish = Wish::of_body(body);
    let (mut results, mut missing) = (Vec::new(), Vec::new());
    for input in inputs {
        let id = input["id"].as_str().unwrap_or_default();
        match named(kind, id, body["idProperty"].as_str(), false)? {
            Some(id) => results.push(told(kind, &kind.records[&id], &wish)),
            None => missing.push(id),
        }
    }
    Ok(batch_of(results, &absent(kind, &missing)))
}

fn absent(kind: &ObjectType, ids: &[&str]) -> Vec<Value> {
    if ids.is_empty() {
        return Vec::new();
    }
    let message = format!(
        "Could not get some {} objects, they may be deleted or not exist. Check that ids are valid.",
        kind.object.name
    );
    vec![json!({
        "status": "error", "category": "OBJECT_NOT_FOUND", "message": message, "context": { "ids": ids },
        "links": {}, "errors": [],
    })]
}

/// Changes records; where `upsert`, makes those that no unique value leads to.
fn written(state: &mut State, place: usize, inputs: &[Value], upsert: bool) -> Result<Reply, Reply> {
    let (mut results, mut missing) = (Vec::new(), Vec::new());
    for input in inputs {
        let id = input["id"].as_str().unwrap_or_default();
        let property = input["idProperty"].as_str();
        let found = named(&state.kinds[place], id, property, false)?;
        let (id, new) = match (found, property) {
            (Some(found), _) => {
                state.update(place, found, properties(input)?)?;
                (found, false)
            }
            (None, Some(property)) if upsert => {
                let mut sent = properties(input)?.clone();
                sent.insert(property.to_owned(), json!(id));
                (state.create(place, &sent)?, true)
            }
            (None, _) => {
                missing.push(id);
                continue;
            }
        };
        let mut told = whole(&state.kinds[place], id);
        if upsert {
            told["new"] = json!(new);
        }
        results.push(told);
    }
    Ok(batch_of(results, &absent(&state.kinds[place], &missing)))
}
