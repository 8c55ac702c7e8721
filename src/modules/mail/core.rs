//! `ngx_mail_core_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("mail_core_module", Kind::Mail, Presence::With("mail")) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("error_log", "mail mail-server", "1+", Unchecked, "1.9.0", "logs/error.log error",
        "Chooses where mail proxy errors are written and the lowest severity that is recorded."), // TODO ngx_mail_core_error_log
    d("listen", "mail-server", "1+", Unchecked, "1.0.0", "",
        "Binds a mail server to an address, port or UNIX socket, with options such as ssl.")
        .was(&[was("1.7.5", "mail-server", "1 2")]), // TODO ngx_mail_core_listen
    d("max_errors", "mail mail-server", "1", Number, "1.21.0", "5",
        "Closes the mail connection after the client has made this many protocol errors."),
    d("protocol", "mail-server", "1", Unchecked, "1.0.0", "",
        "Sets whether the mail server speaks IMAP, POP3 or SMTP when its port does not tell."), // TODO ngx_mail_core_protocol
    d("resolver", "mail mail-server", "1+", Unchecked, "1.0.0", "off",
        "Sets the DNS servers used to look up mail client names and the authentication host.")
        .was(&[was("1.1.7", "mail mail-server", "1")]), // TODO ngx_mail_core_resolver
    d("resolver_timeout", "mail mail-server", "1", Msec, "1.0.0", "30s",
        "Limits how long a DNS lookup made by the mail proxy may take."),
    d("server", "mail", "block 0", Custom(server), "1.0.0", "",
        "Opens a block that configures one mail proxy server."),
    d("server_name", "mail mail-server", "1", Str, "1.0.0", "",
        "Sets the host name used in mail greetings, SASL challenges and authentication requests."),
    d("so_keepalive", "mail mail-server", "flag", Flag, "1.0.0", "off",
        "Enables TCP keepalive probes on connections that nginx opens to mail backends.")
        .last("1.9.0"),
    d("timeout", "mail mail-server", "1", Msec, "1.0.0", "60s",
        "Closes a mail connection idle for this long before proxying to the backend begins."),
];

fn server(cx: &mut Cx, call: &Call) -> Verdict {
    cx.block(call, Contexts::MAIL_SERVER).map(drop)
}
