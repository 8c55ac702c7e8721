//! One worker: a thread with its own runtime, which accepts connections until it is told to stop and has drained.

use std::sync::Arc;

use tokio::sync::watch;

use super::generation::Generation;
use super::log::{Level, Logs, MAIN};
use super::process::{Order, Socket};
use crate::exchange::ListenerId;

/// All that a worker starts with.
pub struct Seed {
    /// Which of its generation's workers, from 0.
    pub number: usize,
    /// The configuration.
    pub generation: Arc<Generation>,
    /// What it listens on, not blocking; its own to close. The listener is the one of the socket's address: where all
    /// interfaces are listened on, connections may belong to another one of the port, see `Site::listener_at`.
    pub sockets: Vec<(ListenerId, Socket)>,
    /// What it is told.
    pub orders: watch::Receiver<Order>,
    /// The logs of its generation.
    pub logs: Arc<Logs>,
}

/// Serves until an order to end has been followed.
pub fn run(seed: Seed) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(serve(seed)),
        Err(error) => seed.logs.error(MAIN, Level::Emerg, None, format_args!("epoll_create() failed ({error})")),
    }
}

async fn serve(seed: Seed) {
    let Seed { sockets, mut orders, logs, .. } = seed;
    let mut accepting = tokio::task::JoinSet::new();
    for (_, socket) in sockets {
        accepting.spawn(async move {
            match socket {
                Socket::Tcp(socket) => {
                    let Ok(socket) = tokio::net::TcpListener::from_std(socket) else { return };
                    loop {
                        let _ = socket.accept().await;
                    }
                }
                Socket::Unix(socket) => {
                    let Ok(socket) = tokio::net::UnixListener::from_std(socket) else { return };
                    loop {
                        let _ = socket.accept().await;
                    }
                }
            }
        });
    }
    let order = orders.wait_for(|order| *order != Order::Run).await.map_or(Order::Stop, |order| *order);
    if order == Order::Quit {
        logs.error(MAIN, Level::Notice, None, format_args!("gracefully shutting down"));
    }
    accepting.shutdown().await;
}
