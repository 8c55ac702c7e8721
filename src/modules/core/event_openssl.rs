//! `ngx_openssl_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("openssl_module", Kind::Core, Presence::Always) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("ssl_engine", "main", "1", Custom(engine), "1.0.0", "",
        "Names the OpenSSL engine, normally a hardware accelerator, that performs cryptographic operations."),
];

/// Engines that are part of every OpenSSL, or of nearly every.
const BUILT_IN: &[&str] = &["dynamic", "rdrand"];

fn engine(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    let name = call.arg(1);
    if cx.host.is_real() && !BUILT_IN.contains(&name) {
        let reason = format!("SSL: error:13000074:engine routines::no such engine:id={name}");
        let fault = Fault::emerg(format!("ENGINE_by_id(\"{name}\") failed ({reason})")).unlocated();
        return Err(fault.at(call.span(1)).of_host());
    }
    cx.keep(call, Value::Words);
    Ok(())
}
