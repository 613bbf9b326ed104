//! How a plan is written: percentages, amounts, selectors and bands as a person types them.
//!
//! Everything here refuses what could be read in two ways: `12.5` is neither a percentage nor basis points, and
//! `40.000` is not known to be forty or forty thousand.

use super::plan::{
    Accelerator, Amount, Band, Cap, Extra, OTHERS, Rate, RateTable, Rule, Scale, Scope, Selector, Source,
    Spiff, Terms, Window,
};
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{
    Deserialize, Deserializer,
    de::{self, IntoDeserializer, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// A rule as written: exactly one of the lower fields says what kind it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRule {
    id: String,
    source: Option<Source>,
    effective_from: Date,
    effective_until: Option<Date>,
    #[serde(default, rename = "for")]
    applies_to: Scope,

    rates: Option<RateTable>,
    accelerator: Option<Accelerator>,
    spiff: Option<RawSpiff>,
    cap: Option<Cap>,
    minimum_base: Option<Amount>,
    minimum_payout: Option<Amount>,
    split: Option<BTreeMap<String, Rate>>,
    clawback: Option<Vec<Window>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSpiff {
    name: String,
    rate: Option<Rate>,
    amount: Option<Amount>,
    minimum_base: Option<Amount>,
    at_most_per_quarter: Option<u32>,
}

impl TryFrom<RawRule> for Rule {
    type Error = String;

    fn try_from(raw: RawRule) -> Result<Self, String> {
        let spiff = raw.spiff.map(Spiff::try_from).transpose();
        let spiff = spiff.map_err(|problem| format!("rule {:?}: {problem}", raw.id))?;
        let kinds = [
            raw.rates.map(Terms::Rates),
            raw.accelerator.map(Terms::Accelerator),
            spiff.map(Terms::Spiff),
            raw.cap.map(Terms::Cap),
            raw.minimum_base.map(Terms::MinimumBase),
            raw.minimum_payout.map(Terms::MinimumPayout),
            raw.split.map(Terms::Split),
            raw.clawback.map(Terms::Clawback),
        ];
        let mut said = kinds.into_iter().flatten();
        let (Some(terms), None) = (said.next(), said.next()) else {
            return Err(format!(
                "rule {:?} needs exactly one of rates, accelerator, spiff, cap, minimum_base, minimum_payout, split \
                 and clawback",
                raw.id
            ));
        };
        Ok(Self {
            id: raw.id,
            source: raw.source,
            effective_from: raw.effective_from,
            effective_until: raw.effective_until,
            applies_to: raw.applies_to,
            terms,
        })
    }
}

impl TryFrom<RawSpiff> for Spiff {
    type Error = &'static str;

    fn try_from(raw: RawSpiff) -> Result<Self, Self::Error> {
        let pays = match (raw.rate, raw.amount) {
            (Some(rate), None) => Extra::Rate(rate),
            (None, Some(amount)) => Extra::Fixed(amount),
            _ => return Err("a spiff needs either a rate or an amount"),
        };
        Ok(Self {
            name: raw.name,
            pays,
            minimum_base: raw.minimum_base,
            at_most_per_quarter: raw.at_most_per_quarter,
        })
    }
}

impl FromStr for Rate {
    type Err = String;

    /// `12.5%`, `12.5 %` or `1250 bps`.
    fn from_str(text: &str) -> Result<Self, String> {
        let refused =
            || format!("{text:?} is not a rate; write 12.5% (at most two decimals) or 1250 for basis points");
        let bps = match text.strip_suffix('%') {
            Some(percent) => plain(percent.trim_end()).and_then(|value| minor(value, 2)),
            None => text
                .strip_suffix("bps")
                .and_then(|bps| plain(bps.trim_end()))
                .and_then(|value| minor(value, 0)),
        };
        bps.map(Self).ok_or_else(refused)
    }
}

impl FromStr for Amount {
    type Err = String;

    /// `40,000.00 EUR`, `EUR 40000` or `40,000`.
    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || {
            format!("{text:?} is not an amount; write 40,000.00 EUR, with commas between thousands if at all")
        };
        let mut words = text.split_whitespace();
        let (number, code) = match (words.next(), words.next(), words.next()) {
            (Some(number), code, None) if starts_a_number(number) => (number, code),
            (Some(code), Some(number), None) => (number, Some(code)),
            _ => return Err(refused()),
        };
        let currency = code.map(str::parse).transpose().map_err(|_| refused())?;
        let value = ungrouped(number)
            .and_then(|digits| plain(&digits))
            .ok_or_else(refused)?;
        Ok(Self { value, currency })
    }
}

fn starts_a_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit() || c == '-')
}

