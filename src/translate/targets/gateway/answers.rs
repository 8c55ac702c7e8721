//! Redirects, and the paths that backends are asked for.

use super::Plan;
use super::capabilities as can;
use super::names::is_hostname;
use super::paths::{Match, Place};
use crate::config::{Part, Text};
use crate::translate::document::{MapOf, Node, Value, map};
use crate::translate::model::Pass;

/// Where a redirect leads; what is not said is as in the request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// `http`, `https`
    pub scheme: Option<String>,
    /// The host.
    pub hostname: Option<String>,
    /// The port.
    pub port: Option<u16>,
    /// The path.
    pub path: Path,
}

/// The path of a redirect.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Path {
    /// As in the request, with its query.
    #[default]
    Same,
    /// This one.
    Full(String),
    /// This in place of the prefix.
    Swap(String),
}

/// Variables that are the request's path and query.
const WHOLE: &[&str] = &["$request_uri", "$uri$is_args$args", "$uri?$args", "$uri"];
/// Variables that are its host.
const HOSTS: &[&str] = &["$host", "$http_host", "$server_name"];

/// A text with its variables.
pub fn flat(text: &Text) -> String {
    let part = |part: &Part| match part {
        Part::Literal(text) => text.clone(),
        Part::Variable(name) => format!("${name}"),
        Part::Capture(number) => format!("${number}"),
    };
    text.0.iter().map(part).collect()
}

/// Where the text of a `return` or `rewrite` leads from a path that matches; nothing where it cannot be said. `port` is that of
/// the listener, if it has to be told.
pub fn read(text: &Text, matched: &Match, port: Option<u16>) -> Option<Answer> {
    let text = flat(text);
    let mut answer = Answer::default();
    let rest = if text.starts_with('/') || WHOLE.contains(&text.as_str()) {
        answer.port = port;
        text.as_str()
    } else {
        let (scheme, rest) = text.split_once("://")?;
        match scheme {
            "$scheme" => {}
            "http" | "https" => answer.scheme = Some(scheme.to_owned()),
            _ => return None,
        }
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let end = WHOLE.iter().filter_map(|whole| rest.find(whole)).fold(end, usize::min);
        let (host, path) = rest.split_at(end);
        let (host, port) = match host.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (host, None),
        };
        answer.port = port;
        if !HOSTS.contains(&host) {
            answer.hostname = Some(host.to_ascii_lowercase()).filter(|host| is_hostname(host));
            answer.hostname.as_ref()?;
        }
        path
    };
    let whole = WHOLE.iter().find_map(|whole| rest.strip_suffix(whole));
    answer.path = match (whole, matched) {
        (Some(""), _) => Path::Same,
        (Some(before), Match::Prefix(prefix)) if prefix == "/" => Path::Swap(before.trim_end_matches('/').to_owned()),
        (Some(_), _) => return None,
        (None, _) if rest.is_empty() => Path::Full("/".to_owned()),
        (None, _) => Path::Full(rest.to_owned()),
    };
    match &answer.path {
        Path::Full(path) | Path::Swap(path) if path.contains(['$', '?', '#']) => None,
        _ => Some(answer),
    }
}

impl Answer {
    /// The filter.
    pub fn filter(&self, status: u16) -> Node {
        let mut redirect = MapOf::default();
        if let Some(scheme) = &self.scheme {
            redirect.put("scheme", scheme.as_str());
        }
        if let Some(hostname) = &self.hostname {
            redirect.put("hostname", hostname.as_str());
        }
        if let Some(port) = self.port {
            redirect.put("port", Value::Number(i64::from(port)));
        }
        match &self.path {
            Path::Same => {}
            Path::Full(path) => drop(redirect.put("path", full(path))),
            Path::Swap(path) => drop(redirect.put("path", swapped(path))),
        }
        redirect.put("statusCode", Value::Number(i64::from(status)));
        map([("type", "RequestRedirect".into()), ("requestRedirect", redirect.node())])
    }
}

/// This path.
pub fn full(path: &str) -> Node {
    map([("type", "ReplaceFullPath".into()), ("replaceFullPath", path.into())])
}

/// This in place of the prefix that matched.
pub fn swapped(path: &str) -> Node {
    map([("type", "ReplacePrefixMatch".into()), ("replacePrefixMatch", path.into())])
}

/// What the URI of `proxy_pass` makes of the path.
pub fn pass_uri(plan: &mut Plan, place: &Place, pass: &Pass) -> Option<Node> {
    let uri = pass.uri.as_deref()?;
    let test = &place.route.test;
    match (&place.path, &test.exact, &test.prefix) {
        (Match::Exact(_), Some(_), _) => {
            plan.note(pass.from, &can::PASS_URI);
            (!uri.contains('?')).then(|| full(uri))
        }
        (Match::Exact(path), None, Some(prefix)) => {
            plan.note(pass.from, &can::PASS_URI);
            Some(full(&format!("{uri}{}", path.get(prefix.len()..).unwrap_or(""))))
        }
        (Match::Prefix(_), None, Some(prefix)) if !uri.contains('?') => {
            let alike = prefix.ends_with('/') == uri.ends_with('/');
            plan.note(pass.from, if alike { &can::PASS_URI } else { &can::PASS_URI_SLASH });
            let path = uri.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(uri);
            Some(swapped(path))
        }
        _ => {
            plan.note(pass.from, &can::PASS_URI_LOST);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, wanted: Option<(&str, &str, u16, Path)>) {
        let got = read(&Text::read(text).unwrap(), &Match::Prefix("/".to_owned()), Some(8000));
        let got = got.map(|answer| {
            let text = |text: Option<String>| text.unwrap_or_default();
            (text(answer.scheme), text(answer.hostname), answer.port.unwrap_or(0), answer.path)
        });
        let wanted = wanted.map(|(scheme, host, port, path)| (scheme.to_owned(), host.to_owned(), port, path));
        assert_eq!(got, wanted, "{text}");
    }

    #[test]
    fn redirects_are_read() {
        check("/to", Some(("", "", 8000, Path::Full("/to".to_owned()))));
        check("https://$host$request_uri", Some(("https", "", 0, Path::Same)));
        check("$scheme://Other.test:81$request_uri", Some(("", "other.test", 81, Path::Same)));
        check("https://other.test", Some(("https", "other.test", 0, Path::Full("/".to_owned()))));
        check("https://other.test/new$request_uri", Some(("https", "other.test", 0, Path::Swap("/new".to_owned()))));
        for lost in ["/to?x=1", "/to/$arg_x", "https://$http_x/", "ftp://x/", "https://10.0.0.1/"] {
            check(lost, None);
        }
    }
}
