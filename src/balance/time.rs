//! Time as the balancers see it: a plain value that the caller gives.

/// Milliseconds since an epoch whose zero is a whole second of nginx's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Millis(pub u64);

impl Millis {
    /// The whole second, which is all that `fail_timeout` sees (nginx's `ngx_time()`).
    #[must_use]
    pub fn seconds(self) -> i64 {
        (self.0 / 1000) as i64
    }

    /// So many milliseconds later.
    #[must_use]
    pub fn plus(self, milliseconds: u64) -> Millis {
        Millis(self.0.saturating_add(milliseconds))
    }

    /// Milliseconds from `earlier` to here; 0 if that lies ahead.
    #[must_use]
    pub fn since(self, earlier: Millis) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}
