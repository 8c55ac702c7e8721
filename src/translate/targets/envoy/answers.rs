//! What is answered without a backend, and headers of answers.

use super::routes::Draft;
use super::script::quoted;
use super::text::{Plain, Scene, of_metadata};
use super::{APPEND, Cx, OVERWRITE, can, header, program};
use crate::config::{Part, ScopeId, Text};
use crate::translate::document::{Node, list, map};
use crate::translate::escape;
use crate::translate::model::{self, Given, REDIRECTS, Route};

/// `return`
pub fn returned(cx: &mut Cx, route: &Route, scene: &Scene, draft: &mut Draft, given: &Given<(u16, Option<Text>)>) {
    let (status, text) = &given.value;
    match (status, text) {
        (444, _) => {
            cx.note(given.from, &can::RETURN_CLOSE);
            draft.response_add.push(header("connection", "close", OVERWRITE));
            draft.metadata.put("text", true);
            draft.action = Some(("direct_response", map([("status", Node::from(403_i64).of(given.from))])));
        }
        (status, Some(text)) if REDIRECTS.contains(status) => {
            if let Some(action) = with_captures(route, scene, *status, text) {
                cx.note(given.from, &can::RETURN_REDIRECT);
                draft.action = Some(("redirect", action));
                return;
            }
            if location(cx, route.scope, scene, draft, text) {
                cx.note(given.from, &can::RETURN_REDIRECT);
            } else {
                cx.note(given.from, &can::RETURN_VARIABLES);
            }
            page(cx, draft, *status);
        }
        (status, Some(text)) => with_text(cx, route, scene, draft, (*status, text, given)),
        (200..=299, None) if *status != 204 => {
            cx.note(given.from, &can::RETURN_EMPTY);
            with_text(cx, route, scene, draft, (*status, &Text::default(), given));
        }
        (status, None) => {
            cx.note(given.from, &can::RETURN_STATUS);
            page(cx, draft, *status);
        }
    }
    if let Some((_, action)) = &mut draft.action {
        action.from.push(given.from);
    }
}

/// A redirect to a path with captures of the location's regular expression.
fn with_captures(route: &Route, scene: &Scene, status: u16, text: &Text) -> Option<Node> {
    let [regex] = route.test.regexes.as_slice() else { return None };
    let is_path = matches!(text.0.first(), Some(Part::Literal(text)) if text.starts_with('/'));
    if !is_path || !text.0.iter().any(|part| matches!(part, Part::Capture(_))) {
        return None;
    }
    program::redirect_action(scene, status, (program::substitution(regex, ("", 0), text)?, true))
}

fn with_text(
    cx: &mut Cx,
    route: &Route,
    scene: &Scene,
    draft: &mut Draft,
    (status, text, given): (u16, &Text, &Given<(u16, Option<Text>)>),
) {
    draft.metadata.put("text", true);
    let mut body = None;
    if let Some(plain) = text.plain() {
        cx.front.longest = cx.front.longest.max(plain.len());
        body = (!plain.is_empty()).then(|| ("body", map([("inline_string", Node::from(plain))])));
    } else if let Some(format) = scene.format(text, &mut cx.front.script.values) {
        let source = map([("inline_string", Node::from(format))]);
        body = Some(("body_format", map([("text_format_source", source)])));
    } else {
        cx.note(given.from, &can::RETURN_VARIABLES);
    }
    cx.note(given.from, &can::RETURN_TEXT);
    let mut action = crate::translate::document::MapOf::default();
    action.put("status", i64::from(status));
    if let Some((name, body)) = body {
        action.put(name, body);
    }
    draft.action = Some(("direct_response", action.node()));
    if status == 201 {
        // Envoy makes one.
        draft.response_remove.push(Node::from("location"));
    }
    let kind = content_type(cx, route);
    draft.response_add.push(header("content-type", &kind, OVERWRITE));
}

/// The content type of a text: by the extension of the path, or the default.
fn content_type(cx: &mut Cx, route: &Route) -> String {
    let kinds = cx.model.kinds(route.scope);
    for name in ["default_type", "types"] {
        cx.note_all(route.scope, name, &can::TYPES);
    }
    if let Some(path) = &route.test.exact {
        return kinds.of(path).map_or(kinds.default, |(_, kind)| kind).replace('%', "%%");
    }
    let table: Vec<String> =
        kinds.by_end.iter().map(|(own, kind)| format!("[{}] = {}", quoted(own), quoted(kind))).collect();
    let expression = format!("content_type(request, {{{}}}, {})", table.join(", "), quoted(kinds.default));
    let values = &mut cx.front.script.values;
    let known = values.iter().find(|(name, own)| name.starts_with("type-") && **own == expression);
    let name = known.map_or_else(|| format!("type-{}", values.len()), |(name, _)| name.clone());
    values.insert(name.clone(), expression);
    of_metadata(&name)
}

