//! The third-party module njs: JavaScript in `http` and `stream`.

mod readers;

use crate::modules::prelude::*;

/// The names by which builds and `--module` know it.
const NAMES: &[&str] = &["njs", "ngx_http_js", "ngx_stream_js"];

/// What Fetch may be told to speak.
const PROTOCOLS: &[&str] = &["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];

/// Its part in `http`.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    merge_location: Some(readers::merge),
    ..Module::new("njs_http_module", Kind::Http, Presence::ThirdParty(NAMES))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("js_access", "location location-if limit_except", "1", Str, "1.0.0", "",
        "Calls a JavaScript function in the access phase to allow or refuse the client.")
        .post(readers::used),
    d("js_body_filter", "location location-if limit_except", "1 2", Custom(readers::body_filter), "1.0.0", "",
        "Calls a JavaScript function on each response body chunk to inspect or change it."),
    d("js_content", "location location-if limit_except", "1", Str, "1.0.0", "",
        "Calls a JavaScript function that generates the response for the location.")
        .post(readers::used),
    d("js_context_reuse", "http server location", "1", Size, "1.0.0", "128",
        "Limits how many JavaScript contexts of the QuickJS engine are kept for reuse."),
    d("js_context_reuse_max_size", "http server location", "1", Size, "1.0.0", "4m",
        "Sets the memory size above which a QuickJS context is discarded instead of reused."),
    d("js_engine", "http server location", "1", Custom(readers::engine), "1.0.0", "njs",
        "Selects whether JavaScript code runs on the njs or the QuickJS engine."),
    d("js_fetch_buffer_size", "http server location", "1", Size, "1.0.0", "16k",
        "Sets the size of the buffer with which the Fetch API reads and writes."),
    d("js_fetch_ciphers", "http server location", "1", Str, "1.0.0", "HIGH:!aNULL:!MD5",
        "Lists the ciphers that HTTPS requests made with the Fetch API may use."),
    d("js_fetch_keepalive", "http server location", "1", Number, "1.0.0", "0",
        "Sets how many idle Fetch API connections each worker keeps, where zero disables reuse."),
    d("js_fetch_keepalive_requests", "http server location", "1", Number, "1.0.0", "1000",
        "Limits how many requests one kept Fetch API connection may serve."),
    d("js_fetch_keepalive_time", "http server location", "1", Msec, "1.0.0", "1h",
        "Limits the total time during which one Fetch API connection may serve requests."),
    d("js_fetch_keepalive_timeout", "http server location", "1", Msec, "1.0.0", "60s",
        "Sets how long an idle Fetch API connection stays open for reuse."),
    d("js_fetch_max_response_buffer_size", "http server location", "1", Size, "1.0.0", "1m",
        "Limits how large a response received through the Fetch API may be."),
    d("js_fetch_protocols", "http server location", "1+", Mask(PROTOCOLS), "1.0.0", "TLSv1 TLSv1.1 TLSv1.2",
        "Lists the TLS versions that HTTPS requests made with the Fetch API may use."),
    d("js_fetch_proxy", "http server location", "1", Custom(readers::fetch_proxy), "1.0.0", "",
        "Sends requests made with the Fetch API through the given forward proxy."),
    d("js_fetch_timeout", "http server location", "1", Msec, "1.0.0", "60s",
        "Limits the pause between two reads or writes of a Fetch API request."),
    d("js_fetch_trusted_certificate", "http server location", "1", Str, "1.0.0", "",
        "Names the CA bundle that the Fetch API uses to check HTTPS servers."),
    d("js_fetch_verify", "http server location", "flag", Flag, "1.0.0", "on",
        "Turns checking of HTTPS server certificates in the Fetch API on or off."),
    d("js_fetch_verify_depth", "http server location", "1", Number, "1.0.0", "100",
        "Limits how long the certificate chain of a server reached by Fetch may be."),
    d("js_header_filter", "location location-if limit_except", "1", Str, "1.0.0", "",
        "Calls a JavaScript function that can change response headers before they are sent.")
        .post(readers::used),
    d("js_import", "http server location", "1 3", Custom(readers::import), "1.0.0", "",
        "Imports a JavaScript module so that its exported functions can be used in directives."),
    d("js_path", "http server location", "1", StrArray, "1.0.0", "",
        "Adds a directory in which imported JavaScript modules are searched for."),
    d("js_periodic", "location", "any", Custom(readers::periodic), "1.0.0", "",
        "Calls a JavaScript function at regular intervals in one or more workers."),
    d("js_preload_object", "http server location", "1 3", Custom(readers::preload_object), "1.0.0", "",
        "Loads an immutable JavaScript object once at configuration time for use by all contexts."),
    d("js_set", "http server location", "2 3", Custom(readers::set), "1.0.0", "",
        "Creates a variable whose value is returned by a JavaScript function."),
    d("js_shared_dict_zone", "http", "1+", Custom(readers::shared_dict_zone), "1.0.0", "",
        "Creates a shared memory dictionary that JavaScript code in all workers can use."),
    d("js_var", "http server location", "1 2", Custom(readers::var), "1.0.0", "",
        "Declares a writable variable for JavaScript code, optionally with an initial value."),
];

/// Its part in `stream`.
pub static MODULE_STREAM: Module = Module {
    directives: DIRECTIVES_STREAM,
    merge_server: Some(readers::merge),
    ..Module::new("njs_stream_module", Kind::Stream, Presence::ThirdParty(NAMES))
};

