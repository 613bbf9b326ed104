//! A query against the records: names are looked up, types are held together, records are found and told.

use super::{
    super::{
        super::{
            schema::{Field, Kind},
            times,
        },
        errors::Failure,
        ids,
        store::{Record, State, relationship},
    },
    lex::{PERCENT, UNDERSCORE},
    parse::{Filter, Literal, Operator, Order, Path, parse},
};
use jiff::civil::Date;
use serde_json::{Map, Value, json};
use std::cmp::Ordering;

/// What a query found: records as they are told, or only how many.
pub(crate) struct Found {
    pub(crate) total: usize,
    pub(crate) records: Vec<Value>,
}

pub(crate) fn run(state: &State, soql: &str, version: &str) -> Result<Found, Failure> {
    let query = parse(soql)?;
    let (place, name) = &query.from;
    let unknown = || {
        let message = format!(
            "sObject type '{name}' is not supported. {}",
            append("object", "__c", "entity name")
        );
        Failure::at(soql, *place, "INVALID_TYPE", &message)
    };
    let from = state.place(name).ok_or_else(unknown)?;
    let look = Look { state, soql, from };
    let select: Vec<Way> = look.all(query.select.iter())?;
    let order: Vec<(Way, &Order)> = look
        .all(query.order.iter().map(|order| &order.by))?
        .into_iter()
        .zip(&query.order)
        .collect();
    if let Some(filter) = &query.filter {
        look.check(filter)?;
    }
    let live = state.objects[from]
        .records
        .values()
        .filter(|record| !record.deleted);
    let mut found: Vec<&Record> = live
        .filter(|record| {
            query
                .filter
                .as_ref()
                .is_none_or(|filter| look.holds(filter, record))
        })
        .collect();
    found.sort_by(|a, b| {
        let orders = order.iter().map(|(way, order)| {
            let [a, b] = [a, b].map(|record| look.value(way, record));
            sorted(&way.field.kind, &a, &b, order)
        });
        orders.fold(Ordering::Equal, Ordering::then)
    });
    let limit = query.limit.unwrap_or(usize::MAX);
    let found: Vec<&Record> = found.into_iter().skip(query.offset).take(limit).collect();
    let told = found
        .iter()
        .filter(|_| !select.is_empty())
        .map(|record| look.told(&select, record, version));
    Ok(Found {
        total: found.len(),
        records: told.collect(),
    })
}

/// What Salesforce says to whoever names what it does not know.
fn append(what: &str, ending: &str, name: &str) -> String {
    format!(
        "If you are attempting to use a custom {what}, be sure to append the '{ending}' after the {name}. Please \
         reference your WSDL or the describe call for the appropriate names."
    )
}

/// A field, and the references to follow to it.
struct Way {
    /// Each a field that refers, the object it refers to, and the relationship's name.
    through: Vec<(String, usize, String)>,
    field: Field,
}

/// A query's names as they are looked up.
struct Look<'s> {
    state: &'s State,
    soql: &'s str,
    from: usize,
}

