//! What goes on in the background: writing to the CRM what it did not take at once, and telling whoever decides.

use super::{Requests, letter};
use crate::store::{Request, RequestState};
use jiff::{SignedDuration, Timestamp};
use std::{sync::Arc, time::Duration};

/// Nothing is due: then somebody wakes the loop.
const REST: Duration = Duration::from_secs(3600);
/// The database fails: it is looked again after so long.
const TROUBLE: Duration = Duration::from_secs(20);
/// The longest between two attempts to write something.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(30);
/// How often an overdue decision is reminded of.
const DAILY: SignedDuration = SignedDuration::from_hours(24);

/// How long to wait after so many attempts that failed: 5 s, 10 s, 20 s … half an hour.
pub(super) fn pause(failed: i64) -> SignedDuration {
    let doublings = u32::try_from(failed.clamp(0, 16)).unwrap_or_default();
    SignedDuration::from_secs(5 << doublings).min(LONGEST_PAUSE)
}

impl Requests {
    /// Writes and tells what is due, for as long as the service runs.
    pub(super) async fn run(self: Arc<Self>) {
        loop {
            let rest = match self.catch_up().await {
                Ok(next) => next.map_or(REST, |next| next.min(REST)),
                Err(error) => {
                    tracing::error!(%error, "requests cannot be read or noted; it is tried again");
                    TROUBLE
                }
            };
            tokio::select! {
                () = self.wake.notified() => {}
                () = tokio::time::sleep(rest) => {}
            }
        }
    }

    /// Does what is due; how long until something else is.
    async fn catch_up(&self) -> Result<Option<Duration>, sqlx::Error> {
        for (request, due) in self.app.store.unwritten_requests().await? {
            if is_due(due)
                && let Err(super::RequestError::Store(error)) = self.write(request.id).await
            {
                return Err(error);
            }
        }
        for (request, due) in self.app.store.untold_requests().await? {
            if is_due(due) {
                self.tell(&request).await?;
            }
        }
        let unwritten = self.app.store.unwritten_requests().await?;
        let untold = self.app.store.untold_requests().await?;
        let next = unwritten.iter().chain(&untold).map(|(_, due)| *due).min();
        Ok(next.map(|next| {
            let wait = next
                .duration_since(Timestamp::now())
                .max(SignedDuration::from_secs(1));
            Duration::try_from(wait).unwrap_or(REST)
        }))
    }

    /// Tells whoever decides, or reminds them.
    async fn tell(&self, request: &Request) -> Result<(), sqlx::Error> {
        let Some(post) = &self.post else {
            return self
                .app
                .store
                .mailed(request.id, Err("there is no mail server"), None)
                .await;
        };
        let now = Timestamp::now();
        let sent = match letter::compose(post, request, now) {
            Ok(letter) => post.send(letter).await,
            Err(error) => Err(crate::post::NotSent {
                reason: format!("{error:#}"),
                may_pass: false,
            }),
        };
        match sent {
            Ok(()) => {
                let next = reminder(request, now);
                self.app
                    .store
                    .mailed(request.id, Ok(&request.assignee_email), next)
                    .await
            }
            Err(not_sent) => {
                let again = post
                    .pause(request.mail_attempts + 1)
                    .filter(|_| not_sent.may_pass);
                tracing::warn!(request.id = %request.id, again = again.is_some(), "a mail was not sent");
                let next = again.map(|pause| now + pause).or_else(|| reminder(request, now));
                self.app
                    .store
                    .mailed(request.id, Err(&not_sent.reason), next)
                    .await
            }
        }
    }
}

fn is_due(at: Timestamp) -> bool {
    at <= Timestamp::now()
}

/// When to remind of a decision: a quarter of the time before it is due, when it is due, then daily.
fn reminder(request: &Request, now: Timestamp) -> Option<Timestamp> {
    let (due, since) = (request.due_at?, request.submitted_at?);
    if request.state != RequestState::Submitted {
        return None;
    }
    let ahead = due - due.duration_since(since) / 4;
    let next = [ahead, due].into_iter().find(|at| *at > now);
    Some(next.unwrap_or(now + DAILY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let seconds = |failed| pause(failed).as_secs();
        assert_eq!([0, 1, 2, 3].map(seconds), [5, 10, 20, 40]);
        assert_eq!(seconds(9), 1800);
        assert_eq!(seconds(i64::MAX), 1800);
    }
}
