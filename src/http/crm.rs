//! `POST /api/crm/…`: the CRM tells of changes, and what is kept of its records is no longer taken for current. Nothing
//! of what it tells is believed but that.

use super::{Served, caller::bearer, error::ApiError};
use crate::crm::hubspot::Delivery;
use axum::{
    Json, Router,
    extract::{FromRequestParts, OriginalUri, State},
    http::{HeaderMap, StatusCode, header::HOST, request::Parts},
    routing::post,
};
use jiff::Timestamp;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Whoever knows the secret for changes.
struct Teller;

impl FromRequestParts<Served> for Teller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, served: &Served) -> Result<Self, ApiError> {
        match served.identities.tells_changes(bearer(parts)?) {
            Some(true) => Ok(Self),
            Some(false) => Err(ApiError::unauthorized(
                "teller_only",
                "This needs the secret of `crm.changes_secret`.",
            )),
            None => Err(ApiError::not_found("There is nothing at this address.")),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Changes {
    /// The CRM's names of what has changed; none: anything may have.
    #[serde(default)]
    objects: Vec<String>,
}

/// Of an event as HubSpot tells it, what says where it happened.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    subscription_type: Option<String>,
}

pub(super) fn router() -> Router<Served> {
    Router::new()
        .route("/api/crm/changes", post(changes))
        .route("/api/crm/hubspot", post(hubspot))
}

async fn changes(
    State(served): State<Served>,
    _: Teller,
    Json(told): Json<Changes>,
) -> Result<StatusCode, ApiError> {
    let objects: BTreeSet<Option<&str>> = told.objects.iter().map(|object| Some(object.as_str())).collect();
    forget(&served, objects).await;
    Ok(StatusCode::NO_CONTENT)
}

async fn hubspot(
    State(served): State<Served>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: String,
) -> Result<StatusCode, ApiError> {
    let Some(secret) = &served.app.settings.crm.hubspot.client_secret else {
        return Err(ApiError::not_found("There is nothing at this address."));
    };
    let of = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let path = uri.path_and_query().map_or("", |path| path.as_str());
    // Behind a proxy the scheme cannot be told from here; the signature tells.
    let is_genuine = ["https", "http"].iter().any(|scheme| {
        let delivery = Delivery {
            url: &format!("{scheme}://{}{path}", of(HOST.as_str())),
            body: &body,
            timestamp: of("x-hubspot-request-timestamp"),
            signature: of("x-hubspot-signature-v3"),
        };
        delivery.is_genuine(secret, Timestamp::now())
    });
    if !is_genuine {
        return Err(ApiError::unauthorized(
            "not_signed",
            "This is not signed by HubSpot, or long ago.",
        ));
    }
    let events: Vec<Event> = serde_json::from_str(&body).unwrap_or_default();
    // `deal.propertyChange` is about deals; an object without a name of its own may be any.
    let named = events
        .iter()
        .map(|event| event.subscription_type.as_deref()?.split_once('.'));
    let objects = named.map(|named| match named?.0 {
        "deal" => Some("deals"),
        "company" => Some("companies"),
        _ => None,
    });
    forget(&served, objects.collect()).await;
    Ok(StatusCode::NO_CONTENT)
}

async fn forget(served: &Served, objects: BTreeSet<Option<&str>>) {
    if objects.is_empty() || objects.contains(&None) {
        return served.app.crm.changed(None).await;
    }
    for object in objects {
        served.app.crm.changed(object).await;
    }
}
