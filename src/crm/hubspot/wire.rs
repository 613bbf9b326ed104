//! What HubSpot answers, as far as it is read.

use serde::Deserialize;
use serde_json::{Map, Value, json};

/// One object with the properties that were asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Object {
    pub(super) id: String,
    pub(super) properties: Map<String, Value>,
}

#[derive(Deserialize)]
pub(super) struct Page {
    pub(super) total: usize,
    pub(super) results: Vec<Object>,
}

#[derive(Deserialize)]
pub(super) struct Ties {
    pub(super) results: Vec<Tie>,
}

#[derive(Deserialize)]
pub(super) struct Tie {
    pub(super) from: Id,
    pub(super) to: Vec<To>,
}

#[derive(Deserialize)]
pub(super) struct Id {
    pub(super) id: String,
}

#[derive(Deserialize)]
pub(super) struct To {
    #[serde(rename = "toObjectId")]
    pub(super) id: Value,
    #[serde(rename = "associationTypes", default)]
    pub(super) types: Vec<TieType>,
}

#[derive(Deserialize)]
pub(super) struct TieType {
    pub(super) label: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Owners {
    pub(super) results: Vec<Owner>,
    pub(super) paging: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Owner {
    pub(super) id: String,
    #[serde(default)]
    pub(super) email: Option<String>,
    #[serde(default)]
    pub(super) first_name: Option<String>,
    #[serde(default)]
    pub(super) last_name: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Properties {
    pub(super) results: Vec<Property>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Property {
    pub(super) name: String,
    /// `string`, `number`, `date`, `enumeration` and so on.
    #[serde(rename = "type", default)]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) has_unique_value: bool,
    #[serde(default)]
    pub(super) options: Vec<PropertyOption>,
    #[serde(default)]
    pub(super) modification_metadata: Modification,
}

#[derive(Deserialize)]
pub(super) struct PropertyOption {
    pub(super) value: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Modification {
    pub(super) read_only_value: bool,
}

#[derive(Deserialize)]
pub(super) struct Schema {
    #[serde(rename = "requiredProperties", default)]
    pub(super) required: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Found {
    pub(super) results: Vec<Object>,
    #[serde(default)]
    pub(super) errors: Vec<Value>,
}

impl Owner {
    pub(super) fn fields(self) -> Map<String, Value> {
        let name = [self.first_name, self.last_name]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ");
        let fields = [("name", name), ("email", self.email.unwrap_or_default())];
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect()
    }
}
