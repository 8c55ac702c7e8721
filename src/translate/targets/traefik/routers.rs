//! Routers: one for each location of each server, and those that stand before it.

use super::redirects::{self, Asked, Url};
use super::{Cx, can, headers, programs, rules, services, texts, tls};
use crate::translate::document::{MapOf, Node, map};
use crate::translate::model::{Action, Host, Listener, NameForm, Pass, Route};
use crate::translate::order::{self, Wanted};
use crate::translate::re2;
use crate::translate::subject::SubjectId;

/// The service of routers whose middlewares answer.
const NOBODY: &str = "noop@internal";

/// What all routers of a server have.
pub struct Server<'l> {
    points: &'l [String],
    /// The rule for its hosts; empty for all.
    hosts: String,
    /// Who asks.
    pub asked: Asked,
    /// What its routers' names begin with.
    name: String,
    tls: Option<Node>,
}

/// The routers of an address, at these entry points.
pub fn all(cx: &mut Cx, listener: &Listener, points: &[String]) {
    let model = cx.model;
    for host in &listener.hosts {
        notes(cx, listener, *host);
    }
    refused_methods(cx, listener, points);
    let rows = order::rows(model, listener);
    for (number, row) in rows.iter().enumerate() {
        let hosts: Vec<String> = row.names.iter().filter_map(|name| rules::host(*name)).collect();
        if !row.names.is_empty() && hosts.is_empty() {
            continue;
        }
        let host = &model.hosts[row.host];
        let only = match row.names.as_slice() {
            [Wanted::Exact(text)] if !text.is_empty() => Some((*text).to_owned()),
            _ => None,
        };
        let asked =
            Asked { port: order::port(listener), tls: listener.tls, host: only, server_name: host.server_name.clone() };
        let again = rows.iter().take(number).filter(|other| other.host == row.host).count();
        let name = match again {
            0 => format!("{}-server{}", points[0], row.host),
            _ => format!("{}-server{}-{again}", points[0], row.host),
        };
        let tls = listener.tls.then(|| tls::router(cx, host));
        let server = Server { points, hosts: rules::any(hosts), asked, name, tls };
        one_server(cx, &server, host);
    }
}

/// Methods that nginx refuses.
fn refused_methods(cx: &mut Cx, listener: &Listener, points: &[String]) {
    let own = redirects::answer(cx, 405, &[("Content-Type", "text/html")]);
    let tls = listener.tls.then(|| map([]));
    let server = Server { points, hosts: String::new(), asked: Asked::default(), name: points[0].clone(), tls };
    let methods = ["TRACE", "CONNECT"].map(|method| rules::matcher("Method", method));
    server.answer(cx, rules::any(methods.to_vec()), &own, &[]);
}

fn notes(cx: &mut Cx, listener: &Listener, number: usize) {
    let host = &cx.model.hosts[number];
    cx.note(host.from, if number == listener.default { &can::DEFAULT_SERVER } else { &can::SERVER });
    cx.note(host.from, &can::OWN_ANSWERS);
    for name in &host.names {
        let capability = match &name.form {
            NameForm::Exact(_) => &can::SERVER_NAME,
            NameForm::Regex(regex) if re2::of(regex).is_none() => &can::SERVER_NAME_REGEX_LOST,
            NameForm::Regex(_) => &can::SERVER_NAME_REGEX,
            _ => &can::SERVER_NAME_WILDCARD,
        };
        cx.note(name.from, capability);
    }
    let default = &cx.model.hosts[listener.default];
    let underscores = match (host.underscores.value, host.underscores.value == default.underscores.value) {
        (_, false) => &can::UNDERSCORES_OTHER,
        (true, true) => &can::UNDERSCORES_ON,
        (false, true) => &can::UNDERSCORES,
    };
    cx.note(host.underscores.from, underscores);
    let slashes = if host.merge_slashes.value { &can::MERGE_SLASHES } else { &can::MERGE_SLASHES_OFF };
    cx.note(host.merge_slashes.from, slashes);
    let asks =
        |cx: &Cx, route: &Route| cx.effective(route.scope, "auth_basic").is_some_and(|(own, _)| own.arg(1) != "off");
    let guards = |cx: &Cx, route: &Route| !route.test.is_rest && (rules::keeps_out(route) || asks(cx, route));
    cx.guards |= host.routes.iter().any(|route| guards(cx, route));
    if let Some((_, from)) = cx.effective(host.scope, "http2") {
        cx.note(from, &can::HTTP2);
    }
}

