//! The backends: one for each way of passing to a group, so that routes which differ only in what they do to requests share
//! the turns and the failures of its servers.

use super::plan::{self, Rule};
use super::words::{self, time};
use super::{Work, can, methods, passing, rest, servers};
use crate::config::ScopeId;
use crate::modules::shared::upstream::Standing;
use crate::translate::model::{Group, Pass, Passing, SENT_ONCE};
use crate::translate::output::Lines;
use crate::translate::subject::SubjectId;

/// Ways to pass to groups, each with its backend.
#[derive(Debug, Default)]
pub struct Backends<'m> {
    list: Vec<(Key<'m>, Own)>,
}

/// What makes a backend another one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key<'m> {
    group: usize,
    connect: u64,
    server: u64,
    /// `retry-on`, in nginx's order.
    retry_on: Vec<&'m str>,
    retries: u64,
    repeats_all: bool,
    keeps: bool,
    /// Connections may become those of another protocol.
    upgrades: bool,
    tls: String,
    compression: Vec<String>,
}

/// What a backend is called, and where it came from.
#[derive(Debug)]
struct Own {
    name: String,
    from: SubjectId,
    timeouts: Vec<SubjectId>,
    tries: Vec<SubjectId>,
}

/// A backend that is to be written.
#[derive(Debug)]
pub struct Backend {
    name: String,
    place: Option<String>,
    lines: Vec<Rule>,
}

impl Backends<'_> {
    /// Name and origin of a backend.
    pub fn name(&self, number: usize) -> (&str, SubjectId) {
        let (_, own) = &self.list[number];
        (&own.name, own.from)
    }
}

/// The backend of a `proxy_pass`, by its number.
pub fn of(work: &mut Work, scope: ScopeId, pass: &Pass) -> usize {
    let number = pass.to.as_ref().copied().unwrap_or_default();
    let how = &pass.how;
    let group = &work.model.groups[number];
    let retries = retries(group, how);
    let (retry_on, repeats_all) = conditions(work, pass, retries);
    let connection = how.headers.iter().find(|header| header.value.0.eq_ignore_ascii_case("connection"));
    let closes = connection
        .is_some_and(|header| header.value.1.literal().is_some_and(|value| value.eq_ignore_ascii_case("close")));
    let keeps = group.keepalive.value.is_some() && how.http11.value && !closes;
    work.note(group.keepalive.from, if keeps { &can::KEEPALIVE } else { &can::KEEPALIVE_NONE });
    note(work, pass);
    let key = Key {
        group: number,
        connect: how.connect_timeout.value,
        server: how.read_timeout.value,
        retries: if retry_on.is_empty() { 0 } else { retries },
        retry_on,
        repeats_all,
        keeps,
        upgrades: super::headers::upgrades(pass),
        tls: if pass.tls { passing::back_tls(work, scope, pass) } else { String::new() },
        compression: rest::compression(work, scope),
    };
    let (timeouts, tries) =
        (vec![how.connect_timeout.from, how.read_timeout.from], vec![how.next_upstream.from, how.tries.from]);
    let found = work.backends.list.iter().position(|(other, _)| *other == key);
    let index = found.unwrap_or_else(|| {
        let name = free_name(work, &words::name(&group.name));
        work.backends.list.push((key, Own { name, from: group.from, timeouts: Vec::new(), tries: Vec::new() }));
        work.backends.list.len() - 1
    });
    let own = &mut work.backends.list[index].1;
    for (list, new) in [(&mut own.timeouts, timeouts), (&mut own.tries, tries)] {
        list.extend(new);
        list.sort_unstable();
        list.dedup();
    }
    index
}

/// Notes how a `proxy_pass` would be done that is not.
pub fn forget(work: &mut Work, pass: &Pass) {
    work.ledger.note_rest(pass.how.subjects(), &can::UNUSED);
}

/// A name that no other backend has.
fn free_name(work: &Work, name: &str) -> String {
    let taken = |name: &str| work.backends.list.iter().any(|(_, own)| own.name == name);
    let numbered = (2..).map(|n| format!("{name}-{n}"));
    std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_default()
}

/// How often a request may be tried again: each peer that is not `down` has one try.
fn retries(group: &Group, how: &Passing) -> u64 {
    let up = group.servers.iter().filter(|server| server.value.standing != Standing::Down);
    let peers: usize = up.map(|server| server.value.url.addresses.len().max(1)).sum();
    how.attempts(peers as u64).saturating_sub(1)
}

