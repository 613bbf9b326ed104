//! Estimates in words and records: what a deal comes to, how, and what that rests on.

use super::{
    Case, Estimates,
    computing::{Earned, Estimate, difference},
};
use crate::{
    assistant::tools::{
        Field, Record, ToolOutcome,
        wording::{MOST_ROWS, capitalised, count_of, cut_note, list},
    },
    crm::{Attribution, Motion},
    program::{date::long, money::Totals},
    statement::described,
};

/// In their order; those that no record has are left out.
const COLUMNS: &[&str] = &[
    "opportunity",
    "customer",
    "product",
    "base",
    "commission",
    "spiff",
    "estimate",
    "at_own_tier",
    "problem",
];

/// Alternatives that a headline names one by one.
const NAMED: usize = 5;

impl<'a> Estimates<'a> {
    pub(super) fn outcome(&self) -> ToolOutcome {
        let each = self.each.iter().take(MOST_ROWS).enumerate();
        let records: Vec<Record> = each.map(|(at, estimate)| self.record(at, estimate)).collect();
        let has = |column: &&&str| records.iter().any(|record| record.field(column).is_some());
        let columns: Vec<&'static str> = COLUMNS.iter().filter(has).copied().collect();
        ToolOutcome::new(self.headline(), self.summary(), records, &columns)
    }

    fn headline(&self) -> String {
        let unmatched = self
            .unmatched
            .map(|customer| format!("None of your open opportunities matches “{customer}”. "));
        let told = match &self.each[..] {
            [only] => self.only(only),
            each if self.failed() == each.len() => self.none(),
            each if self.together => self.all(each),
            each => self.alternatives(each),
        };
        unmatched.unwrap_or_default() + &told + &self.basis()
    }

    fn only(&self, estimate: &Estimate<'a>) -> String {
        let (subject, tier) = (self.subject(&estimate.case), self.as_partner());
        let earned = match &estimate.earned {
            Ok(earned) => earned,
            Err(why) => {
                return format!(
                    "There is no estimate: the commission plan gives no figure for {subject} {tier} ({why})."
                );
            }
        };
        let rule = self
            .rule(earned)
            .map(|rule| format!(" Rule: {}.", described(rule)));
        format!(
            "An estimate, not a promise: {subject} would earn you {} {tier}: {}.{}{}",
            earned.total,
            earned.arithmetic(),
            self.beside(),
            rule.unwrap_or_default()
        )
    }

    /// Of several there is none with a figure.
    fn none(&self) -> String {
        let subject = match &self.each[..] {
            [first, ..] if first.case.opportunity.is_none() => imagined(&first.case, ""),
            each => format!("any of your {} open opportunities", each.len()),
        };
        let tier = self.as_partner();
        format!("There is no estimate: the commission plan gives no figure for {subject} {tier}.")
    }

