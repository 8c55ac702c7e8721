//! `ngx_http_scgi_module`: requests to SCGI servers.

use crate::modules::Version;
use crate::modules::prelude::*;
use crate::modules::shared::buffers::BufferNames;
use crate::modules::shared::cache::{self, CacheNames};
use crate::modules::shared::pass::{self, Protocol};
use crate::modules::shared::passing::Family;
use crate::modules::shared::upstream_headers::{Hidden, Lines};
use crate::modules::shared::{upstream, upstream_options};

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    merge_location: Some(merge),
    ..Module::new("http_scgi_module", Kind::Http, Presence::Default("http_scgi"))
};

/// The first version that sends `HTTP_HOST` by itself.
const HOST: Version = Version::read("1.29.5");
/// Before the first version.
const EVER: Version = Version::read("0.0.0");

/// What it has in common with its kin.
pub static FAMILY: Family = Family {
    prefix: "scgi",
    protocol: Protocol::Scgi,
    buffers: Some(BufferNames {
        first: "scgi_buffer_size",
        all: "scgi_buffers",
        busy: "scgi_busy_buffers_size",
        temp_write: "scgi_temp_file_write_size",
        max_temp: "scgi_max_temp_file_size",
        temp_path: "scgi_temp_path",
    }),
    cache: Some(CacheNames { prefix: "scgi_", cache: "scgi_cache", store: "scgi_store", key: Some("scgi_cache_key") }),
    hidden: Hidden {
        hide: "scgi_hide_header",
        pass: "scgi_pass_header",
        table: "scgi_hide_headers_hash",
        defaults: &[
            "Status",
            "X-Accel-Expires",
            "X-Accel-Redirect",
            "X-Accel-Limit-Rate",
            "X-Accel-Buffering",
            "X-Accel-Charset",
        ],
    },
    body: None,
    lines: Lines {
        directive: "scgi_param",
        table: "scgi_params_hash",
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
    d("scgi_bind", "http server location", "1 2", Custom(upstream::bind), "1.0.0", "",
        "Makes connections to the SCGI server originate from a chosen local address, which may contain variables or be transparent.")
        .was(&[was("1.11.0", "http server location", "1")]),
    d("scgi_buffer_size", "http server location", "1", Size, "1.0.0", "4k|8k",
        "Sets the buffer for the first part of the response from the SCGI server, which holds the response headers."),
    d("scgi_buffering", "http server location", "flag", Flag, "1.0.9", "on",
        "Chooses whether nginx buffers the response from the SCGI server or passes it to the client immediately."),
    d("scgi_buffers", "http server location", "2", Bufs, "1.0.0", "8 4k|8k",
        "Sets the number and size of per-connection buffers for reading the response from the SCGI server."),
    d("scgi_busy_buffers_size", "http server location", "1", Size, "1.0.0", "8k|16k",
        "Limits the buffers that may be busy sending to the client while the SCGI server is still being read."),
    d("scgi_cache", "http server location", "1", Custom(cache::cache), "1.0.0", "off",
        "Names the shared memory zone used to cache responses from the SCGI server, or turns caching off."),
    d("scgi_cache_background_update", "http server location", "flag", Flag, "1.11.10", "off",
        "Refreshes an expired item from the SCGI server in the background while the client receives the stale copy."),
    d("scgi_cache_bypass", "http server location", "1+", Predicate, "1.0.0", "",
        "Skips the cache lookup and asks the SCGI server when any given condition is non-empty and not zero."),
    d("scgi_cache_key", "http server location", "1", Custom(cache::cache_key), "1.0.0", "",
        "Defines the string that identifies a cached response from the SCGI server, usually built from request variables."),
    d("scgi_cache_lock", "http server location", "flag", Flag, "1.1.12", "off",
        "Lets only one request at a time fetch a missing cache item from the SCGI server while others wait."),
    d("scgi_cache_lock_age", "http server location", "1", Msec, "1.7.8", "5s",
        "Sets after how long another request may go to the SCGI server when the locked fetch has not finished."),
    d("scgi_cache_lock_timeout", "http server location", "1", Msec, "1.1.12", "5s",
        "Limits how long a request waits for a cache lock before going to the SCGI server, without being cached."),
    d("scgi_cache_max_range_offset", "http server location", "1", Offset, "1.11.6", "",
        "Passes range requests starting beyond this offset straight to the SCGI server, leaving their responses uncached."),
    d("scgi_cache_methods", "http server location", "1+", Mask(&["GET", "HEAD", "POST"]), "1.0.0", "GET HEAD",
        "Lists the client request methods for which responses from the SCGI server may be cached."),
    d("scgi_cache_min_uses", "http server location", "1", Number, "1.0.0", "1",
        "Sets how many requests for an item are needed before the response from the SCGI server is cached."),
    d("scgi_cache_path", "http", "2+", Custom(cache::cache_path), "1.0.0", "",
        "Defines the cache directory, shared memory zone, size limits and expiry settings for responses from the SCGI server."),
    d("scgi_cache_revalidate", "http server location", "flag", Flag, "1.5.7", "off",
        "Revalidates expired cache items with conditional requests to the SCGI server instead of fetching them in full."),
    d("scgi_cache_use_stale", "http server location", "1+", Mask(&["error", "timeout", "invalid_header", "non_idempotent", "http_500", "http_503", "http_403", "http_404", "http_429", "updating", "off"]), "1.0.0", "off",
        "Lists the error or update situations in which an expired cached response from the SCGI server is served."),
    d("scgi_cache_valid", "http server location", "1+", Custom(cache::cache_valid), "1.0.0", "",
        "Sets how long responses from the SCGI server stay cached, separately for each response code if wanted."),
    d("scgi_connect_timeout", "http server location", "1", Msec, "1.0.0", "60s",
        "Limits how long establishing a connection to the SCGI server may take."),
    d("scgi_force_ranges", "http server location", "flag", Flag, "1.7.7", "off",
        "Enables byte-range support for responses from the SCGI server even when they lack an Accept-Ranges header."),
    d("scgi_hide_header", "http server location", "1", StrArray, "1.0.0", "",
        "Removes the named header from responses of the SCGI server before they reach the client."),
    d("scgi_ignore_client_abort", "http server location", "flag", Flag, "1.0.0", "off",
        "Keeps the request to the SCGI server running even after the client has closed its connection."),
    d("scgi_ignore_headers", "http server location", "1+", Mask(&["X-Accel-Redirect", "X-Accel-Expires", "X-Accel-Limit-Rate", "X-Accel-Buffering", "X-Accel-Charset", "Expires", "Cache-Control", "Set-Cookie", "Vary"]), "1.0.0", "",
        "Disables nginx's special processing of listed response headers from the SCGI server, such as Cache-Control and X-Accel-Redirect."),
    d("scgi_intercept_errors", "http server location", "flag", Flag, "1.0.0", "off",
        "Lets error_page handle responses from the SCGI server with codes of 300 and above instead of passing them through."),
    d("scgi_limit_rate", "http server location", "1", Custom(upstream_options::limit_rate), "1.7.7", "0",
        "Limits how many bytes per second nginx reads from the SCGI server for each buffered response."),
    d("scgi_max_temp_file_size", "http server location", "1", Size, "1.0.0", "1024m",
        "Caps the temporary file for a response from the SCGI server that exceeds memory buffers, where zero disables it."),
    d("scgi_next_upstream", "http server location", "1+", Mask(&["error", "timeout", "invalid_header", "non_idempotent", "http_500", "http_503", "http_403", "http_404", "http_429", "updating", "off"]), "1.0.0", "error timeout",
        "Lists the failures of the SCGI server after which the request is passed to the next server."),
    d("scgi_next_upstream_timeout", "http server location", "1", Msec, "1.7.5", "0",
        "Limits the total time spent trying further servers after the SCGI server fails, where zero means no limit."),
    d("scgi_next_upstream_tries", "http server location", "1", Number, "1.7.5", "0",
        "Limits how many servers are tried in total when the SCGI server fails, where zero means no limit."),
    d("scgi_no_cache", "http server location", "1+", Predicate, "1.0.0", "",
        "Prevents storing the response from the SCGI server when any given condition is non-empty and not zero."),
    d("scgi_param", "http server location", "2 3", Custom(upstream::parameter), "1.0.0", "",
        "Passes a named parameter to the SCGI server, optionally only when its value is not empty.")
        .was(&[was("1.1.11", "http server location", "2")]),
    d("scgi_pass", "location location-if", "1", Custom(pass::pass), "1.0.0", "",
        "Hands requests over to an SCGI server given as an address, UNIX socket or upstream group."),
    d("scgi_pass_header", "http server location", "1", StrArray, "1.0.0", "",
        "Passes a response header from the SCGI server that nginx would otherwise hide from the client."),
    d("scgi_pass_request_body", "http server location", "flag", Flag, "1.0.0", "on",
        "Controls whether the client request body is passed on to the SCGI server."),
    d("scgi_pass_request_headers", "http server location", "flag", Flag, "1.0.0", "on",
        "Controls whether the original client request headers are passed on to the SCGI server."),
    d("scgi_read_timeout", "http server location", "1", Msec, "1.0.0", "60s",
        "Limits the pause between two successive reads from the SCGI server before nginx gives up."),
    d("scgi_request_buffering", "http server location", "flag", Flag, "1.7.11", "on",
        "Chooses whether the whole request body is read before anything is sent to the SCGI server."),
    d("scgi_send_timeout", "http server location", "1", Msec, "1.0.0", "60s",
        "Limits the pause between two successive writes of the request to the SCGI server."),
    d("scgi_socket_keepalive", "http server location", "flag", Flag, "1.15.6", "off",
        "Turns on TCP keepalive probes for connections between nginx and the SCGI server."),
    d("scgi_socket_rcvbuf", "http server location", "1", Size, "1.31.3", "0",
        "Sets the kernel receive buffer of sockets connected to the SCGI server, where zero keeps the system default."),
    d("scgi_socket_sndbuf", "http server location", "1", Size, "1.31.3", "0",
        "Sets the kernel send buffer of sockets connected to the SCGI server, where zero keeps the system default."),
    d("scgi_store", "http server location", "1", Custom(cache::store), "1.0.0", "off",
        "Saves responses from the SCGI server as files on disk, creating local copies of static content."),
    d("scgi_store_access", "http server location", "1 2 3", Access, "1.0.0", "user:rw",
        "Sets the access permissions of files and directories saved from the SCGI server by scgi_store."),
    d("scgi_temp_file_write_size", "http server location", "1", Size, "1.0.0", "8k|16k",
        "Limits how much data is written to a temporary file at once when buffering from the SCGI server."),
    d("scgi_temp_path", "http server location", "1 2 3 4", Path, "1.0.0", "scgi_temp",
        "Names the directory, with optional subdirectory levels, for temporary files holding responses from the SCGI server."),
];

fn merge(cx: &mut Cx, _scope: ScopeId) -> Verdict {
    FAMILY.merge(cx)
}
