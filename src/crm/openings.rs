//! Which partners see which of the open fields: a vendor may keep some from partners of a type, tier or region.

use super::{
    Partner, PartnerScope,
    fields::{TABLES, Table},
};
use liaison_knowledge::AudienceSpec;
use std::collections::{BTreeMap, BTreeSet};

/// Fields that only some partners see. What is not named here, all do.
#[derive(Debug, Clone, Default)]
pub struct Openings(Vec<Opening>);

#[derive(Debug, Clone)]
struct Opening {
    field: Field,
    to: AudienceSpec,
}

/// A column with its table.
pub(super) type Field = (&'static str, &'static str);

impl Openings {
    /// From the settings: `"opportunities.next_step" = "tier=gold,platinum"`.
    ///
    /// # Errors
    /// A name that is none, or a column that no record can be without, in words for whoever wrote it.
    pub fn read(written: &BTreeMap<String, AudienceSpec>) -> Result<Self, String> {
        let opening = |(name, to): (&String, &AudienceSpec)| {
            Ok(Opening {
                field: field(name)?,
                to: to.clone(),
            })
        };
        Ok(Self(written.iter().map(opening).collect::<Result<_, String>>()?))
    }

    /// What a partner that was resolved from a verified identity may read.
    #[must_use]
    pub fn scope(&self, partner: &Partner) -> PartnerScope {
        let who = partner.audience();
        let closed = self.0.iter().filter(|opening| !opening.to.admits(&who));
        PartnerScope {
            id: partner.id.clone(),
            closed: closed.map(|opening| opening.field).collect::<BTreeSet<_>>(),
        }
    }
}

fn field(name: &str) -> Result<Field, String> {
    let known = |table: &&'static Table, column: &str| Some((table.name, table.column(column)?));
    let found = name.split_once('.').and_then(|(of, column)| {
        let table = TABLES
            .iter()
            .find(|table| table.name == of && table.owner.is_some())?;
        known(table, column)
    });
    match found {
        None => Err(format!(
            "{name} is no field of partners' records, such as opportunities.next_step"
        )),
        Some((_, column)) if column.closed => Err(format!("{name} is closed to all partners")),
        Some((_, column)) if !column.optional => {
            Err(format!("{name} cannot be kept back: no record can be without it"))
        }
        Some((table, column)) => Ok((table, column.name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crm::{PartnerType, fields::OPPORTUNITIES};
    use jiff::civil::date;

    fn partner(tier: &str) -> Partner {
        Partner {
            id: "p-001".to_owned(),
            name: "Acme".to_owned(),
            tier: tier.to_owned(),
            kind: PartnerType::Reseller,
            region: "emea".to_owned(),
            country: String::new(),
            currency: "EUR".parse().unwrap(),
            joined: date(2024, 1, 1),
            manager_name: String::new(),
            manager_email: String::new(),
            referral_code: String::new(),
            referral_url: String::new(),
        }
    }

    fn openings(name: &str, spec: &str) -> Result<Openings, String> {
        Openings::read(&[(name.to_owned(), spec.parse().unwrap())].into_iter().collect())
    }

    #[test]
    fn a_field_is_kept_from_those_it_is_not_for() {
        let openings = openings("opportunities.next_step", "tier=gold,platinum").unwrap();
        let sees = |tier: &str| {
            let scope = openings.scope(&partner(tier));
            let next_step = OPPORTUNITIES.column("next_step").unwrap();
            scope.admits(&OPPORTUNITIES, next_step)
        };
        assert!(sees("gold"));
        assert!(!sees("silver"));
    }

    #[test]
    fn what_cannot_be_is_told() {
        let check = |name: &str, expected: &str| {
            let told = openings(name, "tier=gold").unwrap_err();
            assert!(told.contains(expected), "{told}");
        };
        check("opportunities.nothing", "is no field");
        check("next_step", "is no field");
        check("tier_rules.rank", "is no field");
        check("opportunities.internal_note", "is closed to all partners");
        check("opportunities.stage", "no record can be without it");
    }
}
