//! `ngx_mail_core_module`: servers, where they listen, and what they speak.

use super::{imap, pop3, smtp, ssl};
use crate::modules::Version;
use crate::modules::prelude::*;
use crate::modules::shared::listen::{self, Dialect, MULTIPATH, OF_SOCKET, Options};
use crate::modules::shared::{error_log, resolver};

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    merge_server: Some(merge),
    ..Module::new("mail_core_module", Kind::Mail, Presence::With("mail"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("error_log", "mail mail-server", "1+", Custom(error_log::set), "1.9.0", "logs/error.log error",
        "Chooses where mail proxy errors are written and the lowest severity that is recorded."),
    d("listen", "mail-server", "1+", Custom(listen), "1.0.0", "",
        "Binds a mail server to an address, port or UNIX socket, with options such as ssl.")
        .was(&[was("1.7.5", "mail-server", "1 2")]),
    d("max_errors", "mail mail-server", "1", Number, "1.21.0", "5",
        "Closes the mail connection after the client has made this many protocol errors."),
    d("protocol", "mail-server", "1", Custom(protocol), "1.0.0", "",
        "Sets whether the mail server speaks IMAP, POP3 or SMTP when its port does not tell."),
    d("resolver", "mail mail-server", "1+", Custom(resolver_or_off), "1.0.0", "off",
        "Sets the DNS servers used to look up mail client names and the authentication host.")
        .was(&[was("1.1.7", "mail mail-server", "1")]),
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

/// `listen` of `mail`.
#[rustfmt::skip]
static DIALECT: Dialect = Dialect {
    default_port: 0,
    words: &[
        ("bind",           Version::read("0.5.15"), OF_SOCKET),
        ("ipv6only=on",    Version::read("1.0.0"),  OF_SOCKET),
        ("ipv6only=off",   Version::read("1.0.0"),  Options::IPV4_TOO.union(OF_SOCKET)),
        ("multipath",      MULTIPATH,               Options::MULTIPATH.union(OF_SOCKET)),
        ("ssl",            Version::read("1.0.0"),  Options::SSL),
        ("proxy_protocol", Version::read("1.19.8"), Options::PROXY_PROTOCOL),
    ],
    values: &[
        ("backlog",      Version::read("1.9.2")),
        ("rcvbuf",       Version::read("1.13.0")),
        ("sndbuf",       Version::read("1.13.0")),
        ("so_keepalive", Version::read("1.1.11")),
    ],
    judge,
    reworded: Version::read("1.25.5"),
};

/// What a mail server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// POP3
    Pop3,
    /// IMAP
    Imap,
    /// SMTP
    Smtp,
}

/// Each with its name, the module that speaks it, and the ports that tell it.
static PROTOCOLS: &[(Protocol, &str, &Module, &[u16])] = &[
    (Protocol::Pop3, "pop3", &pop3::MODULE, &[110, 995]),
    (Protocol::Imap, "imap", &imap::MODULE, &[143, 993]),
    (Protocol::Smtp, "smtp", &smtp::MODULE, &[25, 465, 587]),
];

/// State of a server: what it speaks, once that is known.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Speaks(pub Option<Protocol>);

fn protocol(cx: &mut Cx, call: &Call) -> Verdict {
    let name = call.arg(1);
    let known = PROTOCOLS.iter().find(|(_, known, module, _)| *known == name && cx.target.has(module));
    let Some((protocol, ..)) = known else {
        let fault = Fault::emerg(format!("unknown protocol \"{name}\"")).at(call.span(1));
        return Err(fault.help("imap, pop3 or smtp"));
    };
    cx.slot::<Speaks>().0 = Some(*protocol);
    cx.keep(call, Value::Own);
    Ok(())
}

fn judge(cx: &mut Cx, call: &Call, n: usize) -> Result<bool, Fault> {
    if call.arg(n) == "ssl" {
        if !cx.target.has(&ssl::MODULE) {
            let message = "the \"ssl\" parameter requires ngx_mail_ssl_module";
            return Err(Fault::emerg(message).at(call.span(n)));
        }
        ssl::listen(cx, call.span(n));
    }
    Ok(false)
}

fn listen(cx: &mut Cx, call: &Call) -> Verdict {
    cx.keep(call, Value::Own);
    let (url, socket) = DIALECT.read(cx, call)?;
    if cx.slot::<Speaks>().0.is_none() {
        let by_port = PROTOCOLS.iter().find(|(_, _, module, ports)| ports.contains(&url.port) && cx.target.has(module));
        cx.slot::<Speaks>().0 = by_port.map(|(protocol, ..)| *protocol);
    }
    for address in listen::addresses(cx, url) {
        listen::add_alone(cx, cx.scope, address, &socket, call.span(1))?;
    }
    Ok(())
}

fn resolver_or_off(cx: &mut Cx, call: &Call) -> Verdict {
    if call.arg(1) == "off" {
        cx.once(call)?;
        cx.keep(call, Value::Own);
        return Ok(());
    }
    resolver::set(cx, call)
}

fn server(cx: &mut Cx, call: &Call) -> Verdict {
    let scope = cx.block(call, Contexts::MAIL_SERVER)?;
    if cx.config.scope(scope).setting("listen").is_none() {
        let place = cx.file_line(cx.config.scope(scope).opened);
        let message = format!("no \"listen\" is defined for server in {place}");
        return Err(Fault::emerg(message).at(call.span(0)).unlocated());
    }
    Ok(())
}

fn merge(cx: &mut Cx, scope: ScopeId) -> Verdict {
    if cx.slot::<Speaks>().0.is_some() {
        return Ok(());
    }
    let server = cx.config.scope(scope);
    let span = server.words.first().map(|word| word.span);
    let message = format!("unknown mail protocol for server in {}", cx.file_line(server.opened));
    let help = "say \"protocol\", or listen on a port that tells it: 25, 110, 143, 465, 587, 993, 995";
    Err(Fault { span, ..Fault::emerg(message).unlocated().help(help) })
}
