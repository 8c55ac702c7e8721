//! `ngx_mail_proxy_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("mail_proxy_module", Kind::Mail, Presence::With("mail")) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("proxy", "mail mail-server", "flag", Flag, "1.0.0", "off",
        "Switches proxying to mail backends on or off in the older mail configuration style."),
    d("proxy_buffer", "mail mail-server", "1", Size, "1.0.0", "4k|8k",
        "Sets the size of the buffer used to relay data between mail client and backend."),
    d("proxy_pass_error_message", "mail mail-server", "flag", Flag, "1.0.0", "off",
        "Shows the client the error text that the mail backend returned during authentication.")
        .was(&[was("1.0.11", "mail mail-server", "1"), was("1.1.0", "mail mail-server", "flag"), was("1.1.8", "mail mail-server", "1")]),
    d("proxy_protocol", "mail mail-server", "flag", Flag, "1.19.8", "off",
        "Sends a PROXY protocol header with the client address to the mail backend."),
    d("proxy_smtp_auth", "mail mail-server", "flag", Flag, "1.19.4", "off",
        "Makes nginx log in on the SMTP backend with the AUTH command for the user."),
    d("proxy_timeout", "mail mail-server", "1", Msec, "1.0.0", "24h",
        "Closes the proxied mail connection after this long without activity on either side."),
    d("xclient", "mail mail-server", "flag", Flag, "1.0.0", "on",
        "Sends the XCLIENT command with client details when connecting to the SMTP backend."),
];
