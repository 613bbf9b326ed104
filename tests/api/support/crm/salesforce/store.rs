//! Records, and what may be written.

use super::{
    super::{
        schema::{Field, Key, Kind, Object},
        times,
    },
    auth::Auth,
    errors::Failure,
    ids,
    query::Cursor,
};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};

/// Everything in an organisation. It is cloned where many writes are to be done or none.
#[derive(Clone)]
pub(super) struct State {
    pub(super) objects: Vec<SObject>,
    pub(super) auth: Auth,
    pub(super) page_size: usize,
    /// Results of queries that were not read to their end, by locator.
    pub(super) cursors: HashMap<String, Cursor>,
    /// Requests today.
    pub(super) used: u64,
    serial: u64,
}

/// An object and its records, by id of 18 letters.
#[derive(Clone)]
pub(super) struct SObject {
    pub(super) object: Object,
    pub(super) prefix: String,
    /// Whether it is told what has changed in it.
    pub(super) replicated: bool,
    pub(super) records: BTreeMap<String, Record>,
}

#[derive(Clone)]
pub(super) struct Record {
    pub(super) id: String,
    pub(super) fields: Map<String, Value>,
    pub(super) created: Timestamp,
    pub(super) modified: Timestamp,
    pub(super) deleted: bool,
}

/// The fields that every object has.
pub(super) fn own_fields() -> [Field; 5] {
    let own = |name: &str, kind| Field {
        name: name.to_owned(),
        kind,
        key: Key::No,
    };
    [
        own("Id", Kind::Reference(String::new())),
        own("IsDeleted", Kind::Boolean),
        own("CreatedDate", Kind::DateTime),
        own("LastModifiedDate", Kind::DateTime),
        own("SystemModstamp", Kind::DateTime),
    ]
}

/// The name under which a reference leads to its record: `Partner__c` to `Partner__r`, `AccountId` to `Account`.
pub(super) fn relationship(field: &Field) -> Option<String> {
    let Kind::Reference(_) = field.kind else {
        return None;
    };
    let custom = field.name.strip_suffix("__c").map(|name| format!("{name}__r"));
    custom.or_else(|| {
        let name = field.name.strip_suffix("Id").filter(|name| !name.is_empty())?;
        Some(name.to_owned())
    })
}

