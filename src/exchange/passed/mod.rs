//! What is sent to an upstream, by the protocol that it speaks.

mod http;
mod uri;

pub use http::{Body, Http, HttpVersion};
pub use uri::escape as escape_uri;
