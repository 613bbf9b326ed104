//! Tier progress: what a partner has reached, and what is missing for its own tier and for the next one.
//!
//! Thresholds are measured over the four complete quarters before the current one, except certifications, which
//! count people whose certificate is valid today.

use super::money::{Money, Totals};
use jiff::civil::Date;

/// What one tier asks for, while which dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierRule {
    /// Name of the tier, lower case.
    pub tier: String,
    /// Order of the tiers; higher is better.
    pub rank: i64,
    /// Least revenue.
    pub min_revenue: Money,
    /// Least number of certified people.
    pub min_certified: i64,
    /// Least number of won deals.
    pub min_won_deals: i64,
    /// First day in force.
    pub effective_from: Date,
    /// First day no longer in force; `None` while it is open-ended.
    pub effective_until: Option<Date>,
}

/// What a partner has achieved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Revenue of won deals, by currency.
    pub revenue: Totals,
    /// People with at least one certificate that is valid today.
    pub certified: i64,
    /// Won deals.
    pub won_deals: i64,
}

/// One threshold of a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Goal<T> {
    /// What is there.
    pub have: T,
    /// What the rule asks for.
    pub need: T,
    /// The rest: never negative.
    pub missing: T,
}

/// What a partner has of what a tier asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The tier in question.
    pub tier: String,
    /// Revenue in the rule's currency; revenue in other currencies is not converted and does not count.
    pub revenue: Goal<Money>,
    /// Certified people.
    pub certified: Goal<i64>,
    /// Won deals.
    pub won_deals: Goal<i64>,
}

impl Progress {
    fn to(rule: &TierRule, standing: &Standing) -> Self {
        let unit = rule.min_revenue.currency;
        let have = standing.revenue.of(unit);
        let missing = rule.min_revenue.minor.saturating_sub(have.minor).max(0);
        Self {
            tier: rule.tier.clone(),
            revenue: Goal {
                have,
                need: rule.min_revenue,
                missing: Money::new(missing, unit),
            },
            certified: count(standing.certified, rule.min_certified),
            won_deals: count(standing.won_deals, rule.min_won_deals),
        }
    }

    /// Whether nothing is missing.
    #[must_use]
    pub fn is_reached(&self) -> bool {
        self.revenue.missing.minor == 0 && self.certified.missing == 0 && self.won_deals.missing == 0
    }
}

/// The rule for a tier on a day; where a tier has a rule per currency, the one in `currency` wins.
#[must_use]
pub fn rule_for<'r>(
    rules: &'r [TierRule],
    tier: &str,
    currency: super::money::Currency,
    today: Date,
) -> Option<&'r TierRule> {
    in_force(rules, today)
        .filter(|rule| rule.tier == tier)
        .max_by_key(|rule| (rule.min_revenue.currency == currency, rule.effective_from))
}

/// Progress of a partner of tier `current` to the next one; `None` at the top, or if no rule names its tier.
#[must_use]
pub fn progress(
    rules: &[TierRule],
    current: &str,
    currency: super::money::Currency,
    today: Date,
    standing: &Standing,
) -> Option<Progress> {
    let rank = rule_for(rules, current, currency, today)?.rank;
    let next = in_force(rules, today)
        .filter(|rule| rule.rank > rank)
        .min_by_key(|rule| rule.rank)?;
    let next = rule_for(rules, &next.tier, currency, today)?;
    Some(Progress::to(next, standing))
}

/// What a partner of tier `current` has of what that tier itself asks for; `None` if no rule names it.
#[must_use]
pub fn kept(
    rules: &[TierRule],
    current: &str,
    currency: super::money::Currency,
    today: Date,
    standing: &Standing,
) -> Option<Progress> {
    let own = rule_for(rules, current, currency, today)?;
    Some(Progress::to(own, standing))
}

fn in_force(rules: &[TierRule], today: Date) -> impl Iterator<Item = &TierRule> {
    rules.iter().filter(move |rule| {
        rule.effective_from <= today && rule.effective_until.is_none_or(|until| today < until)
    })
}

fn count(have: i64, need: i64) -> Goal<i64> {
    Goal {
        have,
        need,
        missing: need.saturating_sub(have).max(0),
    }
}

