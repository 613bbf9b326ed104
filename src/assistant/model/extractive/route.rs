//! What a question is about: the program's rules, the partner's own records, or both.
//!
//! Each tool comes with examples of how partners ask for it; a question is compared with them by meaning, and
//! so are questions that only documents answer. Words decide where meaning is close: "my", "our" and "I" point
//! to the partner's own records.

use super::{
    super::Ask,
    arguments,
    cues::{EARNINGS, Own, RULE_OPENERS, asks_for_rule, asks_what_became, pronouns, supposes_deal, wants},
    examples::{Examples, Likeness},
    filters,
    question::Question,
    words,
};
use crate::assistant::{evidence::ToolCall, tools::Tool};

/// What must hold for a question to be about the partner's own records: the least similarity to a tool's
/// example, and how far that must be ahead of every rule question. The stronger the question's own words point
/// there, the less is asked of meaning.
struct Bar {
    similarity: f32,
    lead: f32,
}

/// With "my", "our" or "did we".
const WITH_OWN_WORDS: Bar = Bar {
    similarity: 0.42,
    lead: 0.03,
};
/// With "my" and a period ("last quarter").
const WITH_PERIOD: Bar = Bar {
    similarity: 0.50,
    lead: -0.10,
};
/// With "I" or "we" only, which rule questions have too ("How do I register …?").
const WITH_PRONOUN: Bar = Bar {
    similarity: 0.50,
    lead: 0.12,
};
/// With a word of the tool's own beside something concrete to look up, and without what asks for a rule: a period, a
/// number of days, a status, an order to list, to sum up or to compare.
const CONCRETE: Bar = Bar {
    similarity: 0.38,
    lead: -0.12,
};
/// With neither.
const WITHOUT: Bar = Bar {
    similarity: 0.55,
    lead: 0.10,
};
/// With less of a lead than this, the rules may be meant as well.
const CLEAR: f32 = 0.10;
/// What "which", "how much" or "on average" adds to the tools that list, sum up or compare.
const VERB: f32 = 0.12;
/// What a word that points to a tool adds to it.
const WORD: f32 = 0.08;
/// With a name of the partner's own records, tools that are this near to the best one are called too: which of
/// them knows the name is cheaper to look up than to guess.
const NEAR: f32 = 0.10;

/// Where to look.
pub(super) struct Route {
    /// CRM tools to call.
    pub(super) tools: Vec<Tool>,
    /// Whether to search the knowledge.
    pub(super) search: bool,
}

/// Where to look for an answer to `question`, whose vector (of `question::without_names`) is `vector`.
pub(super) fn route(question: &Question, vector: &[f32], examples: &Examples, ask: &Ask<'_>) -> Route {
    let (records, rules): (Vec<_>, Vec<_>) = examples
        .like(vector)
        .into_iter()
        .partition(|(tool, _)| tool.is_crm());
    let nearest = |like: &[(Tool, Likeness)]| like.iter().map(|(_, like)| like.nearest).fold(-1.0, f32::max);
    let (top, rules) = (nearest(&records), nearest(&rules));
    let lead = top - rules - pointed(question, Tool::SearchKnowledge, ask);
    let ranked = ranked(question, records, ask);
    let own = pronouns(&question.text);
    let bar = bar(question, ranked.first().map(|(tool, _)| *tool), &own, ask);
    // "How much did Acme Partners earn?" is not about the partner that asks.
    let is_of_stranger = matches!(own, Own::None) && arguments::names_stranger(&question.asked, ask);
    let is_own = top >= bar.similarity && lead >= bar.lead && !is_of_stranger;
    tracing::debug!(rules, top, is_own, "routed");
    let asks_for_rule = asks_for_rule(&question.asked);
    if supposes_deal(&question.asked, ask) {
        return Route {
            tools: vec![Tool::EstimateCommission],
            search: asks_for_rule || lead < CLEAR,
        };
    }
    if !question.followed.is_empty() {
        let tools = followed(question, &ranked, ask);
        let search = tools.is_empty() || asks_for_rule;
        return Route { tools, search };
    }
    if let Some(tools) = of_named(question, &ranked, ask) {
        return Route {
            tools,
            search: asks_for_rule || lead < 0.0,
        };
    }
    let first = ranked.first().map(|(tool, _)| *tool);
    if arguments::amount(&question.asked).is_some() && first != Some(Tool::EstimateCommission) {
        // An amount to the cent stands on a statement; where it does not, the documents are asked all the same.
        return Route {
            tools: vec![Tool::ListCommissions],
            search: !is_own || asks_for_rule,
        };
    }
    Route {
        tools: ranked
            .first()
            .filter(|_| is_own)
            .map(|(tool, _)| *tool)
            .into_iter()
            .collect(),
        search: !is_own || asks_for_rule || lead < CLEAR,
    }
}

