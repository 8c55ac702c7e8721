//! TLS of servers in `http`, `stream` and `mail`: the directives of their ssl modules, read and merged alike. What TLS
//! towards upstreams has in common with it, `proxy_ssl` calls.

mod ciphers;
mod context;
mod library;
mod listeners;
mod readers;
mod required;
mod stapling;

pub use context::{Tls, authority, context, load, revocations};
pub use library::{ciphers, commands};
pub use listeners::listeners;
pub use readers::{Builtin, SessionCache, ocsp_cache, post_ssl, session_cache};
pub use required::{AskedBy, Pair, pairs};
