//! Which records belong to which, in both directions, version 4.

use super::{
    super::server::{Call, Reply},
    describe::now,
    errors::{bad_json, invalid, resource_not_found, unknown_type},
    routes::scope,
    store::State,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// HubSpot's own types without a label, from object to object.
const DEFAULTS: [(&str, &str, u64); 10] = [
    ("0-1", "0-2", 279),
    ("0-2", "0-1", 280),
    ("0-1", "0-3", 4),
    ("0-3", "0-1", 3),
    ("0-3", "0-2", 341),
    ("0-2", "0-3", 342),
    ("0-5", "0-2", 339),
    ("0-2", "0-5", 340),
    ("0-3", "0-8", 19),
    ("0-8", "0-3", 20),
];

/// The type that a record's first company has besides: it is the primary one, both ways.
const PRIMARY: [(&str, &str, u64); 4] = [
    ("0-1", "0-2", 1),
    ("0-2", "0-1", 2),
    ("0-3", "0-2", 5),
    ("0-2", "0-3", 6),
];

/// From a record to an object's records, and by which types.
#[derive(Default, Clone)]
pub(super) struct Associations(BTreeMap<(usize, u64, usize), BTreeMap<u64, Vec<Spec>>>);

#[derive(Clone, PartialEq)]
struct Spec {
    category: String,
    id: u64,
}

impl Spec {
    fn label(&self) -> Option<&'static str> {
        let primary = PRIMARY.iter().any(|(_, _, id)| *id == self.id);
        (primary && self.category == "HUBSPOT_DEFINED").then_some("Primary")
    }
}

impl Associations {
    fn add(&mut self, from: (usize, u64), to: (usize, u64), spec: Spec) {
        let specs = self.0.entry((from.0, from.1, to.0)).or_default();
        let specs = specs.entry(to.1).or_default();
        if !specs.contains(&spec) {
            specs.push(spec);
        }
    }

    fn remove(&mut self, from: (usize, u64), to: (usize, u64)) {
        for (from, to) in [(from, to), (to, from)] {
            if let Some(specs) = self.0.get_mut(&(from.0, from.1, to.0)) {
                specs.remove(&to.1);
            }
        }
    }

    /// Takes a record out, which is archived.
    pub(super) fn forget(&mut self, record: (usize, u64)) {
        self.0.retain(|(place, id, _), _| (*place, *id) != record);
        for ((_, _, to), ids) in &mut self.0 {
            if *to == record.0 {
                ids.remove(&record.1);
            }
        }
    }

    /// The ids of an object's records that belong to a record.
    pub(super) fn ids(&self, from: (usize, u64), to: usize) -> Vec<u64> {
        let found = self.0.get(&(from.0, from.1, to));
        found.map(|to| to.keys().copied().collect()).unwrap_or_default()
    }

    /// The same with their types, as version 4 tells them.
    fn told(&self, from: (usize, u64), to: usize) -> Vec<Value> {
        let found = self.0.get(&(from.0, from.1, to)).into_iter().flatten();
        found
            .map(|(id, specs)| {
                let types = specs.iter().map(
                    |spec| json!({ "category": spec.category, "typeId": spec.id, "label": spec.label() }),
                );
                json!({ "toObjectId": id.to_string(), "associationTypes": types.collect::<Vec<_>>() })
            })
            .collect()
    }
}

impl State {
    /// Associates two records that exist, by the default type.
    pub(super) fn associate(&mut self, from: (&str, &str), to: (&str, &str)) {
        let [from, to] = [from, to].map(|(kind, id)| {
            let place = self.place(kind).unwrap_or_else(|| panic!("no object {kind}"));
            self.existing(place, id)
                .unwrap_or_else(|_| panic!("no {kind} {id}"))
        });
        self.join(from, to, None);
    }

