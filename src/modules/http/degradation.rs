//! `ngx_http_degradation_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_degradation_module", Kind::Http, Presence::With("http_degradation"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("degradation", "http", "1", Custom(degradation), "1.0.0", "",
        "Sets the sbrk heap size above which nginx counts as degraded and starts refusing requests for memory reasons."),
    d("degrade", "http server location", "1", Enum(&["204", "444"]), "1.0.0", "off",
        "Chooses whether this location answers 204 or 444 while the server is in the degraded memory state."),
];

fn degradation(cx: &mut Cx, call: &Call) -> Verdict {
    let size = call.arg(1).strip_prefix("sbrk=").ok_or_else(|| call.invalid_parameter(1))?;
    if values::size(size).is_none() {
        return Err(Fault::emerg(format!("invalid sbrk size \"{}\"", call.arg(1))).at(call.span(1)));
    }
    cx.keep(call, Value::Words);
    Ok(())
}