/// `retry-on`, and whether what changes something is repeated too.
fn conditions<'m>(work: &mut Work, pass: &Pass, retries: u64) -> (Vec<&'m str>, bool) {
    let conditions = &pass.how.next_upstream;
    let mut words: Vec<&str> = Vec::new();
    let mut repeats_all = false;
    for name in conditions.value.names() {
        match name {
            "error" => words.extend(["conn-failure", "empty-response"]),
            "timeout" => words.push("response-timeout"),
            "invalid_header" => words.push("junk-response"),
            "non_idempotent" => repeats_all = true,
            "http_429" if retries > 0 => work.note(conditions.from, &can::NEXT_UPSTREAM_STATUS_LOST),
            _ => {
                if let Some(status) = STATUSES.iter().find(|status| name.strip_prefix("http_") == Some(status)) {
                    words.push(status);
                    if retries > 0 {
                        work.note(conditions.from, &can::NEXT_UPSTREAM_STATUS);
                    }
                }
            }
        }
    }
    let capability = if words.is_empty() || retries == 0 { &can::NEXT_UPSTREAM_OFF } else { &can::NEXT_UPSTREAM };
    work.note(conditions.from, capability);
    (words, repeats_all)
}

/// Statuses for which HAProxy tries again, of those that nginx can name.
const STATUSES: &[&str] = &["403", "404", "500", "502", "503", "504"];

fn note(work: &mut Work, pass: &Pass) {
    let how = &pass.how;
    work.note(how.connect_timeout.from, &can::CONNECT_TIMEOUT);
    work.note(how.read_timeout.from, &can::READ_TIMEOUT);
    let same = how.send_timeout.value == how.read_timeout.value;
    work.note(how.send_timeout.from, if same { &can::READ_TIMEOUT } else { &can::SEND_TIMEOUT });
    work.note(how.tries.from, &can::NEXT_UPSTREAM_TRIES);
    let unlimited = how.tries_timeout.value == 0;
    work.note(how.tries_timeout.from, if unlimited { &can::NEXT_UPSTREAM_TRIES } else { &can::NEXT_UPSTREAM_TIME });
    work.note(how.http11.from, if how.http11.value { &can::HTTP_VERSION } else { &can::HTTP_VERSION_OLD });
    for given in [&how.buffering, &how.request_buffering] {
        work.note(given.from, if given.value { &can::BUFFERING } else { &can::BUFFERING_OFF });
    }
}

/// Plans all backends, after all frontends.
pub fn plan(work: &mut Work) -> Vec<Backend> {
    let backends = (0..work.backends.list.len()).map(|number| plan_one(work, number)).collect();
    unused(work);
    backends
}

fn plan_one(work: &mut Work, number: usize) -> Backend {
    let (key, own) = &work.backends.list[number];
    let key = key.clone();
    let (name, tries) = (own.name.clone(), own.tries.clone());
    let group = &work.model.groups[key.group];
    let mut lines = vec![Rule::always(format!("timeout connect {}", time(key.connect)), &own.timeouts)];
    lines.push(Rule::always(format!("timeout server {}", time(key.server)), &own.timeouts));
    if key.upgrades {
        lines.push(Rule::always(format!("timeout tunnel {}", time(key.server)), &own.timeouts));
    }
    lines.push(Rule::always(format!("retries {}", key.retries), &tries));
    if key.retries > 0 {
        lines.push(Rule::always("option redispatch 1", &tries));
        lines.push(Rule::always(format!("retry-on {}", key.retry_on.join(" ")), &tries));
        if !key.repeats_all {
            let once = format!("{{ method {} }}", SENT_ONCE.join(" "));
            lines.push(Rule::when("http-request disable-l7-retry", once, &tries));
        }
    }
    if !key.keeps {
        lines.push(Rule::always("http-reuse never", &[group.keepalive.from]));
        lines.push(Rule::always("option http-server-close", &[group.keepalive.from]));
    }
    lines.extend(key.compression.iter().map(|line| Rule::always(line.clone(), &[])));
    let servers = servers::plan(work, key.group, &key.tls, key.keeps);
    methods::plan(work, key.group, &name, &servers, &mut lines);
    let written = servers.into_iter().map(|server| Rule::always(server.line, &[server.from]));
    lines.extend(written);
    work.note(group.from, &can::PASS);
    if let Some(zone) = group.zone {
        work.note(zone, &can::ZONE);
    }
    Backend { name, place: work.model.place(group.from), lines }
}

/// What no route sends to does nothing in nginx either.
fn unused(work: &mut Work) {
    for (number, group) in work.model.groups.iter().enumerate() {
        if work.backends.list.iter().any(|(key, _)| key.group == number) {
            continue;
        }
        work.ledger.note_rest(group.subjects(), &can::UNUSED);
    }
}

/// Writes a backend.
pub fn write(out: &mut Lines, backend: &Backend) {
    out.plain("");
    out.plain(&format!("backend {}", backend.name));
    if let Some(place) = &backend.place {
        out.plain(&format!("  # {place}"));
    }
    for rule in &backend.lines {
        out.line(&rule.from, &format!("  {}", plan::conditional(&rule.text, &[&rule.when])));
    }
}
