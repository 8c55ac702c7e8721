//! The configuration that the controller ingress-nginx generates. It has one group, `upstream_balancer`, in which Lua
//! chooses; a location says in variables what it is for: `$namespace`, `$ingress_name`, `$service_name`, `$service_port`.
//! So each location is a rule with a `backendRef`, in an HTTPRoute named after the Ingress in its namespace.

use super::Plan;
use super::answers::Answer;
use super::capabilities as can;
use super::names::is_hostname;
use crate::config::{ScopeId, Setting};
use crate::modules::Contexts;
use crate::modules::http::rewrite::{Program, Step};
use crate::translate::class::Capability;
use crate::translate::document::{Node, Value, map};
use crate::translate::ingress_nginx;
use crate::translate::model::{Action, Model, NameForm, Route};
use crate::translate::subject::{Subject, SubjectId, What};

/// That the configuration is the controller's.
#[derive(Debug, Clone, Copy)]
pub struct Controller {
    /// The group in which Lua chooses, an index into the model's groups.
    pub group: usize,
}

/// What a location is for.
#[derive(Debug)]
pub struct Service {
    /// The namespace of the Ingress, the Service and the route.
    pub namespace: String,
    /// The name of the Ingress.
    pub ingress: String,
    name: String,
    port: (String, Option<SubjectId>),
}

/// Numbers of ports that are known by these names.
const PORTS: &[(&str, i64)] = &[("https", 443), ("grpc", 50051)];

impl Controller {
    /// Where it is installed by default; the Gateway goes there.
    pub const NAMESPACE: &'static str = "ingress-nginx";

    /// Whether a configuration is its own.
    pub fn find(model: &Model) -> Option<Controller> {
        let by_lua =
            |scope| ingress_nginx::BALANCERS.iter().any(|name| model.config.scope(scope).setting(name).is_some());
        let by_block = |scope| {
            let blocks = &model.config.scope(scope).blocks;
            blocks.iter().any(|block| ingress_nginx::BALANCERS.contains(&&*block.words[0].value))
        };
        let own = |name: &str| name == ingress_nginx::GROUP;
        let found = model
            .groups
            .iter()
            .position(|group| own(&group.name) && group.scope.is_some_and(|scope| by_lua(scope) || by_block(scope)));
        Some(Controller { group: found? })
    }

    /// Whether a server is for the controller itself: its probes, its metrics, hosts without a backend.
    pub fn owns(model: &Model, host: usize) -> bool {
        let program = model.config.scope(model.hosts[host].scope).slot::<Program>();
        variable(program, "proxy_upstream_name").is_some_and(|name| name == "internal")
    }

    /// Whether a location of the server for unknown hosts is for the controller itself.
    pub fn owns_route(model: &Model, host: usize, route: &Route) -> bool {
        let unknown = |name: &crate::translate::model::Name| matches!(&name.form, NameForm::Exact(text) if text == "_");
        let probe = match &route.action {
            Action::Return(given) => given.value == (200, None),
            Action::Own(name) => *name == "stub_status",
            _ => false,
        };
        probe && model.hosts[host].names.iter().any(unknown)
    }
}

impl Service {
    /// What a location is for; nothing for the default backend.
    pub fn of(model: &Model, route: &Route) -> Option<Service> {
        let program = model.config.scope(route.scope).slot::<Program>();
        let text = |name: &str| variable(program, name).unwrap_or_default();
        let sets = model.config.scope(route.scope).all("set");
        let port = sets.filter(|setting| setting.arg(1) == "$service_port");
        let port = port.map(|setting| model.subjects.setting(route.scope, setting)).next();
        let service = Service {
            namespace: text("namespace"),
            ingress: text("ingress_name"),
            name: text("service_name"),
            port: (text("service_port"), port),
        };
        (!service.name.is_empty()).then_some(service)
    }

    /// The `backendRef`.
    pub fn backend(&self, plan: &mut Plan) -> Node {
        let (text, from) = &self.port;
        let number = text
            .parse::<u16>()
            .map_or_else(|_| PORTS.iter().find(|(name, _)| name == text).map_or(80, |(_, number)| *number), i64::from);
        if let Some(from) = from.filter(|_| text.parse::<u16>().is_err()) {
            plan.note(from, &can::PASS_PORT);
        }
        let port = Node { value: Value::Number(number), from: from.iter().copied().collect() };
        map([("name", self.name.as_str().into()), ("port", port)])
    }
}

/// The redirect to another name of a host, with or without `www.`, whose URL Lua puts together.
pub fn redirect(plan: &mut Plan, route: &Route) -> Option<Answer> {
    plan.controller?;
    let (setting, from) = plan.setting(route.scope, "set_by_lua_file")?;
    let hostname = setting.arg(3).to_owned();
    if !setting.arg(2).ends_with("/ngx_srv_redirect.lua") || !is_hostname(&hostname) {
        return None;
    }
    plan.note(from, &can::INGRESS_VARIABLES);
    Some(Answer { hostname: Some(hostname), ..Answer::default() })
}

/// The value that a program gives to a variable in the end.
fn variable(program: Option<&Program>, name: &str) -> Option<String> {
    let steps = program.into_iter().flat_map(|program| &program.0);
    let mut set = steps.filter_map(|step| match step {
        Step::Set { variable, value } if variable == name => Some(super::answers::flat(value)),
        _ => None,
    });
    set.next_back()
}

