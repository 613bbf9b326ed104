//! The filters a question names: a period, a stage or status, a product, a customer.
//!
//! Which filters a tool has is read from its own schema, so a new tool needs nothing here.

use super::{
    super::{Ask, Vocabulary},
    filters::{asks_whether, choice, compares_in, days, is_ahead, is_to_end, is_wanted},
    question::Question,
    words,
};
use crate::{
    assistant::tools::{Tool, since_last_payment},
    program::period::Period,
    registration::extract::{self, Context},
};
use rust_decimal::Decimal;
use serde_json::{Map, Value};
use std::{collections::HashSet, ops::Range, sync::LazyLock};
use unicode_segmentation::UnicodeSegmentation;

/// The arguments of `tool` that the question gives; those of the exchange it follows stay unless it changes them.
pub(super) fn read(tool: Tool, question: &Question, ask: &Ask<'_>) -> Value {
    let earlier = question.followed.iter().find(|(followed, _)| *followed == tool);
    let mut arguments: Map<String, Value> = earlier
        .and_then(|(_, arguments)| arguments.as_object().cloned())
        .unwrap_or_default();
    let schema = tool.parameters();
    let Some(properties) = schema["properties"].as_object() else {
        return Value::Object(arguments);
    };
    let days = days(&question.asked);
    let products = named(&question.asked, &ask.vocabulary.products);
    let window = window(&question.asked, ask).filter(|_| takes_window(properties));
    for (name, property) in properties {
        let value = match name.as_str() {
            // "Within 30 days" is a window where the tool has one, and no period.
            "period" if window.is_some() => None,
            "period" => {
                before_that(&question.asked, &arguments, ask).or_else(|| period(&question.asked, ask))
            }
            // What a deal may be worth is said in round figures, what was paid to the cent.
            "amount" if tool == Tool::EstimateCommission => stated(&question.asked, ask).map(Value::from),
            "amount" => amount(&question.asked).map(Value::from),
            "tier" => tier(&question.asked, ask.vocabulary).map(Value::from),
            "product" => match &products[..] {
                [only] => Some(Value::from(only.as_str())),
                // Of several, a split tells them apart, or a call for each.
                _ => None,
            },
            _ if products.len() > 1 && splits_by_product(property) => Some(Value::from("product")),
            "customer" => {
                let missing = !arguments.contains_key("customer");
                let own = || own_customer(&question.text, ask.vocabulary).filter(|_| missing);
                let customer = customer(&question.asked, ask);
                customer.or_else(|| own().map(str::to_owned)).map(Value::from)
            }
            _ => match property["type"].as_str() {
                Some("boolean") => is_wanted(name, property, &question.asked).then_some(Value::Bool(true)),
                Some("integer") if name.contains("within") => window.map(Value::from),
                Some("integer") => days.map(Value::from),
                // "Which expire within 14 days?" is about what has not.
                _ if name == "status" && window.is_some() => None,
                // "Was it approved?" wants to hear of it whatever it is.
                _ if name == "status" && asks_whether(&question.asked) => None,
                _ => choice(tool, property, &question.asked, ask),
            },
        };
        if let Some(value) = value {
            arguments.insert(name.clone(), value);
        }
    }
    // What is split is not narrowed to one of its parts.
    if let Some(parted) = arguments.get("by").and_then(Value::as_str).map(str::to_owned)
        && compares_in(tool, &question.asked)
    {
        arguments.remove(&parted);
    }
    Value::Object(arguments)
}