    /// Both directions; the default type if none is named.
    fn join(&mut self, from: (usize, u64), to: (usize, u64), spec: Option<Spec>) {
        let is_company = |record: (usize, u64)| self.kinds[record.0].id == "0-2";
        let first = match (is_company(from), is_company(to)) {
            (false, true) => self.associations.ids(from, to.0).is_empty(),
            (true, false) => self.associations.ids(to, from.0).is_empty(),
            _ => false,
        };
        let there = spec.clone().unwrap_or_else(|| self.default_type(from.0, to.0));
        let back = spec.unwrap_or_else(|| self.default_type(to.0, from.0));
        self.associations.add(from, to, there);
        self.associations.add(to, from, back);
        for (from, to) in [(from, to), (to, from)].into_iter().filter(|_| first) {
            let (a, b) = (&self.kinds[from.0].id, &self.kinds[to.0].id);
            if let Some((_, _, id)) = PRIMARY.iter().find(|(from, to, _)| from == a && to == b) {
                let category = "HUBSPOT_DEFINED".to_owned();
                self.associations.add(from, to, Spec { category, id: *id });
            }
        }
    }

    fn default_type(&self, from: usize, to: usize) -> Spec {
        let (a, b) = (&self.kinds[from].id, &self.kinds[to].id);
        let known = DEFAULTS.iter().find(|(from, to, _)| from == a && to == b);
        let (category, id) = match known {
            Some((_, _, id)) => ("HUBSPOT_DEFINED", *id),
            // Types that come with a custom object are numbered by the account.
            None => ("USER_DEFINED", (100 * (from + 1) + to) as u64),
        };
        let category = category.to_owned();
        Spec { category, id }
    }

    fn existing(&self, place: usize, id: &str) -> Result<(usize, u64), Reply> {
        let found = self.kinds[place].find(id, None, false);
        found.map(|id| (place, id)).ok_or_else(resource_not_found)
    }

    /// Makes the associations that a new record was sent with.
    pub(super) fn associate_new(&mut self, from: (usize, u64), sent: &Value) -> Result<(), Reply> {
        for one in sent.as_array().into_iter().flatten() {
            let id = text(&one["to"]["id"]);
            for spec in specs(&one["types"])? {
                let to = self.target(from.0, &spec, &id)?;
                self.join(from, to, Some(spec));
            }
        }
        Ok(())
    }

