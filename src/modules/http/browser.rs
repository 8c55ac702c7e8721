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
    d("ancient_browser", "http server location", "1+", StrArray, "1.0.0", "",
        "Marks browsers whose User-Agent contains one of the given substrings as ancient, filling the $ancient_browser variable."),
    d("ancient_browser_value", "http server location", "1", Custom(value), "1.0.0", "1",
        "Sets the value that the $ancient_browser variable takes when the client browser is ancient."),
    d("modern_browser", "http server location", "1 2", Custom(modern_browser), "1.0.0", "",
        "Defines from which version on a browser counts as modern, filling the $modern_browser variable."),
    d("modern_browser_value", "http server location", "1", Custom(value), "1.0.0", "1",
        "Sets the value that the $modern_browser variable takes when the client browser is modern."),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("ancient_browser", "1.0.0").changeable(),
    v("modern_browser", "1.0.0").changeable(),
    v("msie", "1.0.0").changeable(),
];

/// The browsers nginx can tell apart.
const BROWSERS: &[&str] = &["opera", "msie", "gecko", "safari", "konqueror"];

fn modern_browser(cx: &mut Cx, call: &Call) -> Verdict {
    let (name, version) = (call.arg(1), call.arg(2));
    if call.words.len() == 2 {
        if name != "unlisted" {
            let fault = Fault::unspoken(format!("\"modern_browser {name}\" has no version")).at(call.span(1));
            return Err(fault.help("nginx only says that the test failed; give a version, or write \"unlisted\""));
        }
    } else {
        if !BROWSERS.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            let fault = Fault::emerg(format!("unknown browser name \"{name}\"")).at(call.span(1));
            return Err(fault.help(format!("one of {}", BROWSERS.join(", "))));
        }
        if !version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return Err(Fault::emerg(format!("invalid browser version \"{version}\"")).at(call.span(2)));
        }
    }
    cx.keep(call, Value::Words);
    Ok(())
}

/// Said again, the later value counts.
fn value(cx: &mut Cx, call: &Call) -> Verdict {
    cx.keep(call, Value::Words);
    Ok(())
}
