//! What a configuration may ask for, as the rows of the tables that compare targets. Capabilities name them.

/// A row: its name, and how it is called in tables.
#[derive(Debug, PartialEq, Eq)]
pub struct Feature {
    /// By this name capabilities refer to it.
    pub name: &'static str,
    /// In nginx's words.
    pub title: &'static str,
}

const fn f(name: &'static str, title: &'static str) -> Feature {
    Feature { name, title }
}

/// The feature of targets that take the text, not the behaviour.
pub const TEXT: &str = "text";

/// All features, in the order of the tables.
pub static FEATURES: &[Feature] = &[
    f("listen", "`listen` address and port"),
    f("listen-tls", "`listen ... ssl`, certificates"),
    f("listen-proxy-protocol", "`listen ... proxy_protocol`"),
    f("server-name", "`server_name`, exact"),
    f("server-name-wildcard", "`server_name *.x`, `.x`, `x.*`"),
    f("server-name-regex", "`server_name ~regex`"),
    f("default-server", "`default_server`, unknown hosts"),
    f("location-exact", "`location =`"),
    f("location-prefix", "`location /prefix`, `^~`"),
    f("location-regex", "`location ~`, `~*`"),
    f("slash-redirect", "301 from `/path` to `/path/`"),
    f("path-normalising", "`//`, `..`, `%XX` before matching"),
    f("return-text", "`return CODE text`"),
    f("return-redirect", "`return 301 URL`"),
    f("return-close", "`return 444`"),
    f("rewrite", "`rewrite`"),
    f("if", "`if`, `set`, `map`"),
    f("pass", "`proxy_pass` to a group or an address"),
    f("pass-uri", "`proxy_pass` with a URI"),
    f("pass-variables", "`proxy_pass` with variables"),
    f("pass-tls", "`proxy_pass https://`, `proxy_ssl_*`"),
    f("pass-other", "`fastcgi_pass`, `grpc_pass`, `uwsgi_pass` ..."),
    f("files", "`root`, `try_files`, static files"),
    f("round-robin", "round robin"),
    f("weight", "`weight=`"),
    f("max-fails", "`max_fails=`, `fail_timeout=`"),
    f("backup", "`backup`"),
    f("down", "`down`"),
    f("max-conns", "`max_conns=`"),
    f("slow-start", "`slow_start=`"),
    f("resolve", "`resolve`, `service=`"),
    f("least-conn", "`least_conn`"),
    f("ip-hash", "`ip_hash`"),
    f("hash", "`hash KEY`"),
    f("hash-consistent", "`hash KEY consistent`"),
    f("random", "`random`"),
    f("least-time", "`least_time`"),
    f("sticky-cookie", "`sticky cookie`"),
    f("sticky-other", "`sticky route`, `sticky learn`"),
    f("keepalive", "`keepalive`"),
    f("zone", "`zone`"),
    f("next-upstream", "`proxy_next_upstream error timeout`"),
    f("next-upstream-status", "`proxy_next_upstream http_503` ..."),
    f("next-upstream-tries", "`proxy_next_upstream_tries`, `_timeout`"),
    f("all-failed", "502 when all backends failed"),
    f("connect-timeout", "`proxy_connect_timeout`"),
    f("read-timeout", "`proxy_read_timeout`, 504"),
    f("send-timeout", "`proxy_send_timeout`"),
    f("client-timeouts", "`keepalive_timeout`, `client_header_timeout` ..."),
    f("host-header", "`Host` for the backend"),
    f("set-header", "`proxy_set_header`"),
    f("http-version", "`proxy_http_version`"),
    f("underscores", "headers with `_` are dropped"),
    f("proxy-redirect", "`proxy_redirect`"),
    f("add-header", "`add_header`"),
    f("hide-header", "`proxy_hide_header`"),
    f("buffering", "`proxy_buffering`, `proxy_request_buffering`"),
    f("body-size", "`client_max_body_size`"),
    f("limit-req", "`limit_req`"),
    f("limit-conn", "`limit_conn`"),
    f("access", "`allow`, `deny`"),
    f("auth", "`auth_basic`, `auth_request`"),
    f("gzip", "`gzip`"),
    f("error-page", "`error_page`"),
    f("access-log", "`access_log`, `log_format`"),
    f("websocket", "WebSocket by `Upgrade` headers"),
    f(TEXT, "the text itself, directive by directive"),
];

/// A feature by its name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Feature> {
    FEATURES.iter().find(|feature| feature.name == name)
}
