//! The way to the mail server.

use crate::config::MailSettings;
use anyhow::Context;
use jiff::SignedDuration;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor, message::Mailbox,
    transport::smtp::authentication::Credentials,
};
use secrecy::ExposeSecret;
use std::time::Duration;

/// The longest that a mail server may take for a step.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The way to the mail server.
pub(crate) struct Post {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    pub(crate) from: Mailbox,
    /// Where replies go: `reply+TOKEN@` this; empty for nowhere.
    pub(crate) reply_domain: String,
    /// The console's address; empty for no link.
    pub(crate) console: String,
    retries: Vec<SignedDuration>,
}

/// Why a mail was not sent.
pub(crate) struct NotSent {
    pub(crate) reason: String,
    /// Whether trying again may help.
    pub(crate) may_pass: bool,
}

impl Post {
    /// The configured mail server; `None` when there is none.
    pub(crate) fn new(settings: &MailSettings) -> anyhow::Result<Option<Self>> {
        if settings.smtp.is_empty() {
            return Ok(None);
        }
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&settings.smtp)
            .context("mail.smtp: write `smtps://HOST`, `smtp://HOST?tls=required` or `smtp://HOST`")?
            .timeout(Some(PATIENCE));
        if !settings.user.is_empty() {
            let password = settings
                .password
                .as_ref()
                .map(|secret| secret.expose_secret().to_owned());
            builder = builder.credentials(Credentials::new(
                settings.user.clone(),
                password.unwrap_or_default(),
            ));
        }
        let from = settings
            .from
            .parse()
            .context("mail.from: write `Name <address@domain>`")?;
        let retries = settings.retry_seconds.iter();
        Ok(Some(Self {
            transport: builder.build(),
            from,
            reply_domain: settings.reply_domain.clone(),
            console: settings.console.clone(),
            retries: retries
                .map(|seconds| SignedDuration::from_secs(seconds.cast_signed()))
                .collect(),
        }))
    }

    /// How long to wait after so many attempts that failed; none when it is not tried again.
    pub(crate) fn pause(&self, attempts: i64) -> Option<SignedDuration> {
        let nth = usize::try_from(attempts - 1).ok()?;
        self.retries.get(nth).copied()
    }

    /// Sends a mail.
    pub(crate) async fn send(&self, letter: Message) -> Result<(), NotSent> {
        match self.transport.send(letter).await {
            Ok(_) => Ok(()),
            Err(error) => Err(NotSent {
                may_pass: !error.is_permanent(),
                reason: error.to_string(),
            }),
        }
    }
}
