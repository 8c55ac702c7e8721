//! Programs of rewrites and conditions: the few that are paths with a prefix, redirects, hosts or methods.

use super::Plan;
use super::answers::{self, Answer, Path};
use super::capabilities as can;
use super::expressions::{self, Shape, Simple};
use super::names::{self, is_hostname};
use super::paths::Match;
use super::rules::{Rule, returned};
use crate::config::{Part, ScopeId, Text};
use crate::modules::http::rewrite::{Condition, Program, Rewrite, Step, Then};
use crate::translate::document::Node;
use crate::translate::model::{Action, Given, Route};
use crate::translate::subject::SubjectId;

/// The methods that a match may name.
const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

/// The steps of a block and their directives.
pub fn steps<'m>(plan: &Plan<'_, 'm>, scope: ScopeId) -> Vec<(&'m Step, SubjectId)> {
    let config = plan.model.config;
    let names = ["rewrite", "return", "set", "break"];
    let settings = config.scope(scope).settings.iter().filter(|setting| names.contains(&&*setting.words[0].value));
    let mut settings = settings.map(|setting| plan.model.subjects.setting(scope, setting));
    let all = config.scope(scope).slot::<Program>().into_iter().flat_map(|program| &program.0);
    all.filter_map(|step| match step {
        Step::If { block, .. } => Some((step, plan.model.subjects.opener(*block))),
        _ => Some((step, settings.next()?)),
    })
    .collect()
}

/// Rules for what a server does before it looks for a location.
pub fn server(plan: &mut Plan, host: usize, port: Option<u16>) -> Vec<Rule> {
    let mut rules = Vec::new();
    for (step, from) in steps(plan, plan.model.hosts[host].scope) {
        match step {
            Step::Rewrite(rewrite) => {
                let Then::Redirect(status) = rewrite.then else { continue };
                let Some((path, answer)) = redirect(rewrite, port) else { continue };
                plan.note(from, &can::REWRITE_REDIRECT);
                let filters = vec![answer.filter(status)];
                rules.push(Rule { paths: vec![path], filters, from: vec![from], ..Rule::default() });
            }
            // The first step is an action of the model already.
            Step::Return { status, text } if !is_first(plan, host) => {
                let mut rule = Rule { paths: vec![Match::Prefix("/".to_owned())], ..Rule::default() };
                returned(plan, &Given { value: (*status, text.clone()), from }, port, &mut rule);
                rules.push(rule);
            }
            _ => {}
        }
    }
    rules
}

fn is_first(plan: &Plan, host: usize) -> bool {
    let steps = steps(plan, plan.model.hosts[host].scope);
    matches!(steps.first(), Some((Step::Return { .. }, _)))
}

/// What every request of a location comes to that nothing in its program led away before.
pub fn end(plan: &Plan, route: &Route) -> Option<Given<(u16, Option<Text>)>> {
    let last = steps(plan, route.scope).into_iter().find_map(|(step, from)| match step {
        Step::Return { status, text } => Some(Given { value: (*status, text.clone()), from }),
        _ => None,
    });
    last.filter(|_| !route.test.is_rest)
}

/// Whether no request gets as far as the locations.
pub fn takes_all(plan: &Plan, host: usize) -> bool {
    let ends = |step: &Step| match step {
        Step::Rewrite(rewrite) => {
            matches!(rewrite.then, Then::Redirect(_))
                && redirect(rewrite, None).is_some_and(|(path, _)| path == Match::Prefix("/".to_owned()))
        }
        Step::Return { .. } => !is_first(plan, host),
        _ => false,
    };
    steps(plan, plan.model.hosts[host].scope).iter().any(|(step, _)| ends(step))
}

