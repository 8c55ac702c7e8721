//! The programs of servers and locations (`rewrite`, `if`, `set`, `break`, `return` inside them) as rules.
//!
//! `txn.path` is the path that a program works on, `txn.rewritten` says that the backend gets it, `txn.inside` that its
//! beginning is no longer the location's name; `txn.stop` ends a program,
//! `txn.again` asks for another search of a location. What cannot be written is noted as lost; where it keeps somebody out,
//! as refused.

use super::answers::{self, Return};
use super::choice::PATH;
use super::plan::Rule;
use super::samples::{Around, Piece};
use super::words::{matches, test, word};
use super::{Work, can};
use crate::config::{Part, Regex, ScopeId, Setting, Text};
use crate::modules::http::rewrite::{Condition, Program, Rewrite, Step, Then};
use crate::translate::class::Capability;
use crate::translate::model::{Host, Route};
use crate::translate::subject::SubjectId;

/// Statuses that keep somebody out.
const REFUSALS: &[u16] = &[401, 403, 429, 444];
/// Directives that make a program.
const STEPS: &[&str] = &["rewrite", "return", "set", "break"];

const GOES_ON: &str = "!{ var(txn.stop) -m found }";
const HAS_ARGUMENTS: &str = "{ query,length -m int gt 0 }";

/// Where a step stands.
#[derive(Clone)]
struct At<'a> {
    /// The block that the steps are in.
    scope: ScopeId,
    /// The conditions on the way.
    when: String,
    around: Around<'a>,
    is_server: bool,
}

/// The variables that `set` gives, and whether anything rewrites paths.
pub fn look(work: &mut Work) {
    for scope in &work.model.config.scopes {
        for step in scope.slot::<Program>().into_iter().flat_map(|program| &program.0) {
            match step {
                Step::Set { variable, .. } => drop(work.kept.sets.insert(variable.to_ascii_lowercase())),
                Step::Rewrite(own) => work.rewrites |= !matches!(own.then, Then::Redirect(_)),
                _ => {}
            }
        }
    }
}

/// What a server does before a location is searched.
pub fn of_server(work: &mut Work, host: &Host, around: Around, when: &str) -> Vec<Rule> {
    let mut rules = Vec::new();
    let answers = host.routes.len() == 1;
    if !host.has_program || (answers && matches!(host.routes[0].action, crate::translate::model::Action::Return(_))) {
        return rules;
    }
    let at = At { scope: host.scope, when: when.to_owned(), around, is_server: true };
    steps(work, &at, &mut rules);
    if rules.iter().any(|rule| rule.text.contains("(txn.stop)")) {
        rules.push(Rule::when("http-request unset-var(txn.stop)", when, &[]));
    }
    rules
}

/// What a location does before it says where it goes.
pub fn of_location(work: &mut Work, route: &Route, around: Around, rules: &mut Vec<Rule>) {
    // The end of the list has the server's block, whose program ran already.
    if route.has_program && !route.test.is_rest {
        let matched = route.test.regexes.last().map(|regex| (PATH, regex));
        let at = At { scope: route.scope, when: String::new(), around: Around { matched, ..around }, is_server: false };
        steps(work, &at, rules);
    }
}

/// Whether a location asks for another search.
pub fn searches_again(blocks: &[super::plan::Block]) -> bool {
    blocks.iter().any(|block| block.has("set-var(txn.again) "))
}

fn steps(work: &mut Work, at: &At, rules: &mut Vec<Rule>) {
    let model = work.model;
    let scope = model.config.scope(at.scope);
    let Some(program) = scope.slot::<Program>() else { return };
    let mut settings = scope.settings.iter().filter(|setting| STEPS.contains(&setting.directive.name));
    for step in &program.0 {
        let when = [&*at.when, GOES_ON].join(" ");
        let when = when.trim_start();
        let from = |setting: Option<&Setting>| {
            setting.map_or(model.subjects.opener(at.scope), |setting| model.subjects.setting(at.scope, setting))
        };
        match step {
            Step::Return { status, text } => {
                let from = from(settings.next());
                let own = Return { status: *status, text: text.as_ref(), scope: at.scope, from, test: None };
                rules.extend(answers::rules(work, &own, at.around, when));
            }
            Step::Rewrite(own) => {
                let from = from(settings.next());
                match rewrite(work, own, at, when, from) {
                    Some(new) => {
                        work.note(from, &can::REWRITE);
                        rules.extend(new);
                    }
                    None => work.note(from, &can::REWRITE_LOST),
                }
            }
            Step::Set { variable, value } => {
                let from = from(settings.next());
                match work.kept.format(value, at.around) {
                    Ok(format) => {
                        work.note(from, &can::IF);
                        let name = variable.to_ascii_lowercase();
                        let text = format!("http-request set-var-fmt(txn.set_{name}) {}", answers::quoted(&format));
                        rules.push(Rule::when(text, when, &[from]));
                    }
                    Err(_) => work.note(from, &can::IF_LOST),
                }
            }
            Step::Break => {
                let from = from(settings.next());
                work.note(from, &can::IF);
                // It ends what a rewrite began.
                if work.rewrites {
                    let begun = if at.is_server { "txn.rewritten" } else { "txn.again" };
                    let begun = format!("{when} {{ var({begun}) -m found }}");
                    rules.push(Rule::when("http-request set-var(txn.inside) bool(true)", begun, &[from]));
                }
                if work.rewrites && !at.is_server {
                    rules.push(Rule::when("http-request unset-var(txn.again)", when, &[from]));
                }
                rules.push(Rule::when("http-request set-var(txn.stop) bool(true)", when, &[from]));
            }
            Step::If { condition, block } => {
                if branch(work, condition, *block, at, when, rules).is_none() {
                    lose(work, *block);
                }
            }
        }
    }
}

