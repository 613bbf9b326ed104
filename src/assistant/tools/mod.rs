//! What the assistant can look up: a closed set of tools, one file each.
//!
//! A tool reads records of the partner in its [`ToolContext`], computes in `program` what has to be computed, and
//! returns a [`ToolOutcome`]: records, and a headline composed from them in code. No tool has a partner among
//! its arguments, and an argument that a tool does not know is refused, not ignored. `search_knowledge` is the
//! exception to all of this: it reads passages, not the CRM, and its driver is the assistant's own. Tools that
//! [`Tool::Propose`] something return a form beside it; no tool writes.

mod acting;
mod arguments;
mod commission_summary;
mod deal_metrics;
mod deals;
mod estimate_commission;
mod list_commissions;
mod list_deal_registrations;
mod list_mdf_claims;
mod list_opportunities;
mod list_pipeline_changes;
mod list_stale_deals;
mod matching;
mod mdf_summary;
mod outcome;
mod partner_profile;
mod pipeline_summary;
mod referral_summary;
mod since_payment;
mod wording;

pub use acting::Said;
pub use outcome::{Field, Record, ToolOutcome};
pub(crate) use since_payment::find as since_last_payment;

use crate::{
    crm::{CrmError, Partner, Records},
    program::commission::CommissionPlan,
    request::form::Kind,
};
use jiff::{civil::Date, tz::TimeZone};
use serde_json::{Value, json};

/// The tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tool {
    /// Passages of the knowledge, for this audience.
    SearchKnowledge,
    /// The partner's opportunities.
    ListOpportunities,
    /// The partner's pipeline in figures.
    PipelineSummary,
    /// The partner's deal registrations and their protection windows.
    ListDealRegistrations,
    /// The partner's commissions one by one, with their arithmetic.
    ListCommissions,
    /// The partner's commissions in figures.
    CommissionSummary,
    /// What a deal would earn the partner.
    EstimateCommission,
    /// Tier and progress, certificates, referral link, partner manager.
    PartnerProfile,
    /// How well the partner sells: win rate, deal size, sales cycle, velocity.
    DealMetrics,
    /// The partner's open opportunities that have gone quiet.
    ListStaleDeals,
    /// What changed in the partner's pipeline.
    ListPipelineChanges,
    /// The partner's market development funds and what is left of them.
    MdfSummary,
    /// The partner's requests for market development funds one by one.
    ListMdfClaims,
    /// What came of the partner's referral link.
    ReferralSummary,
    /// Something to be written, once the partner consents.
    Propose(Kind),
}

/// What a tool works with. The partner comes from a verified identity.
#[derive(Clone, Copy)]
pub struct ToolContext<'a> {
    /// The partner's records.
    pub records: &'a Records<'a>,
    /// Whose they are.
    pub partner: &'a Partner,
    /// The day that "today" and "last quarter" refer to.
    pub today: Date,
    /// Month, 1 to 12, that the vendor's fiscal year starts with.
    pub fiscal_year_start: i8,
    /// Where the vendor is: in its time an answer says of when it is.
    pub time_zone: &'a TimeZone,
    /// The vendor's commission plan, where there is one.
    pub plan: Option<&'a CommissionPlan>,
    /// What the partner wrote.
    pub said: Said<'a>,
}

/// Why a tool returned nothing.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// The arguments are not this tool's: a model can mend them from the message.
    #[error("bad arguments: {0}")]
    BadArguments(String),
    /// The CRM gave no answer.
    #[error("{}", .0.told())]
    Unavailable(#[source] CrmError),
    /// The tool does not read the CRM: [`Tool::SearchKnowledge`].
    #[error("{} is not a CRM tool", .0.name())]
    NotCrm(Tool),
}

impl From<CrmError> for ToolError {
    fn from(error: CrmError) -> Self {
        Self::Unavailable(error)
    }
}

