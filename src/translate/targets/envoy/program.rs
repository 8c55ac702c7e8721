//! The programs of the rewrite module, as far as they are routes: a redirect for a regular expression, a rewritten path
//! that is then passed on, a condition that answers. Where anything else follows what could be written, nothing of
//! the program is written, because requests would miss the rest.

use super::routes::{Draft, Matching, draft, node, passes, safe_regex};
use super::text::{Plain, Scene};
use super::{Cx, answers, can, regex};
use crate::config::{Part, Regex, ScopeId, Setting, Text};
use crate::modules::http::rewrite::{Condition, Program, Rewrite, Step, Then};
use crate::modules::shared::upstream::Method;
use crate::translate::document::{MapOf, Node, map};
use crate::translate::escape;
use crate::translate::model::{Action, Given, Host, Pass, Route};
use crate::translate::re2::{self, Named};
use crate::translate::subject::SubjectId;

/// Where a program stands: its server, its block, and the route that its block is, or ends with.
#[derive(Clone, Copy)]
pub struct Place<'p> {
    pub host: &'p Host,
    pub scope: ScopeId,
    pub route: &'p Route,
    /// It is that of a location, not of the server.
    pub inside: bool,
}

/// The routes that a program is; they come before those of its block.
pub fn routes(cx: &mut Cx, place: Place, scene: &Scene, matching: &Matching) -> Vec<Node> {
    let mut made = Vec::new();
    let Some(program) = cx.model.config.scope(place.scope).slot::<Program>() else { return made };
    let subjects = steps(cx, place.scope);
    // Whether all steps so far are routes: what comes behind a step that is none may depend on it.
    let mut whole = true;
    let last = program.0.len().saturating_sub(1);
    for (n, (step, subject)) in program.0.iter().zip(subjects).enumerate() {
        let written = whole
            && match step {
                Step::Rewrite(rewrite) => match rewrite.then {
                    Then::Redirect(status) => {
                        redirect(cx, place.route, scene, (matching, rewrite, status, subject), &mut made)
                    }
                    // Steps behind it would go on with the new path.
                    Then::Go if n < last => false,
                    _ => elsewhere(cx, place, scene, (matching, rewrite, subject), &mut made),
                },
                Step::If { condition, block } => {
                    condition_route(cx, place.route, scene, (matching, condition, *block, subject), &mut made)
                }
                Step::Return { status, text } => {
                    let mut draft = draft(cx, place.route, scene, matching);
                    let given = Given { value: (*status, text.clone()), from: subject };
                    answers::returned(cx, place.route, scene, &mut draft, &given);
                    made.push(node(cx, draft, place.route));
                    true
                }
                Step::Break => {
                    cx.note(subject, &can::REWRITE_BREAK);
                    n == last
                }
                Step::Set { .. } => false,
            };
        if !written {
            whole = false;
            lost(cx, step, subject);
        }
    }
    made
}

/// The directives of a program, in order.
fn steps(cx: &Cx, scope: ScopeId) -> Vec<SubjectId> {
    const NAMES: &[&str] = &["rewrite", "return", "set", "break"];
    let config = cx.model.config;
    let Some(program) = config.scope(scope).slot::<Program>() else { return Vec::new() };
    let named = |setting: &&Setting| NAMES.contains(&setting.words[0].value.as_ref());
    let mut settings = config.scope(scope).settings.iter().filter(named);
    let mut next = || settings.next().map(|setting| cx.model.subjects.setting(scope, setting));
    let subject = |step: &Step| {
        let block = if let Step::If { block, .. } = step { *block } else { scope };
        let own = if block == scope { next() } else { None };
        own.unwrap_or_else(|| cx.model.subjects.opener(block))
    };
    program.0.iter().map(subject).collect()
}

fn lost(cx: &mut Cx, step: &Step, subject: SubjectId) {
    match step {
        Step::Rewrite(_) => cx.note(subject, &can::REWRITE),
        Step::If { block, .. } => {
            let program = cx.model.config.scope(*block).slot::<Program>();
            let refuses = |step: &Step| matches!(step, Step::Return { status: 400..=499, .. });
            let protects = program.is_some_and(|program| program.0.iter().any(refuses));
            cx.note(subject, if protects { &can::IF_PROTECTS } else { &can::IF });
            let inner = steps(cx, *block);
            for subject in inner {
                cx.note(subject, if protects { &can::IF_PROTECTS } else { &can::IF });
            }
        }
        Step::Return { status: 400..=499, .. } => cx.note(subject, &can::IF_PROTECTS),
        _ => cx.note(subject, &can::IF),
    }
}

