//! `ngx_regex_module`.

use crate::modules::Version;
use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("regex_module", Kind::Core, Presence::Always) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("pcre_jit", "main", "flag", Flag, "1.1.12", "off",
        "Compiles the regular expressions of the configuration just in time, which makes matching faster.")
        .was(&[was("1.9.15", "main", "1")])
        .post(jit),
];

/// The first version that takes PCRE2.
const PCRE2: Version = Version::read("1.21.5");

/// Builds with PCRE1 say at configuration time whether they use its JIT; PCRE2 is asked at run time, and has it.
fn jit(cx: &mut Cx, call: &Call) -> Verdict {
    let on = call.arg(1).eq_ignore_ascii_case("on");
    if on && cx.target.version < PCRE2 && !cx.target.built_with("--with-pcre-jit") {
        cx.warn(Fault::warn("nginx was built without PCRE JIT support").at(call.span(1)));
    }
    Ok(())
}
