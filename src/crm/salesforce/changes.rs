//! What has changed, asked for by what Salesforce has for those who keep copies of records: "Get Updated" and "Get
//! Deleted" (REST API Developer Guide), the lists of all objects in one request.
//!
//! Nothing is taken from a list but whether it is empty and until when it is whole: the records are read as ever.

use super::Salesforce;
use crate::crm::{CrmError, fields::TABLES, mapping::moment, remote::odd};
use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use url::form_urlencoded;

/// Most requests that are one (REST API Developer Guide, "Composite").
const MOST_PARTS: usize = 25;
const _: () = assert!(TABLES.len() * List::ALL.len() <= MOST_PARTS);

/// One of the two lists of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    /// What was made or changed.
    Updated,
    /// What was deleted.
    Deleted,
}

/// From when to when changes are asked for, in whole minutes: Salesforce drops the seconds of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    start: Timestamp,
    end: Timestamp,
}

/// A list that is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) object: &'a str,
    pub(super) list: List,
    pub(super) window: Window,
}

/// What Salesforce tells of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// Whether there is anything in it, and until when it is whole: the next one begins there.
    Known { has_changes: bool, until: Timestamp },
    /// It cannot be had for this time, or not for so much of it, and never will: anything may have changed.
    Lost(String),
    /// It is not told this time.
    Refused(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parts {
    composite_response: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    reference_id: String,
    http_status_code: u16,
    body: Value,
}

/// Either list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    #[serde(alias = "deletedRecords")]
    ids: Vec<IgnoredAny>,
    latest_date_covered: String,
    earliest_date_available: Option<String>,
}

impl List {
    pub(super) const ALL: [Self; 2] = [Self::Updated, Self::Deleted];

    /// The name of its resource.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Updated => "updated",
            Self::Deleted => "deleted",
        }
    }
}

impl Window {
    /// What happened from `since` until now. Its end is a minute ahead and more: what happens in this minute is in it, and
    /// Salesforce wants more than a minute between start and end.
    pub(super) fn new(since: Timestamp, now: Timestamp) -> Self {
        let minute =
            |at: Timestamp| at - SignedDuration::from_nanos_i128(at.as_nanosecond().rem_euclid(MINUTE));
        Self {
            start: minute(since.min(now)),
            end: minute(now) + SignedDuration::from_mins(2),
        }
    }
}

/// In nanoseconds.
const MINUTE: i128 = 60_000_000_000;

impl Salesforce {
    /// The objects that something is mapped to.
    pub(super) fn objects(&self) -> BTreeSet<&str> {
        let mapped = TABLES.iter().filter_map(|table| self.mapping.table(table));
        mapped.map(|mapped| mapped.object.as_str()).collect()
    }

    /// What Salesforce tells of each list, in the order in which they are asked for. Nobody waits for it.
    ///
    /// # Errors
    /// When it tells of none.
    pub(super) async fn changes(&self, asked: &[Asked<'_>]) -> Result<Vec<Told>, CrmError> {
        let path = format!("/services/data/{}/composite", self.version);
        let part = |(number, asked): (usize, &Asked<'_>)| json!({ "method": "GET", "url": asked.url(&self.version), "referenceId": reference(number) });
        let parts: Vec<Value> = asked.iter().enumerate().map(part).collect();
        let body = json!({ "allOrNone": false, "compositeRequest": parts });
        let answered = self.call::<Parts>(Method::POST, &path, None, Some(&body));
        let mut parts = self.remote.aside(answered).await?.composite_response;
        let told = asked.iter().enumerate().map(|(number, asked)| {
            let place = parts
                .iter()
                .position(|part| part.reference_id == reference(number));
            let part = place.map(|place| parts.swap_remove(place));
            part.map(|part| part.told(asked.window))
                .ok_or_else(|| odd("a part of what it was asked"))
        });
        some(told.collect::<Result<_, _>>()?)
    }
}

/// What is told, unless nothing is.
fn some(told: Vec<Told>) -> Result<Vec<Told>, CrmError> {
    match told.first() {
        Some(Told::Refused(reason)) if told.iter().all(|one| matches!(one, Told::Refused(_))) => {
            Err(CrmError::Refused(reason.clone()))
        }
        _ => Ok(told),
    }
}

fn reference(number: usize) -> String {
    format!("list{number}")
}

impl Asked<'_> {
    fn url(&self, version: &str) -> String {
        let at = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string();
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("start", &at(self.window.start))
            .append_pair("end", &at(self.window.end))
            .finish();
        format!(
            "/services/data/{version}/sobjects/{}/{}/?{query}",
            self.object,
            self.list.name()
        )
    }
}

impl Part {
    fn told(self, window: Window) -> Told {
        if self.http_status_code != 200 {
            return refusal(self.http_status_code, &self.body);
        }
        let Ok(listed) = serde_json::from_value::<Listed>(self.body) else {
            return Told::Refused("the list is not Salesforce's".to_owned());
        };
        let Some(until) = moment(&listed.latest_date_covered) else {
            return Told::Refused("the list does not say until when it is whole".to_owned());
        };
        // What was deleted is forgotten when there is too much of it, the oldest first.
        let earliest = listed.earliest_date_available.as_deref().and_then(moment);
        let is_short = earliest.is_some_and(|earliest| earliest > window.start);
        Told::Known {
            has_changes: is_short || !listed.ids.is_empty(),
            until,
        }
    }
}

fn refusal(status: u16, told: &Value) -> Told {
    let message = told[0]["message"].as_str().unwrap_or("no reason given");
    let code = told[0]["errorCode"].as_str().unwrap_or_default();
    let reason = format!("{status} {code}: {message}");
    match code {
        "INVALID_REPLICATION_DATE" | "EXCEEDED_ID_LIMIT" => Told::Lost(reason),
        _ => Told::Refused(reason),
    }
}

#[cfg(test)]
mod tests;
