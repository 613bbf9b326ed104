//! The records a CRM returns. What partners may not see has no field here, so it cannot be shown by mistake.

use crate::program::money::{Currency, Money};
use jiff::civil::Date;
use liaison_knowledge::Audience;
use rust_decimal::Decimal;
use serde::Serialize;

/// A closed set as stored (`closed_won`) and as shown (`Closed won`).
macro_rules! text_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $stored:literal, $shown:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $stored)] $variant,)+ }

        impl $name {
            /// Every value, in its natural order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// As stored and as an argument of a tool.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $stored,)+ }
            }

            /// As shown.
            #[must_use]
            pub fn shown(self) -> &'static str {
                match self { $(Self::$variant => $shown,)+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($stored => Ok(Self::$variant),)+
                    other => Err(format!("{other:?}, which is none of {}", [$($stored),+].join(", "))),
                }
            }
        }
    };
}

pub(super) use text_enum;

text_enum! {
    /// How a partner works with the vendor.
    PartnerType {
        /// Names leads.
        Referral = "referral", "Referral";
        /// Sells on its own paper.
        Reseller = "reseller", "Reseller";
        /// Implements and advises.
        Services = "services", "Services";
        /// Lists in a marketplace.
        Marketplace = "marketplace", "Marketplace";
    }
}

text_enum! {
    /// What kind of sale an opportunity is.
    Motion {
        /// A new customer.
        New = "new", "New business";
        /// A contract continued.
        Renewal = "renewal", "Renewal";
        /// More to an existing customer.
        Expansion = "expansion", "Expansion";
    }
}

text_enum! {
    /// What the partner did for an opportunity.
    Attribution {
        /// It brought the opportunity.
        Sourced = "sourced", "Sourced";
        /// It helped one along.
        Influenced = "influenced", "Influenced";
    }
}

text_enum! {
    /// How far an opportunity is.
    Stage {
        /// First contact.
        Prospecting = "prospecting", "Prospecting";
        /// Is there a need and a budget?
        Qualification = "qualification", "Qualification";
        /// An offer is out.
        Proposal = "proposal", "Proposal";
        /// Terms are being agreed.
        Negotiation = "negotiation", "Negotiation";
        /// Won.
        ClosedWon = "closed_won", "Closed won";
        /// Lost.
        ClosedLost = "closed_lost", "Closed lost";
    }
}

impl Stage {
    /// Neither won nor lost yet.
    #[must_use]
    pub fn is_open(self) -> bool {
        !matches!(self, Self::ClosedWon | Self::ClosedLost)
    }
}

text_enum! {
    /// Where a deal registration stands.
    RegistrationStatus {
        /// Waiting for the vendor.
        Submitted = "submitted", "Submitted";
        /// Accepted: its window protects the deal.
        Approved = "approved", "Approved";
        /// Its window has closed.
        Expired = "expired", "Expired";
        /// Refused.
        Rejected = "rejected", "Rejected";
        /// Somebody else may have a claim; a person decides.
        Conflicting = "conflicting", "Conflicting";
        /// Taken back by the partner.
        Withdrawn = "withdrawn", "Withdrawn";
    }
}

text_enum! {
    /// What an entry of a statement is.
    CommissionKind {
        /// The regular share of a deal.
        Commission = "commission", "Commission";
        /// A bonus on top.
        Spiff = "spiff", "SPIFF";
        /// Money taken back; negative.
        Clawback = "clawback", "Clawback";
    }
}

text_enum! {
    /// Where an entry of a statement stands.
    CommissionStatus {
        /// Earned, not yet approved.
        Pending = "pending", "Pending";
        /// Approved, not yet paid.
        Approved = "approved", "Approved";
        /// Paid.
        Paid = "paid", "Paid";
        /// Taken back.
        ClawedBack = "clawed_back", "Clawed back";
    }
}

/// A firm that sells with the vendor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partner {
    /// `p-001`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Program level, lower case; which levels exist is for the tier rules to say.
    pub tier: String,
    /// How it works with the vendor.
    pub kind: PartnerType,
    /// Sales region, lower case.
    pub region: String,
    /// Country.
    pub country: String,
    /// What it is paid in.
    pub currency: Currency,
    /// In the program since.
    pub joined: Date,
    /// Its partner manager.
    pub manager_name: String,
    /// The manager's address.
    pub manager_email: String,
    /// Code in its referral link.
    pub referral_code: String,
    /// Its referral link.
    pub referral_url: String,
}

impl Partner {
    /// Whom documents and fields are for, with this partner's values.
    #[must_use]
    pub fn audience(&self) -> Audience {
        Audience::Partner {
            id: self.id.to_lowercase(),
            tier: self.tier.to_lowercase(),
            region: self.region.to_lowercase(),
            kind: self.kind.as_str().to_lowercase(),
        }
    }

    /// Name and address of its manager; nothing where the CRM names nobody who can be written to.
    #[must_use]
    pub fn manager(&self) -> Option<(&str, &str)> {
        let (name, email) = (self.manager_name.trim(), self.manager_email.trim());
        (!name.is_empty() && email.contains('@')).then_some((name, email))
    }
}

