//! Upstreams: connections to peers, kept and used again, and what goes over them.

mod answer;
mod attempt;
mod connect;
mod framing;
mod hints;
mod http2;
mod idle;
mod link;
mod relay;
mod request;
mod say;
mod secure;
mod speaks;
mod store;
mod tunnel;

pub use attempt::attempt;
pub use connect::{Unconnected, connect_plain};
pub use idle::Pools;
pub use link::Link;
pub use relay::forward;
pub use say::{CONNECTING, TIMED_OUT, connect_call, level_of, say_judged};
pub use speaks::{Asked, Reading};