fn bar(question: &Question, tool: Option<Tool>, own: &Own, ask: &Ask<'_>) -> Bar {
    if tool.is_some_and(|tool| is_concrete(question, tool, own, ask)) {
        return CONCRETE;
    }
    match own {
        Own::Strong if arguments::period_range(&question.text, ask).is_some() => WITH_PERIOD,
        Own::Strong => WITH_OWN_WORDS,
        Own::Weak => WITH_PRONOUN,
        Own::None => WITHOUT,
    }
}

/// Where a deal stands, in a word.
const STANDINGS: &[&str] = &["open", "won", "lost", "closed"];

/// Whether a question names what a tool looks up, as one does who knows that it is there.
fn is_concrete(question: &Question, tool: Tool, own: &Own, ask: &Ask<'_>) -> bool {
    let text = &question.asked;
    let words: Vec<String> = words::words(text).collect();
    let begins = |openers: &[&str]| {
        words
            .first()
            .is_some_and(|first| openers.contains(&first.as_str()))
    };
    let exists = begins(&["any", "is", "are"]) && words.iter().take(3).any(|word| word == "any");
    let wants = wants(text);
    // "How much of what is open is renewals, and how much is new?"
    let divides = wants.sum && filters::compares(text) && words::any_of(text, STANDINGS);
    let opens_rule = begins(RULE_OPENERS) && !exists && !divides;
    let is_rule = asks_for_rule(text) || points_to(text, Tool::SearchKnowledge, ask) || opens_rule;
    let dated = arguments::period_range(text, ask).is_some();
    let read = arguments::read(tool, question, ask);
    let named = read.as_object().into_iter().flatten();
    let mut named = named.map(|(name, _)| name.as_str());
    let narrows =
        named.any(|name| !["customer", "period", "product"].contains(&name)) || asks_what_became(text);
    if is_rule && !matches!(own, Own::Strong) && !(narrows && dated) {
        return false;
    }
    let looks_up = wants.list || wants.sum || wants.ratio || exists || dated;
    (points_to(text, tool, ask) && (looks_up || narrows)) || (narrows && looks_up)
}

/// The tools by how much they are asked for: likeness to their examples, words that point to them, and whether
/// the question wants a list, a sum or a ratio.
fn ranked(question: &Question, alike: Vec<(Tool, Likeness)>, ask: &Ask<'_>) -> Vec<(Tool, f32)> {
    // Whoever it is: a sum of all would not be about that one.
    let named = arguments::own_mention(&question.text, ask.vocabulary).is_some()
        || arguments::names_stranger(&question.asked, ask);
    let wants = wants(&question.asked);
    let fits = |tool: Tool| {
        let name = tool.name();
        let sums = wants.sum && !named && name.ends_with("_summary");
        let ratios = wants.ratio && name.ends_with("_metrics");
        (wants.list || named) && name.starts_with("list_") || sums || ratios
    };
    let score = |(tool, alike): (Tool, Likeness)| {
        let verb = if fits(tool) { VERB } else { 0.0 };
        (tool, alike.near + pointed(question, tool, ask) + verb)
    };
    let mut ranked: Vec<(Tool, f32)> = alike.into_iter().map(score).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    ranked
}

