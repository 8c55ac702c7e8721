//! `ngx_http_try_files_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("http_try_files_module", Kind::Http, Presence::Always) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("try_files", "server location", "2+", Custom(set), "1.13.4", "",
        "Serves the first existing file or directory in the list, otherwise the last URI or status code."),
];

/// State of a scope with `try_files`.
#[derive(Debug, Default)]
pub struct TryFiles {
    /// What is looked for, in order; what ends with `/` is a folder.
    pub files: Vec<Text>,
    /// Where the request goes when nothing was found.
    pub last: Last,
}

/// The last parameter of `try_files`.
#[derive(Debug, PartialEq, Eq)]
pub enum Last {
    /// A URI or a named location to go to.
    Uri(Text),
    /// `=404`: the answer.
    Status(i64),
}

impl Default for Last {
    fn default() -> Last {
        Last::Status(404)
    }
}

/// `ngx_http_try_files`, before 1.13.4 in the core module.
pub(super) fn set(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    let last = call.words.len() - 1;
    let mut tried = TryFiles::default();
    for n in 1..last {
        tried.files.push(cx.complex(&call.words[n])?);
    }
    let text = cx.complex(&call.words[last])?;
    tried.last = match call.arg(last).strip_prefix('=') {
        Some(code) => Last::Status(status(code, text.is_dynamic()).map_err(|fault| fault.at(call.span(last)))?),
        None => Last::Uri(text),
    };
    *cx.slot() = tried;
    cx.keep(call, Value::Own);
    Ok(())
}

/// The code after `=`. Of one with variables nginx leaves the last byte out.
fn status(code: &str, dynamic: bool) -> Result<i64, Fault> {
    let read = if dynamic { code.get(..code.len().saturating_sub(1)).unwrap_or(code) } else { code };
    match values::number(read) {
        Some(status @ ..=999) => Ok(status),
        _ => Err(Fault::emerg(format!("invalid code \"={read}\"")).help("a status of three digits, such as =404")),
    }
}
