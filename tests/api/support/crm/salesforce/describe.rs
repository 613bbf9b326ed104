//! What an organisation is made of.

use super::{
    super::{
        schema::{Field, Key, Kind},
        server::Reply,
    },
    errors::Failure,
    routes::place,
    store::{SObject, State, own_fields, relationship},
};
use serde_json::{Value, json};

/// `GET sobjects`
pub(super) fn global(state: &State, version: &str) -> Value {
    let objects: Vec<Value> = state
        .objects
        .iter()
        .map(|object| summary(object, version))
        .collect();
    json!({ "encoding": "UTF-8", "maxBatchSize": 200, "sobjects": objects })
}

/// `GET sobjects/{X}/describe`
pub(super) fn object(state: &State, name: &str, version: &str) -> Result<Reply, Failure> {
    let object = &state.objects[place(state, name)?];
    let own = own_fields();
    let fields = own.iter().chain(&object.object.fields);
    let mut described = summary(object, version);
    let is_required = |name: &str| object.object.required.iter().any(|known| known == name);
    described["fields"] = fields.map(|it| field(it, is_required(&it.name))).collect();
    described["childRelationships"] = json!([]);
    described["recordTypeInfos"] = json!([]);
    Ok(Reply::ok(described))
}

fn summary(object: &SObject, version: &str) -> Value {
    let name = &object.object.name;
    let url = format!("/services/data/{version}/sobjects/{name}");
    json!({
        "name": name, "label": name, "labelPlural": name, "keyPrefix": object.prefix,
        "custom": name.ends_with("__c"), "createable": true, "updateable": true, "deletable": true,
        "queryable": true, "retrieveable": true, "searchable": true, "replicateable": object.replicated,
        "urls": {
            "sobject": url, "describe": format!("{url}/describe"), "rowTemplate": format!("{url}/{{ID}}"),
        },
    })
}

fn field(field: &Field, is_required: bool) -> Value {
    let own = own_fields().iter().any(|own| own.name == field.name);
    let (r#type, soap, length) = match &field.kind {
        _ if field.name == "Id" => ("id", "tns:ID", 18),
        Kind::Text => ("string", "xsd:string", 255),
        Kind::Number => ("double", "xsd:double", 0),
        Kind::Boolean => ("boolean", "xsd:boolean", 0),
        Kind::Date => ("date", "xsd:date", 0),
        Kind::DateTime => ("datetime", "xsd:dateTime", 0),
        Kind::Choice(_) => ("picklist", "xsd:string", 255),
        Kind::Reference(_) => ("reference", "tns:ID", 18),
    };
    let options: Vec<Value> = match &field.kind {
        Kind::Choice(options) => options
            .iter()
            .map(|value| json!({ "value": value, "label": value, "active": true, "defaultValue": false }))
            .collect(),
        _ => Vec::new(),
    };
    let refers_to: Vec<&String> = match &field.kind {
        Kind::Reference(to) if !own => vec![to],
        _ => Vec::new(),
    };
    json!({
        "name": field.name, "label": field.name, "type": r#type, "soapType": soap, "length": length,
        "custom": field.name.ends_with("__c"), "externalId": field.key != Key::No, "unique": field.key == Key::Unique,
        "idLookup": field.key != Key::No || field.name == "Id", "nillable": !own && !is_required && field.kind != Kind::Boolean, "defaultedOnCreate": own || field.kind == Kind::Boolean,
        "createable": !own, "updateable": !own, "filterable": true, "sortable": true, "groupable": true,
        "calculated": false, "picklistValues": options, "restrictedPicklist": !options.is_empty(),
        "referenceTo": refers_to, "relationshipName": relationship(field).filter(|_| !own),
    })
}
