//! A computation as lines that a partner checks with a pocket calculator.
//!
//! Every figure that [`Line::text`] shows is among [`Line::operands`] or is the result, so that whoever verifies an
//! answer can trace it.

use super::{
    exact::{Exact, Rounding},
    plan::{Per, Rate},
};
use crate::program::money::Money;
use std::fmt;

/// One step from the commission base to the amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The step, with what went into it.
    pub what: What,
    /// Id of the rule it rests on; `None` where it is mere arithmetic.
    pub rule: Option<String>,
    /// What it comes to.
    pub result: Exact,
}

/// A step with its operands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The base at one rate.
    Rate {
        /// The commission base.
        base: Money,
        /// Its rate.
        rate: Rate,
    },
    /// The base, or a slice of it, at the rate of its band.
    Band {
        /// What lies in the band.
        slice: Money,
        /// The band's rate.
        rate: Rate,
        /// Where the band starts.
        from: Money,
    },
    /// The extra rate on what lies above a quota.
    Accelerator {
        /// Revenue of the period before this deal.
        before: Money,
        /// The commission base.
        base: Money,
        /// Revenue to be passed.
        quota: Money,
        /// The part of the base above it.
        above: Money,
        /// The extra rate.
        rate: Rate,
    },
    /// A bonus.
    Spiff {
        /// What partners know it by.
        name: String,
        /// What it pays.
        pays: Pay,
    },
    /// A bonus that is not paid because the quarter's number is reached.
    SpiffLimit {
        /// What partners know it by.
        name: String,
        /// How many were earned before in the quarter.
        earned: u32,
        /// How many can be.
        most: u32,
    },
    /// Nothing, because the base is too small.
    Minimum {
        /// The commission base.
        base: Money,
        /// The least that earns anything.
        minimum: Money,
    },
    /// Less, because more than this cannot be earned.
    Cap {
        /// What it would have been.
        amount: Money,
        /// The most.
        most: Money,
        /// What of it was used before in the period; `None` for a cap per deal.
        used: Option<Money>,
        /// What the cap is counted over.
        per: Per,
    },
    /// One partner's share of a commission.
    Split {
        /// The whole commission.
        whole: Money,
        /// The partner's part in the deal.
        role: String,
        /// Its share.
        share: Rate,
    },
    /// Taken back because the customer cancelled.
    Clawback {
        /// What was earned.
        earned: Money,
        /// The part that is taken back.
        share: Rate,
        /// Days from the close date to the cancellation.
        day: i64,
        /// The last day of the window it falls into, or of the last window where it falls into none.
        within: u32,
    },
    /// Not paid out yet, because it is less than a payout's minimum.
    CarriedOver {
        /// What is due.
        due: Money,
        /// The least payout.
        minimum: Money,
    },
    /// The lines above, added up.
    Sum {
        /// Their results.
        parts: Vec<Exact>,
    },
    /// To whole minor units.
    Rounding {
        /// Before.
        exact: Exact,
        /// How.
        how: Rounded,
    },
}

/// What a SPIFF pays on a deal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pay {
    /// A rate on the base.
    Rate {
        /// The commission base.
        base: Money,
        /// The extra rate.
        rate: Rate,
    },
    /// A fixed amount.
    Fixed(Money),
}

/// How an amount was rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounded {
    /// By the plan's rule.
    By(Rounding),
    /// So that shares add up to the whole, which can be a minor unit off the plan's rule.
    ToAddUp,
}

/// What went into a line, for whoever traces its figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// An amount, rounded or not.
    Amount(Exact),
    /// A rate or a share.
    Rate(Rate),
    /// Deals or days.
    Count(i64),
    /// A name of the plan's.
    Name(String),
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Amount(amount) => amount.fmt(f),
            Self::Rate(rate) => rate.fmt(f),
            Self::Count(count) => count.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}

impl From<Money> for Operand {
    fn from(money: Money) -> Self {
        Self::Amount(money.into())
    }
}

impl Line {
    /// The line as a partner checks it: `EUR 12,400.00 × 10 % = EUR 1,240.00`.
    #[must_use]
    pub fn text(&self) -> String {
        let leads_to = match self.what {
            What::SpiffLimit { .. } | What::Minimum { .. } | What::Cap { .. } | What::CarriedOver { .. } => {
                ":"
            }
            _ => " =",
        };
        format!("{}{leads_to} {}", self.what, self.result)
    }

