//! `ngx_http_addition_filter_module`.

use crate::modules::prelude::*;
use crate::modules::shared::types_slot;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    merge_location: Some(merge),
    ..Module::new("http_addition_filter_module", Kind::Http, Presence::With("http_addition"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("add_after_body", "http server location", "1", Str, "1.0.0", "",
        "Appends the response of a subrequest to the given URI after the main response body."),
    d("add_before_body", "http server location", "1", Str, "1.0.0", "",
        "Inserts the response of a subrequest to the given URI in front of the main response body."),
    d("addition_types", "http server location", "1+", Custom(types_slot::types), "1.0.0", "text/html",
        "Lists further response MIME types to which text may be added before or after the body."),
];

fn merge(cx: &mut Cx, scope: ScopeId) -> Verdict {
    types_slot::merge(cx, scope, "addition_types", "text/html")
}
