//! What consent and decision write to the CRM.
//!
//! Everything may be written again: a record is made under an id that comes from the request, and a change sets values
//! rather than adding to them.

use super::form::{Form, Kind, Name};
use crate::crm::{
    Crm, CrmError, Partner, Records, Row,
    fields::{DEAL_REGISTRATIONS, MDF_CLAIMS, OPPORTUNITIES, Table},
};
use jiff::civil::Date;
use uuid::Uuid;

/// A record to be made or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing yet.
    Nothing,
    /// A record of its own, with its id in the row.
    Make(&'static Table, Row),
    /// Values of the record with this id.
    Change(&'static Table, String, Row),
}

/// The vendor's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Yes; for a protection window, until this day.
    Approve {
        /// The last protected day.
        protected_until: Option<Date>,
    },
    /// No, and why: the partner reads it.
    Reject {
        /// Why.
        reason: String,
    },
}

impl Effect {
    /// Does it to the partner's records.
    pub(super) async fn apply(self, crm: &dyn Crm, partner: &Partner) -> Result<(), CrmError> {
        let records = Records::of(crm, partner);
        let scope = records.scope();
        match self {
            Self::Nothing => Ok(()),
            Self::Make(table, row) => crm.create(table, scope, &row).await,
            Self::Change(table, id, row) => crm.update(table, scope, &id, &row).await,
        }
    }
}

/// The id in the CRM of what a request makes: the same for every attempt.
pub(super) fn record_id(kind: Kind, request: Uuid) -> String {
    let key = request.simple().to_string();
    let prefix = match kind {
        Kind::RequestMdf => "mc",
        _ => "dr",
    };
    format!("{prefix}-{}", &key[..16])
}

/// What the partner's consent writes; `own_deal` is the deal in the pipeline that a registration is about.
pub(super) fn of_consent(form: &Form, record: &str, own_deal: Option<&str>, today: Date) -> Effect {
    let told = |name: Name| form.value(name).unwrap_or_default().to_owned();
    let amount = form
        .money()
        .map(|money| money.minor.to_string())
        .unwrap_or_default();
    let today = today.to_string();
    match form.kind {
        Kind::RegisterDeal => Effect::Make(
            &DEAL_REGISTRATIONS,
            row([
                ("id", record.to_owned()),
                ("opportunity_id", own_deal.unwrap_or_default().to_owned()),
                ("customer", told(Name::Customer)),
                ("product", told(Name::Product)),
                ("status", "submitted".to_owned()),
                ("submitted_on", today),
                ("extensions", "0".to_owned()),
                ("amount_minor", amount),
                ("currency", told(Name::Currency)),
                ("close_date", told(Name::CloseDate)),
                ("domain", told(Name::Domain)),
                ("contact", told(Name::Contact)),
                ("contact_email", told(Name::ContactEmail)),
                ("need", told(Name::Need)),
                ("source", told(Name::Source)),
                ("proof", told(Name::Proof)),
            ]),
        ),
        Kind::RequestMdf => Effect::Make(
            &MDF_CLAIMS,
            row([
                ("id", record.to_owned()),
                ("fund_id", form.record.clone().unwrap_or_default()),
                ("activity", told(Name::Activity)),
                ("amount_minor", amount),
                ("currency", told(Name::Currency)),
                ("status", "requested".to_owned()),
                ("submitted_on", today),
            ]),
        ),
        Kind::WithdrawRegistration => change(
            &DEAL_REGISTRATIONS,
            record,
            [
                ("status", "withdrawn".to_owned()),
                ("decided_on", today),
                ("reason", told(Name::Reason)),
            ],
        ),
        Kind::UpdateDeal => change(
            &OPPORTUNITIES,
            record,
            [("next_step", told(Name::NextStep)), ("last_activity_on", today)],
        ),
        // The vendor has to agree first.
        Kind::ExtendProtection | Kind::DisputeAttribution => Effect::Nothing,
    }
}