impl Look<'_> {
    fn all<'p>(&self, paths: impl Iterator<Item = &'p Path>) -> Result<Vec<Way>, Failure> {
        paths.map(|path| self.way(path)).collect()
    }

    fn way(&self, path: &Path) -> Result<Way, Failure> {
        let invalid = |message: &str| Failure::at(self.soql, path.place, "INVALID_FIELD", message);
        let (last, relationships) = path.names.split_last().expect("a word has a part");
        let mut through = Vec::new();
        let mut object = &self.state.objects[self.from];
        for name in relationships {
            // The object's own name may stand in front.
            if through.is_empty() && object.object.name.eq_ignore_ascii_case(name) {
                continue;
            }
            let reference = object.reference(name).ok_or_else(|| {
                let hint = append("relationship", "__r", "custom relationship name");
                invalid(&format!(
                    "Didn't understand relationship '{name}' in field path. {hint}"
                ))
            })?;
            let Kind::Reference(to) = &reference.kind else {
                unreachable!("only references are followed")
            };
            let to = self
                .state
                .place(to)
                .expect("objects that are referred to come first");
            let followed = relationship(reference).expect("it was found by it");
            through.push((reference.name.clone(), to, followed));
            object = &self.state.objects[to];
        }
        let field = object.field(last).ok_or_else(|| {
            let entity = &object.object.name;
            let hint = append("field", "__c", "custom field name");
            invalid(&format!("No such column '{last}' on entity '{entity}'. {hint}"))
        })?;
        Ok(Way { through, field })
    }

    /// Holds a filter's literals to the types of its fields.
    fn check(&self, filter: &Filter) -> Result<(), Failure> {
        match filter {
            Filter::All(inner) | Filter::Any(inner) => inner.iter().try_for_each(|one| self.check(one)),
            Filter::Not(inner) => self.check(inner),
            Filter::Test(path, operator, literals) => {
                let field = self.way(path)?.field;
                let wrong = |code, message: &str| Err(Failure::at(self.soql, path.place, code, message));
                if *operator == Operator::Like && !matches!(field.kind, Kind::Text | Kind::Choice(_)) {
                    let message = "invalid operator on this field";
                    return wrong("INVALID_QUERY_FILTER_OPERATOR", message);
                }
                for literal in literals {
                    if let (Kind::Reference(_), Literal::Text(text)) = (&field.kind, literal)
                        && ids::whole(text).is_none()
                    {
                        let message = format!("invalid ID field: {text}");
                        return wrong("INVALID_QUERY_FILTER_OPERATOR", &message);
                    }
                    if !fits(&field.kind, literal) {
                        return wrong("INVALID_FIELD", &must_be(&field));
                    }
                }
                Ok(())
            }
        }
    }

    fn holds(&self, filter: &Filter, record: &Record) -> bool {
        match filter {
            Filter::All(inner) => inner.iter().all(|one| self.holds(one, record)),
            Filter::Any(inner) => inner.iter().any(|one| self.holds(one, record)),
            Filter::Not(inner) => !self.holds(inner, record),
            Filter::Test(path, operator, literals) => {
                let way = self.way(path).expect("filters were checked");
                let value = self.value(&way, record);
                let is = |literal: &Literal| stands(&value, literal) == Some(Ordering::Equal);
                let ordered = |holds: fn(Ordering) -> bool| stands(&value, &literals[0]).is_some_and(holds);
                match operator {
                    Operator::Is | Operator::In => literals.iter().any(is),
                    Operator::IsNot | Operator::NotIn => !literals.iter().any(is),
                    Operator::Less => ordered(Ordering::is_lt),
                    Operator::AtMost => ordered(Ordering::is_le),
                    Operator::More => ordered(Ordering::is_gt),
                    Operator::AtLeast => ordered(Ordering::is_ge),
                    Operator::Like => match (&value, &literals[0]) {
                        (Value::String(text), Literal::Text(pattern)) => {
                            like(&pattern.to_lowercase(), &text.to_lowercase())
                        }
                        _ => false,
                    },
                }
            }
        }
    }

    /// A record's value at the end of a way; null where a reference on it is.
    fn value(&self, way: &Way, record: &Record) -> Value {
        let mut record = record;
        for (field, to, _) in &way.through {
            let id = record.value(field);
            match id.as_str().and_then(|id| self.state.objects[*to].records.get(id)) {
                Some(next) => record = next,
                None => return Value::Null,
            }
        }
        record.value(&way.field.name)
    }

    /// A record with the selected fields, those of others in objects of their own.
    fn told(&self, select: &[Way], record: &Record, version: &str) -> Value {
        let mut told = Value::from(attributes(
            &self.state.objects[self.from].object.name,
            &record.id,
            version,
        ));
        for way in select {
            let (mut at, mut from) = (&mut told, Some(record));
            for (field, to, relationship) in &way.through {
                let object = &self.state.objects[*to];
                let id = from.map(|record| record.value(field));
                from = id.and_then(|id| object.records.get(id.as_str()?));
                let there = from.map(|record| attributes(&object.object.name, &record.id, version));
                let fields = at.as_object_mut().expect("of an object");
                at = fields.entry(relationship.clone()).or_insert(there.into());
                if at.is_null() {
                    break;
                }
            }
            if let (Value::Object(fields), Some(record)) = (at, from) {
                fields.insert(way.field.name.clone(), record.value(&way.field.name));
            }
        }
        told
    }
}

/// What stands in every record that is told.
pub(crate) fn attributes(object: &str, id: &str, version: &str) -> Map<String, Value> {
    let url = format!("/services/data/{version}/sobjects/{object}/{id}");
    let attributes = json!({ "type": object, "url": url });
    Map::from_iter([("attributes".to_owned(), attributes)])
}

