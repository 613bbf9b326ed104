//! One computation as it is written down, line by line.

use super::{
    compute::{Computation, Deal, Unexplained},
    exact::{Exact, Rounding},
    lines::{Line, Pay, Rounded, What},
    plan::{Accelerator, Amount, Band, Cap, Extra, Per, Rate, Rule, Scale, Spiff},
    reading::minor,
};
use crate::program::money::{Currency, Money};

/// The lines of one computation as they are written.
pub(super) struct Sheet {
    base: Money,
    lines: Vec<Line>,
}

impl Sheet {
    pub(super) fn of(deal: &Deal<'_>) -> Result<Self, Unexplained> {
        match deal.base.minor {
            ..0 => Err(Unexplained::NegativeBase),
            _ => Ok(Self::on(deal.base)),
        }
    }

    /// A sheet for an amount of this currency.
    pub(super) fn on(base: Money) -> Self {
        Self {
            base,
            lines: Vec::new(),
        }
    }

    fn nothing(&self) -> Exact {
        Money::new(0, self.base.currency).into()
    }

    pub(super) fn write(&mut self, what: What, rule: Option<&Rule>, result: Exact) {
        self.lines.push(Line {
            what,
            rule: rule.map(|rule| rule.id.clone()),
            result,
        });
    }

    /// Whether the base is below a minimum; if so, that is a line.
    pub(super) fn is_below(&mut self, minimum: &Amount, rule: &Rule) -> Result<bool, Unexplained> {
        let minimum = minimum.in_currency(self.base.currency, rule)?;
        let below = self.base.minor < minimum.minor;
        if below {
            let base = self.base;
            self.write(What::Minimum { base, minimum }, Some(rule), self.nothing());
        }
        Ok(below)
    }

