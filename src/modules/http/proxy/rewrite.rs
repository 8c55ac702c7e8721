//! What `proxy` changes in answers: `proxy_redirect`, `proxy_cookie_domain`, `proxy_cookie_path`, `proxy_cookie_flags`.
//! Each is `off`, or a list to which every call adds.

use crate::config::Regex;
use crate::modules::prelude::*;
use crate::modules::shared::named::Named;

/// One rule: what it matches, and what it puts there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// The URL of `proxy_pass` becomes the location's prefix.
    Default,
    /// What matches becomes the text.
    Replace(Pattern, Text),
    /// What matches gets or loses these flags.
    Flags(Pattern, Vec<Text>),
}

/// What a rule matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// A prefix (of a URL or path), a domain, or a cookie's name.
    Text(Text),
    /// A regular expression.
    Regex(Regex),
}

/// Reads `proxy_redirect default|off` and `proxy_redirect [~|~*]PATTERN TEXT`.
///
/// # Errors
/// nginx's.
pub fn redirect(cx: &mut Cx, call: &Call) -> Verdict {
    if !is_list(cx, call, &["default"])? {
        return Ok(());
    }
    let rule = if call.args().len() == 1 {
        after_pass(cx, call)?;
        Rule::Default
    } else {
        let pattern = match call.arg(1).strip_prefix('~') {
            Some(regex) => tilde(cx, regex, call.span(1))?,
            None => Pattern::Text(cx.complex(&call.words[1])?),
        };
        Rule::Replace(pattern, cx.complex(&call.words[2])?)
    };
    add(cx, call, rule)
}

/// `proxy_redirect default` needs the `proxy_pass` of its own scope.
fn after_pass(cx: &Cx, call: &Call) -> Verdict {
    match cx.config.scope(cx.scope).setting("proxy_pass") {
        Some(pass) if pass.arg(1).contains('$') => {
            let message = "\"proxy_redirect default\" cannot be used with \"proxy_pass\" directive with variables";
            Err(Fault::emerg(message).at(call.span(1)).related(pass.span(), "this one"))
        }
        Some(_) => Ok(()),
        None => {
            let message = "\"proxy_redirect default\" should be placed after the \"proxy_pass\" directive";
            Err(Fault::emerg(message).at(call.span(1)))
        }
    }
}

/// Reads `proxy_cookie_domain off` and `proxy_cookie_domain [~]DOMAIN TEXT`.
///
/// # Errors
/// nginx's.
pub fn cookie_domain(cx: &mut Cx, call: &Call) -> Verdict {
    if !is_list(cx, call, &[])? {
        return Ok(());
    }
    let undotted = |text: &str| text.strip_prefix('.').unwrap_or(text).to_owned();
    let rule = if let Some(regex) = call.arg(1).strip_prefix('~') {
        let regex = cx.capturing_regex(regex, true, call.span(1))?;
        Rule::Replace(Pattern::Regex(regex), cx.complex(&call.words[2])?)
    } else {
        let domain = cx.complex_text(&undotted(call.arg(1)), call.span(1))?;
        Rule::Replace(Pattern::Text(domain), cx.complex_text(&undotted(call.arg(2)), call.span(2))?)
    };
    add(cx, call, rule)
}

/// Reads `proxy_cookie_path off` and `proxy_cookie_path [~|~*]PATH TEXT`.
///
/// # Errors
/// nginx's.
pub fn cookie_path(cx: &mut Cx, call: &Call) -> Verdict {
    if !is_list(cx, call, &[])? {
        return Ok(());
    }
    let pattern = match call.arg(1).strip_prefix('~') {
        Some(regex) => tilde(cx, regex, call.span(1))?,
        None => Pattern::Text(cx.complex(&call.words[1])?),
    };
    let text = cx.complex(&call.words[2])?;
    add(cx, call, Rule::Replace(pattern, text))
}

/// Reads `proxy_cookie_flags off` and `proxy_cookie_flags [~]NAME FLAG ...`.
///
/// # Errors
/// nginx's.
pub fn cookie_flags(cx: &mut Cx, call: &Call) -> Verdict {
    if !is_list(cx, call, &[])? {
        return Ok(());
    }
    let pattern = match call.arg(1).strip_prefix('~') {
        Some(regex) => Pattern::Regex(cx.capturing_regex(regex, true, call.span(1))?),
        None => Pattern::Text(cx.complex(&call.words[1])?),
    };
    let flags = call.args()[1..].iter().map(|word| cx.complex(word)).collect::<Result<_, _>>()?;
    add(cx, call, Rule::Flags(pattern, flags))
}

/// What all four have in common: nothing may follow `off`, `off` must come first, and it is (with `words`) all that
/// may stand alone. Whether a rule is to be read.
fn is_list(cx: &mut Cx, call: &Call, words: &[&str]) -> Result<bool, Fault> {
    let first = cx.config.scope(cx.scope).setting(call.name());
    let off = call.args().len() == 1 && call.arg(1) == "off";
    if let Some(first) = first.filter(|first| off || (first.words.len() == 2 && first.arg(1) == "off")) {
        return Err(Fault::directive("is duplicate").at(call.span(0)).related(first.span(), "first set here"));
    }
    if call.args().len() == 1 && !off && !words.contains(&call.arg(1)) {
        return Err(call.invalid_parameter(1));
    }
    cx.keep(call, Value::Own);
    Ok(!off)
}

/// The regular expression after `~`, without regard to case after `~*`.
fn tilde(cx: &mut Cx, text: &str, span: Span) -> Result<Pattern, Fault> {
    let (pattern, caseless) = text.strip_prefix('*').map_or((text, false), |pattern| (pattern, true));
    cx.capturing_regex(pattern, caseless, span).map(Pattern::Regex)
}

fn add(cx: &mut Cx, call: &Call, rule: Rule) -> Verdict {
    cx.slot::<Named<Vec<Rule>>>().entry(call.name()).push(rule);
    Ok(())
}