/// Rules for single hosts of a server: `if ($host = name) { return 301 ...; }`.
pub fn hosts(plan: &mut Plan, host: usize) -> Vec<(String, Rule)> {
    let mut rules = Vec::new();
    for (step, from) in steps(plan, plan.model.hosts[host].scope) {
        let Step::If { condition: Condition::Equal { variable, value, negated: false }, block } = step else {
            continue;
        };
        let name = value.literal().map(str::to_ascii_lowercase).filter(|name| is_hostname(name));
        let Some(name) = name.filter(|_| ["host", "http_host"].contains(&variable.as_str())) else { continue };
        let inner = steps(plan, *block);
        let [(Step::Return { status: status @ (301 | 302 | 303 | 307 | 308), text: Some(text) }, inside)] = inner[..]
        else {
            continue;
        };
        let everything = Match::Prefix("/".to_owned());
        let Some(answer) = answers::read(text, &everything, None) else { continue };
        plan.note(from, &can::IF_HOST);
        plan.note(inside, &can::RETURN_REDIRECT);
        let filters = vec![answer.filter(*status)];
        rules.push((name, Rule { paths: vec![everything], filters, from: vec![from, inside], ..Rule::default() }));
    }
    rules
}

/// Rules that keep methods out of a location: `if ($request_method = TRACE) { return 405; }`.
pub fn methods(plan: &mut Plan, route: &Route, rule: &Rule) -> Vec<Rule> {
    let config = plan.model.config;
    let mut rules: Vec<Rule> = Vec::new();
    // Who is redirected to the path with a `/` does not get as far.
    if matches!(route.action, Action::SlashRedirect) {
        return rules;
    }
    let scopes: Vec<ScopeId> = config.ancestors(route.scope).collect();
    let all: Vec<_> = scopes.into_iter().flat_map(|scope| steps(plan, scope)).collect();
    for (step, from) in all {
        let Step::If { condition, block } = step else { continue };
        let Some(methods) = named_methods(condition) else { continue };
        let inner = steps(plan, *block);
        let [(Step::Return { status: 400.., .. }, inside)] = inner[..] else { continue };
        plan.note(from, &can::IF_METHOD);
        plan.note(inside, &can::IF_METHOD);
        rules.push(Rule {
            methods,
            from: vec![from],
            filters: Vec::new(),
            backends: Vec::new(),
            timeout: None,
            ..rule.clone()
        });
    }
    rules
}

fn named_methods(condition: &Condition) -> Option<Vec<&'static str>> {
    let all = |test: &dyn Fn(&str) -> bool| Some(METHODS.iter().copied().filter(|method| test(method)).collect());
    match condition {
        Condition::Equal { variable, value, negated } if variable == "request_method" => {
            let value = value.literal()?;
            all(&|method| (method == value) != *negated)
        }
        Condition::Matches { variable, regex, negated } if variable == "request_method" => {
            all(&|method| regex.is_match(method.as_bytes()) != *negated)
        }
        _ => None,
    }
}

/// A redirect that a location begins with.
pub fn location_redirect(plan: &mut Plan, route: &Route, matched: &Match, port: Option<u16>) -> Option<Node> {
    let (step, from) = steps(plan, route.scope).into_iter().find(|(step, _)| matches!(step, Step::Rewrite(_)))?;
    let Step::Rewrite(rewrite) = step else { return None };
    let Then::Redirect(status) = rewrite.then else { return None };
    let (path, answer) = redirect(rewrite, port)?;
    let everything = path == Match::Prefix("/".to_owned()) && !matches!(answer.path, Path::Swap(_));
    if path != *matched && !everything {
        return None;
    }
    plan.note(from, &can::REWRITE_REDIRECT);
    Some(answer.filter(status))
}

