//! Compiles `proxy_pass` and its kin.

use super::build::Builder;
use crate::config::ScopeId;
use crate::exchange::request::Slice;
use crate::exchange::value::Template;
use crate::modules::shared::pass::{self, Protocol};
use crate::modules::shared::upstream::UpstreamId;

/// Where a location passes requests.
#[derive(Debug)]
pub struct Passed {
    /// What is spoken.
    pub protocol: Protocol,
    /// TLS may be used.
    pub tls: bool,
    pub(in crate::exchange) to: To,
}

/// A destination.
#[derive(Debug)]
pub enum To {
    /// A group; `$proxy_host` and `$proxy_port`.
    Group(UpstreamId, (Slice, Slice)),
    /// What the variables say.
    Dynamic(Template),
}

impl Builder<'_> {
    /// What handles requests of a scope by passing them on.
    pub fn pass(&mut self, scope: ScopeId) -> Option<Box<Passed>> {
        let pass = pass::effective(self.config, scope)?;
        let to = match &pass.to {
            pass::To::Dynamic(text) => To::Dynamic(self.template(text)),
            pass::To::Upstream(id) => To::Group(*id, self.host_and_port(&pass.host, pass.tls)),
        };
        Some(Box::new(Passed { protocol: pass.protocol, tls: pass.tls, to }))
    }

    fn host_and_port(&mut self, host: &str, tls: bool) -> (Slice, Slice) {
        let after_name = host.rfind(']').unwrap_or(0);
        let port = host[after_name..].rsplit_once(':').map(|(_, port)| port);
        let default = if tls { "443" } else { "80" };
        (self.text(host), self.text(port.unwrap_or(default)))
    }
}

impl Passed {
    /// The scheme that a URL made of variables begins with: its length, whether it means TLS, its port.
    pub(in crate::exchange) fn scheme(&self, url: &[u8]) -> Option<(usize, bool, u16)> {
        let starts = |scheme: &str| {
            let start = url.get(..scheme.len()).filter(|_| url.len() > scheme.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(scheme.as_bytes()))
        };
        let schemes = self.protocol.schemes();
        let found = schemes.iter().find(|(scheme, ..)| starts(scheme));
        match found {
            Some((scheme, tls, port)) => Some((scheme.len(), *tls, *port)),
            None => (!self.takes_uri()).then_some((0, false, 0)),
        }
    }

    /// Whether it is a URL: the scheme must be there, and a path may follow the address.
    pub(in crate::exchange) fn takes_uri(&self) -> bool {
        self.protocol == Protocol::Http
    }
}
