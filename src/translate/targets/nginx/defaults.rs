//! Defaults that changed between versions, besides those of 1.29.7: what held in the source's version is written down.

use super::tree::Part;
use super::{Crossing, Job, NodeId, can};
use crate::config::ScopeId;
use crate::modules::{Contexts, Version, rows_named};

/// A directive whose default changed.
struct Changed {
    directive: &'static str,
    /// The blocks in which it is written down.
    blocks: Contexts,
    /// From which version which value is the default; before the first it does not exist.
    values: &'static [(Version, &'static str)],
    /// Whether a block has anything for which it counts.
    counts: fn(&Job, NodeId) -> bool,
}

const PROTOCOLS: &[(Version, &str)] = &[
    (Version::read("0.1.0"), "SSLv3 TLSv1 TLSv1.1 TLSv1.2"),
    (Version::read("1.9.1"), "TLSv1 TLSv1.1 TLSv1.2"),
    (Version::read("1.23.4"), "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3"),
    (Version::read("1.27.3"), "TLSv1.2 TLSv1.3"),
];
const REQUESTS: &[(Version, &str)] = &[(Version::read("0.1.0"), "100"), (Version::read("1.19.10"), "1000")];

static CHANGED: &[Changed] = &[
    changed("ssl_protocols", Contexts::read("http mail stream"), PROTOCOLS, speaks_tls),
    changed("proxy_ssl_protocols", Contexts::HTTP, PROTOCOLS, |job, block| passes(job, block, "proxy_pass", "http://")),
    changed("proxy_ssl_protocols", Contexts::STREAM, PROTOCOLS, |job, block| uses(job, block, "proxy_ssl", "on")),
    changed("grpc_ssl_protocols", Contexts::HTTP, PROTOCOLS, |job, block| passes(job, block, "grpc_pass", "grpc://")),
    changed("uwsgi_ssl_protocols", Contexts::HTTP, PROTOCOLS, |job, block| {
        passes(job, block, "uwsgi_pass", "uwsgi://") && uses(job, block, "uwsgi_pass", "suwsgi://")
    }),
    changed("keepalive_requests", Contexts::HTTP, REQUESTS, |_, _| true),
    changed(
        "keepalive_requests",
        Contexts::UPSTREAM,
        &[(Version::read("1.15.3"), "100"), (Version::read("1.19.10"), "1000")],
        |job, block| job.tree.named(block, "keepalive").iter().any(|id| job.tree.get(*id).arg(1) != "0"),
    ),
    changed(
        "sendfile_max_chunk",
        Contexts::HTTP,
        &[(Version::read("0.1.0"), "0"), (Version::read("1.21.4"), "2m")],
        |job, block| uses(job, block, "sendfile", "on"),
    ),
    changed(
        "output_buffers",
        Contexts::HTTP,
        &[(Version::read("0.1.0"), "1 32k"), (Version::read("1.9.5"), "2 32k")],
        |_, _| true,
    ),
];

const fn changed(
    directive: &'static str,
    blocks: Contexts,
    values: &'static [(Version, &'static str)],
    counts: fn(&Job, NodeId) -> bool,
) -> Changed {
    Changed { directive, blocks, values, counts }
}

/// The first version that limits the headers of a request.
const MAX_HEADERS: Version = Version::read("1.29.8");
/// The first version that closes connections after an hour.
const KEEPALIVE_TIME: Version = Version::read("1.19.10");
/// The first version that does not try requests again that are not idempotent.
const IDEMPOTENT: Version = Version::read("1.9.13");
/// Those who pass requests on and try again.
const PASSING: &[&str] = &["fastcgi", "memcached", "proxy", "scgi", "uwsgi"];

pub fn translate(job: &mut Job) {
    for changed in CHANGED {
        let value_in = |version: Version| {
            changed.values.iter().rev().find(|(since, _)| *since <= version).map(|(_, value)| *value)
        };
        let (Some(before), Some(after)) = (value_in(job.from.version), value_in(job.to.version)) else { continue };
        if before == after {
            continue;
        }
        let blocks = if changed.blocks == Contexts::HTTP { job.bases() } else { job.blocks(changed.blocks) };
        for block in blocks {
            if (changed.counts)(job, block) {
                write(job, block, changed.directive, before);
            }
        }
    }
    for base in job.bases() {
        limits(job, base);
    }
    let Some(http) = job.http() else { return };
    if let Some(way) = job.crosses(IDEMPOTENT) {
        for name in PASSING {
            tried_again(job, http, name, way);
        }
    }
}

