//! The rules: one file each, and the list of them.

mod alias_slash_mismatch;
mod alias_traversal;
mod alias_without_capture;
mod all_servers_down;
mod allow_without_deny;
mod backup_against_method;
mod consistent_weight_memory;
mod content_type_by_add_header;
mod dead_location;
mod default_server_by_order;
mod down_server_ends_exemption;
mod dropped_by_inheritance;
mod duplicate_server;
mod error_log_off;
mod fail_timeout_without_max_fails;
mod files_below_connections;
mod filesystem_root;
mod group_name_as_host;
mod hash_key_constant;
mod header_splitting;
mod hidden_by_return;
mod hostname_resolved_once;
mod http_host_forwarded;
mod if_is_evil;
mod ip_hash_behind_proxy;
mod keepalive_connection_closed;
mod keepalive_not_used;
mod keepalive_over_http_1_0;
mod least_conn_without_zone;
mod map_without_default;
mod max_conns_without_zone;
mod method_after_servers;
mod missing_capture;
mod old_tls_protocols;
mod open_status_page;
mod pass_without_resolver;
mod plain_text_on_443;
mod proxy_pass_double_slash;
mod proxy_pass_slash_mismatch;
mod proxy_pass_variable_uri;
mod proxy_to_client_host;
mod referers_none;
mod regex_in_prefix_location;
mod repeated_server_name;
mod resolve_on_address;
mod retries_non_idempotent;
mod retries_without_body;
mod return_bypasses_access;
mod scheme_port_mismatch;
mod server_name_with_port;
mod server_tokens_shown;
mod single_server_failure_parameters;
mod sticky_parameters_unused;
mod tls_name_is_group_name;
mod try_files_with_proxy_pass;
mod unknown_rule;
mod unused_upstream;
mod websocket_over_http_1_0;
mod weight_with_single_server;

use super::Rule;
use crate::config::nearest as nearest_of;

/// All rules, sorted by name.
pub static RULES: &[&Rule] = &[
    &alias_slash_mismatch::RULE,
    &alias_traversal::RULE,
    &alias_without_capture::RULE,
    &all_servers_down::RULE,
    &allow_without_deny::RULE,
    &backup_against_method::RULE,
    &consistent_weight_memory::RULE,
    &content_type_by_add_header::RULE,
    &dead_location::RULE,
    &default_server_by_order::RULE,
    &down_server_ends_exemption::RULE,
    &dropped_by_inheritance::RULE,
    &duplicate_server::RULE,
    &error_log_off::RULE,
    &fail_timeout_without_max_fails::RULE,
    &files_below_connections::RULE,
    &filesystem_root::RULE,
    &group_name_as_host::RULE,
    &hash_key_constant::RULE,
    &header_splitting::RULE,
    &hidden_by_return::RULE,
    &hostname_resolved_once::RULE,
    &http_host_forwarded::RULE,
    &if_is_evil::RULE,
    &ip_hash_behind_proxy::RULE,
    &keepalive_connection_closed::RULE,
    &keepalive_not_used::RULE,
    &keepalive_over_http_1_0::RULE,
    &least_conn_without_zone::RULE,
    &map_without_default::RULE,
    &max_conns_without_zone::RULE,
    &method_after_servers::RULE,
    &missing_capture::RULE,
    &old_tls_protocols::RULE,
    &open_status_page::RULE,
    &pass_without_resolver::RULE,
    &plain_text_on_443::RULE,
    &proxy_pass_double_slash::RULE,
    &proxy_pass_slash_mismatch::RULE,
    &proxy_pass_variable_uri::RULE,
    &proxy_to_client_host::RULE,
    &referers_none::RULE,
    &regex_in_prefix_location::RULE,
    &repeated_server_name::RULE,
    &resolve_on_address::RULE,
    &retries_non_idempotent::RULE,
    &retries_without_body::RULE,
    &return_bypasses_access::RULE,
    &scheme_port_mismatch::RULE,
    &server_name_with_port::RULE,
    &server_tokens_shown::RULE,
    &single_server_failure_parameters::RULE,
    &sticky_parameters_unused::RULE,
    &tls_name_is_group_name::RULE,
    &try_files_with_proxy_pass::RULE,
    &unknown_rule::RULE,
    &unused_upstream::RULE,
    &websocket_over_http_1_0::RULE,
    &weight_with_single_server::RULE,
];

/// The rule of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.binary_search_by_key(&name, |rule| rule.name).ok().map(|at| RULES[at])
}

/// The rule that a misspelt name was probably meant to be.
#[must_use]
pub fn nearest(name: &str) -> Option<&'static str> {
    nearest_of(name, RULES.iter().map(|rule| rule.name))
}
