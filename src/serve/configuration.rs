//! Where the configuration comes from. The edge reads and judges it, at the start and at every reload; this room only
//! asks for it, so that it knows no command line.

use super::log::Level;
use crate::config::Config;
use crate::modules::Target;
use crate::syntax::Sources;

/// A configuration that can be read again.
pub trait Source {
    /// Reads and judges it as it is now.
    fn read(&self) -> Read;
}

/// What a reading gave.
pub struct Read {
    /// What nginx says of it, in order; the last one is why there is none.
    pub said: Vec<Said>,
    /// The configuration; none if nginx would not take it.
    pub loaded: Option<Loaded>,
}

/// One message about a configuration.
pub struct Said {
    /// How much it matters.
    pub level: Level,
    /// nginx's words with the place, without a line feed.
    pub text: Vec<u8>,
}

/// A configuration that nginx would start with.
pub struct Loaded {
    /// Its files.
    pub sources: Sources,
    /// What it says.
    pub config: Config,
    /// The nginx that it was read as.
    pub target: Target,
}
