//! Hits, false alarms and misses, and the figures that follow from them.

/// What was found, beside what is to be found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Told, and read alike.
    pub hits: u32,
    /// Read, but not told, or told otherwise.
    pub false_alarms: u32,
    /// Told, but not read, or read otherwise.
    pub misses: u32,
}

impl Counts {
    /// The share of what was read that is right; 1 when nothing was read.
    #[must_use]
    pub fn precision(&self) -> f64 {
        share(self.hits, self.hits + self.false_alarms)
    }

    /// The share of what is told that was read; 1 when nothing is told.
    #[must_use]
    pub fn recall(&self) -> f64 {
        share(self.hits, self.hits + self.misses)
    }

    /// The harmonic mean of both.
    #[must_use]
    pub fn f1(&self) -> f64 {
        share(2 * self.hits, 2 * self.hits + self.false_alarms + self.misses)
    }

    /// Adds others.
    pub fn add(&mut self, other: Self) {
        self.hits += other.hits;
        self.false_alarms += other.false_alarms;
        self.misses += other.misses;
    }
}

fn share(part: u32, whole: u32) -> f64 {
    if whole == 0 {
        1.0
    } else {
        f64::from(part) / f64::from(whole)
    }
}
