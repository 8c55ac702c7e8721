//! `ngx_http_index_module`.

use crate::modules::Version;
use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("http_index_module", Kind::Http, Presence::Always) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("index", "http server location", "1+", Custom(index), "1.0.0", "index.html",
        "Lists the files to try, in order, when a request URI ends with a slash."),
];

/// State of a scope with `index`: the names, in order. One that begins with `/` is a URI to go to.
#[derive(Debug, Default)]
pub struct Indices(pub Vec<Text>);

/// `ngx_http_index_set_index`
fn index(cx: &mut Cx, call: &Call) -> Verdict {
    /// Before, the message named the first word whichever was empty.
    const NAMES_IT: Version = Version::read("1.29.2");
    for (n, word) in call.args().iter().enumerate() {
        if word.value.starts_with('/') && n + 1 < call.args().len() {
            let fault = Fault::warn("only the last index in \"index\" directive should be absolute").at(word.span);
            cx.warn(fault.help("what follows it is never tried"));
        }
        if word.value.is_empty() {
            let name = if cx.target.version < NAMES_IT { call.arg(1) } else { "" };
            return Err(Fault::emerg(format!("index \"{name}\" in \"index\" directive is invalid")).at(word.span));
        }
        let name = cx.complex(word)?;
        cx.slot::<Indices>().0.push(name);
    }
    cx.keep(call, Value::Own);
    Ok(())
}
