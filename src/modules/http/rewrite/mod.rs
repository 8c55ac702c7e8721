//! `ngx_http_rewrite_module`: `if`, `rewrite`, `return`, `set` and `break` make a small program for each server and
//! location, which runs before (and after) a location is chosen.

mod condition;

use crate::modules::Version;
use crate::modules::prelude::*;
pub use condition::{Condition, FileTest};

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_rewrite_module", Kind::Http, Presence::Default("http_rewrite"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("break", "server location server-if location-if", "0", Custom(break_), "1.0.0", "",
        "Stops processing further rewrite-module directives at this level and continues handling the request in the current location."),
    d("if", "server location", "block 1+", Custom(if_), "1.0.0", "",
        "Applies the enclosed rewrite directives and settings when the condition holds; use with care inside locations."),
    d("return", "server location server-if location-if", "1 2", Custom(return_), "1.0.0", "",
        "Stops processing and sends the given status code, with optional text or redirect URL."),
    d("rewrite", "server location server-if location-if", "2 3", Custom(rewrite), "1.0.0", "",
        "Changes the request URI when it matches the regular expression, or redirects the client to it."),
    d("rewrite_log", "http server location server-if location-if", "flag", Flag, "1.0.0", "off",
        "Logs the results of rewrite-module processing to the error log at notice level."),
    d("set", "server location server-if location-if", "2", Custom(set), "1.0.0", "",
        "Assigns a value made of text and variables to the given variable during rewrite processing."),
    d("uninitialized_variable_warn", "http server location server-if location-if", "flag", Flag, "1.0.0", "on",
        "Logs a warning whenever a variable is used that was never given a value."),
];

/// State of a scope: its program. The steps of an `if` are in the `if`'s own scope.
#[derive(Debug, Default)]
pub struct Program(pub Vec<Step>);

/// One step.
#[derive(Debug)]
pub enum Step {
    /// `rewrite`
    Rewrite(Rewrite),
    /// `return`
    Return {
        /// Status of the answer.
        status: u16,
        /// Body, or where to redirect to.
        text: Option<Text>,
    },
    /// `set`
    Set {
        /// Without `$`.
        variable: String,
        /// What it becomes.
        value: Text,
    },
    /// `break`
    Break,
    /// `if`
    If {
        /// When the block counts.
        condition: Condition,
        /// The block.
        block: ScopeId,
    },
}

/// A `rewrite`.
#[derive(Debug)]
pub struct Rewrite {
    /// What the path must match.
    pub regex: Regex,
    /// What it becomes, without a `?` at the end.
    pub replacement: Text,
    /// The request's own arguments are added.
    pub keeps_args: bool,
    /// What happens then.
    pub then: Then,
}

/// What follows a `rewrite` that matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// The next step.
    Go,
    /// A new search for a location: `last`.
    Last,
    /// The end of the program: `break`.
    Break,
    /// A redirect with this status.
    Redirect(u16),
}

/// What a replacement or a `return` begins with when it is a URL to redirect to.
const URLS: &[&str] = &["http://", "https://", "$scheme"];

fn is_url(text: &str) -> bool {
    URLS.iter().any(|start| text.starts_with(start))
}

fn step(cx: &mut Cx, call: &Call, step: Step) {
    cx.slot::<Program>().0.push(step);
    cx.keep(call, Value::Own);
}

/// `ngx_http_rewrite`
fn rewrite(cx: &mut Cx, call: &Call) -> Verdict {
    const NOT_EMPTY: Version = Version::read("1.17.7");
    let (text, span) = (call.arg(2), call.span(2));
    if text.is_empty() && cx.target.version >= NOT_EMPTY {
        return Err(Fault::emerg("empty replacement").at(span));
    }
    let regex = cx.capturing_regex(call.arg(1), false, call.span(1))?;
    let then = match call.arg(3) {
        "" if call.words.len() == 3 && !is_url(text) => Then::Go,
        "" if call.words.len() == 3 => Then::Redirect(302),
        "last" | "break" if is_url(text) => Then::Redirect(302),
        "last" => Then::Last,
        "break" => Then::Break,
        "redirect" => Then::Redirect(302),
        "permanent" => Then::Redirect(301),
        _ => return Err(call.invalid_parameter(3).help("one of last, break, redirect, permanent")),
    };
    let kept = text.strip_suffix('?');
    let replacement = cx.complex_text(kept.unwrap_or(text), span)?;
    step(cx, call, Step::Rewrite(Rewrite { regex, replacement, keeps_args: kept.is_none(), then }));
    Ok(())
}

/// `ngx_http_rewrite_return`
fn return_(cx: &mut Cx, call: &Call) -> Verdict {
    let (code, alone) = (call.arg(1), call.words.len() == 2);
    let (status, text) = match values::number(code) {
        Some(status @ 0..=999) => (status as u16, (!alone).then_some(2)),
        None if alone && is_url(code) => (302, Some(1)),
        _ => {
            let fault = Fault::emerg(format!("invalid return code \"{code}\"")).at(call.span(1));
            return Err(fault
                .help("a status, a status and a text or URL, or a URL that begins with http://, https:// or $scheme"));
        }
    };
    let text = text.map(|n| cx.complex(&call.words[n])).transpose()?;
    step(cx, call, Step::Return { status, text });
    Ok(())
}

fn break_(cx: &mut Cx, call: &Call) -> Verdict {
    step(cx, call, Step::Break);
    Ok(())
}

/// `ngx_http_rewrite_set`
fn set(cx: &mut Cx, call: &Call) -> Verdict {
    let (word, span) = (call.arg(1), call.span(1));
    let Some(variable) = word.strip_prefix('$') else {
        let fault = Fault::emerg(format!("invalid variable name \"{word}\"")).at(span);
        return Err(fault.help("a variable's name begins with \"$\""));
    };
    cx.define(variable, CHANGEABLE | WEAK, span)?;
    cx.index_of_variable(variable, span)?;
    let value = cx.complex(&call.words[2])?;
    step(cx, call, Step::Set { variable: variable.to_owned(), value });
    Ok(())
}

/// `ngx_http_rewrite_if`
fn if_(cx: &mut Cx, call: &Call) -> Verdict {
    let inside = cx.config.scope(cx.scope).context;
    let context = if inside.meets(Contexts::SERVER) { Contexts::SERVER_IF } else { Contexts::LOCATION_IF };
    let condition = condition::read(cx, call);
    let block = cx.open(call, context);
    match condition {
        Ok(condition) => step(cx, call, Step::If { condition, block }),
        Err(fault) => cx.judge(Err(fault)),
    }
    cx.read(call, block)
}
