//! The rules of a server: what becomes of each of its locations.

use super::answers::{self, Answer};
use super::backends::{Dress, Tls};
use super::capabilities as can;
use super::controller::{Controller, Service};
use super::paths::{Match, Place, places};
use super::{Plan, controller, headers, notes, programs};
use crate::modules::shared::pass::Protocol;
use crate::translate::document::{MapOf, Node, list, map};
use crate::translate::model::{Action, Given, Pass, REDIRECTS, Route};
use crate::translate::subject::SubjectId;

/// One rule of an `HTTPRoute`.
#[derive(Debug, Clone, Default)]
pub struct Rule {
    /// The namespace of its route, where one is known.
    pub namespace: String,
    /// What its route is named after, if not its host.
    pub owner: String,
    /// The paths.
    pub paths: Vec<Match>,
    /// Only for these methods; none for all.
    pub methods: Vec<&'static str>,
    /// The filters.
    pub filters: Vec<Node>,
    /// The backends; none where it keeps requests out, or redirects them.
    pub backends: Vec<Node>,
    /// `timeouts.backendRequest`
    pub timeout: Option<Node>,
    /// Where it came from.
    pub from: Vec<SubjectId>,
}

/// How many characters an expression may have.
const LONGEST: usize = 1024;

/// The rules of a server. `port` is for redirects, if it has to be told.
///
/// # Errors
/// What the format has no room for.
pub fn rules(plan: &mut Plan, host: usize, is_default: bool, port: Option<u16>) -> Result<Vec<Rule>, String> {
    let model = plan.model;
    let own = &model.hosts[host];
    let mut rules = programs::server(plan, host, port);
    if programs::takes_all(plan, host) {
        own.routes.iter().for_each(|route| notes::route(plan, route));
        return Ok(rules);
    }
    let guards = |route: &Route| keeps_out(route);
    let places = places(&own.routes, &guards);
    for (route, note) in places.notes.iter().filter(|(route, _)| !route.test.is_rest) {
        plan.note(route.from, note);
        let lost = [&can::LOCATION_REGEX_LOST, &can::LOCATION_REGEX_REFUSED].contains(note);
        if let (true, Action::Pass(pass)) = (lost, &route.action) {
            notes::unused(plan, pass);
        }
    }
    let owned = |plan: &Plan, route: &Route| plan.controller.is_some() && Controller::owns_route(model, host, route);
    for route in &own.routes {
        if !owned(plan, route) {
            notes::route(plan, route);
        }
    }
    for place in places.list.iter().filter(|place| !owned(plan, place.route)).collect::<Vec<_>>() {
        if matches!(&place.path, Match::Regex(regex) if regex.len() > LONGEST) {
            return Err(format!(
                "an expression for {} would be longer than {LONGEST} characters",
                described(place.route)
            ));
        }
        // Where nothing is found nginx has files; a default server needs no rule to have none, and of the controller's
        // servers each has a location for what is left.
        let is_nothing = place.route.test.is_rest && matches!(place.route.action, Action::Own(_));
        let everywhere = place.path == Match::Prefix("/".to_owned());
        if is_nothing && everywhere && (is_default || plan.controller.is_some()) {
            plan.note(place.route.from, &can::FILES_NONE);
            continue;
        }
        if let Some(rule) = rule(plan, host, place, port)? {
            rules.extend(programs::methods(plan, place.route, &rule));
            match rules.last_mut().filter(|last| last.joins(&rule)) {
                Some(last) => last.paths.extend(rule.paths),
                None => rules.push(rule),
            }
        }
    }
    Ok(rules)
}

/// Whether nginx lets nobody through there.
pub fn keeps_out(route: &Route) -> bool {
    let refuses = matches!(&route.action, Action::Return(given) if given.value.0 >= 400);
    refuses || denies_all(route) || !route.policy.access.is_empty()
}

/// `deny all` and nothing before it.
pub fn denies_all(route: &Route) -> bool {
    route.policy.access.first().is_some_and(|rule| !rule.value.allow && rule.value.network.is_none())
}

fn described(route: &Route) -> String {
    route.test.prefix.clone().or_else(|| route.test.exact.clone()).unwrap_or_else(|| "a location".to_owned())
}

