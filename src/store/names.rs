//! Closed sets in columns: a member has the name there that it has in JSON.

use super::decode;
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Row, sqlite::SqliteRow};

/// A member as its column holds it.
pub(super) fn name(value: impl Serialize) -> Result<String, sqlx::Error> {
    let value = serde_json::to_value(value).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    Ok(value.as_str().unwrap_or_default().to_owned())
}

/// The member that a column holds.
pub(super) fn named<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<T, sqlx::Error> {
    serde_json::from_value(row.try_get::<String, _>(column)?.into()).map_err(decode)
}
