//! Messages of the error log about a request, with what nginx says of it at their end.

use std::fmt::Arguments;

use crate::exchange::Exchange;
use crate::serve::log::{Level, Stage};
use crate::serve::state::Worker;

/// Writes a message about a request: `ngx_http_log_error`.
pub fn complain(worker: &Worker, exchange: &Exchange, level: Level, message: Arguments<'_>) {
    worker.report(exchange, level, Stage::None, message);
}
