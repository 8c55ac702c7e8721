//! One compiled configuration, shared by the workers that serve it; a reload makes the next one.

use std::sync::Arc;

use super::configuration::Loaded;
use super::local::Disk;
use super::memory::Zones;
use super::options::Options;
use super::secure::Secure;
use super::settings::Settings;
use super::tls::Fault;
use crate::config::Config;
use crate::exchange::{Plan, Site, Terms};
use crate::modules::Target;
use crate::syntax::Sources;

/// A configuration as the workers have it. Never changed.
pub struct Generation {
    /// From 0, one more for each reload.
    pub number: u64,
    /// As it was read.
    pub config: Config,
    /// Where requests go.
    pub site: Site,
    /// What happens to them there.
    pub plan: Plan,
    /// The nginx whose behaviour it has.
    pub target: Target,
    /// The files, for messages that name a line.
    pub sources: Sources,
    /// The main context.
    pub settings: Settings,
    /// The command line.
    pub options: Arc<Options>,
    /// What holds where they go.
    pub terms: Terms,
    /// What workers share, and a reload hands on.
    pub zones: Arc<Zones>,
    /// What handshakes need.
    pub secure: Secure,
}

impl Generation {
    /// Compiles what was read.
    ///
    /// # Errors
    /// nginx's message, with the line, for a certificate or key that cannot be used.
    pub fn new(loaded: Loaded, options: &Arc<Options>, previous: Option<&Generation>) -> Result<Generation, String> {
        let Loaded { sources, config, target } = loaded;
        let (site, plan, terms) = Site::compile_live(&config, &target);
        let name = nix::unistd::gethostname().unwrap_or_default();
        let site = site.with_hostname(&name.to_string_lossy().to_ascii_lowercase()).with_files(Arc::new(Disk));
        let secure = Secure::new(&config, &target, &site, &terms, previous.map(|previous| &previous.secure))
            .map_err(|fault| in_line(&fault, &sources))?;
        let settings = Settings::of(&config, &target, options.processors);
        let zones = Arc::new(Zones::new(&plan, previous.map(|previous| (&*previous.zones, &previous.plan))));
        let number = previous.map_or(0, |previous| previous.number + 1);
        let options = Arc::clone(options);
        Ok(Generation { number, config, site, plan, target, sources, settings, options, terms, zones, secure })
    }
}

/// A fault as nginx writes it.
pub fn in_line(fault: &Fault, sources: &Sources) -> String {
    let Fault { message, place } = fault;
    format!("{message} in {}:{}", sources.path(place.file), sources.line(*place))
}
