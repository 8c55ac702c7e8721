//! `ngx_http_ssl_module`: TLS of servers; see [`ssl`].

use crate::modules::Version;
use crate::modules::prelude::*;
use crate::modules::shared::{proxy_ssl, ssl};

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    merge_server: Some(merge),
    finish: Some(ssl::listeners),
    ..Module::new("http_ssl_module", Kind::Http, Presence::With("http_ssl"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("ssl", "http server", "flag", Flag, "1.0.0", "off",
        "Enabled TLS for the whole server; removed in 1.25.1, use the ssl parameter of listen.")
        .last("1.25.0")
        .post(ssl::post_ssl),
    d("ssl_buffer_size", "http server", "1", Size, "1.5.9", "16k",
        "Sets the buffer size for sending TLS data; smaller values lower the time to first byte."),
    d("ssl_certificate", "http server", "1", StrArray, "1.0.0", "",
        "Sets the PEM file with the server certificate and its intermediate chain; may be given several times."),
    d("ssl_certificate_cache", "http server", "1 2 3", Custom(proxy_ssl::certificate_cache), "1.27.4", "off",
        "Caches certificates and keys whose file names contain variables, with limits on count and age."),
    d("ssl_certificate_compression", "http server", "flag", Flag, "1.29.1", "off",
        "Enables compression of server certificates in the TLS 1.3 handshake, which makes it smaller."),
    d("ssl_certificate_key", "http server", "1", StrArray, "1.0.0", "",
        "Sets the file, or engine or provider key reference, with the private key of the certificate."),
    d("ssl_ciphers", "http server", "1", Str, "1.0.0", "HIGH:!aNULL:!MD5",
        "Sets the cipher suites allowed up to TLS 1.2, written as an OpenSSL cipher list."),
    d("ssl_client_certificate", "http server", "1", Str, "1.0.0", "",
        "Sets trusted CA certificates for verifying clients; their names are also sent to the client."),
    d("ssl_conf_command", "http server", "2", Keyval, "1.19.4", "",
        "Passes an arbitrary configuration command to OpenSSL, for example to set TLS 1.3 cipher suites."),
    d("ssl_crl", "http server", "1", Str, "1.0.0", "",
        "Sets the PEM file with revocation lists that is used when verifying client certificates."),
    d("ssl_dhparam", "http server", "1", Str, "1.0.0", "",
        "Sets the file with Diffie-Hellman parameters for DHE ciphers; without it these ciphers stay unused."),
    d("ssl_early_data", "http server", "flag", Flag, "1.15.3", "off",
        "Accepts TLS 1.3 early data; backends must guard against replayed requests, for example through $ssl_early_data."),
    d("ssl_ecdh_curve", "http server", "1", Str, "1.0.6", "auto",
        "Sets the curves or groups allowed for the elliptic curve key exchange, in order of preference."),
    d("ssl_ech_file", "http server", "1", StrArray, "1.29.4", "",
        "Sets a PEM file with the key and configuration for TLS Encrypted ClientHello."),
    d("ssl_ocsp", "http server", "1", Enum(&["off", "on", "leaf"]), "1.19.0", "off",
        "Checks client certificates for revocation over OCSP, for the whole chain or the leaf only.")
        .was(&[was("1.28.1", "http server", "flag"), was("1.29.0", "http server", "1"), was("1.29.3", "http server", "flag")]),
    d("ssl_ocsp_cache", "http server", "1", Custom(ssl::ocsp_cache), "1.19.0", "off",
        "Sets a shared memory zone that caches the OCSP status of client certificates."),
    d("ssl_ocsp_responder", "http server", "1", Str, "1.19.0", "",
        "Overrides the OCSP responder URL found in client certificates; only plain HTTP is supported."),
    d("ssl_password_file", "http server", "1", Custom(proxy_ssl::password_file), "1.7.3", "",
        "Sets the file with passphrases, one per line, that are tried when loading encrypted private keys."),
    d("ssl_prefer_server_ciphers", "http server", "flag", Flag, "1.0.0", "off",
        "Prefers the server cipher order to the order sent by the client in TLS handshakes."),
    d("ssl_protocols", "http server", "1+", Mask(&["SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]), "1.0.0", "TLSv1.2 TLSv1.3",
        "Lists the TLS protocol versions that clients may use to connect to this server."),
    d("ssl_reject_handshake", "http server", "flag", Flag, "1.19.4", "off",
        "Refuses TLS handshakes in this server, useful as a default for unknown host names."),
    d("ssl_session_cache", "http server", "1 2", Custom(ssl::session_cache), "1.0.0", "none",
        "Sets type and size of the TLS session cache; a shared cache serves all workers."),
    d("ssl_session_ticket_key", "http server", "1", StrArray, "1.5.7", "",
        "Sets the file with the key for TLS session tickets, needed when several servers share them."),
    d("ssl_session_tickets", "http server", "flag", Flag, "1.5.9", "on",
        "Enables session resumption through TLS session tickets stored on the client side."),
    d("ssl_session_timeout", "http server", "1", Sec, "1.0.0", "5m",
        "Sets how long a client may resume a TLS session with the stored parameters."),
    d("ssl_stapling", "http server", "flag", Flag, "1.3.7", "off",
        "Sends the OCSP status of the server certificate along with the TLS handshake."),
    d("ssl_stapling_file", "http server", "1", Str, "1.3.7", "",
        "Takes the stapled OCSP response from the given DER file instead of querying the responder."),
    d("ssl_stapling_responder", "http server", "1", Str, "1.3.7", "",
        "Overrides the OCSP responder URL found in the server certificate; only plain HTTP is supported."),
    d("ssl_stapling_verify", "http server", "flag", Flag, "1.3.7", "off",
        "Verifies OCSP responses before stapling them, which needs the issuer certificates configured as trusted."),
    d("ssl_trusted_certificate", "http server", "1", Str, "1.3.7", "",
        "Sets CA certificates for verifying clients and OCSP responses, without sending their names to clients."),
    d("ssl_verify_client", "http server", "1", Enum(&["off", "on", "optional", "optional_no_ca"]), "1.0.0", "off",
        "Requests client certificates and requires, or optionally accepts, a valid one, storing the result in $ssl_client_verify.")
        .was(&[was("1.0.11", "http server", "flag"), was("1.1.0", "http server", "1"), was("1.1.8", "http server", "flag")]),
    d("ssl_verify_depth", "http server", "1", Number, "1.0.0", "1",
        "Sets the maximum chain depth that is accepted when verifying client certificates.")
        .was(&[was("1.5.9", "http server", "1+")]),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("ssl_alpn_protocol", "1.21.4").changeable(),
    v("ssl_cipher", "1.0.0").changeable(),
    v("ssl_ciphers", "1.11.7").changeable(),
    v("ssl_client_cert", "1.0.0").changeable(),
    v("ssl_client_escaped_cert", "1.13.5").changeable(),
    v("ssl_client_fingerprint", "1.7.1").changeable(),
    v("ssl_client_i_dn", "1.0.0").changeable(),
    v("ssl_client_i_dn_legacy", "1.11.6").changeable(),
    v("ssl_client_raw_cert", "1.0.0").changeable(),
    v("ssl_client_s_dn", "1.0.0").changeable(),
    v("ssl_client_s_dn_legacy", "1.11.6").changeable(),
    v("ssl_client_serial", "1.0.0").changeable(),
    v("ssl_client_sigalg", "1.29.3").changeable(),
    v("ssl_client_v_end", "1.11.7").changeable(),
    v("ssl_client_v_remain", "1.11.7").changeable(),
    v("ssl_client_v_start", "1.11.7").changeable(),
    v("ssl_client_verify", "1.0.0").changeable(),
    v("ssl_curve", "1.21.5").changeable(),
    v("ssl_curves", "1.11.7").changeable(),
    v("ssl_early_data", "1.15.3").changeable(),
    v("ssl_ech_outer_server_name", "1.29.4").changeable(),
    v("ssl_ech_status", "1.29.4").changeable(),
    v("ssl_protocol", "1.0.0").changeable(),
    v("ssl_server_name", "1.7.0").changeable(),
    v("ssl_session_id", "1.0.0").changeable(),
    v("ssl_session_reused", "1.5.11").changeable(),
    v("ssl_sigalg", "1.29.3").changeable(),
    v("ssl_sigalgs", "1.31.2").changeable(),
];

/// The first version without the `ssl` directive.
const NO_SSL_ON: Version = Version::read("1.25.1");

fn merge(cx: &mut Cx, scope: ScopeId) -> Verdict {
    let on = cx.config.effective(scope, "ssl").filter(|setting| setting.value == Value::Flag(true));
    let asked = on.filter(|_| cx.target.version < NO_SSL_ON).map(|setting| ssl::AskedBy {
        mode: "ssl",
        place: setting.place,
        span: setting.span(),
    });
    let pairs = ssl::pairs(cx, scope, asked, true)?;
    if pairs.is_empty() && !cx.config.flag(scope, "ssl_reject_handshake", false) {
        return Ok(());
    }
    ssl::context(cx, scope, pairs)
}
