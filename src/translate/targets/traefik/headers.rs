//! Headers for backends and clients: fixed texts only.

use super::routers::Server;
use super::{Cx, can, texts};
use crate::config::{Part, ScopeId, Text};
use crate::translate::document::{MapOf, Node, map};
use crate::translate::model::{Given, Pass, Route};

/// Headers that Traefik adds for backends, which nginx does not.
const ADDED: [&str; 5] =
    ["X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Forwarded-Server", "X-Real-Ip"];

/// The middlewares for a route that passes to a backend.
pub fn middlewares(cx: &mut Cx, server: &Server, route: &Route, pass: &Pass, rewritten: bool) -> Vec<String> {
    let mut request: Vec<(String, Node)> = Vec::new();
    let mut unsaid: Vec<&str> = ADDED.to_vec();
    for header in &pass.how.headers {
        let name = &header.value.0;
        let is_host = |header: &Given<(String, Text)>| header.value.0.eq_ignore_ascii_case("Host");
        let first = pass.how.headers.iter().find(|header| is_host(header));
        if is_host(header) && first.is_some_and(|first| first.from != header.from) {
            cx.note(header.from, &can::HOST_TWICE);
            continue;
        }
        let value = one(cx, server, header, pass);
        if !matches!(value, Header::Nothing) {
            unsaid.retain(|own| !own.eq_ignore_ascii_case(name));
        }
        match value {
            Header::Set(text) => request.push((name.clone(), Node::from(text).of(header.from))),
            Header::Delete => request.push((name.clone(), Node::from("").of(header.from))),
            Header::Own | Header::Nothing => {}
        }
    }
    request.extend(unsaid.iter().map(|name| ((*name).to_owned(), Node::from(""))));
    if rewritten {
        request.push(("X-Replaced-Path".to_owned(), Node::from("")));
    }
    let mut headers = MapOf::default();
    headers.put("customRequestHeaders", by_name(request));
    let mut response = added(cx, route);
    // nginx answers with its own, and keeps what steers nginx to itself.
    let own = ["Server", "X-Pad", "X-Accel-Redirect", "X-Accel-Expires", "X-Accel-Buffering"];
    let kept = |name: &str, response: &[(String, Node)]| response.iter().any(|(own, _)| own.eq_ignore_ascii_case(name));
    for (_, from) in cx.model.settings(route.scope, "proxy_pass_header") {
        cx.note(from, &can::PASS_HEADER);
    }
    for hidden in &pass.how.hidden {
        cx.note(hidden.from, &can::HIDE_HEADER);
        if !kept(&hidden.value, &response) {
            response.push((hidden.value.clone(), Node::from("").of(hidden.from)));
        }
    }
    for name in own {
        if !kept(name, &response) {
            response.push((name.to_owned(), Node::from("")));
        }
    }
    headers.put("customResponseHeaders", by_name(response));
    if let Some((setting, from)) = cx.effective(route.scope, "proxy_redirect")
        && setting.arg(1) == "off"
    {
        cx.note(from, &can::PROXY_REDIRECT_OFF);
    }
    for rule in &pass.how.redirects {
        cx.note(rule.from, &can::PROXY_REDIRECT);
    }
    vec![cx.middleware("headers", headers.node())]
}

/// The middleware for the headers of answers of Traefik's own.
pub fn answers(cx: &mut Cx, route: &Route) -> Vec<String> {
    let added = added(cx, route);
    if added.is_empty() {
        return Vec::new();
    }
    vec![cx.middleware("headers", map([("customResponseHeaders", by_name(added))]))]
}

/// The last of a name counts.
fn by_name(headers: Vec<(String, Node)>) -> Node {
    let mut names: Vec<(String, Node)> = Vec::new();
    for (name, value) in headers {
        names.retain(|(own, _)| !own.eq_ignore_ascii_case(&name));
        names.push((name, value));
    }
    crate::translate::document::Value::Map(names).into()
}

/// `add_header`
fn added(cx: &mut Cx, route: &Route) -> Vec<(String, Node)> {
    let mut added: Vec<(String, Node)> = Vec::new();
    for header in &route.policy.added {
        let Some(text) = header.value.value.literal() else {
            cx.note(header.from, &can::ADD_HEADER_VARIABLES);
            continue;
        };
        let twice = added.iter().any(|(name, _)| name.eq_ignore_ascii_case(&header.value.name));
        cx.note(
            header.from,
            match (header.value.always, twice) {
                (_, true) => &can::ADD_HEADER_TWICE,
                (true, false) => &can::ADD_HEADER_ALWAYS,
                (false, false) => &can::ADD_HEADER,
            },
        );
        if !text.is_empty() {
            added.push((header.value.name.clone(), Node::from(text).of(header.from)));
        }
    }
    added
}

