//! The levels of the error log.

/// How much a message matters. The order is nginx's: what is smaller matters more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Level {
    /// The system is unusable.
    Emerg,
    /// Something is to be done at once.
    Alert,
    /// Critical.
    Crit,
    /// A request, or a part of the work, failed.
    Error,
    /// Something looks wrong.
    Warn,
    /// Normal, and worth a line.
    Notice,
    /// For the curious.
    Info,
    /// For developers.
    Debug,
}

impl Level {
    /// All of them, in order.
    pub const ALL: [Level; 8] =
        [Level::Emerg, Level::Alert, Level::Crit, Level::Error, Level::Warn, Level::Notice, Level::Info, Level::Debug];

    /// nginx's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Level::Emerg => "emerg",
            Level::Alert => "alert",
            Level::Crit => "crit",
            Level::Error => "error",
            Level::Warn => "warn",
            Level::Notice => "notice",
            Level::Info => "info",
            Level::Debug => "debug",
        }
    }

    /// By its place among [`Level::ALL`], as `error_log` keeps it; what is beyond the last one is the last one.
    #[must_use]
    pub fn at(index: u8) -> Level {
        Level::ALL.get(usize::from(index)).copied().unwrap_or(Level::Debug)
    }
}
