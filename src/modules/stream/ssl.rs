//! `ngx_stream_ssl_module`: TLS of servers; see [`ssl`].

use crate::modules::prelude::*;
use crate::modules::shared::{proxy_ssl, ssl};

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    merge_server: Some(merge),
    finish: Some(finish),
    ..Module::new("stream_ssl_module", Kind::Stream, Presence::With("stream_ssl"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("ssl_alpn", "stream stream-server", "1+", Custom(alpn), "1.21.4", "",
        "Lists the ALPN protocols accepted from stream clients during the TLS handshake."),
    d("ssl_certificate", "stream stream-server", "1", StrArray, "1.9.0", "",
        "Names the PEM certificate chain that the stream server presents to its clients."),
    d("ssl_certificate_cache", "stream stream-server", "1 2 3", Custom(proxy_ssl::certificate_cache), "1.27.4", "off",
        "Caches certificates and keys whose file names contain variables, with size and validity limits."),
    d("ssl_certificate_compression", "stream stream-server", "flag", Flag, "1.29.1", "off",
        "Allows TLS 1.3 certificates to be compressed when sent to stream clients."),
    d("ssl_certificate_key", "stream stream-server", "1", StrArray, "1.9.0", "",
        "Names the PEM private key that belongs to the stream server certificate."),
    d("ssl_ciphers", "stream stream-server", "1", Str, "1.9.0", "HIGH:!aNULL:!MD5",
        "Lists the ciphers that stream clients may negotiate, in OpenSSL notation."),
    d("ssl_client_certificate", "stream stream-server", "1", Str, "1.11.8", "",
        "Names the CA file that checks stream client certificates and is announced to clients."),
    d("ssl_conf_command", "stream stream-server", "2", Keyval, "1.19.4", "",
        "Passes an arbitrary OpenSSL configuration command to the TLS setup of the stream server."),
    d("ssl_crl", "stream stream-server", "1", Str, "1.11.8", "",
        "Names the revocation list file used when checking stream client certificates."),
    d("ssl_dhparam", "stream stream-server", "1", Str, "1.9.0", "",
        "Names the file with Diffie-Hellman parameters for DHE ciphers of the stream server."),
    d("ssl_ecdh_curve", "stream stream-server", "1", Str, "1.9.0", "auto",
        "Sets the elliptic curves or groups that the stream server offers for key exchange."),
    d("ssl_ech_file", "stream stream-server", "1", StrArray, "1.29.4", "",
        "Loads keys and configuration for TLS Encrypted Client Hello on the stream server."),
    d("ssl_handshake_timeout", "stream stream-server", "1", Msec, "1.9.0", "60s",
        "Limits how long a stream client may take to finish the TLS handshake."),
    d("ssl_ocsp", "stream stream-server", "1", Enum(&["off", "on", "leaf"]), "1.27.2", "off",
        "Checks client certificates against their OCSP responder, for the whole chain or the leaf.")
        .was(&[was("1.28.1", "stream stream-server", "flag"), was("1.29.0", "stream stream-server", "1"), was("1.29.3", "stream stream-server", "flag")]),
    d("ssl_ocsp_cache", "stream stream-server", "1", Custom(ssl::ocsp_cache), "1.27.2", "off",
        "Sets the shared memory cache that keeps the OCSP status of client certificates."),
    d("ssl_ocsp_responder", "stream stream-server", "1", Str, "1.27.2", "",
        "Overrides the OCSP responder URL written in the client certificate."),
    d("ssl_password_file", "stream stream-server", "1", Custom(proxy_ssl::password_file), "1.9.0", "",
        "Names the file with passphrases for encrypted private keys of the stream server."),
    d("ssl_prefer_server_ciphers", "stream stream-server", "flag", Flag, "1.9.0", "off",
        "Makes the cipher order of the stream server win over the order the client prefers."),
    d("ssl_protocols", "stream stream-server", "1+", Mask(&["SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]), "1.9.0", "TLSv1.2 TLSv1.3",
        "Lists the TLS versions that clients of the stream server may use."),
    d("ssl_reject_handshake", "stream stream-server", "flag", Flag, "1.25.5", "off",
        "Refuses every TLS handshake in this server block, useful for unknown server names."),
    d("ssl_session_cache", "stream stream-server", "1 2", Custom(ssl::session_cache), "1.9.0", "none",
        "Sets where TLS sessions of stream clients are cached for resumption and how many."),
    d("ssl_session_ticket_key", "stream stream-server", "1", StrArray, "1.9.0", "",
        "Names the key file for session tickets so several stream servers can share them."),
    d("ssl_session_tickets", "stream stream-server", "flag", Flag, "1.9.0", "on",
        "Allows stream clients to resume TLS sessions by means of session tickets."),
    d("ssl_session_timeout", "stream stream-server", "1", Sec, "1.9.0", "5m",
        "Sets how long a stream client may resume an earlier TLS session."),
    d("ssl_stapling", "stream stream-server", "flag", Flag, "1.27.2", "off",
        "Staples the OCSP response for the server certificate to TLS handshakes with clients."),
    d("ssl_stapling_file", "stream stream-server", "1", Str, "1.27.2", "",
        "Takes the stapled OCSP response from a DER file instead of asking the responder."),
    d("ssl_stapling_responder", "stream stream-server", "1", Str, "1.27.2", "",
        "Overrides the OCSP responder URL that is written in the server certificate."),
    d("ssl_stapling_verify", "stream stream-server", "flag", Flag, "1.27.2", "off",
        "Checks OCSP responses against trusted certificates before stapling them to handshakes."),
    d("ssl_trusted_certificate", "stream stream-server", "1", Str, "1.11.8", "",
        "Names CA certificates that verify stream clients and OCSP responses without being announced."),
    d("ssl_verify_client", "stream stream-server", "1", Enum(&["off", "on", "optional", "optional_no_ca"]), "1.11.8", "off",
        "Asks stream clients for a certificate and decides whether it is required or optional."),
    d("ssl_verify_depth", "stream stream-server", "1", Number, "1.11.8", "1",
        "Limits how long the certificate chain of a stream client may be."),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("ssl_alpn_protocol", "1.21.4").changeable(),
    v("ssl_cipher", "1.11.2").changeable(),
    v("ssl_ciphers", "1.11.7").changeable(),
    v("ssl_client_cert", "1.11.8").changeable(),
    v("ssl_client_escaped_cert", "1.13.5").changeable(),
    v("ssl_client_fingerprint", "1.11.8").changeable(),
    v("ssl_client_i_dn", "1.11.8").changeable(),
    v("ssl_client_raw_cert", "1.11.8").changeable(),
    v("ssl_client_s_dn", "1.11.8").changeable(),
    v("ssl_client_serial", "1.11.8").changeable(),
    v("ssl_client_sigalg", "1.29.3").changeable(),
    v("ssl_client_v_end", "1.11.8").changeable(),
    v("ssl_client_v_remain", "1.11.8").changeable(),
    v("ssl_client_v_start", "1.11.8").changeable(),
    v("ssl_client_verify", "1.11.8").changeable(),
    v("ssl_curve", "1.21.5").changeable(),
    v("ssl_curves", "1.11.7").changeable(),
    v("ssl_ech_outer_server_name", "1.29.4").changeable(),
    v("ssl_ech_status", "1.29.4").changeable(),
    v("ssl_protocol", "1.11.2").changeable(),
    v("ssl_server_name", "1.11.2").changeable(),
    v("ssl_session_id", "1.11.2").changeable(),
    v("ssl_session_reused", "1.11.2").changeable(),
    v("ssl_sigalg", "1.29.3").changeable(),
    v("ssl_sigalgs", "1.31.2").changeable(),
];

fn alpn(cx: &mut Cx, call: &Call) -> Verdict {
    /// The length of a protocol's name is sent in one byte.
    const LONGEST: usize = 255;
    cx.once(call)?;
    if let Some(word) = call.args().iter().find(|word| word.value.len() > LONGEST) {
        return Err(Fault::directive("protocol too long").at(word.span));
    }
    cx.keep(call, Value::Words);
    Ok(())
}

fn merge(cx: &mut Cx, scope: ScopeId) -> Verdict {
    let mut asked = None;
    if cx.target.version < super::core::VIRTUAL_SERVERS {
        asked = super::core::listens_with_tls(cx, scope);
        if asked.is_none() {
            return Ok(());
        }
    }
    let pairs = ssl::pairs(cx, scope, asked, false)?;
    if pairs.is_empty() && !cx.config.flag(scope, "ssl_reject_handshake", false) {
        return Ok(());
    }
    ssl::context(cx, scope, pairs)
}

fn finish(cx: &mut Cx) -> Verdict {
    if cx.target.version < super::core::VIRTUAL_SERVERS { Ok(()) } else { ssl::listeners(cx) }
}
