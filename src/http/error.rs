//! One error shape: `{"error":{"code","message","request_id"}}` with a fitting status; under `/v1/` with the fields that
//! clients of OpenAI's protocol look for.

use crate::{conversation::ConversationError, crm::CrmError};
use axum::{
    Json,
    extract::{Request, rejection::JsonRejection},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// What a handler says when it cannot do what was asked.
#[derive(Debug, Clone)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// What is wrong with which field of a form; null where there is none.
    fields: Value,
}

impl ApiError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            fields: Value::Null,
        }
    }

    /// A form whose fields cannot be taken: a sentence for each that is wrong.
    pub(super) fn unprocessable(code: &'static str, message: &str, fields: Value) -> Self {
        Self {
            fields,
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message)
        }
    }

    pub(super) fn unauthorized(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, message)
    }

    pub(super) fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// Not as things are now.
    pub(super) fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, message)
    }

    pub(super) fn too_large(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, code, message)
    }

    pub(super) fn no_room(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::INSUFFICIENT_STORAGE, code, message)
    }

    /// Not there, or not for this caller: the two are not told apart.
    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// Ours to mend: the cause goes to the log, once, here.
    pub(super) fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error, "request failed");
        let message = "Something went wrong on our side; please try again.".to_owned();
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message)
    }

    pub(super) fn code(&self) -> &'static str {
        self.code
    }

    pub(super) fn message(&self) -> &str {
        &self.message
    }

    fn body(&self, request_id: &str) -> Value {
        let mut body =
            json!({ "error": { "code": self.code, "message": self.message, "request_id": request_id } });
        if !self.fields.is_null() {
            body["error"]["fields"] = self.fields.clone();
        }
        body
    }

    /// The body, as clients of OpenAI's protocol read it.
    pub(super) fn openai(&self, request_id: &str) -> Value {
        let kind = match self.status.as_u16() {
            401 => "authentication_error",
            400..=499 => "invalid_request_error",
            _ => "server_error",
        };
        let mut body = self.body(request_id);
        body["error"]["type"] = kind.into();
        body["error"]["param"] = Value::Null;
        body
    }
}

impl From<ConversationError> for ApiError {
    fn from(error: ConversationError) -> Self {
        match error {
            ConversationError::NotYours => Self::not_found("There is no such conversation."),
            other => Self::internal(&other),
        }
    }
}

impl From<CrmError> for ApiError {
    fn from(error: CrmError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "the CRM gave no answer");
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "crm_unavailable",
            format!("Please try again later: {}.", error.told()),
        )
    }
}

impl From<JsonRejection> for ApiError {
    fn from(error: JsonRejection) -> Self {
        if error.status() != StatusCode::PAYLOAD_TOO_LARGE {
            return Self::bad_request("bad_body", error.body_text());
        }
        Self::too_large("body_too_large", "The request's body is larger than 64 KiB.")
    }
}

impl From<sqlx::Error> for ApiError {
    fn from(error: sqlx::Error) -> Self {
        Self::internal(&error)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Gives an [`ApiError`] its body: only out here is the request's id known.
pub(super) async fn with_request_id(request: Request, next: Next) -> Response {
    let id = request
        .headers()
        .get("x-request-id")
        .and_then(|id| id.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let is_openai = request.uri().path().starts_with("/v1/");
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<ApiError>() {
        Some(error) if is_openai => (error.status, Json(error.openai(&id))).into_response(),
        Some(error) => (error.status, Json(error.body(&id))).into_response(),
        None => response,
    }
}

pub(super) async fn not_found() -> ApiError {
    ApiError::not_found("There is nothing at this address.")
}