    pub(super) fn rate(&mut self, scale: &Scale, rule: &Rule) -> Result<(), Unexplained> {
        let base = self.base;
        match scale {
            Scale::Flat(rate) => {
                let (rate, result) = (*rate, product(base, *rate)?);
                self.write(What::Rate { base, rate }, Some(rule), result);
            }
            Scale::Whole(bands) => {
                let edges = edges(bands, base.currency, rule)?;
                let band = edges.iter().rfind(|(from, _)| from.minor <= base.minor);
                if let Some(&(from, rate)) = band {
                    self.band(base, from, rate, rule)?;
                }
            }
            Scale::Marginal(bands) => {
                let edges = edges(bands, base.currency, rule)?;
                for (at, &(from, rate)) in edges.iter().enumerate() {
                    // Edges ascend from zero and the base is not negative: no difference overflows.
                    let top = edges
                        .get(at + 1)
                        .map_or(base.minor, |next| next.0.minor.min(base.minor));
                    if at == 0 || top > from.minor {
                        let slice = Money::new(top - from.minor, base.currency);
                        self.band(slice, from, rate, rule)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn band(&mut self, slice: Money, from: Money, rate: Rate, rule: &Rule) -> Result<(), Unexplained> {
        let result = product(slice, rate)?;
        self.write(What::Band { slice, rate, from }, Some(rule), result);
        Ok(())
    }

    pub(super) fn accelerate(
        &mut self,
        accelerator: &Accelerator,
        before: Money,
        rule: &Rule,
    ) -> Result<(), Unexplained> {
        let (base, rate) = (self.base, accelerator.rate);
        let quota = accelerator.quota.in_currency(base.currency, rule)?;
        let over = i128::from(before.minor) + i128::from(base.minor) - i128::from(quota.minor);
        // Between zero and the base, which is not negative.
        let above = i64::try_from(over.clamp(0, base.minor.into())).map_err(|_| Unexplained::TooLarge)?;
        if above > 0 {
            let above = Money::new(above, base.currency);
            let result = product(above, rate)?;
            let what = What::Accelerator {
                before,
                base,
                quota,
                above,
                rate,
            };
            self.write(what, Some(rule), result);
        }
        Ok(())
    }

    pub(super) fn spiff(&mut self, spiff: &Spiff, earned: u32, rule: &Rule) -> Result<(), Unexplained> {
        if let Some(minimum) = &spiff.minimum_base
            && self.is_below(minimum, rule)?
        {
            return Ok(());
        }
        let name = spiff.name.clone();
        if let Some(most) = spiff.at_most_per_quarter.filter(|most| earned >= *most) {
            let what = What::SpiffLimit { name, earned, most };
            self.write(what, Some(rule), self.nothing());
            return Ok(());
        }
        let (pays, result) = match &spiff.pays {
            Extra::Rate(rate) => {
                let (base, rate) = (self.base, *rate);
                (Pay::Rate { base, rate }, product(base, rate)?)
            }
            Extra::Fixed(amount) => {
                let amount = amount.in_currency(self.base.currency, rule)?;
                (Pay::Fixed(amount), amount.into())
            }
        };
        self.write(What::Spiff { name, pays }, Some(rule), result);
        Ok(())
    }

    /// Cuts `amount` down to what a cap leaves.
    pub(super) fn cap(
        &mut self,
        cap: &Cap,
        amount: Money,
        used: Money,
        rule: &Rule,
    ) -> Result<Money, Unexplained> {
        let most = cap.most.in_currency(amount.currency, rule)?;
        let left = most.minor.saturating_sub(used.minor).max(0);
        if amount.minor <= left {
            return Ok(amount);
        }
        let capped = Money::new(left, amount.currency);
        let what = What::Cap {
            amount,
            most,
            used: (cap.per != Per::Deal).then_some(used),
            per: cap.per,
        };
        self.write(what, Some(rule), capped.into());
        Ok(capped)
    }

    /// Adds the lines up and rounds, each step a line where it changes something.
    pub(super) fn total(&mut self, rounding: Rounding) -> Result<Money, Unexplained> {
        if self.lines.len() > 1 {
            let parts: Vec<Exact> = self.lines.iter().map(|line| line.result).collect();
            let sum = parts.iter().try_fold(self.nothing(), |sum, part| sum.plus(*part));
            let sum = sum.ok_or(Unexplained::TooLarge)?;
            self.write(What::Sum { parts }, None, sum);
        }
        let exact = self.lines.last().map_or(self.nothing(), |line| line.result);
        let rounded = exact.rounded(rounding).ok_or(Unexplained::TooLarge)?;
        if Exact::from(rounded) != exact {
            let how = Rounded::By(rounding);
            self.write(What::Rounding { exact, how }, None, rounded.into());
        }
        Ok(rounded)
    }

    /// The finished computation: `amount` is the last line's result.
    pub(super) fn done(self, amount: Money) -> Computation {
        Computation {
            amount,
            lines: self.lines,
        }
    }
}

impl Amount {
    /// The amount in a deal's currency.
    pub(super) fn in_currency(&self, currency: Currency, rule: &Rule) -> Result<Money, Unexplained> {
        same_currency(currency, self.currency.unwrap_or(currency))?;
        let none = || Unexplained::NoAmount {
            rule: rule.id.clone(),
            currency,
        };
        let minor = minor(self.value, currency.decimals()).ok_or_else(none)?;
        Ok(Money::new(minor, currency))
    }
}

/// Where bands start, and their rates. They have to ascend from zero.
fn edges(bands: &[Band], currency: Currency, rule: &Rule) -> Result<Vec<(Money, Rate)>, Unexplained> {
    let edges = bands
        .iter()
        .map(|band| Ok((band.from.in_currency(currency, rule)?, band.rate)));
    let edges: Vec<(Money, Rate)> = edges.collect::<Result<_, Unexplained>>()?;
    let ascending = edges.is_sorted_by(|a, b| a.0.minor < b.0.minor);
    match edges.first() {
        Some((first, _)) if first.minor == 0 && ascending => Ok(edges),
        _ => Err(Unexplained::BrokenRule {
            rule: rule.id.clone(),
        }),
    }
}

pub(super) fn product(money: Money, rate: Rate) -> Result<Exact, Unexplained> {
    Exact::product(money, rate).ok_or(Unexplained::TooLarge)
}

pub(super) fn same_currency(a: Currency, b: Currency) -> Result<(), Unexplained> {
    if a == b {
        Ok(())
    } else {
        Err(Unexplained::TwoCurrencies { a, b })
    }
}
