//! Whether every server that may answer a TLS handshake has a certificate: `ngx_http_ssl_init`, `ngx_stream_ssl_init`.

use super::context::Tls;
use crate::modules::Version;
use crate::modules::prelude::*;
use crate::modules::shared::listen::{Listener, Options, Ports};

/// The first version that rejects handshakes instead of needing a certificate.
const REJECT: Version = Version::read("1.19.4");

/// What every address with TLS needs: the hook at the end of the realm.
///
/// # Errors
/// nginx's, naming the server without a certificate.
pub fn listeners(cx: &mut Cx) -> Verdict {
    let Some(ports) = cx.config.scope(cx.scope).slot::<Ports>() else { return Ok(()) };
    let secure = Options::SSL.union(Options::QUIC);
    let faults: Vec<Fault> = ports
        .listeners()
        .filter(|listener| listener.socket.options.intersects(secure))
        .filter_map(|listener| judge(cx, listener).err())
        .collect();
    for fault in faults {
        cx.warn(fault);
    }
    Ok(())
}

fn judge(cx: &Cx, listener: &Listener) -> Verdict {
    let quic = listener.socket.options.contains(Options::QUIC);
    let default = listener.default_server;
    if has_certificate(cx, default) {
        if quic && !speaks_tls13(cx, default) {
            let what = "\"ssl_protocols\" must enable TLSv1.3 for";
            return Err(fault(cx, what, listener, default));
        }
        return Ok(());
    }
    let missing = "no \"ssl_certificate\" is defined for";
    if !rejects(cx, default) {
        return Err(fault(cx, missing, listener, default));
    }
    match listener.servers.iter().find(|server| !has_certificate(cx, **server) && !rejects(cx, **server)) {
        Some(server) => Err(fault(cx, missing, listener, *server)),
        None => Ok(()),
    }
}

/// A server with a fault of its own, or one that a missing file may have given its certificate, is not judged.
fn has_certificate(cx: &Cx, server: ScopeId) -> bool {
    let known = cx.config.scope(server).slot::<Tls>().is_some_and(|tls| !tls.pairs.is_empty());
    known || cx.is_faulty(server) || cx.config.is_incomplete(server)
}

fn rejects(cx: &Cx, server: ScopeId) -> bool {
    cx.target.version >= REJECT && cx.config.flag(server, "ssl_reject_handshake", false)
}

fn speaks_tls13(cx: &Cx, server: ScopeId) -> bool {
    /// The bit of `TLSv1.3` among the words of `ssl_protocols`.
    const TLS13: u32 = 1 << 5;
    match cx.config.effective(server, "ssl_protocols").map(|setting| &setting.value) {
        Some(Value::Mask(mask)) => mask & TLS13 != 0,
        _ => true,
    }
}

fn fault(cx: &Cx, what: &str, listener: &Listener, server: ScopeId) -> Fault {
    let word = if listener.socket.options.contains(Options::QUIC) { "quic" } else { "ssl" };
    let scope = cx.config.scope(server);
    let place = cx.file_line(scope.opened);
    let fault = Fault::emerg(format!("{what} the \"listen ... {word}\" directive in {place}")).unlocated();
    let span = scope.words.first().map(|word| word.span);
    Fault { span, ..fault.related(listener.span, "listens for TLS here") }
}