fn rule(plan: &mut Plan, host: usize, place: &Place, port: Option<u16>) -> Result<Option<Rule>, String> {
    let route = place.route;
    let mut rule = Rule { paths: vec![place.path.clone()], from: vec![route.from], ..Rule::default() };
    if plan.controller.is_some() {
        Controller::NAMESPACE.clone_into(&mut rule.namespace);
    }
    let internal = plan.model.own_setting(route.scope, "internal").map(|(_, from)| from);
    if (denies_all(route) || internal.is_some()) && !matches!(route.action, Action::Return(_) | Action::SlashRedirect) {
        for from in route.policy.access.iter().map(|given| given.from).chain(internal) {
            plan.note(from, &can::ACCESS_NONE);
        }
        if let Action::Pass(pass) = &route.action {
            notes::unused(plan, pass);
        }
        return Ok(Some(rule));
    }
    let end = programs::end(plan, route);
    match &route.action {
        Action::Pass(_) | Action::Own(_) if end.is_some() => {
            if let Action::Pass(pass) = &route.action {
                notes::unused(plan, pass);
            }
            if let Some(given) = &end {
                returned(plan, given, port, &mut rule);
            }
        }
        Action::Pass(pass) => {
            if let Some(redirect) = programs::location_redirect(plan, route, &place.path, port) {
                rule.filters.push(redirect);
                notes::unused(plan, pass);
            } else if !passed(plan, host, place, pass, &mut rule)? {
                return Ok(None);
            }
        }
        Action::SlashRedirect => {
            plan.note(route.from, &can::SLASH_REDIRECT);
            let path = format!("{}/", route.test.exact.as_deref().unwrap_or(""));
            let answer = Answer { path: answers::Path::Full(path), port, ..Answer::default() };
            rule.filters.push(answer.filter(301));
        }
        Action::Return(given) => match controller::redirect(plan, route) {
            Some(answer) => {
                plan.note(given.from, &can::RETURN_REDIRECT);
                rule.from.push(given.from);
                rule.filters.push(answer.filter(given.value.0));
            }
            None => returned(plan, given, port, &mut rule),
        },
        Action::Own(_) => {
            if let Some(redirect) = programs::location_redirect(plan, route, &place.path, port) {
                rule.filters.push(redirect);
            } else {
                plan.note(route.from, &can::FILES);
            }
        }
    }
    // Whoever redirects ends the way through the filters.
    rule.filters.splice(0..0, headers::for_client(plan, route)?);
    Ok(Some(rule))
}

/// A `return`, into a rule that has its path.
pub fn returned(
    plan: &mut Plan,
    given: &Given<(u16, Option<crate::config::Text>)>,
    port: Option<u16>,
    rule: &mut Rule,
) {
    rule.from.push(given.from);
    let (status, text) = &given.value;
    match (status, text) {
        (444, _) => plan.note(given.from, &can::RETURN_CLOSE),
        (status, Some(text)) if REDIRECTS.contains(status) => match answers::read(text, &rule.paths[0], port) {
            Some(answer) => {
                plan.note(given.from, &can::RETURN_REDIRECT);
                rule.filters.push(answer.filter(*status));
            }
            None => plan.note(given.from, &can::RETURN_REDIRECT_LOST),
        },
        (400.., _) => plan.note(given.from, &can::RETURN_STATUS),
        _ => plan.note(given.from, &can::RETURN_TEXT),
    }
}

