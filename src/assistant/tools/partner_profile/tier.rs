//! The partner's tier: what the next one and its own ask for, what is there, and what is missing.

use super::{Section, capitalised, is_valid};
use crate::{
    assistant::tools::{Field, Record, ToolContext, ToolError, wording::list},
    crm::{Certification, Stage},
    program::{
        period::Period,
        tiers::{self, Progress, Standing},
    },
};
use std::collections::BTreeSet;

pub(super) async fn section(
    ctx: &ToolContext<'_>,
    certificates: &[Certification],
) -> Result<Section, ToolError> {
    let window = Period::trailing_four_quarters(ctx.today, ctx.fiscal_year_start);
    let standing = standing(ctx, certificates, &window).await?;
    let rules = ctx.records.tier_rules().await?;
    let (tier, currency) = (&ctx.partner.tier, ctx.partner.currency);
    let next = tiers::progress(&rules, tier, currency, ctx.today, &standing);
    let own = tiers::kept(&rules, tier, currency, ctx.today, &standing);

    let current = capitalised(tier);
    let mut fields = vec![Field::choice("tier", tier, &current)];
    if let Some(any) = next.as_ref().or(own.as_ref()) {
        fields.extend(have(any));
        fields.push(Field::text("measured_over", window.described()));
    }
    fields.extend(next.iter().flat_map(needed));
    fields.extend(own.iter().flat_map(needed_to_keep));
    let records = vec![Record::new("tier", "tier", fields.clone())];
    Ok(Section {
        sentence: sentence(&current, next.as_ref(), own.as_ref(), &window),
        fields,
        records,
    })
}

/// What the partner has achieved in the `window`, and today.
async fn standing(
    ctx: &ToolContext<'_>,
    certificates: &[Certification],
    window: &Period,
) -> Result<Standing, ToolError> {
    let opportunities = ctx.records.opportunities().await?;
    let won = || {
        opportunities
            .iter()
            .filter(|o| o.stage == Stage::ClosedWon && window.contains(o.close_date))
    };
    let valid = certificates.iter().filter(|c| is_valid(c, ctx.today));
    let people: BTreeSet<&str> = valid.map(|c| c.person.as_str()).collect();
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    Ok(Standing {
        revenue: won().map(|o| o.amount).collect(),
        certified: number(people.len()),
        won_deals: number(won().count()),
    })
}

fn have(progress: &Progress) -> [Field; 3] {
    [
        Field::money("revenue", progress.revenue.have),
        Field::number("certified_people", progress.certified.have),
        Field::number("won_deals", progress.won_deals.have),
    ]
}

fn needed(next: &Progress) -> [Field; 7] {
    [
        Field::choice("next_tier", &next.tier, &capitalised(&next.tier)),
        Field::money("revenue_needed", next.revenue.need),
        Field::money("revenue_missing", next.revenue.missing),
        Field::number("certified_people_needed", next.certified.need),
        Field::number("certified_people_missing", next.certified.missing),
        Field::number("won_deals_needed", next.won_deals.need),
        Field::number("won_deals_missing", next.won_deals.missing),
    ]
}

fn needed_to_keep(own: &Progress) -> [Field; 6] {
    [
        Field::money("revenue_needed_to_keep", own.revenue.need),
        Field::money("revenue_missing_to_keep", own.revenue.missing),
        Field::number("certified_people_needed_to_keep", own.certified.need),
        Field::number("certified_people_missing_to_keep", own.certified.missing),
        Field::number("won_deals_needed_to_keep", own.won_deals.need),
        Field::number("won_deals_missing_to_keep", own.won_deals.missing),
    ]
}

fn sentence(current: &str, next: Option<&Progress>, own: Option<&Progress>, window: &Period) -> String {
    let over = format!("revenue and deals over {}", window.described());
    let mut sentences = Vec::new();
    if let Some(next) = next {
        sentences.push(format!("Your tier is {current}."));
        sentences.push(told(next, "For", &over));
        // Whoever has what the next tier asks for has what the own one does.
        if let Some(own) = own.filter(|own| !own.is_reached() && !next.is_reached()) {
            let missing = list(&missing(own));
            sentences.push(format!("To keep {current} you still need {missing}."));
        }
    } else if let Some(own) = own {
        sentences.push(format!("Your tier is {current}, the highest one."));
        sentences.push(told(own, "To keep", &over));
    } else {
        sentences.push(format!("Your tier is {current}."));
    }
    sentences.join(" ")
}

/// What a tier asks for, and how much of it is there.
fn told(progress: &Progress, purpose: &str, over: &str) -> String {
    let tier = capitalised(&progress.tier);
    let have = format!(
        "{} of {} in revenue, {} of {} certified people, {} of {} won deals",
        progress.revenue.have,
        progress.revenue.need,
        progress.certified.have,
        progress.certified.need,
        progress.won_deals.have,
        progress.won_deals.need
    );
    if progress.is_reached() {
        return format!("You meet every threshold of {tier}: {have} ({over}).");
    }
    let missing = list(&missing(progress));
    format!("{purpose} {tier} you still need {missing}; you have {have} ({over}).")
}

fn missing(progress: &Progress) -> Vec<String> {
    let count = |missing: i64, one: &str, many: &str| {
        let what = if missing == 1 { one } else { many };
        (missing > 0).then(|| format!("{missing} more {what}"))
    };
    let revenue = progress.revenue.missing;
    [
        (revenue.minor > 0).then(|| format!("{revenue} more in revenue")),
        count(progress.certified.missing, "certified person", "certified people"),
        count(progress.won_deals.missing, "won deal", "won deals"),
    ]
    .into_iter()
    .flatten()
    .collect()
}