impl SObject {
    /// A field by its name, in which capitals do not count.
    pub(super) fn field(&self, name: &str) -> Option<Field> {
        let defined = self.object.fields.iter().cloned();
        let mut all = own_fields().into_iter().chain(defined);
        all.find(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// The reference that is followed under this name.
    pub(super) fn reference(&self, name: &str) -> Option<&Field> {
        let mut fields = self.object.fields.iter();
        fields.find(|field| relationship(field).is_some_and(|it| it.eq_ignore_ascii_case(name)))
    }

    /// The name of a field by which records can be found, whose name is given as it is in a path.
    pub(super) fn external_id(&self, name: &str) -> Result<String, Failure> {
        let field = self.field(name).filter(|field| field.key != Key::No);
        Ok(field.ok_or_else(Failure::not_found)?.name)
    }

    /// The live record with this id of 15 or 18 letters.
    pub(super) fn live(&self, id: &str) -> Result<&Record, Failure> {
        let malformed = || {
            let message = format!("Provided external ID field does not exist or is not accessible: {id}");
            Failure::new(404, "NOT_FOUND", message)
        };
        let id = ids::whole(id).ok_or_else(malformed)?;
        let record = self.records.get(&id).ok_or_else(Failure::not_found)?;
        if record.deleted {
            return Err(Failure::new(404, "ENTITY_IS_DELETED", "entity is deleted"));
        }
        Ok(record)
    }

    /// The ids of live records with this value of an external id.
    pub(super) fn keyed(&self, field: &str, value: &str) -> Vec<String> {
        let live = self.records.values().filter(|record| !record.deleted);
        let has = |record: &&Record| {
            let stored = record.fields.get(field).and_then(Value::as_str);
            stored.is_some_and(|stored| stored.eq_ignore_ascii_case(value))
        };
        live.filter(has).map(|record| record.id.clone()).collect()
    }
}

impl Record {
    pub(super) fn value(&self, field: &str) -> Value {
        match field {
            "Id" => json!(self.id),
            "IsDeleted" => json!(self.deleted),
            "CreatedDate" => json!(times::offset(self.created)),
            "LastModifiedDate" | "SystemModstamp" => json!(times::offset(self.modified)),
            _ => self.fields.get(field).cloned().unwrap_or_default(),
        }
    }
}

impl State {
    pub(super) fn new(url: &str) -> Self {
        Self {
            objects: Vec::new(),
            auth: Auth::new(url),
            page_size: 2000,
            cursors: HashMap::new(),
            used: 0,
            serial: 0,
        }
    }

    pub(super) fn define(&mut self, object: Object) {
        let custom = self
            .objects
            .iter()
            .filter(|it| it.prefix.starts_with('a'))
            .count();
        self.objects.push(SObject {
            prefix: ids::prefix(&object.name, custom),
            replicated: true,
            object,
            records: BTreeMap::new(),
        });
    }

    /// The place of an object, in whose name capitals do not count.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        let mut objects = self.objects.iter();
        objects.position(|it| it.object.name.eq_ignore_ascii_case(name))
    }

    pub(super) fn serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// Puts a record in as it is.
    pub(super) fn load(&mut self, object: &str, row: &Value) -> String {
        let place = self.place(object).unwrap_or_else(|| panic!("no object {object}"));
        let mut row = row.as_object().expect("a record is an object").clone();
        let [id, created, modified] = ["Id", "CreatedDate", "LastModifiedDate"].map(|name| {
            let value = row.remove(name);
            value.map(|value| value.as_str().expect("a text").to_owned())
        });
        let at = |text: Option<String>| text.map(|text| times::moment(&text).expect("an instant"));
        let created = at(created).unwrap_or_else(times::now);
        let fields = self
            .checked(place, &row, None)
            .unwrap_or_else(|wrong| panic!("{object}: {wrong:?}"));
        let id = match id {
            Some(id) => ids::whole(&id).unwrap_or_else(|| panic!("{id} is no id")),
            None => self.next_id(place),
        };
        let record = Record {
            id: id.clone(),
            fields,
            created,
            modified: at(modified).unwrap_or(created),
            deleted: false,
        };
        self.objects[place].records.insert(id.clone(), record);
        id
    }

    pub(super) fn records(&self, object: &str) -> Vec<Value> {
        let place = self.place(object).unwrap_or_else(|| panic!("no object {object}"));
        let records = self.objects[place].records.values();
        let live = records.filter(|record| !record.deleted);
        live.map(|record| {
            let mut fields = record.fields.clone();
            fields.insert("Id".to_owned(), json!(record.id));
            fields.into()
        })
        .collect()
    }

    fn next_id(&mut self, place: usize) -> String {
        let number = self.serial();
        ids::id(&self.objects[place].prefix, number)
    }

    /// A new record of an object.
    pub(super) fn create(&mut self, place: usize, sent: &Map<String, Value>) -> Result<String, Failure> {
        let fields = self.checked(place, sent, None)?;
        let missing = self.objects[place]
            .object
            .required
            .iter()
            .find(|name| !fields.contains_key(*name));
        if let Some(name) = missing {
            let message = format!("Required fields are missing: [{name}]");
            return Err(Failure::bad("REQUIRED_FIELD_MISSING", message).of_field(name));
        }
        let (id, now) = (self.next_id(place), times::now());
        let record = Record {
            id: id.clone(),
            fields,
            created: now,
            modified: now,
            deleted: false,
        };
        self.objects[place].records.insert(id.clone(), record);
        Ok(id)
    }

    /// Changes a live record.
    pub(super) fn update(
        &mut self,
        place: usize,
        id: &str,
        sent: &Map<String, Value>,
    ) -> Result<(), Failure> {
        let id = self.objects[place].live(id)?.id.clone();
        let fields = self.checked(place, sent, Some(&id))?;
        let record = self.objects[place].records.get_mut(&id).expect("it is live");
        record.fields.extend(fields);
        record.modified = times::now();
        Ok(())
    }

    pub(super) fn delete(&mut self, place: usize, id: &str) -> Result<(), Failure> {
        let id = self.objects[place].live(id)?.id.clone();
        let record = self.objects[place].records.get_mut(&id).expect("it is live");
        record.deleted = true;
        record.modified = times::now();
        Ok(())
    }

    /// What is to be written, in the stored form, or the first thing that is wrong with it. `but` may have the unique
    /// values already.
    fn checked(
        &self,
        place: usize,
        sent: &Map<String, Value>,
        but: Option<&str>,
    ) -> Result<Map<String, Value>, Failure> {
        let object = &self.objects[place];
        let mut checked = Map::new();
        for (name, value) in sent.iter().filter(|(name, _)| *name != "attributes") {
            if let (Some(reference), Value::Object(key)) = (object.reference(name), value) {
                checked.insert(reference.name.clone(), self.referred(reference, key)?);
                continue;
            }
            let unknown = || {
                let name = format!(
                    "No such column '{name}' on sobject of type {}",
                    object.object.name
                );
                Failure::bad("INVALID_FIELD", name)
            };
            let field = object.field(name).ok_or_else(unknown)?;
            if own_fields().iter().any(|own| own.name == field.name) {
                let message = format!("Unable to create/update fields: {}.", field.name);
                return Err(Failure::bad("INVALID_FIELD_FOR_INSERT_UPDATE", message).of_field(&field.name));
            }
            let stored = self.stored(&field, value)?;
            if let Some(text) = stored.as_str().filter(|_| field.key == Key::Unique) {
                let mut others = object.keyed(&field.name, text).into_iter();
                if let Some(other) = others.find(|id| Some(id.as_str()) != but) {
                    let name = &field.name;
                    let message =
                        format!("duplicate value found: {name} duplicates value on record with id: {other}");
                    return Err(Failure::bad("DUPLICATE_VALUE", message));
                }
            }
            checked.insert(field.name, stored);
        }
        Ok(checked)
    }

    fn stored(&self, field: &Field, sent: &Value) -> Result<Value, Failure> {
        if sent.is_null() {
            return Ok(Value::Null);
        }
        let wrong = |kind: &str| {
            let message = format!("Cannot deserialize instance of {kind} from value {sent}");
            Failure::bad("JSON_PARSER_ERROR", message)
        };
        let text = sent.as_str();
        match &field.kind {
            Kind::Text => text.map(|text| json!(text)).ok_or_else(|| wrong("string")),
            Kind::Number => {
                let number = sent.is_number().then(|| sent.clone());
                let parsed = || text.and_then(|text| text.parse().ok()).map(Value::Number);
                number.or_else(parsed).ok_or_else(|| wrong("double"))
            }
            Kind::Boolean => sent.as_bool().map(Value::from).ok_or_else(|| wrong("boolean")),
            Kind::Date => {
                let day = text.and_then(times::day);
                day.map(|day| json!(day.to_string())).ok_or_else(|| wrong("date"))
            }
            Kind::DateTime => {
                let at = text.and_then(times::instant);
                at.map(|at| json!(times::offset(at)))
                    .ok_or_else(|| wrong("datetime"))
            }
            Kind::Choice(options) => match text {
                Some(text) if options.iter().any(|option| option == text) => Ok(json!(text)),
                _ => {
                    let message = format!("{}: bad value for restricted picklist field: {sent}", field.name);
                    Err(Failure::bad("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message)
                        .of_field(&field.name))
                }
            },
            Kind::Reference(to) => {
                let malformed = || {
                    let message = format!("{}: id value of incorrect type: {sent}", field.name);
                    Failure::bad("MALFORMED_ID", message).of_field(&field.name)
                };
                let id = text.and_then(ids::whole).ok_or_else(malformed)?;
                let object = self.place(to).map(|place| &self.objects[place]);
                match object.filter(|object| object.live(&id).is_ok()) {
                    Some(_) => Ok(json!(id)),
                    None => {
                        let failure =
                            Failure::bad("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id");
                        Err(failure.of_field(&field.name))
                    }
                }
            }
        }
    }

    /// The id of the record that an external id names, as in `"Partner__r": {"Key__c": "p-001"}`.
    fn referred(&self, reference: &Field, key: &Map<String, Value>) -> Result<Value, Failure> {
        let Kind::Reference(to) = &reference.kind else {
            return Ok(Value::Null);
        };
        let place = self.place(to).expect("objects that are referred to come first");
        let keys = key.iter().find(|(name, _)| *name != "attributes");
        let found = keys.and_then(|(name, value)| {
            let mut found = self.objects[place].keyed(name, value.as_str()?).into_iter();
            found.next()
        });
        let missing = || {
            let message = format!(
                "Foreign key external ID: {} not found in entity {to}",
                Value::from(key.clone())
            );
            Failure::bad("INVALID_FIELD", message)
        };
        found.map(Value::from).ok_or_else(missing)
    }
}
