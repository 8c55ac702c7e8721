//! nginx's log levels, as they stand in brackets before a message.

/// How bad it is, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// nginx does not start.
    Emerg,
    /// Something is wrong outside the configuration.
    Alert,
    /// nginx does not start: something it needs is not to be had.
    Crit,
    /// nginx does not start; modules of others use it in place of `emerg`.
    Error,
    /// nginx starts, and does not do what was probably meant.
    Warn,
    /// Worth knowing.
    Notice,
}

impl Level {
    /// Whether nginx does not start.
    #[must_use]
    pub fn stops(self) -> bool {
        matches!(self, Level::Emerg | Level::Crit | Level::Error)
    }

    /// The word nginx prints.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Level::Emerg => "emerg",
            Level::Alert => "alert",
            Level::Crit => "crit",
            Level::Error => "error",
            Level::Warn => "warn",
            Level::Notice => "notice",
        }
    }

    /// The word that other tools use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Level::Emerg | Level::Alert | Level::Crit | Level::Error => "error",
            Level::Warn => "warning",
            Level::Notice => "note",
        }
    }
}
