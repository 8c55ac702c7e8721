//! Headers: for backends, for clients, and what becomes of `Location`.

use super::routes::Server;
use super::text::{Place, words};
use super::{Cx, absent, can, handler, texts};
use crate::config::{Part, ScopeId, Text};
use crate::modules::http::proxy::rewrite::{Pattern, Rule};
use crate::translate::document::{MapOf, Node, Value, list, map};
use crate::translate::model::{Added, Given, Pass, Route};
use crate::translate::re2;

/// The handlers that add a location's headers to answers.
pub fn added(cx: &mut Cx, route: &Route, place: &Place) -> Vec<Node> {
    let (mut good, mut always) = (Vec::new(), Vec::new());
    for header in &route.policy.added {
        let Some(words) = words(cx, &header.value.value, place) else {
            cx.note(header.from, &can::ADD_HEADER_VARIABLES);
            continue;
        };
        cx.note(
            header.from,
            if words.is_near || words.may_be_empty { &can::ADD_HEADER_NEAR } else { &can::ADD_HEADER },
        );
        if words.text.is_empty() {
            continue;
        }
        let list = if header.value.always { &mut always } else { &mut good };
        list.push((header.value.name.clone(), Node::from(words.text).of(header.from)));
    }
    let mut handlers = Vec::new();
    if !good.is_empty() {
        let statuses = list(Added::STATUSES.map(|status| Node::from(i64::from(status))));
        let require = map([("status_code", statuses)]);
        handlers.push(handler("headers").put("response", map([("add", by_name(good)), ("require", require)])).take());
    }
    if !always.is_empty() {
        let response = map([("add", by_name(always)), ("deferred", Node::from(true))]);
        handlers.push(handler("headers").put("response", response).take());
    }
    handlers
}

/// Names with lists of values.
fn by_name(headers: Vec<(String, Node)>) -> Node {
    let mut names: Vec<(String, Vec<Node>)> = Vec::new();
    for (name, value) in headers {
        match names.iter_mut().find(|(own, _)| own.eq_ignore_ascii_case(&name)) {
            Some((_, values)) => values.push(value),
            None => names.push((name, vec![value])),
        }
    }
    Value::Map(names.into_iter().map(|(name, values)| (name, list(values))).collect()).into()
}

/// Headers that Caddy sets for backends where nginx passes on what came.
const FORWARDED: &[&str] = &["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Via"];

/// The headers for a backend, and whether the client's `X-Forwarded-For` is added to.
pub fn request(cx: &mut Cx, pass: &Pass, place: &Place, key: Option<&str>) -> (Node, bool) {
    let (mut set, mut delete, mut adds) = (Vec::new(), Vec::new(), false);
    let mut kept: Vec<&str> = FORWARDED.to_vec();
    for header in &pass.how.headers {
        let (name, value) = &header.value;
        kept.retain(|own| !own.eq_ignore_ascii_case(name));
        let is_host = |header: &Given<(String, Text)>| header.value.0.eq_ignore_ascii_case("Host");
        let first = pass.how.headers.iter().find(|header| is_host(header));
        if is_host(header) && first.is_some_and(|first| first.from != header.from) {
            cx.note(header.from, &can::HOST_TWICE);
            continue;
        }
        match one(cx, header, place) {
            Header::Set(value) => set.push((name.clone(), value.of(header.from))),
            Header::Delete => delete.push(Node::from(name.as_str()).of(header.from)),
            Header::AddsAddress => adds = true,
            Header::Own => {}
        }
        let _ = value;
    }
    for name in kept {
        cx.kept.insert(name);
        set.push((name.to_owned(), Node::from(format!("{{http.request.header.{name}}}"))));
        delete.push(Node::from(absent(name)));
    }
    delete.extend(key.map(Node::from));
    let mut request = MapOf::default();
    request.put("set", by_name(set));
    if !delete.is_empty() {
        request.put("delete", list(delete));
    }
    (request.node(), adds)
}

/// What becomes of one `proxy_set_header`.
enum Header {
    Set(Node),
    Delete,
    /// Caddy's own `X-Forwarded-For`, with all proxies trusted, is what nginx makes.
    AddsAddress,
    /// Caddy does it.
    Own,
}

fn one(cx: &mut Cx, header: &Given<(String, Text)>, place: &Place) -> Header {
    let (name, value) = &header.value;
    let is = |other: &str| name.eq_ignore_ascii_case(other);
    let variable = match value.0.as_slice() {
        [Part::Variable(name)] => Some(name.as_str()),
        _ => None,
    };
    if is("Connection") || is("Upgrade") {
        cx.note(header.from, if is("Connection") { &can::CONNECTION } else { &can::WEBSOCKET });
        return Header::Own;
    }
    if ["Content-Length", "Transfer-Encoding", "TE", "Keep-Alive", "Expect"].iter().any(|own| is(own)) {
        cx.note(header.from, &can::FRAMING);
        return Header::Own;
    }
    if is("X-Forwarded-For") && variable == Some("proxy_add_x_forwarded_for") {
        cx.note(header.from, &can::SET_HEADER);
        return Header::AddsAddress;
    }
    if value.0.is_empty() {
        cx.note(header.from, if is("Host") { &can::HOST_EMPTY } else { &can::SET_HEADER });
        return Header::Delete;
    }
    let Some(words) = words(cx, value, place) else {
        cx.note(header.from, &can::SET_HEADER_VARIABLES);
        return Header::Delete;
    };
    let near = words.is_near || words.may_be_empty;
    cx.note(
        header.from,
        match (is("Host"), near) {
            (true, false) => &can::HOST_HEADER,
            (true, true) => &can::HOST_HEADER_NEAR,
            (false, false) => &can::SET_HEADER,
            (false, true) => &can::SET_HEADER_NEAR,
        },
    );
    Header::Set(Node::from(words.text))
}

