//! `ngx_http_secure_link_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    merge_location: Some(merge),
    variables: VARIABLES,
    ..Module::new("http_secure_link_module", Kind::Http, Presence::With("http_secure_link"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("secure_link", "http server location", "1", Complex, "1.0.0", "",
        "Defines the checksum and expiry time that are taken from a link, setting $secure_link."),
    d("secure_link_md5", "http server location", "1", Complex, "1.0.0", "",
        "Defines the expression whose MD5 hash must equal the checksum given in the link."),
    d("secure_link_secret", "http server location", "1", Str, "1.0.0", "",
        "Sets a secret word for checking links of the old form; prefer secure_link with secure_link_md5."),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("secure_link", "1.0.0"),
    v("secure_link_expires", "1.0.0"),
];

fn merge(cx: &mut Cx, scope: ScopeId) -> Verdict {
    let here = cx.config.scope(scope);
    let others = ["secure_link", "secure_link_md5"].into_iter().find_map(|name| here.setting(name));
    let (Some(secret), Some(other)) = (here.setting("secure_link_secret"), others) else { return Ok(()) };
    let message = "\"secure_link_secret\" cannot be mixed with \"secure_link\" and \"secure_link_md5\"";
    Err(Fault::emerg(message).at(secret.span()).related(other.span(), "the other way of checking"))
}
