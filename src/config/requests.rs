//! What is promised to partners who ask for something, and who decides.

use super::ConfigError;
use crate::{program::money::Money, request::form::Kind};
use jiff::SignedDuration;
use lettre::Address;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What is promised to partners who ask for something, and who decides.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestSettings {
    /// Hours for which a proposal can be consented to.
    pub offered_hours: i64,
    /// Hours within which the vendor decides.
    pub promised_hours: i64,
    /// Days for which an approved registration is protected, where who approves it says nothing else.
    pub protection_days: i64,
    /// Days by which a protection window is extended, where the partner asks for nothing else.
    pub extension_days: i64,
    /// Who decides on what; the first that fits. Else it is the partner's own manager.
    pub routes: Vec<RouteSettings>,
}

/// Who decides on some requests.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteSettings {
    /// The name.
    pub name: String,
    /// Where mails go.
    pub email: String,
    /// Kinds of requests; empty: all.
    #[serde(default)]
    pub kinds: Vec<Kind>,
    /// Regions of partners; empty: all.
    #[serde(default)]
    pub regions: Vec<String>,
    /// Least amounts in whole units, by currency: requests with less, in another currency or without an amount are not
    /// meant; empty: all.
    #[serde(default)]
    pub at_least: BTreeMap<String, i64>,
}

impl RequestSettings {
    /// How long a proposal is offered.
    #[must_use]
    pub fn offered(&self) -> SignedDuration {
        SignedDuration::from_hours(self.offered_hours)
    }

    /// How long the vendor takes to decide at most.
    #[must_use]
    pub fn promised(&self) -> SignedDuration {
        SignedDuration::from_hours(self.promised_hours)
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let unusable = |setting, problem: &str| {
            Err(ConfigError::Unusable {
                setting,
                problem: problem.to_owned(),
            })
        };
        if self.offered_hours < 1 || self.promised_hours < 1 {
            return unusable("requests", "`offered_hours` and `promised_hours` are at least 1");
        }
        if self.protection_days < 1 || self.extension_days < 1 {
            return unusable(
                "requests",
                "`protection_days` and `extension_days` are at least 1",
            );
        }
        match self
            .routes
            .iter()
            .find(|route| route.email.parse::<Address>().is_err())
        {
            Some(_) => unusable("requests.routes", "each needs an `email` that can be written to"),
            None => Ok(()),
        }
    }
}

impl RouteSettings {
    /// Whether it is for such a request of a partner in `region`.
    #[must_use]
    pub fn fits(&self, kind: Kind, region: &str, amount: Option<Money>) -> bool {
        let of_kind = self.kinds.is_empty() || self.kinds.contains(&kind);
        let in_region =
            self.regions.is_empty() || self.regions.iter().any(|own| own.eq_ignore_ascii_case(region));
        let is_large = amount.is_some_and(|amount| {
            // Settings are read without regard to case.
            let least = self
                .at_least
                .iter()
                .find(|(code, _)| code.eq_ignore_ascii_case(amount.currency.code()));
            let unit = 10_i64.pow(amount.currency.decimals());
            least.is_some_and(|(_, least)| amount.minor >= least.saturating_mul(unit))
        });
        of_kind && in_region && (self.at_least.is_empty() || is_large)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_requests_of_a_territory_go_to_their_own_desk() {
        let route = RouteSettings {
            name: "Large deals".into(),
            email: "large@merrowline.example".into(),
            kinds: vec![Kind::RegisterDeal],
            regions: vec!["emea".into()],
            at_least: [("eur".to_owned(), 50_000)].into(),
        };
        let money = |minor, code: &str| Some(Money::new(minor, code.parse().unwrap()));
        let check = |kind, region, amount, expected| assert_eq!(route.fits(kind, region, amount), expected);
        check(Kind::RegisterDeal, "EMEA", money(5_000_000, "EUR"), true);
        check(Kind::RegisterDeal, "emea", money(4_999_999, "EUR"), false);
        check(Kind::RegisterDeal, "emea", money(9_000_000, "USD"), false);
        check(Kind::RegisterDeal, "emea", None, false);
        check(Kind::RegisterDeal, "amer", money(5_000_000, "EUR"), false);
        check(Kind::RequestMdf, "emea", money(5_000_000, "EUR"), false);
    }
}
