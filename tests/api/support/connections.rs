//! The sample CRM's records in every kind of CRM, by the mapping that comes with the kind.

use super::{
    crm::{HubSpot, Object, Salesforce},
    postgres::Postgres,
};
use jiff::civil::Date;
use liaison::{
    config::{CrmKind, Settings},
    crm::{
        Crm, Row, SqlCrm, Whose,
        connect::{self, Connection},
        fields::{Column, Kind, TABLES, Table},
        mapping::{FieldMapping, Mapping, TableMapping, Unit},
        seed,
    },
};
use serde_json::{Map, Value, json};
use sqlx::{
    AssertSqlSafe, PgPool, SqlitePool,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use std::{collections::HashMap, path::Path, sync::Arc};

/// The schema of the built-in CRM.
const SCHEMA: [&str; 3] = [
    include_str!("../../../migrations/0001_crm.sql"),
    include_str!("../../../migrations/0006_records.sql"),
    include_str!("../../../migrations/0007_writing.sql"),
];

/// The sample in the built-in CRM, in memory.
pub(crate) async fn built_in(today: Date) -> SqlCrm {
    // One connection: each connection to `:memory:` is a database of its own.
    let pool: SqlitePool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect("sqlite::memory:")
        .await
        .unwrap();
    for schema in SCHEMA {
        sqlx::raw_sql(schema).execute(&pool).await.unwrap();
    }
    let crm = SqlCrm::built_in(pool);
    seed::sample(&crm, today).await.unwrap();
    crm
}

/// The sample in PostgreSQL.
pub(crate) async fn postgres(pool: PgPool, today: Date) -> SqlCrm {
    for schema in SCHEMA {
        sqlx::raw_sql(AssertSqlSafe(schema)).execute(&pool).await.unwrap();
    }
    let crm = SqlCrm::new(pool, Mapping::same(), jiff::tz::TimeZone::UTC);
    seed::sample(&crm, today).await.unwrap();
    crm
}

/// The sample in a SQLite file of the vendor's.
pub(crate) async fn sqlite(folder: &Path, today: Date) -> Settings {
    let options = SqliteConnectOptions::new()
        .filename(folder.join("crm.db"))
        .create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    for schema in SCHEMA {
        sqlx::raw_sql(schema).execute(&pool).await.unwrap();
    }
    let crm = SqlCrm::built_in(pool.clone());
    seed::sample(&crm, today).await.unwrap();
    pool.close().await;
    of_sql(&format!("sqlite://{}", folder.join("crm.db").display()))
}

/// The settings for a PostgreSQL server.
pub(crate) fn of_postgres(server: &Postgres) -> Settings {
    of_sql(&server.url())
}

fn of_sql(url: &str) -> Settings {
    let mut settings = Settings::load(None).unwrap();
    settings.crm.kind = CrmKind::Sql;
    settings.crm.sql.url = url.into();
    settings
}

/// The settings for a HubSpot account.
pub(crate) fn of_hubspot(hubspot: &HubSpot) -> Settings {
    let mut settings = Settings::load(None).unwrap();
    settings.crm.kind = CrmKind::Hubspot;
    hubspot.url().clone_into(&mut settings.crm.hubspot.url);
    settings.crm.hubspot.token = Some(hubspot.token().into());
    settings
}

/// The settings for a Salesforce organisation.
pub(crate) fn of_salesforce(salesforce: &Salesforce) -> Settings {
    let mut settings = Settings::load(None).unwrap();
    settings.crm.kind = CrmKind::Salesforce;
    let of = &mut settings.crm.salesforce;
    salesforce.url().clone_into(&mut of.url);
    let [id, secret] = salesforce.client();
    id.clone_into(&mut of.client_id);
    of.client_secret = Some(secret.into());
    settings
}

/// A connection as the service has it, with the program's tables in `own`.
pub(crate) fn connected(settings: &Settings, own: &SqlCrm) -> Arc<dyn Crm> {
    connection(settings, own).crm
}

/// [`connected`], with what asks for changes.
pub(crate) fn connection(settings: &Settings, own: &SqlCrm) -> Connection {
    connect::connect(&settings.crm, own.clone(), settings.time_zone()).unwrap()
}

/// A HubSpot account with the sample's records.
pub(crate) async fn hubspot(sample: &SqlCrm) -> HubSpot {
    let hubspot = HubSpot::start();
    let mut settings = Settings::load(None).unwrap();
    settings.crm.kind = CrmKind::Hubspot;
    let mapping = connect::mapping(&settings.crm).unwrap();
    for object in objects(&mapping) {
        hubspot.define(match object.name.as_str() {
            "companies" => object.text("hubspot_owner_id"),
            _ => object,
        });
    }
    let mut companies = HashMap::new();
    let mut owners = HashMap::new();
    for (table, mapped) in self::mapped(&mapping) {
        for row in sample.read(table, Whose::Everybody).await.unwrap().rows {
            let mut properties = Map::new();
            let mut ties: HashMap<&str, Map<String, Value>> = HashMap::new();
            for (column, field) in mapped.open(table) {
                let (Some(name), Some(value)) = (&field.field, theirs(column, field, &row)) else {
                    continue;
                };
                let place = match &field.of {
                    Some(of) => ties.entry(of).or_default(),
                    None => &mut properties,
                };
                place.insert(name.clone(), value);
            }
            if let Some(owner) = ties.remove("owner") {
                properties.insert(
                    "hubspot_owner_id".to_owned(),
                    json!(owned(&hubspot, &owner, &mut owners)),
                );
            }
            let id = hubspot
                .load(&mapped.object, [Value::Object(properties)])
                .remove(0);
            for (of, fields) in ties {
                let key = fields["name"].as_str().unwrap().to_owned();
                let other = companies
                    .entry(key)
                    .or_insert_with(|| hubspot.load(of, [Value::Object(fields)]).remove(0));
                hubspot.associate((&mapped.object, &id), (of, other));
            }
        }
    }
    hubspot
}

/// The id of the owner with this name and address, who is added when first met.
fn owned(hubspot: &HubSpot, owner: &Map<String, Value>, owners: &mut HashMap<String, String>) -> String {
    let of = |name: &str| owner[name].as_str().unwrap();
    let (first, last) = of("name").split_once(' ').unwrap();
    let id = owners.len().to_string();
    let id = owners.entry(of("email").to_owned()).or_insert_with(|| {
        hubspot.owner(&id, of("email"), first, last);
        id
    });
    id.clone()
}

/// A Salesforce organisation with the sample's records.
pub(crate) async fn salesforce(sample: &SqlCrm) -> Salesforce {
    let salesforce = Salesforce::start();
    let mut settings = Settings::load(None).unwrap();
    settings.crm.kind = CrmKind::Salesforce;
    let mapping = connect::mapping(&settings.crm).unwrap();
    salesforce.define(Object::new("User").text("Name").unique("Email"));
    for object in objects(&mapping) {
        salesforce.define(object);
    }
    let mut others: HashMap<(&str, String), String> = HashMap::new();
    for (table, mapped) in self::mapped(&mapping) {
        for row in sample.read(table, Whose::Everybody).await.unwrap().rows {
            let mut fields = Map::new();
            let mut related: HashMap<&str, Map<String, Value>> = HashMap::new();
            for (column, field) in mapped.open(table) {
                let (Some(name), Some(value)) = (&field.field, theirs(column, field, &row)) else {
                    continue;
                };
                match name.split_once('.') {
                    Some((relation, name)) => {
                        related
                            .entry(relation)
                            .or_default()
                            .insert(name.to_owned(), value);
                    }
                    None => {
                        fields.insert(name.clone(), value);
                    }
                }
            }
            for (relation, of) in related {
                // Custom relations lead to what is there already, by its key; the others are made as they come.
                if relation.ends_with("__r") {
                    fields.insert(relation.to_owned(), Value::Object(of));
                    continue;
                }
                let object = match relation {
                    "Owner" => "User",
                    "Parent" => "Account",
                    relation => relation,
                };
                let key = (object, Value::Object(of.clone()).to_string());
                let id = others
                    .entry(key)
                    .or_insert_with(|| salesforce.load(object, [Value::Object(of)]).remove(0));
                fields.insert(format!("{relation}Id"), json!(id));
            }
            salesforce.load(&mapped.object, [Value::Object(fields)]);
        }
    }
    salesforce
}

/// The tables that a mapping has, those first that others point to.
fn mapped(mapping: &Mapping) -> impl Iterator<Item = (&'static Table, &TableMapping)> {
    TABLES
        .into_iter()
        .filter_map(|table| Some((table, mapping.table(table)?)))
}

/// The objects of a mapping, those first that others point to. Several tables may be of one object.
fn objects(mapping: &Mapping) -> Vec<Object> {
    let mut objects: Vec<Object> = Vec::new();
    for (table, mapped) in self::mapped(mapping) {
        let object = defined(&mapped.object, table, mapped);
        match objects.iter_mut().find(|known| known.name == object.name) {
            Some(known) => *known = known.clone().merged(object),
            None => objects.push(object),
        }
    }
    objects
}

/// Whether the CRM gives a value itself.
fn is_given(name: &str) -> bool {
    ["CreatedDate", "Id", "hs_object_id"].contains(&name)
}

/// The object of a table, with the fields that are mapped and those that are closed.
fn defined(name: &str, table: &'static Table, mapped: &TableMapping) -> Object {
    let mut object = Object::new(name);
    let mut known = Vec::new();
    for (column, field) in mapped.open(table).filter(|(_, field)| field.of.is_none()) {
        let Some(name) = field.field.as_deref() else {
            continue;
        };
        let (name, to) = match name.split_once('.') {
            Some((relation, _)) => refers(relation),
            None => (name.to_owned(), None),
        };
        if known.contains(&name) || is_given(&name) {
            continue;
        }
        object = match (to, column.kind) {
            (Some(to), _) => object.reference(&name, to),
            (None, _) if column.name == "id" => object.unique(&name),
            (None, Kind::Date) => object.date(&name),
            (None, Kind::Minor | Kind::Rate | Kind::Percent | Kind::Number) => object.number(&name),
            (None, Kind::Text | Kind::Choice | Kind::Any) => object.text(&name),
        };
        known.push(name);
    }
    object
}

/// The reference that a relation is followed by, and the object it leads to.
fn refers(relation: &str) -> (String, Option<&'static str>) {
    match relation {
        "Owner" => ("OwnerId".to_owned(), Some("User")),
        "Parent" => ("ParentId".to_owned(), Some("Account")),
        "Account" => ("AccountId".to_owned(), Some("Account")),
        "Opportunity__r" => ("Opportunity__c".to_owned(), Some("Opportunity")),
        "Fund__r" => ("Fund__c".to_owned(), Some("Liaison_Mdf_Fund__c")),
        other => (other.replace("__r", "__c"), Some("Account")),
    }
}

/// A value of ours as the CRM keeps it.
fn theirs(column: &Column, field: &FieldMapping, row: &Row) -> Option<Value> {
    let ours = row.get(column.name)?;
    // Creation dates can be loaded, ids are the vendor's to give.
    if column.name == "id" && field.field.as_deref().is_some_and(is_given) {
        return None;
    }
    if let Some((theirs, _)) = field.values.iter().find(|(_, value)| *value == ours) {
        return Some(json!(theirs));
    }
    let moved = |decimals: u32| {
        let number: i64 = ours.parse().unwrap();
        json!(
            rust_decimal::Decimal::new(number, decimals)
                .normalize()
                .to_string()
                .parse::<f64>()
                .unwrap()
        )
    };
    Some(match (column.kind, field.unit) {
        (Kind::Minor, Some(Unit::Minor)) | (Kind::Rate, Some(Unit::BasisPoints)) => moved(0),
        (Kind::Rate, Some(Unit::Fraction)) => moved(4),
        (Kind::Minor | Kind::Rate, _) | (Kind::Percent, Some(Unit::Fraction)) => moved(2),
        (Kind::Percent | Kind::Number, _) => moved(0),
        _ => json!(ours),
    })
}