/// Runs one of the CRM tools.
///
/// # Errors
/// [`ToolError::BadArguments`] for arguments the tool does not have or cannot read, [`ToolError::Unavailable`] if
/// the CRM does not answer, [`ToolError::NotCrm`] for `search_knowledge`.
pub async fn call(tool: Tool, ctx: &ToolContext<'_>, args: &Value) -> Result<ToolOutcome, ToolError> {
    let dated = since_payment::dated(ctx, args).await?;
    let args = dated.as_ref().map_or(args, |(args, _)| args);
    let mut outcome = match tool {
        Tool::SearchKnowledge => return Err(ToolError::NotCrm(tool)),
        Tool::ListOpportunities => list_opportunities::call(ctx, args).await,
        Tool::PipelineSummary => pipeline_summary::call(ctx, args).await,
        Tool::ListDealRegistrations => list_deal_registrations::call(ctx, args).await,
        Tool::ListCommissions => list_commissions::call(ctx, args).await,
        Tool::CommissionSummary => commission_summary::call(ctx, args).await,
        Tool::EstimateCommission => estimate_commission::call(ctx, args).await,
        Tool::PartnerProfile => partner_profile::call(ctx, args).await,
        Tool::DealMetrics => deal_metrics::call(ctx, args).await,
        Tool::ListStaleDeals => list_stale_deals::call(ctx, args).await,
        Tool::ListPipelineChanges => list_pipeline_changes::call(ctx, args).await,
        Tool::MdfSummary => mdf_summary::call(ctx, args).await,
        Tool::ListMdfClaims => list_mdf_claims::call(ctx, args).await,
        Tool::ReferralSummary => referral_summary::call(ctx, args).await,
        Tool::Propose(kind) => acting::call(kind, ctx, args).await,
    }?;
    if let Some((_, dated)) = dated {
        dated.tell(&mut outcome);
    }
    if let Some(age) = ctx.records.age() {
        outcome.date(age, ctx.time_zone);
    }
    Ok(outcome)
}

