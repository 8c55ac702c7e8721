//! Redirects: a regular expression on the whole URL, whose parts stand for nginx's variables; and answers with any status
//! by a list of addresses that nobody has.

use super::{Cx, can, texts};
use crate::config::{Part, ScopeId, Text};
use crate::translate::document::{MapOf, Node, map};
use crate::translate::model::REDIRECTS;
use crate::translate::subject::SubjectId;

/// Scheme, host, port, path and arguments of the request's URL.
const URL: &str = "^(https?)://(\\[[^/?#]*\\]|[^/:?#]*)(:[0-9]+)?([^?]*)(\\?.*)?$";

/// Who asks, as far as redirects need it.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The port of the listener.
    pub port: u16,
    /// Clients speak TLS.
    pub tls: bool,
    /// The host, where only one can be.
    pub host: Option<String>,
    /// The first name of the server.
    pub server_name: String,
}

/// A URL: a text for clients, or what takes the place of the request's URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Url {
    /// The same for all.
    Fixed(String),
    /// With references to parts of [`URL`].
    Parts(String),
}

impl Asked {
    /// `http://host:port`
    fn base(&self) -> Text {
        let scheme = if self.tls { "https" } else { "http" };
        let usual = self.port == if self.tls { 443 } else { 80 };
        let port = if usual { String::new() } else { format!(":{}", self.port) };
        Text(vec![Part::Literal(format!("{scheme}://")), Part::Variable("host".to_owned()), Part::Literal(port)])
    }

    /// The URL of a redirect; `None` where a variable is no part of the request's.
    pub fn url(&self, text: &Text, absolute: bool) -> Option<Url> {
        let is_path = matches!(text.0.first(), Some(Part::Literal(first)) if first.starts_with('/'));
        let mut parts = if is_path && absolute { self.base().0 } else { Vec::new() };
        parts.extend(text.0.iter().cloned());
        let (mut fixed, mut moving, mut moves) = (String::new(), String::new(), false);
        for part in &parts {
            let reference = match part {
                Part::Literal(text) => {
                    fixed += text;
                    moving += &text.replace('$', "$$");
                    continue;
                }
                Part::Variable(name) => match name.as_str() {
                    "host" | "server_name" | "server_port" | "scheme" if self.known(name).is_some() => {
                        let known = self.known(name).unwrap_or_default();
                        fixed += &known;
                        moving += &known;
                        continue;
                    }
                    "host" => "${2}",
                    "http_host" => "${2}${3}",
                    "request_uri" => "${4}${5}",
                    "uri" | "document_uri" => "${4}",
                    // `?` belongs to the fifth part.
                    "is_args" => continue,
                    "args" | "query_string" => "${5}",
                    _ => return None,
                },
                Part::Capture(_) => return None,
            };
            moves = true;
            // The arguments bring their question mark.
            if reference == "${5}" && moving.ends_with('?') {
                moving.pop();
            }
            moving += reference;
        }
        Some(if moves { Url::Parts(moving) } else { Url::Fixed(fixed) })
    }

    fn known(&self, name: &str) -> Option<String> {
        match name {
            "host" => self.host.clone(),
            "server_name" => Some(self.server_name.clone()),
            "server_port" => Some(self.port.to_string()),
            "scheme" => Some(if self.tls { "https" } else { "http" }.to_owned()),
            _ => None,
        }
    }
}

/// A path with a slash and the arguments behind it.
pub fn with_slash(path: &str) -> Text {
    Text(vec![Part::Literal(format!("{path}/")), Part::Variable("args".to_owned())])
}

/// The middlewares that answer with a status, and headers with it.
pub fn answer(cx: &mut Cx, status: u16, headers: &[(&str, &str)]) -> Vec<String> {
    let mut names = Vec::new();
    if !headers.is_empty() {
        let mut own = MapOf::default();
        for (name, value) in headers {
            own.put(name, *value);
        }
        names.push(cx.middleware("headers", map([("customResponseHeaders", own.node())])));
    }
    let mut reject = MapOf::default();
    reject.put("sourceRange", texts(["255.255.255.255/32"]));
    reject.put("rejectStatusCode", i64::from(status));
    names.push(cx.middleware("ipAllowList", reject.node()));
    names
}

/// The middlewares of a redirect.
pub fn redirect(cx: &mut Cx, status: u16, url: &Url, from: SubjectId) -> Vec<String> {
    match url {
        Url::Fixed(url) => {
            cx.note(from, &can::RETURN_REDIRECT);
            answer(cx, status, &[("Location", url), ("Content-Type", "text/html")])
        }
        Url::Parts(parts) => {
            let permanent = matches!(status, 301 | 308);
            cx.note(from, if matches!(status, 301 | 302) { &can::REDIRECT_PARTS } else { &can::REDIRECT_STATUS });
            let node = map([
                ("regex", Node::from(URL)),
                ("replacement", Node::from(parts.as_str())),
                ("permanent", Node::from(permanent)),
            ]);
            vec![cx.middleware("redirectRegex", node)]
        }
    }
}

/// A status that Go has a name for: others are not taken.
fn known(cx: &mut Cx, code: u16, from: SubjectId) -> u16 {
    let named = matches!(code, 200..=208 | 226 | 300..=305 | 307 | 308 | 400..=418 | 421..=426 | 428 | 429 | 431 | 451)
        || matches!(code, 500..=508 | 510 | 511);
    if named {
        return code;
    }
    cx.note(from, &can::RETURN_UNKNOWN);
    (code / 100).clamp(2, 5) * 100
}

/// What a `return` becomes.
pub fn returned(
    cx: &mut Cx,
    asked: &Asked,
    scope: ScopeId,
    (code, text, from): (u16, Option<&Text>, SubjectId),
) -> Vec<String> {
    if code == 444 {
        cx.note(from, &can::RETURN_CLOSE);
        return answer(cx, 403, &[]);
    }
    let code = known(cx, code, from);
    let html: &[(&str, &str)] = if code >= 300 { &[("Content-Type", "text/html")] } else { &[] };
    let Some(text) = text else {
        cx.note(from, &can::RETURN_STATUS);
        return answer(cx, code, html);
    };
    if REDIRECTS.contains(&code) {
        let absolute = cx.effective(scope, "absolute_redirect").is_none_or(|(setting, _)| setting.arg(1) != "off");
        let Some(url) = asked.url(text, absolute) else {
            cx.note(from, &can::REDIRECT_VARIABLES);
            return answer(cx, code, html);
        };
        return redirect(cx, code, &url, from);
    }
    let kinds = cx.model.kinds(scope);
    if let Some(subject) = kinds.from {
        cx.note(subject, &can::DEFAULT_TYPE);
    }
    cx.note(from, if text.0.is_empty() { &can::RETURN_STATUS } else { &can::RETURN_TEXT });
    answer(cx, code, &[("Content-Type", kinds.default)])
}
