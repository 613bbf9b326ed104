//! What objects a test gives a CRM, in words that fit both vendors.

/// An object type with its fields: `Object::new("deals").text("dealname").number("amount")`.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) name: String,
    pub(crate) fields: Vec<Field>,
    /// Without these no record is made.
    pub(crate) required: Vec<String>,
}

/// A property (HubSpot) or a field (Salesforce).
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) key: Key,
}

/// Whether records can be found by a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    No,
    /// Salesforce's external id as it is by default: several records may have the same.
    External,
    /// HubSpot's `hasUniqueValue`, Salesforce's unique external id: no two records have the same value.
    Unique,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Text,
    Number,
    Boolean,
    /// `2026-11-30`.
    Date,
    /// An instant.
    DateTime,
    /// One of these, and nothing else.
    Choice(Vec<String>),
    /// The id of a record of this object; Salesforce alone has it, HubSpot has associations.
    Reference(String),
}

impl Object {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            fields: Vec::new(),
            required: Vec::new(),
        }
    }

    pub(crate) fn text(self, name: &str) -> Self {
        self.with(name, Kind::Text, Key::No)
    }

    pub(crate) fn number(self, name: &str) -> Self {
        self.with(name, Kind::Number, Key::No)
    }

    pub(crate) fn boolean(self, name: &str) -> Self {
        self.with(name, Kind::Boolean, Key::No)
    }

    pub(crate) fn date(self, name: &str) -> Self {
        self.with(name, Kind::Date, Key::No)
    }

    pub(crate) fn datetime(self, name: &str) -> Self {
        self.with(name, Kind::DateTime, Key::No)
    }

    pub(crate) fn choice(self, name: &str, options: &[&str]) -> Self {
        let options = options.iter().map(|&option| option.to_owned()).collect();
        self.with(name, Kind::Choice(options), Key::No)
    }

    /// A text of which no two records have the same.
    pub(crate) fn unique(self, name: &str) -> Self {
        self.with(name, Kind::Text, Key::Unique)
    }

    /// A text by which Salesforce finds records, of which several may have the same.
    pub(crate) fn external(self, name: &str) -> Self {
        self.with(name, Kind::Text, Key::External)
    }

    pub(crate) fn reference(self, name: &str, object: &str) -> Self {
        self.with(name, Kind::Reference(object.to_owned()), Key::No)
    }

    /// A field that has to be filled.
    pub(crate) fn required(mut self, name: &str) -> Self {
        self.required.push(name.to_owned());
        self
    }

    /// The fields of both, each once.
    pub(crate) fn merged(mut self, other: Self) -> Self {
        let is_new = |field: &Field| self.fields.iter().all(|known| known.name != field.name);
        let more: Vec<Field> = other.fields.into_iter().filter(is_new).collect();
        self.fields.extend(more);
        self
    }

    fn with(mut self, name: &str, kind: Kind, key: Key) -> Self {
        let name = name.to_owned();
        self.fields.push(Field { name, kind, key });
        self
    }
}
