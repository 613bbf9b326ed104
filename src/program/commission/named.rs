//! Which tiers and products a plan knows by name.

use super::{
    holds,
    plan::{CommissionPlan, OTHERS, Selector, Terms},
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

impl CommissionPlan {
    /// The tiers that have rates of their own.
    #[must_use]
    pub fn tiers(&self) -> BTreeSet<&str> {
        let tables = self.rules.iter().filter_map(|rule| match &rule.terms {
            Terms::Rates(table) => Some(table),
            _ => None,
        });
        let named = tables.flat_map(|table| table.0.keys()).map(String::as_str);
        named.filter(|tier| *tier != OTHERS).collect()
    }

    /// The tiers, and the products, that rates in force on a day name.
    #[must_use]
    pub fn rated(&self, day: Date) -> (BTreeSet<&str>, BTreeSet<&str>) {
        let (mut tiers, mut products) = (BTreeSet::new(), BTreeSet::new());
        for rule in &self.rules {
            if let Terms::Rates(table) = &rule.terms
                && holds(rule.effective_from, rule.effective_until, day)
            {
                tiers.extend(rule.applies_to.tier.names());
                tiers.extend(table.0.keys().map(String::as_str));
                products.extend(rule.applies_to.product.names());
                products.extend(table.0.values().flat_map(BTreeMap::keys).map(String::as_str));
            }
        }
        tiers.remove(OTHERS);
        products.remove(OTHERS);
        (tiers, products)
    }
}

impl Selector {
    fn names(&self) -> impl Iterator<Item = &str> {
        let names = match self {
            Self::Any => None,
            Self::Of(names) => Some(names),
        };
        names.into_iter().flatten().map(String::as_str)
    }
}
