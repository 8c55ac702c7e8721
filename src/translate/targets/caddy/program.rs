//! `rewrite`, `return`, `set` and `if` as routes: those that end the program form a group, of which only the first
//! that fits is run.

use super::answers::{answer, redirect, status};
use super::routes::{Server, regex};
use super::text::{HOST, Place, words};
use super::{Cx, can, handler, texts};
use crate::config::{Part, ScopeId, Text};
use crate::modules::http::rewrite::{Condition, Program, Rewrite, Step, Then};
use crate::translate::SubjectId;
use crate::translate::document::{MapOf, Node, list, map};
use crate::translate::model::{Host, Route};
use crate::translate::re2;

/// The variable that says that a location was left for another.
const LEFT: &str = "left";

/// A program that is being written.
struct Writer<'p> {
    server: &'p Server,
    scope: ScopeId,
    /// The name of the server's routes, of a location's program.
    again: Option<String>,
    group: String,
    /// A step may have ended the program.
    may_have_ended: bool,
    /// Nothing comes after what was written.
    ended: bool,
    /// Steps lead back to the search for a location.
    reenters: bool,
}

/// The routes of a server's program; what it sets is known to all locations.
pub fn of_server(cx: &mut Cx, server: &mut Server, host: &Host) -> Vec<Node> {
    let mut place = server.place.clone();
    let group = format!("program{}", cx.regex_name());
    let mut writer =
        Writer { server, scope: host.scope, again: None, group, may_have_ended: false, ended: false, reenters: false };
    let routes = writer.steps(cx, host.scope, &mut place);
    server.place.set = place.set;
    routes
}

/// What a location's program became.
pub struct Written {
    /// Its routes, to stand before the action.
    pub routes: Vec<Node>,
    /// The action is never reached.
    pub ended: bool,
    /// It leads back to the search for a location.
    pub reenters: bool,
}

/// A location's program; `again` is the name of the server's routes.
pub fn of_location(cx: &mut Cx, server: &Server, route: &Route, again: &str, place: &mut Place) -> Written {
    let group = format!("program{}", cx.regex_name());
    let again = Some(again.to_owned());
    let mut writer =
        Writer { server, scope: route.scope, again, group, may_have_ended: false, ended: false, reenters: false };
    let routes = writer.steps(cx, route.scope, place);
    Written { routes, ended: writer.ended, reenters: writer.reenters }
}