/// What a `rewrite ... break` of a location makes of the path for the backend.
pub fn rewritten(plan: &mut Plan, route: &Route, matched: &Match) -> Option<Node> {
    let (step, from) = steps(plan, route.scope).into_iter().find(|(step, _)| matches!(step, Step::Rewrite(_)))?;
    let Step::Rewrite(rewrite) = step else { return None };
    if rewrite.then != Then::Break || !rewrite.keeps_args {
        return None;
    }
    if let Some(path) = rewrite.replacement.literal().filter(|path| path.starts_with('/') && !path.contains('?')) {
        // Other paths of the location would stay as they are.
        let simple = read(rewrite)?;
        let all = matches!(simple.shape, Shape::Prefix(_) | Shape::Segment(_)) && fits(&simple.shape, matched);
        plan.note(from, if all { &can::REWRITE_FULL } else { &can::REWRITE_LOST });
        return all.then(|| answers::full(path));
    }
    let simple = read(rewrite)?;
    let prefix = new_prefix(&simple, &rewrite.replacement)?;
    let Match::Prefix(own) = matched else { return None };
    let path = if fits(&simple.shape, matched) {
        prefix
    } else if simple.shape == Shape::Prefix("/".to_owned()) {
        format!("{}{own}", prefix.trim_end_matches('/'))
    } else {
        return None;
    };
    plan.note(from, &can::REWRITE_PREFIX);
    Some(answers::swapped(&path))
}

/// The expression of a rewrite, which may stand anywhere in the path where the controller wrote it.
fn read(rewrite: &Rewrite) -> Option<Simple> {
    let pattern = rewrite.regex.pattern();
    let pattern = pattern.strip_prefix("(?i)").unwrap_or(pattern);
    if pattern == "^" {
        return Some(Simple { shape: Shape::Prefix("/".to_owned()), rest: None });
    }
    expressions::simple(pattern)
}

fn fits(shape: &Shape, matched: &Match) -> bool {
    let Match::Prefix(own) = matched else { return false };
    let path = match shape {
        Shape::Exact(_) => return false,
        Shape::Prefix(path) | Shape::Segment(path) => path,
    };
    let short = path.strip_suffix('/').filter(|short| !short.is_empty()).unwrap_or(path);
    names::path(short) == *own
}

/// What takes the place of the prefix.
fn new_prefix(simple: &Simple, replacement: &Text) -> Option<String> {
    let (group, with_slash) = simple.rest?;
    let text = match replacement.0.as_slice() {
        [Part::Capture(own)] if *own == group => "",
        [Part::Literal(text), Part::Capture(own)] if *own == group => text.as_str(),
        _ => return None,
    };
    let path = if with_slash { text } else { text.strip_suffix('/')? };
    if path.contains(['?', '#']) || !(path.is_empty() || path.starts_with('/')) {
        return None;
    }
    Some(if path.is_empty() { "/".to_owned() } else { path.to_owned() })
}

/// A rewrite that redirects: for which paths, and where to.
fn redirect(rewrite: &Rewrite, port: Option<u16>) -> Option<(Match, Answer)> {
    if !rewrite.keeps_args {
        return None;
    }
    let simple = read(rewrite)?;
    let path = match &simple.shape {
        Shape::Exact(path) => Match::Exact(names::path(path)),
        Shape::Segment(path) => Match::Prefix(names::path(path)),
        Shape::Prefix(path) if path == "/" => Match::Prefix("/".to_owned()),
        Shape::Prefix(path) => Match::Prefix(names::path(path.strip_suffix('/')?)),
    };
    let whole = path == Match::Prefix("/".to_owned());
    if let (true, Some((group, with_slash))) = (whole, simple.rest) {
        // `$1` is the whole path.
        let parts = rewrite.replacement.0.as_slice();
        if let [Part::Literal(text), Part::Capture(own)] = parts
            && *own == group
            && text.contains("://")
        {
            let host = if with_slash { text.as_str() } else { text.strip_suffix('/')? };
            let text = Text::read(&format!("{host}$request_uri")).ok()?;
            return Some((path.clone(), answers::read(&text, &path, port)?));
        }
    }
    if let Some(prefix) = new_prefix(&simple, &rewrite.replacement) {
        let answer = Answer { path: Path::Swap(prefix), port, ..Answer::default() };
        return Some((path, answer));
    }
    Some((path.clone(), answers::read(&rewrite.replacement, &path, port)?))
}
