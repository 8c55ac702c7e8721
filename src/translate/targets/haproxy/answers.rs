//! What is answered without a backend: `return`, redirects, refusals.

use super::samples::Around;
use super::words::{literal, test, word};
use super::{Work, can, choice};
use crate::config::{Part, ScopeId, Text};
use crate::translate::model::{Kinds, REDIRECTS, Test, page};
use crate::translate::subject::SubjectId;

use super::plan::Rule;

/// Statuses whose pages HAProxy keeps, but for 503: that one it takes itself for nginx's 502.
pub const KEPT: &[u16] = &[400, 401, 403, 404, 405, 408, 410, 413, 429, 500, 501, 502, 504];

/// A refusal with nginx's page.
pub fn refusal(work: &Work, status: u16) -> String {
    if KEPT.contains(&status) {
        return format!("http-request return status {status} default-errorfiles");
    }
    match page(status, &work.signature()) {
        Some(page) => format!("http-request return status {status} content-type text/html string {}", word(&page)),
        None if (200..600).contains(&status) => format!("http-request return status {status}"),
        // HAProxy has no others.
        None => "http-request return status 500".to_owned(),
    }
}

/// A redirect to this format.
pub fn redirect(work: &Work, status: u16, to: &str) -> String {
    let page = page(status, &work.signature()).unwrap_or_default();
    let (page, to) = (word(&page), quoted(to));
    format!("http-request return status {status} content-type text/html string {page} hdr Location {to}")
}

/// A format as one word; it may hold signs that only quotes keep.
pub fn quoted(format: &str) -> String {
    word(format)
}

/// What stands before a path in a `Location`, as far as `absolute_redirect` asks for it.
pub fn base(work: &mut Work, scope: ScopeId) -> &'static str {
    if work.model.config.flag(scope, "absolute_redirect", true) {
        work.kept.base = true;
        "%[var(txn.base)]"
    } else {
        ""
    }
}

/// Whether a text begins with a path.
fn is_path(text: &Text) -> bool {
    match text.0.first() {
        Some(Part::Literal(start)) => start.starts_with('/'),
        Some(Part::Variable(name)) => ["request_uri", "uri", "document_uri"].contains(&&*name.to_ascii_lowercase()),
        _ => false,
    }
}

/// The place of a redirect as a format, or nothing if it has variables that are not known.
pub fn location(work: &mut Work, scope: ScopeId, text: &Text, around: Around) -> Option<String> {
    let format = work.kept.format(text, around).ok()?;
    let base = if is_path(text) { base(work, scope) } else { "" };
    Some(format!("{base}{format}"))
}

/// The status that HAProxy gives where nginx gives 502: what is meant to have it has to say so.
const UNAVAILABLE: u16 = 503;

fn mark(when: &str, from: &[SubjectId]) -> Rule {
    Rule::when("http-request set-var(txn.answered) bool(true)", when, from)
}

/// An answer of this status, with what keeps it from being taken for the failure of all backends.
pub fn marked(status: u16, rule: Rule) -> Vec<Rule> {
    if status == UNAVAILABLE { vec![mark(&rule.when, &rule.from), rule] } else { vec![rule] }
}

/// `return`, for the place where it stands.
pub struct Return<'a> {
    pub status: u16,
    pub text: Option<&'a Text>,
    pub scope: ScopeId,
    pub from: SubjectId,
    /// What leads there; nothing for a server's own.
    pub test: Option<&'a Test>,
}

/// The rules of a `return`; `when` are conditions besides.
pub fn rules(work: &mut Work, own: &Return, around: Around, when: &str) -> Vec<Rule> {
    let one = |text: String| marked(own.status, Rule::when(text, when, &[own.from]));
    let lost = |work: &mut Work| {
        work.note(own.from, &can::RETURN_LOST);
        one(refusal(work, 500))
    };
    if own.status == 444 {
        work.note(own.from, &can::RETURN_CLOSE);
        return one("http-request reject".to_owned());
    }
    if !(200..600).contains(&own.status) {
        return lost(work);
    }
    let is_redirect = REDIRECTS.contains(&own.status);
    let Some(text) = own.text.filter(|text| !is_redirect || text.literal() != Some("")) else {
        work.note(own.from, if is_redirect { &can::RETURN_BARE } else { &can::RETURN_TEXT });
        return one(refusal(work, own.status));
    };
    if is_redirect {
        let Some(to) = location(work, own.scope, text, around) else { return lost(work) };
        work.note(own.from, &can::RETURN_REDIRECT);
        return one(redirect(work, own.status, &to));
    }
    let Ok(format) = work.kept.format(text, around) else { return lost(work) };
    work.note(own.from, &can::RETURN_TEXT);
    if format.is_empty() || own.status == 204 || own.status == 304 {
        return one(format!("http-request return status {}", own.status));
    }
    let body = match text.literal() {
        Some(text) => format!("string {}", word(text)),
        None => format!("lf-string {}", quoted(&format)),
    };
    let answer = |kind: &str| format!("http-request return status {} content-type {} {body}", own.status, word(kind));
    let mut rules = Vec::new();
    if own.status == UNAVAILABLE {
        rules.push(mark(when, &[own.from]));
    }
    let kinds = work.model.kinds(own.scope);
    if let Some(from) = kinds.from {
        work.note(from, &can::RETURN_TEXT);
    }
    for (extension, kind) in types(work, own, &kinds) {
        let ends = format!("\\.{extension}$");
        let ends = test(choice::PATH, "reg -i", &[&ends]);
        rules.push(Rule::when(answer(kind), format!("{when} {ends}").trim_start(), &[own.from]));
    }
    rules.push(Rule::when(answer(kinds.default), when, &[own.from]));
    rules
}

/// The ends of paths with their content types, as far as those can come here.
fn types<'m>(work: &mut Work, own: &Return, kinds: &Kinds<'m>) -> Vec<(&'m str, &'m str)> {
    if let Some(path) = own.test.and_then(|test| test.exact.as_deref()) {
        return kinds.of(path).into_iter().collect();
    }
    if kinds.is_given {
        if !kinds.by_end.is_empty() {
            work.note(own.from, &can::RETURN_TYPE);
        }
        return Vec::new();
    }
    kinds.by_end.clone()
}

/// A value in a format that never changes.
pub fn fixed(text: &str) -> String {
    quoted(&literal(text))
}
