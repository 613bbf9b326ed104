//! Mails to managers: sent in the background, tried again, and what became of each is kept with its hand-over.

use super::{Handoffs, entry, letter};
use crate::{
    post::{NotSent, PATIENCE, Post},
    store::{Channel, Delivered, Delivery, Handoff, Kind},
};
use jiff::Timestamp;
use lettre::Message;
use std::{sync::Arc, time::Duration};

/// Nothing is due: then somebody wakes the loop.
const REST: Duration = Duration::from_secs(3600);

impl Handoffs {
    /// Sees to it that the manager is told of what is new; or that everybody can see that no mail goes.
    pub(super) async fn tell(&self, handoff: &Handoff) -> Result<(), sqlx::Error> {
        if self.post.is_none() {
            return Ok(());
        }
        self.app.store.queue_mail(handoff.id).await?;
        self.wake.notify_one();
        Ok(())
    }

    /// Sends what is due, for as long as the service runs.
    pub(super) async fn deliver(self: Arc<Self>) {
        loop {
            let rest = match self.deliver_due().await {
                Ok(next) => next.unwrap_or(REST),
                Err(error) => {
                    tracing::error!(%error, "mails cannot be read or noted; it is tried again");
                    PATIENCE
                }
            };
            tokio::select! {
                () = self.wake.notified() => {}
                () = tokio::time::sleep(rest) => {}
            }
        }
    }

    /// Sends what is due; how long until something else is.
    async fn deliver_due(&self) -> Result<Option<Duration>, sqlx::Error> {
        let mut next: Option<Duration> = None;
        for (handoff, due) in self.app.store.queued_mails().await? {
            let due: Timestamp = due.parse().unwrap_or(Timestamp::UNIX_EPOCH);
            match Duration::try_from(due.duration_since(Timestamp::now())) {
                Ok(wait) if !wait.is_zero() => next = Some(next.map_or(wait, |other| other.min(wait))),
                _ => {
                    let again = self.deliver_one(&handoff).await?;
                    next = match (next, again) {
                        (Some(one), Some(two)) => Some(one.min(two)),
                        (one, two) => one.or(two),
                    };
                }
            }
        }
        Ok(next)
    }

    /// Tries to send one mail and notes what became of it; how long until it is tried again.
    async fn deliver_one(&self, handoff: &Handoff) -> Result<Option<Duration>, sqlx::Error> {
        let sent = match &self.post {
            Some(post) => match self.letter(post, handoff).await? {
                Ok(letter) => post.send(letter).await,
                Err(reason) => Err(NotSent {
                    reason,
                    may_pass: false,
                }),
            },
            None => Err(NotSent {
                reason: "there is no mail server any more".to_owned(),
                may_pass: false,
            }),
        };
        let attempts = handoff.delivery_attempts + 1;
        let Err(NotSent { reason, may_pass }) = sent else {
            return self.sent(handoff, attempts).await;
        };
        let pause = self
            .post
            .as_ref()
            .and_then(|post| post.pause(attempts))
            .filter(|_| may_pass);
        // The reason is a mail server's words, perhaps with an address: it goes to staff, not into the log.
        tracing::warn!(handoff.id = %handoff.id, attempts, again = pause.is_some(), "a mail was not sent");
        let due = pause.map(|pause| (Timestamp::now() + pause).to_string());
        let failed = Delivered {
            delivery: if due.is_some() {
                Delivery::Queued
            } else {
                Delivery::Failed
            },
            reason: Some(&reason),
            attempts,
            due: due.as_deref(),
        };
        if self
            .app
            .store
            .note_delivery(handoff.id, handoff.delivery_turn, &failed)
            .await?
            && due.is_none()
        {
            let note = entry(Kind::NotMailed, "service", Channel::Service, &reason);
            self.app.store.write(handoff.id, note, None).await?;
            metrics::counter!("liaison_mails_total", "sent" => "no").increment(1);
        }
        Ok(pause.and_then(|pause| Duration::try_from(pause).ok()))
    }

    async fn sent(&self, handoff: &Handoff, attempts: i64) -> Result<Option<Duration>, sqlx::Error> {
        let sent = Delivered {
            delivery: Delivery::Sent,
            reason: None,
            attempts,
            due: None,
        };
        let note = entry(Kind::Mailed, "service", Channel::Service, &handoff.manager_email);
        self.app.store.write(handoff.id, note, None).await?;
        metrics::counter!("liaison_mails_total", "sent" => "yes").increment(1);
        // Something was written while it was sent: the next mail is due at once.
        let newest = self
            .app
            .store
            .note_delivery(handoff.id, handoff.delivery_turn, &sent)
            .await?;
        Ok((!newest).then_some(Duration::ZERO))
    }

    /// The mail of a hand-over; the reason when there can be none.
    async fn letter(&self, post: &Post, handoff: &Handoff) -> Result<Result<Message, String>, sqlx::Error> {
        if handoff.manager_email.is_empty() {
            return Ok(Err("the CRM names no manager who can be written to".to_owned()));
        }
        match self.told(handoff.id).await {
            Ok(told) => Ok(letter::compose(post, &told).map_err(|error| format!("{error:#}"))),
            Err(super::HandoffError::Store(error)) => Err(error),
            Err(error) => Ok(Err(error.to_string())),
        }
    }
}
