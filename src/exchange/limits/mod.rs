//! What may keep a request from its upstream: `limit_req` and `limit_conn`. Their zones are shared by all workers.

mod connections;
mod judge;
mod location;
mod requests;

pub use connections::{ConnectionZone, Held};
pub use location::{LocationLimits, ZoneKeys};
pub use requests::{Judged, Limited, Rate, RequestLimit, RequestZone, Verdict, check};
