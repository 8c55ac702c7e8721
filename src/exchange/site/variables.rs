//! Which variable a name means: one that directives define, or one of nginx's own.

use super::build::Builder;
use crate::config::{ScopeId, Variables};
use crate::exchange::value::{Live, Named, Source, Variable, builtin, of_session};
use crate::modules::shared::geo::Geos;
use crate::modules::shared::map::Maps;
use crate::modules::shared::split_clients::Splits;

impl Builder<'_> {
    /// Numbers the variables that directives define, then gives them their sources.
    pub fn define_variables(&mut self, realm: ScopeId) {
        let scope = self.config.scope(realm);
        let names = scope.slot::<Variables>().map(Variables::names).unwrap_or_default();
        for name in names {
            let variable = self.own_variable(&name);
            let source = if variable == Variable::Unknown { Source::Unset } else { Source::Builtin(variable) };
            let number = self.site.named.len() as u32;
            self.site.named.push(Named { source, kept: false });
            self.names.insert(name, number);
        }
        for map in scope.slot::<Maps>().map(|maps| maps.maps.as_slice()).unwrap_or_default() {
            let source = Source::Map(self.map(map));
            self.define(&map.variable, source, !map.volatile);
        }
        for geo in scope.slot::<Geos>().map(|geos| geos.0.as_slice()).unwrap_or_default() {
            let source = Source::Geo(self.geo(geo));
            self.define(&geo.variable, source, !geo.volatile);
        }
        for split in scope.slot::<Splits>().map(|splits| splits.0.as_slice()).unwrap_or_default() {
            let source = Source::Split(self.split(split));
            self.define(&split.variable, source, true);
        }
    }

    fn define(&mut self, name: &str, source: Source, kept: bool) {
        if let Some(number) = self.number(name) {
            self.site.named[number as usize] = Named { source, kept };
        }
    }

    /// One of nginx's own variables, by its name in lower case.
    fn own_variable(&mut self, name: &str) -> Variable {
        let of_stream = self.config.stream.is_some() && self.config.stream == self.realm;
        let keep = |rest: &str| self.text(rest);
        if of_stream { of_session(name, keep) } else { builtin(name, keep) }
    }

    /// The number of a variable that directives define.
    pub fn number(&self, name: &str) -> Option<u32> {
        self.names.get(&name.to_ascii_lowercase()).copied()
    }

    /// The variable of this name.
    pub fn variable(&mut self, name: &str) -> Variable {
        let name = name.to_ascii_lowercase();
        if let Some(number) = self.names.get(&name) {
            self.used.insert(*number);
            return Variable::Named(*number);
        }
        let variable = self.own_variable(&name);
        self.site.asks.body |= variable == Variable::Live(Live::RequestBody);
        let is_missing = matches!(variable, Variable::Geoip(field) if self.site.geoip.lacks(field));
        if variable == Variable::Unknown || is_missing || (variable.is_live() && !self.is_live) {
            self.unknown.insert(name);
        }
        variable
    }

    /// Notes the variables that are used but that nothing known here gives a value.
    pub fn note_unknown(&mut self) {
        for (name, number) in &self.names {
            let unset = matches!(self.site.named[*number as usize].source, Source::Unset);
            if unset && self.used.contains(number) && !self.assigned.contains(number) {
                self.unknown.insert(name.clone());
            }
        }
    }
}
