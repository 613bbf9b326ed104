//! Figures of probabilities against what happened.

use serde::Serialize;

/// A probability that was told, and whether it came true.
#[derive(Debug, Clone, Copy)]
pub struct Forecast {
    /// 0 to 1.
    pub probability: f64,
    /// Whether it came true.
    pub came: bool,
}

/// Forecasts of nearly the same probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bin {
    /// Their mean.
    pub predicted: f64,
    /// The share of them that came true.
    pub observed: f64,
    /// How many there are.
    pub forecasts: usize,
}

/// The reliability curve: bins of equal width, the least probable first; those that nothing fell into are left out.
#[must_use]
pub fn reliability(forecasts: &[Forecast], bins: u8) -> Vec<Bin> {
    let width = 1.0 / f64::from(bins.max(1));
    let bin = |nth: u8| {
        let low = f64::from(nth) * width;
        let inside = |forecast: &&Forecast| {
            let above = forecast.probability >= low || nth == 0;
            above && (forecast.probability < low + width || nth + 1 == bins)
        };
        let inside: Vec<&Forecast> = forecasts.iter().filter(inside).collect();
        (!inside.is_empty()).then(|| Bin {
            predicted: mean(inside.iter().map(|forecast| forecast.probability)),
            observed: mean(inside.iter().map(|forecast| f64::from(u8::from(forecast.came)))),
            forecasts: inside.len(),
        })
    };
    (0..bins).filter_map(bin).collect()
}

/// How far the predicted shares are from the observed ones, as a mean over all forecasts (expected calibration error).
#[must_use]
pub fn error(bins: &[Bin]) -> f64 {
    let all = bins
        .iter()
        .flat_map(|bin| std::iter::repeat_n((bin.predicted - bin.observed).abs(), bin.forecasts));
    mean(all)
}

/// The probability that a forecast that came true was told the higher of two, of which the other did not (area under
/// the ROC curve); a half of none.
#[must_use]
pub fn separation(forecasts: &[Forecast]) -> f64 {
    let told = |came: bool| {
        let some = forecasts.iter().filter(move |forecast| forecast.came == came);
        some.map(|forecast| forecast.probability)
    };
    let pairs = told(true).flat_map(|yes| told(false).map(move |no| (yes, no)));
    let won = pairs.map(|(yes, no)| match yes.total_cmp(&no) {
        std::cmp::Ordering::Greater => 1.0,
        std::cmp::Ordering::Equal => 0.5,
        std::cmp::Ordering::Less => 0.0,
    });
    let mut won = won.peekable();
    if won.peek().is_none() { 0.5 } else { mean(won) }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0_f64), |(sum, count), value| (sum + value, count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forecasts(all: &[(f64, bool)]) -> Vec<Forecast> {
        all.iter()
            .map(|&(probability, came)| Forecast { probability, came })
            .collect()
    }

    #[test]
    fn bins_tell_what_was_predicted_and_what_came() {
        let all = forecasts(&[
            (0.0, false),
            (0.25, false),
            (0.75, true),
            (1.0, true),
            (0.5, false),
        ]);
        let bin = |predicted, observed, forecasts| Bin {
            predicted,
            observed,
            forecasts,
        };
        let bins = reliability(&all, 2);
        assert_eq!(bins, [bin(0.125, 0.0, 2), bin(0.75, 2.0 / 3.0, 3)]);
        assert!((error(&bins) - (0.125 * 2.0 + (0.75 - 2.0 / 3.0) * 3.0) / 5.0).abs() < 1e-12);
        assert_eq!(reliability(&[], 10), []);
        assert_eq!(error(&[]), 0.0);
    }

    #[test]
    fn separation_counts_pairs_in_order() {
        for (all, expected) in [
            (&[(0.9, true), (0.1, false)][..], 1.0),
            (&[(0.1, true), (0.9, false)], 0.0),
            (&[(0.5, true), (0.5, false)], 0.5),
            (&[(0.9, true), (0.4, true), (0.5, false)], 0.5),
            (&[(0.9, true)], 0.5),
        ] {
            assert_eq!(separation(&forecasts(all)), expected);
        }
    }
}