/// An `if` with its block; nothing if it cannot be written.
fn branch(
    work: &mut Work,
    condition: &Condition,
    block: ScopeId,
    at: &At,
    when: &str,
    rules: &mut Vec<Rule>,
) -> Option<()> {
    let scope = work.model.config.scope(block);
    let only_steps = scope.settings.iter().all(|setting| STEPS.contains(&setting.directive.name));
    if !only_steps {
        return None;
    }
    let mut before = Vec::new();
    let (sample, test, regex) = condition_of(work, condition, at, when, &mut before)?;
    let from = work.model.subjects.opener(block);
    work.note(from, &can::IF);
    let number = work.next_value();
    let mark = format!("http-request set-var(txn.value_{number}) bool(true)");
    before.push(Rule::when(mark, format!("{when} {test}"), &[from]));
    let around = match &regex {
        Some(regex) => Around { matched: Some((&sample, regex)), ..at.around },
        None => at.around,
    };
    let inner = At { scope: block, when: format!("{{ var(txn.value_{number}) -m found }}"), around, ..at.clone() };
    rules.extend(before);
    steps(work, &inner, rules);
    Some(())
}

/// A condition as a sample and a test of it, and the expression that `$1` comes from.
fn condition_of(
    work: &mut Work,
    condition: &Condition,
    at: &At,
    when: &str,
    before: &mut Vec<Rule>,
) -> Option<(String, String, Option<Regex>)> {
    let (Condition::Set(variable) | Condition::Equal { variable, .. } | Condition::Matches { variable, .. }) =
        condition
    else {
        return None;
    };
    let piece = work.kept.variable(&variable.to_ascii_lowercase(), at.around).ok()?;
    let sample = match piece {
        Piece::Sample(sample) => sample,
        Piece::Fixed(_) | Piece::Format(_) => {
            let text = Text(vec![Part::Variable(variable.clone())]);
            let format = work.kept.format(&text, at.around).ok()?;
            let number = work.next_value();
            let text = format!("http-request set-var-fmt(txn.value_{number}) {}", answers::quoted(&format));
            before.push(Rule::when(text, when, &[]));
            format!("var(txn.value_{number})")
        }
    };
    let is_there = format!("{{ {} -m int gt 0 }}", word(&format!("{sample},length")));
    let not = |negated: &bool| if *negated { "!" } else { "" };
    Some(match condition {
        Condition::Set(_) => {
            let test = format!("{is_there} !{}", test(&sample, "str", &["0"]));
            (sample, test, None)
        }
        Condition::Equal { value, negated, .. } => {
            let value = value.literal()?;
            let test = if value.is_empty() {
                format!("{}{is_there}", not(&!negated))
            } else {
                format!("{}{}", not(negated), test(&sample, "str", &[value]))
            };
            (sample, test, None)
        }
        // What is missing is empty to nginx, and matches nothing here.
        Condition::Matches { regex, .. } if regex.is_match(b"") => return None,
        Condition::Matches { regex, negated, .. } => {
            let test = format!("{}{}", not(negated), matches(&sample, regex));
            (sample, test, Some(regex.clone()))
        }
        Condition::File { .. } => return None,
    })
}

