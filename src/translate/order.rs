//! The order in which nginx looks at things, for targets that go through a list from its beginning.

use crate::config::Regex;
use crate::translate::model::{Listener, Model, NameForm};

/// The listeners that differ in their address only, together.
#[must_use]
pub fn alike<'m>(model: &'m Model) -> Vec<Vec<&'m Listener>> {
    let mut groups: Vec<Vec<&Listener>> = Vec::new();
    for listener in &model.listeners {
        let same = |other: &Listener| {
            let flags = |one: &Listener| (one.tls, one.http2, one.proxy_protocol, one.default, port(one));
            flags(other) == flags(listener) && other.hosts == listener.hosts
        };
        match groups.iter_mut().find(|group| same(group[0])) {
            Some(group) => group.push(listener),
            None => groups.push(vec![listener]),
        }
    }
    groups
}

/// The port; 80 of a UNIX domain socket.
#[must_use]
pub fn port(listener: &Listener) -> u16 {
    listener.socket().map_or(80, |socket| socket.port())
}

/// A server of an address, and names for which it is the one.
#[derive(Debug)]
pub struct Row<'m> {
    /// The index of the server.
    pub host: usize,
    /// The names; of the last row none, which stands for all hosts.
    pub names: Vec<Wanted<'m>>,
}

/// What a host must be, in lower case.
#[derive(Debug, Clone, Copy)]
pub enum Wanted<'m> {
    /// This; empty for requests without a host.
    Exact(&'m str),
    /// It ends so.
    Suffix(&'m str),
    /// It begins so.
    Prefix(&'m str),
    /// It matches.
    Regex(&'m Regex),
}

/// The servers behind an address, in the order in which nginx would find them: those with the whole name, those with
/// its end, the longest first, those with its beginning, regular expressions, the default server. A server may stand in
/// several rows.
#[must_use]
pub fn rows<'m>(model: &'m Model, listener: &Listener) -> Vec<Row<'m>> {
    let patterned = |host: &usize| model.hosts[*host].names.iter().any(|name| !matches!(name.form, NameForm::Exact(_)));
    let needs_default = listener.hosts.iter().any(|host| *host != listener.default && patterned(host));
    let mut all: Vec<((u8, usize), usize, Wanted)> = Vec::new();
    for host in listener.hosts.iter().copied().filter(|host| *host != listener.default || needs_default) {
        for name in &model.hosts[host].names {
            let count = all.len();
            match &name.form {
                NameForm::Exact(text) => all.push(((0, host), host, Wanted::Exact(text))),
                NameForm::Suffix(text) => all.push(((1, usize::MAX - text.len()), host, Wanted::Suffix(text))),
                NameForm::Prefix(text) => all.push(((2, usize::MAX - text.len()), host, Wanted::Prefix(text))),
                NameForm::Regex(regex) => all.push(((3, count), host, Wanted::Regex(regex))),
                NameForm::HostAndSuffix(text) => {
                    all.push(((0, host), host, Wanted::Exact(text.trim_start_matches('.'))));
                    all.push(((1, usize::MAX - text.len()), host, Wanted::Suffix(text)));
                }
            }
        }
    }
    all.sort_by_key(|(rank, ..)| *rank);
    let mut rows: Vec<Row> = Vec::new();
    for (_, host, name) in all {
        match rows.last_mut() {
            Some(row) if row.host == host => row.names.push(name),
            _ => rows.push(Row { host, names: vec![name] }),
        }
    }
    rows.push(Row { host: listener.default, names: Vec::new() });
    rows
}
