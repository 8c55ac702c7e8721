//! The readers of `ssl_session_cache` and the others that are no plain words.

use crate::modules::Version;
use crate::modules::prelude::*;

/// The least size of a zone: eight pages.
const LEAST: u64 = 8 * 4096;

/// State of a scope with `ssl_session_cache`.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct SessionCache {
    /// The cache inside each worker.
    pub builtin: Option<Builtin>,
    /// The number of the shared zone.
    pub shared: Option<usize>,
}

/// OpenSSL's own cache of sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Builtin {
    /// Sessions are refused.
    Off,
    /// Clients are told that sessions may be reused, and none is kept.
    None,
    /// As many sessions as OpenSSL keeps by default.
    Default,
    /// So many sessions.
    Sessions(i64),
}

/// `ssl_session_cache off|none|[builtin[:size]] [shared:name:size]`
///
/// # Errors
/// nginx's messages.
pub fn session_cache(cx: &mut Cx, call: &Call) -> Verdict {
    let before = cx.slot::<SessionCache>().clone();
    let mut cache = before;
    for word in call.args() {
        let text = &*word.value;
        let invalid = || Fault::emerg(format!("invalid session cache \"{text}\"")).at(word.span);
        let sized = |prefix: &str| text.strip_prefix(prefix).filter(|rest| !rest.is_empty());
        match text {
            "off" => cache.builtin = Some(Builtin::Off),
            "none" => cache.builtin = Some(Builtin::None),
            "builtin" => cache.builtin = Some(Builtin::Default),
            _ => {
                if let Some(size) = sized("builtin:") {
                    cache.builtin = Some(Builtin::Sessions(values::number(size).ok_or_else(invalid)?));
                } else if let Some(zone) = sized("shared:") {
                    let (name, size) = zone_of(zone).ok_or_else(invalid)?;
                    if size < LEAST {
                        let fault = Fault::emerg(format!("session cache \"{text}\" is too small")).at(word.span);
                        return Err(fault.help("a zone has at least 32k"));
                    }
                    cache.shared = Some(cx.config.zones.add(name, size, call.module.name, word.span)?);
                } else {
                    return Err(invalid().help("off, none, builtin, builtin:SESSIONS, or shared:NAME:SIZE"));
                }
            }
        }
    }
    *cx.slot() = cache;
    cx.keep(call, Value::Own);
    Ok(())
}

/// `name:size`
fn zone_of(text: &str) -> Option<(&str, u64)> {
    let (name, size) = text.split_once(':').filter(|(name, _)| !name.is_empty())?;
    Some((name, values::size(size)?))
}

/// `ssl_ocsp_cache off|shared:name:size`
///
/// # Errors
/// nginx's messages.
pub fn ocsp_cache(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    let text = call.arg(1);
    if text != "off" {
        let zone = text.strip_prefix("shared:").and_then(zone_of);
        let (name, size) = zone.ok_or_else(|| {
            Fault::emerg(format!("invalid OCSP cache \"{text}\"")).at(call.span(1)).help("off, or shared:NAME:SIZE")
        })?;
        if size < LEAST {
            let fault = Fault::emerg(format!("OCSP cache \"{text}\" is too small")).at(call.span(1));
            return Err(fault.help("a zone has at least 32k"));
        }
        // Not the mark of the sessions: a zone cannot be both.
        let tag = if cx.kind() == Kind::Stream { "stream_ssl_module_ctx" } else { "http_ssl_module_ctx" };
        cx.config.zones.add(name, size, tag, call.span(1))?;
    }
    cx.keep(call, Value::Words);
    Ok(())
}

/// What follows the old `ssl on|off`.
///
/// # Errors
/// None.
pub fn post_ssl(cx: &mut Cx, call: &Call) -> Verdict {
    const DEPRECATED: Version = Version::read("1.15.0");
    if cx.target.version >= DEPRECATED {
        let message = "the \"ssl\" directive is deprecated, use the \"listen ... ssl\" directive instead";
        cx.warn(Fault::warn(message).at(call.span(0)));
    }
    Ok(())
}
