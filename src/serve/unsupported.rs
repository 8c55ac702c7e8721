//! What a configuration asks for and this build does not do: an error at start that names the directive and its line, or a
//! warning with `--allow-unsupported`. Only what is in effect counts: a `proxy_cache_path` that no `proxy_cache` uses, or
//! `slice 0`, changes nothing, so it is not refused. What TLS asks for in vain, [`tls::unsupported`] says.

use super::tls::{self, Fault};
use crate::config::{Config, ScopeId, Setting};
use crate::modules::http::core::server::ports;
use crate::modules::shared::listen::{Options, Ports};
use crate::modules::{Contexts, Presence, rows_named};

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

/// Directives of `stream` that are not done, in order.
static OF_STREAM: &[(&str, Effect)] = &[
    ("geoip2", Effect::Always),
    ("geoip_city", Effect::Always),
    ("geoip_country", Effect::Always),
    ("geoip_org", Effect::Always),
    ("health_check", Effect::Always),
    ("js_access", Effect::Always),
    ("js_filter", Effect::Always),
    ("js_periodic", Effect::Always),
    ("js_preread", Effect::Always),
    ("js_set", Effect::Always),
    ("js_var", Effect::Always),
    ("keyval", Effect::Always),
    ("mqtt", Effect::Unless("off")),
    ("mqtt_preread", Effect::Unless("off")),
    ("mqtt_set_connect", Effect::Always),
    ("num_map", Effect::Always),
    ("pass", Effect::Always),
    ("proxy_bind_dynamic", Effect::Unless("off")),
    ("proxy_session_drop", Effect::Unless("off")),
    ("proxy_ssl", Effect::Unless("off")),
    ("ssl_preread", Effect::Unless("off")),
    ("zone_sync", Effect::Always),
];

/// What `listen` of `stream` may ask for in vain.
static OF_LISTEN: &[&str] = &["udp", "ssl", "multipath"];

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
        let realm = config.realm(id);
        let list = match realm {
            None => &[],
            _ if realm == config.http => DIRECTIVES,
            _ if realm == config.stream => OF_STREAM,
            _ => &[],
        };
        for setting in scope.all_settings() {
            let name = setting.directive.name;
            let known = list.binary_search_by(|(known, _)| (*known).cmp(name)).map(|at| list[at].1);
            let effect = known.ok().or_else(|| is_of_others(setting).then_some(Effect::Unless("off")));
            if effect.is_some_and(|effect| effect.holds(setting)) {
                found.push(Fault { message: not_supported(name), place: setting.place });
            }
        }
    }
    if let Some(mail) = config.mail {
        // Without servers there is nothing to serve.
        let mut children = config.scope(mail).children.iter().map(|child| config.scope(*child));
        if let Some(server) = children.find(|child| child.context.meets(Contexts::MAIL_SERVER)) {
            found.push(Fault { message: "\"server\" in \"mail\" is not supported".to_owned(), place: server.opened });
        }
    }
    found.extend(of_stream(config));
    let listeners = ports(config).into_iter().flat_map(Ports::listeners);
    for listener in listeners.filter(|listener| listener.socket.options.contains(Options::QUIC)) {
        let place = config.scope(listener.default_server).opened;
        found.push(Fault { message: "\"quic\" in \"listen\" is not supported".to_owned(), place });
    }
    found.extend(tls::unsupported(config).into_iter().map(|(message, place)| Fault { message, place }));
    found.sort_by_key(|fault| fault.place);
    found
}

/// Whether it is a directive of a module that nginx's sources do not have: `load_module` makes it known, and no more.
fn is_of_others(setting: &Setting) -> bool {
    let rows = rows_named(setting.directive.name).iter();
    let mut own = rows.filter(|(_, directive)| std::ptr::eq(*directive, setting.directive));
    own.any(|(module, _)| matches!(module.presence, Presence::ThirdParty(_)))
}

fn not_supported(name: &str) -> String {
    format!("\"{name}\" is not supported by this build")
}

