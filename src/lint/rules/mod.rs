//! The rules: one file each, and the list of them.

mod alias_slash_mismatch;
mod alias_traversal;
mod alias_without_capture;
mod all_servers_down;
mod allow_without_deny;
mod backup_against_method;
mod consistent_weight_memory;
mod down_server_ends_exemption;
mod dropped_by_inheritance;
mod duplicate_server;
mod error_log_off;
mod fail_timeout_without_max_fails;
mod hash_key_constant;
mod header_splitting;
mod hostname_resolved_once;
mod keepalive_connection_closed;
mod keepalive_not_used;
mod keepalive_over_http_1_0;
mod least_conn_without_zone;
mod max_conns_without_zone;
mod method_after_servers;
mod missing_capture;
mod return_bypasses_access;
mod scheme_port_mismatch;
mod single_server_failure_parameters;
mod try_files_with_proxy_pass;
mod unknown_rule;
mod unused_upstream;
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
    &down_server_ends_exemption::RULE,
    &dropped_by_inheritance::RULE,
    &duplicate_server::RULE,
    &error_log_off::RULE,
    &fail_timeout_without_max_fails::RULE,
    &hash_key_constant::RULE,
    &header_splitting::RULE,
    &hostname_resolved_once::RULE,
    &keepalive_connection_closed::RULE,
    &keepalive_not_used::RULE,
    &keepalive_over_http_1_0::RULE,
    &least_conn_without_zone::RULE,
    &max_conns_without_zone::RULE,
    &method_after_servers::RULE,
    &missing_capture::RULE,
    &return_bypasses_access::RULE,
    &scheme_port_mismatch::RULE,
    &single_server_failure_parameters::RULE,
    &try_files_with_proxy_pass::RULE,
    &unknown_rule::RULE,
    &unused_upstream::RULE,
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
