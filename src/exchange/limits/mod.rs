//! What may keep a request from its upstream: `limit_req` and `limit_conn`. Their zones are shared by all workers.

mod connections;
mod requests;

pub use connections::{ConnectionZone, Held};
pub use requests::{Rate, RequestLimit, RequestZone, Verdict, check};
