//! The near end of a connection to an upstream: `proxy_bind`, `proxy_socket_keepalive` and their kin
//! (`ngx_http_upstream_set_local`).

use std::net::SocketAddr;

use crate::config::address::ip_address_port;
use crate::config::{Config, ScopeId};
use crate::exchange::site::Site;
use crate::exchange::state::Exchange;
use crate::exchange::upstream::Compile;
use crate::exchange::value::Template;
use crate::modules::shared::upstream::Bind;
use crate::modules::{Target, Version};

/// What a location says of its sockets to upstreams.
#[derive(Debug)]
pub struct NearEnd {
    bind: Address,
    /// The local address may be one of another machine.
    pub transparent: bool,
    /// The system looks whether the peer is still there.
    pub keepalive: bool,
    /// Bytes of the system's buffers; 0 for what it likes.
    pub receive_buffer: u32,
    /// As above.
    pub send_buffer: u32,
    version: Version,
}

#[derive(Debug)]
enum Address {
    Any,
    Fixed(SocketAddr),
    Text(Template),
}

/// What is to be bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Local {
    /// What the system chooses.
    Any,
    /// This one; port 0 for any.
    Address(SocketAddr),
    /// The text is no address: it counts for nothing, and nginx logs it.
    Invalid(String),
}

impl NearEnd {
    /// What holds in a scope for a protocol, whose directives begin with `prefix`.
    pub(in crate::exchange) fn compile(
        config: &Config,
        scope: ScopeId,
        prefix: &str,
        target: &Target,
        compile: &mut dyn Compile,
    ) -> NearEnd {
        let setting = config.effective(scope, &format!("{prefix}_bind"));
        let (bind, transparent) = match setting.map_or(Bind::Off, |setting| Bind::of(setting, target.version)) {
            Bind::Off => (Address::Any, false),
            Bind::Address(address, transparent) => (Address::Fixed(address), transparent),
            Bind::Text(text, transparent) => (Address::Text(compile.text(&text)), transparent),
        };
        let size = |what: &str| config.number(scope, &format!("{prefix}_socket_{what}"), 0);
        NearEnd {
            bind,
            transparent,
            keepalive: config.flag(scope, &format!("{prefix}_socket_keepalive"), false),
            receive_buffer: u32::try_from(size("rcvbuf")).unwrap_or(u32::MAX),
            send_buffer: u32::try_from(size("sndbuf")).unwrap_or(u32::MAX),
            version: target.version,
        }
    }

    /// The local address for a request.
    pub fn local(&self, site: &Site, exchange: &mut Exchange) -> Local {
        match &self.bind {
            Address::Any => Local::Any,
            Address::Fixed(address) => Local::Address(*address),
            Address::Text(text) => {
                let mut value = Vec::new();
                text.write(site, exchange, &mut value);
                if value.is_empty() {
                    return Local::Any;
                }
                let text = crate::syntax::decode(&value);
                ip_address_port(&text, self.version).map_or(Local::Invalid(text), Local::Address)
            }
        }
    }
}
