//! What changed in 1.29.7: since then nginx keeps connections to backends and speaks HTTP/1.1 to them unless told
//! otherwise, and sends no `Connection: close`. The source's defaults are written down: `keepalive` in every group,
//! `proxy_http_version` and the header in `http`, the header also wherever headers are set, as a block that sets one
//! inherits none.
//!
//! In the same way `Proxy-Connection`, which clients' requests keep up to 1.31.0 and lose since.

use super::tree::Part;
use super::{Crossing, Job, NodeId, can};
use crate::config::ScopeId;
use crate::modules::http::proxy;
use crate::modules::shared::upstream::Upstreams;
use crate::modules::{Contexts, Version};
use crate::translate::model::{Action, KEEPS};

/// The first version that takes `Proxy-Connection` out of requests.
const PROXY_CONNECTION: Version = Version::read("1.31.0");
/// The first version that speaks HTTP/2 to backends of `proxy_pass`.
const HTTP2: Version = Version::read("1.29.4");
/// Directives that choose a server of a group.
pub const METHODS: &[&str] = &["hash", "ip_hash", "least_conn", "least_time", "random", "sticky", "queue", "ntlm"];

pub fn translate(job: &mut Job) {
    let kept = job.crosses(KEEPS);
    for group in job.tree.all(Contexts::HTTP, "upstream") {
        match kept {
            Some(Crossing::Back) => keep(job, group),
            Some(Crossing::Forth) => keep_none(job, group),
            None => {}
        }
    }
    no_http2(job);
    if job.tree.all(Contexts::read("location location-if limit_except"), "proxy_pass").is_empty() {
        return;
    }
    if let Some(way) = kept {
        let back = way == Crossing::Back;
        http_version(job, if back { "1.1" } else { "1.0" });
        header(job, "Connection", if back { ["\"\"", "Connection \"\""] } else { ["close", "Connection \"close\""] });
    }
    match job.crosses(PROXY_CONNECTION) {
        Some(Crossing::Back) => header(job, "Proxy-Connection", ["\"\"", "Proxy-Connection \"\""]),
        Some(Crossing::Forth) => {
            let passed = "$http_proxy_connection";
            header(job, "Proxy-Connection", [passed, "Proxy-Connection $http_proxy_connection"]);
        }
        None => {}
    }
}

/// A group for a version that keeps none by itself, and wants `keepalive` behind the method.
fn keep(job: &mut Job, group: NodeId) {
    let shared = used_by_many(job, group);
    let says = if shared { &can::KEEPALIVE_SHARED } else { &can::KEEPALIVE };
    let Some(own) = job.tree.named(group, "keepalive").first().copied() else {
        let scope = job.tree.get(group).opens.unwrap_or(ScopeId(0));
        let from = job.default("keepalive", "32 local", scope, says);
        job.tree.append(group, &["keepalive", "32"], vec![from]);
        return;
    };
    if job.tree.get(own).arg(1).trim_start_matches('0').is_empty() {
        return job.hand_over(own, &[], &can::KEEPALIVE_NONE);
    }
    if let Some(local) = job.tree.get(own).position("local") {
        job.tree.get_mut(own).words.remove(local);
        job.note(own, says);
    }
    let siblings = job.tree.children(group);
    let behind = siblings.iter().skip_while(|id| **id != own);
    if behind.map(|id| job.tree.get(*id)).any(|node| METHODS.contains(&node.name())) {
        job.tree.move_to_end(own);
    }
}

/// Whether several directives pass to a group.
fn used_by_many(job: &Job, group: NodeId) -> bool {
    let scope = job.tree.get(group).opens;
    let number = job.model.groups.iter().position(|own| own.scope == scope);
    let routes = job.model.hosts.iter().flat_map(|host| &host.routes);
    let mut users: Vec<_> = routes
        .filter_map(|route| match &route.action {
            Action::Pass(pass) if pass.to.as_ref().ok() == number.as_ref() => Some(pass.from),
            _ => None,
        })
        .collect();
    users.sort_unstable();
    users.dedup();
    users.len() > 1
}

/// A group for a version that keeps some by itself.
fn keep_none(job: &mut Job, group: NodeId) {
    let Some(scope) = job.tree.get(group).opens else { return };
    let realm = job.model.config.http.and_then(|http| job.model.config.scope(http).slot::<Upstreams>());
    let keeps = realm.is_some_and(|all| all.iter().any(|(_, own)| own.scope == Some(scope) && own.keepalive.is_some()));
    if keeps {
        return;
    }
    if let Some(own) = job.tree.named(group, "keepalive").first().copied() {
        // A method behind it put it out of use.
        let words = &mut job.tree.get_mut(own).words;
        words.truncate(1);
        words.push(Part::new("0"));
        job.note(own, &can::KEEPALIVE);
    } else {
        let from = job.default("keepalive", "0", scope, &can::KEEPALIVE);
        job.tree.append(group, &["keepalive", "0"], vec![from]);
    }
}

/// HTTP/2 to backends, where the version has it not.
fn no_http2(job: &mut Job) {
    if job.crosses(HTTP2) != Some(Crossing::Back) {
        return;
    }
    for own in job.tree.all(Contexts::read("http server location"), "proxy_http_version") {
        if job.tree.get(own).arg(1) == "2" {
            job.tree.get_mut(own).words[1] = Part::new("1.1");
            job.note(own, &can::HTTP2_UPSTREAM);
        }
    }
}

fn http_version(job: &mut Job, version: &str) {
    for base in job.bases() {
        if job.tree.named(base, "proxy_http_version").is_empty() {
            let scope = job.tree.get(base).opens.unwrap_or(ScopeId(0));
            let from = job.default("proxy_http_version", version, scope, &can::HTTP_VERSION);
            job.tree.insert(base, None, &["proxy_http_version", version], vec![from]);
        }
    }
}

/// Sets a header where everything inherits it, and wherever others are set and it is not.
fn header(job: &mut Job, name: &str, [value, written]: [&str; 2]) {
    let bases = job.bases();
    for block in job.blocks(Contexts::read("http server location")) {
        let own = job.tree.named(block, proxy::FAMILY.lines.directive);
        let is_set = own.iter().any(|id| job.tree.get(*id).arg(1).eq_ignore_ascii_case(name));
        if is_set || (own.is_empty() && !bases.contains(&block)) {
            continue;
        }
        let scope = job.tree.get(block).opens.unwrap_or(ScopeId(0));
        let from = job.default("proxy_set_header", written, scope, &can::CONNECTION);
        job.tree.insert(block, own.last().copied(), &["proxy_set_header", name, value], vec![from]);
    }
}
