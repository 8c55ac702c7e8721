//! `limit_conn_zone` and `limit_conn` of `http` and `stream`: how many connections a key may hold at once.

use super::limit_zone::{LEAST, already_bound, zone_is_missing, zone_word};
use crate::modules::prelude::*;

/// The zones of a realm that count connections.
#[derive(Debug, Clone, Default)]
pub struct ConnZones(pub Vec<ConnZone>);

/// One `limit_conn_zone`.
#[derive(Debug, Clone)]
pub struct ConnZone {
    /// Its number among all zones.
    pub zone: usize,
    /// What is counted; an empty key is not.
    pub key: Text,
    /// The key as written.
    pub key_text: String,
    /// Where it was declared.
    pub span: Span,
}

/// The limits of one block. A block without any has those of the block around it.
#[derive(Debug, Clone, Default)]
pub struct ConnLimits(pub Vec<ConnLimit>);

/// One `limit_conn`.
#[derive(Debug, Clone, Copy)]
pub struct ConnLimit {
    /// The zone's number among all zones.
    pub zone: usize,
    /// Connections allowed at once.
    pub connections: u16,
    /// Where.
    pub span: Span,
}

/// `ngx_http_limit_conn_zone`, `ngx_stream_limit_conn_zone`
///
/// # Errors
/// nginx's messages.
pub fn limit_conn_zone(cx: &mut Cx, call: &Call) -> Verdict {
    let key = cx.complex(&call.words[1])?;
    let mut declared = None;
    for n in 2..call.words.len() {
        if !call.arg(n).starts_with("zone=") {
            return Err(call.invalid_parameter(n));
        }
        declared = Some(zone_word(call, n)?);
    }
    let declared = declared.filter(|zone| !zone.name.is_empty()).ok_or_else(|| zone_is_missing(call))?;
    let span = call.span(0);
    let zone = cx.config.zones.add(declared.name, declared.size, call.module.name, call.span(2))?;
    let zones = cx.realm_slot::<ConnZones>();
    if let Some(bound) = zones.0.iter().find(|known| known.zone == zone) {
        return Err(already_bound(call, declared.name, &bound.key_text, bound.span));
    }
    zones.0.push(ConnZone { zone, key, key_text: call.arg(1).to_owned(), span });
    cx.keep(call, Value::Own);
    Ok(())
}

/// `ngx_http_limit_conn`, `ngx_stream_limit_conn`
///
/// # Errors
/// nginx's messages.
pub fn limit_conn(cx: &mut Cx, call: &Call) -> Verdict {
    let zone = cx.config.zones.add(call.arg(1), 0, call.module.name, call.span(1))?;
    if let Some(first) = cx.slot::<ConnLimits>().0.iter().find(|limit| limit.zone == zone) {
        return Err(Fault::directive("is duplicate").at(call.span(1)).related(first.span, "first limited here"));
    }
    let text = call.arg(2);
    let connections = match values::number(text) {
        Some(connections @ 1..=65535) => connections as u16,
        Some(65536..) => {
            return Err(Fault::emerg("connection limit must be less 65536").at(call.span(2)));
        }
        _ => {
            return Err(Fault::emerg(format!("invalid number of connections \"{text}\"")).at(call.span(2)));
        }
    };
    let span = call.span(1);
    cx.slot::<ConnLimits>().0.push(ConnLimit { zone, connections, span });
    cx.keep(call, Value::Own);
    Ok(())
}

/// `ngx_http_limit_zone`: `limit_zone NAME $KEY SIZE`, the old form of `limit_conn_zone`.
///
/// # Errors
/// nginx's messages.
pub fn limit_zone(cx: &mut Cx, call: &Call) -> Verdict {
    let (name, text) = (call.arg(1), call.arg(2));
    let Some(variable) = text.strip_prefix('$') else {
        return Err(Fault::emerg(format!("invalid variable name \"{text}\"")).at(call.span(2)));
    };
    cx.index_of_variable(variable, call.span(2))?;
    let size = values::size(call.arg(3))
        .ok_or_else(|| Fault::emerg(format!("invalid size of limit_zone \"{}\"", call.arg(3))).at(call.span(3)))?;
    if size < LEAST {
        return Err(Fault::emerg(format!("limit_zone \"{name}\" is too small")).at(call.span(3)));
    }
    let zone = cx.config.zones.add(name, size, call.module.name, call.span(1))?;
    let zones = cx.realm_slot::<ConnZones>();
    if let Some(bound) = zones.0.iter().find(|known| known.zone == zone) {
        let key = bound.key_text.trim_start_matches('$');
        let message = format!("limit_zone \"{name}\" is already bound to variable \"{key}\"");
        return Err(Fault::emerg(message).at(call.span(1)).related(bound.span, "bound here"));
    }
    let key = Text::read(text)?;
    zones.0.push(ConnZone { zone, key, key_text: text.to_owned(), span: call.span(0) });
    cx.keep(call, Value::Own);
    Ok(())
}
