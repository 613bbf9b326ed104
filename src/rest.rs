//! Leaves a service alone for a while when it keeps failing, so that nobody waits for what will not come.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Failures in a row after which a service rests.
const FAILURES: u32 = 3;

/// How a service has done of late.
#[derive(Debug)]
pub struct Rest {
    length: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// In a row.
    failures: u32,
    /// When it may be asked again.
    until: Option<Instant>,
}

impl Rest {
    /// For a service that rests this long; of no length, it never does.
    #[must_use]
    pub fn new(length: Duration) -> Self {
        Self {
            length,
            state: Mutex::default(),
        }
    }

    /// Whether it may be asked. After a rest it is asked once; whether by others too, the answer decides.
    #[must_use]
    pub fn is_over(&self, now: Instant) -> bool {
        let mut state = self.state();
        match state.until {
            Some(until) if now < until => false,
            Some(_) => {
                state.until = Some(now + self.length);
                true
            }
            None => true,
        }
    }

    /// Whether it rests, for who can wait: after a rest the one question is left to others.
    #[must_use]
    pub fn is_on(&self, now: Instant) -> bool {
        self.state().until.is_some_and(|until| now < until)
    }

    /// It answered.
    pub fn answered(&self) {
        *self.state() = State::default();
    }

    /// It failed. Returns whether it rests now.
    pub fn failed(&self, now: Instant) -> bool {
        let mut state = self.state();
        state.failures = state.failures.saturating_add(1);
        let rests = state.failures >= FAILURES && !self.length.is_zero();
        if rests {
            state.until = Some(now + self.length);
        }
        rests
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTH: Duration = Duration::from_secs(30);

    #[test]
    fn three_failures_in_a_row_bring_a_rest() {
        let (rest, now) = (Rest::new(LENGTH), Instant::now());
        assert!(!rest.failed(now) && !rest.failed(now));
        rest.answered();
        assert!(!rest.failed(now) && !rest.failed(now) && rest.is_over(now));
        assert!(rest.failed(now));
        assert!(!rest.is_over(now) && !rest.is_over(now + LENGTH / 2));
    }

    #[test]
    fn one_question_finds_out_whether_it_is_back() {
        let (rest, now) = (Rest::new(LENGTH), Instant::now());
        (0..3).for_each(|_| {
            rest.failed(now);
        });
        let later = now + LENGTH;
        assert!(rest.is_over(later) && !rest.is_over(later));
        assert!(rest.failed(later) && !rest.is_over(later + LENGTH / 2));
        assert!(rest.is_over(later + LENGTH));
        rest.answered();
        assert!(rest.is_over(later) && rest.is_over(later));
    }

    #[test]
    fn who_can_wait_leaves_the_one_question_to_others() {
        let (rest, now) = (Rest::new(LENGTH), Instant::now());
        assert!(!rest.is_on(now));
        (0..3).for_each(|_| {
            rest.failed(now);
        });
        assert!(rest.is_on(now) && rest.is_on(now + LENGTH / 2));
        let later = now + LENGTH;
        assert!(!rest.is_on(later) && rest.is_over(later) && rest.is_on(later));
    }

    #[test]
    fn a_rest_of_no_length_is_none() {
        let (rest, now) = (Rest::new(Duration::ZERO), Instant::now());
        assert!((0..10).all(|_| !rest.failed(now) && rest.is_over(now)));
    }
}
