//! The TLS of one configuration: what its listeners and its locations need for handshakes, made once for all workers.

use std::sync::Arc;

use super::tls::{Acceptor, Connector, Fault, Files, Kept, Sessions, acceptors, connector};
use crate::config::{Config, ScopeId};
use crate::exchange::{HttpVersion, ListenerId, LocationId, Site, Terms};
use crate::modules::Target;
use crate::modules::shared::pass::{self, Protocol};

/// The TLS of a configuration.
#[derive(Debug)]
pub struct Secure {
    acceptors: Vec<Option<Acceptor>>,
    connectors: Vec<Option<Box<Connector>>>,
    /// Of all configurations, one after the other.
    sessions: Arc<Sessions>,
    /// The files that were read; none if the next configuration is to read all anew.
    kept: Option<Arc<Kept>>,
}

impl Secure {
    /// Reads certificates, keys and lists; the sessions of `previous` are kept.
    ///
    /// # Errors
    /// What stands against the first that cannot be used.
    pub fn new(
        config: &Config,
        target: &Target,
        site: &Site,
        terms: &Terms,
        previous: Option<&Secure>,
    ) -> Result<Secure, Fault> {
        let kept = Arc::new(Kept::after(previous.and_then(|previous| previous.kept.as_ref())));
        let files = Files { prefix: target.paths.conf_prefix(), kept: Some(Arc::clone(&kept)) };
        let sessions = previous.map_or_else(Arc::default, |previous| Arc::clone(&previous.sessions));
        let acceptors = acceptors(config, site, &files, &sessions)?;
        let mut connectors = Vec::new();
        for (location, number) in site.locations().iter().zip(0..) {
            let pass = pass::effective(config, location.scope).filter(|pass| pass.tls);
            let made = pass.map(|pass| {
                let http = terms.location(LocationId(number)).http.as_deref();
                let is_http2 =
                    pass.protocol == Protocol::Grpc || http.is_some_and(|http| http.version == HttpVersion::Http2);
                let alpn: &[&[u8]] = if is_http2 { &[b"h2"] } else { &[] };
                connector(config, location.scope, pass.protocol.prefix(), alpn, &files)
            });
            connectors.push(made.transpose()?.map(Box::new));
        }
        let hands_on = config.flag(ScopeId(0), "ssl_object_cache_inheritable", true);
        Ok(Secure { acceptors, connectors, sessions, kept: hands_on.then_some(kept) })
    }

    /// What a listener needs, if its clients speak TLS.
    pub fn acceptor(&self, listener: ListenerId) -> Option<&Acceptor> {
        self.acceptors.get(listener.0 as usize)?.as_ref()
    }

    /// What a location needs, if it may speak TLS to its upstreams.
    pub fn connector(&self, location: LocationId) -> Option<&Connector> {
        self.connectors.get(location.0 as usize)?.as_deref()
    }
}
