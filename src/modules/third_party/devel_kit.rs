//! The third-party module devel-kit, on which others are built.

use crate::modules::prelude::*;

/// The names by which builds and `--module` know it.
const NAMES: &[&str] = &["devel-kit", "ndk"];

/// Its part in `http`.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("devel_kit_http_module", Kind::Http, Presence::ThirdParty(NAMES)) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("upstream_list", "http server", "2+", Custom(upstream_list), "1.0.0", "",
        "Names a list of upstreams, each optionally with a weight before a colon, to choose from by a key."),
];

/// The lists of the `http` block: name and where it was given.
#[derive(Default)]
struct Lists(Vec<(String, Span)>);

/// Whether a list of this name was defined before.
pub(super) fn knows(cx: &mut Cx, name: &str) -> bool {
    cx.realm_slot::<Lists>().0.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
}

fn upstream_list(cx: &mut Cx, call: &Call) -> Verdict {
    let name = call.arg(1);
    let lists = cx.realm_slot::<Lists>();
    if let Some((_, first)) = lists.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        let fault = Fault::emerg(format!("duplicate upstream list name \"{name}\"")).at(call.span(1));
        return Err(fault.related(*first, "first named here"));
    }
    lists.0.push((name.to_owned(), call.span(1)));
    for word in call.args().iter().skip(1) {
        let rest = word.value.trim_start_matches(|c: char| c.is_ascii_digit());
        let what = match rest {
            _ if rest.len() == word.value.len() => continue,
            "" => "upstream list just consists of number",
            _ if rest.starts_with(':') => continue,
            _ => "upstream list not correct format",
        };
        return Err(Fault::emerg(format!("{what} \"{}\"", word.value)).at(word.span));
    }
    cx.keep(call, Value::Words);
    Ok(())
}
