//! Writing objects: found by a property with unique values, and made or changed one at a time.
//!
//! Reads by such a property see every object at once, which searches do not.

use super::{
    HubSpot, ID, at, text,
    wire::{Found, Object, Properties, Property, Schema},
};
use crate::crm::{
    CrmError, PartnerScope, Row,
    fields::Table,
    mapping::{Rendered, TableMapping},
    remote::odd,
    writing::{self, Known},
};
use reqwest::Method;
use serde_json::{Map, Value, json};

/// Why an object's own id does not do as ours.
const OWN_ID: &str =
    "its id is the object's own, which HubSpot gives: a property of its own has to hold ours";

impl HubSpot {
    /// Makes an object unless its id is taken.
    pub(super) async fn make(
        &self,
        table: &'static Table,
        scope: &PartnerScope,
        row: &Row,
    ) -> Result<(), CrmError> {
        let values = writing::of_new(table, scope, row)?;
        let mapped = self.written(table)?;
        let properties = properties(&mapped.rendered(table, &values, &self.zone)?);
        let id = row.get("id").unwrap_or_default().trim();
        self.prove_unique(table, mapped).await?;
        let path = ["crm", "v3", "objects", mapped.object.as_str()];
        let body = json!({ "properties": properties });
        let look = || self.named(table, mapped, id);
        writing::insert_once((table, scope, id), look, || self.post(&path, &body)).await
    }

    /// Changes the partner's object.
    pub(super) async fn change(
        &self,
        table: &'static Table,
        scope: &PartnerScope,
        id: &str,
        row: &Row,
    ) -> Result<(), CrmError> {
        let values = writing::of_change(table, scope, row)?;
        let mapped = self.written(table)?;
        let properties = properties(&mapped.rendered(table, &values, &self.zone)?);
        let known = self.named(table, mapped, id).await?;
        let known = known.ok_or_else(|| CrmError::missing(table, id))?;
        let known = known.of(table, scope, id)?;
        let url = at(&self.url, &["crm", "v3", "objects", &mapped.object, &known]);
        let body = json!({ "properties": properties });
        self.call::<Value>(Method::PATCH, url, Some(&body))
            .await
            .map(drop)
    }

    /// What HubSpot's own settings say against writing a table's objects.
    pub(super) async fn stand_against(&self, table: &'static Table) -> Result<Vec<String>, CrmError> {
        let Some(mapped) = self.mapping.table(table) else {
            return Ok(Vec::new());
        };
        let mut obstacles = mapped.obstacles(table);
        let url = at(&self.url, &["crm", "v3", "properties", &mapped.object]);
        let known: Properties = self.call(Method::GET, url, None).await?;
        for column in table.written() {
            let place = mapped.place(column).ok().flatten();
            let Some(name) = place.and_then(|mapped| mapped.field.as_deref()) else {
                continue;
            };
            match known.results.iter().find(|property| property.name == name) {
                Some(property) => obstacles.extend(property.obstacle(&mapped.choices(table, column))),
                None => obstacles.push(format!("{name} is no property of {}", mapped.object)),
            }
        }
        if !table.is_made() {
            return Ok(obstacles);
        }
        let key = mapped.key(table).unwrap_or_default();
        if key == ID {
            obstacles.push(OWN_ID.to_owned());
        } else if known
            .results
            .iter()
            .any(|property| property.name == key && !property.has_unique_value)
        {
            obstacles.push(not_unique(key));
        }
        let filled = mapped.filled(table);
        let url = at(&self.url, &["crm", "v3", "schemas", &mapped.object]);
        let schema: Schema = self.call(Method::GET, url, None).await?;
        let empty = schema
            .required
            .iter()
            .filter(|name| !filled.contains(name.as_str()));
        obstacles.extend(empty.map(|name| format!("{name} has to be filled, and we never fill it")));
        Ok(obstacles)
    }

    fn written(&self, table: &'static Table) -> Result<&TableMapping, CrmError> {
        let mapped = self.mapping.table(table);
        mapped.ok_or_else(|| CrmError::unwritable(table, "the CRM has no such object"))
    }

    /// Without unique values, an attempt that is repeated would make a second object.
    async fn prove_unique(&self, table: &'static Table, mapped: &TableMapping) -> Result<(), CrmError> {
        let key = mapped.key(table)?;
        if key == ID {
            return Err(CrmError::unwritable(table, OWN_ID));
        }
        if self.proven.has(table) {
            return Ok(());
        }
        let url = at(&self.url, &["crm", "v3", "properties", &mapped.object, key]);
        let property: Property = self.call(Method::GET, url, None).await?;
        if !property.has_unique_value {
            return Err(CrmError::unwritable(table, not_unique(key)));
        }
        self.proven.add(table);
        Ok(())
    }

    /// The object that has our id, whosever it is.
    async fn named(
        &self,
        table: &'static Table,
        mapped: &TableMapping,
        id: &str,
    ) -> Result<Option<Known>, CrmError> {
        let (key, owner) = (mapped.key(table)?, mapped.owner_key(table)?);
        let mut asked = json!({ "inputs": [{ "id": id }], "properties": [key, owner] });
        if key != ID {
            asked["idProperty"] = json!(key);
        }
        let path = ["crm", "v3", "objects", &mapped.object, "batch", "read"];
        let found: Found = self.post(&path, &asked).await?;
        let is_absence = |error: &Value| error["category"] == "OBJECT_NOT_FOUND";
        match found.results.into_iter().next() {
            Some(object) => Ok(Some(known(object, key, owner))),
            None if found.errors.iter().all(is_absence) => Ok(None),
            None => Err(odd(format!(
                "neither an object nor that there is none: {:?}",
                found.errors
            ))),
        }
    }
}

/// An object as it is found by our id.
fn known(object: Object, key: &str, owner: &str) -> Known {
    let of = |name: &str| text(object.properties.get(name)?);
    let (ours, owner) = (of(key), of(owner));
    Known {
        key: if key == ID { Some(object.id.clone()) } else { ours },
        id: object.id,
        owner,
    }
}

impl Property {
    /// Why some of `choices` cannot be written to it.
    fn obstacle(&self, choices: &[String]) -> Option<String> {
        if self.modification_metadata.read_only_value {
            return Some(format!(
                "{} is read only: say so in the mapping, or name another",
                self.name
            ));
        }
        let knows = |choice: &&String| self.options.iter().any(|option| option.value == **choice);
        let unknown: Vec<&str> = choices
            .iter()
            .filter(|choice| !knows(choice))
            .map(String::as_str)
            .collect();
        let is_closed = self.kind == "enumeration" && !unknown.is_empty();
        is_closed.then(|| format!("{} has no option {}", self.name, unknown.join(", ")))
    }
}

fn properties(rendered: &[Rendered<'_>]) -> Map<String, Value> {
    let of = |one: &Rendered<'_>| (one.field.to_owned(), json!(one.value.text()));
    rendered.iter().map(of).collect()
}

fn not_unique(key: &str) -> String {
    format!("{key} does not have unique values: a record could be made twice")
}
