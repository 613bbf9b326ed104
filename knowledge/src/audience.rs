//! Who a document is for ([`AudienceSpec`]) and who is looking ([`Audience`]).
//!
//! The two meet in one place, the filter of the index query; [`AudienceSpec::admits`] states the same rule in
//! plain code, for tests and for anything that holds a document without searching.

use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt, str::FromStr};

/// Who is looking, as far as documents care. Built from a verified identity, never from a request body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// The vendor's own staff: every document in force, internal ones too.
    Internal,
    /// A partner: documents for all partners, and the limited ones whose every condition it meets.
    Partner {
        /// The partner's id, as in the CRM.
        id: String,
        /// Program level, lower case.
        tier: String,
        /// Sales region, lower case.
        region: String,
        /// Motion (`referral`, `reseller`, `services`, `marketplace`), lower case.
        kind: String,
    },
}

/// Who a document is for. Text form: `partners`, `internal`, or `tier=gold,platinum;region=emea`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum AudienceSpec {
    /// Every partner (and staff).
    #[default]
    Partners,
    /// Staff only.
    Internal,
    /// Partners that meet every named condition; an empty set means "any".
    Limited(Limits),
}

/// The conditions of a limited document. Values are lower case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Limits {
    /// Tiers that may see it.
    pub tiers: BTreeSet<String>,
    /// Regions that may see it.
    pub regions: BTreeSet<String>,
    /// Partner types that may see it.
    pub kinds: BTreeSet<String>,
    /// Named partners that may see it.
    pub partners: BTreeSet<String>,
}

/// Why a spec could not be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "audience {spec:?}: {problem}; write `partners`, `internal` or conditions like `tier=gold,platinum;region=emea;type=reseller;partner=p-001`"
)]
pub struct BadAudience {
    spec: String,
    problem: String,
}

impl AudienceSpec {
    /// Whether `who` may see a document with this spec.
    #[must_use]
    pub fn admits(&self, who: &Audience) -> bool {
        match (self, who) {
            (_, Audience::Internal) | (Self::Partners, _) => true,
            (Self::Internal, Audience::Partner { .. }) => false,
            (
                Self::Limited(limits),
                Audience::Partner {
                    id,
                    tier,
                    region,
                    kind,
                },
            ) => {
                let open = |set: &BTreeSet<String>, value: &str| set.is_empty() || set.contains(value);
                open(&limits.tiers, tier)
                    && open(&limits.regions, region)
                    && open(&limits.kinds, kind)
                    && open(&limits.partners, id)
            }
        }
    }
}

impl FromStr for AudienceSpec {
    type Err = BadAudience;

    fn from_str(spec: &str) -> Result<Self, BadAudience> {
        let bad = |problem: String| BadAudience {
            spec: spec.to_owned(),
            problem,
        };
        match spec.trim() {
            "partners" => return Ok(Self::Partners),
            "internal" => return Ok(Self::Internal),
            "" => return Err(bad("it is empty".to_owned())),
            _ => {}
        }
        let mut limits = Limits::default();
        for part in spec.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let (key, values) = part
                .split_once('=')
                .ok_or_else(|| bad(format!("{part:?} is not `key=value`")))?;
            let set = match key.trim() {
                "tier" => &mut limits.tiers,
                "region" => &mut limits.regions,
                "type" => &mut limits.kinds,
                "partner" => &mut limits.partners,
                other => return Err(bad(format!("unknown key {other:?}"))),
            };
            set.extend(
                values
                    .split(',')
                    .map(|v| v.trim().to_lowercase())
                    .filter(|v| !v.is_empty()),
            );
            if set.is_empty() {
                // An empty condition would open the document to everyone: the opposite of what was meant.
                return Err(bad(format!("{key:?} has no value")));
            }
        }
        if limits == Limits::default() {
            return Err(bad("it names no condition".to_owned()));
        }
        Ok(Self::Limited(limits))
    }
}

impl fmt::Display for AudienceSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limits = match self {
            Self::Partners => return f.write_str("partners"),
            Self::Internal => return f.write_str("internal"),
            Self::Limited(limits) => limits,
        };
        let parts = [
            ("tier", &limits.tiers),
            ("region", &limits.regions),
            ("type", &limits.kinds),
            ("partner", &limits.partners),
        ];
        let named = parts.into_iter().filter(|(_, set)| !set.is_empty());
        let text: Vec<String> = named
            .map(|(key, set)| {
                format!(
                    "{key}={}",
                    set.iter().map(String::as_str).collect::<Vec<_>>().join(",")
                )
            })
            .collect();
        f.write_str(&text.join(";"))
    }
}

impl TryFrom<String> for AudienceSpec {
    type Error = BadAudience;
    fn try_from(spec: String) -> Result<Self, BadAudience> {
        spec.parse()
    }
}

impl From<AudienceSpec> for String {
    fn from(spec: AudienceSpec) -> Self {
        spec.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partner(id: &str, tier: &str, region: &str, kind: &str) -> Audience {
        Audience::Partner {
            id: id.into(),
            tier: tier.into(),
            region: region.into(),
            kind: kind.into(),
        }
    }

    #[test]
    fn specs_read_back_as_written() {
        for spec in [
            "partners",
            "internal",
            "tier=gold,platinum;region=emea;type=reseller;partner=p-001",
        ] {
            assert_eq!(
                spec.parse::<AudienceSpec>().map(|s| s.to_string()).as_deref(),
                Ok(spec)
            );
        }
    }

    #[test]
    fn a_spec_that_would_open_a_document_by_accident_is_refused() {
        for spec in [
            "",
            "gold",
            "tier=",
            "tier=,",
            "level=gold",
            ";",
            "tier=gold;region=",
        ] {
            assert!(spec.parse::<AudienceSpec>().is_err(), "{spec:?}");
        }
    }

    #[test]
    fn every_named_condition_must_hold() {
        #[track_caller]
        fn check(spec: &str, who: &Audience, expected: bool) {
            assert_eq!(
                spec.parse::<AudienceSpec>().map(|s| s.admits(who)),
                Ok(expected),
                "{spec} {who:?}"
            );
        }
        let gold_emea = partner("p-001", "gold", "emea", "reseller");
        check("partners", &gold_emea, true);
        check("internal", &gold_emea, false);
        check("internal", &Audience::Internal, true);
        check("tier=gold,platinum", &gold_emea, true);
        check("tier=gold;region=apac", &gold_emea, false);
        check("Tier=gold".to_lowercase().as_str(), &gold_emea, true);
        check("tier=GOLD", &gold_emea, true);
        check("partner=p-002", &gold_emea, false);
        check("partner=p-002", &Audience::Internal, true);
    }
}
