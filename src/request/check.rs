//! Which claims of others stand against a registration: read from the CRM, judged by the rules of engagement.
//!
//! What is found is kept for the vendor's people. The partner is told of its own registrations, and that there may be
//! a claim: never whose.

use super::form::{Form, Name, Notice};
use crate::{
    app::App,
    crm::{
        CrmError, Partner, RegistrationStatus, Stage, Whose,
        claims::{self, AccountStatus, Deal},
        fields::CERTIFICATIONS,
    },
    program::date::long,
    registration::{
        engagement::{
            self, Claim, Claimant, Conflict, Decision, Duplicate, Findings, Kind, Rules, Standing, Wanted,
        },
        names::{Organisation, Reason, Weights},
    },
};
use jiff::civil::Date;
use serde_json::{Value, json};
use std::{collections::HashMap, time::Duration};

/// How long the CRM may take to tell of all claims: somebody waits for the answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What came of looking.
pub(super) struct Checked {
    /// What the partner is told.
    pub(super) notices: Vec<Notice>,
    /// Its own open deal that the registration is about.
    pub(super) own_deal: Option<String>,
    /// What the vendor's people are told.
    findings: Value,
}

impl Checked {
    /// What the vendor's people are told, as it is kept.
    pub(super) fn kept(&self) -> String {
        self.findings.to_string()
    }

    /// The CRM did not tell: then somebody has to look.
    fn not_possible() -> Self {
        Self {
            notices: vec![Notice {
                code: "not_checked".to_owned(),
                text: "Whether others claim this customer could not be looked up now; your partner manager does it."
                    .to_owned(),
            }],
            own_deal: None,
            findings: json!({ "checked": false, "conflicts": [], "proposal": null }),
        }
    }
}

/// Looks for claims on the customer of a registration that `partner` hands in as `record`.
pub(super) async fn look(app: &App, partner: &Partner, form: &Form, record: &str) -> Checked {
    let registration = Registration {
        partner: partner.id.clone(),
        form: form.clone(),
        record: record.to_owned(),
        today: app.assistant.today(),
        promised_hours: app.settings.requests.promised_hours,
    };
    match tokio::time::timeout(PATIENCE, Market::read(app)).await {
        Ok(Ok(market)) => {
            // Comparing thousands of names takes a while: not where others are answered.
            let examined = tokio::task::spawn_blocking(move || market.examine(&registration));
            examined.await.unwrap_or_else(|error| {
                tracing::error!(%error, "looking claims up came to no end");
                Checked::not_possible()
            })
        }
        Ok(Err(error)) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "claims cannot be looked up"
            );
            Checked::not_possible()
        }
        Err(_) => {
            tracing::warn!("looking claims up took too long");
            Checked::not_possible()
        }
    }
}

/// A registration that claims may stand against.
struct Registration {
    /// Who hands it in.
    partner: String,
    form: Form,
    record: String,
    today: Date,
    /// Hours within which the vendor answers.
    promised_hours: i64,
}

/// Everybody's claims, and who they are.
struct Market {
    claims: claims::Claims,
    /// Names by partner.
    names: HashMap<String, String>,
    /// People with a certificate that is valid today, by partner.
    certified: HashMap<String, usize>,
}

impl Market {
    async fn read(app: &App) -> Result<Self, CrmError> {
        let crm = app.crm.as_ref();
        let (claims, partners, certificates) = tokio::try_join!(
            claims::claims(crm),
            crm.partners(),
            crm.read(&CERTIFICATIONS, Whose::Everybody),
        )?;
        let today = app.assistant.today().to_string();
        let mut people: HashMap<String, Vec<String>> = HashMap::new();
        for row in &certificates.rows {
            let (Some(owner), Some(person)) = (row.get("partner_id"), row.get("person")) else {
                continue;
            };
            // Days in ISO form compare as text.
            if row.get("expires_on").is_some_and(|last| last >= today.as_str()) {
                people
                    .entry(owner.to_owned())
                    .or_default()
                    .push(person.to_owned());
            }
        }
        let count = |mut people: Vec<String>| {
            people.sort();
            people.dedup();
            people.len()
        };
        Ok(Self {
            claims,
            names: partners
                .into_iter()
                .map(|partner| (partner.id, partner.name))
                .collect(),
            certified: people
                .into_iter()
                .map(|(owner, people)| (owner, count(people)))
                .collect(),
        })
    }

    fn examine(&self, registration: &Registration) -> Checked {
        let Registration {
            partner, form, today, ..
        } = registration;
        let all = self.all();
        let names = all.iter().map(|claim| claim.customer.name);
        let weights = Weights::of(names);
        let wanted = Wanted {
            id: Some(&registration.record),
            partner,
            certified: self.certified(partner),
            customer: Organisation {
                name: form.value(Name::Customer).unwrap_or_default(),
                domain: form.value(Name::Domain).or_else(|| mail_domain(form)),
                country: None,
                parent: None,
            },
            product: form.value(Name::Product),
            submitted_on: *today,
            on: *today,
        };
        let findings =
            engagement::Claims::of(all.iter().copied(), weights).examine(&wanted, &Rules::default());
        Checked {
            notices: notices(&findings, registration.promised_hours),
            own_deal: findings.partner.own_deal.map(str::to_owned),
            findings: json!({
                "checked": self.claims.skipped == 0,
                "conflicts": findings.manager.conflicts.iter().map(told).collect::<Vec<_>>(),
                "proposal": {
                    "decision": word(findings.manager.proposal.decision),
                    "reasons": findings.manager.proposal.reasons,
                },
            }),
        }
    }

