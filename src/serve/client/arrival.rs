//! What comes before the first request of a connection: the PROXY protocol, and TLS (`ngx_http_ssl_handshake`).

use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use tokio::io::AsyncWriteExt;
use tokio_rustls::LazyConfigAcceptor;

use super::proxied;
use crate::exchange::{Connection, Exchange, Handshake, ListenerId, ServerId, Told};
use crate::serve::clock;
use crate::serve::local::complain;
use crate::serve::log::{Level, refusal};
use crate::serve::state::Worker;
use crate::serve::stream::{Plain, Stream};
use crate::serve::timers::Timer;
use crate::serve::tls::{self, Acceptor, Chosen, Hello, Refused, Secured};

/// A connection whose first request may come.
pub struct Arrived {
    /// The connection.
    pub stream: Stream,
    /// What was read already.
    pub rest: Vec<u8>,
    /// What is known of it.
    pub known: Known,
}

/// What came before requests said of a connection.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// What TLS says of it.
    pub secured: Option<Arc<Secured>>,
    /// What the PROXY protocol said.
    pub proxied: Option<Arc<dyn Told>>,
}

impl Arrived {
    /// One on which requests come first.
    pub fn plain(plain: Plain) -> Arrived {
        Arrived { stream: Stream::Plain(plain), rest: Vec::new(), known: Known::default() }
    }
}

impl Known {
    /// Lets the variables of a request tell of it.
    #[inline]
    pub fn tell(&self, exchange: &mut Exchange) {
        exchange.facts.secured = self.secured.clone().map(|secured| secured as Arc<dyn Told>);
        exchange.facts.proxied.clone_from(&self.proxied);
    }

    /// Logs why TLS does not fit a request, if it does not.
    #[inline]
    pub fn complain(&self, worker: &Worker, exchange: &Exchange) {
        if let Some(unfit) = exchange.unfit() {
            let of_certificate = self.secured.as_ref().map(|secured| secured.complaint(unfit));
            let message = of_certificate.unwrap_or_else(|| unfit.message().unwrap_or_default().to_owned());
            complain(worker, exchange, Level::Info, format_args!("{message} while reading client request headers"));
        }
    }

    /// The handshake is done, so what comes now is not early any more.
    #[inline]
    pub fn forget_early(&mut self) {
        if let Some(secured) = self.secured.as_mut().filter(|secured| secured.early) {
            Arc::make_mut(secured).early = false;
        }
    }
}

/// What nginx does meanwhile, as its log has it.
const HANDSHAKING: &str = "SSL handshaking";

/// One connection on its way.
struct Arrival<'w> {
    worker: &'w Worker,
    listener: ListenerId,
    connection: &'w mut Connection,
    timer: Timer,
}

/// Does what the listener wants first. Nothing where the connection came to its end, which was logged.
pub async fn arrive(
    worker: &Worker,
    plain: Plain,
    listener: ListenerId,
    connection: &mut Connection,
) -> Option<Arrived> {
    let of = worker.generation.site.listener(listener);
    let timer = worker.timers.timer();
    timer.set_after(worker.generation.terms.server(of.default).header_timeout);
    let proxied =
        if of.proxy_protocol { proxied::take(worker, &plain, listener, connection).await.ok()? } else { None };
    let mut arrival = Arrival { worker, listener, connection, timer };
    let acceptor = worker.generation.secure.acceptor(listener);
    let (stream, rest, secured) = match acceptor {
        Some(acceptor) => arrival.shake_hands(plain, acceptor).await?,
        None => (Stream::Plain(plain), Vec::new(), None),
    };
    Some(Arrived { stream, rest, known: Known { secured, proxied } })
}

