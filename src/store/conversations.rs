//! Conversations: the server's own memory of what was asked and answered. A client's history is never trusted.

use super::{Store, decode, now};
use serde::Serialize;
use sqlx::{Row, sqlite::SqliteRow};
use uuid::Uuid;

/// Whose a conversation is, and who of the same partner may read and continue it.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    /// The partner.
    pub partner_id: &'a str,
    /// The one of its people who asks: the token's `sub`.
    pub subject: &'a str,
    /// Whether the vendor lets all people of a partner share their conversations.
    pub shared: bool,
}

impl<'a> Owner<'a> {
    /// The only subject whose conversations count; `None` where all of the partner's do.
    fn only(self) -> Option<&'a str> {
        (!self.shared).then_some(self.subject)
    }
}

/// A question and its answer, as kept.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Its id; the answer's id for the widget.
    pub id: Uuid,
    /// 0, 1, 2 … within the conversation.
    pub position: i64,
    /// What was asked.
    pub question: String,
    /// The answer as JSON (the shape of `liaison ask --json`).
    pub receipt: String,
    /// The reason, when it was declined.
    pub declined: Option<String>,
    /// The partner's last word on it: 1 or -1.
    pub vote: Option<i64>,
    /// When it was kept, ISO 8601, UTC.
    pub asked_at: String,
}

impl Exchange {
    /// Whether it did not help: it was declined, or the partner says so.
    #[must_use]
    pub fn was_no_help(&self) -> bool {
        self.declined.is_some() || self.vote == Some(-1)
    }
}

/// An exchange with all that its answer came from.
#[derive(Debug, Clone)]
pub struct Replayed {
    /// Whose conversation it stands in.
    pub partner_id: String,
    /// Who began that conversation.
    pub subject: String,
    /// The exchange.
    pub exchange: Exchange,
    /// Those before it, oldest first.
    pub before: Vec<Exchange>,
}

/// A conversation in a list.
#[derive(Debug, Clone, Serialize)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// Its first question.
    pub question: String,
    /// How many exchanges it has.
    pub exchanges: i64,
    /// When it began, ISO 8601, UTC.
    pub started_at: String,
    /// When something was last asked, ISO 8601, UTC.
    pub asked_at: String,
    /// The state of its newest hand-over to a person; none when there was none.
    pub handoff: Option<String>,
}

/// An exchange to keep.
#[derive(Debug, Clone)]
pub struct NewExchange<'a> {
    /// Its id.
    pub id: Uuid,
    /// The conversation it belongs to; made when it is new.
    pub conversation: &'a str,
    /// Whose conversation it is.
    pub owner: Owner<'a>,
    /// What was asked.
    pub question: &'a str,
    /// The answer as JSON.
    pub receipt: &'a str,
    /// The reason, when it was declined.
    pub declined: Option<&'a str>,
}

