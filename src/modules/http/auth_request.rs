//! `ngx_http_auth_request_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_auth_request_module", Kind::Http, Presence::With("http_auth_request"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("auth_request", "http server location", "1", Custom(auth_request), "1.5.4", "off",
        "Allows a request only if a subrequest to the given URI returns a 2xx status code."),
    d("auth_request_set", "http server location", "2", Custom(set), "1.5.4", "",
        "Stores a value, typically an authorization subrequest header, in a variable once that subrequest has completed."),
];

/// State of a scope with `auth_request_set`: variables without `$`, and what they become after the subrequest.
#[derive(Debug, Default)]
pub struct AuthRequestVariables(pub Vec<(String, Text)>);

/// `ngx_http_auth_request`
fn auth_request(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    cx.keep(call, Value::Words);
    Ok(())
}

/// `ngx_http_auth_request_set`
fn set(cx: &mut Cx, call: &Call) -> Verdict {
    let (word, span) = (call.arg(1), call.span(1));
    let Some(variable) = word.strip_prefix('$') else {
        let fault = Fault::emerg(format!("invalid variable name \"{word}\"")).at(span);
        return Err(fault.help("a variable's name begins with \"$\""));
    };
    cx.define(variable, CHANGEABLE, span)?;
    cx.index_of_variable(variable, span)?;
    let value = cx.complex(&call.words[2])?;
    cx.slot::<AuthRequestVariables>().0.push((variable.to_owned(), value));
    cx.keep(call, Value::Own);
    Ok(())
}
