//! HubSpot's error bodies.

use super::super::server::Reply;
use serde_json::{Value, json};
use uuid::Uuid;

/// An error of a category. `more` is merged into the body: `errors`, `context` and the like.
pub(super) fn error(status: u16, category: &str, message: &str, more: Value) -> Reply {
    let mut body = json!({
        "status": "error", "message": message, "correlationId": Uuid::new_v4().to_string(), "category": category,
    });
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    Reply::new(status, body)
}

pub(super) fn invalid(message: &str) -> Reply {
    error(400, "VALIDATION_ERROR", message, Value::Null)
}

/// A body that is no JSON, or not of the right shape.
pub(super) fn bad_json(what: &str) -> Reply {
    invalid(&format!("Invalid input JSON on line 1, column 1: {what}"))
}

pub(super) fn resource_not_found() -> Reply {
    error(404, "OBJECT_NOT_FOUND", "resource not found", Value::Null)
}

pub(super) fn unknown_type(name: &str) -> Reply {
    invalid(&format!("Unable to infer object type from: {name}"))
}

/// What is wrong with values of a write, each with its code: one error that lists all.
pub(super) struct Wrong {
    pub(super) property: String,
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Wrong {
    pub(super) fn new(property: &str, code: &'static str, message: String) -> Self {
        let property = property.to_owned();
        Self {
            property,
            code,
            message,
        }
    }

    /// The same for a property that the object does not have.
    pub(super) fn unknown(property: &str) -> Self {
        let message = format!("Property \"{property}\" does not exist");
        Self::new(property, "PROPERTY_DOESNT_EXIST", message)
    }
}

pub(super) fn wrong_values(wrong: &[Wrong]) -> Reply {
    let told: Vec<Value> = wrong
        .iter()
        .map(|one| {
            json!({
                "isValid": false, "message": one.message, "error": one.code, "name": one.property,
                "localizedErrorMessage": one.message,
            })
        })
        .collect();
    let message = format!("Property values were not valid: {}", Value::from(told));
    error(400, "VALIDATION_ERROR", &message, details(wrong))
}

/// A search that names properties that the object does not have.
pub(super) fn wrong_search(wrong: &[Wrong]) -> Reply {
    let message = "There was a problem with the request.";
    error(400, "VALIDATION_ERROR", message, details(wrong))
}

fn details(wrong: &[Wrong]) -> Value {
    let errors: Vec<Value> = wrong
        .iter()
        .map(|one| {
            let context = json!({ "propertyName": [one.property] });
            json!({ "message": one.message, "code": one.code, "context": context })
        })
        .collect();
    json!({ "errors": errors })
}

/// A limit that was reached. Only the ten-secondly one and that of searches pass by waiting a little.
pub(super) fn limited(policy: &str) -> Reply {
    let message = format!("You have reached your {} limit.", policy.to_lowercase());
    let more = json!({ "errorType": "RATE_LIMIT", "policyName": policy });
    error(429, "RATE_LIMITS", &message, more)
}

/// What is said when the request was refused without being looked at.
pub(super) fn unavailable(status: u16, search: bool) -> Reply {
    match status {
        429 if search => limited("SECONDLY"),
        429 => limited("TEN_SECONDLY_ROLLING"),
        503 => error(
            503,
            "SERVICE_UNAVAILABLE",
            "Service is temporarily unavailable",
            Value::Null,
        ),
        _ => error(status, "INTERNAL_ERROR", "internal error", Value::Null),
    }
}
