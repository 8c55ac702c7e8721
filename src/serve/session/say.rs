//! What the logs are told of sessions: `ngx_stream_log_error`, `ngx_stream_proxy_log_error`, `ngx_stream_log_session`.

use std::io;
use std::net::SocketAddr;

use super::Driver;
use crate::config::address::Address;
use crate::config::ip_text;
use crate::exchange::session::Side;
use crate::exchange::{Connection, Note};
use crate::serve::log::{Level, refusal};
use crate::serve::stream::Plain;
use crate::serve::upstream::level_of;

/// An address and port as nginx writes them; none for a client of a UNIX domain socket.
fn address(address: Option<SocketAddr>) -> String {
    address.map_or_else(|| "unix:".to_owned(), |address| Address::Inet(address).to_string())
}

/// What a message is about: it ends with that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About<'t> {
    /// A client that is not passed on yet.
    Client,
    /// One that is, but nobody is chosen: how much has gone which way.
    Session,
    /// A peer, and the same.
    Upstream(&'t str),
}

impl Driver<'_> {
    fn reports(&self, level: Level) -> bool {
        self.worker.logs.enabled(self.worker.logs.of(self.terms.scope), level)
    }

    /// Writes a message to the logs of the server, as it is.
    fn write(&self, level: Level, message: &[u8]) {
        let logs = &self.worker.logs;
        let number = self.session.exchange.request.connection().number;
        logs.error_bytes(logs.of(self.terms.scope), level, Some(number), message);
    }

    /// Writes a message, with what is being done and for whom.
    #[cold]
    pub(super) fn say(&self, level: Level, doing: &str, message: &[u8]) {
        let last = self.session.exchange.attempts.last();
        self.say_of(level, doing, message, last.map_or(About::Client, |attempt| About::Upstream(&attempt.addr)));
    }

    /// [`Driver::say`] with what it is about.
    pub(super) fn say_of(&self, level: Level, doing: &str, message: &[u8], about: About) {
        if !self.reports(level) {
            return;
        }
        let exchange = &self.session.exchange;
        let client = exchange.request.client().map_or_else(|| "unix:".to_owned(), ip_text);
        let doing = if doing.is_empty() { String::new() } else { format!(" while {doing}") };
        let mut text = message.to_vec();
        text.extend_from_slice(format!("{doing}, client: {client}, server: ").as_bytes());
        text.extend_from_slice(&crate::syntax::encode(&self.server));
        if let About::Upstream(upstream) = about {
            text.extend_from_slice(b", upstream: \"");
            text.extend_from_slice(&crate::syntax::encode(upstream));
            text.extend_from_slice(b"\"");
        }
        if about != About::Client {
            text.extend_from_slice(self.bytes().as_bytes());
        }
        self.write(level, &text);
    }

    /// How much has gone which way.
    fn bytes(&self) -> String {
        let exchange = &self.session.exchange;
        let (from_client, to_client) = (exchange.facts.request_length, exchange.facts.bytes_sent);
        let peer = exchange.attempts.last().map(|attempt| (attempt.bytes_received, attempt.bytes_sent));
        let (from_peer, to_peer) = peer.unwrap_or_default();
        format!(", bytes from/to client:{from_client}/{to_client}, bytes from/to upstream:{from_peer}/{to_peer}")
    }

    /// Writes what the system says of a call: faults of clients matter less.
    pub(super) fn say_failed(&self, side: Side, call: &str, error: &io::Error, doing: &str) {
        let level = match (level_of(error), side) {
            (Level::Error, Side::Client) => Level::Info,
            (level, _) => level,
        };
        self.say(level, doing, format!("{call} failed ({})", refusal(error)).as_bytes());
    }

    /// Who has come.
    pub(super) fn greet(&self, connection: &Connection) {
        if self.reports(Level::Info) {
            let client = connection.client.map(|client| SocketAddr::new(client, connection.client_port));
            let text = format!("client {} connected to {}", address(client), self.server);
            self.write(Level::Info, &crate::syntax::encode(&text));
        }
    }

    /// Where it was passed on to.
    pub(super) fn say_connected(&self, plain: &Plain, peer: &str) {
        if self.reports(Level::Info) {
            let own = match plain {
                Plain::Tcp(tcp) => tcp.local_addr().ok(),
                Plain::Unix(_) => None,
            };
            let text = format!("proxy {} connected to {peer}", address(own));
            self.write(Level::Info, &crate::syntax::encode(&text));
        }
    }

    /// Who has ended it.
    pub(super) fn say_disconnected(&self, side: Side) {
        if self.reports(Level::Info) {
            let who = if side == Side::Peer { "upstream" } else { "client" };
            self.write(Level::Info, format!("{who} disconnected{}", self.bytes()).as_bytes());
        }
    }

    /// Says if the failure of a try was one too many for its peer.
    pub(super) fn say_disabled(&self, attempt: Option<usize>) {
        let attempt = attempt.and_then(|at| self.session.exchange.attempts.get(at));
        if let Some(attempt) = attempt.filter(|attempt| attempt.unavailable_until.is_some()) {
            let message = b"upstream server temporarily disabled";
            self.say_of(Level::Warn, "connecting to upstream", message, About::Upstream(&attempt.addr));
        }
    }

    /// Writes what the session has noted.
    pub(super) fn say_notes(&mut self) {
        if self.session.exchange.notes.is_empty() {
            return;
        }
        let notes = std::mem::take(&mut self.session.exchange.notes);
        for note in notes {
            let message = note.message(&self.streams.site, &self.streams.plan, &self.session.exchange);
            let level = Level::at(note.importance() as u8);
            match note {
                Note::NoLive => self.say(level, "connecting to upstream", &message),
                Note::Said(..) | Note::NoResolver(_) => self.say_of(level, "", &message, About::Session),
                _ => self.say_of(level, "initializing session", &message, About::Client),
            }
        }
    }

    /// Writes a session that is over to its access logs.
    pub(super) fn log(&mut self) {
        let (site, terms) = (&self.streams.site, self.terms);
        if terms.access_logs.is_empty() {
            return;
        }
        let mut complaints = Vec::new();
        let logs = (&*terms.access_logs, terms.log_cache.as_ref());
        let exchange = &mut self.session.exchange;
        self.worker.access.log(site, exchange, logs, &mut |level, message| complaints.push((level, message)));
        for (level, message) in complaints {
            self.say(level, "", &crate::syntax::encode(&message));
        }
    }
}
