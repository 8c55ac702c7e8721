//! `Redirect`, `RedirectMatch` and their like, and files that nobody may have.

use super::Item;
use super::capabilities as can;
use super::pattern::{Held, literal, on_path};
use super::read::Node;
use super::rule::status;
use super::text::{escaped, word};
use crate::config::Regex;
use crate::translate::class::Capability;
use crate::translate::subject::SubjectId;

/// A line to write, with what came of whom.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) from: Vec<SubjectId>,
    pub(super) lines: Vec<String>,
    pub(super) says: Vec<&'static Capability>,
}

/// A directive of the `Redirect` family. The error is what is wrong with it.
pub(super) fn redirect(node: &Node, from: SubjectId) -> Result<Written, String> {
    let name = node.name();
    let arguments: Vec<&str> = node.args().collect();
    let first = arguments.first().copied().unwrap_or_default();
    let is_status = !first.starts_with('/') && status(first).is_some() && !first.is_empty();
    let (status, rest) = match &*name {
        "redirectpermanent" => (301, &*arguments),
        "redirecttemp" => (302, &*arguments),
        _ if is_status && (name == "redirectmatch" || arguments.len() > 1) => {
            (status(first).unwrap_or(302), &arguments[1..])
        }
        _ => (302, &*arguments),
    };
    let Some((path, rest)) = rest.split_first() else { return Err(format!("{} needs a path", node.words[0].value)) };
    let moves = (300..400).contains(&status);
    let (expression, goes_on) = match &*name {
        "redirectmatch" => (on_path(path, &Held::Path, false), false),
        _ if !path.starts_with('/') => return Err(format!("the path of a Redirect begins with a slash: {path}")),
        _ if path.ends_with('/') => (format!("^{}(.*)$", literal(path)), true),
        _ => (format!("^{}((?:/.*)?)$", literal(path)), true),
    };
    Regex::at_run_time(&expression)?;
    let written = |line: String, says| Ok(Written { from: vec![from], lines: vec![line], says });
    let test = |action: &str| format!("if ($uri ~ {}) {{\n    {action}\n}}", word(&expression));
    match (moves, rest) {
        (false, []) => written(test(&format!("return {status};")), vec![&can::REDIRECT_STATUS]),
        (true, [url]) => {
            let Some(url) = url_of(url, name == "redirectmatch") else {
                return written(String::new(), vec![&can::DOLLAR]);
            };
            let flag = if matches!(status, 301 | 308) { "permanent" } else { "redirect" };
            let captured = if goes_on { "$1" } else { "" };
            // The query that is there is kept only where the target has none.
            let end = if url.contains('?') { "?" } else { "" };
            let says = if matches!(status, 301 | 302) { &can::REDIRECT } else { &can::STATUS };
            let target = word(&format!("{url}{captured}{end}"));
            written(format!("rewrite {} {target} {flag};", word(&expression)), vec![says])
        }
        (true, []) => Err(format!("{} {status} needs a URL", node.words[0].value)),
        _ => Err(format!("{} {status} takes no URL", node.words[0].value)),
    }
}

/// The target as nginx writes it: `$1` stays in the target of a `RedirectMatch`, and no other `$` can be written.
fn url_of(url: &str, has_groups: bool) -> Option<String> {
    let mut out = String::new();
    let mut rest = url;
    while let Some(at) = rest.find('$') {
        out.push_str(&plain(&rest[..at]));
        let digit =
            rest[at + 1..].chars().next().filter(char::is_ascii_digit).filter(|digit| has_groups && *digit != '0')?;
        out.push('$');
        out.push(digit);
        rest = &rest[at + 2..];
    }
    Some(out + &plain(rest))
}

/// `%` and `#` are as they were written.
fn plain(text: &str) -> String {
    text.split_inclusive(['%', '#'])
        .map(|part| match part.strip_suffix(['%', '#']) {
            Some(before) => escaped(before) + &part[before.len()..],
            None => escaped(part),
        })
        .collect()
}

/// `<Files>` or `<FilesMatch>` that lets nobody in. `None` if it does not, or does more.
pub(super) fn denied(section: &Item) -> Option<Result<Written, String>> {
    let (node, inside) = (section.node, section.inside.as_ref()?);
    let words = |one: &Item| {
        let words: Vec<String> = one.node.words.iter().map(|word| word.value.to_ascii_lowercase()).collect();
        words.join(" ")
    };
    let denies = |one: &Item| ["require all denied", "deny from all"].contains(&&*words(one));
    // Whatever the order, without an `Allow` the `Deny` has the last word.
    let is_order = |one: &Item| one.node.name() == "order" || words(one) == "satisfy all";
    if !inside.iter().all(|one| denies(one) || is_order(one)) || !inside.iter().any(denies) {
        return None;
    }
    let from: Vec<SubjectId> = inside.iter().map(|one| one.id).chain([section.id]).collect();
    let (pattern, is_regex) = match (node.name().as_str(), node.arg(1)?, node.arg(2)) {
        ("filesmatch", pattern, None) | ("files", "~", Some(pattern)) => (pattern.to_owned(), true),
        ("files", name, None) => (glob(name), false),
        _ => return None,
    };
    let expression = if is_regex { on_path(&pattern, &Held::Name, false) } else { format!("/{pattern}$") };
    if let Err(error) = Regex::at_run_time(&expression) {
        return Some(Err(error));
    }
    let line = format!("if ($uri ~ {}) {{\n    return 403;\n}}", word(&expression));
    Some(Ok(Written { from, lines: vec![line], says: vec![&can::DENIED] }))
}

/// `*` and `?` as an expression for a name.
fn glob(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        match c {
            '*' => out.push_str("[^/]*"),
            '?' => out.push_str("[^/]"),
            c => out.push_str(&literal(&c.to_string())),
        }
    }
    out
}