/// `rewrite ... permanent|redirect`
fn redirect(
    cx: &mut Cx,
    route: &Route,
    scene: &Scene,
    (matching, rewrite, status, subject): (&Matching, &Rewrite, u16, SubjectId),
    made: &mut Vec<Node>,
) -> bool {
    let Some(whole) = regex::whole(&rewrite.regex) else { return false };
    let mut draft = draft(cx, route, scene, &Matching { regexes: regexes(matching, &whole), ..matching.clone() });
    if let Some(plain) = rewrite.replacement.plain().filter(|plain| !rewrite.keeps_args || plain.contains("://")) {
        let question = if rewrite.keeps_args { question(cx, plain.contains('?')) } else { String::new() };
        let origin = if plain.starts_with('/') { answers::origin(cx, route.scope, scene) } else { String::new() };
        let value = format!("{origin}{}{question}", plain.replace('%', "%%"));
        draft.response_add.push(super::header("location", &value, super::OVERWRITE));
        answers::page(cx, &mut draft, status);
    } else {
        let Some(rewritten) = substitution(&rewrite.regex, ("", 0), &rewrite.replacement) else { return false };
        let action = redirect_action(scene, status, (rewritten, !rewrite.keeps_args));
        let Some(action) = action else { return false };
        draft.action = Some(("redirect", action.of(subject)));
    }
    cx.note(subject, &can::REWRITE_REDIRECT);
    made.push(node(cx, draft, route));
    true
}

/// A redirect to a rewritten path; `strip` where the request's arguments are left out.
pub fn redirect_action(scene: &Scene, status: u16, (rewritten, strip): (Node, bool)) -> Option<Node> {
    let named = match status {
        301 => "MOVED_PERMANENTLY",
        302 => "FOUND",
        303 => "SEE_OTHER",
        307 => "TEMPORARY_REDIRECT",
        308 => "PERMANENT_REDIRECT",
        _ => return None,
    };
    let mut action = MapOf::default();
    action.put("response_code", named);
    action.put("scheme_redirect", scene.scheme);
    let usual = if scene.scheme == "https" { 443 } else { 80 };
    if scene.port != usual {
        action.put("port_redirect", i64::from(scene.port));
    }
    action.put("strip_query", strip);
    action.put("regex_rewrite", rewritten);
    Some(action.node())
}

fn question(cx: &mut Cx, has_one: bool) -> String {
    let (name, mark) = if has_one { ("ampersand", "&") } else { ("question", "?") };
    let expression = format!("request.args ~= '' and '{mark}' .. request.args or ''");
    cx.front.script.values.insert(name.to_owned(), expression);
    super::text::of_metadata(name)
}

fn regexes(matching: &Matching, own: &str) -> Vec<String> {
    matching.regexes.iter().cloned().chain([own.to_owned()]).collect()
}

/// A rewritten path that goes to a backend: that of the same location, or of the one that the new path belongs to.
fn elsewhere(
    cx: &mut Cx,
    place: Place,
    scene: &Scene,
    (matching, rewrite, subject): (&Matching, &Rewrite, SubjectId),
    made: &mut Vec<Node>,
) -> bool {
    let Some(whole) = regex::whole(&rewrite.regex).filter(|_| rewrite.keeps_args) else { return false };
    let stays = place.inside && rewrite.then == Then::Break;
    let target = if stays { Some(place.route) } else { destination(place.host, &rewrite.replacement) };
    let Some((target, Action::Pass(pass))) = target.map(|target| (target, &target.action)) else { return false };
    if (target.has_program && !stays) || sees_path(cx, pass) {
        return false;
    }
    // The part of the path that is the location's gives way to the URI; behind `break` the URI does not count.
    let prefix = target.test.exact.as_ref().or(target.test.prefix.as_ref()).map_or(0, String::len);
    let (before, gone) = match &pass.uri {
        Some(uri) if rewrite.then != Then::Break => (uri.as_str(), prefix),
        _ => ("", 0),
    };
    let Some(rewritten) = substitution(&rewrite.regex, (before, gone), &rewrite.replacement) else { return false };
    cx.note(subject, if stays { &can::REWRITE_BREAK } else { &can::REWRITE_LAST });
    let matching = Matching { regexes: regexes(matching, &whole), ..matching.clone() };
    let scene = Scene { proxy_host: &pass.host, ..scene.clone() };
    made.extend(passes(cx, target, pass, &scene, (&matching, Some(rewritten))));
    true
}

