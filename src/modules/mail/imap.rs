//! `ngx_mail_imap_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("mail_imap_module", Kind::Mail, Presence::Default("mail_imap")) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("imap_auth", "mail mail-server", "1+", Mask(&["plain", "login", "cram-md5", "external"]), "1.0.0", "plain",
        "Lists the authentication methods that IMAP clients are offered and may use."),
    d("imap_capabilities", "mail mail-server", "1+", StrArray, "1.0.0", "IMAP4 IMAP4rev1 UIDPLUS",
        "Lists the extensions announced to IMAP clients that send the CAPABILITY command."),
    d("imap_client_buffer", "mail mail-server", "1", Size, "1.0.0", "4k|8k",
        "Sets how large the buffer for reading one IMAP client command is."),
];