fn one_server(cx: &mut Cx, server: &Server, host: &Host) {
    let returns = matches!(host.routes.as_slice(), [Route { action: Action::Return(_), .. }]);
    if host.has_program && !returns {
        programs::of_server(cx, server, host);
    }
    for route in &host.routes {
        one(cx, server, route);
    }
}

impl Server<'_> {
    /// Adds a router.
    pub fn router(&self, cx: &mut Cx, rule: String, middlewares: &[String], service: &str, from: &[SubjectId]) {
        let number = cx.routers.iter().filter(|(name, _)| name.starts_with(&format!("{}-r", self.name))).count() + 1;
        let mut router = MapOf::default();
        router.put("entryPoints", texts(self.points));
        router.put("rule", Node::from(rules::all([self.hosts.clone(), rule])).of_all(from.iter().copied()));
        if !middlewares.is_empty() {
            router.put("middlewares", texts(middlewares));
        }
        router.put("service", service);
        if let Some(tls) = &self.tls {
            router.put("tls", tls.clone());
        }
        cx.routers.push((format!("{}-r{number}", self.name), router));
    }

    /// Adds a router whose middlewares answer.
    pub fn answer(&self, cx: &mut Cx, rule: String, middlewares: &[String], from: &[SubjectId]) {
        self.router(cx, rule, middlewares, NOBODY, from);
    }
}

fn one(cx: &mut Cx, server: &Server, route: &Route) {
    let Some(path) = rules::path(cx, route) else { return };
    let mut rewrite = None;
    if route.has_program && !route.test.is_rest {
        let written = programs::of_location(cx, server, route, &path);
        if written.ended {
            return note_limits(cx, route);
        }
        rewrite = written.rewrite;
    }
    match &route.action {
        Action::Return(given) => {
            note_limits(cx, route);
            let (code, text) = &given.value;
            let mut own = headers::answers(cx, route);
            let said = (*code, text.as_ref(), given.from);
            own.extend(redirects::returned(cx, &server.asked, route.scope, said));
            server.answer(cx, path, &own, &[route.from, given.from]);
        }
        Action::SlashRedirect => {
            cx.note(route.from, &can::SLASH_REDIRECT);
            let exact = route.test.exact.as_deref().unwrap_or_default();
            let url = server.asked.url(&redirects::with_slash(exact), true).unwrap_or(Url::Fixed(String::new()));
            let own = redirects::redirect(cx, 301, &url, route.from);
            server.answer(cx, path, &own, &[route.from]);
        }
        Action::Pass(pass) => passed(cx, server, route, pass, &path, rewrite),
        Action::Own(_) => {
            note_limits(cx, route);
            cx.note(route.from, if route.test.is_rest { &can::NO_FILES } else { &can::FILES_LOST });
            if let Some((_, from)) = cx.effective(route.scope, "root") {
                cx.note(from, &can::FILES_LOST);
            }
            let allowed = rules::clients(cx, &route.policy.access);
            let own = redirects::answer(cx, 404, &[("Content-Type", "text/html")]);
            guarded(cx, server, route, &path, allowed, |server, cx, rule| {
                server.answer(cx, rule, &own, &[route.from]);
            });
        }
    }
}

/// A router for those who may, and one that sends the others away.
fn guarded(
    cx: &mut Cx,
    server: &Server,
    route: &Route,
    path: &str,
    allowed: Option<String>,
    add: impl FnOnce(&Server, &mut Cx, String),
) {
    let everybody = allowed.as_deref() == Some("");
    if let Some(clients) = allowed {
        let parts: Vec<String> = [path.to_owned(), clients].into_iter().filter(|part| !part.is_empty()).collect();
        add(server, cx, parts.join(" && "));
    }
    if !everybody {
        let own = redirects::answer(cx, 403, &[("Content-Type", "text/html")]);
        let from: Vec<SubjectId> = route.policy.access.iter().map(|rule| rule.from).collect();
        server.answer(cx, path.to_owned(), &own, &from);
    }
}

