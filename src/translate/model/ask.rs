//! Questions to the configuration, for what the model does not hold; the answers know where they came from.

use crate::config::{Config, ScopeId, Setting};
use crate::modules::http::core::location::Location;

use super::{Model, Route};
use crate::translate::subject::{SubjectId, Subjects};

/// A setting and its directive.
pub type Found<'c> = (&'c Setting, SubjectId);

/// The setting that holds in a scope.
pub fn effective<'c>(config: &'c Config, subjects: &Subjects, scope: ScopeId, name: &str) -> Option<Found<'c>> {
    config.ancestors(scope).find_map(|at| {
        let setting = config.scope(at).setting(name)?;
        Some((setting, subjects.setting(at, setting)))
    })
}

/// All settings of this directive that hold in a scope: those of the nearest block that has any.
pub fn all<'c>(config: &'c Config, subjects: &Subjects, scope: ScopeId, name: &'static str) -> Vec<Found<'c>> {
    let of = |at: ScopeId| -> Vec<_> {
        config.scope(at).all(name).map(|setting| (setting, subjects.setting(at, setting))).collect()
    };
    config.ancestors(scope).map(of).find(|found| !found.is_empty()).unwrap_or_default()
}

impl<'c> Model<'c> {
    /// The setting that holds in a scope, and its directive.
    #[must_use]
    pub fn setting(&self, scope: ScopeId, name: &str) -> Option<Found<'c>> {
        effective(self.config, &self.subjects, scope, name)
    }

    /// The setting of this very scope, and its directive.
    #[must_use]
    pub fn own_setting(&self, scope: ScopeId, name: &str) -> Option<Found<'c>> {
        let setting = self.config.scope(scope).setting(name)?;
        Some((setting, self.subjects.setting(scope, setting)))
    }

    /// All settings of this directive that hold in a scope: those of the nearest block that has any.
    #[must_use]
    pub fn settings(&self, scope: ScopeId, name: &'static str) -> Vec<Found<'c>> {
        all(self.config, &self.subjects, scope, name)
    }

    /// The name of a route's location, which `proxy_pass` with a URI replaces; `/` outside of locations.
    #[must_use]
    pub fn location_name(&self, route: &Route) -> &'c str {
        self.config.scope(route.scope).slot::<Location>().map_or("/", |location| &location.name)
    }

    /// The certificates that hold in a scope, each with its key.
    #[must_use]
    pub fn certificates(&self, scope: ScopeId) -> Vec<(Found<'c>, Found<'c>)> {
        let keys = self.settings(scope, "ssl_certificate_key");
        self.settings(scope, "ssl_certificate").into_iter().zip(keys).collect()
    }
}
