//! Records, what they were before, and what may be written.

use super::{
    super::{
        schema::{Field, Key, Kind, Object},
        server::Reply,
        times,
    },
    Duplicates,
    associations::Associations,
    auth::Auth,
    describe::{Owner, Pipeline},
    errors::{Wrong, error, wrong_values},
    limits::Limits,
    values,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Names and ids of the objects that every account has.
const STANDARD: [(&str, &str, &str); 6] = [
    ("contacts", "contact", "0-1"),
    ("companies", "company", "0-2"),
    ("deals", "deal", "0-3"),
    ("tickets", "ticket", "0-5"),
    ("products", "product", "0-7"),
    ("line_items", "line_item", "0-8"),
];

/// Everything in an account.
pub(super) struct State {
    pub(super) kinds: Vec<ObjectType>,
    pub(super) associations: Associations,
    pub(super) pipelines: Vec<Pipeline>,
    pub(super) owners: Vec<Owner>,
    pub(super) auth: Auth,
    pub(super) limits: Limits,
    pub(super) duplicates: Duplicates,
    /// How long after its creation a record is found by searches.
    pub(super) search_lag: SignedDuration,
    last_id: u64,
}

impl Default for State {
    fn default() -> Self {
        Self {
            kinds: Vec::new(),
            associations: Associations::default(),
            pipelines: Vec::new(),
            owners: Vec::new(),
            auth: Auth::default(),
            limits: Limits::default(),
            duplicates: Duplicates::Conflict,
            search_lag: SignedDuration::ZERO,
            last_id: 10_000,
        }
    }
}

/// An object type and its records.
pub(super) struct ObjectType {
    /// `0-3`, or `2-1001` for a custom one.
    pub(super) id: String,
    pub(super) object: Object,
    pub(super) records: BTreeMap<u64, Record>,
}

#[derive(Clone)]
pub(super) struct Record {
    pub(super) id: u64,
    pub(super) properties: BTreeMap<String, String>,
    /// Each property's values, newest first.
    pub(super) history: BTreeMap<String, Vec<Version>>,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
    pub(super) archived: Option<Timestamp>,
}

#[derive(Clone)]
pub(super) struct Version {
    pub(super) value: String,
    pub(super) at: Timestamp,
    /// `IMPORT` for what a test loaded, `INTEGRATION` for what came over the API.
    pub(super) source: &'static str,
}

impl ObjectType {
    pub(super) fn custom(&self) -> bool {
        self.id.starts_with("2-")
    }

    /// HubSpot's own properties: id, creation and last change, the latter two under the names of this object.
    pub(super) fn own(&self) -> [(&'static str, Kind); 3] {
        let created = if self.custom() {
            "hs_createdate"
        } else {
            "createdate"
        };
        let changed = match self.id.as_str() {
            "0-1" => "lastmodifieddate",
            _ => "hs_lastmodifieddate",
        };
        [
            ("hs_object_id", Kind::Number),
            (created, Kind::DateTime),
            (changed, Kind::DateTime),
        ]
    }

    pub(super) fn field(&self, name: &str) -> Option<&Field> {
        self.object.fields.iter().find(|field| field.name == name)
    }

    /// The type of a property, HubSpot's own included.
    pub(super) fn kind(&self, name: &str) -> Option<Kind> {
        let own = self.own().into_iter().find(|(own, _)| *own == name);
        let defined = || self.field(name).map(|field| field.kind.clone());
        own.map(|(_, kind)| kind).or_else(defined)
    }

    /// A record's value, if it has one and the property still exists.
    pub(super) fn value(&self, record: &Record, name: &str) -> Option<String> {
        let [id, created, updated] = self.own().map(|(own, _)| own);
        match name {
            name if name == id => Some(record.id.to_string()),
            name if name == created => Some(times::iso(record.created)),
            name if name == updated => Some(times::iso(record.updated)),
            _ => record
                .properties
                .get(name)
                .filter(|_| self.field(name).is_some())
                .cloned(),
        }
    }

    /// The record with this id, or with this value of a unique property, archived or not as asked.
    pub(super) fn find(&self, id: &str, property: Option<&str>, archived: bool) -> Option<u64> {
        let found = match property {
            None | Some("hs_object_id") => id.parse().ok(),
            Some(property) => {
                let mut records = self.records.values();
                let has = |record: &&Record| record.properties.get(property).is_some_and(|value| value == id);
                records
                    .find(|record| record.archived.is_none() && has(record))
                    .map(|record| record.id)
            }
        };
        found.filter(|id| {
            self.records
                .get(id)
                .is_some_and(|it| it.archived.is_some() == archived)
        })
    }

    /// Checks what is to be written: the stored form of each value, or everything that is wrong.
    fn checked(&self, sent: &Map<String, Value>) -> Result<BTreeMap<String, String>, Reply> {
        let (mut checked, mut wrong) = (BTreeMap::new(), Vec::new());
        for (name, value) in sent {
            let own = self.own().iter().any(|(own, _)| own == name);
            let result = match self.field(name) {
                _ if own => {
                    let message = format!("\"{name}\" is a read only property; its value cannot be set.");
                    Err(Wrong::new(name, "READ_ONLY_VALUE", message))
                }
                Some(field) => values::stored(field, value),
                None => Err(Wrong::unknown(name)),
            };
            match result {
                Ok(value) => drop(checked.insert(name.clone(), value)),
                Err(one) => wrong.push(one),
            }
        }
        if wrong.is_empty() {
            Ok(checked)
        } else {
            Err(wrong_values(&wrong))
        }
    }

    /// Refuses values of unique properties that another record has.
    fn unclaimed(
        &self,
        values: &BTreeMap<String, String>,
        but: Option<u64>,
        answer: Duplicates,
    ) -> Result<(), Reply> {
        for field in self.object.fields.iter().filter(|field| field.key == Key::Unique) {
            let Some(value) = values.get(&field.name).filter(|value| !value.is_empty()) else {
                continue;
            };
            if let Some(id) = self
                .find(value, Some(&field.name), false)
                .filter(|&id| Some(id) != but)
            {
                return Err(match answer {
                    Duplicates::Conflict => {
                        let message = format!("{} already exists. Existing ID: {id}", self.object.name);
                        error(409, "CONFLICT", &message, Value::Null)
                    }
                    Duplicates::Invalid => {
                        let message = format!("{id} already has that value.");
                        wrong_values(&[Wrong::new(&field.name, "CONFLICTING_UNIQUE_VALUE", message)])
                    }
                });
            }
        }
        Ok(())
    }
}

impl State {
    pub(super) fn define(&mut self, object: Object) -> String {
        let standard = STANDARD.iter().find(|(name, _, _)| *name == object.name);
        let custom = self.kinds.iter().filter(|kind| kind.custom()).count();
        let id = standard.map_or_else(|| format!("2-{}", 1001 + custom), |(_, _, id)| (*id).to_owned());
        self.kinds.push(ObjectType {
            id: id.clone(),
            object,
            records: BTreeMap::new(),
        });
        id
    }

    /// The place of an object type by id, name, singular, or a custom object's full name (`p123_name`).
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        let standard = STANDARD.iter().find(|(_, singular, _)| *singular == name);
        let name = standard.map_or(name, |(plural, _, _)| plural);
        let full = |kind: &ObjectType| kind.custom() && name == full_name(&kind.object);
        let mut kinds = self.kinds.iter();
        kinds.position(|kind| kind.id == name || kind.object.name == name || full(kind))
    }

    pub(super) fn kind_mut(&mut self, name: &str) -> Option<&mut ObjectType> {
        self.place(name).map(|place| &mut self.kinds[place])
    }

    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// Puts a record in as it is.
    pub(super) fn load(&mut self, object: &str, row: &Value) -> String {
        let place = self.place(object).unwrap_or_else(|| panic!("no object {object}"));
        let mut row = row.as_object().expect("a record is an object").clone();
        let [id, created, updated] = self.kinds[place].own().map(|(own, _)| row.remove(own));
        let id = id.map(|id| id.as_str().and_then(|id| id.parse().ok()).expect("an id"));
        let id = id.unwrap_or_else(|| self.next_id());
        self.last_id = self.last_id.max(id);
        let at = |value: Option<Value>| {
            value.map(|value| times::moment(value.as_str().unwrap()).expect("an instant"))
        };
        let created = at(created).unwrap_or_else(times::now);
        let updated = at(updated).unwrap_or(created);
        let kind = &mut self.kinds[place];
        let properties = kind
            .checked(&row)
            .unwrap_or_else(|wrong| panic!("{object}: {:?}", wrong.body));
        let mut record = Record::new(id, created);
        record.write(&properties, updated, "IMPORT");
        kind.records.insert(id, record);
        id.to_string()
    }

    pub(super) fn records(&self, object: &str) -> Vec<Value> {
        let place = self.place(object).unwrap_or_else(|| panic!("no object {object}"));
        let records = self.kinds[place].records.values();
        let live = records.filter(|record| record.archived.is_none());
        live.map(|record| json!({ "id": record.id.to_string(), "properties": record.properties }))
            .collect()
    }

    /// A new record of an object type.
    pub(super) fn create(&mut self, place: usize, sent: &Map<String, Value>) -> Result<u64, Reply> {
        let kind = &self.kinds[place];
        let properties = kind.checked(sent)?;
        let missing = kind
            .object
            .required
            .iter()
            .find(|name| !properties.contains_key(*name));
        if let Some(name) = missing {
            let message = format!(
                "Error creating {}. Some required properties were not set.",
                kind.object.name
            );
            let more = json!({ "context": { "properties": [name] } });
            return Err(error(400, "VALIDATION_ERROR", &message, more));
        }
        kind.unclaimed(&properties, None, self.duplicates)?;
        let (id, now) = (self.next_id(), times::now());
        let mut record = Record::new(id, now);
        record.write(&properties, now, "INTEGRATION");
        self.kinds[place].records.insert(id, record);
        Ok(id)
    }

    /// Changes a record that exists.
    pub(super) fn update(&mut self, place: usize, id: u64, sent: &Map<String, Value>) -> Result<(), Reply> {
        let kind = &mut self.kinds[place];
        let properties = kind.checked(sent)?;
        kind.unclaimed(&properties, Some(id), self.duplicates)?;
        let record = kind.records.get_mut(&id).expect("who updates has found it");
        record.write(&properties, times::now(), "INTEGRATION");
        Ok(())
    }
}

/// A custom object's name with the account's number.
pub(super) fn full_name(object: &Object) -> String {
    format!("p4711_{}", object.name)
}

impl Record {
    fn new(id: u64, created: Timestamp) -> Self {
        Self {
            id,
            properties: BTreeMap::new(),
            history: BTreeMap::new(),
            created,
            updated: created,
            archived: None,
        }
    }

    /// Takes values over; those that change are remembered.
    fn write(&mut self, values: &BTreeMap<String, String>, at: Timestamp, source: &'static str) {
        self.updated = at;
        for (name, value) in values {
            let former = self.properties.get(name).map_or("", String::as_str);
            if former == value {
                continue;
            }
            let version = Version {
                value: value.clone(),
                at,
                source,
            };
            self.history.entry(name.clone()).or_default().insert(0, version);
            if value.is_empty() {
                self.properties.remove(name);
            } else {
                self.properties.insert(name.clone(), value.clone());
            }
        }
    }
}
