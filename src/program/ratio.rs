//! Shares and averages as people read them: exact until the one rounding at the end, which is half up.

/// `part` of `whole` in whole percent: 2 of 3 are 67. Nothing of nothing is no share.
#[must_use]
pub fn percent(part: usize, whole: usize) -> Option<i64> {
    let (part, whole) = (i128::try_from(part).ok()?, i128::try_from(whole).ok()?);
    divided(part * 100, whole)
}

/// As [`percent`], in hundredths of one: 1 of 3 is 3,333.
#[must_use]
pub fn basis_points(part: usize, whole: usize) -> Option<i64> {
    let (part, whole) = (i128::try_from(part).ok()?, i128::try_from(whole).ok()?);
    divided(part * 10_000, whole)
}

/// `dividend ÷ divisor`, a half away from zero. `None` for a divisor of zero, and where the result fits no amount.
#[must_use]
pub fn divided(dividend: i128, divisor: i128) -> Option<i64> {
    if divisor == 0 {
        return None;
    }
    let (whole, rest) = (dividend.checked_div(divisor)?, dividend.checked_rem(divisor)?);
    let is_half = rest.unsigned_abs() >= divisor.unsigned_abs() - rest.unsigned_abs();
    let away = if is_half {
        dividend.signum() * divisor.signum()
    } else {
        0
    };
    i64::try_from(whole.checked_add(away)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn halves_go_away_from_zero() {
        let check = |a, b, expected| assert_eq!(divided(a, b), expected, "{a} / {b}");
        check(1, 2, Some(1));
        check(-1, 2, Some(-1));
        check(1, 3, Some(0));
        check(2, 3, Some(1));
        check(5, -2, Some(-3));
        check(7, 0, None);
        check(i128::MAX, 1, None);
        check(i128::MIN, -1, None);
        let check = |part, whole, expected| assert_eq!(percent(part, whole), expected, "{part} of {whole}");
        check(2, 3, Some(67));
        check(1, 8, Some(13));
        check(0, 5, Some(0));
        check(0, 0, None);
        assert_eq!(basis_points(1, 3), Some(3_333));
    }

    proptest! {
        #[test]
        fn the_rounded_is_the_nearest(dividend in -1_000_000_000_i128..1_000_000_000, divisor in 1_i128..100_000) {
            let rounded = i128::from(divided(dividend, divisor).unwrap());
            prop_assert!(2 * (dividend - rounded * divisor).abs() <= divisor);
        }
    }
}
