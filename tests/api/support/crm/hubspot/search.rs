//! Search: groups of filters, of which one has to hold; one order; pages up to ten thousand results.

use super::{
    super::{
        schema::Kind,
        server::{Call, Reply},
        times,
    },
    errors::{Wrong, bad_json, invalid, wrong_search},
    objects::{Wish, told},
    store::{ObjectType, Record, State},
    values::compare,
};
use serde_json::{Value, json};
use std::cmp::Ordering;

const MOST_GROUPS: usize = 5;
const MOST_FILTERS: usize = 6;
const MOST_FILTERS_IN_ALL: usize = 18;
const MOST_RESULTS: usize = 10_000;

struct Filter {
    property: String,
    kind: Kind,
    test: Test,
}

/// What has to hold for a value. Only the second is ever true without one.
enum Test {
    Has,
    HasNot,
    Compares(fn(Ordering) -> bool, String),
    Between(String, String),
    OneOf(Vec<String>, bool),
    Token(String),
}

impl Filter {
    fn parse(sent: &Value, kind: &ObjectType, unknown: &mut Vec<Wrong>) -> Result<Option<Self>, Reply> {
        let property = sent["propertyName"]
            .as_str()
            .ok_or_else(|| bad_json("propertyName is missing"))?;
        let operator = sent["operator"]
            .as_str()
            .ok_or_else(|| bad_json("operator is missing"))?;
        let Some(kind) = kind.kind(property) else {
            unknown.push(Wrong::unknown(property));
            return Ok(None);
        };
        let text = |name: &str| {
            let missing = || invalid(&format!("operator {operator} requires a {name}"));
            let text = sent[name].as_str().map(str::to_owned);
            let text = text.or_else(|| sent[name].as_i64().map(|number| number.to_string()));
            text.ok_or_else(missing)
        };
        let list = || -> Result<Vec<String>, Reply> {
            let list = sent["values"].as_array().filter(|list| !list.is_empty());
            let list = list.ok_or_else(|| invalid(&format!("operator {operator} requires values")))?;
            Ok(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        };
        let test = match operator {
            "HAS_PROPERTY" => Test::Has,
            "NOT_HAS_PROPERTY" => Test::HasNot,
            "EQ" => Test::Compares(Ordering::is_eq, text("value")?),
            "NEQ" => Test::Compares(Ordering::is_ne, text("value")?),
            "GT" => Test::Compares(Ordering::is_gt, text("value")?),
            "GTE" => Test::Compares(Ordering::is_ge, text("value")?),
            "LT" => Test::Compares(Ordering::is_lt, text("value")?),
            "LTE" => Test::Compares(Ordering::is_le, text("value")?),
            "BETWEEN" => Test::Between(text("value")?, text("highValue")?),
            "IN" => Test::OneOf(list()?, true),
            "NOT_IN" => Test::OneOf(list()?, false),
            "CONTAINS_TOKEN" => Test::Token(text("value")?),
            _ => return Err(bad_json(&format!("{operator} is not an operator"))),
        };
        let property = property.to_owned();
        Ok(Some(Self { property, kind, test }))
    }

    fn holds(&self, kind: &ObjectType, record: &Record) -> bool {
        let value = kind.value(record, &self.property);
        let Some(value) = value.as_deref() else {
            return matches!(self.test, Test::HasNot);
        };
        let compared = |other: &str| compare(&self.kind, value, other);
        match &self.test {
            Test::Has => true,
            Test::HasNot => false,
            Test::Compares(holds, other) => compared(other).is_some_and(holds),
            Test::Between(low, high) => {
                compared(low).is_some_and(Ordering::is_ge) && compared(high).is_some_and(Ordering::is_le)
            }
            Test::OneOf(options, wanted) => options.iter().any(|option| self.is(value, option)) == *wanted,
            Test::Token(pattern) => tokens(value).iter().any(|token| matches(pattern, token)),
        }
    }

    /// The index has texts in small letters, and those of a list are taken as they are: with capitals, they find
    /// nothing.
    fn is(&self, value: &str, option: &str) -> bool {
        match self.kind {
            Kind::Text => value.to_lowercase() == option,
            _ => compare(&self.kind, value, option) == Some(Ordering::Equal),
        }
    }
}

fn tokens(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words
        .map(str::to_lowercase)
        .chain([text.to_lowercase()])
        .collect()
}

/// Whether a token is what the pattern says, in which `*` stands for anything.
fn matches(pattern: &str, token: &str) -> bool {
    let pattern = pattern.to_lowercase();
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == token;
    };
    let Some(token) = token.strip_prefix(head) else {
        return false;
    };
    let mut ends = token.char_indices().map(|(at, _)| at).chain([token.len()]);
    ends.any(|at| matches(rest, &token[at..]))
}

