//! The sessions of `stream`: what a [`Session`] asks for is done, and told.
//!
//! Bytes go from socket to socket through the worker's scratch buffer; only what the other side does not take at once is
//! kept, up to `proxy_buffer_size`. So an idle session owns no buffer.

mod connect;
mod relay;
mod say;

use std::cell::OnceCell;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;

use super::client::pace::Pace;
use super::client::proxied::{Untold, take_header};
use super::clock;
use super::generation::Streams;
use super::log::{Level, refusal};
use super::state::Worker;
use super::stream::{Plain, Stream};
use super::timers::Timer;
use crate::balance::Millis;
use crate::exchange::session::{Ends, Happened, Session, SessionTerms, Side, Step};
use crate::exchange::{Connection, ListenerId, Slice, Told};
use relay::Way;

/// How long a client may take for some of a text that it is sent, in milliseconds.
const RETURN_TIMEOUT: u64 = 5000;

/// A session under way.
struct Driver<'w> {
    worker: &'w Worker,
    streams: &'w Streams,
    terms: &'w SessionTerms,
    session: Box<Session>,
    client: Stream,
    /// From the first connection that stands.
    peer: Option<Stream>,
    /// What is on its way to the client and to the peer.
    down: Way,
    up: Way,
    ends: Ends,
    timer: Timer,
    /// Where the socket listens.
    server: String,
    /// When the content phase began, and how fast each side is read, if there is a limit: client, peer.
    arrived: Millis,
    paces: [Option<Pace>; 2],
    /// What `proxy_bind` says, once that is known.
    local: OnceCell<Option<SocketAddr>>,
}

/// Serves a client, which came to the socket of a listener, to the end of its session.
pub async fn run(worker: &Worker, socket: ListenerId, plain: Plain, connection: Connection) {
    let Some(streams) = &worker.generation.streams else { return };
    let site = &streams.site;
    let listener = connection.server.and_then(|server| site.listener_at(server)).unwrap_or(socket);
    let of = site.listener(listener);
    let mut session = Box::new(Session::default());
    session.exchange.epoch = clock::epoch();
    session.start(site, of.default, &connection, clock::now());
    (session.exchange.facts.pid, session.exchange.facts.zone) = (worker.pid, worker.zone());
    let driver = Driver {
        worker,
        streams,
        terms: streams.sessions.server(of.default),
        session,
        client: Stream::Plain(plain),
        peer: None,
        down: Way::default(),
        up: Way::default(),
        ends: Ends::default(),
        timer: worker.timers.timer(),
        server: site.listener(socket).address.to_string(),
        arrived: clock::now(),
        paces: [None, None],
        local: OnceCell::new(),
    };
    driver.drive(connection, of.proxy_protocol).await;
}

impl Driver<'_> {
    async fn drive(mut self, mut connection: Connection, is_told: bool) {
        self.greet(&connection);
        let mut step = match self.listen(&mut connection, is_told).await {
            Ok(told) => {
                self.session.exchange.facts.proxied = told;
                self.arrived = clock::now();
                self.worker.arrive_session(&mut self.session, &connection, self.terms)
            }
            Err(broken) => self.worker.reject_session(&mut self.session, broken),
        };
        if let Plain::Tcp(tcp) = self.client.socket()
            && self.terms.no_delay
        {
            // That it fails says only that the client has gone.
            let _ = tcp.set_nodelay(true);
        }
        loop {
            self.say_notes();
            let happened = match step {
                Step::Resolve => self.resolve().await,
                Step::Connect => self.connect().await,
                Step::Relay => self.relay().await,
                Step::Return(text) => self.give(text).await,
                Step::Done => break,
            };
            let tried = self.session.exchange.attempts.len().checked_sub(1);
            step = self.worker.tell_session(&mut self.session, happened);
            if happened == Happened::Refused || happened == Happened::ConnectTimeout {
                self.say_disabled(tried);
            }
        }
        self.log();
    }

    /// Takes what the PROXY protocol says, if the client is to speak it; or whether that was broken.
    async fn listen(&self, connection: &mut Connection, is_told: bool) -> Result<Option<Arc<dyn Told>>, bool> {
        if !is_told {
            return Ok(None);
        }
        let untold = match take_header(self.worker, self.client.socket(), self.terms.header_timeout, connection).await {
            Ok(told) => return Ok(told),
            Err(untold) => untold,
        };
        let doing = "reading PROXY protocol";
        match untold {
            Untold::Late => self.say(Level::Info, doing, b"client timed out (110: Connection timed out)"),
            Untold::Failed(error) => {
                self.say(Level::Info, doing, format!("recv() failed ({})", refusal(&error)).as_bytes());
            }
            Untold::Broken { message, .. } => {
                if !message.is_empty() {
                    self.say(Level::Error, doing, &message);
                }
                return Err(true);
            }
        }
        Err(false)
    }

    /// Sends a text: `ngx_stream_return_write_handler`.
    async fn give(&mut self, text: Slice) -> Happened {
        let Driver { session, streams, client, timer, .. } = self;
        let mut rest = session.exchange.text(&streams.site, text);
        timer.set_after(RETURN_TIMEOUT);
        let mut sent = 0;
        let done: Option<io::Result<()>> = poll_fn(|cx| {
            while !rest.is_empty() {
                match client.poll_write(cx, rest) {
                    Poll::Ready(Ok(count)) => {
                        rest = &rest[count..];
                        sent += count as u64;
                        timer.set_after(RETURN_TIMEOUT);
                    }
                    Poll::Ready(Err(error)) => return Poll::Ready(Some(Err(error))),
                    Poll::Pending => return timer.poll(cx).map(|()| None),
                }
            }
            Poll::Ready(Some(Ok(())))
        })
        .await;
        self.session.exchange.facts.bytes_sent += sent;
        let doing = "returning text";
        match done {
            Some(Ok(())) => Happened::Over,
            Some(Err(error)) => {
                self.say_failed(Side::Client, "writev()", &error, doing);
                Happened::Failed
            }
            None => {
                self.say(Level::Info, doing, b"connection timed out (110: Connection timed out)");
                Happened::Over
            }
        }
    }
}
