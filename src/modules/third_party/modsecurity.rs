//! The third-party module ModSecurity-nginx: a web application firewall. Known by its table.

use crate::modules::prelude::*;

/// The names by which builds and `--module` know it.
const NAMES: &[&str] = &["modsecurity"];

/// Its part in `http`.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("modsecurity_http_module", Kind::Http, Presence::ThirdParty(NAMES))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("modsecurity", "http server location location-if", "flag", Flag, "1.0.0", "off",
        "Looks at requests and responses with the rules of ModSecurity."),
    d("modsecurity_rules", "http server location location-if", "1", Unchecked, "1.0.0", "",
        "Gives rules of ModSecurity right here."),
    d("modsecurity_rules_file", "http server location location-if", "1", Unchecked, "1.0.0", "",
        "Names a file with rules of ModSecurity."),
    d("modsecurity_rules_remote", "http server location location-if", "2", Unchecked, "1.0.0", "",
        "Names a key and a URL from which rules of ModSecurity are loaded."),
    d("modsecurity_transaction_id", "http server location location-if", "1", Unchecked, "1.0.0", "",
        "Sets the identifier of a request in the logs of ModSecurity."),
    d("modsecurity_use_error_log", "http server location location-if", "flag", Flag, "1.0.0", "on",
        "Writes what ModSecurity finds to nginx's error log, too."),
];
