//! The life of one request, without IO: route, limit, pick, attempt, next upstream, answer.

mod attempt;
mod files;
mod request;
mod route;
mod site;
mod state;
mod value;

pub use attempt::{Attempt, Ending};
pub use files::Files;
pub use request::{Connection, Line, Request, Slice};
pub use route::{Content, Destination, Failed, Found, Reply, Route, To};
pub use site::{Handler, Listener, ListenerId, Location, LocationId, Passed, Server, ServerId, Site};
pub use state::Exchange;
pub use value::Template;
