//! `ngx_http_perl_module`.

use crate::modules::prelude::*;
use crate::modules::shared::map::variable_name;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("http_perl_module", Kind::Http, Presence::With("http_perl")) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("perl", "location limit_except", "1", Custom(perl), "1.0.0", "",
        "Handles requests in this location with a named or inline Perl function."),
    d("perl_modules", "http", "1", StrArray, "1.0.0", "",
        "Adds a directory to the search path of Perl modules used by embedded code."),
    d("perl_require", "http", "1", StrArray, "1.0.0", "",
        "Loads a Perl module at every reconfiguration, making its functions available to handlers."),
    d("perl_set", "http", "2", Custom(perl_set), "1.0.0", "",
        "Creates a variable whose value is computed by a named or inline Perl function."),
];

fn perl(cx: &mut Cx, call: &Call) -> Verdict {
    if let Some(first) = cx.config.scope(cx.scope).setting(call.name()) {
        let message = format!("duplicate perl handler \"{}\"", call.arg(1));
        return Err(Fault::emerg(message).at(call.span(1)).related(first.span(), "first set here"));
    }
    cx.keep(call, Value::Words);
    Ok(())
}

fn perl_set(cx: &mut Cx, call: &Call) -> Verdict {
    let variable = variable_name(call, 1)?;
    cx.define(variable, CHANGEABLE, call.span(1))?;
    cx.index_of_variable(variable, call.span(1))?;
    cx.keep(call, Value::Words);
    Ok(())
}