/// Notes that a block is not written.
fn lose(work: &mut Work, block: ScopeId) {
    let model = work.model;
    let protects = |scope: ScopeId| {
        let scope = model.config.scope(scope);
        let steps = scope.slot::<Program>().into_iter().flat_map(|program| &program.0);
        let refuses = |step: &Step| matches!(step, Step::Return { status, .. } if REFUSALS.contains(status));
        steps.into_iter().any(refuses)
            || ["deny", "auth_basic", "auth_request"].iter().any(|name| scope.setting(name).is_some())
    };
    let capability: &'static Capability = if protects(block) { &can::IF_PROTECTS } else { &can::IF_LOST };
    work.note(model.subjects.opener(block), capability);
    for setting in &model.config.scope(block).settings {
        work.note(model.subjects.setting(block, setting), capability);
    }
}

/// A text cut at its first `?`.
fn cut(text: &Text) -> (Text, Option<Text>) {
    let mut path = Vec::new();
    for (n, part) in text.0.iter().enumerate() {
        if let Part::Literal(literal) = part
            && let Some((before, after)) = literal.split_once('?')
        {
            path.push(Part::Literal(before.to_owned()));
            let rest = [Part::Literal(after.to_owned())].into_iter().chain(text.0[n + 1..].iter().cloned());
            return (Text(path), Some(Text(rest.collect())));
        }
        path.push(part.clone());
    }
    (Text(path), None)
}

/// A `rewrite`; nothing if it has variables that are not known.
fn rewrite(work: &mut Work, own: &Rewrite, at: &At, when: &str, from: SubjectId) -> Option<Vec<Rule>> {
    let around = Around { matched: Some((PATH, &own.regex)), ..at.around };
    let when = format!("{when} {}", matches(PATH, &own.regex));
    if let Then::Redirect(status) = own.then {
        return redirect(work, own, status, at, around, &when, from);
    }
    let (path, arguments) = cut(&own.replacement);
    let path = work.kept.format(&path, around).ok()?;
    let mut rules = Vec::new();
    let mut push = |text: String, more: &str| {
        rules.push(Rule::when(text, format!("{when} {more}").trim_end(), &[from]));
    };
    push(format!("http-request set-var-fmt(txn.next) {}", answers::quoted(&path)), "");
    if let Some(arguments) = arguments {
        let arguments = work.kept.format(&arguments, around).ok()?;
        push(format!("http-request set-var-fmt(txn.args) {}", answers::quoted(&arguments)), "");
        if own.keeps_args {
            push("http-request set-var-fmt(txn.args) %[var(txn.args)]&%[query]".to_owned(), HAS_ARGUMENTS);
        }
        push("http-request set-query %[var(txn.args)]".to_owned(), "");
    } else if !own.keeps_args {
        push("http-request set-pathq %[path]".to_owned(), "");
    }
    push("http-request set-var(txn.rewritten) bool(true)".to_owned(), "");
    if own.then != Then::Go {
        push("http-request set-var(txn.stop) bool(true)".to_owned(), "");
    }
    if own.then == Then::Break {
        push("http-request set-var(txn.inside) bool(true)".to_owned(), "");
    }
    if own.then != Then::Break && !at.is_server {
        push("http-request set-var(txn.again) bool(true)".to_owned(), "");
    } else if !at.is_server {
        push("http-request unset-var(txn.again)".to_owned(), "");
    }
    // The last of all, as the conditions ask for the path.
    let number = work.next_value();
    let moved = format!("http-request set-var(txn.value_{number}) bool(true)");
    let first = Rule::when(moved, when.trim_end(), &[from]);
    for rule in &mut rules {
        rule.when = rule.when.replacen(&when, &format!("{{ var(txn.value_{number}) -m found }}"), 1);
    }
    rules.insert(0, first);
    let last = format!("{{ var(txn.value_{number}) -m found }}");
    rules.push(Rule::when("http-request set-var(txn.path) var(txn.next)", last.clone(), &[from]));
    rules.push(Rule::when(format!("http-request unset-var(txn.value_{number})"), last, &[from]));
    Some(rules)
}

fn redirect(
    work: &mut Work,
    own: &Rewrite,
    status: u16,
    at: &At,
    around: Around,
    when: &str,
    from: SubjectId,
) -> Option<Vec<Rule>> {
    let around = Around { redirects: true, ..around };
    let to = answers::location(work, at.scope, &own.replacement, around)?;
    let has_own = own.replacement.0.iter().any(|part| matches!(part, Part::Literal(text) if text.contains('?')));
    let mut rules = Vec::new();
    if own.keeps_args {
        let joint = if has_own { "&" } else { "?" };
        let text = answers::redirect(work, status, &format!("{to}{joint}%[query]"));
        rules.push(Rule::when(text, format!("{when} {HAS_ARGUMENTS}"), &[from]));
    }
    rules.push(Rule::when(answers::redirect(work, status, &to), when, &[from]));
    Some(rules)
}
