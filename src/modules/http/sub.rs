//! `ngx_http_sub_filter_module`.

use crate::modules::prelude::*;
use crate::modules::shared::types_slot;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    merge_location: Some(merge),
    ..Module::new("http_sub_filter_module", Kind::Http, Presence::With("http_sub"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("sub_filter", "http server location", "2", Custom(sub_filter), "1.0.0", "",
        "Replaces a string in the response body, ignoring case; both strings may contain variables."),
    d("sub_filter_last_modified", "http server location", "flag", Flag, "1.5.1", "off",
        "Keeps the Last-Modified header of responses changed by sub_filter, so that they can be cached."),
    d("sub_filter_once", "http server location", "flag", Flag, "1.0.0", "on",
        "Replaces only the first occurrence of each string, or all of them when turned off."),
    d("sub_filter_types", "http server location", "1+", Custom(types_slot::types), "1.0.0", "text/html",
        "Lists MIME types for string replacement in addition to text/html, which is always included."),
];

fn merge(cx: &mut Cx, scope: ScopeId) -> Verdict {
    types_slot::merge(cx, scope, "sub_filter_types", "text/html")
}

/// Replacements of one block. A block without any has those of the block around it.
#[derive(Debug, Clone, Default)]
pub struct Replacements(pub Vec<Replacement>);

/// One `sub_filter`.
#[derive(Debug, Clone)]
pub struct Replacement {
    /// What to look for, in either case of letters.
    pub pattern: Text,
    /// What to put in its place.
    pub value: Text,
}

/// nginx's most patterns of one block.
const MOST: usize = 255;

fn sub_filter(cx: &mut Cx, call: &Call) -> Verdict {
    if call.arg(1).is_empty() {
        return Err(Fault::emerg("empty search pattern").at(call.span(1)));
    }
    if cx.slot::<Replacements>().0.len() == MOST {
        return Err(Fault::emerg("number of search patterns exceeds 255").at(call.span(0)));
    }
    let pattern = cx.complex_text(&call.arg(1).to_ascii_lowercase(), call.span(1))?;
    let value = cx.complex(&call.words[2])?;
    cx.slot::<Replacements>().0.push(Replacement { pattern, value });
    cx.keep(call, Value::Own);
    Ok(())
}
