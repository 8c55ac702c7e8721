//! `ngx_http_uwsgi_module`: requests to uwsgi servers.

use crate::modules::Version;
use crate::modules::prelude::*;
use crate::modules::shared::buffers::BufferNames;
use crate::modules::shared::cache::{self, CacheNames};
use crate::modules::shared::pass::{self, Protocol};
use crate::modules::shared::passing::Family;
use crate::modules::shared::upstream_headers::{Hidden, Lines};
use crate::modules::shared::{proxy_ssl, upstream, upstream_options};

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    merge_location: Some(merge),
    ..Module::new("http_uwsgi_module", Kind::Http, Presence::Default("http_uwsgi"))
};

/// The first version that sends `HTTP_HOST` by itself.
const HOST: Version = Version::read("1.29.5");
/// Before the first version.
const EVER: Version = Version::read("0.0.0");

/// What it has in common with its kin.
pub static FAMILY: Family = Family {
    prefix: "uwsgi",
    protocol: Protocol::Uwsgi,
    buffers: Some(BufferNames {
        first: "uwsgi_buffer_size",
        all: "uwsgi_buffers",
        busy: "uwsgi_busy_buffers_size",
        temp_write: "uwsgi_temp_file_write_size",
        max_temp: "uwsgi_max_temp_file_size",
        temp_path: "uwsgi_temp_path",
    }),
    cache: Some(CacheNames {
        prefix: "uwsgi_",
        cache: "uwsgi_cache",
        store: "uwsgi_store",
        key: Some("uwsgi_cache_key"),
    }),
    hidden: Hidden {
        hide: "uwsgi_hide_header",
        pass: "uwsgi_pass_header",
        table: "uwsgi_hide_headers_hash",
        defaults: &[
            "X-Accel-Expires",
            "X-Accel-Redirect",
            "X-Accel-Limit-Rate",
            "X-Accel-Buffering",
            "X-Accel-Charset",
        ],
    },
    body: None,
    lines: Lines {
        directive: "uwsgi_param",
        table: "uwsgi_params_hash",
        marked: "HTTP_",
        defaults: &[("HTTP_HOST", HOST)],
        cached: &[
            ("HTTP_HOST", HOST),
            ("HTTP_IF_MODIFIED_SINCE", EVER),
            ("HTTP_IF_UNMODIFIED_SINCE", EVER),
            ("HTTP_IF_NONE_MATCH", EVER),
            ("HTTP_IF_MATCH", EVER),
            ("HTTP_RANGE", EVER),
            ("HTTP_IF_RANGE", EVER),
        ],
    },
    sizes: None,
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("uwsgi_bind", "http server location", "1 2", Custom(upstream::bind), "1.0.0", "",
        "Makes connections to the uwsgi server originate from a chosen local address, which may contain variables or be transparent.")
        .was(&[was("1.11.0", "http server location", "1")]),
    d("uwsgi_buffer_size", "http server location", "1", Size, "1.0.0", "4k|8k",
        "Sets the buffer for the first part of the response from the uwsgi server, which holds the response headers."),
    d("uwsgi_buffering", "http server location", "flag", Flag, "1.0.9", "on",
        "Chooses whether nginx buffers the response from the uwsgi server or passes it to the client immediately."),
    d("uwsgi_buffers", "http server location", "2", Bufs, "1.0.0", "8 4k|8k",
        "Sets the number and size of per-connection buffers for reading the response from the uwsgi server."),
    d("uwsgi_busy_buffers_size", "http server location", "1", Size, "1.0.0", "8k|16k",
        "Limits the buffers that may be busy sending to the client while the uwsgi server is still being read."),
    d("uwsgi_cache", "http server location", "1", Custom(cache::cache), "1.0.0", "off",
        "Names the shared memory zone used to cache responses from the uwsgi server, or turns caching off."),
    d("uwsgi_cache_background_update", "http server location", "1", Flag, "1.11.10", "off",
        "Refreshes an expired item from the uwsgi server in the background while the client receives the stale copy."),
    d("uwsgi_cache_bypass", "http server location", "1+", Predicate, "1.0.0", "",
        "Skips the cache lookup and asks the uwsgi server when any given condition is non-empty and not zero."),
    d("uwsgi_cache_key", "http server location", "1", Custom(cache::cache_key), "1.0.0", "",
        "Defines the string that identifies a cached response from the uwsgi server, usually built from request variables."),
    d("uwsgi_cache_lock", "http server location", "flag", Flag, "1.1.12", "off",
        "Lets only one request at a time fetch a missing cache item from the uwsgi server while others wait."),
    d("uwsgi_cache_lock_age", "http server location", "1", Msec, "1.7.8", "5s",
        "Sets after how long another request may go to the uwsgi server when the locked fetch has not finished."),
    d("uwsgi_cache_lock_timeout", "http server location", "1", Msec, "1.1.12", "5s",
        "Limits how long a request waits for a cache lock before going to the uwsgi server, without being cached."),
    d("uwsgi_cache_max_range_offset", "http server location", "1", Offset, "1.11.6", "",
        "Passes range requests starting beyond this offset straight to the uwsgi server, leaving their responses uncached."),
    d("uwsgi_cache_methods", "http server location", "1+", Mask(&["GET", "HEAD", "POST"]), "1.0.0", "GET HEAD",
        "Lists the client request methods for which responses from the uwsgi server may be cached."),
    d("uwsgi_cache_min_uses", "http server location", "1", Number, "1.0.0", "1",
        "Sets how many requests for an item are needed before the response from the uwsgi server is cached."),
    d("uwsgi_cache_path", "http", "2+", Custom(cache::cache_path), "1.0.0", "",
        "Defines the cache directory, shared memory zone, size limits and expiry settings for responses from the uwsgi server."),
    d("uwsgi_cache_revalidate", "http server location", "flag", Flag, "1.5.7", "off",
        "Revalidates expired cache items with conditional requests to the uwsgi server instead of fetching them in full."),
    d("uwsgi_cache_use_stale", "http server location", "1+", Mask(&["error", "timeout", "invalid_header", "non_idempotent", "http_500", "http_503", "http_403", "http_404", "http_429", "updating", "off"]), "1.0.0", "off",
        "Lists the error or update situations in which an expired cached response from the uwsgi server is served."),
    d("uwsgi_cache_valid", "http server location", "1+", Custom(cache::cache_valid), "1.0.0", "",
        "Sets how long responses from the uwsgi server stay cached, separately for each response code if wanted."),
    d("uwsgi_connect_timeout", "http server location", "1", Msec, "1.0.0", "60s",
        "Limits how long establishing a connection to the uwsgi server may take."),
    d("uwsgi_force_ranges", "http server location", "flag", Flag, "1.7.7", "off",
        "Enables byte-range support for responses from the uwsgi server even when they lack an Accept-Ranges header."),
    d("uwsgi_hide_header", "http server location", "1", StrArray, "1.0.0", "",
        "Removes the named header from responses of the uwsgi server before they reach the client."),
    d("uwsgi_ignore_client_abort", "http server location", "flag", Flag, "1.0.0", "off",
        "Keeps the request to the uwsgi server running even after the client has closed its connection."),
    d("uwsgi_ignore_headers", "http server location", "1+", Mask(&["X-Accel-Redirect", "X-Accel-Expires", "X-Accel-Limit-Rate", "X-Accel-Buffering", "X-Accel-Charset", "Expires", "Cache-Control", "Set-Cookie", "Vary"]), "1.0.0", "",
        "Disables nginx's special processing of listed response headers from the uwsgi server, such as Cache-Control and X-Accel-Redirect."),
    d("uwsgi_intercept_errors", "http server location", "flag", Flag, "1.0.0", "off",
        "Lets error_page handle responses from the uwsgi server with codes of 300 and above instead of passing them through."),
    d("uwsgi_limit_rate", "http server location", "1", Custom(upstream_options::limit_rate), "1.7.7", "0",
        "Limits how many bytes per second nginx reads from the uwsgi server for each buffered response."),
    d("uwsgi_max_temp_file_size", "http server location", "1", Size, "1.0.0", "1024m",
        "Caps the temporary file for a response from the uwsgi server that exceeds memory buffers, where zero disables it."),
    d("uwsgi_modifier1", "http server location", "1", Number, "1.0.0", "0",
        "Sets the first modifier byte of the uwsgi packet, which selects the request type or plugin.")
        .between(0, 255),
    d("uwsgi_modifier2", "http server location", "1", Number, "1.0.0", "0",
        "Sets the second modifier byte of the uwsgi packet, whose meaning depends on the first one.")
        .between(0, 255),
    d("uwsgi_next_upstream", "http server location", "1+", Mask(&["error", "timeout", "invalid_header", "non_idempotent", "http_500", "http_503", "http_403", "http_404", "http_429", "updating", "off"]), "1.0.0", "error timeout",
        "Lists the failures of the uwsgi server after which the request is passed to the next server."),
    d("uwsgi_next_upstream_timeout", "http server location", "1", Msec, "1.7.5", "0",
        "Limits the total time spent trying further servers after the uwsgi server fails, where zero means no limit."),
    d("uwsgi_next_upstream_tries", "http server location", "1", Number, "1.7.5", "0",
        "Limits how many servers are tried in total when the uwsgi server fails, where zero means no limit."),
    d("uwsgi_no_cache", "http server location", "1+", Predicate, "1.0.0", "",
        "Prevents storing the response from the uwsgi server when any given condition is non-empty and not zero."),
    d("uwsgi_param", "http server location", "2 3", Custom(upstream::parameter), "1.0.0", "",
        "Passes a named parameter to the uwsgi server, optionally only when its value is not empty.")
        .was(&[was("1.1.11", "http server location", "2")]),
    d("uwsgi_pass", "location location-if", "1", Custom(pass::pass), "1.0.0", "",
        "Hands requests over to a uwsgi server, optionally over TLS, given by address, socket or upstream group."),
    d("uwsgi_pass_header", "http server location", "1", StrArray, "1.0.0", "",
        "Passes a response header from the uwsgi server that nginx would otherwise hide from the client."),
    d("uwsgi_pass_request_body", "http server location", "flag", Flag, "1.0.0", "on",
        "Controls whether the client request body is passed on to the uwsgi server."),
    d("uwsgi_pass_request_headers", "http server location", "flag", Flag, "1.0.0", "on",
        "Controls whether the original client request headers are passed on to the uwsgi server."),
    d("uwsgi_read_timeout", "http server location", "1", Msec, "1.0.0", "60s",
        "Limits the pause between two successive reads from the uwsgi server before nginx gives up."),
    d("uwsgi_request_buffering", "http server location", "flag", Flag, "1.7.11", "on",
        "Chooses whether the whole request body is read before anything is sent to the uwsgi server."),
    d("uwsgi_send_timeout", "http server location", "1", Msec, "1.0.0", "60s",
        "Limits the pause between two successive writes of the request to the uwsgi server."),
    d("uwsgi_socket_keepalive", "http server location", "flag", Flag, "1.15.6", "off",
        "Turns on TCP keepalive probes for connections between nginx and the uwsgi server."),
    d("uwsgi_socket_rcvbuf", "http server location", "1", Size, "1.31.3", "0",
        "Sets the kernel receive buffer of sockets connected to the uwsgi server, where zero keeps the system default."),
    d("uwsgi_socket_sndbuf", "http server location", "1", Size, "1.31.3", "0",
        "Sets the kernel send buffer of sockets connected to the uwsgi server, where zero keeps the system default."),
    d("uwsgi_ssl_certificate", "http server location", "1", ComplexZero, "1.7.8", "",
        "Names the PEM client certificate that nginx presents when authenticating itself to the uwsgi server."),
    d("uwsgi_ssl_certificate_cache", "http server location", "1 2 3", Custom(proxy_ssl::certificate_cache), "1.27.4", "off",
        "Caches client certificates and keys for the uwsgi server that are loaded through variables, avoiding repeated reads."),
    d("uwsgi_ssl_certificate_key", "http server location", "1", ComplexZero, "1.7.8", "",
        "Names the private key that belongs to the client certificate presented to the uwsgi server."),
    d("uwsgi_ssl_ciphers", "http server location", "1", Str, "1.5.8", "DEFAULT",
        "Lists the TLS ciphers, in OpenSSL format, allowed on connections to the uwsgi server."),
    d("uwsgi_ssl_conf_command", "http server location", "2", Keyval, "1.19.4", "",
        "Passes an arbitrary OpenSSL configuration command to TLS connections made to the uwsgi server."),
    d("uwsgi_ssl_crl", "http server location", "1", Str, "1.7.0", "",
        "Names a PEM file of revoked certificates checked when verifying the certificate of the uwsgi server."),
    d("uwsgi_ssl_name", "http server location", "1", Complex, "1.7.0", "host from uwsgi_pass",
        "Overrides the host name used for verifying the uwsgi server certificate and sent through SNI."),
    d("uwsgi_ssl_password_file", "http server location", "1", Custom(proxy_ssl::password_file), "1.7.8", "",
        "Names a file with passphrases for the client certificate key used towards the uwsgi server."),
    d("uwsgi_ssl_protocols", "http server location", "1+", Mask(&["SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]), "1.5.8", "TLSv1.2 TLSv1.3",
        "Lists the TLS protocol versions allowed on connections to the uwsgi server."),
    d("uwsgi_ssl_server_name", "http server location", "flag", Flag, "1.7.0", "off",
        "Controls whether the server name is sent through SNI when opening TLS connections to the uwsgi server."),
    d("uwsgi_ssl_session_reuse", "http server location", "flag", Flag, "1.5.8", "on",
        "Reuses TLS sessions on connections to the uwsgi server in order to save full handshakes."),
    d("uwsgi_ssl_trusted_certificate", "http server location", "1", Str, "1.7.0", "",
        "Names the PEM file of trusted CA certificates used to verify the certificate of the uwsgi server."),
    d("uwsgi_ssl_verify", "http server location", "flag", Flag, "1.7.0", "off",
        "Controls whether nginx verifies the TLS certificate presented by the uwsgi server."),
    d("uwsgi_ssl_verify_depth", "http server location", "1", Number, "1.7.0", "1",
        "Sets the maximum chain length accepted when verifying the certificate of the uwsgi server."),
    d("uwsgi_store", "http server location", "1", Custom(cache::store), "1.0.0", "off",
        "Saves responses from the uwsgi server as files on disk, creating local copies of static content."),
    d("uwsgi_store_access", "http server location", "1 2 3", Access, "1.0.0", "user:rw",
        "Sets the access permissions of files and directories saved from the uwsgi server by uwsgi_store."),
    d("uwsgi_string", "http server location", "1", Str, "1.0.0", "",
        "Undocumented directive that appends a raw string to the end of the uwsgi request header packet."),
    d("uwsgi_temp_file_write_size", "http server location", "1", Size, "1.0.0", "8k|16k",
        "Limits how much data is written to a temporary file at once when buffering from the uwsgi server."),
    d("uwsgi_temp_path", "http server location", "1 2 3 4", Path, "1.0.0", "uwsgi_temp",
        "Names the directory, with optional subdirectory levels, for temporary files holding responses from the uwsgi server."),
];

fn merge(cx: &mut Cx, _scope: ScopeId) -> Verdict {
    FAMILY.merge(cx)
}
