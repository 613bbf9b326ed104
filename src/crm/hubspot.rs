//! HubSpot: CRM objects by search, what they are tied to by associations, managers from its owners; `writing` makes and
//! changes objects.
//!
//! Pages are asked for by the last id seen rather than by offset: records that come or go between two pages then
//! shift nothing, and the search's limit of 10,000 results is none.

mod webhook;
mod wire;
mod writing;

pub use webhook::Delivery;

use super::{
    Crm, CrmError, PartnerScope, Read, Row, Whose,
    fields::Table,
    mapping::{FieldMapping, Mapping, TableMapping},
    remote::{Grant, Reach, Remote, Token, Tokens, Trouble, by_status, odd},
    writing::Proven,
};
use async_trait::async_trait;
use jiff::tz::TimeZone;
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use url::Url;
use wire::{Found, Object, Owners, Page, Properties, Ties, To};

/// The id that every object has.
const ID: &str = "hs_object_id";
/// The property that names an object's owner.
const OWNER_ID: &str = "hubspot_owner_id";
/// In a mapping, what stands for the person who owns the object.
const OWNER: &str = "owner";
/// The label of the one company among several that an object is said to be of.
const PRIMARY: &str = "Primary";
/// Most records of a page, of a batch of reads and of a batch of associations: HubSpot's limits.
const PAGE: usize = 200;
const BATCH: usize = 100;
const TIES: usize = 1_000;

/// Fields of what objects are tied to, by the object's id.
type Tied = HashMap<String, Map<String, Value>>;

/// A HubSpot account.
pub struct HubSpot {
    remote: Remote,
    url: Url,
    mapping: Mapping,
    zone: TimeZone,
    proven: Proven,
}

impl HubSpot {
    /// The account behind `url` (`https://api.hubapi.com`).
    ///
    /// # Errors
    /// When no client can be made of that.
    pub fn new(
        url: Url,
        grant: Grant,
        reach: Reach,
        mapping: Mapping,
        zone: TimeZone,
    ) -> Result<Self, CrmError> {
        let tokens = Tokens::new(grant, at(&url, &["oauth", "v1", "token"]));
        Ok(Self {
            remote: Remote::new(tokens, reach, read_error)?,
            url,
            mapping,
            zone,
            proven: Proven::default(),
        })
    }

    async fn rows(&self, table: &'static Table, whose: Whose<'_>) -> Result<Read, CrmError> {
        let Some(mapped) = self.mapping.table(table) else {
            return Ok(Read::now(Vec::new()));
        };
        let objects = self.search(table, mapped, whose).await?;
        let tied = self.tied(table, mapped, whose, &objects).await?;
        let mut read = Read::now(Vec::with_capacity(objects.len()));
        for object in &objects {
            let held = |field: &FieldMapping| {
                let name = field.field.as_deref()?;
                match &field.of {
                    Some(of) => text(tied.get(of.as_str())?.get(&object.id)?.get(name)?),
                    None if name == ID => Some(object.id.clone()),
                    None => text(object.properties.get(name)?),
                }
            };
            read.rows
                .push(mapped.row(table, whose, &self.zone, held, &mut read.slips)?);
        }
        Ok(read)
    }

    /// Every object of a table that is `whose`.
    async fn search(
        &self,
        table: &'static Table,
        mapped: &TableMapping,
        whose: Whose<'_>,
    ) -> Result<Vec<Object>, CrmError> {
        let properties = properties(table, mapped, whose);
        let scope = scope(table, mapped, whose)?;
        let mut all: Vec<Object> = Vec::new();
        loop {
            let mut filters = scope.clone();
            if let Some(last) = all.last() {
                filters.push(json!({ "propertyName": ID, "operator": "GT", "value": last.id }));
            }
            let groups = match filters.is_empty() {
                true => json!([]),
                false => json!([{ "filters": filters }]),
            };
            let asked = json!({
                "filterGroups": groups,
                "properties": properties,
                "sorts": [{ "propertyName": ID, "direction": "ASCENDING" }],
                "limit": PAGE,
            });
            let path = ["crm", "v3", "objects", &mapped.object, "search"];
            let page: Page = self.post(&path, &asked).await.map_err(|error| error.of(table))?;
            // The page's total counts what is behind it, too: fewer records than that are not all there is.
            if page.results.len() < page.total.min(PAGE) {
                return Err(odd(format!(
                    "{} records of {} and returned {}",
                    page.total,
                    mapped.object,
                    page.results.len()
                )));
            }
            let is_last = page.results.len() == page.total;
            all.extend(page.results);
            if is_last {
                return Ok(all);
            }
        }
    }

