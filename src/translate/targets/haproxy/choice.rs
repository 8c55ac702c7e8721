//! Which server and which route a request takes, as rules that set their numbers; the first that fits wins.

use super::words::{matches, test};
use super::{Work, can};
use crate::translate::model::{Host, NameForm, Test};
use crate::translate::subject::SubjectId;

use super::plan::Rule;

const HOST: &str = "var(txn.host)";
/// The path as locations see it.
pub const PATH: &str = "var(txn.path)";
/// Most names in a condition; a line may have 64 words.
const NAMES: usize = 40;

/// Sets `txn.server`, in nginx's order: names, `*.x` and `x.*` with the longest first, expressions, the default server.
pub fn servers(work: &mut Work, hosts: &[(usize, usize)], default: usize) -> Vec<Rule> {
    let set = |number: usize, when: &str, from: &[SubjectId]| {
        let when = format!("!{{ var(txn.server) -m found }} {when}");
        Rule::when(format!("http-request set-var(txn.server) int({number})"), when.trim_end(), from)
    };
    let mut rules = Vec::new();
    let mut wild: Vec<(usize, &str, usize, SubjectId)> = Vec::new();
    let mut regexes = Vec::new();
    for (number, host) in hosts {
        let own = &work.model.hosts[*host];
        let mut exact: Vec<(&str, SubjectId)> = Vec::new();
        for name in &own.names {
            match &name.form {
                NameForm::Exact(text) if text.is_empty() => {
                    rules.push(set(*number, "!{ var(txn.host) -m found }", &[name.from]));
                }
                NameForm::Exact(text) => exact.push((text, name.from)),
                NameForm::HostAndSuffix(text) => {
                    exact.push((text.trim_start_matches('.'), name.from));
                    wild.push((0, text, *number, name.from));
                }
                NameForm::Suffix(text) => wild.push((0, text, *number, name.from)),
                NameForm::Prefix(text) => wild.push((1, text, *number, name.from)),
                NameForm::Regex(regex) => regexes.push((matches(HOST, regex), *number, name.from)),
            }
            let capability = match &name.form {
                NameForm::Exact(_) => &can::SERVER_NAME,
                NameForm::Regex(_) => &can::SERVER_NAME_REGEX,
                _ => &can::SERVER_NAME_WILDCARD,
            };
            work.ledger.note(name.from, capability);
        }
        if own.names.is_empty() {
            rules.push(set(*number, "!{ var(txn.host) -m found }", &[own.from]));
        }
        for names in exact.chunks(NAMES) {
            let (texts, from): (Vec<&str>, Vec<SubjectId>) = names.iter().copied().unzip();
            rules.push(set(*number, &test(HOST, "str", &texts), &from));
        }
    }
    wild.sort_by_key(|(kind, text, ..)| (*kind, std::cmp::Reverse(text.len())));
    for (kind, text, number, from) in wild {
        rules.push(set(number, &test(HOST, if kind == 0 { "end" } else { "beg" }, &[text]), &[from]));
    }
    rules.extend(regexes.into_iter().map(|(when, number, from)| set(number, &when, &[from])));
    let last = &work.model.hosts[hosts[default].1];
    work.ledger.note(last.from, &can::DEFAULT_SERVER);
    rules.push(set(hosts[default].0, "", &[last.from]));
    rules
}

/// Notes the names of the only server of an address.
pub fn only_server(work: &mut Work, host: &Host) {
    work.note(host.from, &can::DEFAULT_SERVER);
    for name in &host.names {
        work.note(name.from, &can::SERVER_NAME);
    }
}

/// The condition of a route on the path.
pub fn path_test(own: &Test) -> String {
    let mut parts = Vec::new();
    if let Some(path) = &own.exact {
        parts.push(test(PATH, "str", &[path]));
    }
    // Every path begins with a slash.
    if let Some(path) = own.prefix.as_deref().filter(|path| *path != "/" && own.exact.is_none()) {
        parts.push(test(PATH, "beg", &[path]));
    }
    parts.extend(own.regexes.iter().map(|regex| matches(PATH, regex)));
    parts.join(" ")
}

/// Says how the location of a route is found.
pub fn note(work: &mut Work, own: &Test, from: SubjectId) {
    let capability = if !own.regexes.is_empty() {
        &can::LOCATION_REGEX
    } else if own.exact.is_some() {
        &can::LOCATION_EXACT
    } else if own.prefix.is_some() {
        &can::LOCATION_PREFIX
    } else {
        &can::DEFAULT_SERVER
    };
    work.note(from, capability);
}

/// Sets `txn.route` to this number where nothing did so yet.
pub fn route(number: usize, server: &str, path: &str, from: SubjectId) -> Rule {
    let when = ["!{ var(txn.route) -m found }", server, path];
    let when: Vec<&str> = when.into_iter().filter(|part| !part.is_empty()).collect();
    Rule::when(format!("http-request set-var(txn.route) int({number})"), when.join(" "), &[from])
}
