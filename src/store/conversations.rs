//! Conversations: the server's own memory of what was asked and answered. A client's history is never trusted.

use super::{Store, now};
use sqlx::Row;
use uuid::Uuid;

/// A question and its answer, as kept.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Its id; the answer's id for the widget.
    pub id: Uuid,
    /// What was asked.
    pub question: String,
    /// The answer as JSON (the shape of `liaison ask --json`).
    pub receipt: String,
}

/// An exchange to keep.
#[derive(Debug, Clone)]
pub struct NewExchange<'a> {
    /// Its id.
    pub id: Uuid,
    /// The conversation it belongs to; made when it is new.
    pub conversation: &'a str,
    /// Whose conversation it is.
    pub partner_id: &'a str,
    /// Who asked.
    pub subject: &'a str,
    /// What was asked.
    pub question: &'a str,
    /// The answer as JSON.
    pub receipt: &'a str,
    /// The reason, when it was declined.
    pub declined: Option<&'a str>,
}

impl Store {
    /// The conversation's exchanges, oldest first, at most the last `limit`; none when the conversation is
    /// new or is another partner's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn exchanges(
        &self,
        conversation: &str,
        partner_id: &str,
        limit: u32,
    ) -> Result<Vec<Exchange>, sqlx::Error> {
        let rows = sqlx::query(
            "SELECT e.id, e.question, e.receipt FROM exchanges e \
             JOIN conversations c ON c.id = e.conversation_id \
             WHERE c.id = $1 AND c.partner_id = $2 ORDER BY e.position DESC LIMIT $3",
        )
        .bind(conversation)
        .bind(partner_id)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        let exchange = |row: &sqlx::sqlite::SqliteRow| {
            let id: String = row.try_get("id")?;
            Ok(Exchange {
                id: id.parse().map_err(|e| sqlx::Error::Decode(Box::new(e)))?,
                question: row.try_get("question")?,
                receipt: row.try_get("receipt")?,
            })
        };
        rows.iter().rev().map(exchange).collect()
    }

    /// Whether the conversation exists and is another partner's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_foreign(&self, conversation: &str, partner_id: &str) -> Result<bool, sqlx::Error> {
        let owner: Option<String> = sqlx::query_scalar("SELECT partner_id FROM conversations WHERE id = $1")
            .bind(conversation)
            .fetch_optional(&self.pool)
            .await?;
        Ok(owner.is_some_and(|owner| owner != partner_id))
    }

    /// Keeps an exchange at the end of its conversation; `false` when another partner has begun one of that id in
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
        .bind(new.partner_id)
        .bind(new.subject)
        .bind(&at)
        .execute(&mut *transaction)
        .await?;
        let kept = sqlx::query(
            "INSERT INTO exchanges (id, conversation_id, position, question, receipt, declined, asked_at) \
             SELECT $1, $2, COUNT(*), $3, $4, $5, $6 FROM exchanges WHERE conversation_id = $2 \
             HAVING EXISTS (SELECT 1 FROM conversations WHERE id = $2 AND partner_id = $7)",
        )
        .bind(new.id.to_string())
        .bind(new.conversation)
        .bind(new.question)
        .bind(new.receipt)
        .bind(new.declined)
        .bind(&at)
        .bind(new.partner_id)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(kept.rows_affected() == 1)
    }

    /// Keeps a partner's vote on an answer of its own; `false` when there is no such answer of that partner.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn vote(
        &self,
        exchange: Uuid,
        partner_id: &str,
        vote: i8,
        comment: Option<&str>,
    ) -> Result<bool, sqlx::Error> {
        let done = sqlx::query(
            "INSERT INTO feedback (exchange_id, vote, comment, given_at) \
             SELECT e.id, $2, $3, $4 FROM exchanges e JOIN conversations c ON c.id = e.conversation_id \
             WHERE e.id = $1 AND c.partner_id = $5 \
             ON CONFLICT (exchange_id) DO UPDATE SET vote = excluded.vote, comment = excluded.comment, \
             given_at = excluded.given_at",
        )
        .bind(exchange.to_string())
        .bind(i64::from(vote))
        .bind(comment)
        .bind(now())
        .bind(partner_id)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_conversation_that_two_partners_begin_at_once_is_the_first_ones() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("liaison.db")).await.unwrap();
        let exchange = |partner_id| NewExchange {
            id: Uuid::new_v4(),
            conversation: "c-1",
            partner_id,
            subject: "someone",
            question: "What did I earn?",
            receipt: "{}",
            declined: None,
        };
        // Both asked while there was no such conversation, so neither was refused beforehand.
        assert!(store.keep(exchange("p-001")).await.unwrap());
        assert!(!store.keep(exchange("p-002")).await.unwrap());
        assert!(store.keep(exchange("p-001")).await.unwrap());
        assert_eq!(store.exchanges("c-1", "p-001", 10).await.unwrap().len(), 2);
        assert!(store.exchanges("c-1", "p-002", 10).await.unwrap().is_empty());
    }
}
