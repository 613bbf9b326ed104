//! Hand-overs to a person: what was asked, who answered, and what became of the mails. Entries are only ever added.

mod rows;

pub use rows::{Channel, Delivered, Delivery, Entry, Handoff, HandoffState, Kind, NewEntry, NewHandoff};

use super::{
    Store, decode,
    names::{name, named},
    now,
};
use sqlx::{Executor, Row, Sqlite, sqlite::SqliteRow};
use uuid::Uuid;

impl Store {
    /// The unfinished hand-over of a conversation, begun now if there is none; and whether it was begun now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hand_over(&self, new: NewHandoff<'_>) -> Result<(Handoff, bool), sqlx::Error> {
        let mut transaction = self.pool.begin().await?;
        let (id, at) = (Uuid::new_v4(), now());
        let begun = sqlx::query(
            "INSERT INTO handoffs (id, conversation_id, partner_id, partner_name, subject, manager_name, \
             manager_email, state, reply_token, opened_at, updated_at, delivery, delivery_attempts, delivery_due, \
             delivery_turn) VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $9, $9, 'not_configured', 0, $9, 0) \
             ON CONFLICT DO NOTHING",
        )
        .bind(id.to_string())
        .bind(new.conversation)
        .bind(new.owner.partner_id)
        .bind(new.partner_name)
        .bind(new.owner.subject)
        .bind(new.manager_name)
        .bind(new.manager_email)
        .bind(new.reply_token)
        .bind(&at)
        .execute(&mut *transaction)
        .await?
        .rows_affected()
            == 1;
        if begun {
            let opened = NewEntry {
                kind: Kind::Opened,
                author: new.owner.subject,
                signed: None,
                channel: Channel::Widget,
                text: "",
                mail_id: None,
            };
            add(&mut *transaction, id, &opened, &at).await?;
        }
        let row = sqlx::query("SELECT * FROM handoffs WHERE conversation_id = $1 AND state <> 'closed'")
            .bind(new.conversation)
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok((handoff(&row)?, begun))
    }

    /// Adds an entry, and moves an unfinished hand-over to `state` where one is given; `false`, and nothing is added,
    /// when what came by mail has come before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn write(
        &self,
        id: Uuid,
        entry: NewEntry<'_>,
        state: Option<HandoffState>,
    ) -> Result<bool, sqlx::Error> {
        let mut transaction = self.pool.begin().await?;
        let at = now();
        let added = add(&mut *transaction, id, &entry, &at).await?;
        if added {
            sqlx::query(
                "UPDATE handoffs SET updated_at = $2, state = CASE state WHEN 'closed' THEN state ELSE COALESCE($3, state) END \
                 WHERE id = $1",
            )
            .bind(id.to_string())
            .bind(&at)
            .bind(state.map(name).transpose()?)
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(added)
    }

    /// Notes what became of the mail to the manager; `false` when another one is to be sent since `turn`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_delivery(&self, id: Uuid, turn: i64, now: &Delivered<'_>) -> Result<bool, sqlx::Error> {
        let noted = sqlx::query(
            "UPDATE handoffs SET delivery = $3, delivery_reason = $4, delivery_attempts = $5, \
             delivery_due = COALESCE($6, delivery_due) WHERE id = $1 AND delivery_turn = $2",
        )
        .bind(id.to_string())
        .bind(turn)
        .bind(name(now.delivery)?)
        .bind(now.reason)
        .bind(now.attempts)
        .bind(now.due)
        .execute(&self.pool)
        .await?;
        Ok(noted.rows_affected() == 1)
    }

    /// Asks for a mail to the manager.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queue_mail(&self, id: Uuid) -> Result<(), sqlx::Error> {
        sqlx::query(
            "UPDATE handoffs SET delivery = 'queued', delivery_reason = NULL, delivery_attempts = 0, \
             delivery_due = $2, delivery_turn = delivery_turn + 1 WHERE id = $1",
        )
        .bind(id.to_string())
        .bind(now())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Hand-overs with a mail to be sent, those that wait longest first, and when each is due.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queued_mails(&self) -> Result<Vec<(Handoff, String)>, sqlx::Error> {
        let rows = sqlx::query("SELECT * FROM handoffs WHERE delivery = 'queued' ORDER BY delivery_due, id")
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| Ok((handoff(row)?, row.try_get("delivery_due")?)))
            .collect()
    }

    /// The last hand-overs, unfinished ones first, then by when something was last written.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn handoffs(&self, limit: u32) -> Result<Vec<Handoff>, sqlx::Error> {
        let rows = sqlx::query(
            "SELECT * FROM handoffs ORDER BY CASE state WHEN 'open' THEN 0 WHEN 'answered' THEN 1 ELSE 2 END, \
             updated_at DESC, id LIMIT $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(handoff).collect()
    }

    /// One hand-over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn handoff(&self, id: Uuid) -> Result<Option<Handoff>, sqlx::Error> {
        let row = sqlx::query("SELECT * FROM handoffs WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(handoff).transpose()
    }

    /// The hand-over that a reply's address names.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn handoff_by_token(&self, token: &str) -> Result<Option<Handoff>, sqlx::Error> {
        let row = sqlx::query("SELECT * FROM handoffs WHERE reply_token = $1")
            .bind(token)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(handoff).transpose()
    }

    /// The newest hand-over of a conversation. Whose conversation it is has to be known before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn handoff_of(&self, conversation: &str) -> Result<Option<Handoff>, sqlx::Error> {
        let row = sqlx::query(
            "SELECT * FROM handoffs WHERE conversation_id = $1 \
             ORDER BY CASE state WHEN 'closed' THEN 1 ELSE 0 END, opened_at DESC, id LIMIT 1",
        )
        .bind(conversation)
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(handoff).transpose()
    }

    /// Everything that was written or done in the hand-overs of a conversation, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn handoff_entries(&self, conversation: &str) -> Result<Vec<Entry>, sqlx::Error> {
        let rows = sqlx::query(
            "SELECT e.* FROM handoff_entries e JOIN handoffs h ON h.id = e.handoff_id \
             WHERE h.conversation_id = $1 ORDER BY e.exchanges, e.written_at, h.opened_at, h.id, e.position",
        )
        .bind(conversation)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(entry).collect()
    }
}