    /// What went into it, in the order in which [`Line::text`] shows it.
    #[must_use]
    pub fn operands(&self) -> Vec<Operand> {
        use Operand::{Count, Name};
        match &self.what {
            What::Rate { base, rate } => vec![(*base).into(), Operand::Rate(*rate)],
            What::Band { slice, rate, from } => vec![(*slice).into(), Operand::Rate(*rate), (*from).into()],
            What::Accelerator {
                before,
                base,
                quota,
                above,
                rate,
            } => {
                let mut all: Vec<Operand> = [*before, *base, *quota, *above].map(Into::into).into();
                all.push(Operand::Rate(*rate));
                all
            }
            What::Spiff { name, pays } => match *pays {
                Pay::Rate { base, rate } => vec![Name(name.clone()), base.into(), Operand::Rate(rate)],
                Pay::Fixed(amount) => vec![Name(name.clone()), amount.into()],
            },
            What::SpiffLimit { name, earned, most } => {
                vec![Name(name.clone()), Count((*earned).into()), Count((*most).into())]
            }
            What::Minimum { base, minimum } => vec![(*base).into(), (*minimum).into()],
            What::Cap {
                amount, most, used, ..
            } => [Some(*amount), Some(*most), *used]
                .into_iter()
                .flatten()
                .map(Into::into)
                .collect(),
            What::Split { whole, role, share } => {
                vec![(*whole).into(), Operand::Rate(*share), Name(role.clone())]
            }
            What::Clawback {
                earned,
                share,
                day,
                within,
            } => vec![
                (*earned).into(),
                Operand::Rate(*share),
                Count(*day),
                Count((*within).into()),
            ],
            What::CarriedOver { due, minimum } => vec![(*due).into(), (*minimum).into()],
            What::Sum { parts } => parts.iter().copied().map(Operand::Amount).collect(),
            What::Rounding { exact, .. } => vec![Operand::Amount(*exact)],
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rate { base, rate } => write!(f, "{base} × {rate}"),
            Self::Band { slice, rate, from } => write!(f, "{slice} × {rate} (the band from {from})"),
            Self::Accelerator {
                before,
                base,
                quota,
                above,
                rate,
            } => write!(
                f,
                "{before} before + {base}, quota {quota}: {above} above it × {rate}"
            ),
            Self::Spiff { name, pays } => match pays {
                Pay::Rate { base, rate } => write!(f, "{name}: {base} × {rate}"),
                Pay::Fixed(amount) => write!(f, "{name}: a fixed {amount}"),
            },
            Self::SpiffLimit { name, earned, most } => {
                write!(f, "{name}: {earned} earned in the quarter, of at most {most}")
            }
            Self::Minimum { base, minimum } => write!(f, "{base} is less than the minimum of {minimum}"),
            Self::Cap {
                amount,
                most,
                used,
                per,
            } => {
                write!(f, "{amount}, at most {most} per {}", per.as_str())?;
                used.map_or(Ok(()), |used| write!(f, " and {used} of it used before"))
            }
            Self::Split { whole, role, share } => write!(f, "{whole} × {share} ({role})"),
            Self::Clawback {
                earned,
                share,
                day,
                within,
            } if *day <= i64::from(*within) => {
                write!(
                    f,
                    "{earned} × {share} taken back on day {day}, within {within} days"
                )
            }
            Self::Clawback {
                earned,
                share,
                day,
                within,
            } => write!(
                f,
                "{earned} × {share} taken back on day {day}, after {within} days"
            ),
            Self::CarriedOver { due, minimum } => {
                write!(f, "{due} is less than {minimum} and is carried over, paid now")
            }
            Self::Sum { parts } => {
                for (at, part) in parts.iter().enumerate() {
                    let plus = if at == 0 { "" } else { " + " };
                    write!(f, "{plus}{part}")?;
                }
                Ok(())
            }
            Self::Rounding { exact, how } => match how {
                Rounded::By(rounding) => write!(f, "{exact} rounded {}", rounding.as_str()),
                Rounded::ToAddUp => write!(f, "{exact} rounded so that the shares add up"),
            },
        }
    }
}
