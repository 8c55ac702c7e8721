//! `root` and `alias`: where files are.

use super::location::{Location, Pattern};
use crate::modules::prelude::*;

/// State of a scope with `root` or `alias`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Root {
    /// The folder, under the prefix if it is relative; without its last `/` for `root`.
    pub path: Text,
    /// It replaces the part of the URI that the location matches.
    pub alias: bool,
}

/// Variables that are themselves made from the root.
const CIRCULAR: &[&str] = &["document_root", "realpath_root"];

/// `ngx_http_core_root`
pub(super) fn set(cx: &mut Cx, call: &Call) -> Verdict {
    let alias = call.name() == "alias";
    cx.once(call)?;
    let other = if alias { "root" } else { "alias" };
    if let Some(first) = cx.config.scope(cx.scope).setting(other) {
        let message =
            format!("\"{}\" directive is duplicate, \"{other}\" directive was specified earlier", call.name());
        let fault = Fault::emerg(message).at(call.span(0)).related(first.span(), "specified here");
        return Err(fault.help("a location has either \"root\" or \"alias\""));
    }
    let location = cx.config.effective_slot::<Location>(cx.scope);
    if alias && location.is_some_and(|location| location.pattern == Pattern::Named) {
        let fault = Fault::emerg("the \"alias\" directive cannot be used inside the named location");
        return Err(fault.at(call.span(0)).help("a named location matches no part of the URI that could be replaced"));
    }
    let text = call.arg(1);
    for name in CIRCULAR {
        if text.contains(&format!("${name}")) || text.contains(&format!("${{{name}}}")) {
            let message = format!("the ${name} variable cannot be used in the \"{}\" directive", call.name());
            return Err(Fault::emerg(message).at(call.span(1)));
        }
    }
    let path = if alias { text } else { text.strip_suffix('/').unwrap_or(text) };
    let path = if path.starts_with('$') { path.to_owned() } else { cx.prefix_path(path) };
    let path = cx.complex_text(&path, call.span(1))?;
    *cx.slot() = Root { path, alias };
    cx.keep(call, Value::Own);
    Ok(())
}
