//! What partners ask of the vendor: proposed in a conversation, consented to field by field, written to the CRM, and
//! decided by the vendor's people.
//!
//! Consent is kept before anything is written ([`Requests::answer`]): what the CRM does not take at once is written
//! later, under the same key, so that nothing is lost and nothing is there twice. `effect` says what is written, `check`
//! which claims of others stand against it, `post` writes and reminds in the background. Refuses to know: HTTP, SQL,
//! models.

mod check;
mod effect;
pub mod form;
pub mod intent;
mod letter;
mod post;
mod shown;

pub use effect::Decision;
pub use shown::{for_partner, for_staff, listed};

use crate::{
    app::App,
    caller::Caller,
    crm::{CrmError, Partner, Records},
    post::Post,
    store::{Assigned, NewRequest, Request, RequestState},
};
use check::Checked;
use effect::{of_consent, of_decision, record_id};
use form::{Form, Kind, Name, Unfit};
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::Notify;
use uuid::Uuid;

/// How long a partner waits for the CRM to take what it consented to; it is written later if it takes longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Registrations a day of which a partner is told ahead that there may be a claim; of more it learns from the decision.
const TOLD_AHEAD: i64 = 25;

/// The requests of a running service.
pub struct Requests {
    app: Arc<App>,
    /// `None` without a mail server.
    post: Option<Post>,
    /// Told when there is something to write or to send.
    wake: Notify,
    /// One at a time works on a request.
    locks: Mutex<HashMap<Uuid, Arc<tokio::sync::Mutex<()>>>>,
}

