//! `GET /api/partners`: the partners of the CRM, for staff.

use super::{Served, caller::Staff, error::ApiError};
use crate::crm::Partner;
use axum::{Json, Router, extract::State, routing::get};
use serde_json::{Value, json};

pub(super) fn router() -> Router<Served> {
    Router::new().route("/api/partners", get(async |_: Staff, served| list(served).await))
}

/// All partners, by name: what staff sees, and the demo's portal.
pub(super) async fn list(State(served): State<Served>) -> Result<Json<Vec<Value>>, ApiError> {
    let partners = served.app.crm.partners().await?;
    Ok(Json(partners.iter().map(listed).collect()))
}

/// A partner as a list shows it, here and on the command line.
pub(crate) fn listed(partner: &Partner) -> Value {
    json!({
        "id": partner.id, "name": partner.name, "tier": partner.tier, "type": partner.kind,
        "region": partner.region,
    })
}
