//! `ngx_http_proxy_module`: requests to HTTP servers.

pub mod rewrite;

use crate::modules::Version;
use crate::modules::prelude::*;
use crate::modules::shared::buffers::BufferNames;
use crate::modules::shared::cache::{self, CacheNames};
use crate::modules::shared::pass::{self, Protocol};
use crate::modules::shared::passing::Family;
use crate::modules::shared::upstream_headers::{Hidden, Lines, OwnLine, Sizes};
use crate::modules::shared::{proxy_ssl, upstream, upstream_options};

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    merge_location: Some(merge),
    variables: VARIABLES,
    ..Module::new("http_proxy_module", Kind::Http, Presence::Default("http_proxy"))
};

/// The first version that removes `Proxy-Connection`.
const PROXY_CONNECTION: Version = Version::read("1.31.0");
/// Before the first version.
const EVER: Version = Version::read("0.0.0");

/// What it has in common with its kin.
pub static FAMILY: Family = Family {
    prefix: "proxy",
    protocol: Protocol::Http,
    buffers: Some(BufferNames {
        first: "proxy_buffer_size",
        all: "proxy_buffers",
        busy: "proxy_busy_buffers_size",
        temp_write: "proxy_temp_file_write_size",
        max_temp: "proxy_max_temp_file_size",
        temp_path: "proxy_temp_path",
    }),
    cache: Some(CacheNames { prefix: "proxy_", cache: "proxy_cache", store: "proxy_store", key: None }),
    hidden: Hidden {
        hide: "proxy_hide_header",
        pass: "proxy_pass_header",
        table: "proxy_headers_hash",
        defaults: &[
            "Date",
            "Server",
            "X-Pad",
            "X-Accel-Expires",
            "X-Accel-Redirect",
            "X-Accel-Limit-Rate",
            "X-Accel-Buffering",
            "X-Accel-Charset",
        ],
    },
    body: Some("proxy_set_body"),
    lines: Lines {
        directive: "proxy_set_header",
        table: "proxy_headers_hash",
        marked: "",
        defaults: HEADERS.split_at(CACHED_FROM).0,
        cached: HEADERS,
    },
    sizes: Some(Sizes { max: "proxy_headers_hash_max_size", bucket: "proxy_headers_hash_bucket_size" }),
};

/// How many of [`HEADERS`] are for every request.
const CACHED_FROM: usize = 9;

