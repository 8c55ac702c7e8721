//! The third-party module vts: traffic statistics per virtual host. Known by its table.

use super::variable;
use crate::modules::prelude::*;

/// The names by which builds and `--module` know it.
const NAMES: &[&str] = &["vts", "vhost-traffic-status"];

/// Its part in `http`.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    ..Module::new("vts_http_module", Kind::Http, Presence::ThirdParty(NAMES))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("vhost_traffic_status", "http server location", "flag", Flag, "1.0.0", "off",
        "Counts traffic in this context for the status page."),
    d("vhost_traffic_status_average_method", "http server location", "1 2", Unchecked, "1.0.0", "",
        "Chooses how average response times are computed, and over which period."),
    d("vhost_traffic_status_bypass_limit", "http server location", "flag", Flag, "1.0.0", "",
        "Exempts this context from the limits on traffic."),
    d("vhost_traffic_status_bypass_stats", "http server location", "flag", Flag, "1.0.0", "",
        "Leaves this context out of the statistics."),
    d("vhost_traffic_status_display", "server location", "0 1", Unchecked, "1.0.0", "",
        "Serves the status page here, as JSON, HTML, JSONP or for Prometheus."),
    d("vhost_traffic_status_display_format", "server location", "1", Enum(&["json", "html", "jsonp", "prometheus"]), "1.0.0", "",
        "Chooses the format of the status page."),
    d("vhost_traffic_status_display_jsonp", "server location", "1", Str, "1.0.0", "",
        "Sets the name of the callback in JSONP output."),
    d("vhost_traffic_status_display_sum_key", "server location", "1", Str, "1.0.0", "",
        "Sets the name under which the sum over all servers is shown."),
    d("vhost_traffic_status_dump", "http", "1 2", Unchecked, "1.0.0", "",
        "Writes the statistics to a file at intervals and reads them back at start."),
    d("vhost_traffic_status_filter", "http server location", "flag", Flag, "1.0.0", "",
        "Switches filters by key on or off."),
    d("vhost_traffic_status_filter_by_host", "http server location", "flag", Flag, "1.0.0", "",
        "Counts traffic by the Host header."),
    d("vhost_traffic_status_filter_by_set_key", "http server location", "1 2", Custom(texts), "1.0.0", "",
        "Counts traffic by a key made of variables, in an optional group."),
    d("vhost_traffic_status_filter_check_duplicate", "http server location", "flag", Flag, "1.0.0", "",
        "Removes filters that are given twice."),
    d("vhost_traffic_status_filter_max_node", "http", "1+", Unchecked, "1.0.0", "",
        "Limits how many keys filters may count."),
    d("vhost_traffic_status_histogram_buckets", "http server location", "1+", Unchecked, "1.0.0", "",
        "Sets the bounds of the buckets of response times."),
    d("vhost_traffic_status_ignore_status", "http server location", "1+", Unchecked, "1.0.0", "",
        "Leaves responses with these status codes out of the statistics."),
    d("vhost_traffic_status_limit", "http server location", "flag", Flag, "1.0.0", "",
        "Switches limits on traffic on or off."),
    d("vhost_traffic_status_limit_check_duplicate", "http server location", "flag", Flag, "1.0.0", "",
        "Removes limits that are given twice."),
    d("vhost_traffic_status_limit_traffic", "http server location", "1 2", Unchecked, "1.0.0", "",
        "Refuses requests of a server once a counter has reached its limit."),
    d("vhost_traffic_status_limit_traffic_by_set_key", "http server location", "2 3", Unchecked, "1.0.0", "",
        "Refuses requests of a filter key once a counter has reached its limit."),
    d("vhost_traffic_status_measure_status_codes", "http", "1+", Unchecked, "1.0.0", "",
        "Counts these status codes one by one."),
    d("vhost_traffic_status_set_by_filter", "http server location location-if", "2", Custom(set_by_filter), "1.0.0", "",
        "Sets a variable to a value of the statistics."),
    d("vhost_traffic_status_stats_by_upstream", "http", "flag", Flag, "1.0.0", "",
        "Counts traffic by upstream server."),
    d("vhost_traffic_status_zone", "http", "0 1", Unchecked, "1.0.0", "",
        "Sets name and size of the shared memory zone that holds the statistics."),
];

static VARIABLES: &[Variable] = &[
    v("vts_1xx_counter", "1.0.0"),
    v("vts_2xx_counter", "1.0.0"),
    v("vts_3xx_counter", "1.0.0"),
    v("vts_4xx_counter", "1.0.0"),
    v("vts_5xx_counter", "1.0.0"),
    v("vts_cache_bypass_counter", "1.0.0"),
    v("vts_cache_expired_counter", "1.0.0"),
    v("vts_cache_hit_counter", "1.0.0"),
    v("vts_cache_miss_counter", "1.0.0"),
    v("vts_cache_revalidated_counter", "1.0.0"),
    v("vts_cache_scarce_counter", "1.0.0"),
    v("vts_cache_stale_counter", "1.0.0"),
    v("vts_cache_updating_counter", "1.0.0"),
    v("vts_in_bytes", "1.0.0"),
    v("vts_out_bytes", "1.0.0"),
    v("vts_request_counter", "1.0.0"),
    v("vts_request_time", "1.0.0"),
    v("vts_request_time_counter", "1.0.0"),
];

fn set_by_filter(cx: &mut Cx, call: &Call) -> Verdict {
    variable::define(cx, call, 1)?;
    cx.complex(&call.words[2])?;
    cx.keep(call, Value::Words);
    Ok(())
}

fn texts(cx: &mut Cx, call: &Call) -> Verdict {
    for word in call.args() {
        cx.complex(word)?;
    }
    cx.keep(call, Value::Words);
    Ok(())
}
