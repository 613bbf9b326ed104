//! What is wrong with a plan, before money depends on it.

use super::{
    clawback::ascend,
    plan::{
        Accelerator, Amount, Band, Cap, CommissionPlan, Extra, OTHERS, Per, Rate, Rule, Scale, Scope,
        Selector, Terms, Window,
    },
    split::WHOLE,
};
use std::{collections::BTreeMap, fmt};

/// One thing to mend in a plan. Shown as `rule-id: what is wrong; what to do`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Id of the rule; empty where it is the plan as a whole.
    pub rule: String,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub remedy: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = if self.rule.is_empty() { "plan" } else { &self.rule };
        write!(f, "{rule}: {}; {}", self.problem, self.remedy)
    }
}

impl CommissionPlan {
    /// Everything that is wrong with the plan, in alphabetical order of the rules; empty if it can be worked with. Days
    /// and deals that no rule is about are no mistake.
    #[must_use]
    pub fn check(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        if !(1..=12).contains(&self.year_starts_in) {
            found.push(Problem {
                rule: String::new(),
                problem: format!("year_starts_in is {}", self.year_starts_in),
                remedy: "name a month from 1 to 12".into(),
            });
        }
        for (at, rule) in self.rules.iter().enumerate() {
            for (problem, remedy) in rule.problems() {
                found.push(Problem {
                    rule: rule.id.clone(),
                    problem,
                    remedy: remedy.to_owned(),
                });
            }
            for other in &self.rules[at + 1..] {
                found.extend(Rule::clashes(rule, other));
            }
        }
        found.sort();
        found
    }
}

/// What is wrong, and what to do.
type Finding = (String, &'static str);

impl Rule {
    fn problems(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        if self.id.trim().is_empty() {
            found.push(("it has no id".into(), "give it one that no other rule has"));
        }
        if let Some(until) = self.effective_until.filter(|until| *until <= self.effective_from) {
            found.push((
                format!("it ends on {until} and starts on {}", self.effective_from),
                "let it end after it starts, or take it out",
            ));
        }
        match &self.terms {
            Terms::Rates(table) => {
                let cells: Vec<&Scale> = table.0.values().flat_map(BTreeMap::values).collect();
                if cells.is_empty() {
                    found.push(("its table is empty".into(), "add rates, or take it out"));
                }
                found.extend(cells.into_iter().flat_map(scale));
            }
            Terms::Accelerator(Accelerator { per, quota, rate }) => {
                if *per == Per::Deal {
                    found.push((
                        "its quota is per deal".into(),
                        "write per: quarter or per: year, or use bands",
                    ));
                }
                found.extend(amount("quota", quota));
                found.extend(share("rate", *rate));
            }
            Terms::Spiff(spiff) => {
                match &spiff.pays {
                    Extra::Rate(rate) => found.extend(share("rate", *rate)),
                    Extra::Fixed(fixed) => found.extend(amount("amount", fixed)),
                }
                let minimum = spiff.minimum_base.iter();
                found.extend(minimum.filter_map(|minimum| amount("minimum_base", minimum)));
            }
            Terms::Cap(Cap { most, .. }) => found.extend(amount("cap", most)),
            Terms::MinimumBase(minimum) => found.extend(amount("minimum_base", minimum)),
            Terms::MinimumPayout(minimum) => {
                found.extend(amount("minimum_payout", minimum));
                if self.applies_to != Scope::default() {
                    found.push((
                        "a payout is of many deals".into(),
                        "leave out for: the minimum holds for every payout",
                    ));
                }
            }
            Terms::Split(shares) => {
                found.extend(shares.values().filter_map(|one| share("share", *one)));
                let sum: i128 = shares.values().map(|share| i128::from(share.0)).sum();
                if sum != i128::from(WHOLE) {
                    found.push((
                        format!("its shares add up to {sum} basis points"),
                        "let them add up to 100% (10000)",
                    ));
                }
            }
            Terms::Clawback(windows) => found.extend(clawback(windows)),
        }
        found
    }

    /// Two of one id, and two that come into force on the same day for the same deal.
    fn clashes(a: &Self, b: &Self) -> Vec<Problem> {
        let (first, second) = if a.id <= b.id { (a, b) } else { (b, a) };
        let clash = |problem: String, remedy: &str| Problem {
            rule: first.id.clone(),
            problem,
            remedy: remedy.to_owned(),
        };
        let twins = || clash("another rule has the same id".into(), "give each its own");
        let overlap = || {
            clash(
                format!(
                    "{} comes into force on the same day for the same deals",
                    second.id
                ),
                "let one start later, or narrow its scope with for",
            )
        };
        let found = [(a.id == b.id).then(twins), a.overlaps(b).then(overlap)];
        found.into_iter().flatten().collect()
    }

    fn overlaps(&self, other: &Self) -> bool {
        let never = |rule: &Self| {
            rule.effective_until
                .is_some_and(|until| until <= rule.effective_from)
        };
        if self.terms.slot() != other.terms.slot()
            || self.effective_from != other.effective_from
            || never(self)
            || never(other)
        {
            return false;
        }
        let others = other.scopes();
        let mut scopes = self.scopes().into_iter();
        scopes.any(|scope| others.iter().any(|other| scope.overlaps(other)))
    }

    /// What it is about: for a table of rates, one scope for each cell.
    fn scopes(&self) -> Vec<Scope> {
        let Terms::Rates(table) = &self.terms else {
            return vec![self.applies_to.clone()];
        };
        let cells = table
            .0
            .iter()
            .flat_map(|(tier, products)| products.keys().map(move |product| (tier, product)));
        let scopes = cells.filter_map(|(tier, product)| {
            Some(Scope {
                tier: self.applies_to.tier.narrowed(tier)?,
                product: self.applies_to.product.narrowed(product)?,
                ..self.applies_to.clone()
            })
        });
        scopes.collect()
    }
}

impl Scope {
    fn overlaps(&self, other: &Self) -> bool {
        self.tier.overlaps(&other.tier)
            && self.product.overlaps(&other.product)
            && self.motion.overlaps(&other.motion)
            && self.attribution.overlaps(&other.attribution)
    }
}

impl Selector {
    fn overlaps(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Of(a), Self::Of(b)) => !a.is_disjoint(b),
            (Self::Of(some), Self::Any) | (Self::Any, Self::Of(some)) => !some.is_empty(),
            (Self::Any, Self::Any) => true,
        }
    }

    /// What it and a key of a table admit; `None` if nothing.
    fn narrowed(&self, key: &str) -> Option<Self> {
        match key {
            OTHERS => Some(self.clone()),
            key => self.admits(key).then(|| Self::Of([key.to_owned()].into())),
        }
    }
}