/// The tools for a question that names somebody of the partner's own records.
fn of_named(question: &Question, ranked: &[(Tool, f32)], ask: &Ask<'_>) -> Option<Vec<Tool>> {
    arguments::own_mention(&question.text, ask.vocabulary)?;
    if arguments::own_customer(&question.text, ask.vocabulary).is_none() {
        // People stand in the profile, with their certificates; and in many a question about something else.
        let score = |of: Tool| {
            ranked
                .iter()
                .find(|(tool, _)| *tool == of)
                .map(|(_, score)| *score)
        };
        let (best, profile) = (ranked.first()?.1, score(Tool::PartnerProfile)?);
        return (best - profile <= NEAR).then(|| vec![Tool::PartnerProfile]);
    }
    let fits = |tool: Tool| takes_customer(tool) && (!is_view(tool) || points_to(&question.text, tool, ask));
    let fitting: Vec<&(Tool, f32)> = ranked.iter().filter(|(tool, _)| fits(*tool)).collect();
    let least = fitting.first().map_or(0.0, |(_, score)| score - NEAR);
    let near = fitting.iter().take_while(|(_, score)| *score >= least);
    Some(near.map(|(tool, _)| *tool).collect())
}

/// Whether a tool looks at opportunities from one side only: whoever means that side says so.
fn is_view(tool: Tool) -> bool {
    matches!(
        tool,
        Tool::DealMetrics | Tool::ListStaleDeals | Tool::ListPipelineChanges | Tool::EstimateCommission
    )
}

/// The tools of the exchange that is followed, unless the question points to another one ("and until when is it
/// protected?").
fn followed(question: &Question, scores: &[(Tool, f32)], ask: &Ask<'_>) -> Vec<Tool> {
    let before: Vec<Tool> = question.followed.iter().map(|(tool, _)| *tool).collect();
    let is_pointed = |tool: &Tool| points_to(&question.asked, *tool, ask);
    if before.iter().any(is_pointed) {
        return before;
    }
    let other = scores.iter().map(|(tool, _)| *tool).find(is_pointed);
    other.map_or(before, |tool| vec![tool])
}

fn pointed(question: &Question, tool: Tool, ask: &Ask<'_>) -> f32 {
    if points_to(&question.text, tool, ask) {
        WORD
    } else {
        0.0
    }
}

fn points_to(text: &str, tool: Tool, ask: &Ask<'_>) -> bool {
    let asks_for_amount = matches!(tool, Tool::ListCommissions | Tool::CommissionSummary);
    if asks_for_amount && arguments::amount(text).is_some() {
        return true;
    }
    let named =
        words::words(text).any(|word| tool.words().iter().any(|pointing| words::same(&word, pointing)));
    match tool {
        // "Would" stands in many questions: beside it has to stand what is earned.
        Tool::EstimateCommission => supposes_deal(text, ask) || named && words::any_of(text, EARNINGS),
        _ => named,
    }
}

/// Whether a tool can look for a customer.
pub(super) fn takes_customer(tool: Tool) -> bool {
    tool.parameters()["properties"].get("customer").is_some()
}

/// Whether the partner's own records are the answer, and rules only go with it: they are told first, and that there are
/// none is told too.
pub(super) fn is_about_own(ask: &Ask<'_>) -> bool {
    let records = ask.evidence.records().into_iter();
    let narrows = |call: &ToolCall| {
        ["period", "status"]
            .iter()
            .any(|name| call.arguments.get(*name).is_some())
    };
    let narrowed = records.map(|(call, _)| call).any(narrows);
    (narrowed || matches!(pronouns(ask.question), Own::Strong)) && !asks_for_rule(ask.question)
}
