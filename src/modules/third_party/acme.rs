//! The third-party module acme: certificates from an ACME server. Known by its tables.

use crate::modules::prelude::*;

/// The names by which builds and `--module` know it.
const NAMES: &[&str] = &["acme"];

/// Its part in `http`.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    ..Module::new("acme_http_module", Kind::Http, Presence::ThirdParty(NAMES))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("acme_certificate", "server", "1+", Unchecked, "1.0.0", "",
        "Requests a certificate for this server from an issuer, for its names or for those given."),
    d("acme_issuer", "http", "block 1", Custom(issuer), "1.0.0", "",
        "Opens the block that describes an ACME server, by a name of your own."),
    d("acme_shared_zone", "http", "1", Unchecked, "1.0.0", "zone=ngx_acme_shared:256k",
        "Sets name and size of the shared memory zone that holds the certificates."),
];

static VARIABLES: &[Variable] = &[v("acme_certificate", "1.0.0"), v("acme_certificate_key", "1.0.0")];

/// What stands in `acme_issuer`.
pub static MODULE_ISSUER: Module = Module {
    directives: DIRECTIVES_ISSUER,
    ..Module::new("acme_issuer_module", Kind::Own, Presence::ThirdParty(NAMES))
};

#[rustfmt::skip]
static DIRECTIVES_ISSUER: &[Directive] = &[
    d("accept_terms_of_service", "acme_issuer", "0", Unchecked, "1.0.0", "",
        "Agrees to the terms under which the server issues certificates."),
    d("account_key", "acme_issuer", "1", Unchecked, "1.0.0", "",
        "Names the file with the key of the account, or the kind of key to make."),
    d("challenge", "acme_issuer", "1", Unchecked, "1.0.0", "http-01",
        "Chooses how the server is shown that the names are ours."),
    d("common_name_in_csr", "acme_issuer", "flag", Flag, "1.0.0", "on",
        "Puts the first name into the common name of certificate requests, or leaves it out."),
    d("contact", "acme_issuer", "1", Unchecked, "1.0.0", "",
        "Sets the URL, a mail address above all, at which the server may reach the account's owner."),
    d("external_account_key", "acme_issuer", "2", Unchecked, "1.0.0", "",
        "Binds the account to one that exists outside of ACME, by its key."),
    d("preferred_chain", "acme_issuer", "1", Unchecked, "1.0.0", "",
        "Chooses among chains of certificates the one that ends at this issuer."),
    d("profile", "acme_issuer", "1 2", Unchecked, "1.0.0", "",
        "Asks for certificates of one of the profiles that the server offers."),
    d("ssl_trusted_certificate", "acme_issuer", "1", Str, "1.0.0", "",
        "Names the CA file that verifies the ACME server."),
    d("ssl_verify", "acme_issuer", "flag", Flag, "1.0.0", "on",
        "Verifies the certificate of the ACME server, or trusts it blindly."),
    d("state_path", "acme_issuer", "1", Unchecked, "1.0.0", "acme_<issuer>",
        "Names the folder that keeps keys and certificates, or turns that off."),
    d("uri", "acme_issuer", "1", Str, "1.0.0", "",
        "Sets the URL of the directory of the ACME server."),
];

fn issuer(cx: &mut Cx, call: &Call) -> Verdict {
    cx.block(call, Contexts::ACME_ISSUER).map(drop)
}
