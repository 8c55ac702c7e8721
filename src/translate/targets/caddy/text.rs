//! Texts with variables as Caddy's placeholders.

use super::Cx;
use crate::config::{Part, Text};

/// Where a text stands, for variables whose meaning depends on it.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// The port of the listener.
    pub port: u16,
    /// Clients speak TLS.
    pub tls: bool,
    /// The first name of the server.
    pub server_name: String,
    /// The regular expression whose captures are `$1` and so on, by its name in the output.
    pub regex: Option<String>,
    /// Names of captures, and the expressions that have them.
    pub named: Vec<(String, String)>,
    /// Variables that `set` gave a value.
    pub set: Vec<String>,
    /// `$proxy_host`
    pub proxy_host: String,
}

/// A text in Caddy's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The text.
    pub text: String,
    /// It may be empty for some requests.
    pub may_be_empty: bool,
    /// A variable in it means nearly the same only.
    pub is_near: bool,
}

/// The host without its port, in lower case where it is one that a server has; made by a `map` of the listener.
pub const HOST: &str = "{nginx_host}";

/// A text as placeholders; `None` where a variable has none.
pub fn words(cx: &mut Cx, text: &Text, place: &Place) -> Option<Words> {
    let mut words = Words { text: String::new(), may_be_empty: true, is_near: false };
    let mut parts = text.0.iter().peekable();
    while let Some(part) = parts.next() {
        match part {
            Part::Literal(literal) => {
                words.text += &literal.replace('{', "\\{");
                words.may_be_empty = false;
            }
            Part::Capture(number) => {
                let regex = place.regex.as_ref()?;
                words.text.extend(["{http.regexp.", regex, ".", &number.to_string(), "}"]);
            }
            Part::Variable(name) => {
                let is_query =
                    |next: &&Part| matches!(next, Part::Variable(name) if name == "args" || name == "query_string");
                if name == "is_args" && parts.next_if(is_query).is_some() {
                    words.text += "{http.request.uri.prefixed_query}";
                    continue;
                }
                let (text, always, near) = variable(cx, name, place)?;
                words.text += &text;
                words.may_be_empty &= !always;
                words.is_near |= near;
            }
        }
    }
    Some(words)
}

/// A variable: its placeholder, whether it is never empty, whether it means nearly the same only.
fn variable(cx: &mut Cx, name: &str, place: &Place) -> Option<(String, bool, bool)> {
    let plain = |text: &str| Some((text.to_owned(), true, false));
    if let Some((_, regex)) = place.named.iter().find(|(own, _)| own == name) {
        return Some((format!("{{http.regexp.{regex}.{name}}}"), false, false));
    }
    if place.set.iter().any(|own| own == name) {
        return Some((format!("{{http.vars.{name}}}"), false, false));
    }
    match name {
        "remote_addr" | "binary_remote_addr" | "realip_remote_addr" => plain("{http.request.remote.host}"),
        "remote_port" => plain("{http.request.remote.port}"),
        "host" => {
            cx.uses_host = true;
            plain(HOST)
        }
        "scheme" => plain(if place.tls { "https" } else { "http" }),
        "request_uri" => plain("{http.request.orig_uri}"),
        "uri" | "document_uri" => Some(("{http.request.uri.path}".to_owned(), true, true)),
        "args" | "query_string" => Some(("{http.request.uri.query}".to_owned(), false, false)),
        "request_method" => plain("{http.request.method}"),
        "server_port" => plain(&place.port.to_string()),
        "server_addr" => plain("{http.request.local.host}"),
        "server_name" => Some((place.server_name.clone(), !place.server_name.is_empty(), false)),
        "server_protocol" => plain("{http.request.proto}"),
        "hostname" => plain("{system.hostname}"),
        "proxy_host" => plain(&place.proxy_host),
        "request_id" => Some(("{http.request.uuid}".to_owned(), true, true)),
        "remote_user" => Some(("{http.auth.user.id}".to_owned(), false, false)),
        "content_type" => Some(("{http.request.header.Content-Type}".to_owned(), false, false)),
        "content_length" => Some(("{http.request.header.Content-Length}".to_owned(), false, false)),
        "upstream_addr" => Some(("{http.reverse_proxy.upstream.hostport}".to_owned(), false, true)),
        "upstream_status" => Some(("{http.reverse_proxy.status_code}".to_owned(), false, true)),
        "ssl_protocol" => Some(("{http.request.tls.version}".to_owned(), false, true)),
        "ssl_server_name" => Some(("{http.request.tls.server_name}".to_owned(), false, false)),
        "http_host" => Some(("{http.request.hostport}".to_owned(), false, false)),
        _ => match super::maps::placeholder(cx, name) {
            Some(placeholder) => Some((placeholder, false, false)),
            None => prefixed(name),
        },
    }
}

fn prefixed(name: &str) -> Option<(String, bool, bool)> {
    if let Some(header) = name.strip_prefix("http_") {
        return Some((format!("{{http.request.header.{}}}", header_name(header)), false, false));
    }
    if let Some(argument) = name.strip_prefix("arg_") {
        // Caddy decodes `%XX`, nginx does not.
        return Some((format!("{{http.request.uri.query.{argument}}}"), false, true));
    }
    name.strip_prefix("cookie_").map(|cookie| (format!("{{http.request.cookie.{cookie}}}"), false, false))
}

/// `x_real_ip` as `X-Real-Ip`.
pub fn header_name(variable: &str) -> String {
    let capital = |part: &str| {
        let mut letters = part.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    variable.split('_').map(capital).collect::<Vec<_>>().join("-")
}
