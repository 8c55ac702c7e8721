//! Answers of Caddy's own: texts, redirects, and what becomes of errors.

use super::routes::Server;
use super::text::{Place, words};
use super::{Cx, can, handler, headers, texts};
use crate::config::{ScopeId, Text};
use crate::translate::document::{Node, Value, list, map};
use crate::translate::model::{Given, REDIRECTS, Route};
use crate::translate::subject::SubjectId;

/// An answer without a body; where nginx has a page for it, with the page's type.
pub fn status(code: u16) -> Node {
    let mut answer = handler("static_response");
    answer.put("status_code", i64::from(code));
    if code >= 300 {
        answer.put("headers", map([("Content-Type", texts(["text/html"]))]));
    }
    answer.take()
}

/// A redirect.
pub fn redirect(code: u16, location: &str) -> Node {
    let headers = map([("Location", texts([location])), ("Content-Type", texts(["text/html"]))]);
    handler("static_response").put("status_code", i64::from(code)).put("headers", headers).take()
}

/// `return`
pub fn returned(
    cx: &mut Cx,
    server: &Server,
    place: &Place,
    route: &Route,
    given: &Given<(u16, Option<Text>)>,
) -> Node {
    let (code, text) = &given.value;
    answer(cx, server, place, route.scope, (*code, text.as_ref(), given.from))
}

/// What a `return` with this status and text does in a scope.
pub fn answer(
    cx: &mut Cx,
    server: &Server,
    place: &Place,
    scope: ScopeId,
    (code, text, from): (u16, Option<&Text>, SubjectId),
) -> Node {
    if code == 444 {
        cx.note(from, &can::RETURN_CLOSE);
        return handler("static_response").put("abort", true).take().of(from);
    }
    let text = text.map(|text| words(cx, text, place));
    let Some(text) = text else {
        cx.note(from, &can::RETURN_STATUS);
        return status(code).of(from);
    };
    let Some(text) = text else {
        cx.note(from, &can::RETURN_VARIABLES);
        return status(code).of(from);
    };
    if REDIRECTS.contains(&code) {
        cx.note(from, if text.is_near { &can::RETURN_REDIRECT_NEAR } else { &can::RETURN_REDIRECT });
        let absolute = text.text.starts_with('/') && headers::is_absolute(cx, scope);
        let base = if absolute { server.base.as_str() } else { "" };
        cx.uses_host |= absolute;
        return redirect(code, &format!("{base}{}", text.text)).of(from);
    }
    cx.note(from, if text.is_near { &can::RETURN_TEXT_NEAR } else { &can::RETURN_TEXT });
    let kinds = cx.model.kinds(scope);
    if let Some(subject) = kinds.from {
        cx.note(subject, &can::DEFAULT_TYPE);
    }
    if kinds.is_given {
        cx.note(from, &can::RETURN_TYPES);
    }
    let headers = map([("Content-Type", texts([TYPE]))]);
    let mut answer = handler("static_response");
    answer.put("status_code", i64::from(code)).put("headers", headers);
    let answer = answer.put("body", text.text).take().of(from);
    handler("subroute").put("routes", list([map([("handle", list([types(kinds.default), answer]))])])).take()
}

/// The placeholder for the type of a text.
const TYPE: &str = "{nginx_type}";

/// The type of a text goes by the end of the request's path: those that nginx knows by itself, or the default.
fn types(default: &str) -> Node {
    const OWN: [(&str, &str); 3] =
        [("(?i)^\\.(html?|shtml)$", "text/html"), ("(?i)^\\.gif$", "image/gif"), ("(?i)^\\.jpe?g$", "image/jpeg")];
    let mappings = OWN.map(|(end, kind)| map([("input_regexp", Node::from(end)), ("outputs", texts([kind]))]));
    let mut types = handler("map");
    types.put("source", "{http.request.uri.path.file.ext}").put("destinations", texts([TYPE]));
    types.put("mappings", list(mappings)).put("defaults", texts([default.replace('{', "\\{")])).take()
}

/// What becomes of errors: nginx says 502 where no backend can be asked, 504 where one does not take the connection in
/// time.
pub fn errors() -> Vec<Node> {
    let code = "{http.error.status_code}";
    let late = "{http.error.message}.contains('dial tcp') && {http.error.message}.contains('i/o timeout')";
    let route = |test: &str, status: Node| {
        let answer = handler("static_response").put("status_code", status).take();
        map([("match", list([map([("expression", Node::from(test))])])), ("handle", list([answer]))])
    };
    let mut routes = vec![
        route(&format!("{code} == 503"), Node::from(502)),
        route(&format!("{code} == 502 && {late}"), Node::from(504)),
    ];
    let rest = handler("static_response").put("status_code", code).take();
    routes.push(map([("handle", list([rest]))]));
    for route in &mut routes {
        if let Value::Map(entries) = &mut route.value {
            entries.push(("terminal".to_owned(), Node::from(true)));
        }
    }
    routes
}
