//! What the service remembers between two requests, in its database.

mod conversations;
mod documents;
mod gaps;
mod handoffs;
mod jobs;
mod names;
mod requests;

pub use conversations::{Exchange, Listed, NewExchange, Owner, Replayed};
pub use documents::CataloguedDocument;
pub use gaps::{GapState, KeptGap, Unanswered};
pub use handoffs::{Channel, Delivered, Delivery, Entry, Handoff, HandoffState, Kind, NewEntry, NewHandoff};
pub use jobs::{Job, State};
pub use requests::{Assigned, Event, EventKind, NewRequest, Request, RequestState};

use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::path::Path;

/// The service's own tables. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pool: SqlitePool,
}

impl Store {
    /// Opens (or makes) the database and brings its schema up to date.
    ///
    /// # Errors
    /// When the file is no database, the disk is full, or a migration fails.
    pub async fn open(path: &Path) -> Result<Self, sqlx::Error> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // With a write-ahead log, NORMAL survives a crash of the process and of the machine undamaged.
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true);
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options)
            .await?;
        sqlx::migrate!().run(&pool).await?;
        Ok(Self { pool })
    }

    /// The database, for the parts that keep other tables in it.
    #[must_use]
    pub fn pool(&self) -> &SqlitePool {
        &self.pool
    }
}

/// A moment as the tables write it, and as it is shown: ISO 8601, UTC.
pub(crate) fn moment(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Now, as the tables write it.
fn now() -> String {
    moment(jiff::Timestamp::now())
}

/// A column that does not hold what it should.
fn decode(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}
