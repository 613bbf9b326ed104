//! Gaps: what partners ask and the knowledge does not answer. Questions that were declined, voted down or handed to a
//! person are put together where they mean the same (`cluster.rs`); a manager answers a gap once, and the answer is a
//! document like any other, with a case in the home's suite of gaps (`suite.rs`) that keeps it answered.

mod cluster;
mod gap;
mod suite;

pub use gap::{Asked, Gap, Kinds};

use crate::{
    app::App,
    assistant,
    crm::{Crm, CrmError},
    evaluation,
    intake::{Intake, Seen, UploadError},
    store::{GapState, Unanswered},
};
use axum::body::Bytes;
use liaison_ingest::FrontMatter;
use liaison_knowledge::{AudienceSpec, KnowledgeError};
use std::{collections::HashMap, io, sync::Arc};
use tokio::sync::Mutex;
use uuid::Uuid;

/// Questions that are looked at: the last ones.
const LOOKED_AT: u32 = 5_000;
/// Most letters of a title in a file's name.
const SLUG: usize = 60;

/// The gaps of a running service.
pub struct Gaps {
    app: Arc<App>,
    intake: Arc<Intake>,
    /// One at a time: two readers must not make a gap of the same question twice.
    turn: Mutex<()>,
}

/// What a manager gives as the answer to a gap.
pub struct Answering<'a> {
    /// The answer in Markdown.
    pub text: &'a str,
    /// Its title, audience, owner and day of review.
    pub said: FrontMatter,
    /// Who answers.
    pub by: &'a str,
}

/// An answer that is on its way into the knowledge.
pub struct Answered {
    /// The path of its document.
    pub document: String,
    /// Its job.
    pub job: Seen,
    /// The id of its eval case; none when nobody who asked may see the answer.
    pub case: Option<String>,
}

