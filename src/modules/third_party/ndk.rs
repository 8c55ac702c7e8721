//! The third-party module ngx_devel_kit: groups of upstream names, from which set-misc's `set_hashed_upstream` chooses.

use crate::modules::prelude::*;

/// The names by which builds and `--module` know it.
const NAMES: &[&str] = &["ngx_devel_kit", "ndk"];

/// Its part in `http`.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("ndk_http_module", Kind::Http, Presence::ThirdParty(NAMES)) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("upstream_list", "http server", "2+", Custom(list), "1.0.0", "",
        "Names a list of upstream groups from which set_hashed_upstream chooses one."),
];

/// The names of the lists defined so far, kept in `http`.
#[derive(Debug, Default)]
pub(super) struct Lists(pub(super) Vec<String>);

fn list(cx: &mut Cx, call: &Call) -> Verdict {
    cx.realm_slot::<Lists>().0.push(call.arg(1).to_owned());
    cx.keep(call, Value::Words);
    Ok(())
}