    /// Fields of what the objects are tied to, by kind of tie and object.
    async fn tied<'m>(
        &self,
        table: &'static Table,
        mapped: &'m TableMapping,
        whose: Whose<'_>,
        objects: &[Object],
    ) -> Result<HashMap<&'m str, Tied>, CrmError> {
        let mut wanted: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (_, field) in mapped.asked(table, whose) {
            if let (Some(of), Some(name)) = (&field.of, &field.field) {
                wanted.entry(of).or_default().insert(name);
            }
        }
        let mut tied = HashMap::new();
        for (of, names) in wanted {
            let found = match of {
                OWNER => self.owners(objects).await?,
                of => self.associated(&mapped.object, of, &names, objects).await?,
            };
            tied.insert(of, found);
        }
        Ok(tied)
    }

    async fn associated(
        &self,
        from: &str,
        to: &str,
        names: &BTreeSet<&str>,
        objects: &[Object],
    ) -> Result<Tied, CrmError> {
        let mut ties: HashMap<String, String> = HashMap::new();
        for some in objects.chunks(TIES) {
            let ids: Vec<Value> = some.iter().map(|object| json!({ "id": object.id })).collect();
            let path = ["crm", "v4", "associations", from, to, "batch", "read"];
            let found: Ties = self.post(&path, &json!({ "inputs": ids })).await?;
            ties.extend(found.results.into_iter().filter_map(|tie| {
                let is_primary = |to: &&To| to.types.iter().any(|of| of.label.as_deref() == Some(PRIMARY));
                let to = tie.to.iter().find(is_primary).or(tie.to.first())?;
                Some((tie.from.id, text(&to.id)?))
            }));
        }
        let others: Vec<&String> = ties.values().collect::<BTreeSet<_>>().into_iter().collect();
        let mut known = Tied::new();
        for some in others.chunks(BATCH) {
            let ids: Vec<Value> = some.iter().map(|id| json!({ "id": id })).collect();
            let path = ["crm", "v3", "objects", to, "batch", "read"];
            let asked = json!({ "inputs": ids, "properties": names });
            let found: Found = self.post(&path, &asked).await?;
            known.extend(
                found
                    .results
                    .into_iter()
                    .map(|object| (object.id, object.properties)),
            );
        }
        let with_fields = ties
            .into_iter()
            .filter_map(|(from, to)| Some((from, known.get(&to)?.clone())));
        Ok(with_fields.collect())
    }

    /// The people who own the objects: `name` and `email`.
    async fn owners(&self, objects: &[Object]) -> Result<Tied, CrmError> {
        let mut people = Tied::new();
        let mut after: Option<String> = None;
        loop {
            let mut url = at(&self.url, &["crm", "v3", "owners"]);
            url.query_pairs_mut().append_pair("limit", "500");
            if let Some(after) = &after {
                url.query_pairs_mut().append_pair("after", after);
            }
            let page: Owners = self.call(Method::GET, url, None).await?;
            people.extend(
                page.results
                    .into_iter()
                    .map(|owner| (owner.id.clone(), owner.fields())),
            );
            after = page.paging.and_then(|paging| text(&paging["next"]["after"]));
            if after.is_none() {
                break;
            }
        }
        let owned = objects.iter().filter_map(|object| {
            let owner = text(object.properties.get(OWNER_ID)?)?;
            Some((object.id.clone(), people.get(&owner)?.clone()))
        });
        Ok(owned.collect())
    }

    async fn post<T: for<'de> Deserialize<'de>>(&self, path: &[&str], body: &Value) -> Result<T, CrmError> {
        self.call(Method::POST, at(&self.url, path), Some(body)).await
    }

    async fn call<T: for<'de> Deserialize<'de>>(
        &self,
        method: Method,
        url: Url,
        body: Option<&Value>,
    ) -> Result<T, CrmError> {
        let request = |client: &reqwest::Client, token: &Token| {
            let request = client
                .request(method.clone(), url.clone())
                .bearer_auth(token.expose());
            match body {
                Some(body) => request.json(body),
                None => request,
            }
        };
        let answered = self.remote.send(request).await?;
        serde_json::from_value(answered).map_err(|error| odd(format!("what is not HubSpot's: {error}")))
    }
}

