//! The life of one request, without IO: route, limit, pick, attempt, next upstream, answer.
//!
//! A configuration is compiled once, into a [`Site`] that says where requests go and a [`Plan`] that says what happens to
//! them there. An [`Exchange`] is one request: [`Exchange::start`] takes its head, [`Exchange::arrive`] sets it going, and
//! from then on the driver does what each [`Action`] says and tells by [`Exchange::on`] what happened.

pub mod answer;
mod attempt;
mod facts;
pub mod body;
mod files;
mod headers;
mod life;
pub mod limits;
mod passed;
mod plan;
mod request;
mod route;
mod secured;
mod site;
mod state;
mod terms;
mod upstream;
mod value;
mod world;

pub use attempt::{Attempt, Attempts, Ending};
pub use facts::{Facts, Told};
pub use files::Files;
pub use headers::Headers;
pub use life::{Action, Event};
pub use passed::{Body, Certificates, Cgi, Http, HttpVersion, Memcached, Own as CgiOwn, SecurePass};
pub use plan::Plan;
pub use request::{Connection, Line, Request, Slice};
pub use route::{Content, Destination, Failed, Found, Reply, Route, To};
pub use secured::{ClientCertificate, Handshake, Unfit, VerifyClient};
pub use site::{Handler, Listener, ListenerId, Location, LocationId, Passed, Server, ServerId, Site};
pub use state::Exchange;
pub use terms::{Buffering, Lingering, ServerTerms, Terms, TermsOf};
pub use upstream::{Affinity, Destined, Key, Located, Name, Next, Passing, Tries, Upstream, Wrong};
pub use value::{Template, http_time};
pub use world::{Memory, Ticket, World};