/// An answer with nginx's page for a status.
pub fn page(cx: &mut Cx, draft: &mut Draft, status: u16) {
    if model::page(status, "").is_some() {
        cx.front.statuses.insert(status);
    } else {
        draft.metadata.put("text", true);
    }
    draft.action = Some(("direct_response", map([("status", Node::from(i64::from(status)))])));
}

/// The header `Location` of a redirect; whether it can be had.
fn location(cx: &mut Cx, scope: ScopeId, scene: &Scene, draft: &mut Draft, text: &Text) -> bool {
    let Some(format) = scene.format(text, &mut cx.front.script.values) else { return false };
    let is_path = matches!(text.0.first(), Some(Part::Literal(text)) if text.starts_with('/'));
    let dynamic = matches!(text.0.first(), Some(Part::Variable(name)) if starts_with_slash(name));
    let before = if is_path || dynamic { origin(cx, scope, scene) } else { String::new() };
    draft.response_add.push(header("location", &format!("{before}{format}"), OVERWRITE));
    true
}

fn starts_with_slash(variable: &str) -> bool {
    ["uri", "request_uri", "document_uri"].contains(&variable)
}

/// `http://host:port`, which nginx puts before paths.
pub fn origin(cx: &mut Cx, scope: ScopeId, scene: &Scene) -> String {
    let config = cx.model.config;
    if !config.flag(scope, "absolute_redirect", true) {
        cx.note_setting(scope, "absolute_redirect", &can::RETURN_REDIRECT);
        return String::new();
    }
    let usual = if scene.scheme == "https" { 443 } else { 80 };
    let with_port = scene.port != usual && config.flag(scope, "port_in_redirect", true);
    let port = if with_port { format!(":{}", scene.port) } else { String::new() };
    for name in ["absolute_redirect", "port_in_redirect", "server_name_in_redirect"] {
        cx.note_setting(scope, name, &can::RETURN_REDIRECT);
    }
    if config.flag(scope, "server_name_in_redirect", false) && !scene.server_name.is_empty() {
        return format!("{}://{}{port}", scene.scheme, scene.server_name);
    }
    let start = quoted(&format!("{}://", scene.scheme));
    let address = "request.handle:streamInfo():downstreamLocalAddress()";
    let host = format!("(request.host ~= '' and request.host .. {} or {address})", quoted(&port));
    let name = if with_port { "origin" } else { "origin-without-port" };
    cx.front.script.values.insert(name.to_owned(), format!("{start} .. {host}"));
    of_metadata(name)
}

/// The redirect to the path with a slash behind it.
pub fn with_slash(cx: &mut Cx, route: &Route, scene: &Scene, draft: &mut Draft) {
    let path = route.test.exact.as_deref().unwrap_or_default();
    let origin = origin(cx, route.scope, scene);
    let question = "request.args ~= '' and '?' .. request.args or ''";
    cx.front.script.values.insert("question".to_owned(), question.to_owned());
    let path = escape::path(path).replace('%', "%%");
    let value = format!("{origin}{path}/{}", of_metadata("question"));
    draft.response_add.push(header("location", &value, OVERWRITE));
    page(cx, draft, 301);
}

/// `add_header`
pub fn add_headers(cx: &mut Cx, route: &Route, scene: &Scene, draft: &mut Draft) {
    let mut not_on_errors = Vec::new();
    for given in &route.policy.added {
        let added = &given.value;
        let Some(value) = scene.format(&added.value, &mut cx.front.script.values) else {
            cx.note(given.from, &can::ADD_HEADER_VARIABLES);
            continue;
        };
        cx.note(given.from, &can::ADD_HEADER);
        if value.is_empty() {
            continue;
        }
        let mut node = header(&added.name, &value, APPEND);
        node.from.push(given.from);
        draft.response_add.push(node);
        if !added.always {
            not_on_errors.push(Node::from(added.name.to_ascii_lowercase()));
        }
    }
    if !not_on_errors.is_empty() {
        cx.front.script.answers = true;
        draft.metadata.put("not_on_errors", list(not_on_errors));
    }
}
