//! Salesforce: records by SOQL over REST; `writing` makes and changes them, `watch` asks what others have changed. Whatever stands in a query's literals is
//! quoted by one function; names come from the mapping alone.

mod changes;
mod watch;
mod writing;

pub use watch::Watch;

use super::{
    Crm, CrmError, PartnerScope, Read, Row, Whose,
    fields::Table,
    mapping::{FieldMapping, Mapping, TableMapping},
    remote::{Grant, OnTheWay, Reach, Remote, Token, Tokens, Trouble, by_status, odd},
    writing::Proven,
};
use async_trait::async_trait;
use jiff::tz::TimeZone;
use reqwest::{Client, Method, StatusCode};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use std::collections::BTreeSet;
use url::Url;

/// A Salesforce organisation.
pub struct Salesforce {
    remote: Remote,
    login: Url,
    version: String,
    mapping: Mapping,
    zone: TimeZone,
    proven: Proven,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Described {
    createable: bool,
    updateable: bool,
    fields: Vec<Field>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Field {
    name: String,
    relationship_name: Option<String>,
    reference_to: Vec<String>,
    createable: bool,
    updateable: bool,
    nillable: bool,
    defaulted_on_create: bool,
    external_id: bool,
    unique: bool,
    restricted_picklist: bool,
    picklist_values: Vec<PicklistValue>,
}

#[derive(Deserialize)]
struct PicklistValue {
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    total_size: usize,
    done: bool,
    next_records_url: Option<String>,
    records: Vec<Value>,
}

impl Salesforce {
    /// The organisation that signs in at `login` (`https://example.my.salesforce.com`), by a version of its interface
    /// such as `v62.0`.
    ///
    /// # Errors
    /// When no client can be made of that.
    pub fn new(
        login: Url,
        version: String,
        grant: Grant,
        reach: Reach,
        mapping: Mapping,
        zone: TimeZone,
    ) -> Result<Self, CrmError> {
        let token = login
            .join("/services/oauth2/token")
            .map_err(|_| CrmError::Refused("the address to sign in at is none".to_owned()))?;
        Ok(Self {
            remote: Remote::new(Tokens::new(grant, token), reach, read_error)?,
            login,
            version,
            mapping,
            zone,
            proven: Proven::default(),
        })
    }

    async fn rows(&self, table: &'static Table, whose: Whose<'_>) -> Result<Read, CrmError> {
        let Some(mapped) = self.mapping.table(table) else {
            return Ok(Read::now(Vec::new()));
        };
        let records = self.query(&soql(table, mapped, whose)?).await;
        let records = records.map_err(|error| error.of(table))?;
        let mut read = Read::now(Vec::with_capacity(records.len()));
        for record in &records {
            let held = |field: &FieldMapping| value(record, field.field.as_deref()?);
            read.rows
                .push(mapped.row(table, whose, &self.zone, held, &mut read.slips)?);
        }
        Ok(read)
    }

    /// All records of a query.
    async fn query(&self, soql: &str) -> Result<Vec<Value>, CrmError> {
        let path = format!("/services/data/{}/query", self.version);
        let mut page: Page = self.get(&path, Some(soql)).await?;
        let total = page.total_size;
        let mut all = std::mem::take(&mut page.records);
        while !page.done {
            let next = page
                .next_records_url
                .take()
                .ok_or_else(|| odd("a page without the next one's address"))?;
            page = self.get(&next, None).await?;
            all.append(&mut page.records);
        }
        match all.len() == total {
            true => Ok(all),
            false => Err(odd(format!("{total} records and returned {}", all.len()))),
        }
    }

    async fn describe(&self, object: &str) -> Result<Described, CrmError> {
        self.get(
            &format!("/services/data/{}/sobjects/{object}/describe", self.version),
            None,
        )
        .await
    }

    async fn get<T: DeserializeOwned>(&self, path: &str, soql: Option<&str>) -> Result<T, CrmError> {
        self.call(Method::GET, path, soql, None).await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        soql: Option<&str>,
        body: Option<&Value>,
    ) -> Result<T, CrmError> {
        let request = |client: &Client, token: &Token| {
            let mut url = token.instance.as_ref().unwrap_or(&self.login).clone();
            url.set_path(path);
            if let Some(soql) = soql {
                url.query_pairs_mut().append_pair("q", soql);
            }
            let request = client.request(method.clone(), url).bearer_auth(token.expose());
            match body {
                Some(body) => request.json(body),
                None => request,
            }
        };
        let answered = self.remote.send(request).await?;
        serde_json::from_value(answered).map_err(|error| odd(format!("what is not Salesforce's: {error}")))
    }
}

#[async_trait]
impl Crm for Salesforce {
    async fn read(&self, table: &'static Table, whose: Whose<'_>) -> Result<Read, CrmError> {
        let patience = self.remote.patience(table, whose);
        self.remote.within(patience, self.rows(table, whose)).await
    }

    async fn create(&self, table: &'static Table, scope: &PartnerScope, row: &Row) -> Result<(), CrmError> {
        let made = self.remote.within_reach(self.make(table, scope, row)).await;
        made.map_err(|error| error.of_write(table))
    }

    async fn update(
        &self,
        table: &'static Table,
        scope: &PartnerScope,
        id: &str,
        row: &Row,
    ) -> Result<(), CrmError> {
        let changed = self.remote.within_reach(self.change(table, scope, id, row)).await;
        changed.map_err(|error| error.of_write(table))
    }

    async fn obstacles(&self, table: &'static Table) -> Result<Vec<String>, CrmError> {
        let found = self.stand_against(table).await;
        found.map_err(|error| error.of(table))
    }

    async fn schema(&self, table: &'static Table) -> Result<Option<BTreeSet<String>>, CrmError> {
        let Some(mapped) = self.mapping.table(table) else {
            return Ok(None);
        };
        let described = self
            .describe(&mapped.object)
            .await
            .map_err(|error| error.of(table))?;
        let fields = described.fields.into_iter();
        let names = fields.flat_map(|field| [Some(field.name), field.relationship_name]);
        Ok(Some(names.flatten().collect()))
    }

    fn keeps(&self, table: &Table) -> bool {
        self.mapping.table(table).is_some()
    }
}

/// The query for some rows of a table.
fn soql(table: &'static Table, mapped: &TableMapping, whose: Whose<'_>) -> Result<String, CrmError> {
    let names: BTreeSet<&str> = mapped
        .asked(table, whose)
        .filter_map(|(_, field)| field.field.as_deref())
        .collect();
    let names: Vec<&str> = names.into_iter().collect();
    let query = format!("SELECT {} FROM {}", names.join(", "), mapped.object);
    let owner = mapped
        .owner(table)
        .and_then(|owner: &FieldMapping| owner.field.as_deref());
    match (whose, owner) {
        (Whose::Of(scope), Some(owner)) => Ok(format!("{query} WHERE {owner} = {}", literal(scope.id()))),
        // Not every account is a partner.
        (Whose::Everybody, Some(owner)) if table.is_partners() => {
            Ok(format!("{query} WHERE {owner} != null"))
        }
        // Direct sales' own have no partner.
        (Whose::Everybody, Some(_)) => Ok(query),
        (Whose::Everybody, None) if table.owner.is_none() => Ok(query),
        (_, None) => Err(CrmError::Unmapped {
            table: table.name,
            problem: "no field says whose a record is".to_owned(),
        }),
    }
}

/// A text as SOQL takes it: quoted, with what would end it or stand for something else escaped.
fn literal(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('\'');
    for c in text.chars() {
        match c {
            '\'' | '\\' | '"' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c => quoted.push(c),
        }
    }
    quoted.push('\'');
    quoted
}

/// A field of a record, through its relations: `Account.Name`.
fn value(record: &Value, path: &str) -> Option<String> {
    match path.split('.').try_fold(record, |value, part| value.get(part))? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

fn read_error(status: StatusCode, told: &Value) -> Trouble {
    let message = told[0]["message"].as_str().unwrap_or("no reason given");
    match told[0]["errorCode"].as_str() {
        // The quota of a day does not pass while somebody waits; too many requests at a time do.
        Some("REQUEST_LIMIT_EXCEEDED") if message.contains("TotalRequests") => Trouble::Final(CrmError::Busy),
        Some("REQUEST_LIMIT_EXCEEDED") => Trouble::Passing(CrmError::Busy, None),
        // Somebody else writes to it, or to its parent.
        Some("UNABLE_TO_LOCK_ROW") => Trouble::Passing(OnTheWay::Status(status.as_u16()).into(), None),
        Some("INVALID_FIELD" | "INVALID_TYPE" | "NOT_FOUND" | "MALFORMED_QUERY") => {
            Trouble::Final(CrmError::Unmapped {
                table: "the object",
                problem: message.to_owned(),
            })
        }
        // Errors of writes alone name fields.
        Some(code) if status == StatusCode::BAD_REQUEST && told[0]["fields"].is_array() => {
            Trouble::Final(CrmError::Unmapped {
                table: "the object",
                problem: format!("{code}: {message}"),
            })
        }
        _ => by_status(status, message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::{PartnerScope, fields::CERTIFICATIONS};
    use serde_json::json;

    #[test]
    fn literals_cannot_be_left() {
        let check = |text: &str, expected: &str| assert_eq!(literal(text), expected);
        check("p-001", "'p-001'");
        check("p' OR Id != '", r"'p\' OR Id != \''");
        check("a\\", r"'a\\'");
        check("a\nb\"", r#"'a\nb\"'"#);
    }

    #[test]
    fn a_query_asks_for_the_open_fields_of_one_partner() {
        let mapping = Mapping::same();
        let mapped = mapping.table(&CERTIFICATIONS).unwrap();
        let scope = PartnerScope::whole("p-001");
        let query = soql(&CERTIFICATIONS, mapped, Whose::Of(&scope)).unwrap();
        assert_eq!(
            query,
            "SELECT certification, earned_on, expires_on, id, partner_id, person FROM certifications \
             WHERE partner_id = 'p-001'"
        );
    }

    #[test]
    fn fields_are_found_through_relations() {
        let record = json!({ "Account": { "Name": "Ivarsson" }, "Owner": null, "Amount": 12.5 });
        let check =
            |path: &str, expected: Option<&str>| assert_eq!(value(&record, path).as_deref(), expected);
        check("Account.Name", Some("Ivarsson"));
        check("Owner.Name", None);
        check("Amount", Some("12.5"));
    }
}
