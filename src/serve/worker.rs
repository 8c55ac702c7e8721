//! One worker: a thread with its own runtime, which accepts connections until it is told to stop and has drained.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;

use tokio::net::{TcpListener, TcpStream, UnixListener};
use tokio::sync::watch;
use tokio::task::{LocalSet, spawn_local};

use super::client::arrival::{Arrived, arrive};
use super::client::http1::Http1;
use super::client::http2;
use super::clock;
use super::generation::Generation;
use super::local::State;
use super::log::{Level, Logs, MAIN};
use super::names;
use super::process::{Order, Socket, Takes};
use super::session;
use super::state::Worker;
use super::stream::Plain;
use crate::exchange::{Connection, ListenerId};

/// All that a worker starts with.
pub struct Seed {
    /// Which of its generation's workers, from 0.
    pub number: usize,
    /// The configuration.
    pub generation: Arc<Generation>,
    /// What it listens on, not blocking; its own to close. The listener is the one of the socket's address: where all
    /// interfaces are listened on, connections may belong to another one of the port, see `Site::listener_at`.
    pub sockets: Vec<(Takes, Socket)>,
    /// What it is told.
    pub orders: watch::Receiver<Order>,
    /// The logs of its generation.
    pub logs: Arc<Logs>,
}

/// Serves until an order to end has been followed.
pub fn run(seed: Seed) {
    // Sockets come in crowds: looking at the clock and at new events less often saves calls.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().event_interval(127).build();
    match runtime {
        Ok(runtime) => LocalSet::new().block_on(&runtime, serve(seed)),
        Err(error) => seed.logs.error(MAIN, Level::Emerg, None, format_args!("epoll_create() failed ({error})")),
    }
}

async fn serve(seed: Seed) {
    let Seed { number, generation, sockets, mut orders, logs } = seed;
    let worker = Worker::new(number, generation, logs);
    spawn_local(Rc::clone(&worker.timers).tick());
    let watched = Rc::clone(&worker);
    spawn_local(async move { watched.pools.watch().await });
    names::watch_zones(&worker);
    let watched = Rc::clone(&worker);
    spawn_local(async move { watched.access.watch().await });
    let accepting: Vec<_> =
        sockets.into_iter().map(|(takes, socket)| spawn_local(accept(Rc::clone(&worker), takes, socket))).collect();
    let order = orders.wait_for(|order| *order != Order::Run).await.map_or(Order::Stop, |order| *order);
    for task in &accepting {
        task.abort();
    }
    if order == Order::Quit {
        worker.logs.error(MAIN, Level::Notice, None, format_args!("gracefully shutting down"));
        worker.is_leaving.set(true);
        worker.pools.clear();
        worker.timers.wake_all();
        let stopped = orders.wait_for(|order| *order == Order::Stop);
        tokio::select! {
            () = drained(&worker) => {}
            _ = stopped => cut(&worker).await,
        }
    }
    worker.access.flush();
}

