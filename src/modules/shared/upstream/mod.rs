//! Upstream groups, alike in `http` and `stream`: who they are, which servers they have, how they balance.
//!
//! A group is made by an `upstream` block, or implicitly by an address in `proxy_pass` and its kin. Both go through one
//! list, [`Upstreams`], in the order of their first mention, as in nginx's `ngx_http_upstream_add`; what a group lacks
//! is judged at the end of the realm, in [`start`].

mod bind;
mod keepalive;
mod memory;
mod method;
mod plus;
mod server;
mod start;
mod sticky;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

pub use bind::{Bind, bind, parameter};
pub use keepalive::{Keepalive, keep_connections, keepalive};
pub use memory::zone_has_room;
pub use method::{Method, Timing, Two, hash, ip_hash, least_conn, least_time, random};
pub use plus::{Queue, ntlm, queue, state};
pub use server::{Server, Standing, server, zone};
pub use start::start;
pub use sticky::{Expires, Sticky, sticky};

use crate::modules::prelude::*;
use crate::syntax::Place;

/// A group of one realm, by its place in [`Upstreams`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UpstreamId(pub usize);

/// The groups of a realm (`http`, `stream`), in the order of their first mention; a slot of the realm's scope.
#[derive(Debug, Default)]
pub struct Upstreams {
    list: Vec<Upstream>,
    by_name: HashMap<String, Vec<UpstreamId>>,
    /// Zones of `sticky learn` and the group that has each.
    learned: HashMap<usize, String>,
}

/// One group.
#[derive(Debug)]
pub struct Upstream {
    /// Its name, as spelled at first mention; of an implicit one the host, or the path of a UNIX domain socket.
    pub name: String,
    /// The port of an implicit group; 0 for a block.
    pub port: u16,
    /// No port was written.
    pub no_port: bool,
    /// Where it was first mentioned: the place that nginx's messages name.
    pub place: Place,
    /// The word that first mentioned it, or of a block the word that names it.
    pub span: Span,
    /// The `upstream` block; an implicit group has none.
    pub scope: Option<ScopeId>,
    /// Its servers, in order, backup servers among them.
    pub servers: Vec<Server>,
    /// How it balances: the last method that was given.
    pub method: Method,
    /// The last directive that took over the choice of a peer; a method after it warns.
    pub(super) chooser: Option<Span>,
    /// The zone that holds its state, by number.
    pub zone: Option<usize>,
    /// Idle connections, if they are kept.
    pub keepalive: Option<Keepalive>,
    /// Session affinity, unless a later method put it out of use.
    pub sticky: Option<Sticky>,
    /// NGINX Plus: requests that wait for a peer.
    pub queue: Option<Queue>,
    /// NGINX Plus: connections are bound to clients that authenticate by NTLM.
    pub ntlm: bool,
    /// NGINX Plus: the file that holds the servers.
    pub state: Option<String>,
}

/// In an `upstream` scope: which group it is.
#[derive(Debug, Default)]
struct Group(Option<UpstreamId>);

impl Upstreams {
    /// A group.
    #[must_use]
    pub fn get(&self, id: UpstreamId) -> &Upstream {
        &self.list[id.0]
    }

    /// A group, to write.
    pub fn get_mut(&mut self, id: UpstreamId) -> &mut Upstream {
        &mut self.list[id.0]
    }

    /// All groups, in order.
    pub fn iter(&self) -> impl Iterator<Item = (UpstreamId, &Upstream)> {
        self.list.iter().enumerate().map(|(n, upstream)| (UpstreamId(n), upstream))
    }

    /// The block of this name, in any case of letters.
    #[must_use]
    pub fn block(&self, name: &str) -> Option<UpstreamId> {
        self.named(name).iter().copied().find(|id| self.get(*id).is_explicit())
    }

