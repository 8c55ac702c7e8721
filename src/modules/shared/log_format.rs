//! `log_format` of `http` and `stream`: text with variables, escaped as it says.

use crate::config::Part;
use crate::modules::prelude::*;
use crate::syntax::{FileId, Quote};

/// The formats of a realm, in order. In `http` there is `combined` without being written.
#[derive(Debug, Clone, Default)]
pub struct LogFormats(pub Vec<LogFormat>);

/// One `log_format`.
#[derive(Debug, Clone)]
pub struct LogFormat {
    /// Its name.
    pub name: String,
    /// How values are escaped.
    pub escape: Escape,
    /// Text and variables.
    pub text: Text,
    /// The word that names it.
    pub span: Span,
}

/// How the values of variables are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Escape {
    /// `"`, `\`, control characters and what is not ASCII become `\xHH`; an unset value becomes `-`.
    #[default]
    Default,
    /// As in a string of JSON.
    Json,
    /// As they are.
    None,
}

/// nginx's own format of `http`.
pub const COMBINED: &str = "combined";

/// What `combined` is.
pub const COMBINED_TEXT: &str = "$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent \
                                 \"$http_referer\" \"$http_user_agent\"";

/// Variables that exist only in the formats of `http`, where others of the same name give way to them.
pub const OF_HTTP: &[&str] = &[
    "pipe",
    "time_local",
    "time_iso8601",
    "msec",
    "request_time",
    "status",
    "bytes_sent",
    "body_bytes_sent",
    "request_length",
];

/// `ngx_http_log_set_format`, `ngx_stream_log_set_format`
///
/// # Errors
/// nginx's messages.
pub fn log_format(cx: &mut Cx, call: &Call) -> Verdict {
    let name = call.arg(1);
    let of_http = cx.kind() == Kind::Http;
    let duplicate = || Fault::emerg(format!("duplicate \"log_format\" name \"{name}\"")).at(call.span(1));
    if of_http && name == COMBINED {
        return Err(duplicate().help("nginx defines \"combined\" itself"));
    }
    if let Some(first) = cx.realm_slot::<LogFormats>().0.iter().find(|format| format.name == name) {
        return Err(duplicate().related(first.span, "first defined here"));
    }
    let mut words = call.words.get(2..).unwrap_or_default();
    let mut escape = Escape::Default;
    if let Some((word, rest)) = words.split_first()
        && let Some(name) = word.value.strip_prefix("escape=")
    {
        escape = read_escape(name, word.span)?;
        words = rest;
    }
    let mut text = Text::default();
    for word in words {
        for part in parts(word)? {
            if let Part::Variable(name) = &part
                && !(of_http && OF_HTTP.contains(&name.as_str()))
            {
                cx.index_of_variable(name, word.span)?;
            }
            text.0.push(part);
        }
    }
    let span = call.span(1);
    cx.realm_slot::<LogFormats>().0.push(LogFormat { name: name.to_owned(), escape, text, span });
    cx.keep(call, Value::Own);
    Ok(())
}

impl LogFormat {
    /// A format that stands for itself.
    ///
    /// # Errors
    /// nginx's messages, without a place.
    pub fn of_text(text: &str) -> Result<LogFormat, Fault> {
        let span = Span { file: FileId(0), start: 0, end: 0 };
        let word = Word { value: text.into(), span, quote: Quote::Bare };
        Ok(LogFormat { name: text.to_owned(), escape: Escape::Default, text: Text(parts(&word)?), span })
    }
}

fn read_escape(name: &str, span: Span) -> Result<Escape, Fault> {
    match name {
        "default" => Ok(Escape::Default),
        "json" => Ok(Escape::Json),
        "none" => Ok(Escape::None),
        _ => {
            let fault = Fault::emerg(format!("unknown log format escaping \"{name}\"")).at(span);
            Err(fault.help("one of default, json, none"))
        }
    }
}

/// Cuts a word at its variables. Other than elsewhere `$1` is a variable's name here.
fn parts(word: &Word) -> Result<Vec<Part>, Fault> {
    let mut parts = Vec::new();
    let mut rest = &*word.value;
    while let Some(dollar) = rest.find('$') {
        if dollar > 0 {
            parts.push(Part::Literal(rest[..dollar].to_owned()));
        }
        let from_dollar = &rest[dollar..];
        let invalid = || Fault::emerg(format!("invalid parameter \"{from_dollar}\"")).at(word.span);
        let after = &from_dollar[1..];
        let braced = after.strip_prefix('{');
        let text = braced.unwrap_or(after);
        let length = text.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        let (name, next) = text.split_at(length);
        rest = match (braced, next.strip_prefix('}')) {
            (Some(""), _) => return Err(invalid()),
            (Some(_), None) => {
                let message = format!("the closing bracket in \"{name}\" variable is missing");
                return Err(Fault::emerg(message).at(word.span));
            }
            (Some(_), Some(next)) => next,
            (None, _) => next,
        };
        if name.is_empty() {
            return Err(invalid());
        }
        parts.push(Part::Variable(name.to_owned()));
    }
    if !rest.is_empty() {
        parts.push(Part::Literal(rest.to_owned()));
    }
    Ok(parts)
}