/// Waits until all connections are closed.
async fn drained(worker: &Worker) {
    let timer = worker.timers.timer();
    poll_fn(|cx| {
        // Connections wake all timers when they end.
        let _ = timer.poll(cx);
        if worker.connections.get() == 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// Ends what is still under way, and gives requests of HTTP/2 a moment to be logged: their client is gone.
async fn cut(worker: &Worker) {
    /// In milliseconds. A request that does not mind whether its client is there is not waited for.
    const MOMENT: u64 = 200;
    worker.is_cut.set(true);
    worker.timers.wake_all();
    let timer = worker.timers.timer();
    timer.set_after(MOMENT);
    poll_fn(|cx| if worker.streams.get() == 0 { Poll::Ready(()) } else { timer.poll(cx) }).await;
}

/// A socket that is listened on.
enum Listening {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Listening {
    fn new(socket: Socket) -> io::Result<Listening> {
        match socket {
            Socket::Tcp(socket) => TcpListener::from_std(socket).map(Listening::Tcp),
            Socket::Unix(socket) => UnixListener::from_std(socket).map(Listening::Unix),
        }
    }

    async fn accept(&self) -> io::Result<(Plain, Option<SocketAddr>)> {
        match self {
            Listening::Tcp(socket) => {
                socket.accept().await.map(|(stream, address)| (Plain::Tcp(stream), Some(address)))
            }
            Listening::Unix(socket) => socket.accept().await.map(|(stream, _)| (Plain::Unix(stream), None)),
        }
    }
}

async fn accept(worker: Rc<Worker>, takes: Takes, socket: Socket) {
    let Ok(listening) = Listening::new(socket) else { return };
    loop {
        match listening.accept().await {
            Ok((plain, client)) => match takes {
                Takes::Http(listener) => begin(&worker, listener, plain, client),
                Takes::Stream(listener) => begin_session(&worker, listener, plain, client),
            },
            Err(error) => {
                worker.logs.error(
                    MAIN,
                    Level::Crit,
                    None,
                    format_args!("accept4() failed ({})", super::log::refusal(&error)),
                );
                // Out of files: nginx, too, stops accepting for half a second.
                worker.timers.timer().wait_until(super::clock::now().plus(500)).await;
            }
        }
    }
}

/// The number of the next connection: `$connection`.
fn next_number() -> u64 {
    static NUMBER: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1
}

fn begin(worker: &Rc<Worker>, listener: ListenerId, plain: Plain, client: Option<SocketAddr>) {
    let site = &worker.generation.site;
    let connection = connection(&plain, client);
    let listener = connection.server.and_then(|server| site.listener_at(server)).unwrap_or(listener);
    if let Plain::Tcp(tcp) = &plain {
        // Without it answers wait for acknowledgements; that it fails says only that the client has gone.
        let _ = tcp.set_nodelay(true);
    }
    let open = Open::new(worker);
    let of = site.listener(listener);
    let is_tls = of.tls;
    let waits = is_tls || of.proxy_protocol;
    let greets = !is_tls && http2::is_on(worker, listener);
    if waits || greets {
        spawn_local(clock::timed(greet(open, plain, listener, connection)));
    } else {
        let client = Box::new(Http1::new(worker, Arrived::plain(plain), listener, connection));
        spawn_local(clock::timed(talk(open, client)));
    }
}

fn begin_session(worker: &Rc<Worker>, listener: ListenerId, plain: Plain, client: Option<SocketAddr>) {
    let connection = connection(&plain, client);
    let open = Open::new(worker);
    spawn_local(clock::timed(async move {
        session::run(&open.0, listener, plain, connection).await;
    }));
}

/// What is known of a connection before its first byte.
fn connection(plain: &Plain, client: Option<SocketAddr>) -> Connection {
    Connection {
        client: client.map(|client| client.ip().to_canonical()),
        client_port: client.map_or(0, |client| client.port()),
        server: local_address(plain),
        number: next_number(),
        ..Connection::default()
    }
}

/// Serves a client that speaks HTTP/1. What is large stands apart, so that an idle connection is small.
async fn talk(open: Open, mut client: Box<Http1>) {
    client.run(&open.0).await;
}

/// Serves a client that has to say more before its first request, or which version of HTTP it speaks.
async fn greet(open: Open, plain: Plain, listener: ListenerId, mut connection: Connection) {
    let worker = Rc::clone(&open.0);
    let Some(arrived) = Box::pin(arrive(&worker, plain, listener, &mut connection)).await else { return };
    let secured = arrived.known.secured.as_ref();
    if secured.is_some_and(|secured| secured.is_http2()) {
        Box::pin(http2::run(worker, arrived, listener, connection)).await;
    } else if !worker.generation.site.listener(listener).tls && http2::is_on(&worker, listener) {
        Box::pin(http2::greet(worker, arrived, listener, connection)).await;
    } else {
        talk(open, Box::new(Http1::new(&worker, arrived, listener, connection))).await;
    }
}

fn local_address(plain: &Plain) -> Option<SocketAddr> {
    let address = |tcp: &TcpStream| tcp.local_addr().ok();
    match plain {
        Plain::Tcp(tcp) => address(tcp),
        Plain::Unix(_) => None,
    }
}

/// Counts an open connection.
struct Open(Rc<Worker>);

impl Open {
    fn new(worker: &Rc<Worker>) -> Open {
        worker.connections.set(worker.connections.get() + 1);
        for state in [State::Accepted, State::Handled, State::Active] {
            worker.counts.add(state);
        }
        Open(Rc::clone(worker))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let left = self.0.connections.get() - 1;
        self.0.connections.set(left);
        self.0.counts.remove(State::Active);
        if left == 0 && self.0.is_leaving.get() {
            self.0.timers.wake_all();
        }
    }
}