/// What the vendor's decision writes. `extensions` is how many a registration had before.
pub(super) fn of_decision(
    form: &Form,
    record: &str,
    decision: &Decision,
    today: Date,
    extensions: i64,
) -> Effect {
    let today = today.to_string();
    let (status, reason) = match decision {
        Decision::Approve { .. } => ("approved", String::new()),
        Decision::Reject { reason } => ("rejected", reason.clone()),
    };
    let until = match decision {
        Decision::Approve { protected_until } => {
            protected_until.map(|day| day.to_string()).unwrap_or_default()
        }
        Decision::Reject { .. } => String::new(),
    };
    let is_approved = matches!(decision, Decision::Approve { .. });
    match form.kind {
        Kind::RegisterDeal => change(
            &DEAL_REGISTRATIONS,
            record,
            [
                ("status", status.to_owned()),
                ("decided_on", today),
                ("protected_until", until),
                ("reason", reason),
            ],
        ),
        Kind::RequestMdf => change(
            &MDF_CLAIMS,
            record,
            [("status", status.to_owned()), ("decided_on", today)],
        ),
        Kind::ExtendProtection if is_approved => change(
            &DEAL_REGISTRATIONS,
            record,
            [
                ("protected_until", until),
                ("extensions", (extensions + 1).to_string()),
            ],
        ),
        Kind::DisputeAttribution if is_approved => {
            let claimed = form.value(Name::Claimed).unwrap_or_default().to_owned();
            change(&OPPORTUNITIES, record, [("attribution", claimed)])
        }
        _ => Effect::Nothing,
    }
}

fn change<const N: usize>(
    table: &'static Table,
    record: &str,
    values: [(&'static str, String); N],
) -> Effect {
    Effect::Change(table, record.to_owned(), row(values))
}

/// Without what is empty.
fn row<const N: usize>(values: [(&'static str, String); N]) -> Row {
    values.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::form::{Field, FieldKind};
    use jiff::civil::date;

    const TODAY: Date = date(2026, 7, 28);

    fn form(kind: Kind, values: &[(Name, &str)]) -> Form {
        let field = |(name, value): &(Name, &str)| {
            Field::new(*name, "", FieldKind::Text).with(Some((*value).to_owned()))
        };
        Form {
            kind,
            record: Some("rec-1".to_owned()),
            fields: values.iter().map(field).collect(),
            notices: vec![],
        }
    }

    #[test]
    fn every_attempt_makes_the_same_record() {
        let form = form(
            Kind::RegisterDeal,
            &[
                (Name::Customer, "Norlund AB"),
                (Name::Product, "Weave"),
                (Name::Amount, "45000.50"),
                (Name::Currency, "EUR"),
                (Name::CloseDate, "2026-09-30"),
            ],
        );
        let id = record_id(Kind::RegisterDeal, Uuid::max());
        assert_eq!(id, "dr-ffffffffffffffff");
        let Effect::Make(table, row) = of_consent(&form, &id, None, TODAY) else {
            panic!("nothing is made");
        };
        assert_eq!(table.name, "deal_registrations");
        let check = |column, expected: Option<&str>| assert_eq!(row.get(column), expected, "{column}");
        check("id", Some("dr-ffffffffffffffff"));
        check("status", Some("submitted"));
        check("amount_minor", Some("4500050"));
        check("close_date", Some("2026-09-30"));
        check("proof", None);
        // Whose it is comes from the scope alone.
        check("partner_id", None);
        assert_eq!(
            of_consent(&form, &id, None, TODAY),
            of_consent(&form, &id, None, TODAY)
        );
    }

    #[test]
    fn nothing_is_changed_that_the_vendor_did_not_agree_to() {
        let rejected = Decision::Reject {
            reason: "too late".to_owned(),
        };
        let approved = Decision::Approve {
            protected_until: Some(date(2026, 12, 31)),
        };
        for kind in [Kind::ExtendProtection, Kind::DisputeAttribution] {
            let form = form(kind, &[(Name::Claimed, "sourced")]);
            assert_eq!(of_consent(&form, "rec-1", None, TODAY), Effect::Nothing);
            assert_eq!(of_decision(&form, "rec-1", &rejected, TODAY, 1), Effect::Nothing);
            assert_ne!(of_decision(&form, "rec-1", &approved, TODAY, 1), Effect::Nothing);
        }
        let Effect::Change(_, id, row) =
            of_decision(&form(Kind::ExtendProtection, &[]), "dr-1", &approved, TODAY, 1)
        else {
            panic!("nothing is changed");
        };
        assert_eq!(
            (id.as_str(), row.get("extensions"), row.get("protected_until")),
            ("dr-1", Some("2"), Some("2026-12-31"))
        );
    }
}
