//! What a configuration asks for and this build does not do: an error at start that names the directive and its line, or a
//! warning with `--allow-unsupported`. Only what is in effect counts: a `proxy_cache_path` that no `proxy_cache` uses, or
//! `slice 0`, changes nothing, so it is not refused. What TLS asks for in vain, [`tls::unsupported`] says.

use super::tls::{self, Fault};
use crate::config::{Config, ScopeId, Setting};
use crate::modules::http::core::server::ports;
use crate::modules::shared::listen::{Options, Ports};

/// When a directive has an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// Wherever it stands.
    Always,
    /// Unless its argument is this word.
    Unless(&'static str),
}

/// Directives of `http` that are not done, in order.
static DIRECTIVES: &[(&str, Effect)] = &[
    ("api", Effect::Always),
    ("auth_jwt", Effect::Unless("off")),
    ("auth_oidc", Effect::Unless("off")),
    ("auth_require", Effect::Always),
    ("dav_methods", Effect::Unless("off")),
    ("f4f", Effect::Always),
    ("fastcgi_cache", Effect::Unless("off")),
    ("flv", Effect::Always),
    ("health_check", Effect::Always),
    ("hls", Effect::Always),
    ("image_filter", Effect::Unless("off")),
    ("internal_redirect", Effect::Always),
    ("js_access", Effect::Always),
    ("js_body_filter", Effect::Always),
    ("js_content", Effect::Always),
    ("js_header_filter", Effect::Always),
    ("js_periodic", Effect::Always),
    ("js_set", Effect::Always),
    ("keyval", Effect::Always),
    ("mp4", Effect::Always),
    ("ntlm", Effect::Always),
    ("num_map", Effect::Always),
    ("perl", Effect::Always),
    ("perl_set", Effect::Always),
    ("proxy_cache", Effect::Unless("off")),
    ("scgi_cache", Effect::Unless("off")),
    ("session_log", Effect::Unless("off")),
    ("slice", Effect::Unless("0")),
    ("tunnel_pass", Effect::Always),
    ("uwsgi_cache", Effect::Unless("off")),
    ("xslt_stylesheet", Effect::Always),
];

impl Effect {
    fn holds(self, setting: &Setting) -> bool {
        match self {
            Effect::Always => true,
            Effect::Unless(word) => setting.arg(1) != word,
        }
    }
}

/// All that is asked for in vain: sentences that name directives, with their places, in order.
pub fn unsupported(config: &Config) -> Vec<Fault> {
    let mut found = Vec::new();
    for (n, scope) in config.scopes.iter().enumerate() {
        let id = ScopeId(n as u32);
        let is_http = config.http.is_some() && config.realm(id) == config.http;
        for setting in &scope.settings {
            let name = setting.directive.name;
            let known = DIRECTIVES.binary_search_by(|(known, _)| (*known).cmp(name)).ok().filter(|_| is_http);
            if known.is_some_and(|at| DIRECTIVES[at].1.holds(setting)) {
                found.push(Fault { message: not_supported(name), place: setting.place });
            }
        }
    }
    for realm in [config.stream, config.mail].into_iter().flatten() {
        let scope = config.scope(realm);
        // Without servers there is nothing to serve.
        if let Some(server) = scope.children.iter().find(|child| is_server(config, **child)) {
            let name = if config.stream == Some(realm) { "stream" } else { "mail" };
            let place = config.scope(*server).opened;
            found.push(Fault { message: format!("\"server\" in \"{name}\" is not supported"), place });
        }
    }
    let listeners = ports(config).into_iter().flat_map(Ports::listeners);
    for listener in listeners.filter(|listener| listener.socket.options.contains(Options::QUIC)) {
        let place = config.scope(listener.default_server).opened;
        found.push(Fault { message: "\"quic\" in \"listen\" is not supported".to_owned(), place });
    }
    found.extend(tls::unsupported(config).into_iter().map(|(message, place)| Fault { message, place }));
    found.sort_by_key(|fault| fault.place);
    found
}

fn not_supported(name: &str) -> String {
    format!("\"{name}\" is not supported by this build")
}

fn is_server(config: &Config, scope: ScopeId) -> bool {
    use crate::modules::Contexts;
    let context = config.scope(scope).context;
    context.meets(Contexts::STREAM_SERVER) || context.meets(Contexts::MAIL_SERVER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{NoHost, Options as Compile, compile};
    use crate::modules::Target;
    use crate::syntax::{NoFiles, Sources};

    fn said(text: &str) -> String {
        let sources = Sources::from_text("nginx.conf", text.to_owned(), "", &NoFiles);
        let config = compile(&sources, &Target::default(), &NoHost, Compile::default()).config;
        let line = |fault: &Fault| format!("{} {}", sources.line(fault.place), fault.message);
        unsupported(&config).iter().map(line).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn directives_are_sorted() {
        assert!(DIRECTIVES.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn what_has_no_effect_is_taken() {
        let http = |settings: &str| said(&format!("events {{}} http {{ {settings} }}"));
        for good in [
            "proxy_cache_path /tmp/c keys_zone=c:1m; server { location / { proxy_pass http://127.0.0.1; } }",
            "proxy_cache off; ssi on; server { location / { slice 0; } }",
            "server { listen 80; dav_methods off; }",
        ] {
            assert_eq!(http(good), "", "{good}");
        }
        assert_eq!(said("events {} stream { proxy_timeout 1s; }"), "");
    }

    #[test]
    fn what_has_one_is_named_with_its_line() {
        let config = "events {}\nhttp {\n proxy_cache_path /tmp/c keys_zone=c:1m;\n server {\n  location / {\n   \
                      proxy_pass http://127.0.0.1;\n   proxy_cache c;\n  }\n  location /f {\n flv;\n }\n }\n}\n\
                      stream {\n server {\n listen 1; proxy_pass 127.0.0.1:2;\n }\n}";
        let want = "7 \"proxy_cache\" is not supported by this build; 10 \"flv\" is not supported by this build; \
                    15 \"server\" in \"stream\" is not supported";
        assert_eq!(said(config), want);
    }
}
