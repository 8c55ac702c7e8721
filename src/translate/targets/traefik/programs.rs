//! `if`, `return` and `rewrite` as routers that stand before those of the locations, each with an answer; and a `rewrite`
//! with `break` as a middleware.

use super::redirects::{self, Url};
use super::routers::Server;
use super::{Cx, can, headers, rules};
use crate::config::{Part, ScopeId, Text};
use crate::modules::http::rewrite::{Condition, Program, Rewrite, Step, Then};
use crate::translate::SubjectId;
use crate::translate::document::{Node, map};
use crate::translate::model::{Host, Route};
use crate::translate::re2;

/// The routers of a server's program.
pub fn of_server(cx: &mut Cx, server: &Server, host: &Host) {
    let added = host.routes.last().map(|rest| headers::answers(cx, rest)).unwrap_or_default();
    let mut writer = Writer { server, scope: host.scope, path: "", in_location: false, added };
    writer.steps(cx);
}

/// What a location's program became.
#[derive(Default)]
pub struct Written {
    /// The location's action is never reached.
    pub ended: bool,
    /// The middleware that changes the path.
    pub rewrite: Option<String>,
}

/// The routers of a location's program; `path` is the rule for its paths.
pub fn of_location(cx: &mut Cx, server: &Server, route: &Route, path: &str) -> Written {
    let added = headers::answers(cx, route);
    let mut writer = Writer { server, scope: route.scope, path, in_location: true, added };
    writer.steps(cx)
}

struct Writer<'p> {
    server: &'p Server<'p>,
    scope: ScopeId,
    path: &'p str,
    in_location: bool,
    /// The middlewares for the headers of its answers.
    added: Vec<String>,
}