/// Passes to a backend; whether there is a rule at all.
fn passed(plan: &mut Plan, host: usize, place: &Place, pass: &Pass, rule: &mut Rule) -> Result<bool, String> {
    let route = place.route;
    rule.from.push(pass.from);
    if plan.controller.is_some_and(|own| pass.to == Ok(own.group)) {
        let Some(service) = Service::of(plan.model, route) else {
            plan.note(pass.from, &can::PASS_DEFAULT);
            notes::unused(plan, pass);
            return Ok(false);
        };
        plan.note(pass.from, &can::PASS_SERVICE);
        rule.namespace.clone_from(&service.namespace);
        rule.owner.clone_from(&service.ingress);
        rule.backends.push(service.backend(plan));
    } else {
        match (&pass.to, pass.protocol) {
            (Ok(group), Protocol::Http | Protocol::Grpc) => {
                let tls = pass.tls.then(|| tls(plan, route, pass));
                if pass.tls {
                    plan.note(pass.from, &can::PASS_TLS);
                }
                let grpc = pass.protocol == Protocol::Grpc;
                plan.note(pass.from, if grpc { &can::PASS_GRPC } else { &can::PASS });
                rule.backends = plan.backend_refs(*group, pass.from, Dress { tls, grpc })?;
            }
            (Ok(_), _) => plan.note(pass.from, &can::PASS_OTHER),
            (Err(_), _) => plan.note(pass.from, &can::PASS_VARIABLES),
        }
    }
    notes::pass(plan, pass);
    let mut rewrite = MapOf::default();
    rule.filters.extend(headers::for_backend(plan, host, pass, &mut rewrite)?);
    if let Some(path) = programs::rewritten(plan, route, &place.path).or_else(|| answers::pass_uri(plan, place, pass)) {
        rewrite.put("path", path);
    }
    if !rewrite.is_empty() {
        rule.filters.push(map([("type", "URLRewrite".into()), ("urlRewrite", rewrite.node())]));
    }
    rule.timeout = notes::timeout(plan, pass);
    Ok(true)
}

/// Who a backend has to be.
fn tls(plan: &mut Plan, route: &Route, pass: &Pass) -> Tls {
    const OF_BACKENDS: &[&str] = &[
        "proxy_ssl_name",
        "proxy_ssl_server_name",
        "proxy_ssl_trusted_certificate",
        "proxy_ssl_verify",
        "proxy_ssl_verify_depth",
        "proxy_ssl_protocols",
        "proxy_ssl_ciphers",
        "proxy_ssl_session_reuse",
    ];
    let mut found = Vec::new();
    for name in OF_BACKENDS {
        if let Some((setting, from)) = plan.setting(route.scope, name) {
            found.push((*name, setting.arg(1).to_owned(), from));
        }
    }
    for (.., from) in &found {
        plan.note(*from, &can::PASS_TLS);
    }
    let value = |name: &str| found.iter().find(|(own, ..)| *own == name).map(|(_, value, _)| value.clone());
    let host = pass.host_name().to_ascii_lowercase();
    let hostname = value("proxy_ssl_name").filter(|name| !name.contains('$')).unwrap_or(host);
    let authority = value("proxy_ssl_trusted_certificate");
    let stem = |path: String| path.rsplit('/').next().unwrap_or("").split('.').next().unwrap_or("").to_owned();
    Tls { hostname, authority: authority.map(stem) }
}

impl Rule {
    /// Whether it only differs in its paths, where those are nothing to its filters.
    fn joins(&self, other: &Rule) -> bool {
        let swaps = |node: &Node| format!("{node:?}").contains("replacePrefixMatch");
        self.filters == other.filters
            && self.backends == other.backends
            && self.timeout == other.timeout
            && self.from == other.from
            && (&self.namespace, &self.owner, &self.methods) == (&other.namespace, &other.owner, &other.methods)
            && !self.filters.iter().any(swaps)
    }

    /// The rule as it is written.
    pub fn node(&self) -> Node {
        let one = |path: &Match, method: Option<&str>| {
            let (kind, value) = match path {
                Match::Exact(path) => ("Exact", path),
                Match::Prefix(path) => ("PathPrefix", path),
                Match::Regex(regex) => ("RegularExpression", regex),
            };
            let mut one = MapOf::default();
            one.put("path", map([("type", kind.into()), ("value", Node::from(value.as_str()))]));
            if let Some(method) = method {
                one.put("method", method);
            }
            one.node()
        };
        let methods: Vec<Option<&str>> = match self.methods.as_slice() {
            [] => vec![None],
            some => some.iter().copied().map(Some).collect(),
        };
        let matches = self.paths.iter().flat_map(|path| methods.iter().map(move |method| one(path, *method)));
        let mut rule = MapOf::default();
        rule.put("matches", list(matches).of_all(self.from.iter().copied()));
        if !self.filters.is_empty() {
            rule.put("filters", list(self.filters.iter().cloned()));
        }
        if !self.backends.is_empty() {
            rule.put("backendRefs", list(self.backends.iter().cloned()));
        }
        if let Some(timeout) = &self.timeout {
            rule.put("timeouts", map([("backendRequest", timeout.clone())]));
        }
        rule.node()
    }
}
