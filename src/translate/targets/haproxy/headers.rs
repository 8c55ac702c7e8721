//! Headers: what a backend gets, what a client gets, and what becomes of `Location`.

use std::fmt::Write as _;

use super::answers::{fixed, quoted};
use super::plan::Rule;
use super::samples::Around;
use super::words::{argument, literal, test, word};
use super::{Work, answers, can};
use crate::config::{Part, Text};
use crate::modules::http::proxy::rewrite::{Pattern, Rule as RedirectRule};
use crate::translate::model::{Added, Given, Pass, Route};
use crate::translate::re2;
use crate::translate::subject::SubjectId;

/// Headers of clients that nginx keeps from backends unless it is told to send them.
const KEPT_BACK: &[&str] = &["Upgrade", "TE", "Keep-Alive", "Expect"];

/// Headers of backends that nginx keeps from clients.
const HIDDEN: &[(&str, &str)] = &[("Server", ""), ("X-Pad", ""), ("X-Accel-", " -m beg")];

/// Variables that are never empty.
const SURE: &[&str] = &["remote_addr", "scheme", "request_method", "proxy_add_x_forwarded_for", "uri", "request_uri"];

/// The value that a header is set to.
fn set_to<'p>(pass: &'p Pass, name: &str) -> Option<&'p Text> {
    let header = pass.how.headers.iter().find(|header| header.value.0.eq_ignore_ascii_case(name));
    header.map(|header| &header.value.1)
}

/// Whether clients may ask a backend for another protocol.
pub fn upgrades(pass: &Pass) -> bool {
    set_to(pass, "Upgrade").is_some_and(Text::is_dynamic)
}

/// Takes away what nginx never sends on.
pub fn strip(pass: &Pass, rules: &mut Vec<Rule>) {
    for name in KEPT_BACK.iter().filter(|name| set_to(pass, name).is_none()) {
        rules.push(Rule::always(format!("http-request del-header {name}"), &[]));
    }
}

/// Sets headers for the backend.
pub fn send(work: &mut Work, pass: &Pass, around: Around, rules: &mut Vec<Rule>) {
    let upgrades = upgrades(pass);
    for (n, header) in pass.how.headers.iter().enumerate() {
        let name = &header.value.0;
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        if upgrades && (is("Upgrade") || is("Connection")) {
            work.note(header.from, &can::WEBSOCKET);
            continue;
        }
        if is("Connection") {
            // HAProxy says itself what becomes of a connection.
            work.note(header.from, &can::SET_HEADER);
            rules.push(Rule::always("http-request del-header Connection", &[header.from]));
            continue;
        }
        let capability = if is("Host") { &can::HOST_HEADER } else { &can::SET_HEADER };
        let again = pass.how.headers[..n].iter().any(|other| is(&other.value.0));
        set(work, header, capability, (around, again), rules);
    }
}

fn set(
    work: &mut Work,
    header: &Given<(String, Text)>,
    capability: &'static crate::translate::Capability,
    (around, again): (Around, bool),
    rules: &mut Vec<Rule>,
) {
    let (name, value) = &header.value;
    let from = [header.from];
    let remove = format!("http-request del-header {}", word(name));
    let format = work.kept.format(value, around);
    work.note(header.from, if format.is_ok() { capability } else { &can::SET_HEADER_LOST });
    let format = format.unwrap_or_default();
    if again {
        // nginx sends as many lines as there are.
        if !format.is_empty() {
            rules.push(Rule::always(format!("http-request add-header {} {}", word(name), quoted(&format)), &from));
        }
        return;
    }
    if format.is_empty() {
        return rules.push(Rule::always(remove, &from));
    }
    rules.push(Rule::always(format!("http-request set-header {} {}", word(name), quoted(&format)), &from));
    if may_be_empty(value, &format) {
        let sample = format!("req.fhdr({name}),length");
        rules.push(Rule::when(remove, test(&sample, "int", &["0"]), &from));
    }
}

/// Whether nothing may be left of a value, of which this format was made.
fn may_be_empty(value: &Text, format: &str) -> bool {
    let is_sample = format.starts_with("%[");
    is_sample
        && value.0.iter().all(|part| match part {
            Part::Literal(_) => false,
            Part::Variable(name) => !SURE.contains(&&*name.to_ascii_lowercase()),
            Part::Capture(_) => true,
        })
}

