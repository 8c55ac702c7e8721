//! Idle connections to the servers of a group. Since 1.29.7 a block keeps 32 unless it says otherwise, and a location
//! does not use those of another; before, only `keepalive` kept any, and a method after it put it out of use.

use super::{Upstreams, current};
use crate::modules::Version;
use crate::modules::prelude::*;

/// The first version in which every `upstream` block keeps connections.
const BY_DEFAULT: Version = Version::read("1.29.7");

/// What a worker keeps for a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keepalive {
    /// Idle connections at most.
    pub connections: u64,
    /// A connection is used again only by the location that opened it.
    pub local: bool,
    /// Requests over one connection at most.
    pub requests: u64,
    /// Milliseconds after which a connection takes no more requests.
    pub time: u64,
    /// Milliseconds for which a connection may be idle.
    pub timeout: u64,
}

impl Keepalive {
    fn new(connections: u64, local: bool) -> Keepalive {
        Keepalive { connections, local, requests: 1000, time: 3_600_000, timeout: 60_000 }
    }
}

/// `keepalive CONNECTIONS [local];`
///
/// # Errors
/// A second call, no number, and a second word that is not `local`.
pub fn keepalive(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    let version = cx.target.version;
    let least = u64::from(version < BY_DEFAULT);
    let connections = values::number(call.arg(1)).map(i64::cast_unsigned).filter(|n| *n >= least);
    let Some(connections) = connections else {
        let message = format!("invalid value \"{}\" in \"keepalive\" directive", call.arg(1));
        return Err(Fault::emerg(message).at(call.span(1)));
    };
    let local = call.words.len() > 2;
    // `single`, until 1.7.5, was taken and did nothing.
    if local && version >= BY_DEFAULT && call.arg(2) != "local" {
        return Err(call.invalid_parameter(2).help("the only parameter is `local`"));
    }
    let group = current(cx);
    group.keepalive = (connections > 0).then(|| Keepalive::new(connections, local));
    if version < BY_DEFAULT {
        group.chooser = Some(call.span(0));
    }
    cx.keep(call, Value::Own);
    Ok(())
}

/// At the end of `http`: what each block keeps, with the other `keepalive_` directives and the defaults.
///
/// # Errors
/// None.
pub fn keep_connections(cx: &mut Cx) -> Verdict {
    let default = (cx.target.version >= BY_DEFAULT).then(|| Keepalive::new(32, true));
    let mut upstreams = std::mem::take(cx.realm_slot::<Upstreams>());
    for upstream in &mut upstreams.list {
        let Some(scope) = upstream.scope.map(|id| cx.config.scope(id)) else { continue };
        if scope.setting("keepalive").is_none() {
            upstream.keepalive.clone_from(&default);
        }
        let Some(keepalive) = &mut upstream.keepalive else { continue };
        for setting in &scope.settings {
            match (setting.directive.name, &setting.value) {
                ("keepalive_requests", Value::Number(n)) => keepalive.requests = n.cast_unsigned(),
                ("keepalive_time", Value::Msec(n)) => keepalive.time = *n,
                ("keepalive_timeout", Value::Msec(n)) => keepalive.timeout = *n,
                _ => {}
            }
        }
    }
    *cx.realm_slot::<Upstreams>() = upstreams;
    Ok(())
}