fn passed(cx: &mut Cx, server: &Server, route: &Route, pass: &Pass, path: &str, rewrite: Option<String>) {
    let allowed = rules::clients(cx, &route.policy.access);
    let Some(service) = services::service(cx, route, pass) else {
        note_limits(cx, route);
        let own = redirects::answer(cx, 502, &[("Content-Type", "text/html")]);
        return guarded(cx, server, route, path, allowed, |server, cx, rule| {
            server.answer(cx, rule, &own, &[route.from, pass.from]);
        });
    };
    let mut own = auth(cx, route);
    let asks = !own.is_empty();
    own.extend(limits(cx, route));
    own.extend(headers::compress(cx, route.scope));
    if let Some(uri) = &pass.uri {
        own.extend(rewrite.is_none().then(|| swapped(cx, route, pass, uri)));
    }
    let rewritten = pass.uri.is_some() || rewrite.is_some();
    own.extend(rewrite);
    own.extend(headers::middlewares(cx, server, route, pass, rewritten));
    own.extend(services::retry(cx, pass));
    let everybody = allowed.as_deref() == Some("");
    guarded(cx, server, route, path, allowed, |server, cx, rule| {
        server.router(cx, rule, &own, &service, &[route.from, pass.from]);
    });
    if asks && everybody {
        // A router whose file of passwords is missing is no router: the next one may not take its requests.
        let own = redirects::answer(cx, 403, &[("Content-Type", "text/html")]);
        server.answer(cx, path.to_owned(), &own, &[route.from]);
    }
}

/// The URI of `proxy_pass` in the place of the location's path.
fn swapped(cx: &mut Cx, route: &Route, pass: &Pass, uri: &str) -> String {
    cx.note(pass.from, &can::PASS_URI);
    match (&route.test.exact, &route.test.prefix) {
        (None, Some(prefix)) => {
            let regex = format!("^{}(.*)$", re2::quoted(&prefix.replace(' ', "%20")));
            let replacement = format!("{}$1", uri.replace('$', "$$").replace(' ', "%20"));
            let replacement = replacement.replace("$1", "${1}");
            let node = map([("regex", Node::from(regex)), ("replacement", Node::from(replacement))]);
            cx.middleware("replacePathRegex", node.of(pass.from))
        }
        _ => cx.middleware("replacePath", map([("path", Node::from(uri))]).of(pass.from)),
    }
}

/// `auth_basic`
fn auth(cx: &mut Cx, route: &Route) -> Vec<String> {
    if let Some((setting, from)) = cx.effective(route.scope, "auth_request")
        && setting.arg(1) != "off"
    {
        cx.note(from, &can::AUTH_REQUEST);
    }
    let Some((setting, from)) = cx.effective(route.scope, "auth_basic") else { return Vec::new() };
    let file = cx.effective(route.scope, "auth_basic_user_file");
    if setting.arg(1) == "off" {
        cx.note(from, &can::AUTH_OFF);
        return Vec::new();
    }
    let plain = |text: &str| !text.contains('$');
    let (Some((file, file_from)), true) = (file, plain(setting.arg(1))) else {
        cx.note(from, &can::AUTH_REQUEST);
        return Vec::new();
    };
    cx.note(from, &can::AUTH);
    cx.note(file_from, if plain(file.arg(1)) { &can::AUTH } else { &can::AUTH_REQUEST });
    let mut basic = MapOf::default();
    basic.put("realm", Node::from(setting.arg(1)).of(from));
    basic.put("usersFile", Node::from(file.arg(1)).of(file_from));
    vec![cx.middleware("basicAuth", basic.node())]
}

/// Sizes of bodies, rates, requests at once.
fn limits(cx: &mut Cx, route: &Route) -> Vec<String> {
    let mut own = Vec::new();
    for rate in &route.policy.rates {
        own.extend(services::rate(cx, rate));
    }
    for limit in &route.policy.connections {
        own.extend(services::at_once(cx, limit));
    }
    let most = &route.policy.max_body;
    let is_default = cx.model.subjects.get(most.from).span().is_none();
    match (most.value, is_default) {
        (0, _) => cx.note(most.from, &can::BODY_SIZE_ANY),
        (_, true) => cx.note(most.from, &can::BODY_SIZE_DEFAULT),
        (size, false) => {
            cx.note(most.from, &can::BODY_SIZE);
            let size = Node::from(size as i64).of(most.from);
            own.push(cx.middleware("buffering", map([("maxRequestBodyBytes", size)])));
        }
    }
    own
}

/// What is said of limits where nothing is passed on.
fn note_limits(cx: &mut Cx, route: &Route) {
    cx.note(route.policy.max_body.from, &can::BODY_SIZE_IDLE);
    for rate in &route.policy.rates {
        cx.note(rate.from, &can::LIMIT_IDLE);
        cx.note(rate.value.zone, &can::LIMIT_IDLE);
    }
    for limit in &route.policy.connections {
        cx.note(limit.from, &can::LIMIT_IDLE);
        cx.note(limit.value.zone, &can::LIMIT_IDLE);
    }
    for rule in &route.policy.access {
        cx.note(rule.from, &can::ACCESS);
    }
}
