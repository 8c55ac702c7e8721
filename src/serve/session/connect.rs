//! One try at one peer: `ngx_stream_proxy_connect` and `ngx_stream_proxy_init_upstream`. What the client says meanwhile is
//! read, as nginx does, and goes to the peer after the PROXY protocol.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::pin;
use std::task::Poll;

use tokio::task::yield_now;

use super::Driver;
use super::say::About;
use crate::config::ip_text;
use crate::config::values::size;
use crate::exchange::Local;
use crate::exchange::session::{Happened, Side};
use crate::serve::client::pace::Pace;
use crate::serve::log::{Level, refusal};
use crate::serve::stream::{Plain, Stream};
use crate::serve::upstream::{CONNECTING, TIMED_OUT, Unconnected, connect_call, connect_plain, level_of};
use crate::syntax::{decode, encode};
use crate::wire::proxy_protocol;

/// What nginx is about.
fn connecting() -> &'static str {
    CONNECTING.strip_prefix("while ").unwrap_or(CONNECTING)
}

impl Driver<'_> {
    /// Finds the addresses of the name that variables gave.
    pub(super) async fn resolve(&mut self) -> Happened {
        let Some(name) = self.session.exchange.name_to_resolve(&self.streams.site) else { return Happened::Failed };
        let name = decode(name);
        let name = name.strip_suffix('.').unwrap_or(&name);
        let Some((resolver, timeout)) = self.worker.resolver(self.terms.scope) else { return Happened::Failed };
        let mut looking = pin!(resolver.addresses(name, timeout));
        let found = poll_fn(|cx| {
            let found = looking.as_mut().poll(cx);
            if found.is_pending() {
                self.read_ahead(cx);
            }
            found
        })
        .await;
        match found {
            Ok(found) => {
                self.session.exchange.addresses = found.addresses;
                Happened::Resolved
            }
            Err(failure) => {
                let message = format!("{name} could not be resolved ({failure})");
                self.say_of(Level::Error, "", &encode(&message), About::Session);
                Happened::Failed
            }
        }
    }

    /// Connects to the peer of the last attempt.
    pub(super) async fn connect(&mut self) -> Happened {
        let local = self.local();
        let exchange = &self.session.exchange;
        let Some(addr) = exchange.attempts.last().map(|attempt| attempt.addr.clone()) else { return Happened::Failed };
        self.timer.set_after(exchange.passing().connect_timeout);
        let mut reaching = pin!(connect_plain(&addr, &self.terms.near, local));
        // A near peer is there in one turn of the loop: before what the client says, which then goes at its rate.
        let mut turn = pin!(yield_now());
        let mut turned = false;
        let reached = poll_fn(|cx| {
            if let Poll::Ready(reached) = reaching.as_mut().poll(cx) {
                return Poll::Ready(Some(reached));
            }
            turned = turned || turn.as_mut().poll(cx).is_ready();
            if turned {
                self.read_ahead(cx);
            }
            self.timer.poll(cx).map(|()| None)
        })
        .await;
        self.timer.clear();
        match reached {
            Some(Ok(plain)) => self.stand(plain, &addr),
            Some(Err(why)) => self.unconnected(&why, &addr),
            None => {
                self.say(Level::Error, connecting(), TIMED_OUT);
                Happened::ConnectTimeout
            }
        }
    }

    /// What `proxy_bind` says, which is asked once.
    fn local(&mut self) -> Option<SocketAddr> {
        if let Some(known) = self.local.get() {
            return *known;
        }
        let found = self.find_local();
        *self.local.get_or_init(|| found)
    }

    fn find_local(&mut self) -> Option<SocketAddr> {
        match self.terms.near.local(&self.streams.site, &mut self.session.exchange) {
            Local::Any => None,
            Local::Address(address) => Some(address),
            Local::Invalid(text) => {
                let message = format!("invalid local address \"{text}\"");
                self.say_of(Level::Error, "", message.as_bytes(), About::Session);
                None
            }
        }
    }

    fn stand(&mut self, plain: Plain, addr: &str) -> Happened {
        if let Plain::Tcp(tcp) = &plain
            && self.terms.no_delay
            && let Err(error) = tcp.set_nodelay(true)
        {
            self.say_failed(Side::Peer, "setsockopt(TCP_NODELAY)", &error, connecting());
            return Happened::Refused;
        }
        self.say_connected(&plain, addr);
        if self.terms.tells_client {
            let connection = self.session.exchange.request.connection();
            let client = connection.client.map(|client| SocketAddr::new(client, connection.client_port));
            let mut header = Vec::new();
            proxy_protocol::write(client, connection.server, ip_text, &mut header);
            self.up.put_first(&header);
        }
        self.paces = [self.find_pace(Side::Client), self.find_pace(Side::Peer)];
        self.peer = Some(Stream::Plain(plain));
        Happened::Connected
    }

    /// How fast a side is read.
    fn find_pace(&mut self, from: Side) -> Option<Pace> {
        let exchange = &mut self.session.exchange;
        let [up, down] = &self.terms.rates;
        let (rate, received) = match from {
            Side::Client => (up.as_ref()?, exchange.facts.request_length),
            Side::Peer => (down.as_ref()?, 0),
        };
        let value = rate.eval(&self.streams.site, exchange);
        let text = exchange.text(&self.streams.site, value);
        let Some(rate) = std::str::from_utf8(text).ok().and_then(size) else {
            let message = [b"invalid size \"", text, b"\""].concat();
            self.say(Level::Error, connecting(), &message);
            return None;
        };
        Pace::of_session(self.worker, rate, self.arrived, received)
    }

    fn unconnected(&self, why: &Unconnected, addr: &str) -> Happened {
        match why {
            Unconnected::Refused(error) => {
                let message = format!("{} failed ({})", connect_call(addr, error), refusal(error));
                self.say(level_of(error), connecting(), message.as_bytes());
                Happened::Refused
            }
            Unconnected::Unsafe(message) => {
                self.say(Level::Error, connecting(), message.as_bytes());
                Happened::Refused
            }
            Unconnected::Here(level, message) => {
                self.say(*level, connecting(), message.as_bytes());
                Happened::Failed
            }
        }
    }
}
