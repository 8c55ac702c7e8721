//! `ngx_mail_auth_http_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    merge_server: Some(merge),
    ..Module::new("mail_auth_http_module", Kind::Mail, Presence::With("mail"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("auth_http", "mail mail-server", "1", Custom(auth_http), "1.0.0", "",
        "Gives the URL of the HTTP service that authenticates mail users and picks their backend."),
    d("auth_http_header", "mail mail-server", "2", Keyval, "1.0.0", "",
        "Adds a fixed header to every authentication request, for example a shared secret."),
    d("auth_http_pass_client_cert", "mail mail-server", "flag", Flag, "1.7.11", "off",
        "Passes the client certificate in PEM form to the authentication service in a header."),
    d("auth_http_timeout", "mail mail-server", "1", Msec, "1.0.0", "60s",
        "Limits how long nginx waits on the mail authentication service before giving up."),
];

/// State of a scope with `auth_http`: the service that authenticates.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct AuthHttp(pub Option<Url>);

fn auth_http(cx: &mut Cx, call: &Call) -> Verdict {
    let text = call.arg(1);
    let text = text.strip_prefix("http://").unwrap_or(text);
    let form = UrlForm { default_port: 80, uri_part: true, ..UrlForm::default() };
    let url = Url::read(text, form, cx.host);
    let url = url.map_err(|bad| bad.fault(format!("auth_http \"{text}\"")).at(call.span(1)))?;
    cx.slot::<AuthHttp>().0 = Some(url);
    cx.keep(call, Value::Own);
    Ok(())
}

fn merge(cx: &mut Cx, scope: ScopeId) -> Verdict {
    if cx.config.effective(scope, "auth_http").is_some() {
        return Ok(());
    }
    let server = cx.config.scope(scope);
    let message = format!("no \"auth_http\" is defined for server in {}", cx.file_line(server.opened));
    let span = server.words.first().map(|word| word.span);
    Err(Fault { span, ..Fault::emerg(message).unlocated() })
}
