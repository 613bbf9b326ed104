//! `POST /api/mail`: a mail as a gateway delivers it. The gateway signs in with its secret; which hand-over is meant
//! is in the address that the mail was sent to, which nobody can guess.

use super::{Served, caller::bearer, error::ApiError};
use crate::handoff::Incoming;
use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequestParts, State, rejection::BytesRejection},
    http::request::Parts,
    routing::post,
};
use serde_json::{Value, json};

/// Largest mail, in bytes: signatures bring pictures.
const LARGEST: usize = 10 << 20;

/// The vendor's mail gateway.
struct Gateway;

impl FromRequestParts<Served> for Gateway {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, served: &Served) -> Result<Self, ApiError> {
        match served.identities.is_gateway(bearer(parts)?) {
            Some(true) => Ok(Self),
            Some(false) => Err(ApiError::unauthorized(
                "gateway_only",
                "This needs the secret of the mail gateway.",
            )),
            None => Err(ApiError::not_found("There is nothing at this address.")),
        }
    }
}

pub(super) fn router() -> Router<Served> {
    Router::new().route("/api/mail", post(receive).layer(DefaultBodyLimit::max(LARGEST)))
}

async fn receive(
    State(served): State<Served>,
    _: Gateway,
    raw: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, ApiError> {
    let raw = raw.map_err(|_| ApiError::too_large("mail_too_large", "A mail may have at most 10 MiB."))?;
    let taken = match served.handoffs.receive(&raw).await? {
        Incoming::Reply { .. } => "reply",
        Incoming::Bounce(_) => "bounce",
        Incoming::Automatic => "automatic",
        Incoming::Again => "again",
    };
    Ok(Json(json!({ "taken": taken })))
}