    /// Everything that somebody claims; what is over claims nothing.
    fn all(&self) -> Vec<Claim<'_>> {
        let registrations = self.claims.registrations.iter().filter_map(|claim| {
            let record = &claim.record;
            let standing = match record.status {
                RegistrationStatus::Submitted => Standing::Waiting,
                RegistrationStatus::Conflicting => Standing::Disputed,
                RegistrationStatus::Approved => Standing::Approved {
                    until: record.protected_until,
                },
                _ => return None,
            };
            Some(Claim {
                id: &record.id,
                claimant: self.claimant(claim.partner.as_deref()),
                customer: named(&record.customer, record.domain.as_deref()),
                product: Some(&record.product),
                what: Kind::Registration {
                    submitted_on: record.submitted_on,
                    standing,
                },
            })
        });
        let deals = self.claims.deals.iter().filter_map(|claim| {
            let record = &claim.record;
            Some(Claim {
                id: record
                    .id
                    .as_deref()
                    .or(record.name.as_deref())
                    .unwrap_or_default(),
                claimant: self.claimant(claim.partner.as_deref()),
                customer: named(&record.customer, None),
                product: record.product.as_deref(),
                what: deal(record)?,
            })
        });
        let accounts = self.claims.accounts.iter().filter_map(|account| {
            let is_looked_after = matches!(account.status, AccountStatus::Customer | AccountStatus::Open);
            is_looked_after.then(|| Claim {
                id: &account.id,
                claimant: Claimant::Direct,
                customer: Organisation {
                    name: &account.name,
                    domain: account.domain.as_deref(),
                    country: account.country.as_deref(),
                    parent: account.parent.as_deref(),
                },
                product: None,
                what: Kind::Account,
            })
        });
        registrations.chain(deals).chain(accounts).collect()
    }

    fn claimant<'a>(&'a self, partner: Option<&'a str>) -> Claimant<'a> {
        match partner {
            Some(id) => Claimant::Partner {
                id,
                name: self.names.get(id).map_or(id, String::as_str),
                certified: self.certified(id),
            },
            None => Claimant::Direct,
        }
    }

    fn certified(&self, partner: &str) -> usize {
        self.certified.get(partner).copied().unwrap_or_default()
    }
}

fn named<'a>(name: &'a str, domain: Option<&'a str>) -> Organisation<'a> {
    Organisation {
        name,
        domain,
        country: None,
        parent: None,
    }
}

/// Where a deal stands; one that was lost, or whose stage is not known, claims nothing.
fn deal(record: &Deal) -> Option<Kind> {
    match record.stage? {
        Stage::ClosedLost => None,
        Stage::ClosedWon => Some(Kind::WonDeal {
            closed_on: record.close_date?,
        }),
        _ => Some(Kind::OpenDeal {
            created_on: record.created_on.unwrap_or(Date::MIN),
        }),
    }
}

fn mail_domain(form: &Form) -> Option<&str> {
    form.value(Name::ContactEmail)?
        .split_once('@')
        .map(|(_, domain)| domain)
}

/// What the partner is told: of its own registrations, and that there may be a claim of somebody's.
fn notices(findings: &Findings<'_>, hours: i64) -> Vec<Notice> {
    let own = findings.partner.duplicates.iter().map(already);
    let others = findings.partner.is_possible_conflict.then(|| Notice {
        code: "possible_conflict".to_owned(),
        text: format!(
            "There may be a conflict with another claim on this customer. Your partner manager will answer within \
             {hours} hours."
        ),
    });
    own.chain(others).collect()
}

fn already(duplicate: &Duplicate<'_>) -> Notice {
    Notice {
        code: "already_registered".to_owned(),
        text: format!(
            "You have registered this customer before: {}, on {}.",
            duplicate.id,
            long(duplicate.submitted_on)
        ),
    }
}

/// A conflict as the vendor's people see it.
fn told(conflict: &Conflict<'_>) -> Value {
    let claimant = match conflict.claim.claimant {
        Claimant::Partner { name, .. } => name,
        Claimant::Direct => "Direct sales",
    };
    let what = match conflict.claim.what {
        Kind::Registration { standing, .. } => match standing {
            Standing::Waiting => "registration, waiting for a decision".to_owned(),
            Standing::Disputed => "registration, under review".to_owned(),
            Standing::Approved { until: Some(until) } => {
                format!("registration, protected until {}", long(until))
            }
            Standing::Approved { until: None } => "registration, approved".to_owned(),
        },
        Kind::OpenDeal { .. } => "open deal".to_owned(),
        Kind::WonDeal { closed_on } => format!("deal won on {}", long(closed_on)),
        Kind::Account => "account of the vendor’s own".to_owned(),
    };
    let reasons: Vec<String> = std::iter::once(conflict.reason.clone())
        .chain(conflict.matching.reasons.iter().map(Reason::to_string))
        .collect();
    json!({
        "claimant": claimant,
        "what": format!("{} {what}", conflict.claim.id).trim_start(),
        "customer": conflict.claim.customer.name,
        "likeness": (conflict.matching.score * 100.0).round() / 100.0,
        "decision": word(conflict.decision),
        "reasons": reasons,
    })
}

fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Approve => "approve",
        Decision::Ask => "ask",
        Decision::Reject => "reject",
    }
}