impl Store {
    /// The conversation's exchanges, oldest first, at most the last `limit`; none when the conversation is
    /// new or somebody else's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn exchanges(
        &self,
        conversation: &str,
        owner: Owner<'_>,
        limit: u32,
    ) -> Result<Vec<Exchange>, sqlx::Error> {
        let rows = sqlx::query(
            "SELECT e.id, e.position, e.question, e.receipt, e.declined, e.asked_at, f.vote FROM exchanges e \
             JOIN conversations c ON c.id = e.conversation_id LEFT JOIN feedback f ON f.exchange_id = e.id \
             WHERE c.id = $1 AND c.partner_id = $2 AND c.subject = COALESCE($3, c.subject) \
             ORDER BY e.position DESC LIMIT $4",
        )
        .bind(conversation)
        .bind(owner.partner_id)
        .bind(owner.only())
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().rev().map(exchange).collect()
    }

    /// The exchange of that id, with at most `limit` of those before it. For the operator: it asks for no owner.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replayed(&self, id: Uuid, limit: u32) -> Result<Option<Replayed>, sqlx::Error> {
        let found = sqlx::query(
            "SELECT c.id AS conversation, c.partner_id, c.subject FROM exchanges e \
             JOIN conversations c ON c.id = e.conversation_id WHERE e.id = $1",
        )
        .bind(id.to_string())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = found else { return Ok(None) };
        let rows = sqlx::query(
            "SELECT e.id, e.position, e.question, e.receipt, e.declined, e.asked_at, f.vote FROM exchanges e \
             LEFT JOIN feedback f ON f.exchange_id = e.id \
             WHERE e.conversation_id = $1 AND e.position <= (SELECT position FROM exchanges WHERE id = $2) \
             ORDER BY e.position DESC LIMIT $3",
        )
        .bind(row.try_get::<String, _>("conversation")?)
        .bind(id.to_string())
        .bind(i64::from(limit) + 1)
        .fetch_all(&self.pool)
        .await?;
        let mut before = rows.iter().rev().map(exchange).collect::<Result<Vec<_>, _>>()?;
        let Some(exchange) = before.pop() else {
            return Ok(None);
        };
        Ok(Some(Replayed {
            partner_id: row.try_get("partner_id")?,
            subject: row.try_get("subject")?,
            exchange,
            before,
        }))
    }

    /// The last conversations of an owner, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn conversations(&self, owner: Owner<'_>, limit: u32) -> Result<Vec<Listed>, sqlx::Error> {
        let rows = sqlx::query(
            "SELECT c.id, c.started_at, \
             (SELECT e.question FROM exchanges e WHERE e.conversation_id = c.id AND e.position = 0) AS question, \
             COUNT(e.id) AS exchanges, MAX(e.asked_at) AS asked_at, \
             (SELECT h.state FROM handoffs h WHERE h.conversation_id = c.id \
              ORDER BY h.opened_at DESC, h.id LIMIT 1) AS handoff \
             FROM conversations c JOIN exchanges e ON e.conversation_id = c.id \
             WHERE c.partner_id = $1 AND c.subject = COALESCE($2, c.subject) \
             GROUP BY c.id, c.started_at ORDER BY MAX(e.asked_at) DESC, c.id LIMIT $3",
        )
        .bind(owner.partner_id)
        .bind(owner.only())
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(listed).collect()
    }

    /// Whether the conversation exists and is somebody else's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_foreign(&self, conversation: &str, owner: Owner<'_>) -> Result<bool, sqlx::Error> {
        let own: Option<bool> = sqlx::query_scalar(
            "SELECT partner_id = $2 AND subject = COALESCE($3, subject) FROM conversations WHERE id = $1",
        )
        .bind(conversation)
        .bind(owner.partner_id)
        .bind(owner.only())
        .fetch_optional(&self.pool)
        .await?;
        Ok(own.is_some_and(|own| !own))
    }

    /// Keeps an exchange at the end of its conversation; `false` when somebody else has begun one of that id in
    /// the meantime, which then stays as it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep(&self, new: NewExchange<'_>) -> Result<bool, sqlx::Error> {
        let mut transaction = self.pool.begin().await?;
        let at = now();
        sqlx::query(
            "INSERT INTO conversations (id, partner_id, subject, started_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(new.conversation)
        .bind(new.owner.partner_id)
        .bind(new.owner.subject)
        .bind(&at)
        .execute(&mut *transaction)
        .await?;
        let kept = sqlx::query(
            "INSERT INTO exchanges (id, conversation_id, position, question, receipt, declined, asked_at) \
             SELECT $1, $2, COUNT(*), $3, $4, $5, $6 FROM exchanges WHERE conversation_id = $2 \
             HAVING EXISTS (SELECT 1 FROM conversations \
             WHERE id = $2 AND partner_id = $7 AND subject = COALESCE($8, subject))",
        )
        .bind(new.id.to_string())
        .bind(new.conversation)
        .bind(new.question)
        .bind(new.receipt)
        .bind(new.declined)
        .bind(&at)
        .bind(new.owner.partner_id)
        .bind(new.owner.only())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(kept.rows_affected() == 1)
    }

    /// Keeps a vote on an answer of the voter's own; the answer's conversation, or `None` when there is no such
    /// answer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn vote(
        &self,
        exchange: Uuid,
        owner: Owner<'_>,
        vote: i8,
        comment: Option<&str>,
    ) -> Result<Option<String>, sqlx::Error> {
        let conversation: Option<String> = sqlx::query_scalar(
            "SELECT c.id FROM exchanges e JOIN conversations c ON c.id = e.conversation_id \
             WHERE e.id = $1 AND c.partner_id = $2 AND c.subject = COALESCE($3, c.subject)",
        )
        .bind(exchange.to_string())
        .bind(owner.partner_id)
        .bind(owner.only())
        .fetch_optional(&self.pool)
        .await?;
        if conversation.is_some() {
            sqlx::query(
                "INSERT INTO feedback (exchange_id, vote, comment, given_at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (exchange_id) DO UPDATE SET vote = excluded.vote, comment = excluded.comment, \
                 given_at = excluded.given_at",
            )
            .bind(exchange.to_string())
            .bind(i64::from(vote))
            .bind(comment)
            .bind(now())
            .execute(&self.pool)
            .await?;
        }
        Ok(conversation)
    }
}

