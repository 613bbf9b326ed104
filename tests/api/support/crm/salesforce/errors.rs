//! Salesforce's error bodies: a list, even of one.

use super::super::server::Reply;
use serde_json::{Value, json};

/// Why something was not done. In a list of results it is a part of the answer, elsewhere all of it.
#[derive(Debug)]
pub(super) struct Failure {
    status: u16,
    code: &'static str,
    message: String,
    /// The fields that are to blame; only errors of writes tell them.
    fields: Option<Vec<String>>,
}

impl Failure {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            fields: None,
        }
    }

    /// A write that is refused.
    pub(super) fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            fields: Some(Vec::new()),
            ..Self::new(400, code, message)
        }
    }

    pub(super) fn of_field(mut self, field: &str) -> Self {
        self.fields.get_or_insert_default().push(field.to_owned());
        self
    }

    pub(super) fn not_found() -> Self {
        Self::new(404, "NOT_FOUND", "The requested resource does not exist")
    }

    pub(super) fn not_json() -> Self {
        Self::bad("JSON_PARSER_ERROR", "Unexpected character at [line:1, column:1]")
    }

    /// A place in a query: the query with a mark under the place, and what is wrong there.
    pub(super) fn at(soql: &str, place: usize, code: &'static str, message: &str) -> Self {
        let column = soql[..place.min(soql.len())].chars().count() + 1;
        let mark = " ".repeat(column - 1);
        Self::new(
            400,
            code,
            format!("\n{soql}\n{mark}^\nERROR at Row:1:Column:{column}\n{message}"),
        )
    }

    /// As one of the errors of a result in a list of results.
    pub(super) fn in_result(&self) -> Value {
        let fields = self.fields.as_deref().unwrap_or_default();
        json!({ "statusCode": self.code, "message": self.message, "fields": fields })
    }
}

impl From<Failure> for Reply {
    fn from(failure: Failure) -> Self {
        let mut one = json!({ "errorCode": failure.code, "message": failure.message });
        if let Some(fields) = failure.fields {
            one["fields"] = json!(fields);
        }
        Reply::new(failure.status, json!([one]))
    }
}

/// What is said when the request was refused without being looked at.
pub(super) fn unavailable(status: u16) -> Reply {
    let (code, message) = match status {
        403 => ("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
        429 => (
            "REQUEST_LIMIT_EXCEEDED",
            "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
        ),
        503 => ("SERVER_UNAVAILABLE", "Server is unavailable or too busy."),
        _ => ("UNKNOWN_EXCEPTION", "An unexpected error occurred."),
    };
    Failure::new(status, code, message).into()
}
