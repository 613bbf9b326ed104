//! Questions that the knowledge could not answer, and the gaps that they make.

use super::{Store, decode, now};
use serde::{Deserialize, Serialize};
use sqlx::{Row, sqlite::SqliteRow};
use uuid::Uuid;

/// A question that was not answered well, and how one knows.
#[derive(Debug, Clone)]
pub struct Unanswered {
    /// Its exchange.
    pub exchange: Uuid,
    /// The question.
    pub question: String,
    /// Who asked.
    pub partner_id: String,
    /// When, ISO 8601, UTC.
    pub asked_at: String,
    /// It was declined.
    pub declined: bool,
    /// The partner says that the answer did not help.
    pub voted_down: bool,
    /// The conversation was handed to a person behind it.
    pub handed_over: bool,
    /// The gap that it belongs to, once one is found.
    pub gap: Option<Uuid>,
    /// The exchange before it in its conversation.
    pub before: Option<(Uuid, String)>,
}

/// A gap as kept.
#[derive(Debug, Clone)]
pub struct KeptGap {
    /// Its id.
    pub id: Uuid,
    /// The question that stands for it: the first that was asked.
    pub question: String,
    /// What was decided about it.
    pub state: GapState,
    /// The path of the document that answers it.
    pub document: Option<String>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When, ISO 8601, UTC.
    pub decided_at: Option<String>,
}

/// What was decided about a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapState {
    /// Nothing yet.
    Open,
    /// A document answers it.
    Answered,
    /// It needs no answer.
    Dismissed,
}

impl GapState {
    fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Dismissed => "dismissed",
        }
    }
}

impl Store {
    /// The last questions that were declined, voted down or handed to a person, oldest first, but for those of the
    /// subject `except`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unanswered(&self, limit: u32, except: &str) -> Result<Vec<Unanswered>, sqlx::Error> {
        let rows = sqlx::query(
            "SELECT e.id, e.question, c.partner_id, e.asked_at, e.declined, f.vote, g.gap_id, \
             p.id AS before_id, p.question AS before_question, \
             EXISTS (SELECT 1 FROM handoffs h JOIN handoff_entries w ON w.handoff_id = h.id \
              WHERE h.conversation_id = c.id AND w.kind = 'opened' AND w.exchanges = e.position + 1) AS handed_over \
             FROM exchanges e JOIN conversations c ON c.id = e.conversation_id \
             LEFT JOIN feedback f ON f.exchange_id = e.id LEFT JOIN gap_questions g ON g.exchange_id = e.id \
             LEFT JOIN exchanges p ON p.conversation_id = e.conversation_id AND p.position = e.position - 1 \
             WHERE c.subject <> $2 AND (e.declined IS NOT NULL OR f.vote = -1 OR g.gap_id IS NOT NULL OR EXISTS \
             (SELECT 1 FROM handoffs h JOIN handoff_entries w ON w.handoff_id = h.id \
              WHERE h.conversation_id = c.id AND w.kind = 'opened' AND w.exchanges = e.position + 1)) \
             ORDER BY e.asked_at DESC, e.id LIMIT $1",
        )
        .bind(i64::from(limit))
        .bind(except)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().rev().map(unanswered).collect()
    }

    /// All gaps, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn gaps(&self) -> Result<Vec<KeptGap>, sqlx::Error> {
        let rows = sqlx::query("SELECT * FROM gaps ORDER BY position")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(gap).collect()
    }

    /// Keeps a new gap that a question stands for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_gap(&self, id: Uuid, question: &str) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO gaps (id, position, question, state) SELECT $1, COUNT(*), $2, 'open' FROM gaps",
        )
        .bind(id.to_string())
        .bind(question)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Puts a question into a gap, for good.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_into_gap(&self, exchange: Uuid, gap: Uuid) -> Result<(), sqlx::Error> {
        sqlx::query("INSERT INTO gap_questions (exchange_id, gap_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(exchange.to_string())
            .bind(gap.to_string())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Decides about an open gap; `false` when there is no open gap of that id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn decide_gap(
        &self,
        id: Uuid,
        state: GapState,
        by: &str,
        document: Option<&str>,
    ) -> Result<bool, sqlx::Error> {
        let decided = sqlx::query(
            "UPDATE gaps SET state = $2, decided_by = $3, decided_at = $4, document = $5 \
             WHERE id = $1 AND state = 'open'",
        )
        .bind(id.to_string())
        .bind(state.name())
        .bind(by)
        .bind(now())
        .bind(document)
        .execute(&self.pool)
        .await?;
        Ok(decided.rows_affected() == 1)
    }
}

fn unanswered(row: &SqliteRow) -> Result<Unanswered, sqlx::Error> {
    let id = |column: &str| -> Result<Option<Uuid>, sqlx::Error> {
        let text: Option<String> = row.try_get(column)?;
        text.map(|text| text.parse()).transpose().map_err(decode)
    };
    let declined: Option<String> = row.try_get("declined")?;
    let vote: Option<i64> = row.try_get("vote")?;
    let before_question: Option<String> = row.try_get("before_question")?;
    Ok(Unanswered {
        exchange: row.try_get::<String, _>("id")?.parse().map_err(decode)?,
        question: row.try_get("question")?,
        partner_id: row.try_get("partner_id")?,
        asked_at: row.try_get("asked_at")?,
        declined: declined.is_some(),
        voted_down: vote == Some(-1),
        handed_over: row.try_get("handed_over")?,
        gap: id("gap_id")?,
        before: id("before_id")?.zip(before_question),
    })
}

fn gap(row: &SqliteRow) -> Result<KeptGap, sqlx::Error> {
    Ok(KeptGap {
        id: row.try_get::<String, _>("id")?.parse().map_err(decode)?,
        question: row.try_get("question")?,
        state: serde_json::from_value(row.try_get::<String, _>("state")?.into()).map_err(decode)?,
        document: row.try_get("document")?,
        decided_by: row.try_get("decided_by")?,
        decided_at: row.try_get("decided_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{NewExchange, Owner};

    #[tokio::test]
    async fn questions_of_evaluations_are_no_gaps() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("liaison.db")).await.unwrap();
        for (subject, declined) in [
            ("ada", Some("no_answer")),
            ("evals", Some("no_answer")),
            ("ken", None),
        ] {
            let new = NewExchange {
                id: Uuid::new_v4(),
                conversation: subject,
                owner: Owner {
                    partner_id: "p-001",
                    subject,
                    shared: false,
                },
                question: subject,
                receipt: "{}",
                declined,
            };
            assert!(store.keep(new).await.unwrap());
        }
        let found = store.unanswered(10, "evals").await.unwrap();
        let questions: Vec<_> = found
            .iter()
            .map(|one| (one.question.as_str(), one.declined))
            .collect();
        assert_eq!(questions, [("ada", true)]);
    }
}
