//! `ngx_http_mirror_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_mirror_module", Kind::Http, Presence::Default("http_mirror"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("mirror", "http server location", "1", Custom(mirror), "1.13.4", "off",
        "Copies each request to the given URI as a background subrequest and ignores its response."),
    d("mirror_request_body", "http server location", "flag", Flag, "1.13.4", "on",
        "Sends the client request body along with mirrored requests; it is then read completely beforehand."),
];

/// `ngx_http_mirror`: URIs add up, `off` stands alone.
fn mirror(cx: &mut Cx, call: &Call) -> Verdict {
    if let Some(first) = cx.config.scope(cx.scope).setting("mirror")
        && (call.arg(1) == "off" || first.arg(1) == "off")
    {
        let fault = Fault::directive("is duplicate").at(call.span(0)).related(first.span(), "first set here");
        return Err(fault.help("\"mirror off\" cannot be combined with other \"mirror\" directives"));
    }
    cx.keep(call, Value::Words);
    Ok(())
}