/// First letter in upper case: tiers are stored in lower case.
#[must_use]
pub fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn eur(minor: i64) -> Money {
        Money::new(minor, "EUR".parse().unwrap())
    }

    fn rules() -> Vec<TierRule> {
        let rule = |tier: &str, rank, revenue, certified, deals| TierRule {
            tier: tier.to_owned(),
            rank,
            min_revenue: eur(revenue),
            min_certified: certified,
            min_won_deals: deals,
            effective_from: date(2025, 1, 1),
            effective_until: None,
        };
        let mut rules = vec![
            rule("registered", 1, 0, 0, 0),
            rule("gold", 3, 25_000_000, 4, 6),
            rule("silver", 2, 5_000_000, 2, 2),
        ];
        let old = TierRule {
            effective_until: Some(date(2025, 1, 1)),
            ..rule("gold", 3, 1, 1, 1)
        };
        rules.push(TierRule {
            effective_from: date(2024, 1, 1),
            ..old
        });
        rules
    }

    fn standing(revenue: i64, certified: i64, won_deals: i64) -> Standing {
        Standing {
            revenue: [eur(revenue)].into_iter().collect(),
            certified,
            won_deals,
        }
    }

    #[test]
    fn missing_is_the_rest_to_the_next_tier() {
        let today = date(2026, 5, 1);
        let check = |tier: &str, standing: Standing, expected: Option<(&str, i64, i64, i64)>| {
            let found = progress(&rules(), tier, eur(0).currency, today, &standing);
            let found = found.as_ref().map(|p| {
                (
                    p.tier.as_str(),
                    p.revenue.missing.minor,
                    p.certified.missing,
                    p.won_deals.missing,
                )
            });
            assert_eq!(found, expected);
        };
        check("registered", standing(0, 0, 0), Some(("silver", 5_000_000, 2, 2)));
        check(
            "silver",
            standing(20_000_000, 3, 7),
            Some(("gold", 5_000_000, 1, 0)),
        );
        check("silver", standing(30_000_000, 9, 9), Some(("gold", 0, 0, 0)));
        check("gold", standing(0, 0, 0), None);
        check("unheard-of", standing(0, 0, 0), None);
    }

    #[test]
    fn a_tier_is_kept_by_its_own_thresholds() {
        let check = |tier: &str, standing: Standing, expected: Option<(i64, i64, i64)>| {
            let found = kept(&rules(), tier, eur(0).currency, date(2026, 5, 1), &standing);
            let missing = |p: Progress| (p.revenue.missing.minor, p.certified.missing, p.won_deals.missing);
            assert_eq!(found.map(missing), expected);
        };
        check("gold", standing(20_000_000, 4, 1), Some((5_000_000, 0, 5)));
        check("gold", standing(25_000_000, 4, 6), Some((0, 0, 0)));
        check("registered", standing(0, 0, 0), Some((0, 0, 0)));
        check("unheard-of", standing(0, 0, 0), None);
    }

    #[test]
    fn revenue_in_another_currency_does_not_count() {
        let usd = Money::new(90_000_000, "USD".parse().unwrap());
        let standing = Standing {
            revenue: [usd].into_iter().collect(),
            certified: 4,
            won_deals: 6,
        };
        let progress = progress(&rules(), "silver", usd.currency, date(2026, 5, 1), &standing).unwrap();
        assert_eq!(progress.revenue.missing, eur(25_000_000));
        assert!(!progress.is_reached());
    }

    proptest! {
        #[test]
        fn more_is_never_worse(revenue in 0_i64..40_000_000, certified in 0_i64..8, deals in 0_i64..10, step in 0_i64..10_000_000) {
            let today = date(2026, 5, 1);
            let currency = eur(0).currency;
            let before = progress(&rules(), "silver", currency, today, &standing(revenue, certified, deals)).unwrap();
            let after = progress(&rules(), "silver", currency, today, &standing(revenue + step, certified + 1, deals + 1)).unwrap();
            prop_assert!(after.revenue.missing.minor <= before.revenue.missing.minor);
            prop_assert!(!before.is_reached() || after.is_reached());
            for goal in [&before.certified, &before.won_deals] {
                prop_assert_eq!(goal.missing, (goal.need - goal.have).max(0));
            }
        }
    }
}