/// What becomes of one `proxy_set_header`.
enum Header {
    Set(String),
    Delete,
    /// Traefik sends it by itself.
    Own,
    /// It is lost.
    Nothing,
}

fn one(cx: &mut Cx, server: &Server, header: &Given<(String, Text)>, pass: &Pass) -> Header {
    let (name, value) = &header.value;
    let is = |other: &str| name.eq_ignore_ascii_case(other);
    let variable = match value.0.as_slice() {
        [Part::Variable(name)] => name.as_str(),
        _ => "",
    };
    if is("Connection") || is("Upgrade") {
        cx.note(header.from, if is("Connection") { &can::CONNECTION } else { &can::WEBSOCKET });
        return Header::Own;
    }
    if ["Content-Length", "Transfer-Encoding", "TE", "Keep-Alive", "Expect"].iter().any(|own| is(own)) {
        cx.note(header.from, &can::FRAMING);
        return Header::Own;
    }
    let own: Option<&'static crate::translate::Capability> = match variable {
        "http_host" if is("Host") => Some(&can::HOST_PASSED),
        "host" if is("Host") => Some(&can::HOST_NEAR),
        "host" | "http_host" if is("X-Forwarded-Host") => Some(&can::FORWARDED),
        "remote_addr" if is("X-Real-IP") => Some(&can::SET_HEADER),
        "scheme" if is("X-Forwarded-Proto") => Some(&can::FORWARDED),
        "server_port" if is("X-Forwarded-Port") => Some(&can::FORWARDED),
        "proxy_add_x_forwarded_for" | "remote_addr" if is("X-Forwarded-For") => {
            cx.adds_address = true;
            Some(if variable == "remote_addr" { &can::SET_HEADER } else { &can::FORWARDED_FOR })
        }
        _ => None,
    };
    if let Some(capability) = own {
        cx.note(header.from, capability);
        return Header::Own;
    }
    let Some(text) = fixed(server, value, pass) else {
        cx.note(header.from, if is("Host") { &can::HOST_VARIABLES } else { &can::SET_HEADER_VARIABLES });
        return Header::Nothing;
    };
    if text.is_empty() {
        cx.note(
            header.from,
            match () {
                () if is("Host") => &can::HOST_VARIABLES,
                () if is("Accept-Encoding") => &can::ACCEPT_ENCODING,
                () => &can::SET_HEADER,
            },
        );
        return Header::Delete;
    }
    cx.note(header.from, if is("Host") { &can::HOST_HEADER } else { &can::SET_HEADER });
    Header::Set(text)
}

/// A text whose variables are the same for all requests.
fn fixed(server: &Server, text: &Text, pass: &Pass) -> Option<String> {
    let part = |part: &Part| match part {
        Part::Literal(text) => Some(text.clone()),
        Part::Variable(name) => match name.as_str() {
            "proxy_host" => Some(pass.host.clone()),
            "host" => server.asked.host.clone(),
            "server_name" => Some(server.asked.server_name.clone()),
            "server_port" => Some(server.asked.port.to_string()),
            "scheme" => Some(if server.asked.tls { "https" } else { "http" }.to_owned()),
            _ => None,
        },
        Part::Capture(_) => None,
    };
    text.0.iter().map(part).collect()
}

/// `gzip`
pub fn compress(cx: &mut Cx, scope: ScopeId) -> Option<String> {
    let (setting, from) = cx.effective(scope, "gzip")?;
    if setting.arg(1) != "on" {
        cx.note(from, &can::GZIP_OFF);
        return None;
    }
    cx.note(from, &can::GZIP);
    let mut types = vec!["text/html".to_owned()];
    let named = cx.effective(scope, "gzip_types");
    let mut least = 20;
    let more = [("gzip_types", named), ("gzip_min_length", cx.effective(scope, "gzip_min_length"))];
    for (name, (setting, from)) in more.into_iter().filter_map(|(name, found)| Some((name, found?))) {
        cx.note(from, &can::GZIP);
        match name {
            "gzip_types" => types.extend(setting.words.iter().skip(1).map(|word| word.value.to_string())),
            _ => least = setting.arg(1).parse::<i64>().unwrap_or(least),
        }
    }
    if let Some((_, from)) = cx.effective(scope, "gzip_comp_level") {
        cx.note(from, &can::GZIP_LEVEL);
    }
    let mut compress = MapOf::default();
    // `*` is every type, which Traefik says by naming none.
    if !types.iter().any(|kind| kind == "*") {
        compress.put("includedContentTypes", texts(types));
    }
    compress.put("minResponseBodyBytes", least).put("encodings", texts(["gzip"]));
    Some(cx.middleware("compress", compress.node().of(from)))
}
