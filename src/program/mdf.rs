//! Market development funds: what is left of one.
//!
//! A request takes nothing from its fund until it is approved; from then on its money is set aside, whether it is
//! claimed and paid or not. What is rejected or has expired goes back. A fund can be drawn on from its first day up to
//! and including its last.

use super::{date::days_between, money::Money};
use jiff::civil::Date;

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Waiting for a decision.
    Requested,
    /// Set aside.
    Approved,
    /// The invoices are in.
    Claimed,
    /// Paid.
    Paid,
    /// Rejected, or not used in time.
    Void,
}

/// What is left of a fund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// What it held in the beginning.
    pub granted: Money,
    /// What is asked for and not decided on.
    pub requested: Money,
    /// Approved, and not claimed yet.
    pub approved: Money,
    /// Claimed, and not paid yet.
    pub claimed: Money,
    /// Paid.
    pub paid: Money,
    /// Granted without approved, claimed and paid; negative where more was promised than there is.
    pub left: Money,
}

/// Whether a fund can be drawn on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// Not yet.
    Ahead,
    /// So many days after today can still be drawn on.
    Open(i64),
    /// No longer.
    Over,
}

impl Balance {
    /// What is left of `granted` after what was asked of it. `None` where something was asked for in another currency:
    /// then nobody can say.
    #[must_use]
    pub fn of(granted: Money, asked: impl IntoIterator<Item = (State, Money)>) -> Option<Self> {
        let nothing = Money::new(0, granted.currency);
        let mut balance = Self {
            granted,
            requested: nothing,
            approved: nothing,
            claimed: nothing,
            paid: nothing,
            left: granted,
        };
        for (state, amount) in asked {
            if amount.currency != granted.currency {
                return None;
            }
            let part = match state {
                State::Requested => &mut balance.requested,
                State::Approved => &mut balance.approved,
                State::Claimed => &mut balance.claimed,
                State::Paid => &mut balance.paid,
                State::Void => continue,
            };
            part.minor = part.minor.checked_add(amount.minor)?;
            if state != State::Requested {
                balance.left.minor = balance.left.minor.checked_sub(amount.minor)?;
            }
        }
        Some(balance)
    }
}

impl Term {
    /// The term from `valid_from` to `expires_on`, seen on `today`.
    #[must_use]
    pub fn on(today: Date, valid_from: Date, expires_on: Date) -> Self {
        match days_between(today, expires_on) {
            ..0 => Self::Over,
            _ if today < valid_from => Self::Ahead,
            days => Self::Open(days),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn eur(minor: i64) -> Money {
        Money::new(minor, "EUR".parse().unwrap())
    }

    #[test]
    fn what_is_promised_is_gone_and_what_is_asked_for_is_not() {
        let asked = [
            (State::Requested, eur(100)),
            (State::Approved, eur(20)),
            (State::Claimed, eur(3)),
            (State::Paid, eur(4)),
            (State::Void, eur(1_000)),
        ];
        let balance = Balance::of(eur(500), asked).unwrap();
        assert_eq!(balance.left, eur(473));
        assert_eq!(balance.requested, eur(100));
        let foreign = [(State::Paid, Money::new(1, "USD".parse().unwrap()))];
        assert_eq!(Balance::of(eur(500), foreign), None);
    }

    #[test]
    fn the_last_day_counts() {
        let check = |today, expected| {
            assert_eq!(
                Term::on(today, date(2026, 7, 1), date(2026, 12, 31)),
                expected,
                "{today}"
            );
        };
        check(date(2026, 6, 30), Term::Ahead);
        check(date(2026, 7, 1), Term::Open(183));
        check(date(2026, 12, 31), Term::Open(0));
        check(date(2027, 1, 1), Term::Over);
    }

    proptest! {
        #[test]
        fn the_parts_are_the_whole(granted in 0_i64..1_000_000, asked in prop::collection::vec((0..5_usize, 0_i64..100_000), 0..20)) {
            let states = [State::Requested, State::Approved, State::Claimed, State::Paid, State::Void];
            let asked = asked.into_iter().map(|(at, minor)| (states[at], eur(minor)));
            let balance = Balance::of(eur(granted), asked).unwrap();
            let parts = [balance.left, balance.approved, balance.claimed, balance.paid];
            prop_assert_eq!(parts.iter().map(|part| part.minor).sum::<i64>(), granted);
        }
    }
}
