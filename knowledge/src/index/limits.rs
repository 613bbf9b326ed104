//! A document's audience and dates as index fields, and a view as conditions on them.

use super::View;
use crate::{Audience, AudienceSpec, Validity};
use jiff::civil::Date;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The value of a limit field that stands for "any".
const ANY: &str = "*";
/// Days before which a document without a start, or after which one without an end, cannot lie.
const ALWAYS: (i64, i64) = (-10_000_000, 10_000_000);

/// A document's audience and dates as index fields; the counterpart of [`conditions`].
pub(super) fn limits(audience: &AudienceSpec, validity: Validity) -> Map<String, Value> {
    let any = || vec![ANY.to_owned()];
    let list = |set: &std::collections::BTreeSet<String>| {
        if set.is_empty() {
            any()
        } else {
            set.iter().cloned().collect()
        }
    };
    let (access, [tiers, regions, kinds, partners]) = match audience {
        AudienceSpec::Partners => ("partners", [any(), any(), any(), any()]),
        AudienceSpec::Internal => ("internal", [any(), any(), any(), any()]),
        AudienceSpec::Limited(l) => (
            "partners",
            [
                list(&l.tiers),
                list(&l.regions),
                list(&l.kinds),
                list(&l.partners),
            ],
        ),
    };
    let fields = [
        ("access", json!(access)),
        ("tier", json!(tiers)),
        ("region", json!(regions)),
        ("type", json!(kinds)),
        ("partner", json!(partners)),
        ("from", json!(validity.from.map_or(ALWAYS.0, day_number))),
        ("until", json!(validity.until.map_or(ALWAYS.1, day_number))),
    ];
    fields
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
}

/// One thing a point must satisfy; a query's conditions must all hold.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    /// The field holds one of these.
    OneOf(&'static str, Vec<String>),
    /// The field holds none of these.
    NoneOf(&'static str, Vec<String>),
    /// The field is at most this.
    AtMost(&'static str, i64),
    /// The field is above this.
    Above(&'static str, i64),
    /// It is one of these points.
    Ids(Vec<Uuid>),
}

/// What a view may see, as conditions on the fields of [`limits`].
pub(super) fn conditions(view: View<'_>) -> Vec<Condition> {
    let day = day_number(view.on);
    let mut all = vec![Condition::AtMost("from", day), Condition::Above("until", day)];
    if let Audience::Partner {
        id,
        tier,
        region,
        kind,
    } = view.audience
    {
        let or_any = |value: &String| vec![ANY.to_owned(), value.clone()];
        all.push(Condition::OneOf("access", vec!["partners".to_owned()]));
        all.push(Condition::OneOf("tier", or_any(tier)));
        all.push(Condition::OneOf("region", or_any(region)));
        all.push(Condition::OneOf("type", or_any(kind)));
        all.push(Condition::OneOf("partner", or_any(id)));
    }
    all
}

/// Days since 1970-01-01.
fn day_number(day: Date) -> i64 {
    let span = jiff::civil::date(1970, 1, 1).until(day);
    span.map_or(ALWAYS.1, |span| i64::from(span.get_days()))
}
