//! `ngx_mail_ssl_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("mail_ssl_module", Kind::Mail, Presence::With("mail_ssl")) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("ssl", "mail mail-server", "flag", Unchecked, "1.0.0", "off",
        "Enables TLS on the mail server, which listen with the ssl parameter now replaces.")
        .last("1.25.0"), // TODO ngx_mail_ssl_enable
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
        "Passes an arbitrary OpenSSL configuration command to the TLS setup of the mail server."), // TODO post &ngx_mail_ssl_conf_command_post
    d("ssl_crl", "mail mail-server", "1", Str, "1.7.11", "",
        "Names the revocation list file used when checking mail client certificates."),
    d("ssl_dhparam", "mail mail-server", "1", Str, "1.0.0", "",
        "Names the file with Diffie-Hellman parameters for DHE ciphers of the mail server."),
    d("ssl_ecdh_curve", "mail mail-server", "1", Str, "1.0.6", "auto",
        "Sets the elliptic curves or groups that the mail server offers for key exchange."),
    d("ssl_password_file", "mail mail-server", "1", Unchecked, "1.7.3", "",
        "Names the file with passphrases for encrypted private keys of the mail server."), // TODO ngx_mail_ssl_password_file
    d("ssl_prefer_server_ciphers", "mail mail-server", "flag", Flag, "1.0.0", "off",
        "Makes the cipher order of the mail server win over the order the client prefers."),
    d("ssl_protocols", "mail mail-server", "1+", Mask(&["SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]), "1.0.0", "TLSv1.2 TLSv1.3",
        "Lists the TLS versions that clients of the mail server may use."),
    d("ssl_session_cache", "mail mail-server", "1 2", Unchecked, "1.0.0", "none",
        "Sets where TLS sessions of mail clients are cached for resumption and how many."), // TODO ngx_mail_ssl_session_cache
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
    d("starttls", "mail mail-server", "1", Unchecked, "1.0.0", "off",
        "Lets mail clients upgrade to TLS with STARTTLS or STLS, or requires it."), // TODO ngx_mail_ssl_starttls
];
