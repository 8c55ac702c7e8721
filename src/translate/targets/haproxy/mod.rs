//! HAProxy, 2.6 and newer: one `frontend` for each address, one `backend` for each way of passing to a group.

mod capabilities;

use super::{Ask, Emitter};
use crate::translate::ledger::Ledger;
use crate::translate::model::{Action, Host, Listener, Model, NameForm, Route};
use crate::translate::output::{File, Lines};
use capabilities as can;

/// The target.
pub static EMITTER: Emitter = Emitter { name: "haproxy", title: "HAProxy 2.6 and newer", capabilities: can::ALL, emit };

fn emit(model: &Model, _ask: &Ask, ledger: &mut Ledger) -> Result<Vec<File>, String> {
    let mut out = Lines::default();
    out.plain("defaults");
    out.plain("  mode http");
    for (number, listener) in model.listeners.iter().enumerate() {
        frontend(model, ledger, &mut out, number, listener);
    }
    for (number, _) in model.groups.iter().enumerate() {
        backend(model, ledger, &mut out, number);
    }
    Ok(vec![out.file("haproxy.cfg")])
}

fn frontend(model: &Model, ledger: &mut Ledger, out: &mut Lines, number: usize, listener: &Listener) {
    out.plain(&format!("frontend f{number}"));
    let Some(address) = listener.socket() else { return };
    out.line(&listener.from, &format!("  bind {address}"));
    for from in &listener.from {
        ledger.note(*from, &can::LISTEN);
    }
    let others = listener.hosts.iter().filter(|host| **host != listener.default);
    for host in others.chain([&listener.default]) {
        let own = &model.hosts[*host];
        let test = hosts_test(ledger, own, *host == listener.default);
        ledger.note(own.from, &can::DEFAULT_SERVER);
        for route in &own.routes {
            rule(model, ledger, out, route, &test);
        }
    }
}

fn hosts_test(ledger: &mut Ledger, host: &Host, is_default: bool) -> String {
    let mut names = Vec::new();
    for name in &host.names {
        if let NameForm::Exact(text) = &name.form {
            ledger.note(name.from, &can::SERVER_NAME);
            names.push(text.as_str());
        }
    }
    if is_default { String::new() } else { format!(" {{ req.hdr(host),host_only,lower -m str {} }}", names.join(" ")) }
}

fn rule(model: &Model, ledger: &mut Ledger, out: &mut Lines, route: &Route, host: &str) {
    let path = match (&route.test.exact, &route.test.prefix) {
        (Some(exact), _) => {
            ledger.note(route.from, &can::LOCATION_EXACT);
            format!(" {{ path -m str {exact} }}")
        }
        (None, Some(prefix)) => {
            ledger.note(route.from, &can::LOCATION_PREFIX);
            format!(" {{ path -m beg {prefix} }}")
        }
        (None, None) => String::new(),
    };
    let test = format!("{host}{path}");
    let test = if test.is_empty() { test } else { format!(" if{test}") };
    match &route.action {
        Action::Pass(pass) => {
            let Ok(group) = &pass.to else { return ledger.note(pass.from, &can::PASS_VARIABLES) };
            ledger.note(pass.from, &can::PASS);
            out.line(&[route.from, pass.from], &format!("  use_backend {}{test}", model.groups[*group].name));
        }
        Action::SlashRedirect => {
            ledger.note(route.from, &can::SLASH_REDIRECT);
            let exact = route.test.exact.as_deref().unwrap_or_default();
            out.line(&[route.from], &format!("  http-request redirect code 301 location {exact}/{test}"));
        }
        Action::Return(given) => {
            ledger.note(given.from, &can::RETURN_TEXT);
            out.line(&[route.from, given.from], &format!("  http-request return status {}{test}", given.value.0));
        }
        Action::Own(_) => out.line(&[route.from], &format!("  http-request return status 404{test}")),
    }
}

fn backend(model: &Model, ledger: &mut Ledger, out: &mut Lines, number: usize) {
    let group = &model.groups[number];
    out.line(&[group.from], &format!("backend {}", group.name));
    ledger.note(group.method.from, &can::ROUND_ROBIN);
    out.line(&[group.method.from], "  balance roundrobin");
    for (n, server) in group.servers.iter().enumerate() {
        ledger.note(server.from, &can::WEIGHT);
        let address = &server.value.url.text;
        out.line(&[server.from], &format!("  server s{n} {address} weight {}", server.value.weight));
    }
}