/// `add_header`: values are made while there is a request, and added to whatever is answered.
pub fn add<'a>(
    work: &mut Work,
    added: impl IntoIterator<Item = &'a Given<Added>>,
    around: Around,
    request: &mut Vec<Rule>,
    after: &mut Vec<Rule>,
) {
    for header in added {
        let own = &header.value;
        let from = [header.from];
        work.note(header.from, &can::ADD_HEADER);
        let Ok(format) = work.kept.format(&own.value, around) else {
            work.note(header.from, &can::ADD_HEADER_LOST);
            continue;
        };
        if format.is_empty() {
            continue;
        }
        let sets = ["Last-Modified", "ETag"].iter().any(|name| own.name.eq_ignore_ascii_case(name));
        let action = if sets { "set-header" } else { "add-header" };
        let good = Added::STATUSES.map(|status| status.to_string()).join(" ");
        let mut when = if own.always { String::new() } else { format!("{{ status {good} }}") };
        let value = if let Some(text) = own.value.literal() {
            fixed(text)
        } else {
            let number = work.next_value();
            let text = format!("http-request set-var-fmt(txn.value_{number}) {}", quoted(&format));
            request.push(Rule::always(text, &from));
            let has_value = format!("{{ var(txn.value_{number}),length -m int gt 0 }}");
            when = if when.is_empty() { has_value } else { format!("{when} {has_value}") };
            format!("%[var(txn.value_{number})]")
        };
        after.push(Rule::when(format!("http-after-response {action} {} {value}", word(&own.name)), when, &from));
    }
}

/// What a client does not get of the answer of a backend.
pub fn hide(work: &mut Work, route: &Route, pass: &Pass, rules: &mut Vec<Rule>) {
    let config = work.model.config;
    let shown = config.effective_all(route.scope, "proxy_pass_header");
    for (name, how) in HIDDEN {
        if !shown.iter().any(|setting| setting.arg(1).eq_ignore_ascii_case(name)) {
            rules.push(Rule::always(format!("http-response del-header {name}{how}"), &[]));
        }
    }
    for hidden in &pass.how.hidden {
        work.note(hidden.from, &can::HIDE_HEADER);
        rules.push(Rule::always(format!("http-response del-header {}", word(&hidden.value)), &[hidden.from]));
    }
}

/// `proxy_redirect`: the first rule that fits.
pub fn redirects(work: &mut Work, route: &Route, pass: &Pass, rules: &mut Vec<Rule>) {
    let off = work.model.setting(route.scope, "proxy_redirect").filter(|_| pass.how.redirects.is_empty());
    if let Some((_, from)) = off {
        work.note(from, &can::OFF);
    }
    let several = pass.how.redirects.len() > 1;
    for (n, redirect) in pass.how.redirects.iter().enumerate() {
        let from = [redirect.from];
        let Some((expression, to)) = rule_of(work, route, pass, &redirect.value) else {
            work.note(redirect.from, &can::PROXY_REDIRECT_LOST);
            continue;
        };
        work.note(redirect.from, &can::PROXY_REDIRECT);
        if several && n == 0 {
            rules.push(Rule::always("http-response set-var(txn.location) res.fhdr(location)", &from));
        }
        let text = format!("http-response replace-header Location {} {}", word(&expression), quoted(&to));
        let matched = test("var(txn.location)", "reg", &[&expression]);
        let when = if several { format!("!{{ var(txn.moved) -m found }} {matched}") } else { String::new() };
        rules.push(Rule::when(text, when.clone(), &from));
        if several {
            rules.push(Rule::when("http-response set-var(txn.moved) bool(true)", when, &from));
        }
    }
}

/// An expression for the whole header, and a format for what it becomes.
fn rule_of(work: &mut Work, route: &Route, pass: &Pass, rule: &RedirectRule) -> Option<(String, String)> {
    let absolute = |work: &mut Work, path: String| {
        let base = if path.starts_with('/') { answers::base(work, route.scope) } else { "" };
        format!("{base}{path}")
    };
    match rule {
        RedirectRule::Default => {
            let (from, to) = pass.default_redirect(work.model.location_name(route));
            let to = absolute(work, escaped_format(to));
            Some((format!("^{}(.*)$", re2::quoted(&from)), format!("{to}\\1")))
        }
        RedirectRule::Replace(Pattern::Text(pattern), to) => {
            let to = absolute(work, escaped_format(to.literal()?));
            Some((format!("^{}(.*)$", re2::quoted(pattern.literal()?)), format!("{to}\\1")))
        }
        RedirectRule::Replace(Pattern::Regex(regex), to) => {
            let mut format = String::new();
            for part in &to.0 {
                match part {
                    Part::Literal(text) => format.push_str(&escaped_format(text)),
                    Part::Capture(number) => drop(write!(format, "\\{number}")),
                    Part::Variable(_) => return None,
                }
            }
            let case = if regex.is_caseless() { "(?i)" } else { "" };
            let to = absolute(work, format);
            Some((format!("{case}^.*?(?:{}).*$", regex.pattern()), to))
        }
        RedirectRule::Flags(..) => None,
    }
}

/// A text where `\1` would be a group and `%` a sign of the format.
fn escaped_format(text: &str) -> String {
    literal(text).replace('\\', "\\\\")
}

/// A converter that puts one text in the place of another.
pub fn replaced(from: &str, to: &str) -> String {
    format!("regsub({},{},g)", argument(&re2::quoted(from)), argument(to))
}

/// Notes a subject if it is a directive of that name.
pub fn is_named(work: &Work, subject: SubjectId, names: &[&str]) -> bool {
    names.contains(&work.model.subjects.get(subject).name())
}