/// `POST /crm/v3/objects/{type}/search`
pub(super) fn search(state: &State, place: usize, call: &Call) -> Result<Reply, Reply> {
    let kind = &state.kinds[place];
    let body = call.json().ok_or_else(|| bad_json("not JSON"))?;
    let groups = groups(&body, kind)?;
    let (after, limit) = page(&body)?;
    let order = order(&body, kind)?;
    let indexed = times::now() - state.search_lag;
    let query = body["query"].as_str().unwrap_or_default().to_lowercase();
    let mut found: Vec<&Record> = kind
        .records
        .values()
        .filter(|record| record.archived.is_none() && record.created <= indexed)
        .filter(|record| {
            groups.is_empty()
                || groups
                    .iter()
                    .any(|group| group.iter().all(|filter| filter.holds(kind, record)))
        })
        .filter(|record| {
            let mut values = record.properties.values();
            query.is_empty() || values.any(|value| value.to_lowercase().contains(&query))
        })
        .collect();
    if let Some((name, property, descending)) = order {
        found.sort_by(|a, b| {
            let [a, b] = [a, b].map(|record| kind.value(record, &name));
            // Without a value: last, whichever way.
            match (a, b) {
                (Some(a), Some(b)) => {
                    let ordering = compare(&property, &a, &b).unwrap_or(Ordering::Equal);
                    if descending { ordering.reverse() } else { ordering }
                }
                (a, b) => b.is_some().cmp(&a.is_some()),
            }
        });
    }
    let wish = Wish::of_body(&body);
    let results: Vec<Value> = found
        .iter()
        .skip(after)
        .take(limit)
        .map(|record| told(kind, record, &wish))
        .collect();
    let mut body = json!({ "total": found.len(), "results": results });
    if after + limit < found.len() {
        body["paging"] = json!({ "next": { "after": (after + limit).to_string() } });
    }
    Ok(Reply::ok(body))
}

fn groups(body: &Value, kind: &ObjectType) -> Result<Vec<Vec<Filter>>, Reply> {
    let none = Vec::new();
    let sent = body["filterGroups"].as_array().unwrap_or(&none);
    let filters = |group: &Value| group["filters"].as_array().map_or(0, Vec::len);
    let counts: Vec<usize> = sent.iter().map(filters).collect();
    if sent.len() > MOST_GROUPS
        || counts.iter().any(|&count| count > MOST_FILTERS)
        || counts.iter().sum::<usize>() > MOST_FILTERS_IN_ALL
    {
        return Err(invalid(&format!(
            "A search takes up to {MOST_GROUPS} filter groups with up to {MOST_FILTERS} filters each, and up to \
             {MOST_FILTERS_IN_ALL} filters in all."
        )));
    }
    let mut unknown = Vec::new();
    let mut groups = Vec::new();
    for group in sent {
        let mut parsed = Vec::new();
        for filter in group["filters"].as_array().into_iter().flatten() {
            parsed.extend(Filter::parse(filter, kind, &mut unknown)?);
        }
        groups.push(parsed);
    }
    if unknown.is_empty() {
        Ok(groups)
    } else {
        Err(wrong_search(&unknown))
    }
}

/// The first result's place and how many are wanted.
fn page(body: &Value) -> Result<(usize, usize), Reply> {
    let limit = match body["limit"].as_u64() {
        _ if body["limit"].is_null() => 10,
        Some(limit @ 1..=200) => limit as usize,
        _ => return Err(invalid("The limit must be a number from 1 to 200.")),
    };
    let after = match &body["after"] {
        Value::Null => Some(0),
        Value::String(text) if text.is_empty() => Some(0),
        Value::String(text) => text.parse().ok(),
        other => other.as_u64().and_then(|after| after.try_into().ok()),
    };
    let after: usize = after.ok_or_else(|| bad_json("after is not a number"))?;
    if after + limit > MOST_RESULTS {
        return Err(invalid(
            "The maximum number of results that a search pages through is 10,000.",
        ));
    }
    Ok((after, limit))
}

/// By which property, of which type, and whether downwards. The forms are `"-amount"` and
/// `{"propertyName", "direction"}`.
fn order(body: &Value, kind: &ObjectType) -> Result<Option<(String, Kind, bool)>, Reply> {
    let none = Vec::new();
    let sorts = body["sorts"].as_array().unwrap_or(&none);
    if sorts.len() > 1 {
        return Err(invalid("A search takes one sort."));
    }
    let Some(sort) = sorts.first() else {
        return Ok(None);
    };
    let (name, descending) = match sort.as_str() {
        Some(text) => (text.trim_start_matches('-'), text.starts_with('-')),
        None => {
            let name = sort["propertyName"]
                .as_str()
                .ok_or_else(|| bad_json("propertyName is missing"))?;
            (name, sort["direction"] == "DESCENDING")
        }
    };
    match kind.kind(name) {
        Some(property) => Ok(Some((name.to_owned(), property, descending))),
        None => Err(wrong_search(&[Wrong::unknown(name)])),
    }
}
