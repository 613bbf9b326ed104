//! The demo's sample portal: a page that embeds the widget, and the back end that signs its partners in. Served
//! in demo mode only, because it signs in whoever asks.

use super::{Served, assets, error::ApiError, identity, partners};
use crate::assistant;
use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::HeaderMap,
    response::Response,
    routing::get,
};
use jiff::SignedDuration;
use rust_embed::Embed;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Embed)]
#[folder = "web/portal"]
struct Portal;

#[derive(Debug, Deserialize)]
struct Wanted {
    partner: String,
}

pub(super) fn router() -> Router<Served> {
    Router::new()
        .route(
            "/portal/",
            get(async |headers: HeaderMap| file("index.html", &headers)),
        )
        .route("/portal/partners", get(partners::list))
        .route("/portal/token", get(token))
        .route(
            "/portal/{file}",
            get(async |Path(name): Path<String>, headers: HeaderMap| file(&name, &headers)),
        )
}

fn file(name: &str, headers: &HeaderMap) -> Result<Response, ApiError> {
    let file = Portal::get(name).ok_or_else(|| ApiError::not_found("There is no such page."))?;
    Ok(assets::served(&file, false, headers))
}

async fn token(State(served): State<Served>, Query(wanted): Query<Wanted>) -> Result<Json<Value>, ApiError> {
    let crm = served.app.crm.as_ref();
    let known = assistant::caller(crm, &wanted.partner, "portal").await?;
    let caller = known.ok_or_else(|| ApiError::not_found("There is no such sample partner."))?;
    let token = identity::sign_for_development(
        &served.app.home,
        &caller.partner.id,
        SignedDuration::from_mins(10),
    );
    let token = token.map_err(|error| ApiError::internal(error.as_ref()))?;
    Ok(Json(json!({ "token": token })))
}