#[rustfmt::skip]
static DIRECTIVES_STREAM: &[Directive] = &[
    d("js_access", "stream stream-server", "1", Str, "1.0.0", "",
        "Calls a JavaScript function in the access phase to allow or refuse the client.")
        .post(readers::used),
    d("js_context_reuse", "stream stream-server", "1", Size, "1.0.0", "128",
        "Limits how many JavaScript contexts of the QuickJS engine are kept for reuse."),
    d("js_context_reuse_max_size", "stream stream-server", "1", Size, "1.0.0", "4m",
        "Sets the memory size above which a QuickJS context is discarded instead of reused."),
    d("js_engine", "stream stream-server", "1+", Custom(readers::engine), "1.0.0", "njs",
        "Selects whether JavaScript code runs on the njs or the QuickJS engine."),
    d("js_fetch_buffer_size", "stream stream-server", "1", Size, "1.0.0", "16k",
        "Sets the size of the buffer with which the Fetch API reads and writes."),
    d("js_fetch_ciphers", "stream stream-server", "1", Str, "1.0.0", "HIGH:!aNULL:!MD5",
        "Lists the ciphers that HTTPS requests made with the Fetch API may use."),
    d("js_fetch_keepalive", "stream stream-server", "1", Number, "1.0.0", "0",
        "Sets how many idle Fetch API connections each worker keeps, where zero disables reuse."),
    d("js_fetch_keepalive_requests", "stream stream-server", "1", Number, "1.0.0", "1000",
        "Limits how many requests one kept Fetch API connection may serve."),
    d("js_fetch_keepalive_time", "stream stream-server", "1", Msec, "1.0.0", "1h",
        "Limits the total time during which one Fetch API connection may serve requests."),
    d("js_fetch_keepalive_timeout", "stream stream-server", "1", Msec, "1.0.0", "60s",
        "Sets how long an idle Fetch API connection stays open for reuse."),
    d("js_fetch_max_response_buffer_size", "stream stream-server", "1", Size, "1.0.0", "1m",
        "Limits how large a response received through the Fetch API may be."),
    d("js_fetch_protocols", "stream stream-server", "1+", Mask(PROTOCOLS), "1.0.0", "TLSv1 TLSv1.1 TLSv1.2",
        "Lists the TLS versions that HTTPS requests made with the Fetch API may use."),
    d("js_fetch_proxy", "stream stream-server", "1", Custom(readers::fetch_proxy), "1.0.0", "",
        "Sends requests made with the Fetch API through the given forward proxy."),
    d("js_fetch_timeout", "stream stream-server", "1", Msec, "1.0.0", "60s",
        "Limits the pause between two reads or writes of a Fetch API request."),
    d("js_fetch_trusted_certificate", "stream stream-server", "1", Str, "1.0.0", "",
        "Names the CA bundle that the Fetch API uses to check HTTPS servers."),
    d("js_fetch_verify", "stream stream-server", "flag", Flag, "1.0.0", "on",
        "Turns checking of HTTPS server certificates in the Fetch API on or off."),
    d("js_fetch_verify_depth", "stream stream-server", "1", Number, "1.0.0", "100",
        "Limits how long the certificate chain of a server reached by Fetch may be."),
    d("js_filter", "stream stream-server", "1", Str, "1.0.0", "",
        "Calls a JavaScript function that can inspect or change data in both stream directions.")
        .post(readers::used),
    d("js_import", "stream stream-server", "1 3", Custom(readers::import), "1.0.0", "",
        "Imports a JavaScript module so that its exported functions can be used in directives."),
    d("js_path", "stream stream-server", "1", StrArray, "1.0.0", "",
        "Adds a directory in which imported JavaScript modules are searched for."),
    d("js_periodic", "stream-server", "any", Custom(readers::periodic), "1.0.0", "",
        "Calls a JavaScript function at regular intervals in one or more workers."),
    d("js_preload_object", "stream stream-server", "1 3", Custom(readers::preload_object), "1.0.0", "",
        "Loads an immutable JavaScript object once at configuration time for use by all contexts."),
    d("js_preread", "stream stream-server", "1", Str, "1.0.0", "",
        "Calls a JavaScript function in the preread phase to inspect the first stream data.")
        .post(readers::used),
    d("js_set", "stream stream-server", "2 3", Custom(readers::set), "1.0.0", "",
        "Creates a variable whose value is returned by a JavaScript function."),
    d("js_shared_dict_zone", "stream", "1+", Custom(readers::shared_dict_zone), "1.0.0", "",
        "Creates a shared memory dictionary that JavaScript code in all workers can use."),
    d("js_var", "stream stream-server", "1 2", Custom(readers::var), "1.0.0", "",
        "Declares a writable variable for JavaScript code, optionally with an initial value."),
];

/// Its part in `main`.
pub static MODULE_MAIN: Module =
    Module { directives: DIRECTIVES_MAIN, ..Module::new("njs_main_module", Kind::Core, Presence::ThirdParty(NAMES)) };

#[rustfmt::skip]
static DIRECTIVES_MAIN: &[Directive] = &[
    d("js_load_http_native_module", "main", "1 3", Custom(readers::native_module), "1.0.0", "",
        "Loads a native shared library as a QuickJS module for HTTP JavaScript code."),
    d("js_load_stream_native_module", "main", "1 3", Custom(readers::native_module), "1.0.0", "",
        "Loads a native shared library as a QuickJS module for stream JavaScript code."),
];
