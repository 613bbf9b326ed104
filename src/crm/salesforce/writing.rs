//! Writing records: looked for by their external id, and made or changed one at a time.
//!
//! An upsert would do both in one request, and would overwrite: somebody else's record, or what has become of ours since
//! an attempt whose answer was lost. A record is inserted instead, and its unique external id makes it one.

use super::{Described, Field, Salesforce, literal, value};
use crate::crm::{
    CrmError, PartnerScope, Row,
    fields::Table,
    mapping::{Rendered, TableMapping, Theirs},
    writing::{self, Known},
};
use reqwest::Method;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

/// The id that every record has.
const ID: &str = "Id";
/// Why a record's own id does not do as ours.
const OWN_ID: &str = "its id is the record's own, which Salesforce gives: an external id has to hold ours";

impl Salesforce {
    /// Makes a record unless its id is taken.
    pub(super) async fn make(
        &self,
        table: &'static Table,
        scope: &PartnerScope,
        row: &Row,
    ) -> Result<(), CrmError> {
        let values = writing::of_new(table, scope, row)?;
        let mapped = self.written(table)?;
        let fields = fields(table, &mapped.rendered(table, &values, &self.zone)?)?;
        let id = row.get("id").unwrap_or_default().trim();
        self.prove_unique(table, mapped).await?;
        let path = format!("/services/data/{}/sobjects/{}", self.version, mapped.object);
        let look = || self.named(table, mapped, id);
        let insert = || self.call(Method::POST, &path, None, Some(&fields));
        writing::insert_once((table, scope, id), look, insert).await
    }

    /// Changes the partner's record.
    pub(super) async fn change(
        &self,
        table: &'static Table,
        scope: &PartnerScope,
        id: &str,
        row: &Row,
    ) -> Result<(), CrmError> {
        let values = writing::of_change(table, scope, row)?;
        let mapped = self.written(table)?;
        let fields = fields(table, &mapped.rendered(table, &values, &self.zone)?)?;
        let known = self.named(table, mapped, id).await?;
        let known = known.ok_or_else(|| CrmError::missing(table, id))?;
        let known = known.of(table, scope, id)?;
        let path = format!(
            "/services/data/{}/sobjects/{}/{known}",
            self.version, mapped.object
        );
        self.call::<Value>(Method::PATCH, &path, None, Some(&fields))
            .await
            .map(drop)
    }

    /// What Salesforce's own set-up says against writing a table's records.
    pub(super) async fn stand_against(&self, table: &'static Table) -> Result<Vec<String>, CrmError> {
        let Some(mapped) = self.mapping.table(table) else {
            return Ok(Vec::new());
        };
        let mut obstacles = mapped.obstacles(table);
        let described = self.describe(&mapped.object).await?;
        for column in table.written() {
            let place = mapped.place(column).ok().flatten();
            let Some(path) = place.and_then(|mapped| mapped.field.as_deref()) else {
                continue;
            };
            let Some((field, key)) = described.reached(path) else {
                obstacles.push(format!("{path} is no field of {}", mapped.object));
                continue;
            };
            let is_new = column.name == "id";
            obstacles.extend(field.obstacle(is_new, &mapped.choices(table, column)));
            obstacles.extend(self.parent_obstacle(field, key).await?);
        }
        if !described.updateable || (table.is_made() && !described.createable) {
            obstacles.push(format!("our user may not write {}", mapped.object));
        }
        if !table.is_made() {
            return Ok(obstacles);
        }
        if let Some((field, key)) = described.reached(mapped.owner_key(table).unwrap_or_default()) {
            obstacles.extend(field.obstacle(true, &[]));
            obstacles.extend(self.parent_obstacle(field, key).await?);
        }
        match mapped.key(table) {
            Ok(ID) => obstacles.push(OWN_ID.to_owned()),
            Ok(key) if !described.is_unique(key) => obstacles.push(not_unique(key)),
            _ => {}
        }
        let filled = mapped.filled(table);
        let filled: Vec<&str> = filled
            .iter()
            .filter_map(|path| Some(described.reached(path)?.0.name.as_str()))
            .collect();
        let empty = described.fields.iter().filter(|field| field.is_required());
        let empty = empty.filter(|field| !filled.contains(&field.name.as_str()));
        obstacles.extend(empty.map(|field| format!("{} has to be filled, and we never fill it", field.name)));
        Ok(obstacles)
    }

    /// A parent is named by an external id of its own.
    async fn parent_obstacle(&self, field: &Field, key: Option<&str>) -> Result<Option<String>, CrmError> {
        let (Some(key), Some(parent)) = (key, field.reference_to.first()) else {
            return Ok(None);
        };
        let described = self.describe(parent).await?;
        let is_found = described
            .fields
            .iter()
            .any(|field| field.name == key && field.external_id);
        Ok((!is_found)
            .then(|| format!("{key} is no external id of {parent}, so that none can be named by it")))
    }