/// A deal in the pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opportunity {
    /// `o-0001`.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Who buys.
    pub customer: String,
    /// What is bought.
    pub product: String,
    /// New business, renewal or expansion.
    pub motion: Motion,
    /// Sourced or influenced by the partner.
    pub attribution: Attribution,
    /// How far it is.
    pub stage: Stage,
    /// What it is worth.
    pub amount: Money,
    /// In the pipeline since.
    pub created_on: Date,
    /// Expected while open, actual once closed.
    pub close_date: Date,
    /// What happens next.
    pub next_step: Option<String>,
    /// How likely it is to be won, in whole percent; nothing where the CRM does not say.
    pub probability_pct: Option<i64>,
    /// When somebody last worked on it; nothing where the CRM does not say.
    pub last_activity_on: Option<Date>,
}

/// A change of one field of an opportunity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpportunityChange {
    /// `oc-0001`.
    pub id: String,
    /// The opportunity.
    pub opportunity_id: String,
    /// From what to what.
    pub change: Change,
    /// When.
    pub changed_on: Date,
}

/// From what to what a field of an opportunity changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// How far it is.
    Stage(Stage, Stage),
    /// What it is worth, in whole units of its currency.
    Amount(Decimal, Decimal),
    /// When it is to be closed.
    CloseDate(Date, Date),
}

/// A claim on a deal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DealRegistration {
    /// `dr-0001`.
    pub id: String,
    /// The opportunity it became, if it did.
    pub opportunity_id: Option<String>,
    /// Who is to buy.
    pub customer: String,
    /// What is to be bought.
    pub product: String,
    /// Where it stands.
    pub status: RegistrationStatus,
    /// When it was handed in.
    pub submitted_on: Date,
    /// When the vendor decided.
    pub decided_on: Option<Date>,
    /// The last protected day.
    pub protected_until: Option<Date>,
    /// How often the window was extended.
    pub extensions: i64,
    /// Why it was decided so, in words for the partner.
    pub reason: Option<String>,
    /// What the deal is worth.
    pub amount: Option<Money>,
    /// When the partner expects to close it.
    pub close_date: Option<Date>,
    /// The customer's domain.
    pub domain: Option<String>,
    /// The person at the customer.
    pub contact: Option<String>,
    /// The address of that person.
    pub contact_email: Option<String>,
    /// What the customer wants to solve.
    pub need: Option<String>,
    /// How the partner came by the deal.
    pub source: Option<String>,
    /// What shows that the partner works on it.
    pub proof: Option<String>,
}

/// One entry of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commission {
    /// `c-0001`.
    pub id: String,
    /// The deal it was earned on.
    pub opportunity_id: String,
    /// Commission, SPIFF or clawback.
    pub kind: CommissionKind,
    /// What the rate applies to.
    pub base: Money,
    /// Basis points.
    pub rate_bps: i64,
    /// What it comes to; negative for a clawback.
    pub amount: Money,
    /// Where it stands.
    pub status: CommissionStatus,
    /// When it was earned.
    pub earned_on: Date,
    /// When it is to be paid.
    pub due_on: Date,
    /// When it was paid.
    pub paid_on: Option<Date>,
}

text_enum! {
    /// Where a request for market development funds stands.
    MdfStatus {
        /// Waiting for the vendor.
        Requested = "requested", "Requested";
        /// The money is set aside for it.
        Approved = "approved", "Approved";
        /// Refused.
        Rejected = "rejected", "Rejected";
        /// The invoices are in.
        Claimed = "claimed", "Claimed";
        /// Paid.
        Paid = "paid", "Paid";
        /// Approved, but not used in time.
        Expired = "expired", "Expired";
    }
}

/// Money for joint marketing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MdfFund {
    /// `mf-0001`.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What it held in the beginning.
    pub granted: Money,
    /// The first day it can be drawn on.
    pub valid_from: Date,
    /// The last one.
    pub expires_on: Date,
}

/// What the partner asked of a fund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MdfClaim {
    /// `mc-0001`.
    pub id: String,
    /// The fund.
    pub fund_id: String,
    /// What it is for.
    pub activity: String,
    /// What the fund pays.
    pub amount: Money,
    /// Where it stands.
    pub status: MdfStatus,
    /// When it was asked for.
    pub submitted_on: Date,
    /// When the vendor decided.
    pub decided_on: Option<Date>,
    /// When it was paid.
    pub paid_on: Option<Date>,
}

/// What came of the referral link on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferralActivity {
    /// The day.
    pub on_date: Date,
    /// How often the link was followed.
    pub clicks: i64,
    /// Leads that came by it.
    pub leads: i64,
}

/// A certificate of one of the partner's people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certification {
    /// Its id.
    pub id: String,
    /// Who holds it.
    pub person: String,
    /// What it certifies.
    pub certification: String,
    /// Since when.
    pub earned_on: Date,
    /// The last day it is valid.
    pub expires_on: Date,
}
