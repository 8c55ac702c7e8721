//! Virtual hosts: which server a request is for. Envoy's order of domains is nginx's: whole names, the longest wildcard in
//! front, the longest one behind. Regular expressions come after them, so they are routes of the domain `*`.

use std::collections::HashSet;

use super::regex;
use super::routes;
use super::script::NO_HOST;
use super::text::Scene;
use super::{Cx, can};
use crate::translate::document::{Node, list, map};
use crate::translate::model::{Host, Listener, Name, NameForm};
use crate::translate::subject::SubjectId;

/// The virtual hosts behind an address.
pub fn all(cx: &mut Cx, listener: &Listener, scene: &Scene) -> Vec<Node> {
    let model = cx.model;
    let default = &model.hosts[listener.default];
    let hosts: Vec<&Host> = listener.hosts.iter().map(|host| &model.hosts[*host]).collect();
    for host in &hosts {
        note_settings(cx, host, default);
    }
    // Who comes first has a name.
    let mut taken: HashSet<String> = HashSet::new();
    let mut nodes = Vec::new();
    let mut by_regex = Vec::new();
    let mut default_domains = Vec::new();
    for (n, host) in hosts.iter().enumerate() {
        let is_default = std::ptr::eq(*host, default);
        cx.note(host.from, if is_default { &can::DEFAULT_SERVER } else { &can::SERVER_NAME });
        let scene = Scene { server_name: &host.server_name, ..scene.clone() };
        let mut domains = Vec::new();
        if host.names.is_empty() && taken.insert(NO_HOST.to_owned()) {
            domains.push(Node::from(NO_HOST));
        }
        for name in &host.names {
            if let NameForm::Regex(own) = &name.form {
                match regex::whole(own) {
                    Some(own) => {
                        cx.note(name.from, &can::SERVER_NAME_REGEX);
                        if !is_default {
                            by_regex.extend(routes::all(cx, host, &scene, Some(own)));
                        }
                    }
                    None => cx.note(name.from, &can::SERVER_NAME_RE2),
                }
            } else {
                let own = domains_of(name).into_iter().filter(|domain| taken.insert(domain.clone()));
                let own: Vec<Node> = own.map(|domain| Node::from(domain).of(name.from)).collect();
                cx.note(name.from, said_of(name, own.is_empty()));
                domains.extend(own);
            }
        }
        if is_default {
            default_domains = domains;
        } else if !domains.is_empty() {
            let routes = routes::all(cx, host, &scene, None);
            nodes.push(virtual_host(host.from, &format!("server-{n}"), domains, routes));
        }
    }
    let scene = Scene { server_name: &default.server_name, ..scene.clone() };
    if !by_regex.is_empty() && !default_domains.is_empty() {
        let routes = routes::all(cx, default, &scene, None);
        nodes.push(virtual_host(default.from, "default-by-name", std::mem::take(&mut default_domains), routes));
    }
    default_domains.push(Node::from("*"));
    by_regex.extend(routes::all(cx, default, &scene, None));
    nodes.push(virtual_host(default.from, "default", default_domains, by_regex));
    nodes
}

fn note_settings(cx: &mut Cx, host: &Host, default: &Host) {
    let same = host.underscores.value == default.underscores.value;
    cx.note(host.underscores.from, if same { &can::UNDERSCORES } else { &can::UNDERSCORES_OTHERS });
    let same = host.merge_slashes.value == default.merge_slashes.value;
    cx.note(host.merge_slashes.from, if same { &can::NORMALISING } else { &can::MERGE_SLASHES_OTHERS });
}

fn virtual_host(from: SubjectId, name: &str, domains: Vec<Node>, routes: Vec<Node>) -> Node {
    map([("name", Node::from(name).of(from)), ("domains", list(domains)), ("routes", list(routes))])
}

fn domains_of(name: &Name) -> Vec<String> {
    match &name.form {
        NameForm::Exact(name) if name.is_empty() => vec![NO_HOST.to_owned()],
        NameForm::Exact(name) => vec![name.clone()],
        NameForm::Suffix(name) => vec![format!("*{name}")],
        NameForm::HostAndSuffix(name) => vec![name.trim_start_matches('.').to_owned(), format!("*{name}")],
        NameForm::Prefix(name) => vec![format!("{name}*")],
        NameForm::Regex(_) => Vec::new(),
    }
}

fn said_of(name: &Name, is_taken: bool) -> &'static crate::translate::Capability {
    match &name.form {
        _ if is_taken => &can::SERVER_NAME_TAKEN,
        NameForm::Exact(name) if name.is_empty() => &can::NO_NAME,
        NameForm::Exact(_) => &can::SERVER_NAME,
        _ => &can::SERVER_NAME_WILDCARD,
    }
}
