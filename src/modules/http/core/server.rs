//! `server`: the block, and where it listens when it does not say.

use std::net::{Ipv4Addr, SocketAddr};

use crate::modules::prelude::*;
use crate::modules::shared::listen::{self, Ports, Socket};

/// `ngx_http_core_server`
pub(super) fn read(cx: &mut Cx, call: &Call) -> Verdict {
    let server = cx.block(call, Contexts::SERVER)?;
    if cx.config.scope(server).setting("listen").is_some() {
        return Ok(());
    }
    // Only root may listen on port 80.
    let port = if cx.host.is_root() { 80 } else { 8000 };
    let address = Address::Inet(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)));
    listen::add(cx, server, address, &Socket::default(), call.span(0))
}

/// Where the `http` block's servers listen, if any does.
#[must_use]
pub fn ports(config: &crate::config::Config) -> Option<&Ports> {
    config.http.and_then(|http| config.scope(http).slot())
}
