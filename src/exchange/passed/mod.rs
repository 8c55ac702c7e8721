//! What is sent to an upstream, by the protocol that it speaks.

mod cgi;
mod http;
mod near;
mod rewrites;
mod secure;
mod uri;

pub use cgi::{Cgi, Memcached, Own};
pub use http::{Body, Http, HttpVersion};
pub use near::{Local, NearEnd};
pub use rewrites::Rewritten;
pub use secure::{Certificates, SecurePass};