/// What becomes of directives by their names, or how they begin.
const BY_NAME: &[(&str, &Capability)] = &[
    ("absolute_redirect", &can::INGRESS_SETTING),
    ("default_type", &can::INGRESS_SETTING),
    ("http2_*", &can::INGRESS_BUFFERS),
    ("grpc_buffer_size", &can::INGRESS_BUFFERS),
    ("ignore_invalid_headers", &can::UNDERSCORES),
    ("client_body_temp_path", &can::INGRESS_SETTING),
    ("fastcgi_temp_path", &can::INGRESS_SETTING),
    ("lua_*", &can::INGRESS_LUA),
    ("more_clear_headers", &can::INGRESS_SETTING),
    ("opentelemetry*", &can::INGRESS_TELEMETRY),
    ("port_in_redirect", &can::INGRESS_SETTING),
    ("proxy_cache_path", &can::INGRESS_SETTING),
    ("proxy_cookie_domain", &can::INGRESS_SETTING),
    ("proxy_cookie_path", &can::INGRESS_SETTING),
    ("proxy_ssl_session_reuse", &can::INGRESS_SETTING),
    ("resolver", &can::INGRESS_SETTING),
    ("rewrite_log", &can::INGRESS_SETTING),
    ("server_name_in_redirect", &can::INGRESS_SETTING),
    ("ssl_certificate", &can::INGRESS_CERTIFICATE),
    ("ssl_certificate_key", &can::INGRESS_CERTIFICATE),
    ("ssl_reject_handshake", &can::CERTIFICATE_MORE),
    ("types", &can::INGRESS_SETTING),
];

/// Says what becomes of the controller's own directives. What was said before of those that it has in common with every
/// configuration stays.
pub fn notes(plan: &mut Plan) {
    let Some(controller) = plan.controller else { return };
    let model = plan.model;
    let group = &model.groups[controller.group];
    let mut own = vec![group.from, group.method.from, group.keepalive.from];
    own.extend(group.servers.iter().map(|server| server.from));
    for from in own {
        plan.note(from, &can::INGRESS_BALANCER);
    }
    let mut scopes = Vec::new();
    for (number, host) in model.hosts.iter().enumerate() {
        if Controller::owns(model, number) {
            scopes.push(host.scope);
        }
        let own = host.routes.iter().filter(|route| Controller::owns_route(model, number, route));
        scopes.extend(own.map(|route| route.scope));
    }
    streams(plan);
    let inside = |subject: &Subject| model.config.ancestors(subject.scope).any(|at| scopes.contains(&at));
    for (id, subject) in model.subjects.iter() {
        if subject.span().is_none() || plan.ledger.knows(id) && !is_set(subject) {
            continue;
        }
        let opener = scopes.iter().any(|scope| model.subjects.opener(*scope) == id);
        if opener || inside(subject) {
            plan.ledger.note(id, &can::INGRESS_SERVER);
        } else if let Some(note) = note(subject, group.scope == Some(subject.scope)) {
            plan.ledger.note(id, note);
        }
    }
}

/// What the controller has besides HTTP: a socket by which it is told of changes, and TCP and UDP services.
fn streams(plan: &mut Plan) {
    let config = plan.model.config;
    let subjects = &plan.model.subjects;
    for at in (0..config.scopes.len() as u32).map(ScopeId) {
        let scope = config.scope(at);
        let serves = scope.context.meets(Contexts::read("stream-server"));
        let around = scope.context.meets(Contexts::read("stream stream-upstream"));
        let own_code = |setting: &Setting| setting.arg(1).starts_with(ingress_nginx::LUA);
        let own = around || scope.all("content_by_lua_file").any(own_code);
        if !serves && !around {
            continue;
        }
        let settings = scope.settings.iter().chain(&scope.blocks).map(|setting| subjects.setting(at, setting));
        for id in settings.chain([subjects.opener(at)]) {
            if !plan.ledger.knows(id) {
                plan.ledger.note(id, if own { &can::INGRESS_LUA } else { &can::INGRESS_TCP });
            }
        }
    }
}

fn is_set(subject: &Subject) -> bool {
    ["set", "map", "geo"].contains(&subject.name())
}

fn note(subject: &Subject, in_group: bool) -> Option<&'static Capability> {
    let What::Directive(words) = &subject.what else { return None };
    let word = |n: usize| words.get(n).map_or("", |word| &*word.value);
    let name = subject.name();
    let fits = |pattern: &str| pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start));
    let lua = |file: &str| file.starts_with(ingress_nginx::LUA);
    match name {
        "set" if ["$ssl_redirect", "$force_ssl_redirect"].contains(&word(1)) && word(2) == "true" => {
            Some(&can::INGRESS_REDIRECT)
        }
        "set" if ingress_nginx::VARIABLES.contains(&word(1).trim_start_matches('$')) => Some(&can::INGRESS_VARIABLES),
        "map" | "geo" if ingress_nginx::MAPS.contains(&word(words.len() - 1)) => Some(&can::INGRESS_MAPS),
        "modsecurity" if word(1) == "off" => Some(&can::INGRESS_SETTING),
        _ if name.starts_with("modsecurity") => Some(&can::INGRESS_WAF),
        _ if in_group => Some(&can::INGRESS_BALANCER),
        _ if name.contains("_by_lua_file") && (lua(word(1)) || lua(word(2))) => Some(&can::INGRESS_LUA),
        _ => BY_NAME.iter().find(|(pattern, _)| fits(pattern)).map(|(_, note)| *note),
    }
}
