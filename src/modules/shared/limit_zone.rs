//! `KEY zone=NAME:SIZE` of `limit_req_zone` and `limit_conn_zone`: what is counted, and in which shared memory.

use crate::modules::prelude::*;

/// nginx wants room for eight pages.
pub const LEAST: u64 = 8 * 4096;

/// A `zone=NAME:SIZE` parameter.
#[derive(Debug, Clone, Copy)]
pub struct ZoneWord<'a> {
    /// The name; nginx misses the parameter when it is empty.
    pub name: &'a str,
    /// Bytes.
    pub size: u64,
}

/// Reads the n-th word of a call, which starts with `zone=`.
///
/// # Errors
/// nginx's messages about the size.
pub fn zone_word<'a>(call: &Call<'a>, n: usize) -> Result<ZoneWord<'a>, Fault> {
    let word = call.arg(n);
    let invalid = || Fault::emerg(format!("invalid zone size \"{word}\"")).at(call.span(n));
    let (name, size) = word
        .strip_prefix("zone=")
        .and_then(|rest| rest.split_once(':'))
        .ok_or_else(|| invalid().help("write zone=NAME:SIZE"))?;
    let size = values::size(size).ok_or_else(invalid)?;
    if size < LEAST {
        let fault = Fault::emerg(format!("zone \"{word}\" is too small")).at(call.span(n));
        return Err(fault.help("a zone needs 32k at least"));
    }
    Ok(ZoneWord { name, size })
}

/// nginx's fault when the parameter is missing.
#[must_use]
pub fn zone_is_missing(call: &Call) -> Fault {
    Fault::emerg(format!("\"{}\" must have \"zone\" parameter", call.name())).at(call.span(0))
}

/// nginx's fault when a zone is declared again.
#[must_use]
pub fn already_bound(call: &Call, name: &str, key: &str, declared: Span) -> Fault {
    Fault::emerg(format!("{} \"{name}\" is already bound to key \"{key}\"", call.name()))
        .at(call.span(0))
        .related(declared, "bound here")
}
