//! Values of the configuration for the model: each with its directive or, where there is none, with the default.

use crate::config::{Config, ScopeId, Setting, Value};
use crate::modules::Target;

use super::{Given, ask};
use crate::translate::subject::Subjects;

/// What the model is read from.
pub struct Read<'c> {
    pub config: &'c Config,
    pub nginx: &'c Target,
    pub subjects: Subjects,
}

impl<'c> Read<'c> {
    /// The setting that holds in a scope, and its directive.
    pub fn effective(&self, scope: ScopeId, name: &str) -> Option<ask::Found<'c>> {
        ask::effective(self.config, &self.subjects, scope, name)
    }

    /// All settings of this directive that hold in a scope: those of the nearest block that has any.
    pub fn all(&self, scope: ScopeId, name: &'static str) -> Vec<ask::Found<'c>> {
        ask::all(self.config, &self.subjects, scope, name)
    }

    /// The scope, from this one outwards, that keeps a `T`, and what it keeps.
    pub fn slot<T: std::any::Any>(&self, scope: ScopeId) -> Option<(ScopeId, &'c T)> {
        let config = self.config;
        config.ancestors(scope).find_map(|at| Some((at, config.scope(at).slot::<T>()?)))
    }

    /// `on`, `off`
    pub fn flag(&mut self, scope: ScopeId, name: &'static str, default: bool) -> Given<bool> {
        match self.effective(scope, name) {
            Some((Setting { value: Value::Flag(on), .. }, from)) => Given { value: *on, from },
            _ => {
                Given { value: default, from: self.subjects.implicit(name, if default { "on" } else { "off" }, scope) }
            }
        }
    }

    /// A number, a size or a time; the default as nginx would read it.
    pub fn number(&mut self, scope: ScopeId, name: &'static str, default: u64, written: &str) -> Given<u64> {
        match self.effective(scope, name) {
            Some((_, from)) => Given { value: self.config.number(scope, name, default), from },
            None => Given { value: default, from: self.subjects.implicit(name, written, scope) },
        }
    }
}