/// Why nothing could be done about a gap.
#[derive(Debug, thiserror::Error)]
pub enum GapError {
    /// There is none of that id.
    #[error("there is no such gap")]
    NotFound,
    /// It was answered or dismissed before.
    #[error("this gap is decided already")]
    Decided,
    /// Questions could not be compared.
    #[error(transparent)]
    Knowledge(#[from] KnowledgeError),
    /// The CRM does not say who asked.
    #[error(transparent)]
    Crm(#[from] CrmError),
    /// The document could not be placed.
    #[error(transparent)]
    Upload(#[from] UploadError),
    /// The eval case could not be written.
    #[error("the suite of gaps cannot be written: {0}")]
    Suite(#[source] io::Error),
    /// It could not be kept.
    #[error("gaps cannot be read or kept: {0}")]
    Store(#[from] sqlx::Error),
}

impl Gaps {
    /// The gaps of a service.
    #[must_use]
    pub fn new(app: Arc<App>, intake: Arc<Intake>) -> Self {
        Self {
            app,
            intake,
            turn: Mutex::new(()),
        }
    }

    /// All gaps with a question: open ones first, then by how often they were asked, then by when.
    ///
    /// # Errors
    /// When questions cannot be compared, or the database fails.
    pub async fn list(&self) -> Result<Vec<Gap>, GapError> {
        let _turn = self.turn.lock().await;
        let mut questions = gap::counted(self.app.store.unanswered(LOOKED_AT, evaluation::SUBJECT).await?);
        self.assign(&mut questions).await?;
        let mut of_gap: HashMap<Uuid, Vec<Unanswered>> = HashMap::new();
        for question in questions {
            if let Some(gap) = question.gap {
                of_gap.entry(gap).or_default().push(question);
            }
        }
        let kept = self.app.store.gaps().await?.into_iter();
        let mut gaps: Vec<Gap> = kept
            .filter_map(|kept| {
                let questions = of_gap.remove(&kept.id)?;
                Some(gap::shown(kept, questions))
            })
            .collect();
        gaps.sort_by(|a, b| {
            let rank = |gap: &Gap| (gap.state != GapState::Open, usize::MAX - gap.count);
            rank(a)
                .cmp(&rank(b))
                .then_with(|| b.last_asked.cmp(&a.last_asked))
        });
        Ok(gaps)
    }

    /// Finds a gap for each question that has none. What was answered takes no more questions: they were asked in
    /// spite of the answer. What was dismissed does, so that it stays dismissed.
    async fn assign(&self, questions: &mut [Unanswered]) -> Result<(), GapError> {
        let new: Vec<usize> = (0..questions.len())
            .filter(|&at| questions[at].gap.is_none())
            .collect();
        if new.is_empty() {
            return Ok(());
        }
        let (store, knowledge) = (&self.app.store, &self.app.knowledge);
        let mut gaps: Vec<(Uuid, String)> = store
            .gaps()
            .await?
            .into_iter()
            .filter(|gap| gap.state != GapState::Answered)
            .map(|gap| (gap.id, gap.question))
            .collect();
        let mut leaders = knowledge
            .embed(gaps.iter().map(|(_, question)| question.clone()).collect())
            .await?;
        let vectors = knowledge
            .embed(new.iter().map(|&at| questions[at].question.clone()).collect())
            .await?;
        for (at, place) in new.into_iter().zip(cluster::assigned(&mut leaders, &vectors)) {
            let question = &mut questions[at];
            if place == gaps.len() {
                let id = Uuid::new_v4();
                store.add_gap(id, &question.question).await?;
                gaps.push((id, question.question.clone()));
            }
            store.put_into_gap(question.exchange, gaps[place].0).await?;
            question.gap = Some(gaps[place].0);
        }
        Ok(())
    }

    /// Makes an answer a document of the knowledge, and its question an eval case.
    ///
    /// # Errors
    /// When there is no open gap of that id, or a part of it fails: then the gap stays open, and answering it again
    /// goes on where it stopped.
    pub async fn answer(&self, id: Uuid, answering: Answering<'_>) -> Result<Answered, GapError> {
        let gap = self.open(id).await?;
        let title = answering.said.title.clone().unwrap_or_default();
        let document = format!("answers/{}-{}.md", slug(&title), &id.simple().to_string()[..8]);
        let file = format!(
            "---\n{}\n---\n\n# {title}\n\n{}\n",
            answering.said.yaml(),
            answering.text.trim()
        );
        let audience = answering.said.audience.unwrap_or(AudienceSpec::Partners);
        let case = self.case(&gap, &audience, &document).await?;
        let body = futures::stream::iter([Ok::<_, io::Error>(Bytes::from(file))]);
        let upload = self
            .intake
            .uploads
            .receive(&document, &FrontMatter::default(), body)
            .await?;
        let job = self.intake.add(upload).await?;
        if !self
            .app
            .store
            .decide_gap(id, GapState::Answered, answering.by, Some(&document))
            .await?
        {
            return Err(GapError::Decided);
        }
        tracing::info!(gap.id = %id, "a gap is answered");
        Ok(Answered { document, job, case })
    }

    /// The eval case of an answer, asked as the first of those who asked that may see it.
    async fn case(
        &self,
        gap: &Gap,
        audience: &AudienceSpec,
        document: &str,
    ) -> Result<Option<String>, GapError> {
        for asked in gap.questions.iter().rev() {
            let caller =
                assistant::caller(self.app.crm.as_ref() as &dyn Crm, &asked.partner, "staff").await?;
            let Some(caller) = caller.filter(|caller| audience.admits(&caller.audience())) else {
                continue;
            };
            let id = format!("gap-{}", &gap.id.simple().to_string()[..8]);
            suite::add(
                self.app.home.root(),
                &id,
                &caller.partner.id,
                &asked.question,
                document,
            )
            .map_err(GapError::Suite)?;
            return Ok(Some(id));
        }
        Ok(None)
    }

    /// Says that a gap needs no answer.
    ///
    /// # Errors
    /// When there is no open gap of that id, or the database fails.
    pub async fn dismiss(&self, id: Uuid, by: &str) -> Result<(), GapError> {
        self.open(id).await?;
        if self
            .app
            .store
            .decide_gap(id, GapState::Dismissed, by, None)
            .await?
        {
            tracing::info!(gap.id = %id, "a gap is dismissed");
            return Ok(());
        }
        Err(GapError::Decided)
    }

    async fn open(&self, id: Uuid) -> Result<Gap, GapError> {
        let gap = self
            .list()
            .await?
            .into_iter()
            .find(|gap| gap.id == id)
            .ok_or(GapError::NotFound)?;
        if gap.state == GapState::Open {
            Ok(gap)
        } else {
            Err(GapError::Decided)
        }
    }
}

/// A title as a part of a file's name: its letters and digits, in small letters, with dashes between the words.
fn slug(title: &str) -> String {
    let words = title
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let joined = words.map(str::to_lowercase).collect::<Vec<_>>().join("-");
    let short: String = joined.chars().take(SLUG).collect();
    let short = short.trim_matches('-');
    if short.is_empty() {
        "answer".to_owned()
    } else {
        short.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_make_names_of_files() {
        let check = |title: &str, expected: &str| assert_eq!(slug(title), expected);
        check("Who pays for travel?", "who-pays-for-travel");
        check("../../etc/passwd", "etc-passwd");
        check("Über Prämien", "über-prämien");
        check("???", "answer");
        check(&"x".repeat(200), &"x".repeat(60));
    }
}
