//! The groups of backends.

use crate::modules::shared::upstream::{Server, Upstream, Upstreams};

use super::read::Read;
use super::{Given, Group};
use crate::config::ScopeId;
use crate::translate::subject::SubjectId;

/// All groups of `http`, in the order of their first mention.
pub fn read<'c>(read: &mut Read<'c>) -> Vec<Group<'c>> {
    let config = read.config;
    let upstreams = config.http.and_then(|http| config.scope(http).slot::<Upstreams>());
    upstreams.into_iter().flat_map(Upstreams::iter).map(|(_, upstream)| group(read, upstream)).collect()
}

fn group<'c>(read: &mut Read<'c>, upstream: &'c Upstream) -> Group<'c> {
    let Some(scope) = upstream.scope else { return implicit(read, upstream) };
    let from = read.subjects.opener(scope);
    let own = |read: &Read, name: &str| {
        let setting = read.config.scope(scope).setting(name)?;
        Some(read.subjects.setting(scope, setting))
    };
    let method = own(read, upstream.method.name());
    let method = method.unwrap_or_else(|| read.subjects.implicit("round_robin", "", scope));
    let keepalive = own(read, "keepalive");
    let keepalive = keepalive.unwrap_or_else(|| {
        let written = if upstream.keepalive.is_some() { "32 local" } else { "0" };
        read.subjects.implicit("keepalive", written, scope)
    });
    let sticky = upstream.sticky.as_ref().zip(own(read, "sticky")).map(|(value, from)| Given { value, from });
    let servers =
        upstream.servers.iter().map(|server| Given { value: server, from: read.subjects.at(scope, server.span) });
    Group {
        name: upstream.name.clone(),
        from,
        scope: Some(scope),
        method: Given { value: &upstream.method, from: method },
        servers: servers.collect(),
        keepalive: Given { value: upstream.keepalive.as_ref(), from: keepalive },
        sticky,
        zone: own(read, "zone"),
    }
}

/// A group that an address in a `..._pass` made.
fn implicit<'c>(read: &mut Read<'c>, upstream: &'c Upstream) -> Group<'c> {
    let from = pass_of(read, upstream);
    let scope = read.subjects.get(from).scope;
    let name = match upstream.port {
        0 => upstream.name.clone(),
        port => format!("{}:{port}", upstream.name),
    };
    let method = read.subjects.implicit("round_robin", "", scope);
    let keepalive = read.subjects.implicit("keepalive", "0", scope);
    let servers = upstream.servers.iter().map(|server: &Server| Given { value: server, from });
    Group {
        name,
        from,
        scope: None,
        method: Given { value: &upstream.method, from: method },
        servers: servers.collect(),
        keepalive: Given { value: upstream.keepalive.as_ref(), from: keepalive },
        sticky: None,
        zone: None,
    }
}

/// The directive that first mentioned an implicit group.
fn pass_of(read: &Read, upstream: &Upstream) -> SubjectId {
    let place = (upstream.span.file, upstream.span.start);
    let holds = |at: ScopeId| {
        read.config.scope(at).settings.iter().find(|setting| {
            let span = setting.span();
            span.file == place.0 && (span.start..span.end).contains(&place.1)
        })
    };
    let found = (0..read.config.scopes.len() as u32).map(ScopeId).find_map(|at| Some((at, holds(at)?)));
    found.map_or(SubjectId(0), |(at, setting)| read.subjects.setting(at, setting))
}
