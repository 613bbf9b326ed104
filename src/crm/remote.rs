//! Requests to a CRM that is reached over a network: patience, repetition, and the words for what went wrong.
//!
//! Everything sent here may be sent again: reads by nature, writes because they carry a key that the CRM keeps once.

mod token;

pub use token::Grant;
pub(super) use token::{Token, Tokens};

use super::{CrmError, Whose, fields::Table};
use crate::rest::Rest;
use backon::{ExponentialBuilder, Retryable};
use reqwest::{Client, RequestBuilder, Response, StatusCode, header::RETRY_AFTER};
use serde_json::Value;
use std::time::{Duration, Instant};

/// Longest wait that a CRM may ask for and still be waited for; somebody is waiting for the answer.
const LONGEST_WAIT: Duration = Duration::from_secs(3);

/// How much longer everybody's records may take than one partner's: nobody sits and waits for them.
const FOR_ALL: u32 = 12;

/// Most bytes of an answer: a page has at most some hundred records.
const MOST_BYTES: usize = 32 << 20;

/// How a CRM is reached.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    /// How long all attempts at one read or write may take together.
    pub timeout: Duration,
    /// How long a CRM is left alone that failed three times in a row.
    pub rest: Duration,
}

/// A CRM's HTTP interface.
pub(super) struct Remote {
    client: Client,
    tokens: Tokens,
    rest: Rest,
    timeout: Duration,
    read_error: fn(StatusCode, &Value) -> Trouble,
}

/// Why one attempt failed.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Another attempt may help, after so long if the CRM said how long.
    Passing(CrmError, Option<Duration>),
    /// The token is no longer good.
    Expired,
    /// Another attempt will not help.
    Final(CrmError),
}

/// What went wrong on the way.
#[derive(Debug, thiserror::Error)]
pub(super) enum OnTheWay {
    /// No connection, or it broke.
    #[error("{0}")]
    Broken(String),
    /// The CRM answered that it is in trouble.
    #[error("the CRM answered with status {0}")]
    Status(u16),
    /// It took too long.
    #[error("the CRM took longer than {} s", .0.as_secs())]
    Slow(Duration),
    /// It failed a moment ago, and is left alone.
    #[error("the CRM failed a moment ago and is left alone")]
    Resting,
    /// It answered something else than it is asked for.
    #[error("the CRM answered {0}")]
    Odd(String),
}

impl From<OnTheWay> for CrmError {
    fn from(cause: OnTheWay) -> Self {
        Self::Unavailable(Box::new(cause))
    }
}

/// An answer that is not what was asked for.
pub(super) fn odd(what: impl Into<String>) -> CrmError {
    OnTheWay::Odd(what.into()).into()
}

