//! Amounts between two roundings, and the rounding.

use super::plan::Rate;
use crate::program::money::{Currency, Money, grouped};
use serde::Deserialize;
use std::fmt;

/// Ten-thousandths in a minor unit: what a product with basis points is exact in.
const SCALE: u128 = 10_000;

/// An amount in ten-thousandths of a minor unit: what a product of money and basis points is before it is rounded.
///
/// Shown like [`Money`], with as many decimals more as it needs: `EUR 664.755`. At most 2⁶⁴ − 1 minor units either way,
/// so that the difference of any two amounts fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exact {
    currency: Currency,
    parts: i128,
}

impl Exact {
    fn new(parts: i128, currency: Currency) -> Option<Self> {
        (parts.unsigned_abs() <= u128::from(u64::MAX) * SCALE).then_some(Self { currency, parts })
    }

    /// `money × rate`. `None` beyond 2⁶⁴ − 1 minor units.
    #[must_use]
    pub fn product(money: Money, rate: Rate) -> Option<Self> {
        // 128 bits hold any product of two 64-bit numbers.
        Self::new(i128::from(money.minor) * i128::from(rate.0), money.currency)
    }

    /// `a − b`, which always fits. `None` for two currencies.
    #[must_use]
    pub fn difference(a: Money, b: Money) -> Option<Self> {
        let minor = i128::from(a.minor) - i128::from(b.minor);
        Self::new(minor * SCALE as i128, a.currency).filter(|_| a.currency == b.currency)
    }

    /// The sum. `None` for two currencies, and beyond 2⁶⁴ − 1 minor units.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        let parts = self.parts.checked_add(other.parts)?;
        Self::new(parts, self.currency).filter(|_| self.currency == other.currency)
    }

    /// The same amount taken instead of given.
    #[must_use]
    pub fn negated(self) -> Self {
        Self {
            parts: -self.parts,
            ..self
        }
    }

    /// The amount, if it is whole minor units that fit one.
    #[must_use]
    pub fn money(self) -> Option<Money> {
        let rounded = self.rounded(Rounding::Down)?;
        (Self::from(rounded) == self).then_some(rounded)
    }

    /// Rounded to whole minor units. `None` if that does not fit an amount.
    #[must_use]
    pub fn rounded(self, rounding: Rounding) -> Option<Money> {
        let (whole, rest) = (
            self.parts.unsigned_abs() / SCALE,
            self.parts.unsigned_abs() % SCALE,
        );
        let up = match rounding {
            Rounding::HalfUp => rest >= SCALE / 2,
            Rounding::HalfEven => rest > SCALE / 2 || (rest == SCALE / 2 && !whole.is_multiple_of(2)),
            Rounding::Down => false,
        };
        let magnitude = i128::try_from(whole + u128::from(up)).ok()?;
        let minor = i64::try_from(magnitude * self.parts.signum()).ok()?;
        Some(Money::new(minor, self.currency))
    }
}

impl From<Money> for Exact {
    fn from(money: Money) -> Self {
        Self {
            currency: money.currency,
            parts: i128::from(money.minor) * SCALE as i128,
        }
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = self.currency.decimals() as usize;
        let unit = SCALE * 10_u128.pow(self.currency.decimals());
        let magnitude = self.parts.unsigned_abs();
        // At most 2⁶⁴ − 1 minor units, see `new`.
        let whole = u64::try_from(magnitude / unit).unwrap_or(u64::MAX);
        let digits = format!("{:0width$}", magnitude % unit, width = decimals + 4);
        let (fixed, more) = digits.split_at(decimals);
        let fraction = format!("{fixed}{}", more.trim_end_matches('0'));
        let sign = if self.parts < 0 { "-" } else { "" };
        write!(f, "{sign}{} {}", self.currency, grouped(whole))?;
        match fraction.is_empty() {
            true => Ok(()),
            false => write!(f, ".{fraction}"),
        }
    }
}

/// How a fraction of a minor unit is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Half a unit away from zero, as on most statements.
    #[default]
    HalfUp,
    /// Half a unit to the even neighbour, as banks do.
    HalfEven,
    /// Fractions are dropped, towards zero.
    Down,
}

impl Rounding {
    /// Fits after "rounded".
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HalfUp => "half up",
            Self::HalfEven => "half to even",
            Self::Down => "down",
        }
    }
}