/// Why a request did not go on.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// There is none of that id, or it is somebody else's.
    #[error("there is no such request")]
    NotFound,
    /// The proposal was cancelled, or is too old.
    #[error("this is no longer offered")]
    Over,
    /// It cannot be decided: it is not the vendor's turn, or somebody was faster.
    #[error("this cannot be decided any more")]
    Decided,
    /// Something is missing or cannot be written.
    #[error("some fields cannot be written")]
    Unfit(Unfit),
    /// The CRM does not take the decision.
    #[error(transparent)]
    Crm(#[from] CrmError),
    /// It could not be kept.
    #[error("the request cannot be read or kept: {0}")]
    Store(#[from] sqlx::Error),
}

/// A proposal before it is kept.
pub(crate) struct Proposed {
    id: Uuid,
    form: Form,
    record: String,
    expires_at: Timestamp,
}

impl Proposed {
    /// As the partner sees it.
    pub(crate) fn shown(&self) -> Value {
        shown::proposal(self.id, &self.form, self.expires_at)
    }
}

/// Forms as proposals, each with what the partner has to know of the claims of others.
///
/// # Errors
/// When the database fails.
pub(crate) async fn prepare(
    app: &App,
    partner: &Partner,
    forms: Vec<Form>,
) -> Result<Vec<Proposed>, sqlx::Error> {
    if forms.is_empty() {
        return Ok(Vec::new());
    }
    let day = Timestamp::now() - SignedDuration::from_hours(24);
    let mut told = app.store.registrations_since(&partner.id, day).await?;
    let expires_at = Timestamp::now() + app.settings.requests.offered();
    let mut proposed = Vec::new();
    for mut form in forms {
        let id = Uuid::new_v4();
        let record = match form.kind {
            Kind::RegisterDeal | Kind::RequestMdf => record_id(form.kind, id),
            _ => form.record.clone().unwrap_or_default(),
        };
        if form.kind == Kind::RegisterDeal {
            told += 1;
            // Whoever tries one name after the other would learn who the others' customers are.
            if told <= TOLD_AHEAD {
                form.notices
                    .extend(check::look(app, partner, &form, &record).await.notices);
            }
        }
        proposed.push(Proposed {
            id,
            form,
            record,
            expires_at,
        });
    }
    Ok(proposed)
}

/// Keeps proposals that came up in an exchange. What was proposed before of the same, in the same conversation, is no
/// longer offered: two cards for one deal would make two of it.
pub(crate) async fn propose(
    app: &App,
    caller: &Caller,
    (conversation, exchange): (&str, Uuid),
    proposed: &[Proposed],
) -> Result<(), sqlx::Error> {
    if proposed.is_empty() {
        return Ok(());
    }
    let before = app.store.requests_of(conversation).await?;
    let is_open = |request: &&Request| request.state == RequestState::Proposed;
    for earlier in before.iter().filter(is_open) {
        if proposed.iter().any(|new| is_same(&new.form, &earlier.form)) {
            app.store
                .cancel(earlier.id, "service", "something newer takes its place")
                .await?;
        }
    }
    let owner = app.owner(caller);
    let new: Vec<NewRequest<'_>> = proposed
        .iter()
        .map(|proposed| NewRequest {
            id: proposed.id,
            exchange,
            conversation,
            owner,
            partner_name: &caller.partner.name,
            record_id: &proposed.record,
            form: &proposed.form,
            expires_at: proposed.expires_at,
        })
        .collect();
    app.store.propose(&new).await
}

/// Whether two forms ask for the same: of one record, for one customer or one activity.
fn is_same(a: &Form, b: &Form) -> bool {
    let told = |form: &Form, name| form.value(name).map(str::to_lowercase);
    let same = |name| told(a, name) == told(b, name);
    a.kind == b.kind && a.record == b.record && same(Name::Customer) && same(Name::Activity)
}

impl Requests {
    /// Wires the mail, and goes on with what was not written or sent when the service stopped.
    ///
    /// # Errors
    /// When the mail settings cannot be used.
    pub fn start(app: Arc<App>) -> anyhow::Result<Arc<Self>> {
        let requests = Arc::new(Self {
            post: Post::new(&app.settings.mail)?,
            app,
            wake: Notify::new(),
            locks: Mutex::default(),
        });
        tokio::spawn(Arc::clone(&requests).run());
        Ok(requests)
    }

    /// The partner's answer to a proposal: consent to `given` values in its fields, or none. Consent is kept first and
    /// written then, at once where the CRM takes it; the same answer again changes nothing.
    ///
    /// # Errors
    /// When there is no such proposal of the caller's, it is no longer offered, or its fields cannot be written.
    pub async fn answer(
        &self,
        caller: &Caller,
        id: Uuid,
        given: Option<&BTreeMap<Name, String>>,
    ) -> Result<Request, RequestError> {
        let request = self.own(caller, id).await?;
        let Some(given) = given else {
            return self.refuse(caller, request).await;
        };
        if request.state == RequestState::Proposed {
            let mut form = request.form.clone();
            form.fill(given, self.app.assistant.today())
                .map_err(RequestError::Unfit)?;
            if self.app.store.consent(id, &form, &caller.subject).await? {
                tracing::info!(request.id = %id, partner.id = %request.partner_id, kind = request.kind.as_str(), "consented");
                metrics::counter!("liaison_requests_total", "kind" => request.kind.as_str()).increment(1);
            }
        }
        let request = self.found(id).await?;
        match request.state {
            // It has expired while it was read.
            RequestState::Cancelled | RequestState::Proposed => Err(RequestError::Over),
            RequestState::Confirmed => {
                let written = tokio::time::timeout(PATIENCE, self.write(id)).await;
                if let Ok(Err(RequestError::Store(error))) = written {
                    return Err(error.into());
                }
                self.wake.notify_one();
                self.found(id).await
            }
            _ => Ok(request),
        }
    }

    async fn refuse(&self, caller: &Caller, request: Request) -> Result<Request, RequestError> {
        self.app.store.cancel(request.id, &caller.subject, "").await?;
        let now = self.found(request.id).await?;
        match now.state {
            RequestState::Cancelled => Ok(now),
            _ => Err(RequestError::Over),
        }
    }

    /// A request of the caller's own.
    ///
    /// # Errors
    /// When there is none.
    pub async fn own(&self, caller: &Caller, id: Uuid) -> Result<Request, RequestError> {
        let request = self.found(id).await?;
        let owner = self.app.owner(caller);
        let is_own =
            request.partner_id == owner.partner_id && (owner.shared || request.subject == owner.subject);
        is_own.then_some(request).ok_or(RequestError::NotFound)
    }

    /// Writes what a partner consented to, unless it is written already.
    async fn write(&self, id: Uuid) -> Result<(), RequestError> {
        let lock = self.lock(id);
        let _alone = lock.lock().await;
        let request = self.found(id).await?;
        if request.state != RequestState::Confirmed {
            return Ok(());
        }
        match self.written(&request).await {
            Ok(()) => Ok(()),
            Err(RequestError::Crm(error)) => {
                let pause = post::pause(request.attempts);
                tracing::warn!(
                    request.id = %id, attempts = request.attempts + 1,
                    error = &error as &dyn std::error::Error, "the CRM did not take a request; it is tried again"
                );
                self.app.store.not_written(id, pause, &error.to_string()).await?;
                Err(error.into())
            }
            Err(error) => Err(error),
        }
    }

    async fn written(&self, request: &Request) -> Result<(), RequestError> {
        let app = &self.app;
        let partner = self.partner(request).await?;
        // Looked for once more: days may have passed since it was proposed.
        let checked = match request.kind {
            Kind::RegisterDeal => Some(check::look(app, &partner, &request.form, &request.record_id).await),
            _ => None,
        };
        let own_deal = checked.as_ref().and_then(|checked| checked.own_deal.as_deref());
        let effect = of_consent(&request.form, &request.record_id, own_deal, app.assistant.today());
        effect.apply(app.crm.as_ref(), &partner).await?;
        let findings = checked.as_ref().map(Checked::kept);
        let (name, email) = self.assignee(&partner, &request.form);
        let due = request
            .kind
            .is_decided()
            .then(|| Timestamp::now() + app.settings.requests.promised());
        let assigned = Assigned {
            name,
            email,
            due_at: due,
            mail_at: (self.post.is_some() && !email.is_empty()).then(Timestamp::now),
        };
        let state = match request.kind.is_decided() {
            true => RequestState::Submitted,
            false => RequestState::Done,
        };
        app.store
            .written(request.id, state, findings.as_deref(), &assigned)
            .await?;
        tracing::info!(request.id = %request.id, partner.id = %partner.id, kind = request.kind.as_str(), "written");
        self.wake.notify_one();
        Ok(())
    }

    /// The partner as the CRM has it now.
    async fn partner(&self, request: &Request) -> Result<Partner, CrmError> {
        let partner = self.app.crm.partner(&request.partner_id).await?;
        partner.ok_or_else(|| CrmError::Refused("the partner is no longer in the CRM".to_owned()))
    }

    /// Who decides: by the first rule that fits, or else the partner's own manager.
    fn assignee<'a>(&'a self, partner: &'a Partner, form: &Form) -> (&'a str, &'a str) {
        let routes = &self.app.settings.requests.routes;
        let route = routes
            .iter()
            .find(|route| route.fits(form.kind, &partner.region, form.money()));
        match route {
            Some(route) => (&route.name, &route.email),
            None => partner.manager().unwrap_or_default(),
        }
    }

    /// The vendor's decision, by `staff`: written to the CRM first, then kept.
    ///
    /// # Errors
    /// When it is not to be decided (any more), or the CRM does not take it: then nothing is decided.
    pub async fn decide(&self, id: Uuid, staff: &str, decision: &Decision) -> Result<Request, RequestError> {
        let lock = self.lock(id);
        let _alone = lock.lock().await;
        let request = self.found(id).await?;
        if request.state != RequestState::Submitted {
            return Err(RequestError::Decided);
        }
        let app = &self.app;
        let partner = self.partner(&request).await?;
        let decision = self.dated(&request, decision);
        let extensions = self.extensions(&request, &partner).await?;
        let today = app.assistant.today();
        let effect = of_decision(&request.form, &request.record_id, &decision, today, extensions);
        effect.apply(app.crm.as_ref(), &partner).await?;
        let (state, reason) = match &decision {
            Decision::Approve { .. } => (RequestState::Approved, ""),
            Decision::Reject { reason } => (RequestState::Rejected, reason.as_str()),
        };
        app.store.decide(id, state, staff, reason).await?;
        tracing::info!(request.id = %id, staff, ?state, "decided");
        self.found(id).await
    }

    /// With the last protected day that goes without saying.
    fn dated(&self, request: &Request, decision: &Decision) -> Decision {
        match decision {
            Decision::Approve {
                protected_until: None,
            } => Decision::Approve {
                protected_until: self.suggested(request),
            },
            other => other.clone(),
        }
    }

    /// The last protected day that an approval gives: as asked for, or as the program has it.
    #[must_use]
    pub fn suggested(&self, request: &Request) -> Option<Date> {
        let days = self.app.settings.requests.protection_days;
        match request.kind {
            Kind::RegisterDeal => Some(crate::program::date::add_days(self.app.assistant.today(), days)),
            Kind::ExtendProtection => request.form.date(Name::ProtectedUntil),
            _ => None,
        }
    }

    /// How often the registration's window was extended before.
    async fn extensions(&self, request: &Request, partner: &Partner) -> Result<i64, CrmError> {
        if request.kind != Kind::ExtendProtection {
            return Ok(0);
        }
        let all = Records::of(self.app.crm.as_ref(), partner)
            .deal_registrations()
            .await?;
        let own = all
            .iter()
            .find(|registration| registration.id == request.record_id);
        Ok(own.map_or(0, |registration| registration.extensions))
    }

    /// One request, for staff.
    ///
    /// # Errors
    /// When there is none, or the database fails.
    pub async fn found(&self, id: Uuid) -> Result<Request, RequestError> {
        self.app.store.request(id).await?.ok_or(RequestError::NotFound)
    }

    /// The lock of a request, for as long as somebody holds it.
    fn lock(&self, id: Uuid) -> Arc<tokio::sync::Mutex<()>> {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        locks.retain(|_, lock| Arc::strong_count(lock) > 1);
        Arc::clone(locks.entry(id).or_default())
    }
}
