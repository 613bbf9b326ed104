//! What objects a test gives a CRM, in words that fit both vendors.

/// An object type with its fields: `Object::new("deals").text("dealname").number("amount")`.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) name: String,
    pub(crate) fields: Vec<Field>,
}

/// A property (HubSpot) or a field (Salesforce).
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// No two records have the same value, and records can be found by it: HubSpot's `hasUniqueValue`, Salesforce's
    /// external id.
    pub(crate) unique: bool,
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
        }
    }

    pub(crate) fn text(self, name: &str) -> Self {
        self.with(name, Kind::Text, false)
    }

    pub(crate) fn number(self, name: &str) -> Self {
        self.with(name, Kind::Number, false)
    }

    pub(crate) fn boolean(self, name: &str) -> Self {
        self.with(name, Kind::Boolean, false)
    }

    pub(crate) fn date(self, name: &str) -> Self {
        self.with(name, Kind::Date, false)
    }

    pub(crate) fn datetime(self, name: &str) -> Self {
        self.with(name, Kind::DateTime, false)
    }

    pub(crate) fn choice(self, name: &str, options: &[&str]) -> Self {
        let options = options.iter().map(|&option| option.to_owned()).collect();
        self.with(name, Kind::Choice(options), false)
    }

    /// A text of which no two records have the same.
    pub(crate) fn unique(self, name: &str) -> Self {
        self.with(name, Kind::Text, true)
    }

    pub(crate) fn reference(self, name: &str, object: &str) -> Self {
        self.with(name, Kind::Reference(object.to_owned()), false)
    }

    fn with(mut self, name: &str, kind: Kind, unique: bool) -> Self {
        let name = name.to_owned();
        self.fields.push(Field { name, kind, unique });
        self
    }
}
