//! The passage that the rule behind an amount is written in: what a partner checks the amount against.

use super::{
    Ask, arguments,
    select::Answering,
    units::{Quote, cut},
};
use crate::assistant::{
    evidence::ToolCall,
    tools::{Tool, ToolOutcome},
};
use liaison_knowledge::Hit;
use serde_json::json;

/// The searches for the passages of rules that were not made yet.
pub(super) fn calls(ask: &Ask<'_>) -> Vec<ToolCall> {
    if !ask.tools {
        return Vec::new();
    }
    let records = ask.evidence.records();
    let rules = records.iter().filter_map(|(_, outcome)| Rule::of(outcome));
    let calls = rules.map(|rule| ToolCall {
        tool: Tool::SearchKnowledge,
        arguments: json!({ "query": rule.heading, "document": rule.document }),
    });
    let is_new = |call: &ToolCall| ask.evidence.steps.iter().all(|step| step.call != *call);
    calls.filter(is_new).collect()
}

/// Whether a search was for the passage of a rule: what it found answers no question by itself.
pub(super) fn is_of_rule(call: &ToolCall) -> bool {
    call.arguments.get("document").is_some()
}

/// The words of the rule that the only amount of an outcome rests on. Nothing where its document, as far as the partner
/// may see it, does not have the rate.
pub(super) fn quote(ask: &Ask<'_>, outcome: &ToolOutcome) -> Option<Answering> {
    let rule = Rule::of(outcome)?;
    let tier = rule.tier.unwrap_or(&ask.vocabulary.tier);
    let mut best: Option<(usize, Answering)> = None;
    for (passage, hit) in ask.evidence.passages().into_iter().enumerate() {
        let cut = cut(&hit.passage.text, &hit.passage.heading);
        for unit in &cut.units {
            let quote = cut.quote_of(unit.blocks.clone());
            let fit = rule.fit(hit, &quote, tier);
            // Of equals the first: it stands in the passage that was found first.
            if fit > best.as_ref().map(|(fit, _)| *fit) {
                best = fit.map(|fit| (fit, Answering { passage, quote }));
            }
        }
    }
    best.map(|(_, answering)| answering)
}

/// What an amount rests on.
struct Rule<'o> {
    document: &'o str,
    heading: &'o str,
    /// As shown: `18 %`.
    rate: &'o str,
    product: Option<&'o str>,
    /// The tier on the close date, where it is not the one of today.
    tier: Option<&'o str>,
}

impl<'o> Rule<'o> {
    /// Of the only commission of an outcome, where the plan explains it by a rate.
    fn of(outcome: &'o ToolOutcome) -> Option<Self> {
        let mut commissions = outcome
            .records
            .iter()
            .filter(|record| record.kind == "commission");
        let only = commissions.next().filter(|_| commissions.next().is_none())?;
        let has_rate = only.field("rate")?.value.as_f64().is_some_and(|rate| rate > 0.0);
        let text = |name| Some(only.field(name)?.text.as_str());
        Some(Self {
            document: text("rule_document")?,
            heading: text("rule_heading")?,
            rate: text("rate").filter(|_| has_rate)?,
            product: text("product"),
            tier: text("tier"),
        })
    }

    /// How well words of a passage say the rule; `None` where they do not.
    fn fit(&self, hit: &Hit, quote: &Quote, tier: &str) -> Option<usize> {
        let is_there = hit.document.title == self.document && has_rate(&quote.words, self.rate);
        let names = |name: &str| arguments::find(&quote.words, name).is_some();
        let of_heading = hit.passage.heading.iter().any(|heading| heading == self.heading);
        let fits = [self.product.is_some_and(names), names(tier), of_heading];
        is_there.then(|| fits.into_iter().filter(|fits| *fits).count())
    }
}

/// Whether a text holds a rate, with or without a space before its sign.
fn has_rate(text: &str, rate: &str) -> bool {
    let close = |text: &str| text.replace([' ', '\u{a0}', '\u{202f}'], "");
    let (text, rate) = (close(text), close(rate));
    let is_whole = |(at, _): (usize, &str)| {
        let before = text[..at].chars().next_back();
        before.is_none_or(|c| !c.is_ascii_digit() && c != '.' && c != ',')
    };
    text.match_indices(&rate).any(is_whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_found_as_a_whole() {
        assert!(has_rate("Gold: 18%; Silver: 14 %", "14 %"));
        assert!(has_rate("Gold: 18%", "18 %"));
        assert!(!has_rate("Gold: 118%, 2.18 %", "18 %"));
    }
}
