//! The life of one request, without IO: route, limit, pick, attempt, next upstream, answer.
//!
//! A configuration is compiled once, into a [`Site`] that says where requests go and a [`Plan`] that says what happens to
//! them there. An [`Exchange`] is one request: [`Exchange::start`] takes its head, [`Exchange::arrive`] sets it going, and
//! from then on the driver does what each [`Action`] says and tells by [`Exchange::on`] what happened.

mod access_log;
pub mod answer;
mod aside;
mod attempt;
pub mod body;
mod facts;
mod files;
mod guard;
mod headers;
mod life;
pub mod limits;
mod local;
mod notes;
mod passed;
mod plan;
mod recorded;
mod request;
mod route;
mod secured;
pub mod session;
mod site;
mod state;
mod stored;
mod terms;
mod upstream;
mod value;
mod world;

pub use access_log::{AccessLog, LogCache, LogFormat, LogTo};
pub use aside::{Mirror, Sub};
pub use attempt::{Attempt, Attempts, Ending};
pub use facts::{Facts, Told};
pub use files::{Files, Links, Unread};
pub use headers::Headers;
pub use life::{Action, Event};
pub use local::{Autoindex, Format, LocalTerms};
pub use notes::{Importance, Note};
pub use passed::{Body, Certificates, Cgi, Http, HttpVersion, Local, Memcached, NearEnd, Own as CgiOwn, SecurePass};
pub use plan::Plan;
pub use recorded::{names as record_names, record};
pub use request::{Connection, Line, Request, Slice};
pub use route::{Content, Destination, Failed, Found, Reply, Route, To};
pub use secured::{ClientCertificate, Handshake, Unfit, VerifyClient};
pub use site::{Asks, Handler, Listener, ListenerId, Location, LocationId, Passed, Server, ServerId, Site};
pub use state::Exchange;
pub use stored::Storing;
pub use terms::{BodyInFile, Buffering, Lingering, ServerTerms, Terms, TermsOf};
pub use upstream::{Affinity, Cookie, Destined, Ignored, Key, Located, Name, Next, Passing, Tries, Upstream, Wrong};
pub use value::{Template, http_time, list_time, xml_time};
pub use world::{Memory, Ticket, World};
