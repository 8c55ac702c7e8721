//! `proxy_pass`, `fastcgi_pass`, `uwsgi_pass`, `scgi_pass`, `grpc_pass`, `memcached_pass`, `tunnel_pass`: where requests
//! go. A literal address becomes an upstream of its own unless one of that name is defined; text with variables is
//! resolved for each request.

use crate::config::Config;
use crate::config::address::{Family, Url, UrlForm};
use crate::modules::prelude::*;
use crate::modules::shared::upstream::{UpstreamId, implicit};

/// What is spoken to an upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Protocol {
    /// HTTP, in the version that `proxy_http_version` says.
    #[default]
    Http,
    /// FastCGI.
    Fastcgi,
    /// uwsgi.
    Uwsgi,
    /// SCGI.
    Scgi,
    /// gRPC over HTTP/2.
    Grpc,
    /// memcached's text protocol.
    Memcached,
    /// Bytes, after CONNECT.
    Tunnel,
    /// The bytes or datagrams of a `stream`.
    Stream,
}

impl Protocol {
    /// What the names of its directives begin with.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Protocol::Http | Protocol::Stream => "proxy",
            Protocol::Fastcgi => "fastcgi",
            Protocol::Uwsgi => "uwsgi",
            Protocol::Scgi => "scgi",
            Protocol::Grpc => "grpc",
            Protocol::Memcached => "memcached",
            Protocol::Tunnel => "tunnel",
        }
    }

    /// The schemes that may stand before an address: text, TLS, default port.
    #[must_use]
    pub fn schemes(self) -> &'static [(&'static str, bool, u16)] {
        FORMS.iter().find(|form| form.protocol == self).map_or(&[], |form| form.schemes)
    }
}

/// The passes of one scope, in order: the last one handles its requests.
#[derive(Debug, Default)]
pub struct Passes(pub Vec<Pass>);

/// Where one `..._pass` sends requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// What is spoken.
    pub protocol: Protocol,
    /// TLS may be used: by the scheme, or because the text has variables.
    pub tls: bool,
    /// The destination.
    pub to: To,
    /// The host that the upstream is told: with its port unless that is the default one; empty if variables say it.
    pub host: String,
    /// The URI that replaces the location's prefix; empty: the request's URI goes as it came.
    pub uri: String,
    /// The directive.
    pub span: Span,
}

/// A destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// This upstream of the realm.
    Upstream(UpstreamId),
    /// What the variables say at the time.
    Dynamic(Text),
}