    fn written(&self, table: &'static Table) -> Result<&TableMapping, CrmError> {
        let mapped = self.mapping.table(table);
        mapped.ok_or_else(|| CrmError::unwritable(table, "the CRM has no such object"))
    }

    /// An external id need not be unique. Where it is not, an attempt that is repeated would make a second record.
    async fn prove_unique(&self, table: &'static Table, mapped: &TableMapping) -> Result<(), CrmError> {
        let key = mapped.key(table)?;
        if key == ID {
            return Err(CrmError::unwritable(table, OWN_ID));
        }
        if self.proven.has(table) {
            return Ok(());
        }
        if !self.describe(&mapped.object).await?.is_unique(key) {
            return Err(CrmError::unwritable(table, not_unique(key)));
        }
        self.proven.add(table);
        Ok(())
    }

    /// The record that has our id, whosever it is.
    async fn named(
        &self,
        table: &'static Table,
        mapped: &TableMapping,
        id: &str,
    ) -> Result<Option<Known>, CrmError> {
        let (key, owner) = (mapped.key(table)?, mapped.owner_key(table)?);
        let names = if key == ID {
            owner.to_owned()
        } else {
            format!("{key}, {owner}")
        };
        let soql = format!(
            "SELECT {ID}, {names} FROM {} WHERE {key} = {}",
            mapped.object,
            literal(id)
        );
        let found = self.query(&soql).await?;
        Ok(found.first().map(|record| Known {
            id: value(record, ID).unwrap_or_default(),
            key: value(record, key),
            owner: value(record, owner),
        }))
    }
}

impl Described {
    fn is_unique(&self, key: &str) -> bool {
        self.fields.iter().any(|field| field.name == key && field.unique)
    }

    /// The field that a path begins with, and the parent's field that it ends with.
    fn reached<'p>(&self, path: &'p str) -> Option<(&Field, Option<&'p str>)> {
        let (first, key) = match path.split_once('.') {
            Some((relation, key)) => (relation, Some(key)),
            None => (path, None),
        };
        let leads = |field: &&Field| match key {
            Some(_) => field.relationship_name.as_deref() == Some(first),
            None => field.name == first,
        };
        self.fields.iter().find(leads).map(|field| (field, key))
    }
}

impl Field {
    /// Why some of `choices` cannot be written to it, in a new record or in one that is there.
    fn obstacle(&self, is_new: bool, choices: &[String]) -> Option<String> {
        if !(if is_new { self.createable } else { self.updateable }) {
            return Some(format!(
                "{} is read only for us: say so in the mapping, or name another",
                self.name
            ));
        }
        let knows = |choice: &&String| self.picklist_values.iter().any(|option| option.value == **choice);
        let unknown: Vec<&str> = choices
            .iter()
            .filter(|choice| !knows(choice))
            .map(String::as_str)
            .collect();
        let is_closed = self.restricted_picklist && !unknown.is_empty();
        is_closed.then(|| format!("{} has no value {}", self.name, unknown.join(", ")))
    }

    fn is_required(&self) -> bool {
        self.createable && !self.nillable && !self.defaulted_on_create
    }
}

/// The body of a write: parents are named by an external id of theirs, `{"Partner__r": {"Key__c": "p-001"}}`.
fn fields(table: &'static Table, rendered: &[Rendered<'_>]) -> Result<Value, CrmError> {
    let mut fields = Map::new();
    for one in rendered {
        let value = match &one.value {
            Theirs::Text(text) => json!(text),
            Theirs::Number(number) => exact(*number),
        };
        match one.field.split('.').collect::<Vec<_>>()[..] {
            [name] => fields.insert(name.to_owned(), value),
            [relation, key] => fields.insert(relation.to_owned(), json!({ key: value })),
            _ => {
                let problem = format!("{} is no parent's own field", one.field);
                return Err(CrmError::unwritable(table, problem));
            }
        };
    }
    Ok(fields.into())
}

/// As a number where JSON's is exactly that, otherwise as its digits.
fn exact(number: Decimal) -> Value {
    let digits = number.normalize().to_string();
    match (digits.parse::<i64>(), digits.parse::<f64>()) {
        (Ok(whole), _) => json!(whole),
        (_, Ok(float)) if float.to_string() == digits => json!(float),
        _ => json!(digits),
    }
}

fn not_unique(key: &str) -> String {
    format!("{key} is not unique: a record could be made twice")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_exact() {
        let check =
            |number: &str, expected: Value| assert_eq!(exact(number.parse().unwrap()), expected, "{number}");
        check("1240.50", json!(1240.5));
        check("0.00", json!(0));
        check("-7", json!(-7));
        check("90071992547409.93", json!("90071992547409.93"));
    }
}
