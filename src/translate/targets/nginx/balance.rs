//! Groups of servers: what only NGINX Plus or a newer version says of a server, and methods that the target lacks.

use super::tree::Part;
use super::{Job, NodeId, can};
use crate::modules::{Contexts, Version};

/// The first open-source version that resolves names at run time.
const RESOLVES: Version = Version::read("1.27.3");
/// The first open-source version with `sticky`, `route=` and `drain`.
pub const STICKS: Version = Version::read("1.29.6");
/// The first open-source version that measures times.
const MEASURES: Version = Version::read("1.31.0");
/// Both kinds of groups.
const GROUPS: Contexts = Contexts::read("upstream stream-upstream");

pub fn translate(job: &mut Job) {
    for server in job.tree.all(GROUPS, "server") {
        self::server(job, server);
    }
    for own in job.tree.all(GROUPS, "least_time") {
        if job.to.version < MEASURES {
            job.tree.get_mut(own).words = vec![Part::new("least_conn")];
            job.note(own, &can::LEAST_TIME);
        }
    }
    for own in job.tree.all(GROUPS, "random") {
        if job.tree.get(own).arg(2).starts_with("least_time") {
            job.tree.get_mut(own).words[2] = Part::new("least_conn");
            job.note(own, &can::RANDOM_TIME);
        }
    }
    for name in ["resolver", "resolver_timeout"] {
        for own in job.tree.all(GROUPS, name) {
            if job.to.version < RESOLVES {
                job.lose(own, &can::RESOLVE);
            }
        }
    }
    for own in job.tree.all(GROUPS, "state") {
        job.lose(own, &can::NO_SERVERS);
    }
    for group in job.tree.all(Contexts::read("http stream"), "upstream") {
        fill(job, group);
    }
}

fn server(job: &mut Job, server: NodeId) {
    let to = job.to.version;
    let starts = |job: &Job, start: &str| {
        let words = &job.tree.get(server).words;
        (2..words.len()).find(|n| words[*n].value.starts_with(start))
    };
    if to < RESOLVES && starts(job, "service=").is_some() {
        return job.lose(server, &can::SERVICE);
    }
    if let Some(word) = job.tree.get(server).position("resolve").filter(|_| to < RESOLVES) {
        job.strip(server, word, &can::RESOLVE);
    }
    if let Some(word) = starts(job, "slow_start=") {
        job.strip(server, word, &can::SLOW_START);
    }
    if to >= STICKS {
        return;
    }
    if let Some(word) = starts(job, "route=") {
        job.strip(server, word, &can::ROUTE);
    }
    if let Some(word) = job.tree.get(server).position("drain").filter(|word| *word > 1) {
        job.tree.get_mut(server).words[word] = Part::new("down");
        job.note(server, &can::DRAIN);
    }
}

/// Gives a group that has lost all its servers another.
fn fill(job: &mut Job, group: NodeId) {
    if job.tree.named(group, "server").is_empty() {
        job.note(group, &can::NO_SERVERS);
        stand_in(job, group);
    }
}

/// Where nobody listens.
const NOWHERE: &str = "127.0.0.1:9";

/// A server that is never asked: nginx takes no group without one, nor one with backup servers only.
pub fn stand_in(job: &mut Job, group: NodeId) -> bool {
    let from = job.tree.get(group).from.clone();
    job.tree.append(group, &["server", NOWHERE, "down"], from);
    true
}

/// Whether it is such a server.
pub fn stands_in(job: &Job, server: NodeId) -> bool {
    job.tree.get(server).arg(1) == NOWHERE
}
