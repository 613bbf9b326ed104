//! The widget and the console: files of `web/dist`, inside the binary.

use super::{Served, error::ApiError};
use crate::hex::hex;
use axum::{
    Router,
    body::Body,
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use rust_embed::{Embed, EmbeddedFile};
use tower_http::compression::CompressionLayer;

#[derive(Embed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Dist;

/// Pages run their own scripts and styles only, and no string ever becomes markup.
pub(super) const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

pub(super) fn router() -> Router<Served> {
    Router::new()
        .route("/", get(async || Redirect::temporary("/ui/")))
        .route(
            "/widget.js",
            get(async |headers: HeaderMap| asset("widget.js", &headers)),
        )
        .route(
            "/ui/",
            get(async |headers: HeaderMap| asset("index.html", &headers)),
        )
        .route("/ui/{*path}", get(page))
        // Files only: an event stream must not wait for a compressor, and records stay out of compression that
        // tells their length.
        .layer(CompressionLayer::new())
}

async fn page(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, ApiError> {
    asset(&path, &headers)
}

/// Whether this binary carries the widget.
#[must_use]
pub fn widget_is_built() -> bool {
    Dist::get("widget.js").is_some()
}

fn asset(path: &str, headers: &HeaderMap) -> Result<Response, ApiError> {
    let not_built = "This binary was built without its web pages; build it with `make build`.";
    let missing = if widget_is_built() {
        "There is no such page."
    } else {
        not_built
    };
    let file = Dist::get(path).ok_or_else(|| ApiError::not_found(missing))?;
    Ok(served(&file, path.starts_with("assets/"), headers))
}

/// A file with its type and tag; hashed names never change, everything else is asked for again each time.
pub(super) fn served(file: &EmbeddedFile, immutable: bool, headers: &HeaderMap) -> Response {
    // Weak: the same file goes out compressed and not.
    let tag = format!("W/\"{}\"", hex(&file.metadata.sha256_hash()[..8]));
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|seen| seen == tag.as_str())
    {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let mime = file.metadata.mimetype();
    let mime = if mime.starts_with("text/") {
        format!("{mime}; charset=utf-8")
    } else {
        mime.to_owned()
    };
    let caching = if immutable {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let headers = [
        (header::CONTENT_TYPE, mime),
        (header::ETAG, tag),
        (header::CACHE_CONTROL, caching.to_owned()),
        (header::CONTENT_SECURITY_POLICY, PAGE_POLICY.to_owned()),
    ];
    (headers, Body::from(file.data.clone())).into_response()
}