/// What one of the versions limits and the other does not.
fn limits(job: &mut Job, base: NodeId) {
    let scope = job.tree.get(base).opens.unwrap_or(ScopeId(0));
    match job.crosses(MAX_HEADERS) {
        Some(Crossing::Back) if job.tree.named(base, "max_headers").is_empty() => {
            job.default("max_headers", "1000", scope, &can::MAX_HEADERS);
        }
        Some(Crossing::Forth) => write(job, base, "max_headers", "1000000"),
        _ => {}
    }
    match job.crosses(KEEPALIVE_TIME) {
        Some(Crossing::Back) if job.tree.named(base, "keepalive_time").is_empty() => {
            job.default("keepalive_time", "1h", scope, &can::KEEPALIVE_TIME);
        }
        Some(Crossing::Forth) => write(job, base, "keepalive_time", "365d"),
        _ => {}
    }
}

/// Writes a default down, unless the block says something itself, or is none that takes it.
fn write(job: &mut Job, block: NodeId, directive: &'static str, value: &str) {
    let context = job.tree.get(block).opens.map(|scope| job.model.config.scope(scope).context);
    let allowed = |context: Contexts| rows_named(directive).iter().any(|(_, row)| row.contexts.meets(context));
    if !job.tree.named(block, directive).is_empty() || !context.is_some_and(allowed) {
        return;
    }
    let scope = job.tree.get(block).opens.unwrap_or(ScopeId(0));
    let from = job.default(directive, value, scope, &can::DEFAULT);
    let words: Vec<&str> = std::iter::once(directive).chain(value.split(' ')).collect();
    job.tree.insert(block, None, &words, vec![from]);
}

/// The directives of a name in a block, at any depth.
fn inside(job: &Job, block: NodeId, name: &str) -> Vec<NodeId> {
    let is_inside = |id: &NodeId| {
        std::iter::successors(job.tree.get(*id).parent, |id| job.tree.get(*id).parent).any(|around| around == block)
    };
    let named = job.tree.kept().into_iter().filter(|id| job.tree.get(*id).name() == name);
    named.filter(is_inside).collect()
}

fn uses(job: &Job, block: NodeId, name: &str, start: &str) -> bool {
    inside(job, block, name).iter().any(|id| job.tree.get(*id).arg(1).starts_with(start))
}

/// Whether anything is passed on by what is not surely without TLS.
fn passes(job: &Job, block: NodeId, name: &str, plain: &str) -> bool {
    let is_plain = |id: &NodeId| {
        let address = job.tree.get(*id).arg(1);
        address.starts_with(plain) || !address.contains("://")
    };
    let all = inside(job, block, name);
    // Without a scheme grpc_pass and uwsgi_pass speak no TLS, proxy_pass always has one, if only in a variable.
    all.iter().any(|id| !is_plain(id) || (name == "proxy_pass" && !job.tree.get(*id).arg(1).starts_with(plain)))
}

fn speaks_tls(job: &Job, block: NodeId) -> bool {
    let secure = |id: &NodeId| ["ssl", "quic"].iter().any(|word| job.tree.get(*id).position(word).is_some());
    inside(job, block, "listen").iter().any(secure) || uses(job, block, "ssl", "on") || uses(job, block, "starttls", "")
}

fn tried_again(job: &mut Job, http: NodeId, name: &str, way: Crossing) {
    let directive = format!("{name}_next_upstream");
    let all = inside(job, http, &directive);
    for own in &all {
        let (is_off, word) = (job.tree.get(*own).arg(1) == "off", job.tree.get(*own).position("non_idempotent"));
        match (way, word) {
            (Crossing::Back, Some(word)) => {
                job.tree.get_mut(*own).words.remove(word);
                job.note(*own, &can::NOT_TRIED_AGAIN);
            }
            (Crossing::Back, None) if !is_off => job.note(*own, &can::TRIED_AGAIN),
            (Crossing::Forth, None) if !is_off => {
                job.tree.get_mut(*own).words.push(Part::new("non_idempotent"));
                job.note(*own, &can::NOT_TRIED_AGAIN);
            }
            _ => {}
        }
    }
    let directive = match name {
        "fastcgi" => "fastcgi_next_upstream",
        "memcached" => "memcached_next_upstream",
        "scgi" => "scgi_next_upstream",
        "uwsgi" => "uwsgi_next_upstream",
        _ => "proxy_next_upstream",
    };
    for base in job.bases() {
        let is_used = !inside(job, base, &format!("{name}_pass")).is_empty();
        if !is_used || !job.tree.named(base, directive).is_empty() {
            continue;
        }
        let scope = job.tree.get(base).opens.unwrap_or(ScopeId(0));
        if way == Crossing::Back {
            job.default(directive, "error timeout", scope, &can::TRIED_AGAIN);
        } else {
            let from = job.default(directive, "error timeout", scope, &can::NOT_TRIED_AGAIN);
            job.tree.insert(base, None, &[directive, "error", "timeout", "non_idempotent"], vec![from]);
        }
    }
}