impl Arrival<'_> {
    fn say(&self, level: Level, doing: &str, message: &str) {
        let server = self.worker.generation.site.server(self.first_server());
        let log = self.worker.logs.of(server.scope);
        self.worker.say(log, self.connection, level, doing, message);
    }

    fn first_server(&self) -> ServerId {
        let default = self.worker.generation.site.listener(self.listener).default;
        self.connection.handshake.map_or(default, |handshake| handshake.server)
    }

    /// Waits for something that must not take longer than the client has.
    async fn in_time<T>(&self, doing: &str, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        let done = poll_fn(|cx| match work.as_mut().poll(cx) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending => self.timer.poll(cx).map(|()| None),
        })
        .await;
        if done.is_none() {
            self.say(Level::Info, doing, "client timed out (110: Connection timed out)");
        }
        done
    }

    /// Looks at what came first, and leaves it where it is.
    async fn peek(&self, plain: &Plain, into: &mut [u8], doing: &str) -> Option<usize> {
        let peeked = self.in_time(
            doing,
            poll_fn(|cx| {
                loop {
                    std::task::ready!(plain.poll_readable(cx))?;
                    match plain.peek(into) {
                        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                        peeked => return Poll::Ready(peeked),
                    }
                }
            }),
        );
        match peeked.await? {
            Ok(0) => self.say(Level::Info, doing, "client closed connection"),
            Ok(count) => return Some(count),
            Err(error) => self.say(Level::Info, doing, &format!("recv() failed ({})", refusal(&error))),
        }
        None
    }

    async fn shake_hands(
        &mut self,
        plain: Plain,
        acceptor: &Acceptor,
    ) -> Option<(Stream, Vec<u8>, Option<Arc<Secured>>)> {
        let mut first = [0; 1];
        self.peek(&plain, &mut first, HANDSHAKING).await?;
        if !tls::looks_like_tls(first[0]) {
            return Some((Stream::Plain(plain), Vec::new(), None));
        }
        let mut hello = LazyConfigAcceptor::new(rustls::server::Acceptor::default(), plain);
        let started = self.in_time(HANDSHAKING, &mut hello).await?;
        let mut start = match started {
            Ok(start) => start,
            Err(error) => return self.fail(&error),
        };
        let (worker, connection) = (self.worker, &*self.connection);
        let default = worker.generation.site.listener(self.listener).default;
        let mut name = |server, hello: &Hello, text: &str| name(worker, connection, (server, default), hello, text);
        let chosen = acceptor.choose(&worker.generation.site, &start.client_hello(), unix(), &mut name);
        let chosen = match chosen {
            Ok(chosen) => chosen,
            Err(refused) => {
                // Whether it arrives or not, the connection is over.
                let _ = start.io.write_all(self.alert(refused)).await;
                return None;
            }
        };
        let shaking = start.into_stream_with(chosen.config.clone(), |connection| chosen.prepare(connection));
        match self.in_time(HANDSHAKING, shaking).await? {
            Ok(stream) => Some(self.settle(stream, chosen)),
            Err(error) => self.fail(&error),
        }
    }

    /// The alert for a handshake that is refused.
    fn alert(&self, refused: Refused) -> &'static [u8] {
        match refused {
            Refused::Rejected => {
                self.say(Level::Info, HANDSHAKING, tls::REJECTED);
                &tls::UNRECOGNIZED_NAME
            }
            Refused::Certificate(message) => {
                self.say(Level::Error, HANDSHAKING, &message);
                self.say(Level::Info, HANDSHAKING, tls::NO_CERTIFICATE);
                &tls::INTERNAL_ERROR
            }
        }
    }

    fn fail<T>(&self, error: &io::Error) -> Option<T> {
        match tls::inner(error) {
            Some(error) => self.say(Level::Info, HANDSHAKING, &tls::handshake(error)),
            None if error.kind() == io::ErrorKind::UnexpectedEof => self.say(Level::Info, HANDSHAKING, tls::CLOSED),
            None => {
                self.say(Level::Info, HANDSHAKING, &format!("{} ({})", tls::CLOSED, refusal(error)));
            }
        }
        None
    }

    /// The handshake is done.
    fn settle(
        &mut self,
        mut stream: tokio_rustls::server::TlsStream<Plain>,
        chosen: Chosen,
    ) -> (Stream, Vec<u8>, Option<Arc<Secured>>) {
        let (server, named) = (chosen.server, chosen.named);
        let connection = stream.get_mut().1;
        let mut secured = chosen.secured(connection, unix().cast_signed());
        let rest = tls::early_data(connection, &mut secured);
        self.connection.tls = true;
        self.connection.handshake = Some(Handshake { server, named, certificate: secured.certificate() });
        (Stream::Server(Box::new(stream)), rest, Some(Arc::new(secured)))
    }
}

/// Seconds since 1970.
fn unix() -> u64 {
    (clock::epoch() + clock::now().0) / 1000
}

/// The name of a certificate's file that is given by variables, before there is a request. The text is the server's, or
/// the default server's where it has no certificates.
fn name(
    worker: &Worker,
    connection: &Connection,
    (server, default): (ServerId, ServerId),
    hello: &Hello,
    text: &str,
) -> String {
    let generation = &worker.generation;
    let mut exchange = Exchange::default();
    exchange.epoch = clock::epoch();
    exchange.wait_in(&generation.site, server, connection, clock::now());
    exchange.facts.secured = Some(Arc::new(Secured::of_hello(hello)));
    let mut of = |server| generation.terms.server(server).certificates.name(text, &generation.site, &mut exchange);
    let value = of(server).or_else(|| of(default));
    value.map_or_else(|| text.to_owned(), |value| crate::syntax::decode(&value))
}