/// The arguments of `tool` that a clause of the question gives. Whom it is about, and at which tier, may stand anywhere in
/// the `whole`; the period and the product hold for the clauses that follow, until another is named.
pub(super) fn of_clause(
    tool: Tool,
    clause: &Question,
    before: &[Question],
    whole: &Question,
    ask: &Ask<'_>,
) -> Value {
    let all = read(tool, whole, ask);
    if clause.text == whole.text {
        return all;
    }
    let mut arguments = read(tool, clause, ask);
    let Some(given) = arguments.as_object_mut() else {
        return arguments;
    };
    // "How much did we source, and how much did we influence?" is one split.
    if all.get("by").is_some() && !given.contains_key("by") {
        return all;
    }
    let earlier = before.iter().rev();
    let earlier = earlier.map(|earlier| (read(tool, earlier, ask), &["period", "product"][..]));
    for (read, names) in earlier.chain([(all, &["customer", "tier"][..])]) {
        for name in names {
            if let (false, Some(value)) = (given.contains_key(*name), read.get(*name)) {
                given.insert((*name).to_owned(), value.clone());
            }
        }
    }
    arguments
}

/// An amount to the cent, as statements show them.
pub(super) fn amount(text: &str) -> Option<&str> {
    amounts(text).next()
}

fn amounts(text: &str) -> impl Iterator<Item = &str> {
    let is_amount = |word: &&str| {
        let cents = word.rsplit_once(['.', ',']).map(|(_, cents)| cents);
        cents.is_some_and(|cents| cents.len() == 2 && cents.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let words = text.split_whitespace();
    words
        .map(|word| word.trim_matches(|c: char| !c.is_ascii_digit()))
        .filter(is_amount)
}

/// An amount as people say it: "50k", "€ 50.000", "two million". A bare number is one only where it is large and no year.
pub(super) fn stated<'t>(text: &'t str, ask: &Ask<'_>) -> Option<&'t str> {
    // In which currency is for the tool to find out.
    let context = Context::of_day(ask.today, "EUR".parse().ok()?);
    let is_year = |value: Decimal| (1_900..2_100).any(|year| value == Decimal::from(year));
    let mut found = extract::amounts_at(text, &context).into_iter();
    let (bytes, ..) = found.find(|(_, value, currency)| {
        currency.is_some() || *value >= Decimal::ONE_THOUSAND && !is_year(*value)
    })?;
    text.get(bytes)
}

/// A tier that the text names, another than the partner's own before that one.
fn tier<'v>(text: &str, vocabulary: &'v Vocabulary) -> Option<&'v str> {
    let is_named = |tier: &&String| find(text, tier).is_some();
    let named: Vec<&String> = vocabulary.tiers.iter().filter(is_named).collect();
    let other = named.iter().find(|tier| ***tier != vocabulary.tier);
    other.or(named.first()).map(|tier| tier.as_str())
}

/// The words that name a period, as the partner wrote them.
fn period(text: &str, ask: &Ask<'_>) -> Option<Value> {
    text.get(period_range(text, ask)?).map(Value::from)
}

/// Where a period is named.
pub(super) fn period_range(text: &str, ask: &Ask<'_>) -> Option<Range<usize>> {
    let dated = || Some(Period::find_in(text, ask.today, 1)?.1);
    since_last_payment(text).or_else(dated)
}

/// Days from today that a question is about: "within 30 days", "which expire this month?".
fn window(asked: &str, ask: &Ask<'_>) -> Option<u32> {
    let said = days(asked).filter(|_| is_ahead(asked));
    said.or_else(|| {
        let (period, _) = Period::find_in(asked, ask.today, 1).filter(|_| is_to_end(asked))?;
        let left = (period.last_day() - ask.today).get_days();
        u32::try_from(left).ok()
    })
}

/// Whether a tool asks for days that are to come.
fn takes_window(properties: &Map<String, Value>) -> bool {
    properties.keys().any(|name| name.contains("within"))
}

/// "And the quarter before that?": the period before the one of the exchange that is followed.
fn before_that(asked: &str, earlier: &Map<String, Value>, ask: &Ask<'_>) -> Option<Value> {
    let words: Vec<String> = words::words(asked).collect();
    words.windows(2).find(|pair| pair == &["before", "that"])?;
    let unit = ["week", "month", "quarter", "year"]
        .into_iter()
        .find(|unit| words.iter().any(|word| word == unit))?;
    let (earlier, _) = Period::find_in(earlier.get("period")?.as_str()?, ask.today, 1)?;
    let (period, _) = Period::find_in(&format!("last {unit}"), earlier.from, 1)?;
    Some(Value::from(period.label))
}

