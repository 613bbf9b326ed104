//! What stands against writing to a table, as far as the database's own catalogue tells.

use super::{Either, SqlCrm, quoted};
use crate::crm::{CrmError, fields::Table, mapping::TableMapping};
use std::collections::BTreeSet;

/// Columns that have to be filled and are not by themselves.
const REQUIRED: [&str; 2] = [
    "SELECT name FROM pragma_table_info($1) WHERE \"notnull\" = 1 AND dflt_value IS NULL AND pk = 0",
    "SELECT CAST(a.attname AS TEXT) FROM pg_attribute a \
     WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull AND NOT a.atthasdef \
     AND a.attidentity = ''",
];

/// Columns that are unique by themselves.
const UNIQUE: [&str; 2] = [
    "SELECT name FROM pragma_table_info($1) WHERE pk = 1 \
     AND (SELECT COUNT(*) FROM pragma_table_info($1) WHERE pk > 0) = 1 \
     UNION SELECT MAX(i.name) FROM pragma_index_list($1) l JOIN pragma_index_info(l.name) i \
     WHERE l.\"unique\" = 1 AND l.partial = 0 GROUP BY l.name HAVING COUNT(*) = 1",
    "SELECT CAST(a.attname AS TEXT) FROM pg_index i \
     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] \
     WHERE i.indrelid = to_regclass($1) AND i.indisunique AND i.indnkeyatts = 1 AND i.indpred IS NULL",
];

impl SqlCrm {
    pub(super) async fn stand_against(&self, table: &'static Table) -> Result<Vec<String>, CrmError> {
        let Some(mapped) = self.mapping.table(table) else {
            return Ok(Vec::new());
        };
        let mut obstacles = mapped.obstacles(table);
        if !self.is_writable {
            obstacles.push(super::NOT_WRITABLE.to_owned());
        }
        if !table.is_made() {
            return Ok(obstacles);
        }
        if let Ok(key) = mapped.key(table)
            && !self.names(UNIQUE, mapped).await?.contains(key)
        {
            obstacles.push(format!(
                "{key} is not unique by itself: a record could be made twice"
            ));
        }
        let filled = mapped.filled(table);
        let required = self.names(REQUIRED, mapped).await?;
        let empty = required.iter().filter(|name| !filled.contains(name.as_str()));
        obstacles.extend(empty.map(|name| format!("{name} has to be filled, and we never fill it")));
        Ok(obstacles)
    }

    async fn names(&self, queries: [&str; 2], mapped: &TableMapping) -> Result<BTreeSet<String>, CrmError> {
        let [sqlite, postgres] = queries;
        let (query, of) = match &self.pool {
            Either::Sqlite(_) => (sqlite, mapped.object.clone()),
            Either::Postgres(_) => (postgres, quoted(&mapped.object)),
        };
        let names = self.texts(query.to_owned(), vec![of], 1).await?;
        Ok(names.into_iter().flatten().flatten().collect())
    }
}
