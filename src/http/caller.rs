//! Extractors that carry authority: a handler's signature says who may call it.

use super::{Served, error::ApiError};
use crate::{assistant, caller::Caller};
use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};

/// Someone of the vendor's own people.
#[derive(Debug, Clone)]
pub(super) struct Staff {
    /// What their token is called in the settings.
    pub(super) name: String,
}

impl FromRequestParts<Served> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, served: &Served) -> Result<Self, ApiError> {
        let claims = served.identities.partner(bearer(parts)?)?;
        let caller = assistant::caller(served.app.crm.as_ref(), &claims.partner_id, &claims.sub).await;
        let unknown = || ApiError::unauthorized("partner_unknown", "The token's partner is not in the CRM.");
        caller?.ok_or_else(unknown)
    }
}

impl FromRequestParts<Served> for Staff {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, served: &Served) -> Result<Self, ApiError> {
        let name = served.identities.staff(bearer(parts)?);
        let refused = || ApiError::unauthorized("staff_only", "This needs a staff token.");
        Ok(Self {
            name: name.ok_or_else(refused)?.to_owned(),
        })
    }
}

pub(super) fn bearer(parts: &Parts) -> Result<&str, ApiError> {
    let value = parts
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let token = value
        .and_then(|value| value.strip_prefix("Bearer "))
        .map(str::trim);
    token.filter(|token| !token.is_empty()).ok_or_else(|| {
        ApiError::unauthorized(
            "token_missing",
            "Sign in: send `Authorization: Bearer` with the portal's token.",
        )
    })
}