/// `false` when an entry of the same mail is there.
async fn add(
    connection: impl Executor<'_, Database = Sqlite>,
    handoff: Uuid,
    entry: &NewEntry<'_>,
    at: &str,
) -> Result<bool, sqlx::Error> {
    let added = sqlx::query(
        "INSERT INTO handoff_entries (handoff_id, position, exchanges, kind, author, signed, channel, text, mail_id, \
         written_at) SELECT $1, COUNT(*), (SELECT COUNT(*) FROM exchanges e JOIN handoffs h \
         ON h.conversation_id = e.conversation_id WHERE h.id = $1), $2, $3, $4, $5, $6, $7, $8 \
         FROM handoff_entries WHERE handoff_id = $1 \
         HAVING NOT EXISTS (SELECT 1 FROM handoff_entries WHERE mail_id = $7)",
    )
    .bind(handoff.to_string())
    .bind(name(entry.kind)?)
    .bind(entry.author)
    .bind(entry.signed)
    .bind(name(entry.channel)?)
    .bind(entry.text)
    .bind(entry.mail_id)
    .bind(at)
    .execute(connection)
    .await?;
    Ok(added.rows_affected() == 1)
}

fn handoff(row: &SqliteRow) -> Result<Handoff, sqlx::Error> {
    Ok(Handoff {
        id: row.try_get::<String, _>("id")?.parse().map_err(decode)?,
        conversation: row.try_get("conversation_id")?,
        partner_id: row.try_get("partner_id")?,
        partner_name: row.try_get("partner_name")?,
        subject: row.try_get("subject")?,
        manager_name: row.try_get("manager_name")?,
        manager_email: row.try_get("manager_email")?,
        state: named(row, "state")?,
        reply_token: row.try_get("reply_token")?,
        opened_at: row.try_get("opened_at")?,
        updated_at: row.try_get("updated_at")?,
        delivery: named(row, "delivery")?,
        delivery_reason: row.try_get("delivery_reason")?,
        delivery_attempts: row.try_get("delivery_attempts")?,
        delivery_turn: row.try_get("delivery_turn")?,
    })
}

fn entry(row: &SqliteRow) -> Result<Entry, sqlx::Error> {
    Ok(Entry {
        kind: named(row, "kind")?,
        exchanges: row.try_get("exchanges")?,
        author: row.try_get("author")?,
        signed: row.try_get("signed")?,
        channel: named(row, "channel")?,
        text: row.try_get("text")?,
        written_at: row.try_get("written_at")?,
    })
}
