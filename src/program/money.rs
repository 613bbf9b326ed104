//! Amounts of money: whole minor units of one currency, never a float.
//!
//! There is no `+` between two amounts, because they may differ in currency: sums go through [`Totals`], which
//! keeps one total per currency and never converts.

use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// An ISO 4217 currency code, such as `EUR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// A code that is not three capital letters.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0:?} is not a currency code such as EUR")]
pub struct BadCurrency(String);

impl Currency {
    /// The three letters.
    #[must_use]
    pub fn code(&self) -> &str {
        // Only ASCII letters get past `from_str`.
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// How many decimals an amount has, from ISO 4217's list of minor units; two for every currency that is
    /// in neither list.
    #[must_use]
    pub fn decimals(&self) -> u32 {
        match self.code() {
            "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND"
            | "VUV" | "XAF" | "XOF" | "XPF" => 0,
            "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
            _ => 2,
        }
    }
}

impl FromStr for Currency {
    type Err = BadCurrency;

    fn from_str(code: &str) -> Result<Self, BadCurrency> {
        match code.as_bytes() {
            [a, b, c] if [a, b, c].iter().all(|byte| byte.is_ascii_uppercase()) => Ok(Self([*a, *b, *c])),
            _ => Err(BadCurrency(code.to_owned())),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = BadCurrency;

    fn try_from(code: String) -> Result<Self, BadCurrency> {
        code.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in minor units (cents) of one currency. Shown as `EUR 1,240.50`, negative as `-EUR 100.00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units: cents of a euro, whole yen.
    pub minor: i64,
    /// The currency they are of.
    pub currency: Currency,
}

impl Money {
    /// `minor` units of `currency`.
    #[must_use]
    pub fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// The amount as a plain decimal, `1240.50`: for values that machines read, exact where a float is not.
    #[must_use]
    pub fn decimal(&self) -> String {
        let (whole, fraction) = self.parts();
        let sign = if self.minor < 0 { "-" } else { "" };
        format!("{sign}{whole}{fraction}")
    }

    /// Absolute whole units, and the fraction with its point (empty for currencies without decimals).
    fn parts(&self) -> (u64, String) {
        let decimals = self.currency.decimals();
        let scale = 10_u64.pow(decimals);
        let minor = self.minor.unsigned_abs();
        let fraction = match decimals {
            0 => String::new(),
            width => format!(".{:0width$}", minor % scale, width = width as usize),
        };
        (minor / scale, fraction)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = self.parts();
        let sign = if self.minor < 0 { "-" } else { "" };
        write!(f, "{sign}{} {}{fraction}", self.currency, grouped(whole))
    }
}

/// `1234567` as `1,234,567`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Sums kept apart by currency. Shown as `EUR 310,000.00 and USD 12,000.00`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals(BTreeMap<Currency, i64>);

impl Totals {
    /// Adds one amount to its currency's total.
    ///
    /// Saturates at ±9.2 × 10¹⁸ minor units: out of reach of any CRM, and better than a wrapped sign.
    pub fn add(&mut self, amount: Money) {
        let total = self.0.entry(amount.currency).or_default();
        *total = total.saturating_add(amount.minor);
    }

    /// One amount per currency, in alphabetical order of the codes.
    pub fn amounts(&self) -> impl Iterator<Item = Money> + '_ {
        self.0.iter().map(|(&currency, &minor)| Money { minor, currency })
    }

    /// The total in one currency; zero if none was added.
    #[must_use]
    pub fn of(&self, currency: Currency) -> Money {
        Money {
            minor: self.0.get(&currency).copied().unwrap_or_default(),
            currency,
        }
    }

    /// The amount, if everything was of one currency (or `if_empty`, where nothing was added).
    #[must_use]
    pub fn single(&self, if_empty: Currency) -> Option<Money> {
        match self.0.len() {
            0 => Some(Money::new(0, if_empty)),
            1 => self.amounts().next(),
            _ => None,
        }
    }

    /// Whether nothing was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Money> for Totals {
    fn from_iter<I: IntoIterator<Item = Money>>(amounts: I) -> Self {
        let mut totals = Self::default();
        amounts.into_iter().for_each(|amount| totals.add(amount));
        totals
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.0.len().saturating_sub(1);
        for (at, amount) in self.amounts().enumerate() {
            match at {
                0 => {}
                _ if at == last => f.write_str(" and ")?,
                _ => f.write_str(", ")?,
            }
            amount.fmt(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn money(minor: i64, code: &str) -> Money {
        Money::new(minor, code.parse().unwrap())
    }

    #[test]
    fn amounts_read_as_on_a_statement() {
        let check = |minor, code: &str, shown: &str, decimal: &str| {
            assert_eq!(money(minor, code).to_string(), shown);
            assert_eq!(money(minor, code).decimal(), decimal);
        };
        check(124_050, "EUR", "EUR 1,240.50", "1240.50");
        check(-10_000, "EUR", "-EUR 100.00", "-100.00");
        check(-5, "USD", "-USD 0.05", "-0.05");
        check(0, "GBP", "GBP 0.00", "0.00");
        check(1_234_567, "JPY", "JPY 1,234,567", "1234567");
        check(1_234_567, "KWD", "KWD 1,234.567", "1234.567");
        check(
            i64::MIN,
            "EUR",
            "-EUR 92,233,720,368,547,758.08",
            "-92233720368547758.08",
        );
    }

    #[test]
    fn codes_are_three_capitals() {
        for bad in ["", "eur", "EURO", "E1R", "€€€", "EU "] {
            assert!(bad.parse::<Currency>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn currencies_are_never_added_to_each_other() {
        let totals: Totals = [
            money(100, "USD"),
            money(5, "EUR"),
            money(7, "EUR"),
            money(1, "JPY"),
        ]
        .into_iter()
        .collect();
        assert_eq!(totals.to_string(), "EUR 0.12, JPY 1 and USD 1.00");
        assert_eq!(totals.single("EUR".parse().unwrap()), None);
        assert_eq!(
            Totals::default().single("EUR".parse().unwrap()),
            Some(money(0, "EUR"))
        );
    }

    proptest! {
        #[test]
        fn nothing_is_lost_between_an_amount_and_its_text(minor: i64, code in "(EUR|JPY|KWD|USD)") {
            let shown = money(minor, &code).to_string();
            let digits: String = shown.chars().filter(|c| c.is_ascii_digit() || *c == '-').collect();
            prop_assert_eq!(digits.parse::<i64>(), Ok(minor));
        }

        #[test]
        fn totals_do_not_depend_on_order(amounts in proptest::collection::vec((-1_000_000_i64..1_000_000, "(EUR|USD|JPY)"), 0..30)) {
            let amounts: Vec<_> = amounts.into_iter().map(|(minor, code)| money(minor, &code)).collect();
            let forward: Totals = amounts.iter().copied().collect();
            let backward: Totals = amounts.iter().rev().copied().collect();
            prop_assert_eq!(&forward, &backward);
            for total in forward.amounts() {
                let sum: i64 = amounts.iter().filter(|a| a.currency == total.currency).map(|a| a.minor).sum();
                prop_assert_eq!(total.minor, sum);
            }
        }
    }
}
