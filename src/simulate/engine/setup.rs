//! A configuration as the engine runs it.

use crate::config::Config;
use crate::exchange::{Plan, Site};
use crate::modules::Target;

/// A compiled configuration.
#[derive(Debug)]
pub struct Setup {
    /// Where requests go.
    pub site: Site,
    /// What happens to them there.
    pub plan: Plan,
}

impl Setup {
    /// Compiles a configuration that was found good.
    #[must_use]
    pub fn new(config: &Config, target: &Target) -> Setup {
        let (site, plan) = Site::compile(config, target);
        Setup { site, plan }
    }
}
