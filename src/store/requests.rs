//! What partners ask of the vendor, and what becomes of it. Every step is taken once: whoever comes second finds that the
//! state is another by now. Events are only ever added.

mod rows;

pub use rows::{Assigned, Event, EventKind, NewRequest, Request, RequestState};

use super::{
    Store, decode, moment,
    names::{name, named},
    now,
};
use crate::request::form::Form;
use jiff::{SignedDuration, Timestamp};
use sqlx::{
    Executor, Row, Sqlite,
    sqlite::{SqliteArguments, SqliteRow},
};
use uuid::Uuid;

/// What happened, who did it, and more about it.
type Taken<'a> = (EventKind, &'a str, &'a str);

/// Who did what nobody asked for.
const SERVICE: &str = "service";

type Update<'q> = sqlx::query::Query<'q, Sqlite, SqliteArguments>;

impl Store {
    /// Keeps proposals, all or none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn propose(&self, new: &[NewRequest<'_>]) -> Result<(), sqlx::Error> {
        let mut transaction = self.pool.begin().await?;
        for request in new {
            insert(&mut *transaction, request).await?;
            add(&mut *transaction, request.id, (EventKind::Proposed, SERVICE, "")).await?;
        }
        transaction.commit().await
    }

    /// The partner consents to exactly this form; `false` when the proposal is no longer one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn consent(&self, id: Uuid, form: &Form, by: &str) -> Result<bool, sqlx::Error> {
        let query = sqlx::query(
            "UPDATE requests SET state = 'confirmed', form = $2, confirmed_at = $3, next_attempt_at = $3 \
             WHERE id = $1 AND state = 'proposed' AND expires_at > $3",
        )
        .bind(id.to_string())
        .bind(json(form)?)
        .bind(now());
        self.step(id, query, (EventKind::Confirmed, by, "")).await
    }

    /// The partner does not want it; `false` when the proposal is no longer one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cancel(&self, id: Uuid, by: &str, why: &str) -> Result<bool, sqlx::Error> {
        let query =
            sqlx::query("UPDATE requests SET state = 'cancelled' WHERE id = $1 AND state = 'proposed'")
                .bind(id.to_string());
        self.step(id, query, (EventKind::Cancelled, by, why)).await
    }

    /// The CRM has it: it waits for a decision, or is done. `false` when that was noted before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn written(
        &self,
        id: Uuid,
        state: RequestState,
        findings: Option<&str>,
        assigned: &Assigned<'_>,
    ) -> Result<bool, sqlx::Error> {
        let query = sqlx::query(
            "UPDATE requests SET state = $2, findings = COALESCE($3, findings), submitted_at = $4, \
             assignee_name = $5, assignee_email = $6, due_at = $7, next_mail_at = $8, next_attempt_at = NULL \
             WHERE id = $1 AND state = 'confirmed'",
        )
        .bind(id.to_string())
        .bind(name(state)?)
        .bind(findings)
        .bind(now())
        .bind(assigned.name)
        .bind(assigned.email)
        .bind(assigned.due_at.map(moment))
        .bind(assigned.mail_at.map(moment));
        self.step(id, query, (EventKind::Written, SERVICE, "")).await
    }

    /// The CRM did not take it: it is tried again after `pause`. `why` is for the vendor's people.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn not_written(&self, id: Uuid, pause: SignedDuration, why: &str) -> Result<(), sqlx::Error> {
        let query = sqlx::query(
            "UPDATE requests SET attempts = attempts + 1, next_attempt_at = $2 WHERE id = $1 AND state = 'confirmed'",
        )
        .bind(id.to_string())
        .bind(moment(Timestamp::now() + pause));
        self.step(id, query, (EventKind::NotWritten, SERVICE, why))
            .await?;
        Ok(())
    }

    /// The vendor decides; `false` when it was decided before, or cannot be yet.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn decide(
        &self,
        id: Uuid,
        state: RequestState,
        by: &str,
        reason: &str,
    ) -> Result<bool, sqlx::Error> {
        let query = sqlx::query(
            "UPDATE requests SET state = $2, decided_at = $3, decided_by = $4, reason = $5, next_mail_at = NULL \
             WHERE id = $1 AND state = 'submitted'",
        )
        .bind(id.to_string())
        .bind(name(state)?)
        .bind(now())
        .bind(by)
        .bind(Some(reason).filter(|reason| !reason.is_empty()));
        let kind = match state {
            RequestState::Approved => EventKind::Approved,
            _ => EventKind::Rejected,
        };
        self.step(id, query, (kind, by, reason)).await
    }

    /// A mail was sent, or was not; the next one is due at `next`, if any.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mailed(
        &self,
        id: Uuid,
        sent: Result<&str, &str>,
        next: Option<Timestamp>,
    ) -> Result<(), sqlx::Error> {
        let query = sqlx::query(
            "UPDATE requests SET mails = mails + $2, mail_attempts = CASE $2 WHEN 1 THEN 0 ELSE mail_attempts + 1 END, \
             next_mail_at = $3 WHERE id = $1",
        )
        .bind(id.to_string())
        .bind(i64::from(sent.is_ok()))
        .bind(next.map(moment));
        let (kind, words) = match sent {
            Ok(words) => (EventKind::Mailed, words),
            Err(words) => (EventKind::NotMailed, words),
        };
        self.step(id, query, (kind, SERVICE, words)).await?;
        Ok(())
    }

    /// Takes a step, and notes it if it was taken.
    async fn step(&self, id: Uuid, query: Update<'_>, taken: Taken<'_>) -> Result<bool, sqlx::Error> {
        let mut transaction = self.pool.begin().await?;
        let done = query.execute(&mut *transaction).await?.rows_affected() == 1;
        if done {
            add(&mut *transaction, id, taken).await?;
        }
        transaction.commit().await?;
        Ok(done)
    }

    /// One request.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn request(&self, id: Uuid) -> Result<Option<Request>, sqlx::Error> {
        let row = sqlx::query("SELECT * FROM requests WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(request).transpose()
    }

    /// The requests that came up in a conversation, in their order. Whose conversation it is has to be known before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn requests_of(&self, conversation: &str) -> Result<Vec<Request>, sqlx::Error> {
        let rows = sqlx::query("SELECT * FROM requests WHERE conversation_id = $1 ORDER BY proposed_at, id")
            .bind(conversation)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(request).collect()
    }

    /// What a partner has consented to and the vendor has not decided, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_requests(&self, partner: &str) -> Result<Vec<Request>, sqlx::Error> {
        let rows = sqlx::query(
            "SELECT * FROM requests WHERE partner_id = $1 AND state IN ('confirmed', 'submitted') \
             ORDER BY confirmed_at, id",
        )
        .bind(partner)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(request).collect()
    }

    /// How many registrations were proposed to a partner since a moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn registrations_since(&self, partner: &str, since: Timestamp) -> Result<i64, sqlx::Error> {
        sqlx::query_scalar(
            "SELECT COUNT(*) FROM requests WHERE partner_id = $1 AND kind = 'register_deal' AND proposed_at >= $2",
        )
        .bind(partner)
        .bind(moment(since))
        .fetch_one(&self.pool)
        .await
    }

    /// The last requests that partners consented to: those that wait for a decision first, by when it is due.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn requests(&self, limit: u32) -> Result<Vec<Request>, sqlx::Error> {
        let rows = sqlx::query(
            "SELECT * FROM requests WHERE state NOT IN ('proposed', 'cancelled') \
             ORDER BY CASE state WHEN 'submitted' THEN 0 WHEN 'confirmed' THEN 0 ELSE 1 END, \
             CASE WHEN decided_at IS NULL THEN COALESCE(due_at, confirmed_at) END, confirmed_at DESC, id LIMIT $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(request).collect()
    }

    /// Requests on their way to the CRM, with when each is tried next.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unwritten_requests(&self) -> Result<Vec<(Request, Timestamp)>, sqlx::Error> {
        self.due("SELECT *, next_attempt_at AS next FROM requests WHERE state = 'confirmed' ORDER BY next_attempt_at, id")
            .await
    }

    /// Requests of which somebody is to be told by mail, with when.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn untold_requests(&self) -> Result<Vec<(Request, Timestamp)>, sqlx::Error> {
        self.due("SELECT *, next_mail_at AS next FROM requests WHERE next_mail_at IS NOT NULL ORDER BY next_mail_at, id")
            .await
    }

    async fn due(&self, query: &'static str) -> Result<Vec<(Request, Timestamp)>, sqlx::Error> {
        let rows = sqlx::query(query).fetch_all(&self.pool).await?;
        let due = |row: &SqliteRow| {
            Ok((
                request(row)?,
                read_moment(row, "next")?.unwrap_or(Timestamp::UNIX_EPOCH),
            ))
        };
        rows.iter().map(due).collect()
    }

    /// What happened to a request, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn request_events(&self, id: Uuid) -> Result<Vec<Event>, sqlx::Error> {
        let rows = sqlx::query("SELECT * FROM request_events WHERE request_id = $1 ORDER BY position")
            .bind(id.to_string())
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Event {
                    kind: named(row, "kind")?,
                    author: row.try_get("author")?,
                    text: row.try_get("text")?,
                    at: row.try_get("at")?,
                })
            })
            .collect()
    }
}

