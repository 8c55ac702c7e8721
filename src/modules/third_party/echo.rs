//! The third-party module echo: responses written in the configuration. Its texts may contain variables.

use crate::modules::prelude::*;

/// The names by which builds and `--module` know it.
const NAMES: &[&str] = &["echo"];

/// Its part in `http`.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    ..Module::new("echo_http_module", Kind::Http, Presence::ThirdParty(NAMES))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("echo", "location location-if", "any", Custom(text), "1.0.0", "",
        "Writes its arguments, joined by blanks and ended by a newline, as part of the response body."),
    d("echo_abort_parent", "location location-if", "0", Custom(text), "1.0.0", "",
        "Ends the parent request from within a subrequest."),
    d("echo_after_body", "location location-if", "any", Custom(text), "1.0.0", "",
        "Appends its arguments to the end of the response body of another content handler."),
    d("echo_before_body", "location location-if", "any", Custom(text), "1.0.0", "",
        "Puts its arguments before the response body of another content handler."),
    d("echo_blocking_sleep", "location location-if", "1", Custom(text), "1.0.0", "",
        "Blocks the whole worker for some seconds; for tests only."),
    d("echo_duplicate", "location location-if", "2+", Custom(text), "1.0.0", "",
        "Writes a string the given number of times into the response body."),
    d("echo_end", "location location-if", "0", Custom(text), "1.0.0", "",
        "Ends the body of an echo_foreach_split loop."),
    d("echo_exec", "location location-if", "1 2", Custom(text), "1.0.0", "",
        "Redirects internally to another location, as a rewrite would."),
    d("echo_flush", "location location-if", "0", Custom(text), "1.0.0", "",
        "Sends what was written so far to the client at once."),
    d("echo_foreach_split", "location location-if", "2+", Custom(text), "1.0.0", "",
        "Runs the following commands for each part of a string, up to echo_end."),
    d("echo_location", "location location-if", "1 2", Custom(text), "1.0.0", "",
        "Puts the response of another location into the body before going on."),
    d("echo_location_async", "location location-if", "1 2", Custom(text), "1.0.0", "",
        "Puts the response of another location into the body without waiting for it."),
    d("echo_read_request_body", "location location-if", "0", Custom(text), "1.0.0", "",
        "Reads the request body so that $request_body can be used."),
    d("echo_request_body", "location location-if", "0", Custom(text), "1.0.0", "",
        "Writes the request body into the response body."),
    d("echo_reset_timer", "location location-if", "0", Custom(text), "1.0.0", "",
        "Starts the timer behind $echo_timer_elapsed anew."),
    d("echo_sleep", "location location-if", "1", Custom(text), "1.0.0", "",
        "Waits some seconds without blocking the worker."),
    d("echo_status", "location location-if", "1", Number, "1.0.0", "200",
        "Sets the status code of the response that the other commands write."),
    d("echo_subrequest", "location location-if", "2+", Custom(text), "1.0.0", "",
        "Makes a subrequest with a method, arguments and body, and waits for it."),
    d("echo_subrequest_async", "location location-if", "2+", Custom(text), "1.0.0", "",
        "Makes a subrequest with a method, arguments and body without waiting for it."),
];

static VARIABLES: &[Variable] = &[
    v("echo_cacheable_request_uri", "1.0.0"),
    v("echo_client_request_headers", "1.0.0"),
    v("echo_client_request_method", "1.0.0"),
    v("echo_incr", "1.0.0"),
    v("echo_it", "1.0.0"),
    v("echo_request_body", "1.0.0"),
    v("echo_request_method", "1.0.0"),
    v("echo_request_uri", "1.0.0"),
    v("echo_response_status", "1.0.0"),
    v("echo_timer_elapsed", "1.0.0"),
];

fn text(cx: &mut Cx, call: &Call) -> Verdict {
    for word in call.args() {
        cx.complex(word)?;
    }
    cx.keep(call, Value::Words);
    Ok(())
}
