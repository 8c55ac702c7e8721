//! The third-party module app-protect. Known by its table.

use crate::modules::prelude::*;

/// The names by which builds and `--module` know it.
const NAMES: &[&str] = &["app-protect"];

/// Its part in `http`.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("app_protect_http_module", Kind::Http, Presence::ThirdParty(NAMES))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("app_protect_app_name", "http server location", "1", Unchecked, "1.0.0", "",
        "Sets the application name that the WAF reports for traffic in this context."),
    d("app_protect_compressed_requests_action", "http", "1", Unchecked, "1.0.0", "drop",
        "Deprecated setting that chose whether the WAF passes or drops compressed requests."),
    d("app_protect_config_set_timeout", "http", "1", Unchecked, "1.0.0", "",
        "Limits how long nginx waits for the WAF to load a new configuration."),
    d("app_protect_cookie_seed", "http", "1", Unchecked, "1.0.0", "",
        "Sets the seed for encrypting WAF cookies, which must match on all scaled instances."),
    d("app_protect_cpu_thresholds", "http", "2", Unchecked, "1.0.0", "high=100 low=100",
        "Sets the CPU usage levels at which the WAF enters and leaves failure mode."),
    d("app_protect_custom_log_attribute", "http server location", "2", Unchecked, "1.0.0", "",
        "Adds a custom key and value to the security log entries of this context."),
    d("app_protect_enable", "http server location", "flag", Unchecked, "1.0.0", "off",
        "Switches web application firewall inspection on or off in this context."),
    d("app_protect_enforcer_address", "http", "1", Unchecked, "1.0.0", "",
        "Sets the host and port at which nginx reaches the WAF enforcer service."),
    d("app_protect_enforcer_memory_limit_mb", "http", "1", Unchecked, "1.0.0", "",
        "Limits the memory in megabytes that the WAF enforcer process may use."),
    d("app_protect_failure_mode_action", "http", "1", Unchecked, "1.0.0", "pass",
        "Chooses whether requests pass or are dropped while the WAF enforcer cannot inspect them."),
    d("app_protect_global_settings", "http", "1", Unchecked, "1.0.0", "",
        "Names the file with WAF settings that apply to all policies of this instance."),
    d("app_protect_logging_str", "http server location", "1", Unchecked, "1.0.0", "",
        "Sets the logging string that the WAF uses for traffic in this context."),
    d("app_protect_physical_memory_util_thresholds", "http", "2", Unchecked, "1.0.0", "high=100 low=100",
        "Sets the memory usage levels at which the WAF enters and leaves failure mode."),
    d("app_protect_policy_file", "http server location", "1", Unchecked, "1.0.0", "",
        "Names the WAF policy file or bundle that is enforced in this context."),
    d("app_protect_reconnect_period_seconds", "http", "1", Unchecked, "1.0.0", "5",
        "Sets how many seconds pass between attempts to reconnect to the WAF enforcer."),
    d("app_protect_request_buffer_overflow_action", "http", "1", Unchecked, "1.0.0", "pass",
        "Chooses whether requests pass or are dropped when the WAF request buffer is full."),
    d("app_protect_response_enforcement_disable", "http", "1", Unchecked, "1.0.0", "",
        "Switches off WAF inspection of responses so that only requests are enforced."),
    d("app_protect_security_log", "http server location", "2", Unchecked, "1.0.0", "",
        "Sets which logging profile is used for security events and where they are sent."),
    d("app_protect_security_log_enable", "http server location", "flag", Unchecked, "1.0.0", "off",
        "Switches the security log of the WAF on or off in this context."),
    d("app_protect_streaming_buffer_watermarks", "http", "2", Unchecked, "1.0.0", "",
        "Sets the high and low fill levels of the buffers that stream data to the WAF."),
    d("app_protect_user_defined_signatures", "http", "1", Unchecked, "1.0.0", "",
        "Imports a file of your own attack signatures, identified by a tag, into the WAF."),
];
