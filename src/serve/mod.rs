//! The live driver: sockets, TLS, timers and processes around the [`exchange`](crate::exchange), on tokio.

pub mod tls;
