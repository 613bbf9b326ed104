//! Who the partner is to the vendor: tier and the way to the next one, certificates, referral link, manager.

mod tier;

use super::{
    Field, Record, ToolContext, ToolError, ToolOutcome, arguments,
    wording::{capitalised, count_of},
};
use crate::{
    crm::{Certification, Partner},
    program::date::long,
};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(super) const DESCRIPTION: &str = "Look up the partner's own profile: tier and what is missing to keep it or for the next one, \
certifications and when they expire, referral link, and its partner manager. Ask for the parts that are needed with `about`.";

const COLUMNS: &[&str] = &["person", "certification", "earned_on", "expires_on", "state"];

pub(super) fn parameters() -> Value {
    json!({
        "about": {
            "type": "array",
            "items": { "type": "string", "enum": Part::ALL.map(Part::as_str) },
            "description": "The parts that are asked for; all of them without it.",
        }
    })
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Arguments {
    about: Option<Vec<Part>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    Tier,
    Certifications,
    ReferralLink,
    Manager,
}

impl Part {
    const ALL: [Self; 4] = [
        Self::Tier,
        Self::Certifications,
        Self::ReferralLink,
        Self::Manager,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Tier => "tier",
            Self::Certifications => "certifications",
            Self::ReferralLink => "referral_link",
            Self::Manager => "manager",
        }
    }
}

/// One part of the profile: its sentence, the fields that hold the sentence's figures, its records.
struct Section {
    sentence: String,
    fields: Vec<Field>,
    records: Vec<Record>,
}

pub(super) async fn call(ctx: &ToolContext<'_>, args: &Value) -> Result<ToolOutcome, ToolError> {
    let args: Arguments = arguments::read(args)?;
    let about = args.about.filter(|parts| !parts.is_empty());
    let wanted = |part| about.as_ref().is_none_or(|parts| parts.contains(&part));
    let mut sections = Vec::new();
    if about.is_none() {
        sections.push(identity(ctx.partner));
    }
    let certificates = ctx.records.certifications().await?;
    if wanted(Part::Tier) {
        sections.push(tier::section(ctx, &certificates).await?);
    }
    if wanted(Part::Certifications) {
        sections.push(certifications(&certificates, ctx.today));
    }
    if wanted(Part::ReferralLink) {
        sections.push(referral_link(ctx.partner));
    }
    if wanted(Part::Manager) {
        sections.push(manager(ctx.partner));
    }
    let headline: Vec<&str> = sections.iter().map(|section| section.sentence.as_str()).collect();
    let headline = headline.join(" ");
    let (fields, records): (Vec<_>, Vec<_>) = sections.into_iter().map(|s| (s.fields, s.records)).unzip();
    let summary = fields.into_iter().flatten().collect();
    Ok(ToolOutcome::new(
        headline,
        summary,
        records.into_iter().flatten(),
        COLUMNS,
    ))
}

fn identity(partner: &Partner) -> Section {
    let sentence = format!(
        "{} is a {} partner in {}, in the program since {}.",
        partner.name,
        partner.kind.shown().to_lowercase(),
        partner.region.to_uppercase(),
        long(partner.joined)
    );
    let fields = vec![
        Field::text("name", &partner.name),
        Field::choice("type", partner.kind.as_str(), partner.kind.shown()),
        Field::choice("region", &partner.region, &partner.region.to_uppercase()),
        Field::text("country", &partner.country),
        Field::date("joined", partner.joined),
    ];
    let records = vec![Record::new(&partner.id, "partner", fields.clone())];
    Section {
        sentence,
        fields,
        records,
    }
}

/// A certificate is good up to and including the day it names.
fn is_valid(c: &Certification, today: Date) -> bool {
    c.earned_on <= today && today <= c.expires_on
}

fn certifications(all: &[Certification], today: Date) -> Section {
    let valid: Vec<&Certification> = all.iter().filter(|c| is_valid(c, today)).collect();
    let expired = all.iter().filter(|c| c.expires_on < today).count();
    let people: BTreeSet<&str> = valid.iter().map(|c| c.person.as_str()).collect();
    let mut fields = vec![
        Field::count("valid_certificates", valid.len()),
        Field::count("certificate_holders", people.len()),
        Field::count("expired_certificates", expired),
    ];
    let mut sentence = if valid.is_empty() {
        "You have no valid certificates.".to_owned()
    } else {
        format!(
            "You have {}, held by {}.",
            count_of(valid.len(), "valid certificate", "valid certificates"),
            count_of(people.len(), "person", "people")
        )
    };
    if expired > 0 {
        let verb = if expired == 1 { "has" } else { "have" };
        sentence.push_str(&format!(" {expired} {verb} expired."));
    }
    if let Some(first) = valid.iter().min_by_key(|c| c.expires_on) {
        fields.push(Field::date("next_expiry", first.expires_on));
        fields.push(Field::text(
            "next_expiry_of",
            format!("{}, {}", first.certification, first.person),
        ));
        sentence.push_str(&format!(
            " The next to expire is {} of {}, on {}.",
            first.certification,
            first.person,
            long(first.expires_on)
        ));
    }
    let records = all
        .iter()
        .map(|c| {
            let state = if c.expires_on < today {
                ("expired", "Expired")
            } else {
                ("valid", "Valid")
            };
            let fields = vec![
                Field::text("person", &c.person),
                Field::text("certification", &c.certification),
                Field::date("earned_on", c.earned_on),
                Field::date("expires_on", c.expires_on),
                Field::choice("state", state.0, state.1),
            ];
            Record::new(&c.id, "certification", fields)
        })
        .collect();
    Section {
        sentence,
        fields,
        records,
    }
}

fn referral_link(partner: &Partner) -> Section {
    let fields = vec![
        Field::text("referral_url", &partner.referral_url),
        Field::text("referral_code", &partner.referral_code),
    ];
    let sentence = format!(
        "Your referral link is {} (code {}).",
        partner.referral_url, partner.referral_code
    );
    let records = vec![Record::new("referral_link", "referral_link", fields.clone())];
    Section {
        sentence,
        fields,
        records,
    }
}

fn manager(partner: &Partner) -> Section {
    let fields = vec![
        Field::text("manager_name", &partner.manager_name),
        Field::text("manager_email", &partner.manager_email),
    ];
    let sentence = format!(
        "Your partner manager is {}, {}.",
        partner.manager_name, partner.manager_email
    );
    let records = vec![Record::new("manager", "manager", fields.clone())];
    Section {
        sentence,
        fields,
        records,
    }
}
