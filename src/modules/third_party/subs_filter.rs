//! The third-party module subs-filter: text replaced in responses.

use crate::modules::prelude::*;
use crate::modules::shared::types_slot::types;

/// The names by which builds and `--module` know it.
const NAMES: &[&str] = &["subs", "substitutions", "substitutions4"];

/// Its part in `http`.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("subs_filter_http_module", Kind::Http, Presence::ThirdParty(NAMES))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("subs_buffers", "http server location", "2", Bufs, "1.0.0", "",
        "Sets number and size of the buffers that hold replaced text."),
    d("subs_filter", "http server location", "2+", Custom(subs_filter), "1.0.0", "",
        "Replaces a text, or what matches a regular expression, in the response body."),
    d("subs_filter_bypass", "http server location", "1+", Predicate, "1.0.0", "",
        "Leaves responses alone when one of these values is neither empty nor 0."),
    d("subs_filter_types", "http server location", "1+", Custom(types), "1.0.0", "text/html",
        "Lists the content types in which text is replaced, beside text/html."),
    d("subs_line_buffer_size", "http server location", "2", Bufs, "1.0.0", "8 4k|8k",
        "Sets number and size of the buffers that hold lines."),
];

fn subs_filter(cx: &mut Cx, call: &Call) -> Verdict {
    cx.complex(&call.words[2])?;
    cx.keep(call, Value::Words);
    Ok(())
}
