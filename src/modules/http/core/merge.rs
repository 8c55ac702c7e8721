//! `ngx_http_core_merge_srv_conf` and `ngx_http_core_merge_loc_conf`: what is judged when a server or location has
//! inherited.

use super::types;
use crate::config::Setting;
use crate::modules::prelude::*;

/// Checks of a server.
pub(super) fn server(cx: &mut Cx, server: ScopeId) -> Verdict {
    let buffers = cx.config.effective(server, "large_client_header_buffers");
    let size = match buffers.map(|setting| &setting.value) {
        Some(Value::Bufs(_, size)) => *size,
        _ => 8192,
    };
    // 64 pointers.
    let pool = cx.config.number(server, "connection_pool_size", 512);
    if size < pool {
        let span = buffers.or_else(|| cx.config.effective(server, "connection_pool_size")).map(Setting::span);
        let message = "the \"large_client_header_buffers\" size must be equal to or greater than \
                       \"connection_pool_size\"";
        return Err(Fault { span, ..Fault::emerg(message) });
    }
    Ok(())
}

/// Checks of a location, of a server as the location around its locations, of `if` and `limit_except`.
pub(super) fn location(cx: &mut Cx, scope: ScopeId) -> Verdict {
    types::merge(cx, scope)?;
    temp_folder(cx, scope)
}

/// The build's folder for request bodies where no directive named one.
fn temp_folder(cx: &mut Cx, scope: ScopeId) -> Verdict {
    // A location inherits it from its server.
    if cx.config.scope(scope).parent != cx.config.http || cx.config.effective(scope, "client_body_temp_path").is_some()
    {
        return Ok(());
    }
    cx.add_default_folder("client-body", &[])
}