fn exchange(row: &SqliteRow) -> Result<Exchange, sqlx::Error> {
    let id: String = row.try_get("id")?;
    Ok(Exchange {
        id: id.parse().map_err(decode)?,
        position: row.try_get("position")?,
        question: row.try_get("question")?,
        receipt: row.try_get("receipt")?,
        declined: row.try_get("declined")?,
        vote: row.try_get("vote")?,
        asked_at: row.try_get("asked_at")?,
    })
}

fn listed(row: &SqliteRow) -> Result<Listed, sqlx::Error> {
    Ok(Listed {
        id: row.try_get("id")?,
        question: row.try_get("question")?,
        exchanges: row.try_get("exchanges")?,
        started_at: row.try_get("started_at")?,
        asked_at: row.try_get("asked_at")?,
        handoff: row.try_get("handoff")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(partner_id: &'static str, subject: &'static str) -> Owner<'static> {
        Owner {
            partner_id,
            subject,
            shared: false,
        }
    }

    fn exchange_of(owner: Owner<'_>) -> NewExchange<'_> {
        NewExchange {
            id: Uuid::new_v4(),
            conversation: "c-1",
            owner,
            question: "What did I earn?",
            receipt: "{}",
            declined: None,
        }
    }

    #[tokio::test]
    async fn a_conversation_that_two_begin_at_once_is_the_first_ones() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("liaison.db")).await.unwrap();
        let first = owner("p-001", "ada");
        // All asked while there was no such conversation, so none was refused beforehand.
        assert!(store.keep(exchange_of(first)).await.unwrap());
        for other in [owner("p-002", "ada"), owner("p-001", "ken")] {
            assert!(!store.keep(exchange_of(other)).await.unwrap());
            assert!(store.exchanges("c-1", other, 10).await.unwrap().is_empty());
            assert!(store.is_foreign("c-1", other).await.unwrap());
            assert!(store.conversations(other, 10).await.unwrap().is_empty());
        }
        assert!(store.keep(exchange_of(first)).await.unwrap());
        assert_eq!(store.exchanges("c-1", first, 10).await.unwrap().len(), 2);
        assert_eq!(store.conversations(first, 10).await.unwrap()[0].exchanges, 2);
    }

    #[tokio::test]
    async fn people_of_one_partner_share_where_the_vendor_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("liaison.db")).await.unwrap();
        assert!(store.keep(exchange_of(owner("p-001", "ada"))).await.unwrap());
        let shared = |partner_id| Owner {
            shared: true,
            ..owner(partner_id, "ken")
        };
        assert!(store.keep(exchange_of(shared("p-001"))).await.unwrap());
        assert_eq!(
            store.exchanges("c-1", shared("p-001"), 10).await.unwrap().len(),
            2
        );
        assert!(!store.keep(exchange_of(shared("p-002"))).await.unwrap());
        assert!(store.is_foreign("c-1", shared("p-002")).await.unwrap());
    }
}
