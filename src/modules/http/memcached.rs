//! `ngx_http_memcached_module`: answers from memcached.

use crate::modules::prelude::*;
use crate::modules::shared::{pass, upstream};

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_memcached_module", Kind::Http, Presence::Default("http_memcached"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("memcached_bind", "http server location", "1 2", Custom(upstream::bind), "1.0.0", "",
        "Makes connections to the memcached server originate from a chosen local address, which may contain variables or be transparent.")
        .was(&[was("1.11.0", "http server location", "1")]),
    d("memcached_buffer_size", "http server location", "1", Size, "1.0.0", "4k|8k",
        "Sets the buffer for reading memcached responses, which are passed to the client as soon as received."),
    d("memcached_connect_timeout", "http server location", "1", Msec, "1.0.0", "60s",
        "Limits how long establishing a connection to the memcached server may take."),
    d("memcached_gzip_flag", "http server location", "1", Number, "1.3.6", "",
        "Marks memcached responses as gzip-encoded when the given bit is set in the stored item's flags."),
    d("memcached_next_upstream", "http server location", "1+", Mask(&["error", "timeout", "invalid_response", "not_found", "off"]), "1.0.0", "error timeout",
        "Lists failures, such as timeouts or missing keys, after which the next memcached server is tried."),
    d("memcached_next_upstream_timeout", "http server location", "1", Msec, "1.7.5", "0",
        "Limits the total time spent trying further servers after the memcached server fails, where zero means no limit."),
    d("memcached_next_upstream_tries", "http server location", "1", Number, "1.7.5", "0",
        "Limits how many servers are tried in total when the memcached server fails, where zero means no limit."),
    d("memcached_pass", "location location-if", "1", Custom(pass::pass), "1.0.0", "",
        "Answers requests from a memcached server or upstream group, looking items up by the $memcached_key variable."),
    d("memcached_read_timeout", "http server location", "1", Msec, "1.0.0", "60s",
        "Limits the pause between two successive reads from the memcached server before nginx gives up."),
    d("memcached_send_timeout", "http server location", "1", Msec, "1.0.0", "60s",
        "Limits the pause between two successive writes of the request to the memcached server."),
    d("memcached_socket_keepalive", "http server location", "flag", Flag, "1.15.6", "off",
        "Turns on TCP keepalive probes for connections between nginx and the memcached server."),
];
