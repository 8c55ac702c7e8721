//! The third-party module otel. Known by its table.

use crate::modules::prelude::*;

/// The names by which builds and `--module` know it.
const NAMES: &[&str] = &["otel", "ngx_otel"];

/// Its part in `http`.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("otel_http_module", Kind::Http, Presence::ThirdParty(NAMES)) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("otel_exporter", "http", "block 0", Unchecked, "1.0.0", "",
        "Opens the block that says where and how OpenTelemetry spans are exported."),
    d("otel_resource_attr", "http", "2", Unchecked, "1.0.0", "",
        "Adds an attribute to the OpenTelemetry resource that describes this nginx instance."),
    d("otel_service_name", "http", "1", Unchecked, "1.0.0", "unknown_service:nginx",
        "Sets the service name under which traces of this nginx appear in the backend."),
    d("otel_span_attr", "http server location", "2", Unchecked, "1.0.0", "",
        "Adds a custom attribute, which may contain variables, to each request span."),
    d("otel_span_name", "http server location", "1", Unchecked, "1.0.0", "",
        "Sets the name of request spans in place of the location name."),
    d("otel_trace", "http server location", "1", Unchecked, "1.0.0", "off",
        "Switches OpenTelemetry tracing on or off, or decides per request with a variable."),
    d("otel_trace_context", "http server location", "1", Unchecked, "1.0.0", "ignore",
        "Sets whether trace context headers are read from requests and passed on to upstreams."),
];
