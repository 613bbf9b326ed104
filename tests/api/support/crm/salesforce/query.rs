//! Queries and the pages of their results.

use super::{
    super::server::{Call, Reply},
    errors::Failure,
    ids, soql,
    store::State,
};
use serde_json::{Value, json};

/// What a query found when it was asked, and how much of it is told at a time.
#[derive(Clone)]
pub(super) struct Cursor {
    records: Vec<Value>,
    size: usize,
}

/// `GET query?q=`
pub(super) fn first(state: &mut State, call: &Call, version: &str) -> Result<Reply, Failure> {
    let soql = call.query("q").unwrap_or_default();
    let found = soql::run(state, soql, version)?;
    let wished = call.header("sforce-query-options").split_once("batchSize=");
    let wished = wished.and_then(|(_, size)| size.trim().parse().ok());
    let size = wished.filter(|size| (200..=2000).contains(size)).unwrap_or(2000);
    let size = size.min(state.page_size);
    if found.records.len() <= size {
        let body = json!({ "totalSize": found.total, "done": true, "records": found.records });
        return Ok(Reply::ok(body));
    }
    let id = ids::id("0r8", state.serial());
    let records = found.records;
    state.cursors.insert(id.clone(), Cursor { records, size });
    Ok(page(state, &id, 0, version))
}

/// `GET query/{locator}`, which is a cursor and where the page begins: `0r8…-2000`.
pub(super) fn next(state: &State, locator: &str, version: &str) -> Result<Reply, Failure> {
    let invalid = || Failure::new(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
    let mut parts = locator.splitn(2, '-');
    let cursor = parts.next().filter(|cursor| state.cursors.contains_key(*cursor));
    let place = parts.next().and_then(|place| place.parse::<usize>().ok());
    let (cursor, place) = cursor.zip(place).ok_or_else(invalid)?;
    if place >= state.cursors[cursor].records.len() {
        return Err(invalid());
    }
    Ok(page(state, cursor, place, version))
}

fn page(state: &State, cursor: &str, from: usize, version: &str) -> Reply {
    let Cursor { records, size } = &state.cursors[cursor];
    let page: Vec<&Value> = records.iter().skip(from).take(*size).collect();
    let next = from + page.len();
    let done = next >= records.len();
    let mut body = json!({ "totalSize": records.len(), "done": done, "records": page });
    if !done {
        body["nextRecordsUrl"] = json!(format!("/services/data/{version}/query/{cursor}-{next}"));
    }
    Reply::ok(body)
}
