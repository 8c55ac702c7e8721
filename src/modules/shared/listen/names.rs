//! `server_name`: the names by which a server is chosen.

use crate::modules::prelude::*;

/// State of a server: its names, in order; the first is `$server_name`.
#[derive(Debug, Default)]
pub struct ServerNames(pub Vec<ServerName>);

/// One name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerName {
    /// In lower case, or as written for a regular expression (without its `~`).
    pub text: String,
    /// How it matches.
    pub form: Form,
    /// The word.
    pub span: Span,
}

/// How a name matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// This name only.
    Exact,
    /// `*.example.com`, `.example.com`, `www.example.*`
    Wildcard,
    /// `~regex`
    Regex(Regex),
}

impl ServerNames {
    /// Whether the last regular expression captures: then even a single server must match its names.
    #[must_use]
    pub fn captures(&self) -> bool {
        let last = self.0.iter().rev().find_map(|name| match &name.form {
            Form::Regex(regex) => Some(regex.captures() > 0),
            _ => None,
        });
        last.unwrap_or(false)
    }
}

/// The reader of `server_name`.
///
/// # Errors
/// nginx's messages.
pub fn server_name(cx: &mut Cx, call: &Call) -> Verdict {
    for word in call.args() {
        let name = read(cx, word)?;
        cx.slot::<ServerNames>().0.push(name);
    }
    cx.keep(call, Value::Own);
    Ok(())
}

fn read(cx: &mut Cx, word: &Word) -> Result<ServerName, Fault> {
    let (text, span) = (&*word.value, word.span);
    let bad_star = text.starts_with('*') && (text.len() < 3 || !text.starts_with("*."));
    if bad_star || text == "." {
        let fault = Fault::emerg(format!("server name \"{text}\" is invalid")).at(span);
        return Err(fault.help("a wildcard is *.example.com, .example.com or www.example.*; for any name use _"));
    }
    if text.contains('/') {
        cx.warn(
            Fault::warn(format!("server name \"{text}\" has suspicious symbols"))
                .at(span)
                .help("a server name has no slashes; a path belongs in a \"location\", a scheme nowhere"),
        );
    }
    if let Some(pattern) = text.strip_prefix('~') {
        if pattern.is_empty() {
            return Err(Fault::emerg(format!("empty regex in server name \"{text}\"")).at(span));
        }
        // A pattern with capitals could never match a name otherwise: names are in lower case.
        let caseless = pattern.bytes().any(|byte| byte.is_ascii_uppercase());
        let regex = cx.capturing_regex(pattern, caseless, span)?;
        return Ok(ServerName { text: pattern.to_owned(), form: Form::Regex(regex), span });
    }
    let text = if text.eq_ignore_ascii_case("$hostname") { cx.host.name() } else { text.to_owned() };
    let text = text.to_ascii_lowercase();
    let wildcard = text.starts_with("*.") || (text.starts_with('.') && text.len() > 1) || text.ends_with(".*");
    let form = if wildcard { Form::Wildcard } else { Form::Exact };
    Ok(ServerName { text, form, span })
}