fn fits(kind: &Kind, literal: &Literal) -> bool {
    match literal {
        Literal::Null => true,
        Literal::Boolean(_) => *kind == Kind::Boolean,
        Literal::Text(_) => matches!(kind, Kind::Text | Kind::Choice(_) | Kind::Reference(_)),
        Literal::Number(_) => *kind == Kind::Number,
        Literal::Date(_) => *kind == Kind::Date,
        Literal::DateTime(_) => *kind == Kind::DateTime,
        Literal::Days(..) => matches!(kind, Kind::Date | Kind::DateTime),
    }
}

fn must_be(field: &Field) -> String {
    let (kind, quotes) = match field.kind {
        Kind::Number => ("double", "not be"),
        Kind::Boolean => ("boolean", "not be"),
        Kind::Date => ("date", "not be"),
        Kind::DateTime => ("dateTime", "not be"),
        _ => ("string", "be"),
    };
    let name = &field.name;
    format!(
        "value of filter criterion for field '{name}' must be of type {kind} and should {quotes} enclosed in quotes"
    )
}

/// How a value stands to a literal; nothing stands to nothing as equal, and to all else in no way.
fn stands(value: &Value, literal: &Literal) -> Option<Ordering> {
    match (value, literal) {
        (Value::Null, Literal::Null) => Some(Ordering::Equal),
        (Value::Bool(value), Literal::Boolean(other)) => Some(value.cmp(other)),
        (Value::Number(value), Literal::Number(other)) => value.as_f64()?.partial_cmp(other),
        (Value::String(value), Literal::Date(day)) => Some(times::day(value)?.cmp(day)),
        (Value::String(value), Literal::DateTime(at)) => Some(times::instant(value)?.cmp(at)),
        (Value::String(value), Literal::Days(first, last)) => {
            let day = times::day(value).or_else(|| times::instant(value).map(times::day_of))?;
            Some(within(day, *first, *last))
        }
        // Capitals do not count, in ids of 15 letters they do.
        (Value::String(value), Literal::Text(other)) => match ids::whole(other) {
            Some(id) if id == *value => Some(Ordering::Equal),
            _ => {
                let other: String = other.chars().map(unescaped).collect();
                Some(value.to_lowercase().cmp(&other.to_lowercase()))
            }
        },
        _ => None,
    }
}

/// Before the days, among them, or after them.
fn within(day: Date, first: Date, last: Date) -> Ordering {
    match day {
        day if day < first => Ordering::Less,
        day if day > last => Ordering::Greater,
        _ => Ordering::Equal,
    }
}

/// A letter that was escaped as a wild one, as itself.
fn unescaped(letter: char) -> char {
    match letter {
        PERCENT => '%',
        UNDERSCORE => '_',
        letter => letter,
    }
}

/// `%` stands for anything, `_` for one letter.
fn like(pattern: &str, text: &str) -> bool {
    let mut letters = pattern.chars();
    match letters.next() {
        None => text.is_empty(),
        Some('%') => {
            let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            ends.any(|at| like(letters.as_str(), &text[at..]))
        }
        Some(first) => {
            let mut rest = text.chars();
            let fits = |letter| first == '_' || letter == unescaped(first);
            rest.next().is_some_and(fits) && like(letters.as_str(), rest.as_str())
        }
    }
}

#[test]
fn wild_letters_are_wild_unless_they_were_escaped() {
    let check =
        |pattern: &str, text: &str, expected| assert_eq!(like(pattern, text), expected, "{pattern} {text}");
    check("a%c", "abbc", true);
    check("a%c", "abcd", false);
    check("%", "", true);
    check("a_c", "aüc", true);
    check("a_c", "ac", false);
    check(&format!("50{PERCENT}"), "50%", true);
    check(&format!("50{PERCENT}"), "500", false);
    check(&format!("a{UNDERSCORE}b"), "a_b", true);
    check("\\%", "\\x", true);
}

/// Nothing comes first, unless it is told to come last.
fn sorted(kind: &Kind, a: &Value, b: &Value, order: &Order) -> Ordering {
    let ordering = match (a, b) {
        (Value::Null, Value::Null) => return Ordering::Equal,
        (Value::Null, _) | (_, Value::Null) => {
            let first = if a.is_null() {
                Ordering::Less
            } else {
                Ordering::Greater
            };
            return if order.nulls_last { first.reverse() } else { first };
        }
        (Value::Number(a), Value::Number(b)) => {
            a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal)
        }
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::String(a), Value::String(b)) => match kind {
            Kind::Text => a.to_lowercase().cmp(&b.to_lowercase()),
            _ => a.cmp(b),
        },
        _ => Ordering::Equal,
    };
    if order.descending {
        ordering.reverse()
    } else {
        ordering
    }
}