fn scale(scale: &Scale) -> Vec<Finding> {
    match scale {
        Scale::Flat(rate) => share("rate", *rate).into_iter().collect(),
        Scale::Whole(bands) | Scale::Marginal(bands) => {
            let mut found: Vec<Finding> = bands.iter().filter_map(|band| share("rate", band.rate)).collect();
            found.extend(bands.iter().filter_map(|band| amount("band", &band.from)));
            found.extend(order(bands));
            found
        }
    }
}

fn order(bands: &[Band]) -> Option<Finding> {
    let from_zero = bands.first().is_some_and(|band| band.from.value.is_zero());
    // A zero is a zero in any currency.
    let mut named = bands
        .iter()
        .filter(|band| !band.from.value.is_zero())
        .map(|band| band.from.currency);
    let first = named.next();
    let one_currency = named.all(|currency| Some(currency) == first);
    let problem = if !from_zero {
        "its bands do not start from 0"
    } else if !bands.is_sorted_by(|a, b| a.from.value < b.from.value) {
        "its bands do not ascend"
    } else if !one_currency {
        "its bands are in several currencies"
    } else {
        return None;
    };
    Some((
        problem.into(),
        "list bands from 0 upwards in one currency, each starting above the one before",
    ))
}

fn clawback(windows: &[Window]) -> Vec<Finding> {
    let mut found: Vec<Finding> = windows
        .iter()
        .filter_map(|window| share("share", window.share))
        .collect();
    if windows.is_empty() || !ascend(windows) {
        found.push((
            "its windows do not ascend".into(),
            "list at least one, each ending after the one before",
        ));
    }
    found
}

/// A rate or a share that is not between nothing and all.
fn share(name: &str, rate: Rate) -> Option<Finding> {
    let odd = !(0..=WHOLE).contains(&rate.0);
    odd.then(|| (format!("its {name} is {rate}"), "write one from 0% to 100%"))
}

/// An amount that is negative, or that its currency cannot express.
fn amount(name: &str, amount: &Amount) -> Option<Finding> {
    if amount.value.is_sign_negative() && !amount.value.is_zero() {
        let problem = format!("its {name} is negative ({})", amount.value);
        return Some((problem, "write 0 or more"));
    }
    let decimals = amount.currency.map_or(3, |currency| currency.decimals());
    let fits = super::reading::minor(amount.value, decimals).is_some();
    (!fits).then(|| {
        let problem = format!("its {name} of {} is no amount of its currency", amount.value);
        (problem, "write fewer decimals, or a smaller amount")
    })
}