/// What becomes of a backend's headers.
pub fn response(cx: &mut Cx, server: &Server, route: &Route, pass: &Pass) -> Node {
    // nginx answers with its own, and keeps what steers nginx to itself.
    let own = ["Date", "Server", "X-Pad", "X-Accel-*"].iter().map(|name| Node::from(*name));
    let mut delete: Vec<Node> = own.collect();
    for (_, from) in cx.model.settings(route.scope, "proxy_pass_header") {
        cx.note(from, &can::PASS_HEADER);
    }
    for hidden in &pass.how.hidden {
        cx.note(hidden.from, &can::HIDE_HEADER);
        delete.push(Node::from(hidden.value.as_str()).of(hidden.from));
    }
    let mut response = MapOf::default();
    response.put("delete", list(delete));
    if let Some((setting, from)) = cx.effective(route.scope, "proxy_redirect")
        && setting.arg(1) == "off"
    {
        cx.note(from, &can::PROXY_REDIRECT_OFF);
    }
    let mut replace = Vec::new();
    for rule in &pass.how.redirects {
        if let Some((pattern, text)) = redirect(cx, server, route, pass, rule) {
            let one = map([("search_regexp", Node::from(pattern)), ("replace", Node::from(text))]);
            replace.push(one.of(rule.from));
        }
    }
    // The first rule that fits decides, and what a rule has written fits no other.
    if !replace.is_empty() {
        response.put("replace", map([("Location", list(replace))]));
    }
    response.node()
}

/// A `proxy_redirect` as a regular expression and what takes its place.
fn redirect(cx: &mut Cx, server: &Server, route: &Route, pass: &Pass, rule: &Given<Rule>) -> Option<(String, String)> {
    let (pattern, text) = match &rule.value {
        Rule::Default => {
            let location = route.test.prefix.as_deref().or(route.test.exact.as_deref());
            let (Some(location), true) = (location, pass.to.is_ok() && route.test.regexes.is_empty()) else {
                cx.note(rule.from, &can::PROXY_REDIRECT_IDLE);
                return None;
            };
            let scheme = if pass.tls { "https" } else { "http" };
            let uri = pass.uri.as_deref().unwrap_or(location);
            (format!("^{}", re2::quoted(&format!("{scheme}://{}{uri}", pass.host))), location.to_owned())
        }
        Rule::Replace(Pattern::Text(from), to) => match (from.literal(), to.literal()) {
            (Some(from), Some(to)) => (format!("^{}", re2::quoted(from)), to.to_owned()),
            _ => return lost(cx, rule),
        },
        Rule::Replace(Pattern::Regex(regex), to) => match (re2::of(regex), captures(to)) {
            (Some(pattern), Some(to)) => (pattern, to),
            _ => return lost(cx, rule),
        },
        Rule::Flags(..) => return lost(cx, rule),
    };
    cx.note(rule.from, &can::PROXY_REDIRECT);
    let text = if matches!(rule.value, Rule::Replace(Pattern::Regex(_), _)) { text } else { text.replace('$', "$$") };
    let text = text.replace('{', "\\{");
    if text.starts_with('/') && is_absolute(cx, route.scope) {
        cx.uses_host = true;
        return Some((pattern, format!("{}{text}", server.base)));
    }
    Some((pattern, text))
}

fn lost(cx: &mut Cx, rule: &Given<Rule>) -> Option<(String, String)> {
    cx.note(rule.from, &can::PROXY_REDIRECT_VARIABLES);
    None
}

/// A text with captures as Go's regular expressions write it.
fn captures(text: &Text) -> Option<String> {
    let part = |part: &Part| match part {
        Part::Literal(text) => Some(text.replace('$', "$$")),
        Part::Capture(number) => Some(format!("${number}")),
        Part::Variable(_) => None,
    };
    text.0.iter().map(part).collect()
}

/// `absolute_redirect`
pub fn is_absolute(cx: &mut Cx, scope: ScopeId) -> bool {
    let Some((setting, from)) = cx.effective(scope, "absolute_redirect") else { return true };
    cx.note(from, &can::ABSOLUTE_REDIRECT);
    setting.arg(1) != "off"
}

/// `gzip`
pub fn encode(cx: &mut Cx, scope: ScopeId) -> Option<Node> {
    let (setting, from) = cx.effective(scope, "gzip")?;
    if setting.arg(1) != "on" {
        cx.note(from, &can::GZIP_OFF);
        return None;
    }
    cx.note(from, &can::GZIP);
    let mut types = vec![Node::from("text/html*")];
    if let Some((setting, from)) = cx.effective(scope, "gzip_types") {
        cx.note(from, &can::GZIP);
        types.extend(setting.words.iter().skip(1).map(|word| Node::from(format!("{}*", word.value)).of(from)));
    }
    let mut number = |name: &str, default: i64| {
        let found = cx.effective(scope, name);
        let Some((setting, from)) = found else { return Node::from(default) };
        cx.note(from, &can::GZIP);
        Node::from(setting.arg(1).parse::<i64>().unwrap_or(default)).of(from)
    };
    let (least, level) = (number("gzip_min_length", 20), number("gzip_comp_level", 1));
    let mut encode = handler("encode");
    encode.put("encodings", map([("gzip", map([("level", level)]))]));
    encode.put("prefer", texts(["gzip"])).put("minimum_length", least);
    encode.put("match", map([("headers", map([("Content-Type", list(types))]))]));
    Some(encode.take().of(from))
}