/// Whether a tool's argument can part what it returns by product.
fn splits_by_product(property: &Value) -> bool {
    let values = property["enum"].as_array().into_iter().flatten();
    values.into_iter().any(|value| value == "product")
}

/// The names that a text mentions, wherever they stand.
fn named<'v>(text: &str, names: &'v [String]) -> Vec<&'v String> {
    let text = text.to_lowercase();
    let is_named = |name: &&String| text.contains(&name.to_lowercase());
    names.iter().filter(is_named).collect()
}

/// The arguments of a call for each of what a question names several of: two amounts of a statement, or two products where
/// no split tells them apart.
pub(super) fn each(tool: Tool, arguments: Value, question: &Question, ask: &Ask<'_>) -> Vec<Value> {
    let (name, values) = several(tool, &arguments, question, ask);
    if !(2..=MOST_EACH).contains(&values.len()) {
        return vec![arguments];
    }
    let with = |value: String| {
        let mut arguments = arguments.clone();
        arguments[name] = Value::from(value);
        arguments
    };
    values.into_iter().map(with).collect()
}

/// The argument of which a question may name several, and those that it names.
fn several(tool: Tool, arguments: &Value, question: &Question, ask: &Ask<'_>) -> (&'static str, Vec<String>) {
    if tool == Tool::ListCommissions && arguments.get("amount").is_some() {
        return ("amount", amounts(&question.asked).map(str::to_owned).collect());
    }
    let schema = tool.parameters();
    let properties = &schema["properties"];
    let mut all = properties.as_object().into_iter().flatten();
    let is_split = all.any(|(_, property)| splits_by_product(property));
    if is_split || properties.get("product").is_none() {
        return ("product", Vec::new());
    }
    let products = named(&question.asked, &ask.vocabulary.products);
    ("product", products.into_iter().cloned().collect())
}

/// Of more, nobody reads the answers one by one.
const MOST_EACH: usize = 4;

/// Where a name stands in a text, as a whole word and whatever its case.
pub(super) fn find(text: &str, name: &str) -> Option<Range<usize>> {
    let (lower, name) = (text.to_lowercase(), name.to_lowercase());
    // Lower-casing a few scripts changes lengths: then there is no safe range, and no match.
    let start = lower
        .find(&name)
        .filter(|_| lower.len() == text.len() && !name.is_empty())?;
    let end = start + name.len();
    let is_border = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    let whole = is_border(lower[..start].chars().next_back()) && is_border(lower[end..].chars().next());
    whole.then_some(start..end)
}

/// Words that partners use whoever their customers are: "Partner" alone is not "Partner Systems".
static COMMON: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let examples = Tool::ALL.iter().flat_map(|tool| tool.examples());
    examples.flat_map(words::words).collect()
});

/// Shortest first word of a name that stands for the whole name.
const TELLING_CHARS: usize = 5;

/// The customer or person of the partner's own records that a text mentions, and where: by the whole name, or by
/// its beginning as people say it ("Northwind" for "Northwind Traders").
pub(super) fn own_mention<'v>(text: &str, vocabulary: &'v Vocabulary) -> Option<(&'v str, Range<usize>)> {
    let names = || {
        vocabulary
            .customers
            .iter()
            .chain(&vocabulary.people)
            .map(String::as_str)
    };
    let whole = names().find_map(|name| Some((name, find(text, name)?)));
    whole.or_else(|| names().find_map(|name| Some((name, beginning(text, name, vocabulary)?))))
}

fn beginning(text: &str, name: &str, vocabulary: &Vocabulary) -> Option<Range<usize>> {
    let ends: Vec<usize> = name.match_indices(' ').map(|(end, _)| end).collect();
    let starts = ends.iter().rev().map(|end| &name[..*end]);
    starts
        .filter(|start| start.contains(' ') || is_telling(start, vocabulary))
        .find_map(|start| find(text, start))
}

