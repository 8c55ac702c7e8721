//! Which requests an entry of a report may speak for. An entry that excuses everything would prove nothing: what stands
//! in `location /a/` is not to excuse what happened to `/b`, nor what becomes of `//` what happened to a plain path.
//!
//! In doubt an entry concerns a request.

use crate::case::Request;
use crate::report::Entry;

type Notices = fn(&Request) -> bool;

/// Directives that only some requests notice.
const SOME: &[(&str, Notices)] = &[
    ("client_max_body_size", |request| !request.body.is_empty()),
    ("listen", says_no),
    ("merge_slashes", odd_path),
    ("proxy_request_buffering", |request| !request.body.is_empty()),
    ("underscores_in_headers", |request| request.headers.iter().any(|(name, _)| name.contains('_'))),
];

/// Losses of single targets that only some requests notice, by the codes of their entries.
const CODES: &[(&str, Notices)] = &[
    ("caddy/buffering", |request| request.target.contains("be-status=304")),
    ("caddy/connection", |request| has(request, "Connection") || has(request, "Expect")),
    ("caddy/odd-target", |request| odd_path(request) || path(request).contains(['\'', '"', '<', '>'])),
    ("caddy/pass-uri", |request| {
        odd_path(request) || path(request).contains(['\'', '"', '<', '>']) || request.target.ends_with('?')
    }),
    ("envoy/no-websocket", |request| has(request, "Connection") || has(request, "Upgrade")),
    ("traefik/buffering", |request| request.target.contains("be-status=304")),
    ("traefik/connection", |request| has(request, "Connection") || has(request, "Expect") || odd_head(request)),
    ("traefik/next-upstream", |request| {
        ["be-status=502", "be-status=504"].iter().any(|ask| request.target.contains(ask))
    }),
    ("traefik/odd-target", |request| odd_path(request) || request.target.contains(['\'', '"', '<', '>', ';'])),
    ("traefik/pass-uri", |request| {
        odd_path(request) || request.target.contains(['\'', '"', '<', '>', ';']) || request.target.ends_with('?')
    }),
    // No play has a network where nobody says no, nor a client or a backend that reads slowly.
    ("haproxy/buffering", |_| false),
    ("haproxy/connect-timeout", |_| false),
    ("haproxy/send-timeout", |_| false),
    ("haproxy/http-version", |request| request.version == "HTTP/1.0"),
    ("haproxy/path-normalising", odd_path),
];

/// A method in small letters, or an empty host.
fn odd_head(request: &Request) -> bool {
    let empty = request.headers.iter().any(|(name, value)| name == "Host" && value.is_empty());
    empty || request.method.bytes().any(|byte| byte.is_ascii_lowercase())
}

fn has(request: &Request, header: &str) -> bool {
    request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(header))
}

/// What leads a request to another location than its path says.
const ELSEWHERE: &[&str] = &["rewrite ", "error_page ", "try_files "];

/// Whether a request may notice a directive.
pub fn concerns(entry: &Entry, request: &Request, conf: &str) -> bool {
    let about = &request.about;
    if !about.is_empty() && !about.contains(&entry.directive) {
        return false;
    }
    if let Some((_, notices)) = SOME.iter().find(|(directive, _)| entry.directive == *directive) {
        return notices(request);
    }
    if let Some((_, notices)) = CODES.iter().find(|(code, _)| entry.code == *code) {
        return notices(request);
    }
    if entry.default {
        return true;
    }
    let own = (entry.directive == "location").then_some(&entry.text);
    let location = own.into_iter().chain(entry.context.iter().rev()).find_map(|block| block.strip_prefix("location "));
    let elsewhere = ELSEWHERE.iter().any(|word| conf.contains(word));
    elsewhere || odd_path(request) || location.is_none_or(|location| takes(location.trim(), path(request)))
}

fn path(request: &Request) -> &str {
    request.target.split('?').next().unwrap_or("")
}

/// Whether nginx makes another path of it before it looks for a location.
fn odd_path(request: &Request) -> bool {
    let path = path(request);
    !path.starts_with('/') || ["//", "/.", "%", "#", "\"", "<"].iter().any(|odd| path.contains(odd))
}

/// Whether nginx refuses it before it looks for a location.
fn says_no(request: &Request) -> bool {
    let host = request.headers.iter().find(|(name, _)| name == "Host").map(|(_, value)| value.as_str());
    let method = &request.method;
    let odd_host = host.is_none_or(|host| host.is_empty() || host.contains(' '));
    odd_host
        || method == "TRACE"
        || method.bytes().any(|b| !b.is_ascii_uppercase())
        || !request.version.starts_with("HTTP/1.")
}

/// Whether a path can come to a location, given by what stands behind the directive's name.
fn takes(location: &str, path: &str) -> bool {
    let (modifier, name) = location.split_once(' ').unwrap_or(("", location));
    let name = name.trim_matches('"');
    let regex = |text: &str| pcre2::bytes::Regex::new(text).ok().and_then(|regex| regex.is_match(path.as_bytes()).ok());
    match modifier {
        "=" => path == name,
        "" if name.starts_with('@') => true,
        "" | "^~" => path.starts_with(name) || format!("{path}/") == name,
        "~" => regex(name).unwrap_or(true),
        "~*" => regex(&format!("(?i){name}")).unwrap_or(true),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Class;

    fn entry(directive: &str, text: &str, context: &[&str]) -> Entry {
        Entry {
            code: "c".to_owned(),
            class: Class::Approximate,
            directive: directive.to_owned(),
            text: text.to_owned(),
            context: context.iter().map(|block| (*block).to_owned()).collect(),
            shows: Vec::new(),
            default: false,
        }
    }

    #[test]
    fn a_location_concerns_what_can_come_to_it() {
        let concerned = |location: &str, target: &str| {
            let inside =
                entry("proxy_pass", "proxy_pass http://u", &["http", "server", &format!("location {location}")]);
            let itself = entry("location", &format!("location {location}"), &["http", "server"]);
            let both = [inside, itself].map(|entry| concerns(&entry, &Request::get(target), ""));
            assert_eq!(both[0], both[1], "{location} {target}");
            both[0]
        };
        let all = [("= /a", "/a?x"), ("/a/", "/a/b"), ("/a/", "/a"), ("~ \\.php$", "/x.php"), ("~* \\.GIF$", "/x.gif")];
        for (location, target) in all {
            assert!(concerned(location, target), "{location} {target}");
            assert!(!concerned(location, "/other"), "{location}");
            assert!(concerned(location, "//other"), "{location}");
        }
        assert!(concerned("@named", "/other"));
        let inside = entry("return", "return 404", &["http", "server", "location /a"]);
        assert!(concerns(&inside, &Request::get("/b"), "rewrite ^ /a last;"));
    }

    #[test]
    fn some_directives_concern_some_requests() {
        let merge = entry("merge_slashes", "merge_slashes on", &["http", "server"]);
        assert!(!concerns(&merge, &Request::get("/a?b=//"), ""));
        assert!(concerns(&merge, &Request::get("/a//b"), ""));
        let other = entry("gzip", "gzip on", &["http", "server"]);
        assert!(concerns(&other, &Request::get("/a"), ""));
        assert!(!concerns(&other, &Request::get("/a").about("server_name"), ""));
    }
}
