//! Messages of the error log about a request, with what nginx says of it at their end.

use std::fmt::Arguments;
use std::io::Write;

use crate::exchange::Exchange;
use crate::serve::log::Level;
use crate::serve::state::Worker;
use crate::syntax::encode;

/// Writes a message about a request: `ngx_http_log_error`.
pub fn complain(worker: &Worker, exchange: &Exchange, level: Level, message: Arguments<'_>) {
    if worker.logs.enabled(worker.logs.of(worker.terms(exchange).scope), level) {
        complain_of(worker, exchange, level, &encode(&message.to_string()), b"");
    }
}

/// The same, with what nginx calls the upstream; empty for none.
pub fn complain_of(worker: &Worker, exchange: &Exchange, level: Level, message: &[u8], upstream: &[u8]) {
    let log = worker.logs.of(worker.terms(exchange).scope);
    if !worker.logs.enabled(log, level) {
        return;
    }
    let request = &exchange.request;
    let mut text = message.to_vec();
    let client = request.client().map_or_else(|| "unix:".to_owned(), crate::config::ip_text);
    // A vector takes all that is written.
    let _ = write!(text, ", client: {client}, server: ");
    text.extend_from_slice(exchange.server_name(&worker.generation.site));
    text.extend_from_slice(b", request: \"");
    request.write_line(&mut text);
    text.push(b'"');
    if !upstream.is_empty() {
        text.extend_from_slice(&[b", upstream: \"", upstream, b"\""].concat());
    }
    for (name, label) in [("host", "host"), ("referer", "referrer")] {
        if let Some((_, value)) = request.headers().find(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes())) {
            let _ = write!(text, ", {label}: \"");
            text.extend_from_slice(value);
            text.push(b'"');
        }
    }
    worker.logs.error_bytes(log, level, Some(request.connection().number), &text);
}