    /// A type's number says which object it leads to.
    fn target(&self, from: usize, spec: &Spec, id: &str) -> Result<(usize, u64), Reply> {
        let mut places = 0..self.kinds.len();
        let to = places.find(|&to| self.default_type(from, to) == *spec);
        let unknown = || invalid(&format!("No association type {} from this object", spec.id));
        self.existing(to.ok_or_else(unknown)?, id)
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn specs(sent: &Value) -> Result<Vec<Spec>, Reply> {
    let sent = sent.as_array().ok_or_else(|| bad_json("types are missing"))?;
    sent.iter()
        .map(|one| {
            let category = one["associationCategory"].as_str().map(str::to_owned);
            let id = one["associationTypeId"].as_u64();
            let spec = category.zip(id).map(|(category, id)| Spec { category, id });
            spec.ok_or_else(|| bad_json("associationCategory or associationTypeId"))
        })
        .collect()
}

/// `/crm/v4/objects/{from}/{id}/associations/…`
pub(super) fn of_record(
    state: &mut State,
    call: &Call,
    (from, id): (&str, &str),
    rest: &[&str],
) -> Result<Reply, Reply> {
    let from = state.place(from).ok_or_else(|| unknown_type(from))?;
    let method = call.method.as_str();
    state.auth.granted(&scope(state, from, method == "GET"))?;
    let from = state.existing(from, id)?;
    let (["default", to, rest @ ..] | [to, rest @ ..]) = rest else {
        return Err(resource_not_found());
    };
    let to = state.place(to).ok_or_else(|| unknown_type(to))?;
    let by_default = call.path.contains("/associations/default/");
    match (method, rest) {
        ("GET", []) => listed(state, call, from, to),
        ("PUT", [id]) => {
            let to = state.existing(to, id)?;
            if by_default {
                state.join(from, to, None);
                return Ok(batch_of(vec![joined(state, from, to)], &[]));
            }
            for spec in specs(&call.json().ok_or_else(|| bad_json("not JSON"))?)? {
                state.join(from, to, Some(spec));
            }
            Ok(Reply::new(
                201,
                json!({
                    "fromObjectTypeId": state.kinds[from.0].id, "fromObjectId": from.1.to_string(),
                    "toObjectTypeId": state.kinds[to.0].id, "toObjectId": to.1.to_string(), "labels": [],
                }),
            ))
        }
        ("DELETE", [id]) => {
            let to = state.existing(to, id)?;
            state.associations.remove(from, to);
            Ok(Reply::empty())
        }
        _ => Err(resource_not_found()),
    }
}

fn listed(state: &State, call: &Call, from: (usize, u64), to: usize) -> Result<Reply, Reply> {
    let limit: usize = call
        .query("limit")
        .and_then(|limit| limit.parse().ok())
        .unwrap_or(500);
    let after: usize = match call.query("after") {
        None => 0,
        Some(after) => after
            .parse()
            .map_err(|_| invalid("after is not a valid cursor"))?,
    };
    let all = state.associations.told(from, to);
    let page: Vec<&Value> = all.iter().skip(after).take(limit).collect();
    let mut body = json!({ "results": page });
    if after + limit < all.len() {
        body["paging"] = json!({ "next": { "after": (after + limit).to_string() } });
    }
    Ok(Reply::ok(body))
}

/// `POST /crm/v4/associations/{from}/{to}/batch/…`
pub(super) fn batch(
    state: &mut State,
    call: &Call,
    (from, to): (&str, &str),
    action: &[&str],
) -> Result<Reply, Reply> {
    let [from, to] = [from, to].map(|name| state.place(name).ok_or_else(|| unknown_type(name)));
    let (from, to) = (from?, to?);
    state.auth.granted(&scope(state, from, action == ["read"]))?;
    let body = call.json().ok_or_else(|| bad_json("not JSON"))?;
    let inputs = body["inputs"]
        .as_array()
        .ok_or_else(|| bad_json("inputs are missing"))?;
    if inputs.len() > 1000 {
        return Err(invalid(
            "The maximum number of inputs supported in a batch request is 1000",
        ));
    }
    match action {
        ["read"] => Ok(read(state, inputs, from, to)),
        ["associate", "default"] => {
            let mut results = Vec::new();
            for input in inputs {
                let from = state.existing(from, &text(&input["from"]["id"]))?;
                let to = state.existing(to, &text(&input["to"]["id"]))?;
                state.join(from, to, None);
                results.push(joined(state, from, to));
            }
            Ok(batch_of(results, &[]))
        }
        _ => Err(resource_not_found()),
    }
}

fn read(state: &State, inputs: &[Value], from: usize, to: usize) -> Reply {
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for id in inputs.iter().map(|input| text(&input["id"])) {
        let found = state.kinds[from].find(&id, None, false);
        let told = found
            .map(|id| state.associations.told((from, id), to))
            .unwrap_or_default();
        if told.is_empty() {
            let [from, to] = [from, to].map(|place| &state.kinds[place].object.name);
            errors.push(json!({
                "status": "error", "category": "OBJECT_NOT_FOUND", "links": {}, "errors": [],
                "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND", "context": { "fromObjectId": [id] },
                "message": format!("No {to} is associated with {from} {id}."),
            }));
        } else {
            results.push(json!({ "from": { "id": id }, "to": told }));
        }
    }
    batch_of(results, &errors)
}

fn joined(state: &State, from: (usize, u64), to: (usize, u64)) -> Value {
    let spec = state.default_type(from.0, to.0);
    json!({
        "from": { "id": from.1.to_string() }, "to": { "id": to.1.to_string() },
        "associationSpec": { "associationCategory": spec.category, "associationTypeId": spec.id },
    })
}

/// The results of a batch; 207 if some inputs had none.
pub(super) fn batch_of(results: Vec<Value>, errors: &[Value]) -> Reply {
    let mut body =
        json!({ "status": "COMPLETE", "results": results, "startedAt": now(), "completedAt": now() });
    if errors.is_empty() {
        return Reply::ok(body);
    }
    body["numErrors"] = json!(errors.len());
    body["errors"] = json!(errors);
    Reply::new(207, body)
}
