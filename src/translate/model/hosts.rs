//! The `server` blocks and the addresses that they listen on.

use std::collections::HashMap;

use crate::config::ScopeId;
use crate::modules::Contexts;
use crate::modules::http::core::server::ports;
use crate::modules::http::rewrite::Program;
use crate::modules::shared::listen::{Form, Options, Ports, ServerName, ServerNames};

use super::read::Read;
use super::{Host, Listener, Name, NameForm, routes};

/// All `server` blocks of `http`.
pub fn read(read: &mut Read, groups: usize) -> Vec<Host> {
    let config = read.config;
    let Some(http) = config.http else { return Vec::new() };
    let servers = config.scope(http).children.iter().copied();
    let servers = servers.filter(|scope| config.scope(*scope).context.meets(Contexts::SERVER));
    servers.map(|scope| host(read, scope, groups)).collect()
}

fn host(read: &mut Read, scope: ScopeId, groups: usize) -> Host {
    let names = read.config.scope(scope).slot::<ServerNames>().map(|names| names.0.as_slice()).unwrap_or_default();
    let name = |own: &ServerName| Name { form: form(own), from: read.subjects.at(scope, own.span) };
    let names: Vec<Name> = names.iter().map(name).collect();
    Host {
        scope,
        from: read.subjects.opener(scope),
        server_name: names.first().map(server_name).unwrap_or_default(),
        names,
        routes: routes::read(read, scope, groups),
        underscores: read.flag(scope, "underscores_in_headers", false),
        merge_slashes: read.flag(scope, "merge_slashes", true),
        has_program: read.config.scope(scope).slot::<Program>().is_some(),
    }
}

/// `$server_name`
fn server_name(first: &Name) -> String {
    match &first.form {
        NameForm::Exact(name) => name.clone(),
        NameForm::Suffix(name) => format!("*{name}"),
        NameForm::HostAndSuffix(name) => name.trim_start_matches('.').to_owned(),
        NameForm::Prefix(name) => format!("{name}*"),
        NameForm::Regex(regex) => format!("~{}", regex.pattern()),
    }
}

fn form(name: &ServerName) -> NameForm {
    let text = name.text.to_ascii_lowercase();
    match &name.form {
        Form::Regex(regex) => NameForm::Regex(regex.clone()),
        Form::Exact => NameForm::Exact(text),
        Form::Wildcard => match (text.strip_prefix('*'), text.strip_suffix('*')) {
            (Some(suffix), _) => NameForm::Suffix(suffix.to_owned()),
            (None, Some(prefix)) => NameForm::Prefix(prefix.to_owned()),
            (None, None) => NameForm::HostAndSuffix(text),
        },
    }
}

/// The addresses, in nginx's order.
pub fn listeners(read: &mut Read, hosts: &[Host]) -> Vec<Listener> {
    let numbers: HashMap<ScopeId, usize> = hosts.iter().enumerate().map(|(n, host)| (host.scope, n)).collect();
    let mut listeners = Vec::new();
    for listener in ports(read.config).into_iter().flat_map(Ports::listeners) {
        let Some(default) = numbers.get(&listener.default_server) else { continue };
        let options = listener.socket.options;
        let of = |scope: &ScopeId| numbers.get(scope).copied();
        let mut from = Vec::new();
        for scope in &listener.servers {
            let all = read.config.scope(*scope).all("listen");
            let same = all.filter(|setting| {
                setting.words.iter().any(|word| listener.span == word.span) || reads_as(setting.arg(1), listener)
            });
            let found: Vec<_> = same.map(|setting| read.subjects.setting(*scope, setting)).collect();
            from.extend(found);
        }
        if from.is_empty() {
            from.push(read.subjects.implicit("listen", listener_text(listener), listener.default_server));
        }
        let http2 = options.contains(Options::HTTP2)
            || listener.servers.iter().any(|scope| read.config.flag(*scope, "http2", false));
        listeners.push(Listener {
            address: listener.address.clone(),
            from,
            tls: options.contains(Options::SSL),
            http2,
            proxy_protocol: options.contains(Options::PROXY_PROTOCOL),
            hosts: listener.servers.iter().filter_map(of).collect(),
            default: *default,
        });
    }
    listeners
}

/// Whether the argument of a `listen` means this address.
fn reads_as(argument: &str, listener: &crate::modules::shared::listen::Listener) -> bool {
    use crate::config::address::Address;
    match &listener.address {
        Address::Unix(path) => argument.strip_prefix("unix:") == Some(path),
        Address::Inet(address) => {
            let port = argument.rsplit_once(':').map_or(argument, |(_, port)| port);
            let port = port.parse().unwrap_or(80);
            port == address.port() && argument.starts_with('[') == address.is_ipv6()
        }
    }
}

fn listener_text(listener: &crate::modules::shared::listen::Listener) -> String {
    match &listener.address {
        crate::config::address::Address::Inet(address) => format!("*:{}", address.port()),
        crate::config::address::Address::Unix(path) => format!("unix:{path}"),
    }
}
