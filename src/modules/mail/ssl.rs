//! `ngx_mail_ssl_module`: TLS of servers; see [`ssl`].

use crate::modules::prelude::*;
use crate::modules::shared::{proxy_ssl, ssl};
use crate::syntax::Place;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    merge_server: Some(merge),
    ..Module::new("mail_ssl_module", Kind::Mail, Presence::With("mail_ssl"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("ssl", "mail mail-server", "flag", Flag, "1.0.0", "off",
        "Enables TLS on the mail server, which listen with the ssl parameter now replaces.")
        .last("1.25.0")
        .post(post_ssl),
    d("ssl_certificate", "mail mail-server", "1", StrArray, "1.0.0", "",
        "Names the PEM certificate chain that the mail server presents to its clients."),
    d("ssl_certificate_compression", "mail mail-server", "flag", Flag, "1.29.1", "off",
        "Allows TLS 1.3 certificates to be compressed when sent to mail clients."),
    d("ssl_certificate_key", "mail mail-server", "1", StrArray, "1.0.0", "",
        "Names the PEM private key that belongs to the mail server certificate."),
    d("ssl_ciphers", "mail mail-server", "1", Str, "1.0.0", "HIGH:!aNULL:!MD5",
        "Lists the ciphers that mail clients may negotiate, in OpenSSL notation."),
    d("ssl_client_certificate", "mail mail-server", "1", Str, "1.7.11", "",
        "Names the CA file that checks mail client certificates and is announced to clients."),
    d("ssl_conf_command", "mail mail-server", "2", Keyval, "1.19.4", "",
        "Passes an arbitrary OpenSSL configuration command to the TLS setup of the mail server."),
    d("ssl_crl", "mail mail-server", "1", Str, "1.7.11", "",
        "Names the revocation list file used when checking mail client certificates."),
    d("ssl_dhparam", "mail mail-server", "1", Str, "1.0.0", "",
        "Names the file with Diffie-Hellman parameters for DHE ciphers of the mail server."),
    d("ssl_ecdh_curve", "mail mail-server", "1", Str, "1.0.6", "auto",
        "Sets the elliptic curves or groups that the mail server offers for key exchange."),
    d("ssl_password_file", "mail mail-server", "1", Custom(proxy_ssl::password_file), "1.7.3", "",
        "Names the file with passphrases for encrypted private keys of the mail server."),
    d("ssl_prefer_server_ciphers", "mail mail-server", "flag", Flag, "1.0.0", "off",
        "Makes the cipher order of the mail server win over the order the client prefers."),
    d("ssl_protocols", "mail mail-server", "1+", Mask(&["SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]), "1.0.0", "TLSv1.2 TLSv1.3",
        "Lists the TLS versions that clients of the mail server may use."),
    d("ssl_session_cache", "mail mail-server", "1 2", Custom(ssl::session_cache), "1.0.0", "none",
        "Sets where TLS sessions of mail clients are cached for resumption and how many."),
    d("ssl_session_ticket_key", "mail mail-server", "1", StrArray, "1.5.7", "",
        "Names the key file for session tickets so several mail servers can share them."),
    d("ssl_session_tickets", "mail mail-server", "flag", Flag, "1.5.9", "on",
        "Allows mail clients to resume TLS sessions by means of session tickets."),
    d("ssl_session_timeout", "mail mail-server", "1", Sec, "1.0.0", "5m",
        "Sets how long a mail client may resume an earlier TLS session."),
    d("ssl_trusted_certificate", "mail mail-server", "1", Str, "1.7.11", "",
        "Names CA certificates that verify mail clients without being announced to them."),
    d("ssl_verify_client", "mail mail-server", "1", Enum(&["off", "on", "optional", "optional_no_ca"]), "1.7.11", "off",
        "Asks mail clients for a certificate and decides whether it is required or optional."),
    d("ssl_verify_depth", "mail mail-server", "1", Number, "1.7.11", "1",
        "Limits how long the certificate chain of a mail client may be."),
    d("starttls", "mail mail-server", "1", Enum(&["off", "on", "only"]), "1.0.0", "off",
        "Lets mail clients upgrade to TLS with STARTTLS or STLS, or requires it.")
        .post(post_starttls),
];

/// State of a scope: the directive that asked for TLS last, but `listen ... ssl` before the others.
#[derive(Debug, Default, Clone, Copy)]
struct Asked {
    listen: bool,
    at: Option<(Place, Span)>,
}

/// `listen ... ssl` was read.
pub(super) fn listen(cx: &mut Cx, span: Span) {
    let place = cx.place();
    *cx.slot::<Asked>() = Asked { listen: true, at: Some((place, span)) };
}

fn note(cx: &mut Cx, call: &Call) {
    let at = (cx.place(), call.span(0));
    let asked = cx.slot::<Asked>();
    if !asked.listen {
        asked.at = Some(at);
    }
}

/// Whether the other directive was given here and is not off.
fn conflicts(cx: &Cx, other: &str) -> bool {
    let setting = cx.config.scope(cx.scope).setting(other);
    setting.is_some_and(|setting| !matches!(setting.value, Value::Flag(false) | Value::Enum(0)))
}

fn post_ssl(cx: &mut Cx, call: &Call) -> Verdict {
    ssl::post_ssl(cx, call)?;
    if call.arg(1).eq_ignore_ascii_case("on") && conflicts(cx, "starttls") {
        return Err(Fault::emerg("\"starttls\" directive conflicts with \"ssl on\"").at(call.span(0)));
    }
    note(cx, call);
    Ok(())
}

fn post_starttls(cx: &mut Cx, call: &Call) -> Verdict {
    if !call.arg(1).eq_ignore_ascii_case("off") && conflicts(cx, "ssl") {
        return Err(Fault::emerg("\"ssl\" directive conflicts with \"starttls\"").at(call.span(0)));
    }
    note(cx, call);
    Ok(())
}

fn merge(cx: &mut Cx, scope: ScopeId) -> Verdict {
    let own = cx.config.scope(scope).slot::<Asked>().copied().unwrap_or_default();
    let starttls = cx.config.effective(scope, "starttls").is_some_and(|setting| setting.value != Value::Enum(0));
    let mode = if own.listen {
        "listen ... ssl"
    } else if cx.config.flag(scope, "ssl", false) {
        "ssl"
    } else if starttls {
        "starttls"
    } else {
        return Ok(());
    };
    let around = || cx.config.effective_slot::<Asked>(scope).and_then(|asked| asked.at);
    let Some((place, span)) = own.at.or_else(around) else { return Ok(()) };
    let pairs = ssl::pairs(cx, scope, Some(ssl::AskedBy { mode, place, span }), false)?;
    ssl::context(cx, scope, pairs)
}