    /// Deals that are all won.
    fn all(&self, each: &[Estimate<'a>]) -> String {
        let failed = match self.failed() {
            0 => String::new(),
            some => format!(" For {some} of them the plan gives no figure."),
        };
        format!(
            "An estimate, not a promise: your {} open opportunities, worth {} in total, would earn you {} {} if you \
             won them all.{failed}{}{}",
            each.len(),
            bases(each),
            self.total(),
            self.as_partner(),
            self.beside(),
            cut_note(each.len())
        )
    }

    /// Deals of which one is meant.
    fn alternatives(&self, each: &[Estimate<'a>]) -> String {
        let subject = match each.first() {
            Some(first) if first.case.opportunity.is_none() => imagined(&first.case, ""),
            _ => "the deal".to_owned(),
        };
        let named = |estimate: &Estimate<'a>| {
            let with = match estimate.case.opportunity {
                Some(deal) => format!("as “{}”", deal.name),
                None => format!("with {}", estimate.case.product),
            };
            match &estimate.earned {
                Ok(earned) => format!("{} {with}", earned.total),
                Err(_) => format!("no figure {with}"),
            }
        };
        let named: Vec<String> = each.iter().take(NAMED).map(named).collect();
        let more = if each.len() > NAMED {
            ", and more as listed"
        } else {
            ""
        };
        format!(
            "An estimate, not a promise: {}, {subject} would earn you {}{more}.",
            self.as_partner(),
            list(&named)
        )
    }

    /// How much more or less that is than at the partner's own tier, where another one was asked for.
    fn beside(&self) -> String {
        if self.tier == self.own_tier {
            return String::new();
        }
        let tier = capitalised(self.own_tier);
        let Some(own) = self.total_at_own_tier() else {
            return format!(" For a {tier} partner, which you are today, it gives no such figure.");
        };
        let (total, today) = (self.total(), format!("as a {tier} partner, which you are today"));
        let (more, less) = (difference(&total, &own), difference(&own, &total));
        let is_at_least_zero = |by: &Totals| by.amounts().all(|by| by.minor >= 0);
        match (is_at_least_zero(&more), is_at_least_zero(&less)) {
            (true, true) => format!(" You would earn the same {today}."),
            (true, false) => format!(" That is {more} more than the {own} that you would earn {today}."),
            (false, true) => format!(" That is {less} less than the {own} that you would earn {today}."),
            (false, false) => format!(" You would earn {own} {today}."),
        }
    }

    fn as_partner(&self) -> String {
        format!("as a {} partner", capitalised(self.tier))
    }

    fn subject(&self, case: &Case<'a>) -> String {
        match case.opportunity {
            Some(deal) => format!("“{}” with {}", deal.name, deal.customer),
            None if self.whichever.is_empty() => imagined(case, case.product),
            None => format!("{}, whichever the product,", imagined(case, "")),
        }
    }

    /// What it rests on: the day, what counts before, what nobody said.
    fn basis(&self) -> String {
        let before = match self.before {
            0 => "with no deal won before in its year".to_owned(),
            some => format!(
                "after your {} of its year",
                count_of(some, "won deal", "won deals")
            ),
        };
        let assumed = match &self.assumed[..] {
            [] => String::new(),
            assumed => format!(" Assumed: {}.", list(assumed)),
        };
        format!(
            " By the plan in force today, {}, {before}.{assumed}",
            long(self.today)
        )
    }

    fn summary(&self) -> Vec<Field> {
        let mut fields = vec![
            Field::count("count", self.each.len()),
            Field::choice("tier", self.tier, &capitalised(self.tier)),
            Field::date("closed_on", self.today),
            Field::count("deals_before", self.before),
        ];
        fields.extend(self.unmatched.map(|name| Field::text("customer_filter", name)));
        if !self.assumed.is_empty() {
            fields.push(Field::text("assumed", list(&self.assumed)));
        }
        if let Some(first) = self.each.first().filter(|_| self.adds_up()) {
            let empty = first.case.base.currency;
            let total = self.total();
            fields.push(Field::totals("total_base", &bases(&self.each), empty));
            fields.push(Field::totals("total_estimate", &total, empty));
            if let Some(own) = self.total_at_own_tier() {
                let by = difference(&total, &own);
                fields.push(Field::choice(
                    "own_tier",
                    self.own_tier,
                    &capitalised(self.own_tier),
                ));
                fields.push(Field::totals("total_at_own_tier", &own, empty));
                fields.push(Field::totals("difference", &by, empty));
            }
        }
        if self.failed() > 0 {
            fields.push(Field::count("without_figure", self.failed()));
        }
        if self.each.len() > MOST_ROWS {
            fields.push(Field::count("listed", MOST_ROWS));
        }
        fields
    }

    fn record(&self, at: usize, estimate: &Estimate<'a>) -> Record {
        let case = &estimate.case;
        let mut fields = Vec::new();
        if let Some(deal) = case.opportunity {
            fields.push(Field::text("opportunity", &deal.name));
            fields.push(Field::text("customer", &deal.customer));
        }
        let whichever: Vec<String> = self.whichever.iter().map(ToString::to_string).collect();
        let product = match whichever.is_empty() {
            true => case.product.to_owned(),
            false => list(&whichever),
        };
        fields.extend([
            Field::text("product", product),
            Field::choice("motion", case.motion.as_str(), case.motion.shown()),
            Field::choice("attribution", case.attribution.as_str(), case.attribution.shown()),
            Field::money("base", case.base),
        ]);
        match &estimate.earned {
            Ok(earned) => fields.extend(self.figures(earned)),
            Err(why) => fields.push(Field::text("problem", why.to_string())),
        }
        if let Some(Ok(own)) = &estimate.at_own_tier {
            fields.push(Field::money("at_own_tier", own.total));
        }
        let id = match case.opportunity {
            Some(deal) => deal.id.clone(),
            None => format!("estimate-{}", at + 1),
        };
        Record::new(id, "estimate", fields)
    }

    fn figures(&self, earned: &Earned) -> Vec<Field> {
        let commission = earned.commission.amount;
        let mut fields = vec![Field::money("commission", commission)];
        if !earned.spiffs.is_empty() {
            let spiffs: Totals = earned.spiffs.values().map(|spiff| spiff.amount).collect();
            fields.push(Field::totals("spiff", &spiffs, commission.currency));
        }
        fields.push(Field::money("estimate", earned.total));
        fields.push(Field::text("arithmetic", earned.arithmetic()));
        fields.extend(self.rule(earned).map(|rule| Field::text("rule", described(rule))));
        fields
    }
}

/// `a sourced Weave renewal of EUR 120,000.00`; without a product where none is given.
fn imagined(case: &Case<'_>, product: &str) -> String {
    let attribution = match case.attribution {
        Attribution::Sourced => "a sourced",
        Attribution::Influenced => "an influenced",
    };
    let kind = match case.motion {
        Motion::New => "deal",
        Motion::Renewal => "renewal",
        Motion::Expansion => "expansion",
    };
    let space = if product.is_empty() { "" } else { " " };
    format!("{attribution}{space}{product} {kind} of {}", case.base)
}

fn bases(each: &[Estimate<'_>]) -> Totals {
    each.iter().map(|estimate| estimate.case.base).collect()
}
