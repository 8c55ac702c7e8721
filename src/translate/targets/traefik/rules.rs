//! Rules of routers: which hosts, which paths, which clients.

use super::{Cx, can};
use crate::config::cidr::Cidr;
use crate::modules::shared::access::Rule;
use crate::translate::model::{Action, Given, Route};
use crate::translate::order::Wanted;
use crate::translate::re2;

/// A matcher with an argument: `Path(`/x`)`.
pub fn matcher(name: &str, argument: &str) -> String {
    format!("{name}({})", quoted(argument))
}

/// A text as a rule writes it.
pub fn quoted(text: &str) -> String {
    if !text.contains('`') {
        return format!("`{text}`");
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted += "\\n",
            _ => quoted.push(c),
        }
    }
    quoted + "\""
}

/// All of these hold.
pub fn all(parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { matcher("PathPrefix", "/") } else { parts.join(" && ") }
}

/// One of these holds.
pub fn any(parts: Vec<String>) -> String {
    match parts.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        _ => format!("({})", parts.join(" || ")),
    }
}

/// What a host must be; none for an expression that Go cannot run.
pub fn host(name: Wanted) -> Option<String> {
    Some(match name {
        // `^$` would fit every host: a second name of it, which is empty, is tried too.
        Wanted::Exact("") => format!("!{}", matcher("HostRegexp", ".")),
        Wanted::Exact(text) => matcher("Host", text),
        Wanted::Suffix(text) => matcher("HostRegexp", &format!("^.+{}\\.?$", re2::quoted(text))),
        Wanted::Prefix(text) => matcher("HostRegexp", &format!("^{}.+$", re2::quoted(text))),
        Wanted::Regex(regex) => {
            let pattern = re2::of(regex)?;
            // nginx takes a dot at the end of the host for none.
            let open = pattern.strip_suffix('$').filter(|rest| !rest.ends_with('\\'));
            matcher("HostRegexp", &open.map_or_else(|| pattern.clone(), |open| format!("{open}\\.?$")))
        }
    })
}

/// The rule for a route's paths; none where it cannot be written.
pub fn path(cx: &mut Cx, route: &Route) -> Option<String> {
    let test = &route.test;
    let mut parts = Vec::new();
    for regex in &test.regexes {
        let Some(pattern) = re2::of(regex) else {
            lost(cx, route);
            return None;
        };
        parts.push(matcher("PathRegexp", &pattern));
    }
    if let Some(exact) = &test.exact {
        parts.push(matcher("Path", exact));
    }
    if let Some(prefix) = &test.prefix {
        parts.push(matcher("PathPrefix", prefix));
    }
    let capability = if !test.regexes.is_empty() {
        &can::LOCATION_REGEX
    } else if test.exact.is_some() {
        &can::LOCATION_EXACT
    } else {
        &can::LOCATION_PREFIX
    };
    if !test.is_rest && !matches!(route.action, Action::SlashRedirect) {
        cx.note(route.from, capability);
    }
    // A path without a slash before it fits no location; Traefik has no such paths.
    let well_formed = test.exact.iter().chain(&test.prefix).all(|text| text.starts_with('/'));
    if !well_formed {
        lost(cx, route);
        return None;
    }
    Some(if parts.is_empty() { String::new() } else { parts.join(" && ") })
}

/// What is said of a route that cannot be written, and of what stands in it.
fn lost(cx: &mut Cx, route: &Route) {
    let capability = if keeps_out(route) { &can::LOCATION_REGEX_GUARD } else { &can::LOCATION_REGEX_LOST };
    cx.note(route.from, capability);
    for setting in &cx.model.config.scope(route.scope).settings {
        cx.note(cx.model.subjects.setting(route.scope, setting), capability);
    }
}

/// Whether a route keeps somebody out, so that another may not take its place.
pub fn keeps_out(route: &Route) -> bool {
    let denies = route.policy.access.iter().any(|rule| !rule.value.allow);
    let says_no =
        matches!(&route.action, Action::Return(given) if matches!(given.value.0, 401 | 403 | 404 | 429 | 444));
    denies || says_no
}

/// Who may: the first rule that fits decides. Empty where everybody may, `None` where nobody may.
pub fn clients(cx: &mut Cx, rules: &[Given<Rule>]) -> Option<String> {
    for rule in rules {
        cx.note(rule.from, &can::ACCESS);
    }
    // From the end: who fits no rule may.
    let mut rest = Some(String::new());
    for rule in rules.iter().rev() {
        rest = match rule.value.network {
            Some(Cidr::Unix) => rest,
            None => rule.value.allow.then(String::new),
            Some(network) => {
                let own = matcher("ClientIP", &network.to_string());
                match (rule.value.allow, rest.as_deref()) {
                    (true, Some("")) => Some(String::new()),
                    (true, None) => Some(own),
                    (true, Some(rest)) => Some(format!("({own} || {rest})")),
                    (false, None) => None,
                    (false, Some("")) => Some(format!("!{own}")),
                    (false, Some(rest)) => Some(format!("(!{own} && {rest})")),
                }
            }
        };
    }
    rest
}
