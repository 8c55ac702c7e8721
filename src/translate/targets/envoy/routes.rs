//! Routes: the locations of a server, in order, and what happens there.

use super::text::Scene;
use super::{Cx, answers, can, limits, passing, program, regex};
use crate::translate::document::{MapOf, Node, list, map};
use crate::translate::escape;
use crate::translate::model::{Action, Host, Pass, Route, SENT_ONCE};

/// Which requests a route is for.
#[derive(Debug, Clone, Default)]
pub struct Matching {
    /// `path` or `prefix`, as Envoy sees paths.
    pub path: Option<(&'static str, String)>,
    /// Expressions for the decoded path.
    pub regexes: Vec<String>,
    /// Tests of headers.
    pub headers: Vec<Node>,
    /// Tests of values that the script gives: name, and what the value is to be.
    pub values: Vec<(String, Node)>,
    /// The same, turned round.
    pub inverted: Vec<(String, Node)>,
}

/// A route that is being made.
#[derive(Default)]
pub struct Draft {
    pub matching: Matching,
    pub action: Option<(&'static str, Node)>,
    /// What the script wants to know.
    pub metadata: MapOf,
    pub request_add: Vec<Node>,
    pub request_remove: Vec<Node>,
    pub response_add: Vec<Node>,
    pub response_remove: Vec<Node>,
    /// What filters do here, by their names.
    pub filters: MapOf,
}

/// The routes of a server; `host` is what the host has to match besides.
pub fn all(cx: &mut Cx, host: &Host, scene: &Scene, name: Option<String>) -> Vec<Node> {
    let mut base = Matching::default();
    if let Some(name) = name {
        base.headers.push(string_match(":authority", safe_regex(&name)));
    }
    let mut nodes = Vec::new();
    let starts_with_return =
        host.routes.first().is_some_and(|route| route.test.is_rest && matches!(&route.action, Action::Return(_)));
    if host.has_program
        && !starts_with_return
        && let Some(route) = host.routes.last()
    {
        let place = program::Place { host, scope: host.scope, route, inside: false };
        nodes.extend(program::routes(cx, place, scene, &base));
    }
    for route in &host.routes {
        let scene = match &route.action {
            Action::Pass(pass) => Scene { proxy_host: &pass.host, ..scene.clone() },
            _ => scene.clone(),
        };
        let Some(matching) = matching(cx, route, &base) else { continue };
        nodes.extend(routes(cx, host, route, &scene, &matching));
    }
    nodes
}

/// Nothing where an expression is none for Envoy.
fn matching(cx: &mut Cx, route: &Route, base: &Matching) -> Option<Matching> {
    let mut matching = base.clone();
    let (path, kind, by, said) = match (&route.test.exact, &route.test.prefix) {
        (Some(path), _) => (path.as_str(), "path", "exact", Some(&can::LOCATION_EXACT)),
        (None, Some(prefix)) => (prefix.as_str(), "prefix", "prefix", Some(&can::LOCATION_PREFIX)),
        (None, None) => ("/", "prefix", "prefix", None),
    };
    if let Some(said) = said {
        cx.note(route.from, said);
    }
    if escape::path(path) == path {
        matching.path = Some((kind, path.to_owned()));
    } else {
        // Clients may escape such characters or not.
        cx.front.script.values.insert("uri".to_owned(), "request.uri".to_owned());
        let test = map([("string_match", map([(by, Node::from(path))]))]);
        matching.values.push(("uri".to_owned(), test));
    }
    for own in &route.test.regexes {
        let Some(own) = regex::whole(own) else {
            cx.note(route.from, &can::LOCATION_RE2);
            return None;
        };
        cx.note(route.from, &can::LOCATION_REGEX);
        matching.regexes.push(own);
    }
    Some(matching)
}

fn routes(cx: &mut Cx, host: &Host, route: &Route, scene: &Scene, matching: &Matching) -> Vec<Node> {
    let mut nodes = Vec::new();
    // The program of the server itself is not that of its end.
    if route.has_program && route.scope != host.scope {
        let place = program::Place { host, scope: route.scope, route, inside: true };
        nodes.extend(program::routes(cx, place, scene, matching));
    }
    if cx.model.config.scope(route.scope).setting("internal").is_some() && route.scope != host.scope {
        cx.note_setting(route.scope, "internal", &can::INTERNAL);
        let mut draft = draft(cx, route, scene, matching);
        answers::page(cx, &mut draft, 404);
        return vec![node(cx, draft, route)];
    }
    match &route.action {
        Action::Return(given) => {
            let mut draft = draft(cx, route, scene, matching);
            answers::returned(cx, route, scene, &mut draft, given);
            nodes.push(node(cx, draft, route));
        }
        Action::SlashRedirect => {
            cx.note(route.from, &can::SLASH_REDIRECT);
            let mut draft = draft(cx, route, scene, matching);
            answers::with_slash(cx, route, scene, &mut draft);
            nodes.push(node(cx, draft, route));
        }
        Action::Own(name) => {
            let said = if *name == "root" { &can::FILES } else { &can::HANDLER };
            for name in [name, "root", "index", "try_files", "alias", "autoindex"] {
                cx.note_all(route.scope, name, said);
            }
            if !route.test.is_rest {
                cx.note(route.from, said);
            }
            let mut draft = draft(cx, route, scene, matching);
            limits::apply(cx, route, scene, &mut draft);
            answers::page(cx, &mut draft, 404);
            nodes.push(node(cx, draft, route));
        }
        Action::Pass(pass) => nodes.extend(passes(cx, route, pass, scene, (matching, None))),
    }
    nodes
}

/// The route to a backend; two where requests that may not be repeated have other conditions.
pub fn passes(
    cx: &mut Cx,
    route: &Route,
    pass: &Pass,
    scene: &Scene,
    (matching, rewrite): (&Matching, Option<Node>),
) -> Vec<Node> {
    let mut nodes = Vec::new();
    if passing::is_split(cx, pass) {
        let mut once = matching.clone();
        once.headers.push(string_match(":method", safe_regex(&SENT_ONCE.join("|"))));
        nodes.push(passed(cx, route, pass, scene, (&once, rewrite.clone(), false)));
    }
    nodes.push(passed(cx, route, pass, scene, (matching, rewrite, true)));
    nodes
}

fn passed(
    cx: &mut Cx,
    route: &Route,
    pass: &Pass,
    scene: &Scene,
    (matching, rewrite, again): (&Matching, Option<Node>, bool),
) -> Node {
    let mut draft = draft(cx, route, scene, matching);
    limits::apply(cx, route, scene, &mut draft);
    passing::apply(cx, route, (pass, again, rewrite), scene, &mut draft);
    node(cx, draft, route)
}

/// What all routes of a location have.
pub fn draft(cx: &mut Cx, route: &Route, scene: &Scene, matching: &Matching) -> Draft {
    let mut draft = Draft { matching: matching.clone(), ..Draft::default() };
    answers::add_headers(cx, route, scene, &mut draft);
    limits::body(cx, route, &mut draft);
    draft
}

/// A route as it is written.
pub fn node(cx: &mut Cx, draft: Draft, route: &Route) -> Node {
    let mut out = MapOf::default();
    out.put("match", draft.matching.node(cx).of(route.from));
    if let Some((name, action)) = draft.action {
        out.put(name, action);
    }
    if !draft.metadata.is_empty() {
        let own = map([("envoy.filters.http.lua", draft.metadata.node())]);
        out.put("metadata", map([("filter_metadata", own)]));
    }
    let lists = [
        ("request_headers_to_add", draft.request_add),
        ("request_headers_to_remove", draft.request_remove),
        ("response_headers_to_add", draft.response_add),
        ("response_headers_to_remove", draft.response_remove),
    ];
    for (name, own) in lists.into_iter().filter(|(_, own)| !own.is_empty()) {
        out.put(name, list(own));
    }
    if !draft.filters.is_empty() {
        out.put("typed_per_filter_config", draft.filters.node());
    }
    out.node()
}

impl Matching {
    fn node(self, cx: &mut Cx) -> Node {
        let mut out = MapOf::default();
        let (kind, path) = self.path.unwrap_or(("prefix", "/".to_owned()));
        out.put(kind, path);
        if !self.headers.is_empty() {
            out.put("headers", list(self.headers));
        }
        let mut values = Vec::new();
        if !self.regexes.is_empty() {
            cx.front.script.values.insert("uri".to_owned(), "request.uri".to_owned());
            values.extend(
                self.regexes.iter().map(|regex| ("uri".to_owned(), map([("string_match", safe_regex(regex))]))),
            );
        }
        values.extend(self.values);
        let values = values.into_iter().map(|own| (own, false));
        let values: Vec<Node> = values.chain(self.inverted.into_iter().map(|own| (own, true))).map(metadata).collect();
        if !values.is_empty() {
            out.put("dynamic_metadata", list(values));
        }
        out.node()
    }
}

fn metadata(((name, value), inverted): ((String, Node), bool)) -> Node {
    let mut out = MapOf::default();
    out.put("filter", "nginxlb");
    out.put("path", list([map([("key", Node::from(name))])]));
    out.put("value", value);
    if inverted {
        out.put("invert", true);
    }
    out.node()
}

/// A test of a header's value.
pub fn string_match(name: &str, test: Node) -> Node {
    map([("name", Node::from(name)), ("string_match", test)])
}

/// A test by a regular expression that fits the whole text.
pub fn safe_regex(regex: &str) -> Node {
    map([("safe_regex", map([("regex", Node::from(regex))]))])
}
