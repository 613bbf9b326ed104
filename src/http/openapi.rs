//! `GET /openapi.json`: the API as a document, written by hand beside the routes and held to them by a test.
//! Deriving it would put annotations on every type of the wire, those of the evals and the enablement included.

use super::{Served, error::ApiError};
use axum::{Json, Router, routing::get};
use serde_json::Value;

const DOCUMENT: &str = include_str!("openapi.yaml");

pub(super) fn router() -> Router<Served> {
    Router::new().route("/openapi.json", get(show))
}

async fn show() -> Result<Json<Value>, ApiError> {
    let document = document().map_err(|error| ApiError::internal(&error))?;
    Ok(Json(document))
}

fn document() -> Result<Value, serde_saphyr::Error> {
    serde_saphyr::from_str(DOCUMENT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, fs, path::Path};

    /// `get /api/partners`, from every `.route("/api/partners", get(…))` under `src/http`. Pages and the demo's
    /// portal are no API.
    fn served() -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http");
        let mut routes = BTreeSet::from(["get /openapi.json".to_owned()]);
        for file in fs::read_dir(folder).expect("src/http") {
            let file = file.expect("an entry").path();
            let name = file
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if !name.ends_with(".rs") || ["assets.rs", "portal.rs", "openapi.rs"].contains(&name.as_str()) {
                continue;
            }
            let source = fs::read_to_string(&file).expect("a source file");
            routes.extend(source.split(".route(").skip(1).map(|call| {
                let mut words = call.split('"');
                let path = words.nth(1).expect("a path");
                let handler = words
                    .next()
                    .expect("a handler")
                    .trim_start_matches([',', ' ', '\n']);
                let method = handler.split('(').next().expect("a method");
                format!("{method} {path}")
            }));
        }
        routes
    }

    #[test]
    fn it_names_every_route_and_no_other() {
        let document = document().expect("the document is YAML");
        let paths = document["paths"].as_object().expect("paths");
        let documented: BTreeSet<String> = paths
            .iter()
            .flat_map(|(path, methods)| {
                let methods = methods.as_object().into_iter().flat_map(|methods| methods.keys());
                let methods = methods.filter(|key| *key != "parameters");
                methods.map(move |method| format!("{method} {path}"))
            })
            .collect();
        assert_eq!(documented, served());
        assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    }

    #[test]
    fn every_reference_and_every_required_field_is_there() {
        let document = document().expect("the document is YAML");
        let mut open = vec![&document];
        while let Some(value) = open.pop() {
            if let Some(target) = value["$ref"].as_str() {
                let target = target.strip_prefix('#').expect("a local reference");
                assert!(document.pointer(target).is_some(), "{target} is missing");
            }
            // A bare `n` is a boolean in YAML: such a slip shows here.
            for field in value["required"].as_array().into_iter().flatten() {
                let field = field.as_str().expect("a field's name");
                assert!(
                    value["properties"].get(field).is_some(),
                    "{field} is required and unknown"
                );
            }
            match value {
                Value::Object(fields) => open.extend(fields.values()),
                Value::Array(items) => open.extend(items),
                _ => {}
            }
        }
    }
}