impl Writer<'_> {
    fn steps(&mut self, cx: &mut Cx, scope: ScopeId, place: &mut Place) -> Vec<Node> {
        let config = cx.model.config;
        let mut counts = [0; 4];
        let mut routes = Vec::new();
        for step in config.scope(scope).slot::<Program>().into_iter().flat_map(|program| &program.0) {
            let (name, count) = match step {
                Step::Rewrite(_) => ("rewrite", &mut counts[0]),
                Step::Return { .. } => ("return", &mut counts[1]),
                Step::Set { .. } => ("set", &mut counts[2]),
                Step::Break => ("break", &mut counts[3]),
                Step::If { block, .. } => {
                    let from = cx.model.subjects.opener(*block);
                    routes.extend(self.condition(cx, step, from, place));
                    continue;
                }
            };
            let setting = config.scope(scope).all(name).nth(*count);
            *count += 1;
            let Some(from) = setting.map(|setting| cx.model.subjects.setting(scope, setting)) else { continue };
            routes.extend(self.step(cx, step, from, place));
            if self.ended {
                break;
            }
        }
        routes
    }

    fn step(&mut self, cx: &mut Cx, step: &Step, from: SubjectId, place: &mut Place) -> Option<Node> {
        match step {
            Step::Return { status, text } => {
                self.ended = true;
                let answer = answer(cx, self.server, place, self.scope, (*status, text.as_ref(), from));
                Some(self.route(true, None, vec![answer]).of(from))
            }
            Step::Rewrite(rewrite) => self.rewrite(cx, rewrite, from, place),
            Step::Set { variable, value } => {
                let value = words(cx, value, place);
                let (Some(value), false) = (value, self.may_have_ended) else {
                    cx.note(from, &can::SET_LOST);
                    return None;
                };
                cx.note(from, &can::SET);
                place.set.push(variable.clone());
                let set = handler("vars").put(variable, value.text).take();
                Some(self.route(false, None, vec![set]).of(from))
            }
            Step::Break => {
                cx.note(from, &can::REWRITE);
                self.ended = self.again.is_none();
                self.may_have_ended = true;
                Some(self.route(true, None, Vec::new()).of(from))
            }
            Step::If { .. } => None,
        }
    }

    fn route(&self, in_group: bool, test: Option<Node>, handle: Vec<Node>) -> Node {
        let mut route = MapOf::default();
        if in_group {
            route.put("group", self.group.as_str());
        }
        if let Some(test) = test {
            route.put("match", list([test]));
        }
        if !handle.is_empty() {
            route.put("handle", list(handle));
        }
        route.node()
    }

    fn rewrite(&mut self, cx: &mut Cx, rewrite: &Rewrite, from: SubjectId, place: &Place) -> Option<Node> {
        let name = cx.regex_name();
        let mut inside = place.clone();
        inside.regex = Some(name.clone());
        inside.named.extend(rewrite.regex.names().iter().map(|own| (own.clone(), name.clone())));
        let (Some(pattern), Some(text)) = (re2::of(&rewrite.regex), words(cx, &rewrite.replacement, &inside)) else {
            cx.note(from, &can::REWRITE_LOST);
            return None;
        };
        let goes_on = rewrite.then == Then::Go;
        if goes_on && self.may_have_ended {
            cx.note(from, &can::REWRITE_LOST);
            return None;
        }
        let matcher = map([("path_regexp", regex(Some(name), &pattern))]);
        let text = text.text;
        let (path, query) = text.split_once('?').map_or((text.as_str(), None), |(path, query)| (path, Some(query)));
        if let Then::Redirect(code) = rewrite.then {
            let own = format!("{path}{}", query.map_or_else(String::new, |query| format!("?{query}")));
            let args = match (rewrite.keeps_args, query) {
                (false, _) => "",
                (true, None) => "{http.request.uri.prefixed_query}",
                (true, Some(_)) => "&{http.request.uri.query}",
            };
            cx.note(
                from,
                if rewrite.keeps_args && query.is_some() { &can::REWRITE_NEAR } else { &can::REWRITE_REDIRECT },
            );
            let base = if path.starts_with('/') { self.server.base.as_str() } else { "" };
            cx.uses_host |= !base.is_empty();
            return Some(self.route(true, Some(matcher), vec![redirect(code, &format!("{base}{own}{args}"))]).of(from));
        }
        cx.note(from, &can::REWRITE);
        let path = path.replace('%', "%25");
        let uri = match (query, rewrite.keeps_args) {
            (None, true) => path,
            (None, false) => format!("{path}?"),
            (Some(query), true) => format!("{path}?{query}&{{http.request.uri.query}}"),
            (Some(query), false) => format!("{path}?{query}"),
        };
        let change = handler("rewrite").put("uri", uri).take();
        self.may_have_ended |= !goes_on;
        if let (Then::Last, Some(again)) = (rewrite.then, self.again.clone()) {
            self.reenters = true;
            return Some(self.again(matcher, change, &again).of(from));
        }
        Some(self.route(!goes_on, Some(matcher), vec![change]).of(from))
    }

    /// A new search for a location, once: nginx gives up after ten with a 500, this after one.
    fn again(&self, test: Node, change: Node, again: &str) -> Node {
        let was_left = map([("vars", map([(LEFT, texts(["1"]))]))]);
        let stop = map([("match", list([was_left])), ("handle", list([status(500)]))]);
        let go = [handler("vars").put(LEFT, "1").take(), change, handler("invoke").put("name", again).take()];
        let go = map([("handle", list(go)), ("terminal", Node::from(true))]);
        let routes = handler("subroute").put("routes", list([stop, go])).take();
        self.route(true, Some(test), vec![routes])
    }

    /// An `if` whose block returns, redirects or sets.
    fn condition(&mut self, cx: &mut Cx, step: &Step, from: SubjectId, place: &mut Place) -> Option<Node> {
        let Step::If { condition, block } = step else { return None };
        let config = cx.model.config;
        let steps = config.scope(*block).slot::<Program>().map(|program| program.0.as_slice()).unwrap_or_default();
        let simple = |step: &Step| match step {
            Step::Return { .. } | Step::Set { .. } => true,
            Step::Rewrite(rewrite) => matches!(rewrite.then, Then::Redirect(_)),
            _ => false,
        };
        let known = ["return", "rewrite", "set"];
        let all_known = config.scope(*block).settings.iter().all(|own| known.contains(&own.directive.name));
        let sets = steps.iter().any(|step| matches!(step, Step::Set { .. }));
        let written = steps.iter().all(simple) && all_known && !(sets && self.may_have_ended);
        let test = if written { test(cx, condition, place) } else { None };
        let Some((test, name)) = test else {
            let denies = steps.iter().any(|step| matches!(step, Step::Return { status: 400..=499, .. }));
            cx.note(from, if denies { &can::IF_GUARD } else { &can::IF_LOST });
            for setting in &config.scope(*block).settings {
                cx.note(
                    cx.model.subjects.setting(*block, setting),
                    if denies { &can::IF_GUARD } else { &can::IF_LOST },
                );
            }
            return None;
        };
        cx.note(from, &can::IF);
        let mut inside = place.clone();
        inside.regex = name.or(inside.regex);
        let routes = self.steps(cx, *block, &mut inside);
        self.ended = false;
        place.set = inside.set;
        let Test::When(test) = test else {
            return (test == Test::Always).then(|| {
                let routes = handler("subroute").put("routes", list(routes)).take();
                self.route(false, None, vec![routes]).of(from)
            });
        };
        let routes = handler("subroute").put("routes", list(routes)).take();
        // What comes after a step that ended the program is not for the requests that it fitted.
        Some(self.route(self.may_have_ended, Some(test), vec![routes]).of(from))
    }
}

