//! The programs of the rewrite module, as far as they are routes: a redirect for a regular expression, a rewritten path
//! that is then passed on, a condition that answers. Nothing is written of a program that has more than that behind what
//! could be written, for a request would miss it.

use super::routes::{Draft, Matching, draft, node, safe_regex};
use super::text::{Plain, Scene};
use super::{Cx, answers, can, regex};
use crate::config::{Part, Regex, ScopeId, Setting, Text};
use crate::modules::http::rewrite::{Condition, Program, Rewrite, Step, Then};
use crate::translate::document::{MapOf, Node, map};
use crate::translate::model::{Given, Host, Route};
use crate::translate::subject::SubjectId;

/// What came of the program of a location.
#[derive(Default)]
pub struct Made {
    /// Routes that come before that of the location.
    pub routes: Vec<Node>,
    /// For which paths the path is another one when the request is passed on.
    pub rewrite: Option<(Vec<String>, Node)>,
}

/// The program of a server.
pub fn server(cx: &mut Cx, host: &Host, scene: &Scene, base: &Matching) -> Vec<Node> {
    let Some(route) = host.routes.last() else { return Vec::new() };
    run(cx, (host.scope, route), scene, base, false).routes
}

/// The program of a location.
pub fn location(cx: &mut Cx, route: &Route, scene: &Scene, matching: &Matching) -> Made {
    run(cx, (route.scope, route), scene, matching, true)
}

fn run(
    cx: &mut Cx,
    (scope, route): (ScopeId, &Route),
    scene: &Scene,
    matching: &Matching,
    may_rewrite: bool,
) -> Made {
    let mut made = Made::default();
    let Some(program) = cx.model.config.scope(scope).slot::<Program>() else { return made };
    let subjects = steps(cx, scope);
    // Whether all steps so far are routes: what comes behind a step that is none may depend on it.
    let mut whole = true;
    for (step, subject) in program.0.iter().zip(subjects) {
        let written = whole
            && match step {
                Step::Rewrite(rewrite) => match rewrite.then {
                    Then::Redirect(status) => redirect(cx, route, scene, (matching, rewrite, status, subject), &mut made),
                    Then::Break if may_rewrite && made.rewrite.is_none() => {
                        rewritten(rewrite).is_some_and(|own| {
                            made.rewrite = Some(own);
                            cx.note(subject, &can::REWRITE_BREAK);
                            true
                        })
                    }
                    _ => false,
                },
                Step::If { condition, block } => {
                    condition_route(cx, route, scene, (matching, condition, *block, subject), &mut made)
                }
                Step::Return { status, text } => {
                    let mut draft = draft(cx, route, scene, matching);
                    let given = Given { value: (*status, text.clone()), from: subject };
                    answers::returned(cx, route, scene, &mut draft, &given);
                    made.routes.push(node(cx, draft, route));
                    true
                }
                Step::Break => true,
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
    let subject = |step: &Step| match step {
        Step::If { block, .. } => cx.model.subjects.opener(*block),
        _ => {
            let setting = settings.next();
            setting.map_or_else(
                || cx.model.subjects.opener(scope),
                |setting| cx.model.subjects.setting(scope, setting),
            )
        }
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
    made: &mut Made,
) -> bool {
    let Some(whole) = regex::whole(&rewrite.regex) else { return false };
    let mut draft = draft(cx, route, scene, &Matching { regexes: regexes(matching, &whole), ..matching.clone() });
    draft.matching.path = matching.path.clone();
    let named = match status {
        301 => "MOVED_PERMANENTLY",
        302 => "FOUND",
        303 => "SEE_OTHER",
        307 => "TEMPORARY_REDIRECT",
        308 => "PERMANENT_REDIRECT",
        _ => return false,
    };
    if let Some(plain) = rewrite.replacement.plain().filter(|plain| !rewrite.keeps_args || plain.contains("://")) {
        let question = if rewrite.keeps_args { question(cx, plain.contains('?')) } else { String::new() };
        let origin = if plain.starts_with('/') { answers::origin(cx, route.scope, scene) } else { String::new() };
        let value = format!("{origin}{}{question}", plain.replace('%', "%%"));
        draft.response_add.push(super::header("location", &value, super::OVERWRITE));
        answers::page(cx, &mut draft, status);
    } else {
        let Some(rewritten) = substitution(&rewrite.regex, &rewrite.replacement) else { return false };
        let mut action = MapOf::default();
        action.put("response_code", named);
        action.put("scheme_redirect", scene.scheme);
        let usual = if scene.scheme == "https" { 443 } else { 80 };
        if scene.port != usual {
            action.put("port_redirect", i64::from(scene.port));
        }
        action.put("strip_query", !rewrite.keeps_args);
        action.put("regex_rewrite", rewritten);
        draft.action = Some(("redirect", action.node().of(subject)));
    }
    cx.note(subject, &can::REWRITE_REDIRECT);
    made.routes.push(node(cx, draft, route));
    true
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

/// `rewrite ... break`: for which paths, and how.
fn rewritten(rewrite: &Rewrite) -> Option<(Vec<String>, Node)> {
    let has_query = rewrite.replacement.0.iter().any(|part| matches!(part, Part::Literal(text) if text.contains('?')));
    if !rewrite.keeps_args || has_query {
        return None;
    }
    let whole = regex::whole(&rewrite.regex)?;
    Some((vec![whole], substitution(&rewrite.regex, &rewrite.replacement)?))
}

/// A `regex_rewrite` that puts the replacement in place of the whole path.
fn substitution(own: &Regex, replacement: &Text) -> Option<Node> {
    let pattern = regex::re2(own)?;
    let (flag, body) = pattern.strip_prefix("(?i)").map_or(("", &*pattern), |body| ("(?i)", body));
    let pattern = format!("{flag}^{}$", regex::padded(body, r"\C*?", r"\C*").trim_start_matches('^').trim_end_matches('$'));
    let mut text = String::new();
    for part in &replacement.0 {
        match part {
            Part::Literal(literal) if !literal.contains('?') => text += &literal.replace('\\', r"\\"),
            Part::Capture(n) => text += &format!("\\{n}"),
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
    made: &mut Made,
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
    made.routes.push(node(cx, draft, route));
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
    let text = Text(vec![Part::Variable(variable.clone())]);
    let Some(expression) = scene.expression(&text) else { return false };
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