/// Whether the first word of a name stands for one customer and for nothing else.
fn is_telling(word: &str, vocabulary: &Vocabulary) -> bool {
    let lower = word.to_lowercase();
    let is_in = |names: &[String]| names.iter().any(|name| name.to_lowercase().contains(&lower));
    let of_program = is_in(&vocabulary.products) || is_in(&vocabulary.tiers);
    let begins = |name: &&String| find(name, word).is_some_and(|at| at.start == 0);
    let shared = vocabulary.customers.iter().filter(begins).count() > 1;
    let common = COMMON.contains(&lower) || !words::is_topic(&lower);
    word.chars().count() >= TELLING_CHARS && !of_program && !shared && !common
}

/// The customer of the partner's own records that a text mentions.
pub(super) fn own_customer<'v>(text: &str, vocabulary: &'v Vocabulary) -> Option<&'v str> {
    let (name, _) = own_mention(text, vocabulary)?;
    vocabulary
        .customers
        .iter()
        .any(|customer| customer == name)
        .then_some(name)
}

/// Written with a capital and no names.
const DAYS: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// A name in the question that is neither the program's nor a period: the customer or deal it is about.
fn customer(text: &str, ask: &Ask<'_>) -> Option<String> {
    if let Some(named) = own_customer(text, ask.vocabulary).or_else(|| quoted(text)) {
        return Some(named.to_owned());
    }
    let period = Period::find_in(text, ask.today, 1).map(|(_, range)| range);
    let known = |word: &str| {
        let lower = word.to_lowercase();
        let among = |names: &[String]| names.iter().any(|name| name.to_lowercase().contains(&lower));
        let is_day = DAYS.contains(&lower.as_str());
        among(&ask.vocabulary.products) || among(&ask.vocabulary.tiers) || is_abbreviation(word) || is_day
    };
    let mut best: Vec<&str> = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    for (start, word) in text.unicode_word_indices() {
        let before = text[..start].trim_end();
        let opens_sentence = before.is_empty() || before.ends_with(['.', '?', '!', ':']);
        let word = word.trim_end_matches("'s").trim_end_matches("’s");
        let is_name = word.chars().next().is_some_and(char::is_uppercase)
            && (!opens_sentence || is_name_alone(&text[start..], word))
            && words::is_topic(&word.to_lowercase())
            && !known(word)
            && !period.as_ref().is_some_and(|range| range.contains(&start));
        if is_name {
            open.push(word);
        } else {
            best = longer(best, std::mem::take(&mut open));
        }
    }
    let name = longer(best, open).join(" ");
    (!name.is_empty()).then_some(name)
}

/// Whether a question names somebody who is not in the partner's own records, by words that no question has otherwise.
pub(super) fn names_stranger(text: &str, ask: &Ask<'_>) -> bool {
    let name = customer(text, ask).filter(|_| own_mention(text, ask.vocabulary).is_none());
    let is_strange = |word: String| !COMMON.contains(&word);
    name.is_some_and(|name| words::words(&name).any(is_strange))
}

fn longer<'t>(a: Vec<&'t str>, b: Vec<&'t str>) -> Vec<&'t str> {
    if b.len() > a.len() { b } else { a }
}

/// A capital at the start of a sentence says nothing, unless a possessive follows ("Acme's deal?").
fn is_name_alone(text: &str, word: &str) -> bool {
    text.strip_prefix(word)
        .is_some_and(|rest| rest.starts_with("'s") || rest.starts_with("’s"))
}

/// MDF, SPIFF, Q3, EMEA: words of the trade, not names.
pub(super) fn is_abbreviation(word: &str) -> bool {
    word.len() <= 5 && word.chars().all(|c| c.is_uppercase() || c.is_ascii_digit())
}

fn quoted(text: &str) -> Option<&str> {
    let start = text.find(['"', '“'])?;
    let rest = text[start..].trim_start_matches(['"', '“']);
    rest.find(['"', '”'])
        .map(|end| rest[..end].trim())
        .filter(|name| !name.is_empty())
}

#[cfg(test)]
pub(super) mod tests;
