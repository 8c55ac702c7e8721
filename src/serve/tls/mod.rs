//! TLS of listeners and towards upstreams, by rustls: settings read once from a configuration, and what is to be said
//! of a connection. Sockets are the caller's.
//!
//! A listener's way: [`looks_like_tls`] on the first byte; rustls' `Acceptor` (tokio-rustls' `LazyConfigAcceptor`)
//! reads the hello; [`Acceptor::choose`] says with which settings to go on; [`Chosen::prepare`] before,
//! [`Chosen::secured`] after the handshake. [`Secured::certificate`] is what requests are judged by, [`variable`] gives the
//! values of `$ssl_*`. An upstream's way: [`connector`] once for a location, [`Connector::target`], the handshake,
//! [`Connector::check`].
//!
//! What rustls does not do, [`unsupported`] says at start.

mod certificates;
mod ciphers;
mod client;
mod der;
mod dn;
mod encrypted;
mod errors;
mod hello;
mod limits;
mod loader;
mod names;
mod pem;
mod provider;
mod secured;
mod server;
mod sessions;
#[cfg(test)]
mod tests;
mod unsupported;
mod variables;
mod verify;

use rustls::DistinguishedName;

use crate::config::{Config, ScopeId, Setting};
use crate::syntax::Place;

pub use client::{Connector, Target, connector};
pub use errors::{CLOSED, NO_CERTIFICATE, REJECTED, handshake, inner, looks_like_tls};
pub use hello::Hello;
pub use pem::{Files, Kept};
pub use secured::{Secured, early_data};
pub use server::{Acceptor, Chosen, INTERNAL_ERROR, Refused, ServerTls, UNRECOGNIZED_NAME, acceptors};
pub use sessions::Sessions;
pub use unsupported::unsupported;
pub use variables::variable;
pub use verify::Reason;

/// Why there is no TLS: a fault at start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// nginx's words, or ours where it has none.
    pub message: String,
    /// The directive to blame.
    pub place: Place,
}

impl Fault {
    fn of(setting: &Setting, message: String) -> Fault {
        Fault { message, place: setting.place }
    }

    fn in_scope(config: &Config, scope: ScopeId, message: String) -> Fault {
        Fault { message, place: config.scope(scope).opened }
    }
}

/// Adds the certificates of a setting's file to those that are trusted; the result is their names.
fn authorities(
    setting: Option<&Setting>,
    files: &Files,
    store: &mut verify::Store,
) -> Result<Vec<DistinguishedName>, Fault> {
    let Some(setting) = server::named(setting) else { return Ok(Vec::new()) };
    let name = setting.arg(1);
    let read = files.certificates(name);
    let certificates =
        read.map_err(|why| Fault::of(setting, format!("cannot load certificate \"{}\": {why}", files.path(name))))?;
    store.trust(&certificates);
    let mut names: Vec<DistinguishedName> = Vec::new();
    for name in certificates.iter().filter_map(|der| verify::subject(der)) {
        if !names.iter().any(|known| known.as_ref() == name) {
            names.push(DistinguishedName::from(name));
        }
    }
    Ok(names)
}

fn revocations(setting: Option<&Setting>, files: &Files, store: &mut verify::Store) -> Result<(), Fault> {
    let Some(setting) = server::named(setting) else { return Ok(()) };
    let name = setting.arg(1);
    let read = files.revocations(name);
    store.revoke(read.map_err(|why| Fault::of(setting, format!("cannot load CRL \"{}\": {why}", files.path(name))))?);
    Ok(())
}

fn passwords(setting: Option<&Setting>, files: &Files) -> Result<Vec<Vec<u8>>, Fault> {
    let Some(setting) = setting else { return Ok(Vec::new()) };
    let name = setting.arg(1);
    let read = files.passwords(name);
    read.map_err(|why| Fault::of(setting, format!("open() \"{}\" failed ({why})", files.path(name))))
}
