//! The third-party module headers-more: response and request headers, set, replaced and removed.

use crate::modules::prelude::*;

/// The names by which builds and `--module` know it.
const NAMES: &[&str] = &["headers-more"];

/// Its part in `http`.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("headers_more_http_module", Kind::Http, Presence::ThirdParty(NAMES))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("more_clear_headers", "http server location location-if", "1+", Custom(clear_headers), "1.0.0", "",
        "Removes the listed response headers, optionally only for given statuses or content types."),
    d("more_clear_input_headers", "http server location location-if", "1+", Custom(clear_input_headers), "1.0.0", "",
        "Removes the listed request headers before later phases and upstreams see them."),
    d("more_set_headers", "http server location location-if", "1+", Custom(set_headers), "1.0.0", "",
        "Adds, replaces or clears response headers, optionally only for given statuses or content types."),
    d("more_set_input_headers", "http server location location-if", "1+", Custom(set_input_headers), "1.0.0", "",
        "Adds, replaces or clears request headers before later phases and upstreams see them."),
];

/// What a directive lets be said.
struct Form {
    /// The letters of its options: `s` and `t` take an argument, `r` (replace only) and `a` (append) do not.
    options: &'static str,
    /// The headers' values stand after their names.
    values: bool,
}

fn set_headers(cx: &mut Cx, call: &Call) -> Verdict {
    read(cx, call, &Form { options: "sta", values: true })
}

fn clear_headers(cx: &mut Cx, call: &Call) -> Verdict {
    read(cx, call, &Form { options: "st", values: false })
}

fn set_input_headers(cx: &mut Cx, call: &Call) -> Verdict {
    read(cx, call, &Form { options: "tr", values: true })
}

fn clear_input_headers(cx: &mut Cx, call: &Call) -> Verdict {
    read(cx, call, &Form { options: "tr", values: false })
}

/// Options and headers in any order.
fn read(cx: &mut Cx, call: &Call, form: &Form) -> Verdict {
    let fault = |message: String, n: usize| Err(Fault::error(message).at(call.span(n)).unlocated());
    let name = call.name();
    let mut n = 1;
    while n < call.words.len() {
        let word = call.arg(n);
        match word.strip_prefix('-').filter(|letter| letter.len() == 1 && form.options.contains(letter)) {
            Some("s" | "t") if n + 1 == call.words.len() => {
                return fault(format!("{name}: option {word} takes an argument."), n);
            }
            Some("s") => {
                n += 1;
                statuses(call, n)?;
            }
            Some("t") => n += 1,
            Some(_) => {}
            None if word.starts_with('-') => return fault(format!("{name}: invalid option name: \"{word}\""), n),
            None if word.is_empty() => {}
            None => header(cx, call, n, form)?,
        }
        n += 1;
    }
    cx.keep(call, Value::Words);
    Ok(())
}

/// Status codes, separated by blanks.
fn statuses(call: &Call, n: usize) -> Verdict {
    let list = call.arg(n);
    match list.chars().find(|c| !c.is_ascii_digit() && !is_space(*c)) {
        Some(wrong) => {
            let name = call.name();
            let message = format!("{name}: invalid digit \"{wrong}\" found in the status code list \"{list}\"");
            Err(Fault::error(message).at(call.span(n)).unlocated())
        }
        None => Ok(()),
    }
}

/// `Name: value`
fn header(cx: &mut Cx, call: &Call, n: usize, form: &Form) -> Verdict {
    let text = call.arg(n);
    let rest = text.trim_start_matches(is_space);
    if rest.is_empty() {
        let message = format!("{}: no key found in the header argument: {text}", call.name());
        return Err(Fault::error(message).at(call.span(n)).unlocated());
    }
    let end = rest.find(|c: char| c == ':' || is_space(c)).unwrap_or(rest.len());
    if &rest[..end] == "*" {
        let message = format!("{}: wildcard key too short: {text}", call.name());
        return Err(Fault::error(message).at(call.span(n)).unlocated());
    }
    let value = rest[end..].trim_start_matches(|c: char| c == ':' || is_space(c));
    if form.values && !value.is_empty() {
        cx.complex_text(value, call.span(n))?;
    }
    Ok(())
}

/// `isspace` of C.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')
}
