//! `ngx_mail_smtp_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("mail_smtp_module", Kind::Mail, Presence::Default("mail_smtp")) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("smtp_auth", "mail mail-server", "1+", Mask(&["plain", "login", "cram-md5", "external", "none"]), "1.0.0", "plain login",
        "Lists the SASL authentication methods that SMTP clients are offered and may use."),
    d("smtp_capabilities", "mail mail-server", "1+", StrArray, "1.0.0", "",
        "Lists the extensions announced to SMTP clients in the reply to EHLO."),
    d("smtp_client_buffer", "mail mail-server", "1", Size, "1.0.0", "4k|8k",
        "Sets how large the buffer for reading one SMTP client command is."),
    d("smtp_greeting_delay", "mail mail-server", "1", Msec, "1.0.0", "0",
        "Waits before the SMTP greeting so that clients that talk too early are rejected."),
];