/// The headers that nginx sends or removes by itself; the last ones for requests that fill a cache.
const HEADERS: &[OwnLine] = &[
    ("Host", EVER),
    ("Connection", EVER),
    ("Proxy-Connection", PROXY_CONNECTION),
    ("Content-Length", EVER),
    ("Transfer-Encoding", EVER),
    ("TE", EVER),
    ("Keep-Alive", EVER),
    ("Expect", EVER),
    ("Upgrade", EVER),
    ("If-Modified-Since", EVER),
    ("If-Unmodified-Since", EVER),
    ("If-None-Match", EVER),
    ("If-Match", EVER),
    ("Range", EVER),
    ("If-Range", EVER),
];

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("proxy_bind", "http server location", "1 2", Custom(upstream::bind), "1.0.0", "",
        "Makes connections to the proxied server originate from a chosen local address, which may contain variables or be transparent.")
        .was(&[was("1.11.0", "http server location", "1")]),
    d("proxy_buffer_size", "http server location", "1", Size, "1.0.0", "4k|8k",
        "Sets the buffer for the first part of the response from the proxied server, which holds the response headers."),
    d("proxy_buffering", "http server location", "flag", Flag, "1.0.0", "on",
        "Chooses whether nginx buffers the response from the proxied server or passes it to the client immediately."),
    d("proxy_buffers", "http server location", "2", Bufs, "1.0.0", "8 4k|8k",
        "Sets the number and size of per-connection buffers for reading the response from the proxied server."),
    d("proxy_busy_buffers_size", "http server location", "1", Size, "1.0.0", "8k|16k",
        "Limits the buffers that may be busy sending to the client while the proxied server is still being read."),
    d("proxy_cache", "http server location", "1", Custom(cache::cache), "1.0.0", "off",
        "Names the shared memory zone used to cache responses from the proxied server, or turns caching off."),
    d("proxy_cache_background_update", "http server location", "flag", Flag, "1.11.10", "off",
        "Refreshes an expired item from the proxied server in the background while the client receives the stale copy."),
    d("proxy_cache_bypass", "http server location", "1+", Predicate, "1.0.0", "",
        "Skips the cache lookup and asks the proxied server when any given condition is non-empty and not zero."),
    d("proxy_cache_convert_head", "http server location", "flag", Flag, "1.9.7", "on",
        "Turns HEAD into GET when caching, so that a full response is stored for both methods."),
    d("proxy_cache_key", "http server location", "1", Custom(cache::cache_key), "1.0.0", "$scheme$proxy_host$request_uri",
        "Defines the string that identifies a cached response, usually built from request variables."),
    d("proxy_cache_lock", "http server location", "flag", Flag, "1.1.12", "off",
        "Lets only one request at a time fetch a missing cache item from the proxied server while others wait."),
    d("proxy_cache_lock_age", "http server location", "1", Msec, "1.7.8", "5s",
        "Sets after how long another request may go to the proxied server when the locked fetch has not finished."),
    d("proxy_cache_lock_timeout", "http server location", "1", Msec, "1.1.12", "5s",
        "Limits how long a request waits for a cache lock before going to the proxied server, without being cached."),
    d("proxy_cache_max_range_offset", "http server location", "1", Offset, "1.11.6", "",
        "Passes range requests starting beyond this offset straight to the proxied server, leaving their responses uncached."),
    d("proxy_cache_methods", "http server location", "1+", Mask(&["GET", "HEAD", "POST"]), "1.0.0", "GET HEAD",
        "Lists the client request methods for which responses from the proxied server may be cached."),
    d("proxy_cache_min_uses", "http server location", "1", Number, "1.0.0", "1",
        "Sets how many requests for an item are needed before the response from the proxied server is cached."),
    d("proxy_cache_path", "http", "2+", Custom(cache::cache_path), "1.0.0", "",
        "Defines the cache directory, shared memory zone, size limits and expiry settings for responses from the proxied server."),
    d("proxy_cache_revalidate", "http server location", "flag", Flag, "1.5.7", "off",
        "Revalidates expired cache items with conditional requests to the proxied server instead of fetching them in full."),
    d("proxy_cache_use_stale", "http server location", "1+", Mask(&["error", "timeout", "invalid_header", "non_idempotent", "http_500", "http_502", "http_503", "http_504", "http_403", "http_404", "http_429", "updating", "off"]), "1.0.0", "off",
        "Lists the error or update situations in which an expired cached response from the proxied server is served."),
    d("proxy_cache_valid", "http server location", "1+", Custom(cache::cache_valid), "1.0.0", "",
        "Sets how long responses from the proxied server stay cached, separately for each response code if wanted."),
    d("proxy_connect_timeout", "http server location", "1", Msec, "1.0.0", "60s",
        "Limits how long establishing a connection to the proxied server may take."),
    d("proxy_cookie_domain", "http server location", "1 2", Custom(rewrite::cookie_domain), "1.1.15", "off",
        "Rewrites the domain attribute of Set-Cookie headers in responses from the proxied server."),
    d("proxy_cookie_flags", "http server location", "1 2 3 4", Custom(rewrite::cookie_flags), "1.19.3", "off",
        "Adds or removes cookie flags such as secure, httponly and samesite in proxied responses."),
    d("proxy_cookie_path", "http server location", "1 2", Custom(rewrite::cookie_path), "1.1.15", "off",
        "Rewrites the path attribute of Set-Cookie headers in responses from the proxied server."),
    d("proxy_force_ranges", "http server location", "flag", Flag, "1.7.7", "off",
        "Enables byte-range support for responses from the proxied server even when they lack an Accept-Ranges header."),
    d("proxy_headers_hash_bucket_size", "http server location", "1", Number, "1.0.0", "64",
        "Sets the bucket size of the hash tables behind proxy_hide_header and proxy_set_header."),
    d("proxy_headers_hash_max_size", "http server location", "1", Number, "1.0.0", "512",
        "Sets the maximum size of the hash tables behind proxy_hide_header and proxy_set_header."),
    d("proxy_hide_header", "http server location", "1", StrArray, "1.0.0", "",
        "Removes the named header from responses of the proxied server before they reach the client."),
    d("proxy_http_version", "http server location", "1", Enum(&["1.0", "1.1", "2"]), "1.1.4", "1.1",
        "Chooses the HTTP protocol version used towards the proxied server, 1.1 by default in recent releases.")
        .post(http_version),
    d("proxy_ignore_client_abort", "http server location", "flag", Flag, "1.0.0", "off",
        "Keeps the request to the proxied server running even after the client has closed its connection."),
    d("proxy_ignore_headers", "http server location", "1+", Mask(&["X-Accel-Redirect", "X-Accel-Expires", "X-Accel-Limit-Rate", "X-Accel-Buffering", "X-Accel-Charset", "Expires", "Cache-Control", "Set-Cookie", "Vary"]), "1.0.0", "",
        "Disables nginx's special processing of listed response headers from the proxied server, such as Cache-Control and X-Accel-Redirect."),
    d("proxy_intercept_errors", "http server location", "flag", Flag, "1.0.0", "off",
        "Lets error_page handle responses from the proxied server with codes of 300 and above instead of passing them through."),
    d("proxy_limit_rate", "http server location", "1", Custom(upstream_options::limit_rate), "1.7.7", "0",
        "Limits how many bytes per second nginx reads from the proxied server for each buffered response."),
    d("proxy_max_temp_file_size", "http server location", "1", Size, "1.0.0", "1024m",
        "Caps the temporary file for a response from the proxied server that exceeds memory buffers, where zero disables it."),
    d("proxy_method", "http server location", "1", Complex, "1.0.0", "",
        "Overrides the HTTP method used in requests forwarded to the proxied server."),
    d("proxy_next_upstream", "http server location", "1+", Mask(&["error", "timeout", "invalid_header", "non_idempotent", "http_500", "http_502", "http_503", "http_504", "http_403", "http_404", "http_429", "updating", "off"]), "1.0.0", "error timeout",
        "Lists the failures of the proxied server after which the request is passed to the next server."),
    d("proxy_next_upstream_timeout", "http server location", "1", Msec, "1.7.5", "0",
        "Limits the total time spent trying further servers after the proxied server fails, where zero means no limit."),
    d("proxy_next_upstream_tries", "http server location", "1", Number, "1.7.5", "0",
        "Limits how many servers are tried in total when the proxied server fails, where zero means no limit."),
    d("proxy_no_cache", "http server location", "1+", Predicate, "1.0.0", "",
        "Prevents storing the response from the proxied server when any given condition is non-empty and not zero."),
    d("proxy_pass", "location location-if limit_except", "1", Custom(pass::pass), "1.0.0", "",
        "Forwards requests to the given server, UNIX socket or upstream group, optionally replacing the matched URI prefix."),
    d("proxy_pass_header", "http server location", "1", StrArray, "1.0.0", "",
        "Passes a response header from the proxied server that nginx would otherwise hide from the client."),
    d("proxy_pass_request_body", "http server location", "flag", Flag, "1.0.0", "on",
        "Controls whether the client request body is passed on to the proxied server."),
    d("proxy_pass_request_headers", "http server location", "flag", Flag, "1.0.0", "on",
        "Controls whether the original client request headers are passed on to the proxied server."),
    d("proxy_pass_trailers", "http server location", "flag", Flag, "1.27.2", "off",
        "Allows trailer fields sent by the proxied server to reach the client."),
    d("proxy_read_timeout", "http server location", "1", Msec, "1.0.0", "60s",
        "Limits the pause between two successive reads from the proxied server before nginx gives up."),
    d("proxy_redirect", "http server location", "1 2", Custom(rewrite::redirect), "1.0.0", "default",
        "Rewrites Location and Refresh headers from the proxied server so that redirects point back at nginx."),
    d("proxy_request_buffering", "http server location", "flag", Flag, "1.7.11", "on",
        "Chooses whether the whole request body is read before anything is sent to the proxied server."),
    d("proxy_send_lowat", "http server location", "1", Size, "1.0.0", "0",
        "Tries to reduce send calls to the proxied server by setting the socket low-water mark, mainly on FreeBSD.")
        .post(upstream_options::lowat),
    d("proxy_send_timeout", "http server location", "1", Msec, "1.0.0", "60s",
        "Limits the pause between two successive writes of the request to the proxied server."),
    d("proxy_set_body", "http server location", "1", Str, "1.0.0", "",
        "Replaces the request body sent to the proxied server with the given text or variables."),
    d("proxy_set_header", "http server location", "2", Keyval, "1.0.0", "Host $proxy_host",
        "Sets or removes a request header passed to the proxied server, where an empty value drops it."),
    d("proxy_socket_keepalive", "http server location", "flag", Flag, "1.15.6", "off",
        "Turns on TCP keepalive probes for connections between nginx and the proxied server."),
    d("proxy_socket_rcvbuf", "http server location", "1", Size, "1.31.3", "0",
        "Sets the kernel receive buffer of sockets connected to the proxied server, where zero keeps the system default."),
    d("proxy_socket_sndbuf", "http server location", "1", Size, "1.31.3", "0",
        "Sets the kernel send buffer of sockets connected to the proxied server, where zero keeps the system default."),
    d("proxy_ssl_certificate", "http server location", "1", ComplexZero, "1.7.8", "",
        "Names the PEM client certificate that nginx presents when authenticating itself to the proxied server."),
    d("proxy_ssl_certificate_cache", "http server location", "1 2 3", Custom(proxy_ssl::certificate_cache), "1.27.4", "off",
        "Caches client certificates and keys for the proxied server that are loaded through variables, avoiding repeated reads."),
    d("proxy_ssl_certificate_key", "http server location", "1", ComplexZero, "1.7.8", "",
        "Names the private key that belongs to the client certificate presented to the proxied server."),
    d("proxy_ssl_ciphers", "http server location", "1", Str, "1.5.6", "DEFAULT",
        "Lists the TLS ciphers, in OpenSSL format, allowed on connections to the proxied server."),
    d("proxy_ssl_conf_command", "http server location", "2", Keyval, "1.19.4", "",
        "Passes an arbitrary OpenSSL configuration command to TLS connections made to the proxied server."),
    d("proxy_ssl_crl", "http server location", "1", Str, "1.7.0", "",
        "Names a PEM file of revoked certificates checked when verifying the certificate of the proxied server."),
    d("proxy_ssl_name", "http server location", "1", Complex, "1.7.0", "$proxy_host",
        "Overrides the host name used for verifying the proxied server certificate and sent through SNI."),
    d("proxy_ssl_password_file", "http server location", "1", Custom(proxy_ssl::password_file), "1.7.8", "",
        "Names a file with passphrases for the client certificate key used towards the proxied server."),
    d("proxy_ssl_protocols", "http server location", "1+", Mask(&["SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]), "1.5.6", "TLSv1.2 TLSv1.3",
        "Lists the TLS protocol versions allowed on connections to the proxied server."),
    d("proxy_ssl_server_name", "http server location", "flag", Flag, "1.7.0", "off",
        "Controls whether the server name is sent through SNI when opening TLS connections to the proxied server."),
    d("proxy_ssl_session_reuse", "http server location", "flag", Flag, "1.0.0", "on",
        "Reuses TLS sessions on connections to the proxied server in order to save full handshakes."),
    d("proxy_ssl_trusted_certificate", "http server location", "1", Str, "1.7.0", "",
        "Names the PEM file of trusted CA certificates used to verify the certificate of the proxied server."),
    d("proxy_ssl_verify", "http server location", "flag", Flag, "1.7.0", "off",
        "Controls whether nginx verifies the TLS certificate presented by the proxied server."),
    d("proxy_ssl_verify_depth", "http server location", "1", Number, "1.7.0", "1",
        "Sets the maximum chain length accepted when verifying the certificate of the proxied server."),
    d("proxy_store", "http server location", "1", Custom(cache::store), "1.0.0", "off",
        "Saves responses from the proxied server as files on disk, creating local copies of static content."),
    d("proxy_store_access", "http server location", "1 2 3", Access, "1.0.0", "user:rw",
        "Sets the access permissions of files and directories saved from the proxied server by proxy_store."),
    d("proxy_temp_file_write_size", "http server location", "1", Size, "1.0.0", "8k|16k",
        "Limits how much data is written to a temporary file at once when buffering from the proxied server."),
    d("proxy_temp_path", "http server location", "1 2 3 4", Path, "1.0.0", "proxy_temp",
        "Names the directory, with optional subdirectory levels, for temporary files holding responses from the proxied server."),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("proxy_add_x_forwarded_for", "1.0.0"),
    v("proxy_host", "1.0.0").changeable(),
    v("proxy_internal_body_length", "1.0.0"),
    v("proxy_internal_chunked", "1.7.11"),
    v("proxy_internal_connection", "1.29.4").last("1.29.6") ,
    v("proxy_internal_host", "1.29.4").changeable().last("1.31.3"),
    v("proxy_port", "1.0.0").changeable(),
];

fn merge(cx: &mut Cx, _scope: ScopeId) -> Verdict {
    FAMILY.merge(cx)
}

/// HTTP/2 came later, and with its module.
fn http_version(cx: &mut Cx, call: &Call) -> Verdict {
    const HTTP2: Version = Version::read("1.29.4");
    let known = cx.target.version >= HTTP2 && cx.target.has(&crate::modules::http::v2::MODULE);
    if call.arg(1) == "2" && !known { Err(call.invalid_value(1)) } else { Ok(()) }
}
