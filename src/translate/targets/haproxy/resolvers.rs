//! `resolver`, for servers whose names are resolved at run time.

use super::{Work, can};
use crate::config::ScopeId;
use crate::config::address::Address;
use crate::modules::shared::resolver::Resolver;
use crate::translate::output::Lines;
use crate::translate::subject::SubjectId;

/// The sections that servers name.
#[derive(Debug, Default)]
pub struct Resolvers(Vec<(Resolver, SubjectId)>);

/// The name of the section for a group, made if there is none like it.
pub fn of(work: &mut Work, scope: ScopeId) -> Option<String> {
    let config = work.model.config;
    let (at, resolver) = config.ancestors(scope).find_map(|at| Some((at, config.scope(at).slot::<Resolver>()?)))?;
    let from = work.model.subjects.setting(at, config.scope(at).setting("resolver")?);
    work.note(from, &can::RESOLVE);
    let known = work.resolvers.0.iter().position(|(_, known)| *known == from);
    let number = known.unwrap_or_else(|| {
        work.resolvers.0.push((resolver.clone(), from));
        work.resolvers.0.len() - 1
    });
    Some(format!("resolvers dns-{}", number + 1) + if resolver.ipv6 { "" } else { " resolve-prefer ipv4" })
}

impl Resolvers {
    /// Writes the sections.
    pub fn write(&self, out: &mut Lines) {
        for (number, (resolver, from)) in self.0.iter().enumerate() {
            out.plain("");
            out.plain(&format!("resolvers dns-{}", number + 1));
            for (n, server) in resolver.servers.iter().enumerate() {
                if let Address::Inet(address) = server {
                    out.line(&[*from], &format!("  nameserver ns{} {address}", n + 1));
                }
            }
            out.line(&[*from], &format!("  hold valid {}s", resolver.valid.unwrap_or(10)));
        }
    }
}