impl Writer<'_> {
    fn steps(&mut self, cx: &mut Cx) -> Written {
        let config = cx.model.config;
        let mut written = Written::default();
        let mut counts = [0; 4];
        let mut known = true;
        for step in config.scope(self.scope).slot::<Program>().into_iter().flat_map(|program| &program.0) {
            let (name, count) = match step {
                Step::If { condition, block } => {
                    known &= self.condition(cx, condition, *block);
                    continue;
                }
                Step::Rewrite(_) => ("rewrite", &mut counts[0]),
                Step::Return { .. } => ("return", &mut counts[1]),
                Step::Set { .. } => ("set", &mut counts[2]),
                Step::Break => ("break", &mut counts[3]),
            };
            let setting = config.scope(self.scope).all(name).nth(*count);
            *count += 1;
            let Some(from) = setting.map(|setting| cx.model.subjects.setting(self.scope, setting)) else { continue };
            match step {
                Step::Return { status, text } => {
                    // What could not be written may have gone elsewhere before.
                    cx.note(from, if known { &can::RETURN_STATUS } else { &can::RETURN_AFTER_LOST });
                    let said = (*status, text.as_ref(), from);
                    let own = redirects::returned(cx, &self.server.asked, self.scope, said);
                    self.server.answer(cx, self.path.to_owned(), &self.with_added(own), &[from]);
                    written.ended = true;
                    return written;
                }
                Step::Rewrite(rewrite) => {
                    let done = written.rewrite.is_none() && self.rewrite(cx, rewrite, from, &mut written);
                    if !done {
                        cx.note(from, &can::REWRITE_LOST);
                    }
                    known &= done;
                }
                Step::Set { .. } => cx.note(from, &can::SET),
                Step::Break => cx.note(from, &can::REWRITE_LOST),
                Step::If { .. } => {}
            }
        }
        written
    }

    /// Whether it could be written.
    fn rewrite(&self, cx: &mut Cx, rewrite: &Rewrite, from: SubjectId, written: &mut Written) -> bool {
        let Some(pattern) = re2::of(&rewrite.regex) else { return false };
        match rewrite.then {
            Then::Redirect(code) => {
                let Some(url) = self.redirect(rewrite, &pattern) else { return false };
                let rule = rules::all([self.path.to_owned(), rules::matcher("PathRegexp", &pattern)]);
                let own = match url {
                    (Some(regex), Url::Parts(parts)) => {
                        cx.note(from, &can::REWRITE_REDIRECT);
                        let node = map([
                            ("regex", Node::from(regex)),
                            ("replacement", Node::from(parts)),
                            ("permanent", Node::from(code == 301)),
                        ]);
                        vec![cx.middleware("redirectRegex", node)]
                    }
                    (_, url) => {
                        cx.note(from, &can::REWRITE_REDIRECT);
                        redirects::redirect(cx, code, &url, from)
                    }
                };
                self.server.answer(cx, rule, &self.with_added(own), &[from]);
                true
            }
            Then::Break if self.in_location => {
                let Some(replacement) = replacement(&rewrite.replacement, 0) else { return false };
                if replacement.contains('?') || !rewrite.keeps_args {
                    return false;
                }
                cx.note(from, &can::REWRITE);
                let node = map([("regex", Node::from(pattern)), ("replacement", Node::from(replacement))]);
                written.rewrite = Some(cx.middleware("replacePathRegex", node.of(from)));
                true
            }
            _ => false,
        }
    }

    /// Where a redirect leads to, and the regular expression on the URL if the path's captures are in it.
    fn redirect(&self, rewrite: &Rewrite, pattern: &str) -> Option<(Option<String>, Url)> {
        let text = &rewrite.replacement;
        let captures = text.0.iter().any(|part| matches!(part, Part::Capture(_)));
        if !captures {
            let mut text = text.clone();
            if rewrite.keeps_args
                && !text.0.iter().any(|part| matches!(part, Part::Literal(text) if text.contains('?')))
            {
                text.0.push(Part::Variable("args".to_owned()));
            }
            return Some((None, self.server.asked.url(&text, true)?));
        }
        // The captures come after those of scheme and host; the arguments after all.
        let inner = pattern.strip_prefix('^')?;
        let (inner, rest) = match inner.strip_suffix('$').filter(|inner| !inner.ends_with('\\')) {
            Some(inner) => {
                (inner.strip_suffix("(.*)").map_or_else(|| inner.to_owned(), |rest| format!("{rest}([^?]*)")), "")
            }
            None => (inner.to_owned(), "[^?]*"),
        };
        if inner.contains(".*") || inner.contains(".+") || inner.contains("(?i)") {
            return None;
        }
        let regex = format!("^(https?)://([^/?#]*){inner}{rest}(\\?.*)?$");
        let moved = replacement(text, 2)?;
        let port = self.server.asked.port;
        let usual = port == if self.server.asked.tls { 443 } else { 80 };
        let _ = usual;
        let base = if moved.starts_with('/') { "${1}://${2}" } else { "" };
        let args = match (rewrite.keeps_args, moved.contains('?')) {
            (true, false) => format!("${{{}}}", rewrite.regex.captures() + 3),
            (true, true) => return None,
            (false, _) => String::new(),
        };
        Some((Some(regex), Url::Parts(format!("{base}{moved}{args}"))))
    }

    /// An `if` whose block answers; whether it could be written.
    fn condition(&self, cx: &mut Cx, condition: &Condition, block: ScopeId) -> bool {
        let config = cx.model.config;
        let from = cx.model.subjects.opener(block);
        let steps = config.scope(block).slot::<Program>().map(|program| program.0.as_slice()).unwrap_or_default();
        let own: Vec<SubjectId> =
            config.scope(block).settings.iter().map(|setting| cx.model.subjects.setting(block, setting)).collect();
        let answers = match (steps, own.as_slice()) {
            ([Step::Return { status, text }], [inner]) => Some((*status, text.as_ref(), *inner)),
            _ => None,
        };
        let rule = test(self.server, condition);
        let (Some(said), Some(rule)) = (answers, rule) else {
            let denies = steps.iter().any(|step| matches!(step, Step::Return { status: 400..=499, .. }));
            for subject in std::iter::once(from).chain(own) {
                cx.note(subject, if denies { &can::IF_GUARD } else { &can::IF_LOST });
            }
            return false;
        };
        cx.note(from, &can::IF);
        match rule {
            Test::Never => {
                cx.note(said.2, &can::IF);
                return true;
            }
            Test::Always => self.answer(cx, String::new(), said, from),
            Test::When(rule) => self.answer(cx, rule, said, from),
        }
        true
    }

    fn answer(&self, cx: &mut Cx, rule: String, said: (u16, Option<&Text>, SubjectId), from: SubjectId) {
        let own = redirects::returned(cx, &self.server.asked, self.scope, said);
        let parts: Vec<String> = [self.path.to_owned(), rule].into_iter().filter(|part| !part.is_empty()).collect();
        self.server.answer(cx, parts.join(" && "), &self.with_added(own), &[from, said.2]);
    }

    fn with_added(&self, own: Vec<String>) -> Vec<String> {
        self.added.iter().cloned().chain(own).collect()
    }
}

