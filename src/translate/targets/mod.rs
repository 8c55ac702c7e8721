//! The targets, a module for each: what it can do, as data, and the emitter that writes it.

pub mod caddy;
pub mod envoy;
pub mod gateway;
pub mod haproxy;
pub mod json;
pub mod nginx;
pub mod traefik;

use super::class::Capability;
use super::ledger::Ledger;
use super::model::Model;
use super::output::File;

/// A target.
#[derive(Debug)]
pub struct Emitter {
    /// By this name `--to` knows it.
    pub name: &'static str,
    /// Its name for people, with the versions that it is for.
    pub title: &'static str,
    /// All that it may say in a report, in the order of the features.
    pub capabilities: &'static [&'static Capability],
    /// Writes the files, the main one first, and notes in the ledger what becomes of the subjects.
    pub emit: fn(&Model, &Ask, &mut Ledger) -> Result<Vec<File>, String>,
}

/// What was asked for besides the target's name.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// Behind the `@` of `--to NAME@VERSION`; of `json` its options, of `gateway-api` the class.
    pub version: Option<String>,
    /// Where the output will stand, for targets that name their other files by whole paths; ends with a slash. Empty if it
    /// is not known: then they are named as they stand.
    pub folder: String,
}

/// All of them, sorted by name.
pub static EMITTERS: &[&Emitter] = &[
    &caddy::EMITTER,
    &envoy::EMITTER,
    &gateway::EMITTER,
    &haproxy::EMITTER,
    &json::EMITTER,
    &nginx::EMITTER,
    &traefik::EMITTER,
];

/// A target by its name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Emitter> {
    EMITTERS.iter().copied().find(|emitter| emitter.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::translate::Class;
    use crate::translate::features::FEATURES;
    use std::collections::HashSet;

    #[test]
    fn capabilities_are_whole() {
        assert!(EMITTERS.is_sorted_by_key(|emitter| emitter.name));
        for emitter in EMITTERS {
            let mut codes = HashSet::new();
            let mut last = 0;
            for own in emitter.capabilities {
                let said = format!("{}/{}", emitter.name, own.code);
                assert!(codes.insert(own.code), "{said} twice");
                let row = FEATURES.iter().position(|feature| feature.name == own.feature);
                assert!(row.is_some_and(|row| row >= last), "{said}: its feature is not known, or not in order");
                last = row.unwrap_or(0);
                assert!(!own.says.is_empty() && !own.says.ends_with('.'), "{said}: {}", own.says);
                let differs = matches!(own.class, Class::Approximate | Class::DroppedBehaviour | Class::Refused);
                assert_eq!(differs, !own.shows.is_empty(), "{said}: where does it show?");
            }
        }
    }
}