async fn insert(
    connection: impl Executor<'_, Database = Sqlite>,
    new: &NewRequest<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO requests (id, kind, conversation_id, exchange_id, partner_id, partner_name, subject, state, \
         record_id, form, assignee_name, assignee_email, proposed_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'proposed', $8, $9, '', '', $10, $11)",
    )
    .bind(new.id.to_string())
    .bind(new.form.kind.as_str())
    .bind(new.conversation)
    .bind(new.exchange.to_string())
    .bind(new.owner.partner_id)
    .bind(new.partner_name)
    .bind(new.owner.subject)
    .bind(new.record_id)
    .bind(json(new.form)?)
    .bind(now())
    .bind(moment(new.expires_at))
    .execute(connection)
    .await?;
    Ok(())
}

async fn add(
    connection: impl Executor<'_, Database = Sqlite>,
    request: Uuid,
    (kind, author, words): Taken<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO request_events (request_id, position, kind, author, text, at) \
         SELECT $1, COUNT(*), $2, $3, $4, $5 FROM request_events WHERE request_id = $1",
    )
    .bind(request.to_string())
    .bind(name(kind)?)
    .bind(author)
    .bind(words)
    .bind(now())
    .execute(connection)
    .await?;
    Ok(())
}

fn request(row: &SqliteRow) -> Result<Request, sqlx::Error> {
    let form: String = row.try_get("form")?;
    Ok(Request {
        id: row.try_get::<String, _>("id")?.parse().map_err(decode)?,
        kind: named(row, "kind")?,
        exchange: row.try_get::<String, _>("exchange_id")?.parse().map_err(decode)?,
        conversation: row.try_get("conversation_id")?,
        partner_id: row.try_get("partner_id")?,
        partner_name: row.try_get("partner_name")?,
        subject: row.try_get("subject")?,
        state: named(row, "state")?,
        record_id: row.try_get("record_id")?,
        form: serde_json::from_str(&form).map_err(decode)?,
        findings: row.try_get("findings")?,
        assignee_name: row.try_get("assignee_name")?,
        assignee_email: row.try_get("assignee_email")?,
        expires_at: read_moment(row, "expires_at")?.unwrap_or(Timestamp::UNIX_EPOCH),
        submitted_at: read_moment(row, "submitted_at")?,
        due_at: read_moment(row, "due_at")?,
        decided_at: read_moment(row, "decided_at")?,
        decided_by: row.try_get("decided_by")?,
        reason: row.try_get("reason")?,
        attempts: row.try_get("attempts")?,
        mails: row.try_get("mails")?,
        mail_attempts: row.try_get("mail_attempts")?,
    })
}

fn read_moment(row: &SqliteRow, column: &str) -> Result<Option<Timestamp>, sqlx::Error> {
    let text: Option<String> = row.try_get(column)?;
    text.map(|text| text.parse().map_err(decode)).transpose()
}

fn json(form: &Form) -> Result<String, sqlx::Error> {
    serde_json::to_string(form).map_err(|error| sqlx::Error::Encode(Box::new(error)))
}
