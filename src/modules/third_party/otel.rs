//! The third-party module otel. Known by its table.

use crate::modules::prelude::*;

/// The names by which builds and `--module` know it.
const NAMES: &[&str] = &["otel", "ngx_otel"];

/// Its part in `http`.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    ..Module::new("otel_http_module", Kind::Http, Presence::ThirdParty(NAMES))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("otel_exporter", "http", "block 0", Custom(exporter), "1.0.0", "",
        "Opens the block that says where and how OpenTelemetry spans are exported."),
    d("otel_resource_attr", "http", "2", Unchecked, "1.0.0", "",
        "Adds an attribute to the OpenTelemetry resource that describes this nginx instance."),
    d("otel_service_name", "http", "1", Str, "1.0.0", "unknown_service:nginx",
        "Sets the service name under which traces of this nginx appear in the backend."),
    d("otel_span_attr", "http server location", "2", Unchecked, "1.0.0", "",
        "Adds a custom attribute, which may contain variables, to each request span."),
    d("otel_span_name", "http server location", "1", Complex, "1.0.0", "",
        "Sets the name of request spans in place of the location name."),
    d("otel_trace", "http server location", "1", Complex, "1.0.0", "off",
        "Switches OpenTelemetry tracing on or off, or decides per request with a variable."),
    d("otel_trace_context", "http server location", "1", Enum(&["ignore", "extract", "inject", "propagate"]), "1.0.0", "ignore",
        "Sets whether trace context headers are read from requests and passed on to upstreams."),
];

static VARIABLES: &[Variable] = &[
    v("otel_parent_id", "1.0.0"),
    v("otel_parent_sampled", "1.0.0"),
    v("otel_span_id", "1.0.0"),
    v("otel_trace_id", "1.0.0"),
];

/// What stands in `otel_exporter`.
pub static MODULE_EXPORTER: Module = Module {
    directives: DIRECTIVES_EXPORTER,
    ..Module::new("otel_exporter_module", Kind::Own, Presence::ThirdParty(NAMES))
};

#[rustfmt::skip]
static DIRECTIVES_EXPORTER: &[Directive] = &[
    d("batch_count", "otel_exporter", "1", Size, "1.0.0", "4",
        "Sets how many batches of spans may wait for each worker; more are dropped."),
    d("batch_size", "otel_exporter", "1", Size, "1.0.0", "512",
        "Sets how many spans are sent in one batch at most."),
    d("endpoint", "otel_exporter", "1", Str, "1.0.0", "",
        "Sets the address of the OTLP/gRPC endpoint that takes the spans."),
    d("header", "otel_exporter", "2", Unchecked, "1.0.0", "",
        "Adds a header to the requests that carry the spans."),
    d("interval", "otel_exporter", "1", Msec, "1.0.0", "5s",
        "Sets the longest time between two exports of spans."),
    d("trusted_certificate", "otel_exporter", "1", Unchecked, "1.0.0", "",
        "Names the CA file that verifies the endpoint when it is reached over TLS."),
];

fn exporter(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    let scope = cx.block(call, Contexts::OTEL_EXPORTER)?;
    if cx.config.scope(scope).setting("endpoint").is_none() {
        return Err(Fault::emerg("\"otel_exporter\" requires \"endpoint\"").at(call.span(0)));
    }
    Ok(())
}
