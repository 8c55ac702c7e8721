//! What is said of directives that an emitter does not speak of. Nobody misses what only concerns the process; what
//! protects something is refused; everything else is a loss of behaviour, as nobody has looked at it.

use super::class::{Class, Shows};
use super::ledger::Entry;
use super::subject::{Subject, SubjectId, What};

/// Blocks and the like that only hold others.
const STRUCTURE: &[&str] = &["events", "http", "include"];

/// What only concerns nginx's own process: how it runs, what memory it takes, what it logs about itself.
const HARMLESS: &[&str] = &[
    "accept_mutex",
    "accept_mutex_delay",
    "aio",
    "connection_pool_size",
    "daemon",
    "debug_connection",
    "debug_points",
    "env",
    "error_log",
    "lingering_close",
    "lingering_time",
    "lingering_timeout",
    "load_module",
    "lock_file",
    "log_not_found",
    "log_subrequest",
    "map_hash_bucket_size",
    "map_hash_max_size",
    "master_process",
    "multi_accept",
    "open_file_cache",
    "open_file_cache_errors",
    "open_file_cache_min_uses",
    "open_file_cache_valid",
    "output_buffers",
    "pcre_jit",
    "pid",
    "postpone_output",
    "proxy_headers_hash_bucket_size",
    "proxy_headers_hash_max_size",
    "proxy_temp_path",
    "read_ahead",
    "request_pool_size",
    "rewrite_log",
    "sendfile",
    "sendfile_max_chunk",
    "server_names_hash_bucket_size",
    "server_names_hash_max_size",
    "server_tokens",
    "ssl_engine",
    "ssl_object_cache_inheritable",
    "tcp_nodelay",
    "tcp_nopush",
    "thread_pool",
    "timer_resolution",
    "types_hash_bucket_size",
    "types_hash_max_size",
    "uninitialized_variable_warn",
    "use",
    "user",
    "variables_hash_bucket_size",
    "variables_hash_max_size",
    "worker_aio_requests",
    "worker_connections",
    "worker_cpu_affinity",
    "worker_priority",
    "worker_processes",
    "worker_rlimit_core",
    "worker_rlimit_nofile",
    "worker_shutdown_timeout",
    "working_directory",
];

/// What keeps somebody or something out.
const PROTECTS: &[&str] = &[
    "access_by_lua",
    "access_by_lua_block",
    "access_by_lua_file",
    "allow",
    "app_protect_enable",
    "auth_basic",
    "auth_basic_user_file",
    "auth_delay",
    "auth_digest",
    "auth_http",
    "auth_jwt",
    "auth_jwt_require",
    "auth_jwt_require_claim",
    "auth_jwt_require_header",
    "auth_oidc",
    "auth_pam",
    "auth_request",
    "client_max_body_size",
    "deny",
    "disable_symlinks",
    "internal",
    "js_access",
    "limit_conn",
    "limit_except",
    "limit_rate",
    "limit_req",
    "max_headers",
    "modsecurity",
    "modsecurity_rules",
    "modsecurity_rules_file",
    "modsecurity_rules_remote",
    "proxy_ssl_verify",
    "satisfy",
    "secure_link",
    "secure_link_md5",
    "secure_link_secret",
    "ssl_client_certificate",
    "ssl_crl",
    "ssl_ocsp",
    "ssl_protocols",
    "ssl_reject_handshake",
    "ssl_verify_client",
    "valid_referers",
];

/// The entry of a subject that no emitter spoke of.
#[must_use]
pub fn entry(id: SubjectId, subject: &Subject, lines: Vec<(usize, usize)>) -> Entry {
    let name = subject.name();
    let (class, says, shows, fix) = if STRUCTURE.contains(&name) {
        (Class::Automatic, "what it holds stands for itself", vec![], "")
    } else if HARMLESS.binary_search(&name).is_ok() {
        (Class::DroppedHarmless, "it only concerns nginx's own process", vec![], "")
    } else if protects(subject) {
        (
            Class::Refused,
            "it protects something, and it is not translated",
            vec![Shows::Status],
            "protect it in another place, then allow the loss",
        )
    } else {
        (Class::DroppedBehaviour, "it is not translated", ALL_SHOWS.to_vec(), "look whether it is needed there")
    };
    let code = format!("{}/{name}", class.name());
    Entry { subject: id, code, class, says: says.to_owned(), shows, fix: fix.to_owned(), lines }
}

/// The entry of a subject that no emitter spoke of, and that holds for no request.
#[must_use]
pub fn idle(id: SubjectId, subject: &Subject, lines: Vec<(usize, usize)>) -> Entry {
    let class = Class::DroppedHarmless;
    Entry {
        subject: id,
        code: format!("{}/{}", class.name(), subject.name()),
        class,
        says: "no request comes to it".to_owned(),
        shows: Vec::new(),
        fix: String::new(),
        lines,
    }
}

/// Whether it keeps somebody or something out. A `return` does where it says so; what is `off` does not.
pub fn protects(subject: &Subject) -> bool {
    let What::Directive(words) = &subject.what else { return false };
    let argument = words.get(1).map_or("", |word| &word.value);
    let is_on = PROTECTS.binary_search(&subject.name()).is_ok() && argument != "off";
    is_on || (subject.name() == "return" && REFUSALS.contains(&argument))
}

/// Statuses that keep somebody out.
const REFUSALS: &[&str] = &["401", "403", "429", "444"];

/// Where nobody looked, a difference may show anywhere.
const ALL_SHOWS: &[Shows] =
    &[Shows::Status, Shows::Headers, Shows::Body, Shows::Uri, Shows::UpstreamHeaders, Shows::Peer, Shows::Timing];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modules;

    #[test]
    fn the_lists_are_sorted_and_name_directives() {
        for list in [HARMLESS, PROTECTS, STRUCTURE] {
            assert!(list.is_sorted(), "{list:?}");
            for name in list {
                assert!(*name == "include" || !modules::rows_named(name).is_empty(), "{name}");
            }
        }
    }
}