    fn named(&self, name: &str) -> &[UpstreamId] {
        self.by_name.get(&name.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    fn push(&mut self, upstream: Upstream) -> UpstreamId {
        let id = UpstreamId(self.list.len());
        self.by_name.entry(upstream.name.to_ascii_lowercase()).or_default().push(id);
        self.list.push(upstream);
        id
    }
}

impl Upstream {
    fn new(name: &str, place: Place, span: Span) -> Upstream {
        Upstream {
            name: name.to_owned(),
            port: 0,
            no_port: true,
            place,
            span,
            scope: None,
            servers: Vec::new(),
            method: Method::RoundRobin,
            chooser: None,
            zone: None,
            keepalive: None,
            sticky: None,
            queue: None,
            ntlm: false,
            state: None,
        }
    }

    /// Its servers may come at run time, from NGINX Plus's API: it keeps them in a file, or in shared memory.
    #[must_use]
    pub fn is_filled_later(&self, plus: bool) -> bool {
        self.state.is_some() || (plus && self.zone.is_some())
    }

    /// Whether an `upstream` block made it.
    #[must_use]
    pub fn is_explicit(&self) -> bool {
        self.scope.is_some()
    }
}

/// `ngx_http_upstream_add` for an address in `proxy_pass` and its kin: reads it, and finds or makes its group.
///
/// # Errors
/// nginx's faults of the address, and a port after the name of an `upstream` block.
pub fn implicit(cx: &mut Cx, text: &str, form: UrlForm, span: Span) -> Result<(UpstreamId, Url), Fault> {
    let url = Url::read(text, form, cx.host).map_err(|bad| bad.fault(format!("upstream \"{text}\"")).at(span))?;
    if let Some(id) = find(cx, &url.host, Some(&url), span)? {
        return Ok((id, url));
    }
    let mut upstream = Upstream::new(&url.host, cx.place(), span);
    (upstream.port, upstream.no_port) = (url.port, url.no_port);
    if url.addresses.len() == 1 && (url.port != 0 || url.family == crate::config::address::Family::Unix) {
        upstream.servers.push(Server::literal(&url, span));
    }
    Ok((cx.realm_slot::<Upstreams>().push(upstream), url))
}

/// The `upstream` block.
///
/// # Errors
/// nginx's faults of the name, and a block without servers.
pub fn upstream(cx: &mut Cx, call: &Call) -> Verdict {
    let context = if cx.kind() == Kind::Stream { Contexts::STREAM_UPSTREAM } else { Contexts::UPSTREAM };
    let (name, span) = (call.arg(1), call.span(1));
    let known = find(cx, name, None, span)?;
    cx.keep(call, Value::Own);
    let scope = cx.open(call, context);
    let place = cx.place();
    let upstreams = cx.realm_slot::<Upstreams>();
    let id = known.unwrap_or_else(|| upstreams.push(Upstream::new(name, place, span)));
    let upstream = upstreams.get_mut(id);
    (upstream.scope, upstream.port, upstream.span) = (Some(scope), 0, span);
    upstream.servers.clear();
    cx.within(scope, |cx| cx.slot::<Group>().0 = Some(id));
    cx.read(call, scope)?;
    let plus = cx.target.plus.is_some();
    let upstream = cx.realm_slot::<Upstreams>().get(id);
    if upstream.servers.is_empty() && !upstream.is_filled_later(plus) {
        return Err(Fault::emerg("no servers are inside upstream").at(span).help("add a `server ADDRESS;` line"));
    }
    Ok(())
}

/// Finds the group that goes by this name; with `url` for an address, without it for a block.
fn find(cx: &mut Cx, name: &str, url: Option<&Url>, span: Span) -> Result<Option<UpstreamId>, Fault> {
    let by_any_port = cx.kind() != Kind::Stream;
    let upstreams = cx.realm_slot::<Upstreams>();
    for id in upstreams.named(name) {
        let known = upstreams.get(*id);
        let fault = match url {
            None if known.is_explicit() => Fault::emerg(format!("duplicate upstream \"{name}\"")),
            Some(url) if known.is_explicit() && !url.no_port => {
                Fault::emerg(format!("upstream \"{name}\" may not have port {}", url.port))
                    .help("the servers of the group have their own ports")
            }
            None if !known.no_port => {
                let message = format!("upstream \"{name}\" may not have port {}", known.port);
                let (place, first) = (known.place, known.span);
                let fault = Fault::emerg(format!("{message} in {}", cx.file_line(place))).unlocated();
                return Err(fault.at(span).related(first, "this address has the name of the group, and a port"));
            }
            _ => {
                let port = url.map_or(0, |url| url.port);
                let same = known.port == port || (by_any_port && (known.port == 0 || port == 0));
                if same {
                    return Ok(Some(*id));
                }
                continue;
            }
        };
        return Err(fault.at(span).related(known.span, "the group is defined here"));
    }
    Ok(None)
}

/// The group whose block is being read. A fragment may have none around it: then one is made.
fn current<'c>(cx: &'c mut Cx) -> &'c mut Upstream {
    let id = cx.slot::<Group>().0.unwrap_or_else(|| {
        let (place, scope) = (cx.place(), cx.scope);
        let span = Span { file: place.file, start: place.offset, end: place.offset };
        let mut upstream = Upstream::new("", place, span);
        upstream.scope = Some(scope);
        let id = cx.realm_slot::<Upstreams>().push(upstream);
        cx.slot::<Group>().0 = Some(id);
        id
    });
    cx.realm_slot::<Upstreams>().get_mut(id)
}

/// Whether the target has what open-source nginx has since this version and NGINX Plus had before.
fn has(cx: &Cx, since: crate::modules::Version) -> bool {
    cx.target.version >= since || cx.target.plus.is_some()
}
