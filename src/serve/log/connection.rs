//! Messages about a connection without a request: what was being done, and for whom (`ngx_http_log_error`).

use super::{Level, LogId};
use crate::config::ip_text;
use crate::exchange::{Connection, ListenerId};
use crate::serve::state::Worker;

impl Worker {
    /// Writes why a connection ended before anything came.
    pub fn say_unused(&self, listener: ListenerId, connection: &Connection, timed_out: bool) {
        let words = if timed_out { "client timed out (110: Connection timed out)" } else { "client closed connection" };
        let site = &self.generation.site;
        let log = self.logs.of(site.server(site.listener(listener).default).scope);
        self.say(log, connection, Level::Info, "waiting for request", words);
    }

    /// Writes a message about a connection.
    pub fn say(&self, log: LogId, connection: &Connection, level: Level, doing: &str, message: &str) {
        if !self.logs.enabled(log, level) {
            return;
        }
        let client = connection.client.map_or_else(|| "unix:".to_owned(), ip_text);
        let server = connection.server.map_or_else(|| "unix:".to_owned(), |server| server.to_string());
        let text = format_args!("{message} while {doing}, client: {client}, server: {server}");
        self.logs.error(log, level, Some(connection.number), text);
    }
}
