//! Upstreams: connections to peers, kept and used again, and what goes over them.

mod attempt;
mod connect;
mod framing;
mod idle;
mod link;
mod relay;
mod secure;

pub use attempt::attempt;
pub use idle::Pools;
pub use link::Link;
pub use relay::forward;
