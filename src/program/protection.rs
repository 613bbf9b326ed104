//! Protection windows of deal registrations.
//!
//! A registration protects its deal up to and including the day it names, so on that day zero days are left and
//! the deal is still protected.

use super::date::days_between;
use jiff::civil::Date;

/// A window that closes within this many days is worth a warning: two weeks leave time to ask for an extension.
pub const EXPIRES_SOON_DAYS: i64 = 14;

/// How a registration's window stands on a given day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// No window was granted: the registration is undecided or was refused.
    None,
    /// Protected, with more than [`EXPIRES_SOON_DAYS`] days left.
    Active {
        /// Days after today that are still protected.
        days_left: i64,
    },
    /// Protected, and about to lapse.
    ExpiresSoon {
        /// Days after today that are still protected; 0 on the last day.
        days_left: i64,
    },
    /// The window has closed.
    Lapsed {
        /// Days since the last protected day.
        days_ago: i64,
    },
}

impl Protection {
    /// The window that ends with the day `until`, seen on `today`.
    #[must_use]
    pub fn on(today: Date, until: Option<Date>) -> Self {
        let Some(until) = until else { return Self::None };
        match days_between(today, until) {
            days_ago @ ..0 => Self::Lapsed { days_ago: -days_ago },
            days_left @ 0..=EXPIRES_SOON_DAYS => Self::ExpiresSoon { days_left },
            days_left => Self::Active { days_left },
        }
    }

    /// Days left while the window is open.
    #[must_use]
    pub fn days_left(&self) -> Option<i64> {
        match *self {
            Self::Active { days_left } | Self::ExpiresSoon { days_left } => Some(days_left),
            Self::None | Self::Lapsed { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::date::add_days;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn the_last_day_is_protected_and_the_next_is_not() {
        let today = date(2026, 3, 10);
        let check = |until, expected| assert_eq!(Protection::on(today, until), expected, "{until:?}");
        check(None, Protection::None);
        check(Some(date(2026, 3, 9)), Protection::Lapsed { days_ago: 1 });
        check(Some(today), Protection::ExpiresSoon { days_left: 0 });
        check(Some(date(2026, 3, 24)), Protection::ExpiresSoon { days_left: 14 });
        check(Some(date(2026, 3, 25)), Protection::Active { days_left: 15 });
    }

    proptest! {
        #[test]
        fn each_day_that_passes_takes_one_day_away(start in -200_000_i64..200_000, length in 1_i64..400) {
            let today = add_days(date(2026, 1, 1), start);
            let until = add_days(today, length);
            prop_assert_eq!(Protection::on(today, Some(until)).days_left(), Some(length));
            prop_assert_eq!(Protection::on(add_days(today, 1), Some(until)).days_left(), Some(length - 1));
        }
    }
}
