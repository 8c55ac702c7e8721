//! `ngx_mail_pop3_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("mail_pop3_module", Kind::Mail, Presence::Default("mail_pop3")) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("pop3_auth", "mail mail-server", "1+", Mask(&["plain", "apop", "cram-md5", "external"]), "1.0.0", "plain",
        "Lists the authentication methods that POP3 clients are offered and may use."),
    d("pop3_capabilities", "mail mail-server", "1+", StrArray, "1.0.0", "TOP USER UIDL",
        "Lists the extensions announced to POP3 clients that send the CAPA command."),
];