/// What servers of `stream` ask for in vain besides: ways to listen.
fn of_stream(config: &Config) -> Vec<Fault> {
    let mut found = Vec::new();
    for scope in config.scopes.iter().filter(|scope| scope.context.meets(Contexts::STREAM_SERVER)) {
        for listen in scope.settings.iter().filter(|setting| setting.directive.name == "listen") {
            let has = |word: &str| listen.words.iter().skip(2).any(|given| *given.value == *word);
            for word in OF_LISTEN.iter().filter(|word| has(word)) {
                let message = format!("\"{word}\" in \"listen\" of \"stream\" is not supported");
                found.push(Fault { message, place: listen.place });
            }
        }
    }
    found
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
        assert!(DIRECTIVES.is_sorted_by(|a, b| a.0 < b.0) && OF_STREAM.is_sorted_by(|a, b| a.0 < b.0));
    }

    /// Whatever `stream` knows is done, has no effect here, or is refused: nothing is silently left out.
    #[test]
    fn every_directive_of_stream_is_accounted_for() {
        const DONE: &[&str] = &[
            "access_log",
            "allow",
            "deny",
            "error_log",
            "geo",
            "hash",
            "include",
            "least_conn",
            "least_time",
            "limit_conn",
            "limit_conn_dry_run",
            "limit_conn_log_level",
            "limit_conn_zone",
            "listen",
            "log_format",
            "map",
            "open_log_file_cache",
            "proxy_bind",
            "proxy_buffer_size",
            "proxy_connect_timeout",
            "proxy_download_rate",
            "proxy_downstream_buffer",
            "proxy_half_close",
            "proxy_next_upstream",
            "proxy_next_upstream_timeout",
            "proxy_next_upstream_tries",
            "proxy_pass",
            "proxy_protocol",
            "proxy_protocol_timeout",
            "proxy_socket_keepalive",
            "proxy_socket_rcvbuf",
            "proxy_socket_sndbuf",
            "proxy_timeout",
            "proxy_upload_rate",
            "proxy_upstream_buffer",
            "random",
            "resolver",
            "resolver_timeout",
            "return",
            "server",
            "server_name",
            "set",
            "set_real_ip_from",
            "split_clients",
            "tcp_nodelay",
            "upstream",
            "zone",
        ];
        // Settings of what is refused, of UDP, of tables that grow by themselves, of the API.
        const WITHOUT_EFFECT: &[&str] = &[
            "health_check_timeout",
            "keyval_zone",
            "keyval_zone_redis",
            "map_hash_bucket_size",
            "map_hash_max_size",
            "match",
            "mqtt_buffers",
            "mqtt_rewrite_buffer_size",
            "preread_buffer_size",
            "preread_timeout",
            "proxy_requests",
            "proxy_responses",
            "server_names_hash_bucket_size",
            "server_names_hash_max_size",
            "state",
            "status_zone",
            "variables_hash_bucket_size",
            "variables_hash_max_size",
        ];
        const FAMILIES: &[&str] = &["js_", "proxy_ssl_", "ssl_", "zone_sync_"];
        let of_stream = Contexts::read("stream stream-server stream-upstream");
        let own = crate::modules::modules().filter(|module| !matches!(module.presence, Presence::ThirdParty(_)));
        let rows = own.flat_map(|module| module.directives);
        for row in rows.filter(|row| row.contexts.meets(of_stream)) {
            let known = DONE.contains(&row.name)
                || WITHOUT_EFFECT.contains(&row.name)
                || OF_STREAM.binary_search_by(|(name, _)| (*name).cmp(row.name)).is_ok()
                || FAMILIES.iter().any(|family| row.name.starts_with(family));
            assert!(known, "{}", row.name);
        }
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
        assert_eq!(said("events {} stream { proxy_ssl on; }"), "1 \"proxy_ssl\" is not supported by this build");
        let pass = "listen 1 reuseport proxy_protocol; proxy_pass 127.0.0.1:2; proxy_ssl off; proxy_upload_rate 1k;";
        assert_eq!(said(&format!("events {{}} stream {{ server {{ {pass} }} }}")), "");
    }

    #[test]
    fn modules_of_others_are_known_and_not_done() {
        let lua = "load_module ngx_http_lua_module.so;\nevents {}\nhttp { server { location / {\n\
                   content_by_lua_block { ngx.say(1) } } } }";
        assert_eq!(said(lua), "4 \"content_by_lua_block\" is not supported by this build");
        let compressed =
            "load_module ngx_http_brotli_filter_module.so;\nevents {}\nhttp { brotli off; server {\n brotli on; } }";
        assert_eq!(said(compressed), "4 \"brotli\" is not supported by this build");
    }

    #[test]
    fn what_has_one_is_named_with_its_line() {
        let config = "events {}\nhttp {\n proxy_cache_path /tmp/c keys_zone=c:1m;\n server {\n  location / {\n   \
                      proxy_pass http://127.0.0.1;\n   proxy_cache c;\n  }\n  location /f {\n flv;\n }\n }\n}\n\
                      mail {\n auth_http 127.0.0.1:9;\n server {\n listen 1;\n protocol imap;\n }\n}";
        let want = "7 \"proxy_cache\" is not supported by this build; 10 \"flv\" is not supported by this build; \
                    16 \"server\" in \"mail\" is not supported";
        assert_eq!(said(config), want);
    }

    #[test]
    fn so_is_what_stream_cannot_do() {
        let config = "events {}\nstream {\n server {\n listen 1 udp;\n listen 2;\n proxy_pass $remote_addr:1;\n \
                      proxy_ssl on;\n }\n server {\n listen 3;\n ssl_preread on;\n return a;\n }\n}";
        let want = "4 \"udp\" in \"listen\" of \"stream\" is not supported; \
                    7 \"proxy_ssl\" is not supported by this build; \
                    11 \"ssl_preread\" is not supported by this build";
        assert_eq!(said(config), want);
    }
}
