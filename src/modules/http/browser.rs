//! `ngx_http_browser_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    ..Module::new("http_browser_module", Kind::Http, Presence::Default("http_browser"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("ancient_browser", "http server location", "1+", Unchecked, "1.0.0", "",
        "Marks browsers whose User-Agent contains one of the given substrings as ancient, filling the $ancient_browser variable."), // TODO ngx_http_ancient_browser
    d("ancient_browser_value", "http server location", "1", Unchecked, "1.0.0", "1",
        "Sets the value that the $ancient_browser variable takes when the client browser is ancient."), // TODO ngx_http_ancient_browser_value
    d("modern_browser", "http server location", "1 2", Unchecked, "1.0.0", "",
        "Defines from which version on a browser counts as modern, filling the $modern_browser variable."), // TODO ngx_http_modern_browser
    d("modern_browser_value", "http server location", "1", Unchecked, "1.0.0", "1",
        "Sets the value that the $modern_browser variable takes when the client browser is modern."), // TODO ngx_http_modern_browser_value
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("ancient_browser", "1.13.4").changeable(),
    v("modern_browser", "1.13.4").changeable(),
    v("msie", "1.13.4").changeable(),
];
