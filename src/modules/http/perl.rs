//! `ngx_http_perl_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("http_perl_module", Kind::Http, Presence::With("http_perl")) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("perl", "location limit_except", "1", Unchecked, "1.0.0", "",
        "Handles requests in this location with a named or inline Perl function."), // TODO ngx_http_perl
    d("perl_modules", "http", "1", StrArray, "1.0.0", "",
        "Adds a directory to the search path of Perl modules used by embedded code."),
    d("perl_require", "http", "1", StrArray, "1.0.0", "",
        "Loads a Perl module at every reconfiguration, making its functions available to handlers."),
    d("perl_set", "http", "2", Unchecked, "1.0.0", "",
        "Creates a variable whose value is computed by a named or inline Perl function."), // TODO ngx_http_perl_set
];