/// Without the commas between thousands; `None` if a comma stands anywhere else.
fn ungrouped(number: &str) -> Option<String> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let mut groups = whole.trim_start_matches('-').split(',');
    let first = groups.next().unwrap_or_default();
    let mut rest = groups.peekable();
    let grouped = rest.peek().is_none() || (1..=3).contains(&first.len());
    let fits = grouped && rest.all(|group| group.len() == 3) && !fraction.contains(',');
    fits.then(|| number.replace(',', ""))
}

/// Digits with at most one point. `rust_decimal` would also take `1_000` and `.5`.
fn plain(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    // Refuses what it cannot hold instead of rounding it.
    Decimal::from_str_exact(text).ok()
}

/// `value × 10^decimals`, if that is a whole number.
pub(super) fn minor(value: Decimal, decimals: u32) -> Option<i64> {
    let value = value.normalize();
    let missing = decimals.checked_sub(value.scale())?;
    let whole = value.mantissa().checked_mul(10_i128.checked_pow(missing)?)?;
    i64::try_from(whole).ok()
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl Visitor<'_> for Written {
            type Value = Rate;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a rate such as 12.5% or 1250 (basis points)")
            }

            fn visit_i64<E: de::Error>(self, bps: i64) -> Result<Rate, E> {
                Ok(Rate(bps))
            }

            fn visit_u64<E: de::Error>(self, bps: u64) -> Result<Rate, E> {
                i64::try_from(bps).map(Rate).map_err(E::custom)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Rate, E> {
                text.trim().parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Written)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl Visitor<'_> for Written {
            type Value = Amount;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an amount such as 40,000.00 EUR")
            }

            fn visit_i64<E: de::Error>(self, whole: i64) -> Result<Amount, E> {
                Ok(Amount {
                    value: whole.into(),
                    currency: None,
                })
            }

            fn visit_u64<E: de::Error>(self, whole: u64) -> Result<Amount, E> {
                Ok(Amount {
                    value: whole.into(),
                    currency: None,
                })
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Amount, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Written)
    }
}

impl<'de> Deserialize<'de> for Selector {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = Selector;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name, a list of names, or * for any")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<Selector, E> {
                Ok(match name {
                    OTHERS => Selector::Any,
                    name => Selector::Of([name.to_owned()].into()),
                })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut names: A) -> Result<Selector, A::Error> {
                let mut all = Vec::new();
                while let Some(name) = names.next_element::<String>()? {
                    all.push(name);
                }
                Ok(Selector::Of(all.into_iter().collect()))
            }
        }
        deserializer.deserialize_any(Written)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Bands {
    Whole(Vec<Band>),
    Marginal(Vec<Band>),
}

impl<'de> Deserialize<'de> for Scale {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = Scale;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a rate, or bands under whole or marginal")
            }

            fn visit_i64<E: de::Error>(self, bps: i64) -> Result<Scale, E> {
                Rate::deserialize(bps.into_deserializer()).map(Scale::Flat)
            }

            fn visit_u64<E: de::Error>(self, bps: u64) -> Result<Scale, E> {
                Rate::deserialize(bps.into_deserializer()).map(Scale::Flat)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Scale, E> {
                Rate::deserialize(text.into_deserializer()).map(Scale::Flat)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Scale, A::Error> {
                Ok(match Bands::deserialize(MapAccessDeserializer::new(map))? {
                    Bands::Whole(bands) => Scale::Whole(bands),
                    Bands::Marginal(bands) => Scale::Marginal(bands),
                })
            }
        }
        deserializer.deserialize_any(Written)
    }
}
