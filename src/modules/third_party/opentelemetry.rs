//! The third-party module of opentelemetry-cpp-contrib (`otel_ngx_module`): traces. Known by its table.

use crate::modules::prelude::*;

/// The names by which builds and `--module` know it.
const NAMES: &[&str] = &["opentelemetry", "otel_ngx"];

/// Its part in `http`.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    ..Module::new("opentelemetry_http_module", Kind::Http, Presence::ThirdParty(NAMES))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("opentelemetry", "http server location", "flag", Flag, "1.0.0", "on",
        "Traces requests with OpenTelemetry."),
    d("opentelemetry_attribute", "http server location", "2", Unchecked, "1.0.0", "",
        "Adds an attribute to the span of a request."),
    d("opentelemetry_capture_headers", "http server location", "flag", Flag, "1.0.0", "off",
        "Writes headers of requests and responses into spans."),
    d("opentelemetry_config", "http", "1", Unchecked, "1.0.0", "",
        "Names the file that says where spans are sent to and how."),
    d("opentelemetry_ignore_paths", "http server location", "1", Unchecked, "1.0.0", "",
        "Leaves requests untraced whose path matches this expression."),
    d("opentelemetry_operation_name", "http server location", "1", Unchecked, "1.0.0", "",
        "Sets the name of the span of a request."),
    d("opentelemetry_propagate", "http server location", "0 1", Unchecked, "1.0.0", "w3c",
        "Hands the context of the trace on to upstreams, in this format."),
    d("opentelemetry_sensitive_header_names", "http server location", "1", Unchecked, "1.0.0", "",
        "Hides headers in spans whose names match this expression."),
    d("opentelemetry_sensitive_header_values", "http server location", "1", Unchecked, "1.0.0", "",
        "Hides headers in spans whose values match this expression."),
    d("opentelemetry_trust_incoming_spans", "http server location", "flag", Flag, "1.0.0", "on",
        "Takes the client's span as the parent of that of the request."),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("opentelemetry_context_b3", "1.0.0"),
    v("opentelemetry_context_traceparent", "1.0.0"),
    v("opentelemetry_span_id", "1.0.0"),
    v("opentelemetry_trace_id", "1.0.0"),
];