/// When a block counts.
#[derive(Debug, PartialEq)]
enum Test {
    Always,
    Never,
    When(Node),
}

/// A condition as a matcher, and the name of its regular expression.
fn test(cx: &mut Cx, condition: &Condition, place: &Place) -> Option<(Test, Option<String>)> {
    let key = |cx: &mut Cx, variable: &str| {
        let text = Text(vec![Part::Variable(variable.to_owned())]);
        words(cx, &text, place).map(|words| words.text)
    };
    let negate = |test: Test, negated: bool| match (test, negated) {
        (Test::When(test), true) => Test::When(map([("not", list([test]))])),
        (Test::Always, true) => Test::Never,
        (Test::Never, true) => Test::Always,
        (test, false) => test,
    };
    let constant = |holds: bool| if holds { Test::Always } else { Test::Never };
    match condition {
        Condition::Set(variable) => {
            let key = key(cx, variable)?;
            if !key.starts_with('{') {
                return Some((constant(!key.is_empty() && key != "0"), None));
            }
            let empty = map([("vars", map([(key.as_str(), texts(["", "0"]))]))]);
            Some((negate(Test::When(empty), true), None))
        }
        Condition::Equal { variable, value, negated } => {
            let (key, value) = (key(cx, variable)?, words(cx, value, place)?.text);
            if !key.starts_with('{') {
                return (!value.contains('{')).then(|| (negate(constant(key == value), *negated), None));
            }
            let value = if key == HOST { value.to_ascii_lowercase() } else { value };
            Some((negate(Test::When(map([("vars", map([(key.as_str(), texts([value]))]))])), *negated), None))
        }
        Condition::Matches { variable, regex: own, negated } => {
            let (key, pattern) = (key(cx, variable)?, re2::of(own)?);
            if !key.starts_with('{') {
                return Some((negate(constant(own.is_match(key.as_bytes())), *negated), None));
            }
            let name = cx.regex_name();
            let own = map([(key.as_str(), regex(Some(name.clone()), &pattern))]);
            Some((negate(Test::When(map([("vars_regexp", own)])), *negated), Some(name)))
        }
        Condition::File { .. } => None,
    }
}