/// A replacement with references to captures, whose numbers go up by this much.
fn replacement(text: &Text, up: u8) -> Option<String> {
    let part = |part: &Part| match part {
        Part::Literal(text) => Some(text.replace('$', "$$")),
        Part::Capture(number) => Some(format!("${{{}}}", number + up)),
        Part::Variable(_) => None,
    };
    text.0.iter().map(part).collect()
}

/// When a block counts.
enum Test {
    Always,
    Never,
    When(String),
}

/// A condition as a rule.
fn test(server: &Server, condition: &Condition) -> Option<Test> {
    let constant = |holds: bool| if holds { Test::Always } else { Test::Never };
    let fixed = |variable: &str| match variable {
        "scheme" => Some(if server.asked.tls { "https" } else { "http" }.to_owned()),
        "server_port" => Some(server.asked.port.to_string()),
        _ => None,
    };
    let negate = |rule: String, negated: bool| if negated { format!("!({rule})") } else { rule };
    match condition {
        Condition::Set(variable) => {
            let header = variable.strip_prefix("http_")?.replace('_', "-");
            let (header, some) = (rules::quoted(&header), rules::quoted("."));
            Some(Test::When(format!("HeaderRegexp({header}, {some}) && !Header({header}, `0`)")))
        }
        Condition::Equal { variable, value, negated } => {
            let value = value.literal()?;
            if let Some(fixed) = fixed(variable) {
                return Some(constant((fixed == value) != *negated));
            }
            let rule = match variable.as_str() {
                "host" => rules::matcher("Host", value),
                "request_method" => rules::matcher("Method", value),
                "remote_addr" => rules::matcher("ClientIP", value),
                "uri" | "document_uri" => rules::matcher("Path", value),
                other => named(other, value, "Header", "Query")?,
            };
            Some(Test::When(negate(rule, *negated)))
        }
        Condition::Matches { variable, regex, negated } => {
            if let Some(fixed) = fixed(variable) {
                return Some(constant(regex.is_match(fixed.as_bytes()) != *negated));
            }
            let pattern = re2::of(regex)?;
            let rule = match variable.as_str() {
                "host" => rules::matcher("HostRegexp", &pattern),
                "uri" | "document_uri" => rules::matcher("PathRegexp", &pattern),
                // The methods that an expression names, where it names them one by one.
                "request_method" => rules::any(
                    methods(regex.pattern())?.iter().map(|method| rules::matcher("Method", method)).collect(),
                ),
                other => named(other, &pattern, "HeaderRegexp", "QueryRegexp")?,
            };
            Some(Test::When(negate(rule, *negated)))
        }
        Condition::File { .. } => None,
    }
}

/// A header or an argument.
fn named(variable: &str, value: &str, header: &str, query: &str) -> Option<String> {
    let value = rules::quoted(value);
    if let Some(name) = variable.strip_prefix("http_").filter(|name| *name != "host") {
        return Some(format!("{header}({}, {value})", rules::quoted(&name.replace('_', "-"))));
    }
    let name = variable.strip_prefix("arg_")?;
    Some(format!("{query}({}, {value})", rules::quoted(name)))
}

/// `^(GET|POST)$` as its methods.
fn methods(pattern: &str) -> Option<Vec<String>> {
    let inner = pattern.strip_prefix("^(")?.strip_suffix(")$")?;
    let methods: Vec<String> = inner.split('|').map(str::to_owned).collect();
    let plain = methods.iter().all(|method| !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase()));
    plain.then_some(methods)
}