#[async_trait]
impl Crm for HubSpot {
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
        let url = at(&self.url, &["crm", "v3", "properties", &mapped.object]);
        let known: Properties = self
            .call(Method::GET, url, None)
            .await
            .map_err(|error| error.of(table))?;
        let names = known.results.into_iter().map(|property| property.name);
        // An object's id is found under its name though it is listed for no object.
        Ok(Some(names.chain([ID.to_owned()]).collect()))
    }

    fn keeps(&self, table: &Table) -> bool {
        self.mapping.table(table).is_some()
    }
}

/// The properties to ask for: those of the open columns, and the owner's where a column is of the owner.
fn properties<'m>(table: &'static Table, mapped: &'m TableMapping, whose: Whose<'_>) -> BTreeSet<&'m str> {
    let of = |field: &'m FieldMapping| match field.of.as_deref() {
        None => field.field.as_deref(),
        Some(OWNER) => Some(OWNER_ID),
        Some(_) => None,
    };
    let asked = mapped.asked(table, whose);
    asked.filter_map(|(_, field)| of(field)).collect()
}

/// The filters that make a search somebody's.
fn scope(table: &'static Table, mapped: &TableMapping, whose: Whose<'_>) -> Result<Vec<Value>, CrmError> {
    let owner = mapped.owner(table).filter(|owner| owner.of.is_none());
    let owner = owner.and_then(|owner| owner.field.as_deref());
    match (whose, owner) {
        (Whose::Of(scope), Some(owner)) => Ok(vec![
            json!({ "propertyName": owner, "operator": "EQ", "value": scope.id() }),
        ]),
        // Not every company is a partner.
        (Whose::Everybody, Some(owner)) if table.is_partners() => {
            Ok(vec![json!({ "propertyName": owner, "operator": "HAS_PROPERTY" })])
        }
        // Direct sales' own have no partner.
        (Whose::Everybody, Some(_)) => Ok(Vec::new()),
        (Whose::Everybody, None) if table.owner.is_none() => Ok(Vec::new()),
        (_, None) => Err(CrmError::Unmapped {
            table: table.name,
            problem: "no property of the object itself says whose it is".to_owned(),
        }),
    }
}

fn read_error(status: StatusCode, told: &Value) -> Trouble {
    let message = told["message"].as_str().unwrap_or("no reason given");
    match (status.as_u16(), told["category"].as_str()) {
        (429, _) if told["policyName"] == "DAILY" => Trouble::Final(CrmError::Busy),
        (400 | 404, Some("VALIDATION_ERROR" | "OBJECT_NOT_FOUND")) | (404 | 409, _) => {
            Trouble::Final(CrmError::Unmapped {
                table: "the object",
                problem: message.to_owned(),
            })
        }
        _ => by_status(status, message),
    }
}

/// A property's value as text; HubSpot's are strings, or null.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

fn at(base: &Url, path: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    url
}
