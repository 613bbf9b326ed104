//! `GET /api/statements/{file}`: a partner's own statement of a period, as a file to keep.

use super::{Served, error::ApiError};
use crate::{
    caller::Caller,
    statement::sheet::{self, Sheet},
};
use axum::{
    Router,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};

pub(super) fn router() -> Router<Served> {
    Router::new().route("/api/statements/{file}", get(download))
}

/// The file's name says which period, and in what form: `2026-10.csv`, `2026-q3.csv`, `2026.csv`.
async fn download(
    State(served): State<Served>,
    caller: Caller,
    Path(file): Path<String>,
) -> Result<Response, ApiError> {
    let app = &served.app;
    let name = file.strip_suffix(".csv").ok_or_else(no_such)?;
    let start = app.settings.program.fiscal_year_start;
    let period = sheet::period(name, app.assistant.today(), start).ok_or_else(no_such)?;
    let records = app.assistant.records(&caller.partner);
    let (deals, commissions) = tokio::try_join!(records.opportunities(), records.commissions())?;
    let plan = app.assistant.plan.as_ref();
    let mut sheet = Sheet::of(period, plan, &caller.partner, &deals, &commissions);
    sheet.date(records.age());
    let body = sheet.csv().map_err(|error| ApiError::internal(&error))?;
    // A period's name is of digits, a dash and a `q`: it can stand in a header as it is.
    let disposition = format!("attachment; filename=\"statement-{}.csv\"", name.to_lowercase());
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, body).into_response())
}

fn no_such() -> ApiError {
    ApiError::not_found("There is no such statement: ask for one like 2026-10.csv, 2026-q3.csv or 2026.csv.")
}
