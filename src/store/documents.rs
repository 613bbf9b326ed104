//! The catalog of documents: what ingestion needs to be incremental, and what staff sees.

use super::{Store, now};
use async_trait::async_trait;
use liaison_ingest::pipeline::{Catalog, CatalogError, Entry};
use liaison_knowledge::{DocumentId, DocumentRecord, Validity};
use serde::Serialize;
use sqlx::{Row, sqlite::SqliteRow};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

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
    /// How many passages are searchable.
    pub passages: i64,
    /// When it was taken in, ISO 8601, UTC.
    pub ingested_at: String,
    /// `searchable`, or `failed` when the newest version could not be taken in.
    pub status: &'static str,
    /// Why it failed.
    pub reason: Option<String>,
}

impl Store {
    /// Every document, by path.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn documents(&self) -> Result<Vec<CataloguedDocument>, sqlx::Error> {
        let rows = sqlx::query("SELECT * FROM documents ORDER BY path")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(shown).collect()
    }
}

fn shown(row: &SqliteRow) -> Result<CataloguedDocument, sqlx::Error> {
    let reason: Option<String> = row.try_get("failure")?;
    Ok(CataloguedDocument {
        id: row.try_get("id")?,
        path: row.try_get("path")?,
        title: row.try_get("title")?,
        audience: row.try_get("audience")?,
        effective_from: row.try_get("effective_from")?,
        effective_until: row.try_get("effective_until")?,
        passages: row.try_get("passages")?,
        ingested_at: row.try_get("ingested_at")?,
        status: if reason.is_some() { "failed" } else { "searchable" },
        reason,
    })
}

#[async_trait]
impl Catalog for Store {
    async fn under(&self, path: &Path) -> Result<Vec<Entry>, CatalogError> {
        let exact = path.to_string_lossy().into_owned();
        let below = format!("{exact}{MAIN_SEPARATOR}");
        // substr instead of LIKE: paths may hold % and _.
        let rows =
            sqlx::query("SELECT * FROM documents WHERE source = $1 OR substr(source, 1, length($2)) = $2")
                .bind(exact)
                .bind(below)
                .fetch_all(&self.pool)
                .await
                .map_err(failed)?;
        rows.iter().map(entry).collect::<Result<_, _>>().map_err(failed)
    }

    async fn record(&self, entries: Vec<Entry>) -> Result<(), CatalogError> {
        let mut transaction = self.pool.begin().await.map_err(failed)?;
        let at = now();
        for entry in entries {
            let record = entry.record;
            sqlx::query(
                "INSERT INTO documents (id, source, path, title, audience, effective_from, effective_until, \
                 language, fingerprint, passages, failure, ingested_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
                 ON CONFLICT (id) DO UPDATE SET path = excluded.path, title = excluded.title, \
                 audience = excluded.audience, effective_from = excluded.effective_from, \
                 effective_until = excluded.effective_until, language = excluded.language, \
                 fingerprint = excluded.fingerprint, passages = excluded.passages, \
                 failure = excluded.failure, ingested_at = excluded.ingested_at",
            )
            .bind(record.id.0.to_string())
            .bind(entry.source.to_string_lossy().into_owned())
            .bind(record.path)
            .bind(record.title)
            .bind(record.audience.to_string())
            .bind(record.validity.from.map(|day| day.to_string()))
            .bind(record.validity.until.map(|day| day.to_string()))
            .bind(record.language)
            .bind(entry.fingerprint)
            .bind(i64::from(entry.passages))
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
    let id: String = row.try_get("id")?;
    let audience: String = row.try_get("audience")?;
    let passages: i64 = row.try_get("passages")?;
    Ok(Entry {
        record: DocumentRecord {
            id: DocumentId(id.parse().map_err(decode)?),
            path: row.try_get("path")?,
            title: row.try_get("title")?,
            audience: audience.parse().map_err(decode)?,
            validity: Validity {
                from: day("effective_from")?,
                until: day("effective_until")?,
            },
            language: row.try_get("language")?,
        },
        source: PathBuf::from(row.try_get::<String, _>("source")?),
        fingerprint: row.try_get("fingerprint")?,
        passages: u32::try_from(passages).unwrap_or_default(),
        failure: row.try_get("failure")?,
    })
}

fn decode(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

fn failed(error: sqlx::Error) -> CatalogError {
    CatalogError(error.to_string())
}