/// The route that every path belongs to that a replacement can become, if that can be told.
fn destination<'h>(host: &'h Host, replacement: &Text) -> Option<&'h Route> {
    let Some(Part::Literal(start)) = replacement.0.first() else { return None };
    let is_all = replacement.0.len() == 1;
    for route in &host.routes {
        let test = &route.test;
        let path = test.exact.as_deref().or(test.prefix.as_deref()).unwrap_or("");
        // What every path is for, and what none is for.
        let (all, none) = match &test.exact {
            Some(exact) => (is_all && exact == start, !exact.starts_with(&**start) || is_all && exact != start),
            None => (start.starts_with(path), !start.starts_with(path) && (is_all || !path.starts_with(&**start))),
        };
        if none {
            continue;
        }
        if !test.regexes.is_empty() {
            // Without captures it is known whether they match.
            let matches = |own: &Regex| own.is_match(start.as_bytes());
            match is_all {
                true if all && test.regexes.iter().all(matches) => return Some(route),
                true => continue,
                false => return None,
            }
        }
        return all.then_some(route);
    }
    None
}

/// Whether headers or the choice of a peer depend on the path, which is another one by then.
fn sees_path(cx: &Cx, pass: &Pass) -> bool {
    let sees = |text: &Text| {
        text.0.iter().any(|part| matches!(part, Part::Variable(name) if name == "uri" || name == "document_uri"))
    };
    let key = pass.to.as_ref().is_ok_and(|group| match cx.model.groups[*group].method.value {
        Method::Hash { key, .. } => sees(key),
        _ => false,
    });
    key || pass.how.headers.iter().any(|given| sees(&given.value.1))
}

/// A `regex_rewrite` that puts the replacement in place of the whole path: without its first bytes, and with something
/// else before it.
pub fn substitution(own: &Regex, (before, gone): (&str, usize), replacement: &Text) -> Option<Node> {
    let pattern = format!("{}{}", re2::flag(own), re2::body(own, Named::Python)?);
    let (flag, body) = pattern.strip_prefix("(?i)").map_or(("", &*pattern), |body| ("(?i)", body));
    let pattern = format!("{flag}^{}$", regex::padded(body, r"\C*?", r"\C*"));
    let mut text = before.replace('\\', r"\\");
    for (n, part) in replacement.0.iter().enumerate() {
        match part {
            Part::Literal(literal) if escape::path(literal) == **literal => {
                let literal = if n == 0 { literal.get(gone..)? } else { literal };
                text += &literal.replace('\\', r"\\");
            }
            Part::Capture(n) => text.extend(['\\', char::from(b'0' + n)]),
            Part::Literal(_) | Part::Variable(_) => return None,
        }
    }
    let regex = map([("regex", Node::from(pattern))]);
    Some(map([("pattern", regex), ("substitution", Node::from(text))]))
}

/// `if (...) { return ...; }`
fn condition_route(
    cx: &mut Cx,
    route: &Route,
    scene: &Scene,
    (matching, condition, block, subject): (&Matching, &Condition, ScopeId, SubjectId),
    made: &mut Vec<Node>,
) -> bool {
    let program = cx.model.config.scope(block).slot::<Program>();
    let Some([Step::Return { status, text }]) = program.map(|program| program.0.as_slice()) else { return false };
    let mut own = matching.clone();
    if !test(cx, scene, condition, &mut own) {
        return false;
    }
    let mut draft: Draft = draft(cx, route, scene, &own);
    let from = steps(cx, block).first().copied().unwrap_or(subject);
    let given = Given { value: (*status, text.clone()), from };
    answers::returned(cx, route, scene, &mut draft, &given);
    cx.note(subject, &can::IF_RETURN);
    made.push(node(cx, draft, route));
    true
}

/// Adds a condition to what a route is for; whether it can be had.
fn test(cx: &mut Cx, scene: &Scene, condition: &Condition, matching: &mut Matching) -> bool {
    let (variable, test, negated) = match condition {
        Condition::Equal { variable, value, negated } => {
            let Some(value) = value.plain() else { return false };
            (variable, map([("exact", Node::from(value))]), *negated)
        }
        Condition::Matches { variable, regex: own, negated } => {
            let Some(own) = regex::whole(own) else { return false };
            (variable, safe_regex(&own), *negated)
        }
        Condition::Set(variable) => {
            let empty = Node::from("0?");
            (variable, map([("safe_regex", map([("regex", empty)]))]), true)
        }
        Condition::File { .. } => return false,
    };
    if variable == "request_method" {
        let mut node = MapOf::default();
        node.put("name", ":method");
        node.put("string_match", test);
        if negated {
            node.put("invert_match", true);
        }
        matching.headers.push(node.node());
        return true;
    }
    let whole = Text(vec![Part::Variable(variable.clone())]);
    let Some(expression) = scene.expression(&whole) else { return false };
    let name = format!("if-{}", variable.to_ascii_lowercase());
    cx.front.script.values.insert(name.clone(), expression);
    let value = map([("string_match", test)]);
    if negated {
        matching.inverted.push((name, value));
    } else {
        matching.values.push((name, value));
    }
    true
}