/// A scheme before the address: text, TLS, default port.
type Scheme = (&'static str, bool, u16);

/// What the directive of one module takes.
struct Form {
    directive: &'static str,
    protocol: Protocol,
    schemes: &'static [Scheme],
    /// Variables are read; otherwise `$` is a character.
    variables: bool,
    /// The scheme must be there, and a URI may follow the address.
    url: bool,
}

const fn form(directive: &'static str, protocol: Protocol, schemes: &'static [Scheme]) -> Form {
    Form { directive, protocol, schemes, variables: true, url: false }
}

static FORMS: &[Form] = &[
    Form { url: true, ..form("proxy_pass", Protocol::Http, &[("http://", false, 80), ("https://", true, 443)]) },
    form("fastcgi_pass", Protocol::Fastcgi, &[]),
    form("uwsgi_pass", Protocol::Uwsgi, &[("uwsgi://", false, 0), ("suwsgi://", true, 0)]),
    form("scgi_pass", Protocol::Scgi, &[]),
    form("grpc_pass", Protocol::Grpc, &[("grpc://", false, 0), ("grpcs://", true, 0)]),
    Form { variables: false, ..form("memcached_pass", Protocol::Memcached, &[]) },
    form("tunnel_pass", Protocol::Tunnel, &[]),
];

/// What `tunnel_pass` without an argument means.
const TUNNEL_DEFAULT: &str = "$host:$request_port";

/// Reads any of the directives in `FORMS`.
///
/// # Errors
/// nginx's, in nginx's order: `is duplicate`, the text's variables, the scheme, the address, the URI.
pub fn pass(cx: &mut Cx, call: &Call) -> Verdict {
    let Some(form) = FORMS.iter().find(|form| form.directive == call.name()) else { return Ok(()) };
    cx.once(call)?;
    cx.keep(call, Value::Own);
    let span = call.span(0).to(call.span(call.args().len()));
    let text = if call.args().is_empty() { TUNNEL_DEFAULT } else { call.arg(1) };
    if form.variables && text.contains('$') {
        let to = To::Dynamic(cx.complex_text(text, call.span(1))?);
        let tls = !form.schemes.is_empty();
        return add(cx, Pass { protocol: form.protocol, tls, to, host: String::new(), uri: String::new(), span });
    }
    let (length, tls, default_port) = form.scheme(cx, call)?;
    let address = UrlForm { default_port, uri_part: form.url, no_resolve: true, ..UrlForm::default() };
    let (upstream, url) = implicit(cx, &text[length..], address, call.span(1))?;
    if form.protocol == Protocol::Memcached {
        cx.index_of_variable("memcached_key", call.span(0))?;
    }
    if !url.uri.is_empty() && !has_prefix(&cx.config, cx.scope) {
        return Err(uri_refused(&url.uri, call));
    }
    add(
        cx,
        Pass {
            protocol: form.protocol,
            tls,
            to: To::Upstream(upstream),
            host: host_of(&url, default_port),
            uri: url.uri,
            span,
        },
    )
}

fn add(cx: &mut Cx, pass: Pass) -> Verdict {
    cx.slot::<Passes>().0.push(pass);
    Ok(())
}

/// nginx's `$proxy_host`, and the `:authority` of gRPC.
fn host_of(url: &Url, default_port: u16) -> String {
    match url.family {
        Family::Unix => "localhost".to_owned(),
        _ if url.no_port || url.port == default_port => url.host.clone(),
        _ => format!("{}:{}", url.host, url.port_text),
    }
}

impl Form {
    /// The scheme that the argument starts with: its length, TLS, default port.
    fn scheme(&self, cx: &Cx, call: &Call) -> Result<(usize, bool, u16), Fault> {
        let text = call.arg(1);
        let starts = |scheme: &str| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
        let Some((scheme, tls, port)) = self.schemes.iter().find(|(scheme, ..)| starts(scheme)) else {
            if self.url {
                let fault = Fault::emerg("invalid URL prefix").at(call.span(1));
                return Err(fault.help("the address starts with http:// or https://"));
            }
            return Ok((0, false, 0));
        };
        if *tls && !cx.target.has(&crate::modules::http::ssl::MODULE) {
            let name = scheme.trim_end_matches("://");
            return Err(Fault::emerg(format!("{name} protocol requires SSL support")).at(call.span(1)));
        }
        Ok((scheme.len(), *tls, *port))
    }
}

/// Whether the scope is a location with a prefix that a URI could replace.
fn has_prefix(config: &Config, scope: ScopeId) -> bool {
    let scope = config.scope(scope);
    scope.context.meets(Contexts::LOCATION)
        && match &scope.words[..] {
            [_, name] => !name.value.starts_with(['@', '~']),
            [_, modifier, _] => !modifier.value.starts_with('~'),
            _ => true,
        }
}

fn uri_refused(uri: &str, call: &Call) -> Fault {
    let span = call.span(1);
    let length = uri.len() as u32;
    let spot = Span { start: span.end.saturating_sub(length).max(span.start), ..span };
    let mut fault = Fault::emerg(
        "\"proxy_pass\" cannot have URI part in location given by regular expression, or inside named location, \
         or inside \"if\" statement, or inside \"limit_except\" block",
    );
    fault = fault.at(if call.words.get(1).is_some_and(|word| span.end - span.start == word.value.len() as u32) {
        spot
    } else {
        span
    });
    let way =
        if uri == "/" { "leave out the \"/\" at its end" } else { "leave out the URI, and change it with \"rewrite\"" };
    fault.help(way)
}

/// Where requests of a scope go: its own last pass, or that of the location around an `if` or `limit_except`.
#[must_use]
pub fn effective(config: &Config, scope: ScopeId) -> Option<&Pass> {
    const NAMELESS: Contexts = Contexts::read("location-if limit_except");
    let mut at = scope;
    loop {
        let here = config.scope(at);
        if let Some(pass) = here.slot::<Passes>().and_then(|passes| passes.0.last()) {
            return Some(pass);
        }
        at = here.parent.filter(|_| here.context.meets(NAMELESS))?;
    }
}

/// Reads `proxy_pass` of `stream`.
///
/// # Errors
/// nginx's `is duplicate`; what is wrong with the text or the address.
pub fn stream(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    cx.keep(call, Value::Own);
    let text = cx.complex(&call.words[1])?;
    let to = if text.is_dynamic() {
        To::Dynamic(text)
    } else {
        let form = UrlForm { no_resolve: true, ..UrlForm::default() };
        To::Upstream(implicit(cx, call.arg(1), form, call.span(1))?.0)
    };
    let span = call.span(0).to(call.span(1));
    add(cx, Pass { protocol: Protocol::Stream, tls: false, to, host: String::new(), uri: String::new(), span })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::compiled;
    use crate::modules::Target;
    use crate::modules::shared::upstream::Upstreams;

    /// `PROTOCOL DESTINATION HOST URI` of what handles the innermost block.
    fn passed(locations: &str) -> String {
        let text = format!("events {{}} http {{ upstream app {{ server 127.0.0.1:1; }} server {{ {locations} }} }}");
        let config = compiled(&text, &Target::default());
        let last = ScopeId(config.scopes.len() as u32 - 1);
        let Some(pass) = effective(&config, last) else { return "nowhere".to_owned() };
        let http = config.http.map(|http| config.scope(http)).expect("it has http");
        let to = match &pass.to {
            To::Dynamic(text) => format!("{} parts", text.0.len()),
            To::Upstream(id) => {
                let upstream = http.slot::<Upstreams>().expect("it has upstreams").get(*id);
                format!("{}:{}", upstream.name, upstream.port)
            }
        };
        format!("{:?}{} {to} {} {}", pass.protocol, if pass.tls { "+tls" } else { "" }, pass.host, pass.uri)
    }

    #[test]
    fn destinations() {
        let cases = [
            ("location / { proxy_pass http://127.0.0.1; }", "Http 127.0.0.1:80 127.0.0.1 "),
            ("location / { proxy_pass https://127.0.0.1:444/a?b; }", "Http+tls 127.0.0.1:444 127.0.0.1:444 /a?b"),
            ("location / { proxy_pass http://[::1]:80/; }", "Http [::1]:80 [::1] /"),
            ("location / { proxy_pass http://unix:/tmp/a:/b; }", "Http /tmp/a:0 localhost /b"),
            ("location / { proxy_pass http://app; }", "Http app:0 app "),
            ("location / { proxy_pass http://$host/a; }", "Http+tls 3 parts  "),
            ("location / { grpc_pass grpcs://127.0.0.1:1; }", "Grpc+tls 127.0.0.1:1 127.0.0.1:1 "),
            ("location / { scgi_pass app; fastcgi_pass app; }", "Fastcgi app:0 app "),
            ("location / { uwsgi_pass app; if ($host) { set $a b; } }", "Uwsgi app:0 app "),
            ("location / { proxy_pass http://app; if ($host) { uwsgi_pass app; } }", "Uwsgi app:0 app "),
            ("location / { proxy_pass http://app; limit_except GET { deny all; } }", "Http app:0 app "),
            ("location / { proxy_pass http://app; location /a { deny all; } }", "nowhere"),
            ("location / { tunnel_pass; }", "Tunnel 3 parts  "),
        ];
        for (locations, want) in cases {
            assert_eq!(passed(locations), want, "{locations}");
        }
    }
}