impl Tool {
    /// Every tool.
    pub const ALL: &'static [Self] = &[
        Self::SearchKnowledge,
        Self::ListOpportunities,
        Self::PipelineSummary,
        Self::ListDealRegistrations,
        Self::ListCommissions,
        Self::CommissionSummary,
        Self::EstimateCommission,
        Self::PartnerProfile,
        Self::DealMetrics,
        Self::ListStaleDeals,
        Self::ListPipelineChanges,
        Self::MdfSummary,
        Self::ListMdfClaims,
        Self::ReferralSummary,
        Self::Propose(Kind::RegisterDeal),
        Self::Propose(Kind::ExtendProtection),
        Self::Propose(Kind::WithdrawRegistration),
        Self::Propose(Kind::UpdateDeal),
        Self::Propose(Kind::DisputeAttribution),
        Self::Propose(Kind::RequestMdf),
    ];

    /// The name a model calls it by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SearchKnowledge => "search_knowledge",
            Self::ListOpportunities => "list_opportunities",
            Self::PipelineSummary => "pipeline_summary",
            Self::ListDealRegistrations => "list_deal_registrations",
            Self::ListCommissions => "list_commissions",
            Self::CommissionSummary => "commission_summary",
            Self::EstimateCommission => "estimate_commission",
            Self::PartnerProfile => "partner_profile",
            Self::DealMetrics => "deal_metrics",
            Self::ListStaleDeals => "list_stale_deals",
            Self::ListPipelineChanges => "list_pipeline_changes",
            Self::MdfSummary => "mdf_summary",
            Self::ListMdfClaims => "list_mdf_claims",
            Self::ReferralSummary => "referral_summary",
            Self::Propose(kind) => kind.as_str(),
        }
    }

    /// The tool of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|tool| tool.name() == name)
    }

    /// Whether it answers from the partner's records.
    #[must_use]
    pub fn is_crm(self) -> bool {
        !matches!(self, Self::SearchKnowledge | Self::Propose(_))
    }

    /// What it is for, for the model.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::SearchKnowledge => {
                "Search the partner program's documents (rules, rates, playbooks, battle cards, FAQ) for passages \
                 to cite."
            }
            Self::ListOpportunities => list_opportunities::DESCRIPTION,
            Self::PipelineSummary => pipeline_summary::DESCRIPTION,
            Self::ListDealRegistrations => list_deal_registrations::DESCRIPTION,
            Self::ListCommissions => list_commissions::DESCRIPTION,
            Self::CommissionSummary => commission_summary::DESCRIPTION,
            Self::EstimateCommission => estimate_commission::DESCRIPTION,
            Self::PartnerProfile => partner_profile::DESCRIPTION,
            Self::DealMetrics => deal_metrics::DESCRIPTION,
            Self::ListStaleDeals => list_stale_deals::DESCRIPTION,
            Self::ListPipelineChanges => list_pipeline_changes::DESCRIPTION,
            Self::MdfSummary => mdf_summary::DESCRIPTION,
            Self::ListMdfClaims => list_mdf_claims::DESCRIPTION,
            Self::ReferralSummary => referral_summary::DESCRIPTION,
            Self::Propose(kind) => acting::description(kind),
        }
    }

    /// How partners ask for it, a question a line: for routing by meaning. Customers and products are called "this
    /// customer" and "this product". Nobody asks for what is proposed by an example: [`crate::request::intent`] reads it.
    pub fn examples(self) -> impl Iterator<Item = &'static str> {
        let questions = match self {
            Self::SearchKnowledge => include_str!("examples/search_knowledge.txt"),
            Self::ListOpportunities => include_str!("examples/list_opportunities.txt"),
            Self::PipelineSummary => include_str!("examples/pipeline_summary.txt"),
            Self::ListDealRegistrations => include_str!("examples/list_deal_registrations.txt"),
            Self::ListCommissions => include_str!("examples/list_commissions.txt"),
            Self::CommissionSummary => include_str!("examples/commission_summary.txt"),
            Self::EstimateCommission => include_str!("examples/estimate_commission.txt"),
            Self::PartnerProfile => include_str!("examples/partner_profile.txt"),
            Self::DealMetrics => include_str!("examples/deal_metrics.txt"),
            Self::ListStaleDeals => include_str!("examples/list_stale_deals.txt"),
            Self::ListPipelineChanges => include_str!("examples/list_pipeline_changes.txt"),
            Self::MdfSummary => include_str!("examples/mdf_summary.txt"),
            Self::ListMdfClaims => include_str!("examples/list_mdf_claims.txt"),
            Self::ReferralSummary => include_str!("examples/referral_summary.txt"),
            Self::Propose(_) => "",
        };
        questions.lines()
    }

    /// Words that point to it, whatever else a question says; in lower case, as partners write them.
    #[must_use]
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Self::SearchKnowledge => &[
                "rate",
                "rates",
                "percent",
                "percentage",
                "price",
                "prices",
                "policy",
                "rule",
                "rules",
            ],
            Self::ListOpportunities | Self::PipelineSummary => &[
                "opportunity",
                "opportunities",
                "opps",
                "pipeline",
                "stage",
                "forecast",
                "weighted",
                "win",
                "won",
                "lost",
                "prospecting",
                "qualification",
                "proposal",
                "negotiation",
                "probability",
                "signed",
            ],
            Self::ListDealRegistrations => &[
                "registration",
                "registrations",
                "dealreg",
                "dealregs",
                "reg",
                "regs",
                "protected",
                "protection",
                "reject",
                "rejected",
                "conflict",
            ],
            Self::ListCommissions | Self::CommissionSummary => &[
                "commission",
                "commissions",
                "spiff",
                "spiffs",
                "clawback",
                "clawed",
                "payout",
                "payouts",
                "payment",
                "transfer",
                "paid",
                "earn",
                "earned",
                "earnings",
                "owed",
                "money",
                "statement",
            ],
            Self::EstimateCommission => estimate_commission::WORDS,
            Self::PartnerProfile => &[
                "tier",
                "certified",
                "certificate",
                "certificates",
                "certification",
                "certifications",
                "manager",
                "referral",
            ],
            Self::DealMetrics => deal_metrics::WORDS,
            Self::ListStaleDeals => list_stale_deals::WORDS,
            Self::ListPipelineChanges => list_pipeline_changes::WORDS,
            Self::MdfSummary => mdf_summary::WORDS,
            Self::ListMdfClaims => list_mdf_claims::WORDS,
            Self::ReferralSummary => referral_summary::WORDS,
            Self::Propose(_) => &[],
        }
    }

    /// Its arguments as a JSON schema. None of them is a partner.
    #[must_use]
    pub fn parameters(self) -> Value {
        let properties = match self {
            Self::SearchKnowledge => json!({
                "query": { "type": "string", "description": "What to look for, in the words of the documents." },
                "document": arguments::a_text("Only in the document of this title, such as the one that a commission's rule names."),
            }),
            Self::ListOpportunities => list_opportunities::parameters(),
            Self::PipelineSummary => pipeline_summary::parameters(),
            Self::ListDealRegistrations => list_deal_registrations::parameters(),
            Self::ListCommissions => list_commissions::parameters(),
            Self::CommissionSummary => commission_summary::parameters(),
            Self::EstimateCommission => estimate_commission::parameters(),
            Self::PartnerProfile => partner_profile::parameters(),
            Self::DealMetrics => deal_metrics::parameters(),
            Self::ListStaleDeals => list_stale_deals::parameters(),
            Self::ListPipelineChanges => list_pipeline_changes::parameters(),
            Self::MdfSummary => mdf_summary::parameters(),
            Self::ListMdfClaims => list_mdf_claims::parameters(),
            Self::ReferralSummary => referral_summary::parameters(),
            Self::Propose(kind) => acting::parameters(kind),
        };
        let required: &[&str] = if self == Self::SearchKnowledge {
            &["query"]
        } else {
            &[]
        };
        json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        })
    }
}

#[cfg(test)]
mod figures_tests;
#[cfg(test)]
mod fuzz_tests;
#[cfg(test)]
mod sample_tests;
#[cfg(test)]
mod tests;
