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
use crate::exchange::session::Sessions;
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
    /// `stream`, if it has servers.
    pub streams: Option<Streams>,
}

/// `stream`: as [`Generation`] has `http`.
pub struct Streams {
    /// Its texts and variables, and where it listens.
    pub site: Site,
    /// Its groups and limits.
    pub plan: Plan,
    /// What holds in its servers.
    pub sessions: Sessions,
    /// What workers share, and a reload hands on.
    pub zones: Arc<Zones>,
}

impl Generation {
    /// Compiles what was read.
    ///
    /// # Errors
    /// nginx's message, with the line, for a certificate or key that cannot be used.
    pub fn new(loaded: Loaded, options: &Arc<Options>, previous: Option<&Generation>) -> Result<Generation, String> {
        let Loaded { sources, config, target } = loaded;
        let (site, plan, terms) = Site::compile_live(&config, &target);
        let name = nix::unistd::gethostname().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        let site = site.with_hostname(&name).with_files(Arc::new(Disk));
        let secure = Secure::new(&config, &target, &site, &terms, previous.map(|previous| &previous.secure))
            .map_err(|fault| in_line(&fault, &sources))?;
        let settings = Settings::of(&config, &target, options.processors);
        let zones = Arc::new(Zones::new(&plan, previous.map(|previous| (&*previous.zones, &previous.plan))));
        let before = previous.and_then(|previous| previous.streams.as_ref());
        let streams = Streams::new(&config, &target, &name, before);
        let number = previous.map_or(0, |previous| previous.number + 1);
        let options = Arc::clone(options);
        Ok(Generation { number, config, site, plan, target, sources, settings, options, terms, zones, secure, streams })
    }

    /// Why it cannot go on from the zones of an earlier one.
    #[must_use]
    pub fn clash(&self, old: &Generation) -> Option<String> {
        self.plan.clash(&old.plan).or_else(|| self.streams.as_ref()?.plan.clash(&old.streams.as_ref()?.plan))
    }
}

impl Streams {
    fn new(config: &Config, target: &Target, hostname: &str, before: Option<&Streams>) -> Option<Streams> {
        let (site, plan, sessions) = Site::compile_sessions(config, target)?;
        let zones = Zones::new(&plan, before.map(|before| (&*before.zones, &before.plan)));
        Some(Streams { site: site.with_hostname(hostname), plan, sessions, zones: Arc::new(zones) })
    }
}

/// A fault as nginx writes it.
pub fn in_line(fault: &Fault, sources: &Sources) -> String {
    let Fault { message, place } = fault;
    format!("{message} in {}:{}", sources.path(place.file), sources.line(*place))
}
