//! The catalog of documents: what ingestion needs to be incremental, and what staff sees.

use super::{Store, decode, now};
use async_trait::async_trait;
use liaison_ingest::catalog::{Care, Catalog, CatalogError, Entry};
use liaison_knowledge::{AudienceSpec, DocumentId, DocumentRecord, Validity};
use serde::Serialize;
use sqlx::{Row, sqlite::SqliteRow};
use std::path::{Path, PathBuf};

/// A document as staff sees it.
#[derive(Debug, Clone, Serialize)]
pub struct CataloguedDocument {
    /// Its id.
    pub id: String,
    /// Relative to the folder it was ingested from.
    pub path: String,
    /// Its title.
    pub title: String,
    /// Who may see it, as a spec.
    pub audience: String,
    /// First day in force, ISO.
    pub effective_from: Option<String>,
    /// First day no longer in force, ISO.
    pub effective_until: Option<String>,
    /// First day on which a successor takes its place, ISO.
    pub superseded_from: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The day by which somebody should look it over, ISO.
    pub review_by: Option<String>,
    /// How many passages are searchable.
    pub passages: i64,
    /// When it was taken in, ISO 8601, UTC.
    pub ingested_at: String,
    /// `searchable`, or `failed` when the newest version could not be taken in.
    pub status: &'static str,
    /// Why it failed.
    pub reason: Option<String>,
    /// Paths of the documents it replaces.
    pub supersedes: Vec<String>,
    /// What was left out or repaired when it was read.
    pub notices: Vec<String>,
    /// Whether it lies in the folder of uploads.
    pub is_upload: bool,
}

impl Store {
    /// Every document, by path; `uploads` is the folder of uploads.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn documents(&self, uploads: &Path) -> Result<Vec<CataloguedDocument>, sqlx::Error> {
        let rows = sqlx::query("SELECT * FROM documents ORDER BY path")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| shown(row, uploads)).collect()
    }
}

fn shown(row: &SqliteRow, uploads: &Path) -> Result<CataloguedDocument, sqlx::Error> {
    let reason: Option<String> = row.try_get("failure")?;
    Ok(CataloguedDocument {
        id: row.try_get("id")?,
        path: row.try_get("path")?,
        title: row.try_get("title")?,
        audience: row.try_get("audience")?,
        effective_from: row.try_get("effective_from")?,
        effective_until: row.try_get("effective_until")?,
        superseded_from: row.try_get("superseded_from")?,
        owner: row.try_get("owner")?,
        review_by: row.try_get("review_by")?,
        passages: row.try_get("passages")?,
        ingested_at: row.try_get("ingested_at")?,
        status: if reason.is_some() { "failed" } else { "searchable" },
        reason,
        supersedes: strings(row, "supersedes")?,
        notices: strings(row, "notices")?,
        is_upload: Path::new(row.try_get::<&str, _>("source")?).starts_with(uploads),
    })
}

/// A document comes from one place: what was known of that place is replaced.
const RECORD: &str = "INSERT INTO documents (id, source, path, title, audience, effective_from, effective_until, language, \
     given_audience, fingerprint, contents, passages, owner, review_by, supersedes, notices, superseded_from, \
     failure, ingested_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) \
     ON CONFLICT (id) DO UPDATE SET path = excluded.path, title = excluded.title, \
     audience = excluded.audience, effective_from = excluded.effective_from, \
     effective_until = excluded.effective_until, language = excluded.language, \
     given_audience = excluded.given_audience, fingerprint = excluded.fingerprint, \
     contents = excluded.contents, passages = excluded.passages, owner = excluded.owner, \
     review_by = excluded.review_by, supersedes = excluded.supersedes, notices = excluded.notices, \
     superseded_from = excluded.superseded_from, failure = excluded.failure, \
     ingested_at = excluded.ingested_at";

#[async_trait]
impl Catalog for Store {
    async fn all(&self) -> Result<Vec<Entry>, CatalogError> {
        let rows = sqlx::query("SELECT * FROM documents").fetch_all(&self.pool).await;
        let rows = rows.map_err(failed)?;
        rows.iter().map(entry).collect::<Result<_, _>>().map_err(failed)
    }

    async fn record(&self, entries: Vec<Entry>) -> Result<(), CatalogError> {
        let mut transaction = self.pool.begin().await.map_err(failed)?;
        let at = now();
        for entry in entries {
            let record = entry.record;
            sqlx::query(RECORD)
                .bind(record.id.0.to_string())
                .bind(entry.source.to_string_lossy().into_owned())
                .bind(record.path)
                .bind(record.title)
                .bind(record.audience.to_string())
                .bind(record.validity.from.map(|day| day.to_string()))
                .bind(record.validity.until.map(|day| day.to_string()))
                .bind(record.language)
                .bind(entry.given_audience.to_string())
                .bind(entry.fingerprint)
                .bind(entry.contents)
                .bind(i64::from(entry.passages))
                .bind(entry.care.owner)
                .bind(entry.care.review_by.map(|day| day.to_string()))
                .bind(serde_json::json!(entry.care.supersedes).to_string())
                .bind(serde_json::json!(entry.notices).to_string())
                .bind(entry.superseded_from.map(|day| day.to_string()))
                .bind(entry.failure)
                .bind(&at)
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)
    }

    async fn forget(&self, documents: Vec<DocumentId>) -> Result<(), CatalogError> {
        for document in documents {
            sqlx::query("DELETE FROM documents WHERE id = $1")
                .bind(document.0.to_string())
                .execute(&self.pool)
                .await
                .map_err(failed)?;
        }
        Ok(())
    }
}

fn entry(row: &SqliteRow) -> Result<Entry, sqlx::Error> {
    let day = |column: &str| -> Result<Option<jiff::civil::Date>, sqlx::Error> {
        let text: Option<String> = row.try_get(column)?;
        text.map(|text| text.parse()).transpose().map_err(decode)
    };
    let audience = |column: &str| -> Result<AudienceSpec, sqlx::Error> {
        row.try_get::<String, _>(column)?.parse().map_err(decode)
    };
    let id: String = row.try_get("id")?;
    let passages: i64 = row.try_get("passages")?;
    Ok(Entry {
        record: DocumentRecord {
            id: DocumentId(id.parse().map_err(decode)?),
            path: row.try_get("path")?,
            title: row.try_get("title")?,
            audience: audience("audience")?,
            validity: Validity {
                from: day("effective_from")?,
                until: day("effective_until")?,
            },
            language: row.try_get("language")?,
        },
        source: PathBuf::from(row.try_get::<String, _>("source")?),
        given_audience: audience("given_audience")?,
        fingerprint: row.try_get("fingerprint")?,
        contents: row.try_get("contents")?,
        passages: u32::try_from(passages).unwrap_or_default(),
        care: Care {
            owner: row.try_get("owner")?,
            review_by: day("review_by")?,
            supersedes: strings(row, "supersedes")?,
        },
        notices: strings(row, "notices")?,
        superseded_from: day("superseded_from")?,
        failure: row.try_get("failure")?,
    })
}

fn strings(row: &SqliteRow, column: &str) -> Result<Vec<String>, sqlx::Error> {
    serde_json::from_str(&row.try_get::<String, _>(column)?).map_err(decode)
}

fn failed(error: sqlx::Error) -> CatalogError {
    CatalogError(error.to_string())
}
