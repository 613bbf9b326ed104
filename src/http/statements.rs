//! `GET /api/statements/{file}`: a partner's own statement of a period, as a file to keep: CSV or PDF.

use super::{Served, error::ApiError};
use crate::{
    app::App,
    caller::Caller,
    crm::Age,
    statement::sheet::{self, Sheet},
};
use axum::{
    Router,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use jiff::Timestamp;

pub(super) fn router() -> Router<Served> {
    Router::new().route("/api/statements/{file}", get(download))
}

/// In what form a statement is.
#[derive(Debug, Clone, Copy)]
enum Form {
    /// For spreadsheets.
    Csv,
    /// To read, print and keep.
    Pdf,
}

impl Form {
    /// The name of a period and the form, from a file's name.
    fn of(file: &str) -> Option<(&str, Self)> {
        let forms = [Self::Csv, Self::Pdf];
        forms.into_iter().find_map(|form| {
            let name = file.strip_suffix(form.extension())?;
            Some((name, form))
        })
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Csv => ".csv",
            Self::Pdf => ".pdf",
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Pdf => "application/pdf",
        }
    }

    /// The file's bytes.
    fn write(self, sheet: &Sheet<'_>, app: &App) -> Result<Vec<u8>, ApiError> {
        let (vendor, zone) = (&app.settings.program.vendor, &app.assistant.time_zone);
        match self {
            Self::Csv => sheet.csv().map_err(|error| ApiError::internal(&error)),
            Self::Pdf => sheet
                .pdf(vendor, zone)
                .map_err(|error| ApiError::internal(&error)),
        }
    }
}

/// The file's name says which period, and in what form: `2026-10.csv`, `2026-q3.pdf`, `2026.csv`.
async fn download(
    State(served): State<Served>,
    caller: Caller,
    Path(file): Path<String>,
) -> Result<Response, ApiError> {
    let app = served.app;
    let (name, form) = Form::of(&file).ok_or_else(no_such)?;
    let start = app.settings.program.fiscal_year_start;
    let period = sheet::period(name, app.assistant.today(), start).ok_or_else(no_such)?;
    let records = app.assistant.records(&caller.partner);
    let (deals, commissions) = tokio::try_join!(records.opportunities(), records.commissions())?;
    let age = records.age().unwrap_or_else(|| Age {
        as_of: Timestamp::now(),
        is_down: false,
    });
    // A period's name is of digits, a dash and a `q`: it can stand in a header as it is.
    let (name, extension) = (name.to_lowercase(), form.extension());
    let disposition = format!("attachment; filename=\"statement-{name}{extension}\"");
    // A year's pages take a while: not where others are answered.
    let body = tokio::task::spawn_blocking(move || {
        let plan = app.assistant.plan.as_ref();
        let sheet = Sheet::of(period, plan, &caller.partner, &deals, &commissions, age);
        form.write(&sheet, &app)
    });
    let body = body.await.map_err(|error| ApiError::internal(&error))??;
    let headers = [
        (header::CONTENT_TYPE, form.content_type().to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, body).into_response())
}

fn no_such() -> ApiError {
    ApiError::not_found("There is no such statement: ask for one like 2026-10.csv, 2026-q3.pdf or 2026.csv.")
}
