//! What was changed or deleted in some time, for those who keep copies.

use super::{
    super::{
        server::{Call, Reply},
        times,
    },
    errors::Failure,
    routes::place,
    store::{Record, SObject, State},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// `GET sobjects/{X}/updated?start=&end=`: live records that were made or changed in between.
pub(super) fn updated(state: &State, call: &Call, object: &str) -> Result<Reply, Failure> {
    let object = replicated(state, object)?;
    let (start, end) = window(call, SignedDuration::ZERO, DAY * 30)?;
    let ids: Vec<&String> = modified(object, start, end, false)
        .map(|record| &record.id)
        .collect();
    Ok(Reply::ok(
        json!({ "ids": ids, "latestDateCovered": covered(end) }),
    ))
}

/// `GET sobjects/{X}/deleted?start=&end=`: records that were deleted in between.
pub(super) fn deleted(state: &State, call: &Call, object: &str) -> Result<Reply, Failure> {
    let object = replicated(state, object)?;
    let (start, end) = window(call, MINUTE, DAY * 15)?;
    let told = |record: &Record| json!({ "id": record.id, "deletedDate": times::offset(record.modified) });
    let records: Vec<Value> = modified(object, start, end, true).map(told).collect();
    Ok(Reply::ok(json!({
        "deletedRecords": records, "latestDateCovered": covered(end),
        "earliestDateAvailable": times::offset(minute(times::now() - DAY * 30)),
    })))
}

fn replicated<'s>(state: &'s State, object: &str) -> Result<&'s SObject, Failure> {
    let object = &state.objects[place(state, object)?];
    object.replicated.then_some(object).ok_or_else(Failure::not_found)
}

/// Start and end, further apart than `least` and not further back than `reach`.
fn window(
    call: &Call,
    least: SignedDuration,
    reach: SignedDuration,
) -> Result<(Timestamp, Timestamp), Failure> {
    let time = |name: &str| {
        let invalid = || Failure::bad("INVALID_FIELD", format!("{name} is missing or no date"));
        let time = call.query(name).and_then(times::instant).ok_or_else(invalid);
        time.map(minute)
    };
    let (start, end) = (time("start")?, time("end")?);
    let refused = |message: &str| Err(Failure::new(400, "INVALID_REPLICATION_DATE", message));
    if end.duration_since(start) <= least {
        return refused("startDate has to be before endDate, by more than a minute for what was deleted");
    }
    if times::now().duration_since(start) > reach {
        return refused("startDate is too long ago");
    }
    Ok((start, end))
}

/// Seconds are dropped.
fn minute(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second().div_euclid(60) * 60).unwrap()
}

fn modified(
    object: &SObject,
    start: Timestamp,
    end: Timestamp,
    deleted: bool,
) -> impl Iterator<Item = &Record> {
    let records = object.records.values();
    records.filter(move |record| record.deleted == deleted && (start..=end).contains(&record.modified))
}

/// Until when a list is whole: what is to come is not in it.
fn covered(end: Timestamp) -> String {
    times::offset(end.min(minute(times::now())))
}
