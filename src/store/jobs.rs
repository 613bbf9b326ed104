//! What is on its way into the knowledge, so that a restarted service goes on with it.

use super::{Store, now};
use liaison_knowledge::AudienceSpec;
use serde::Serialize;
use sqlx::{Row, sqlite::SqliteRow};
use std::path::PathBuf;
use uuid::Uuid;

/// A file or folder on its way into the knowledge.
#[derive(Debug, Clone, Serialize)]
pub struct Job {
    /// Its id.
    pub id: Uuid,
    /// As shown.
    pub path: String,
    /// Where it lies.
    #[serde(skip)]
    pub source: PathBuf,
    /// For documents that do not say who they are for.
    #[serde(skip)]
    pub audience: AudienceSpec,
    /// The file's length; a folder has none.
    pub bytes: Option<i64>,
    /// How far it is.
    pub state: State,
    /// Why it failed, or what of a folder did.
    pub reason: Option<String>,
    /// When it was given, ISO 8601, UTC.
    pub created_at: String,
    /// When its state last changed, ISO 8601, UTC.
    pub updated_at: String,
}

impl Job {
    /// A job that waits for its turn.
    #[must_use]
    pub fn new(id: Uuid, path: String, source: PathBuf, audience: &AudienceSpec, bytes: Option<u64>) -> Self {
        let at = now();
        Self {
            id,
            path,
            source,
            audience: audience.clone(),
            bytes: bytes.map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX)),
            state: State::Queued,
            reason: None,
            created_at: at.clone(),
            updated_at: at,
        }
    }
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It waits for its turn.
    Queued,
    /// A child process reads it.
    Reading,
    /// It is parted into passages.
    Splitting,
    /// Its passages go through the model.
    Embedding,
    /// Partners find it.
    Searchable,
    /// It could not be taken in.
    Failed,
    /// Somebody took it back.
    Cancelled,
}

impl State {
    /// Whether nothing more will happen to it.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Searchable | Self::Failed | Self::Cancelled)
    }

    /// As tables and JSON have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Reading => "reading",
            Self::Splitting => "splitting",
            Self::Embedding => "embedding",
            Self::Searchable => "searchable",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Finished jobs that are kept for the list.
const KEPT: i64 = 100;

impl Store {
    /// Adds a job, and forgets the oldest finished ones.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_job(&self, job: &Job) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO jobs (id, path, source, audience, bytes, state, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(job.id.to_string())
        .bind(&job.path)
        .bind(job.source.to_string_lossy().into_owned())
        .bind(job.audience.to_string())
        .bind(job.bytes)
        .bind(job.state.name())
        .bind(&job.created_at)
        .bind(&job.updated_at)
        .execute(&self.pool)
        .await?;
        sqlx::query(
            "DELETE FROM jobs WHERE state IN ('searchable', 'failed', 'cancelled') AND id NOT IN \
             (SELECT id FROM jobs ORDER BY created_at DESC LIMIT $1)",
        )
        .bind(KEPT)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Moves a job on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn move_job(&self, id: Uuid, state: State, reason: Option<&str>) -> Result<(), sqlx::Error> {
        sqlx::query("UPDATE jobs SET state = $1, reason = $2, updated_at = $3 WHERE id = $4")
            .bind(state.name())
            .bind(reason)
            .bind(now())
            .bind(id.to_string())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// All jobs, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn jobs(&self) -> Result<Vec<Job>, sqlx::Error> {
        let rows = sqlx::query("SELECT * FROM jobs ORDER BY created_at DESC, id")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(job).collect()
    }

    /// One job.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn job(&self, id: Uuid) -> Result<Option<Job>, sqlx::Error> {
        let row = sqlx::query("SELECT * FROM jobs WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(job).transpose()
    }
}

fn job(row: &SqliteRow) -> Result<Job, sqlx::Error> {
    let state: String = row.try_get("state")?;
    let state = serde_json::from_value(state.into()).map_err(super::decode)?;
    Ok(Job {
        id: row.try_get::<String, _>("id")?.parse().map_err(super::decode)?,
        path: row.try_get("path")?,
        source: PathBuf::from(row.try_get::<String, _>("source")?),
        audience: row
            .try_get::<String, _>("audience")?
            .parse()
            .map_err(super::decode)?,
        bytes: row.try_get("bytes")?,
        state,
        reason: row.try_get("reason")?,
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
    })
}
