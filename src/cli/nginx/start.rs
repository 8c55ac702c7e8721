//! Running as a server: the configuration file as something that can be read again.

use std::process::ExitCode;

use super::read;
use crate::cli::host::{Machine, Starting};
use crate::config::Host;
use crate::diagnostics::{self, Nature};
use crate::modules::Target;
use crate::serve::log::Level;
use crate::serve::{self, Loaded, Place, Read, Said, Source};
use crate::syntax;

/// A configuration file, read as a server would.
pub struct Configuration {
    target: Target,
    directives: Option<String>,
    host: Starting,
}

/// Serves in nginx's place.
pub fn run(target: Target, directives: Option<String>) -> ExitCode {
    let options = options(&target, Place::Nginx);
    serve::run::run(options, &Configuration::new(target, directives))
}

/// What there is to say without more options.
pub fn options(target: &Target, place: Place) -> serve::Options {
    serve::Options {
        place,
        first_log: first_log(target),
        allow_unsupported: false,
        record: None,
        random: seed(),
        recording: None,
        processors: Machine.processors().unwrap_or(1),
    }
}

/// The environment's `NGINXLB_RANDOM=glibc:N`: choices that can be repeated.
fn seed() -> Option<u32> {
    std::env::var("NGINXLB_RANDOM").ok()?.strip_prefix("glibc:")?.parse().ok()
}

/// The full name of the log before the configuration names one.
pub fn first_log(target: &Target) -> String {
    let name = &target.paths.error_log;
    if name.is_empty() || name.starts_with('/') { name.clone() } else { format!("{}{name}", target.paths.prefix) }
}

impl Configuration {
    /// That of the target's paths, with directives before it.
    pub fn new(target: Target, directives: Option<String>) -> Configuration {
        Configuration { target, directives, host: Starting::now() }
    }
}

impl Source for Configuration {
    fn read(&self) -> Read {
        let reading = match read::read(&self.target, self.directives.as_deref(), &self.host) {
            Ok(reading) => reading,
            Err((level, message)) => {
                let said = Said { level: level_named(level), text: syntax::encode(&message) };
                return Read { said: vec![said], loaded: None };
            }
        };
        let (findings, stopped) = reading.said();
        let said = findings.iter().filter(|finding| finding.nature != Nature::Lint).map(|finding| Said {
            level: level_named(finding.level.name()),
            text: diagnostics::nginx::message(finding, &reading.sources),
        });
        let said = said.collect();
        let target = self.target.clone();
        let loaded = (!stopped).then(|| Loaded { sources: reading.sources, config: reading.compiled.config, target });
        Read { said, loaded }
    }
}

/// A level by nginx's name.
pub fn level_named(name: &str) -> Level {
    Level::ALL.into_iter().find(|level| level.name() == name).unwrap_or(Level::Emerg)
}
