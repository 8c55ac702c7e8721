//! The table of all variables that `http` and `stream` build at their end: the last step of
//! `ngx_http_variables_init_vars` and `ngx_stream_variables_init_vars`.

use super::hash::{self, Table};
use crate::config::Variables;
use crate::modules::{self, prelude::*};

/// Variables that nginx leaves out of the table, since no name is looked up in it at run time for them.
const UNHASHED: &[&str] = &[
    "fastcgi_path_info",
    "fastcgi_script_name",
    "grpc_internal_trailers",
    "gzip_ratio",
    "proxy_add_x_forwarded_for",
    "proxy_host",
    "proxy_internal_body_length",
    "proxy_internal_chunked",
    "proxy_internal_connection",
    "proxy_internal_host",
    "proxy_port",
    "upstream_cache_etag",
    "upstream_cache_last_modified",
];

/// Judges the table of the current realm's variables.
///
/// # Errors
/// nginx's, when it cannot be built.
pub fn check(cx: &mut Cx) -> Verdict {
    // Which of its own variables NGINX Plus puts there is not known, and a few decide.
    if cx.target.plus.is_some() {
        return Ok(());
    }
    let kind = cx.kind();
    let defined = cx.config.scope(cx.scope).slot::<Variables>().map(Variables::names).unwrap_or_default();
    let target = &cx.target;
    let present = modules::modules().filter(|module| module.kind == kind && target.has(module));
    let there = |variable: &&Variable| {
        variable.since <= target.version
            && variable.last.is_none_or(|last| target.version <= last)
            && !variable.prefix
            && !UNHASHED.contains(&variable.name)
            && !defined.iter().any(|name| name == variable.name)
    };
    let builtin = present.flat_map(|module| module.variables).filter(there).map(|variable| variable.name.to_owned());
    let names: Vec<String> = builtin.chain(defined.iter().cloned()).collect();
    let setting = |name: &str| cx.config.scope(cx.scope).setting(name);
    let table = Table {
        name: "variables_hash",
        max_size: cx.config.number(cx.scope, "variables_hash_max_size", 1024),
        bucket_size: hash::align(cx.config.number(cx.scope, "variables_hash_bucket_size", 64)),
        span: setting("variables_hash_max_size")
            .or_else(|| setting("variables_hash_bucket_size"))
            .map(crate::config::Setting::span),
    };
    table.check(cx, names.iter().map(String::as_str))
}
