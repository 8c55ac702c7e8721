//! What clients speak: `http2` was a parameter of `listen` before 1.25.1 and is a directive since; `ssl on` ended there;
//! HTTP/3 came with 1.25.0.

use super::tree::Part;
use super::{Crossing, Job, NodeId, can};
use crate::config::ScopeId;
use crate::modules::{Contexts, Version};
use crate::translate::Capability;
use crate::translate::model::Listener;

/// The first version with HTTP/3.
const QUIC: Version = Version::read("1.25.0");
/// The first version with the directive `http2`, and without `ssl`.
const DIRECTIVE: Version = Version::read("1.25.1");

pub fn translate(job: &mut Job) {
    if job.crosses(QUIC) == Some(Crossing::Back) {
        no_quic(job);
    }
    match job.crosses(DIRECTIVE) {
        Some(Crossing::Back) => http2_to_parameter(job),
        Some(Crossing::Forth) => {
            http2_to_directive(job);
            ssl_to_parameter(job);
        }
        None => {}
    }
}

/// Without its parameter the address would be one for HTTP/1.
fn no_quic(job: &mut Job) {
    for server in job.tree.all(Contexts::HTTP, "server") {
        let all = job.tree.named(server, "listen");
        let (quic, other): (Vec<_>, Vec<_>) = all.into_iter().partition(|id| has(job, *id, "quic"));
        for listen in &quic {
            job.lose(*listen, &can::QUIC);
        }
        if other.is_empty() && !quic.is_empty() {
            // Without a `listen` it would take port 80.
            job.lose(server, &can::CONTAINER_GONE);
        }
    }
}

fn has(job: &Job, listen: NodeId, word: &str) -> bool {
    job.tree.get(listen).words.iter().skip(2).any(|own| own.value == word)
}

fn add(job: &mut Job, listen: NodeId, word: &str) {
    if !has(job, listen, word) {
        job.tree.get_mut(listen).words.push(Part::new(word));
    }
}

/// The addresses of a server.
fn listeners<'j>(job: &Job<'j>, scope: ScopeId) -> impl Iterator<Item = &'j Listener> {
    let model = job.model;
    let host = model.hosts.iter().position(|host| host.scope == scope);
    model.listeners.iter().filter(move |listener| host.is_some_and(|host| listener.hosts.contains(&host)))
}

/// The addresses that speak for a directive, of servers and their addresses: those of its server, or all.
fn heirs(job: &Job, own: NodeId, written: &[(NodeId, NodeId)]) -> Vec<NodeId> {
    let node = job.tree.get(own);
    let holds = |server: NodeId| node.parent == Some(server) || job.tree.get(server).parent == node.parent;
    let on = node.arg(1).eq_ignore_ascii_case("on");
    written.iter().filter(|(server, _)| on && holds(*server)).map(|(_, listen)| *listen).collect()
}

fn http2_to_parameter(job: &mut Job) {
    let config = job.model.config;
    let http2 = |scope: ScopeId| config.flag(scope, "http2", false);
    let mut written = Vec::new();
    let mut says: &Capability = &can::HTTP2;
    for server in job.tree.all(Contexts::HTTP, "server") {
        let Some(scope) = job.tree.get(server).opens.filter(|scope| http2(*scope)) else { continue };
        let shared = listeners(job, scope)
            .filter(|listener| listener.tls)
            .any(|listener| listener.hosts.iter().any(|host| !http2(job.model.hosts[*host].scope)));
        if shared {
            says = &can::HTTP2_SHARED;
        }
        let (secure, open): (Vec<_>, Vec<_>) =
            job.tree.named(server, "listen").into_iter().partition(|id| has(job, *id, "ssl"));
        if (!open.is_empty() || secure.is_empty()) && says.code == can::HTTP2.code {
            says = &can::HTTP2_PLAIN;
        }
        for listen in secure {
            add(job, listen, "http2");
            written.push((server, listen));
        }
    }
    for listen in job.tree.all(Contexts::SERVER, "listen") {
        // There HTTP/1 would not be spoken any more.
        let word = job.tree.get(listen).position("http2").filter(|_| !has(job, listen, "ssl"));
        let secure = |listener: &Listener| {
            listener.tls && job.tree.get(listen).from.iter().any(|subject| listener.from.contains(subject))
        };
        if let Some(word) = word.filter(|_| !job.model.listeners.iter().any(secure)) {
            job.strip(listen, word, &can::HTTP2_PLAIN);
        }
    }
    for own in job.tree.all(Contexts::read("http server"), "http2") {
        let on = job.tree.get(own).arg(1).eq_ignore_ascii_case("on");
        let heirs = heirs(job, own, &written);
        job.hand_over(own, &heirs, if on { says } else { &can::HTTP2 });
    }
}

/// Where the addresses of servers are all alike the directive says the same; otherwise the parameter, which is still
/// taken, says it better.
fn http2_to_directive(job: &mut Job) {
    let model = job.model;
    let mixed = |host: &usize| {
        let own = model.listeners.iter().filter(|listener| listener.hosts.contains(host));
        own.clone().any(|listener| listener.http2) && own.clone().any(|listener| !listener.http2)
    };
    for listener in model.listeners.iter().filter(|listener| listener.http2) {
        let nodes: Vec<NodeId> = job
            .tree
            .all(Contexts::SERVER, "listen")
            .into_iter()
            .filter(|id| job.tree.get(*id).from.iter().any(|subject| listener.from.contains(subject)))
            .collect();
        let says = if listener.tls { &can::HTTP2 } else { &can::HTTP1_TOO };
        let as_directive = !listener.hosts.iter().any(mixed);
        for listen in nodes {
            let Some(word) = job.tree.get(listen).position("http2") else { continue };
            job.note(listen, says);
            if as_directive {
                job.tree.get_mut(listen).words.remove(word);
            }
        }
        for host in listener.hosts.iter().filter(|_| as_directive) {
            let Some(server) = job.tree.block(model.hosts[*host].scope) else { continue };
            if job.tree.named(server, "http2").is_empty() {
                let last = job.tree.named(server, "listen").last().copied();
                job.tree.insert(server, last, &["http2", "on"], listener.from.clone());
            }
        }
    }
}

/// `ssl on` of a server, in `http` and `mail`, as the parameter of its addresses.
fn ssl_to_parameter(job: &mut Job) {
    let config = job.model.config;
    let ssl = |scope: ScopeId| {
        config.effective(scope, "ssl").is_some_and(|setting| setting.value == crate::config::Value::Flag(true))
    };
    let mut written = Vec::new();
    let mut shared = false;
    for server in job.tree.all(Contexts::read("http mail"), "server") {
        let Some(scope) = job.tree.get(server).opens.filter(|scope| ssl(*scope)) else { continue };
        let all_hosts = listeners(job, scope).flat_map(|listener| &listener.hosts);
        shared |= all_hosts.map(|host| job.model.hosts[*host].scope).any(|scope| !ssl(scope));
        let mut listens = job.tree.named(server, "listen");
        if listens.is_empty() {
            listens.push(job.tree.insert(server, None, &["listen", "80"], Vec::new()));
        }
        for listen in listens {
            add(job, listen, "ssl");
            written.push((server, listen));
        }
    }
    for own in job.tree.all(Contexts::read("http server mail mail-server"), "ssl") {
        let on = job.tree.get(own).arg(1).eq_ignore_ascii_case("on");
        let says = if on && shared { &can::SSL_ON_SHARED } else { &can::SSL_ON };
        let heirs = heirs(job, own, &written);
        job.hand_over(own, &heirs, says);
    }
}
