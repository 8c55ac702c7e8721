//! `ngx_http_fastcgi_module`: requests to FastCGI servers.

use crate::modules::Version;
use crate::modules::prelude::*;
use crate::modules::shared::buffers::BufferNames;
use crate::modules::shared::cache::{self, CacheNames};
use crate::modules::shared::pass::{self, Protocol};
use crate::modules::shared::passing::Family;
use crate::modules::shared::upstream_headers::{Hidden, Lines};
use crate::modules::shared::{named, upstream, upstream_options};

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    merge_location: Some(merge),
    variables: VARIABLES,
    ..Module::new("http_fastcgi_module", Kind::Http, Presence::Default("http_fastcgi"))
};

/// The first version that sends `HTTP_HOST` by itself.
const HOST: Version = Version::read("1.29.5");
/// Before the first version.
const EVER: Version = Version::read("0.0.0");

/// What it has in common with its kin.
pub static FAMILY: Family = Family {
    prefix: "fastcgi",
    protocol: Protocol::Fastcgi,
    buffers: Some(BufferNames {
        first: "fastcgi_buffer_size",
        all: "fastcgi_buffers",
        busy: "fastcgi_busy_buffers_size",
        temp_write: "fastcgi_temp_file_write_size",
        max_temp: "fastcgi_max_temp_file_size",
        temp_path: "fastcgi_temp_path",
    }),
    cache: Some(CacheNames {
        prefix: "fastcgi_",
        cache: "fastcgi_cache",
        store: "fastcgi_store",
        key: Some("fastcgi_cache_key"),
    }),
    hidden: Hidden {
        hide: "fastcgi_hide_header",
        pass: "fastcgi_pass_header",
        table: "fastcgi_hide_headers_hash",
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
        directive: "fastcgi_param",
        table: "fastcgi_params_hash",
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
    d("fastcgi_bind", "http server location", "1 2", Custom(upstream::bind), "1.0.0", "",
        "Makes connections to the FastCGI server originate from a chosen local address, which may contain variables or be transparent.")
        .was(&[was("1.11.0", "http server location", "1")]),
    d("fastcgi_buffer_size", "http server location", "1", Size, "1.0.0", "4k|8k",
        "Sets the buffer for the first part of the response from the FastCGI server, which holds the response headers."),
    d("fastcgi_buffering", "http server location", "flag", Flag, "1.5.6", "on",
        "Chooses whether nginx buffers the response from the FastCGI server or passes it to the client immediately."),
    d("fastcgi_buffers", "http server location", "2", Bufs, "1.0.0", "8 4k|8k",
        "Sets the number and size of per-connection buffers for reading the response from the FastCGI server."),
    d("fastcgi_busy_buffers_size", "http server location", "1", Size, "1.0.0", "8k|16k",
        "Limits the buffers that may be busy sending to the client while the FastCGI server is still being read."),
    d("fastcgi_cache", "http server location", "1", Custom(cache::cache), "1.0.0", "off",
        "Names the shared memory zone used to cache responses from the FastCGI server, or turns caching off."),
    d("fastcgi_cache_background_update", "http server location", "flag", Flag, "1.11.10", "off",
        "Refreshes an expired item from the FastCGI server in the background while the client receives the stale copy."),
    d("fastcgi_cache_bypass", "http server location", "1+", Predicate, "1.0.0", "",
        "Skips the cache lookup and asks the FastCGI server when any given condition is non-empty and not zero."),
    d("fastcgi_cache_key", "http server location", "1", Custom(cache::cache_key), "1.0.0", "",
        "Defines the string that identifies a cached response from the FastCGI server, usually built from request variables."),
    d("fastcgi_cache_lock", "http server location", "flag", Flag, "1.1.12", "off",
        "Lets only one request at a time fetch a missing cache item from the FastCGI server while others wait."),
    d("fastcgi_cache_lock_age", "http server location", "1", Msec, "1.7.8", "5s",
        "Sets after how long another request may go to the FastCGI server when the locked fetch has not finished."),
    d("fastcgi_cache_lock_timeout", "http server location", "1", Msec, "1.1.12", "5s",
        "Limits how long a request waits for a cache lock before going to the FastCGI server, without being cached."),
    d("fastcgi_cache_max_range_offset", "http server location", "1", Offset, "1.11.6", "",
        "Passes range requests starting beyond this offset straight to the FastCGI server, leaving their responses uncached."),
    d("fastcgi_cache_methods", "http server location", "1+", Mask(&["GET", "HEAD", "POST"]), "1.0.0", "GET HEAD",
        "Lists the client request methods for which responses from the FastCGI server may be cached."),
    d("fastcgi_cache_min_uses", "http server location", "1", Number, "1.0.0", "1",
        "Sets how many requests for an item are needed before the response from the FastCGI server is cached."),
    d("fastcgi_cache_path", "http", "2+", Custom(cache::cache_path), "1.0.0", "",
        "Defines the cache directory, shared memory zone, size limits and expiry settings for responses from the FastCGI server."),
    d("fastcgi_cache_revalidate", "http server location", "flag", Flag, "1.5.7", "off",
        "Revalidates expired cache items with conditional requests to the FastCGI server instead of fetching them in full."),
    d("fastcgi_cache_use_stale", "http server location", "1+", Mask(&["error", "timeout", "invalid_header", "non_idempotent", "http_500", "http_503", "http_403", "http_404", "http_429", "updating", "off"]), "1.0.0", "off",
        "Lists the error or update situations in which an expired cached response from the FastCGI server is served."),
    d("fastcgi_cache_valid", "http server location", "1+", Custom(cache::cache_valid), "1.0.0", "",
        "Sets how long responses from the FastCGI server stay cached, separately for each response code if wanted."),
    d("fastcgi_catch_stderr", "http server location", "1", StrArray, "1.0.0", "",
        "Treats a response as invalid when the given text shows up in the FastCGI server's error stream.")
        .was(&[was("1.0.11", "http server location", "flag"), was("1.1.0", "http server location", "1"), was("1.1.8", "http server location", "flag")]),
    d("fastcgi_connect_timeout", "http server location", "1", Msec, "1.0.0", "60s",
        "Limits how long establishing a connection to the FastCGI server may take."),
    d("fastcgi_force_ranges", "http server location", "flag", Flag, "1.7.7", "off",
        "Enables byte-range support for responses from the FastCGI server even when they lack an Accept-Ranges header."),
    d("fastcgi_hide_header", "http server location", "1", StrArray, "1.0.0", "",
        "Removes the named header from responses of the FastCGI server before they reach the client."),
    d("fastcgi_ignore_client_abort", "http server location", "flag", Flag, "1.0.0", "off",
        "Keeps the request to the FastCGI server running even after the client has closed its connection."),
    d("fastcgi_ignore_headers", "http server location", "1+", Mask(&["X-Accel-Redirect", "X-Accel-Expires", "X-Accel-Limit-Rate", "X-Accel-Buffering", "X-Accel-Charset", "Expires", "Cache-Control", "Set-Cookie", "Vary"]), "1.0.0", "",
        "Disables nginx's special processing of listed response headers from the FastCGI server, such as Cache-Control and X-Accel-Redirect."),
    d("fastcgi_index", "http server location", "1", Str, "1.0.0", "",
        "Names the file appended to URIs ending in a slash when $fastcgi_script_name is computed."),
    d("fastcgi_intercept_errors", "http server location", "flag", Flag, "1.0.0", "off",
        "Lets error_page handle responses from the FastCGI server with codes of 300 and above instead of passing them through."),
    d("fastcgi_keep_conn", "http server location", "flag", Flag, "1.1.4", "off",
        "Tells the FastCGI server to keep connections open so that they can be reused by upstream keepalive."),
    d("fastcgi_limit_rate", "http server location", "1", Custom(upstream_options::limit_rate), "1.7.7", "0",
        "Limits how many bytes per second nginx reads from the FastCGI server for each buffered response."),
    d("fastcgi_max_temp_file_size", "http server location", "1", Size, "1.0.0", "1024m",
        "Caps the temporary file for a response from the FastCGI server that exceeds memory buffers, where zero disables it."),
    d("fastcgi_next_upstream", "http server location", "1+", Mask(&["error", "timeout", "invalid_header", "non_idempotent", "http_500", "http_503", "http_403", "http_404", "http_429", "updating", "off"]), "1.0.0", "error timeout",
        "Lists the failures of the FastCGI server after which the request is passed to the next server."),
    d("fastcgi_next_upstream_timeout", "http server location", "1", Msec, "1.7.5", "0",
        "Limits the total time spent trying further servers after the FastCGI server fails, where zero means no limit."),
    d("fastcgi_next_upstream_tries", "http server location", "1", Number, "1.7.5", "0",
        "Limits how many servers are tried in total when the FastCGI server fails, where zero means no limit."),
    d("fastcgi_no_cache", "http server location", "1+", Predicate, "1.0.0", "",
        "Prevents storing the response from the FastCGI server when any given condition is non-empty and not zero."),
    d("fastcgi_param", "http server location", "2 3", Custom(upstream::parameter), "1.0.0", "",
        "Passes a named parameter, such as SCRIPT_FILENAME, to the FastCGI server, optionally only when not empty.")
        .was(&[was("1.1.11", "http server location", "2")]),
    d("fastcgi_pass", "location location-if", "1", Custom(pass::pass), "1.0.0", "",
        "Hands requests over to a FastCGI server given as an address, UNIX socket or upstream group."),
    d("fastcgi_pass_header", "http server location", "1", StrArray, "1.0.0", "",
        "Passes a response header from the FastCGI server that nginx would otherwise hide from the client."),
    d("fastcgi_pass_request_body", "http server location", "flag", Flag, "1.0.0", "on",
        "Controls whether the client request body is passed on to the FastCGI server."),
    d("fastcgi_pass_request_headers", "http server location", "flag", Flag, "1.0.0", "on",
        "Controls whether the original client request headers are passed on to the FastCGI server."),
    d("fastcgi_read_timeout", "http server location", "1", Msec, "1.0.0", "60s",
        "Limits the pause between two successive reads from the FastCGI server before nginx gives up."),
    d("fastcgi_request_buffering", "http server location", "flag", Flag, "1.7.11", "on",
        "Chooses whether the whole request body is read before anything is sent to the FastCGI server."),
    d("fastcgi_send_lowat", "http server location", "1", Size, "1.0.0", "0",
        "Tries to reduce send calls to the FastCGI server by setting the socket low-water mark, mainly on FreeBSD.")
        .post(upstream_options::lowat),
    d("fastcgi_send_timeout", "http server location", "1", Msec, "1.0.0", "60s",
        "Limits the pause between two successive writes of the request to the FastCGI server."),
    d("fastcgi_socket_keepalive", "http server location", "flag", Flag, "1.15.6", "off",
        "Turns on TCP keepalive probes for connections between nginx and the FastCGI server."),
    d("fastcgi_socket_rcvbuf", "http server location", "1", Size, "1.31.3", "0",
        "Sets the kernel receive buffer of sockets connected to the FastCGI server, where zero keeps the system default."),
    d("fastcgi_socket_sndbuf", "http server location", "1", Size, "1.31.3", "0",
        "Sets the kernel send buffer of sockets connected to the FastCGI server, where zero keeps the system default."),
    d("fastcgi_split_path_info", "http server location", "1", Custom(split_path_info), "1.0.0", "",
        "Uses a regular expression with two captures to split the URI into script name and path info."),
    d("fastcgi_store", "http server location", "1", Custom(cache::store), "1.0.0", "off",
        "Saves responses from the FastCGI server as files on disk, creating local copies of static content."),
    d("fastcgi_store_access", "http server location", "1 2 3", Access, "1.0.0", "user:rw",
        "Sets the access permissions of files and directories saved from the FastCGI server by fastcgi_store."),
    d("fastcgi_temp_file_write_size", "http server location", "1", Size, "1.0.0", "8k|16k",
        "Limits how much data is written to a temporary file at once when buffering from the FastCGI server."),
    d("fastcgi_temp_path", "http server location", "1 2 3 4", Path, "1.0.0", "fastcgi_temp",
        "Names the directory, with optional subdirectory levels, for temporary files holding responses from the FastCGI server."),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("fastcgi_path_info", "1.0.0"),
    v("fastcgi_script_name", "1.0.0"),
];

fn merge(cx: &mut Cx, _scope: ScopeId) -> Verdict {
    FAMILY.merge(cx)
}

/// The regular expression that cuts a URI into script and path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split(pub crate::config::Regex);

fn split_path_info(cx: &mut Cx, call: &Call) -> Verdict {
    cx.keep(call, Value::Own);
    let regex = cx.regex(call.arg(1), false, call.span(1))?;
    if regex.captures() != 2 {
        let fault = Fault::emerg(format!("pattern \"{}\" must have 2 captures", call.arg(1))).at(call.span(1));
        return Err(fault.help(format!("it has {}; the first is the script, the second the path", regex.captures())));
    }
    named::put(cx, call.name(), Split(regex));
    Ok(())
}