impl Remote {
    /// `read_error` knows the words of this CRM for a status that is no success; 429 and 5xx are known already.
    pub(super) fn new(
        tokens: Tokens,
        reach: Reach,
        read_error: fn(StatusCode, &Value) -> Trouble,
    ) -> Result<Self, CrmError> {
        let client = Client::builder()
            .connect_timeout(reach.timeout / 2)
            .user_agent(concat!("liaison/", env!("CARGO_PKG_VERSION")))
            // A redirect would carry the token to wherever it points.
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| CrmError::Unavailable(Box::new(error)))?;
        Ok(Self {
            client,
            tokens,
            rest: Rest::new(reach.rest),
            timeout: reach.timeout,
            read_error,
        })
    }

    /// How long a read may take. All deals and organisations are many pages.
    pub(super) fn patience(&self, table: &Table, whose: Whose<'_>) -> Duration {
        match whose {
            Whose::Everybody if !table.is_partners() => self.timeout * FOR_ALL,
            _ => self.timeout,
        }
    }

    /// A piece of work for somebody who waits for it.
    pub(super) async fn within_reach<T>(
        &self,
        work: impl Future<Output = Result<T, CrmError>>,
    ) -> Result<T, CrmError> {
        self.within(self.timeout, work).await
    }

    /// A piece of work of one or more requests, within the time there is. What fails of itself counts for the rest.
    pub(super) async fn within<T>(
        &self,
        patience: Duration,
        work: impl Future<Output = Result<T, CrmError>>,
    ) -> Result<T, CrmError> {
        if !self.rest.is_over(Instant::now()) {
            return Err(OnTheWay::Resting.into());
        }
        let done = tokio::time::timeout(patience, work).await;
        let done = done.unwrap_or_else(|_| Err(OnTheWay::Slow(patience).into()));
        match &done {
            Err(CrmError::Unavailable(cause)) => {
                if self.rest.failed(Instant::now()) {
                    tracing::warn!(
                        error = cause.as_ref() as &dyn std::error::Error,
                        "the CRM is left alone for a while"
                    );
                }
            }
            _ => self.rest.answered(),
        }
        done
    }

    /// A piece of work that nobody waits for. It leaves a CRM alone that rests, but what fails of it does not make it rest:
    /// who waits for records finds out by those.
    pub(super) async fn aside<T>(
        &self,
        work: impl Future<Output = Result<T, CrmError>>,
    ) -> Result<T, CrmError> {
        if self.rest.is_on(Instant::now()) {
            return Err(OnTheWay::Resting.into());
        }
        let done = tokio::time::timeout(self.timeout, work).await;
        done.unwrap_or_else(|_| Err(OnTheWay::Slow(self.timeout).into()))
    }

    /// Sends a request until it is answered, or will not be.
    pub(super) async fn send(
        &self,
        request: impl Fn(&Client, &Token) -> RequestBuilder + Sync,
    ) -> Result<Value, CrmError> {
        let attempts = || async { self.attempt(&request).await };
        let done = attempts
            .retry(
                ExponentialBuilder::default()
                    .with_min_delay(Duration::from_millis(150))
                    .with_jitter()
                    .with_max_delay(Duration::from_secs(2))
                    .with_max_times(6),
            )
            .when(|trouble| match trouble {
                Trouble::Passing(_, wait) => wait.is_none_or(|wait| wait <= LONGEST_WAIT),
                Trouble::Expired => true,
                Trouble::Final(_) => false,
            })
            .adjust(|trouble, delay| match trouble {
                Trouble::Passing(_, Some(wait)) => delay.map(|delay| delay.max(*wait)),
                Trouble::Expired => delay.map(|_| Duration::ZERO),
                _ => delay,
            })
            .await;
        done.map_err(|trouble| match trouble {
            Trouble::Passing(error, _) | Trouble::Final(error) => error,
            Trouble::Expired => {
                CrmError::Refused("our token is not good, and a new one is not either".to_owned())
            }
        })
    }

    async fn attempt(
        &self,
        request: &(impl Fn(&Client, &Token) -> RequestBuilder + Sync),
    ) -> Result<Value, Trouble> {
        let token = self.tokens.get(&self.client).await?;
        let response = request(&self.client, &token).send().await.map_err(broken)?;
        let status = response.status();
        let wait = asked_wait(&response);
        let body = body(response).await?;
        if status.is_success() {
            return match body.is_empty() {
                true => Ok(Value::Null),
                // Half a page is no page: a body that was cut is not JSON.
                false => serde_json::from_slice(&body)
                    .map_err(|error| Trouble::Passing(odd(format!("what cannot be read: {error}")), None)),
            };
        }
        let told = serde_json::from_slice(&body).unwrap_or_default();
        let trouble = match (self.read_error)(status, &told) {
            Trouble::Passing(error, None) => Trouble::Passing(error, wait),
            other => other,
        };
        if matches!(trouble, Trouble::Expired) && !self.tokens.discard(&token).await {
            return Err(Trouble::Final(CrmError::Refused(
                "it does not know our token".to_owned(),
            )));
        }
        Err(trouble)
    }
}

/// What any CRM means by a status, where its body says nothing else.
pub(super) fn by_status(status: StatusCode, message: &str) -> Trouble {
    match status.as_u16() {
        401 => Trouble::Expired,
        403 => Trouble::Final(CrmError::Refused(message.to_owned())),
        429 => Trouble::Passing(CrmError::Busy, None),
        500.. | 408 => Trouble::Passing(OnTheWay::Status(status.as_u16()).into(), None),
        _ => Trouble::Final(odd(format!("{status}: {message}"))),
    }
}

fn broken(error: reqwest::Error) -> Trouble {
    // Without its address: that may carry a secret, and it is known anyway.
    Trouble::Passing(OnTheWay::Broken(chain(&error.without_url())).into(), None)
}

/// An error with its causes, which is where reqwest says what happened.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn asked_wait(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

async fn body(mut response: Response) -> Result<Vec<u8>, Trouble> {
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(broken)? {
        if body.len() + part.len() > MOST_BYTES {
            return Err(Trouble::Final(odd(format!("more than {} MB", MOST_BYTES >> 20))));
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}
