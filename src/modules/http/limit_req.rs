//! `ngx_http_limit_req_module`.

use crate::modules::prelude::*;
use crate::modules::shared::limit_zone::{already_bound, zone_is_missing, zone_word};

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    ..Module::new("http_limit_req_module", Kind::Http, Presence::Default("http_limit_req"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("limit_req", "http server location", "1 2 3", Custom(limit_req), "1.0.0", "",
        "Limits the request rate per key of the given zone, with optional burst and delay."),
    d("limit_req_dry_run", "http server location", "flag", Flag, "1.17.1", "off",
        "Counts and logs excessive requests without delaying or rejecting them, for trying out limits."),
    d("limit_req_log_level", "http server location", "1", Enum(&["info", "notice", "warn", "error"]), "1.0.0", "error",
        "Sets the log severity of rejected requests; delayed ones are logged one level lower."),
    d("limit_req_status", "http server location", "1", Number, "1.3.15", "503",
        "Sets the status code returned to requests rejected by the rate limit.").between(400, 599),
    d("limit_req_zone", "http", "3 4", Custom(limit_req_zone), "1.0.0", "",
        "Defines a shared memory zone with key and rate for request rate limiting."),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("limit_req_status", "1.17.6"),
];

/// The zones that count requests.
#[derive(Debug, Clone, Default)]
pub struct ReqZones(pub Vec<ReqZone>);

/// One `limit_req_zone`.
#[derive(Debug, Clone)]
pub struct ReqZone {
    /// Its number among all zones.
    pub zone: usize,
    /// What is counted; an empty key is not.
    pub key: Text,
    /// The key as written.
    pub key_text: String,
    /// Thousandths of a request in a second.
    pub rate: i64,
    /// Where it was declared.
    pub span: Span,
}

/// The limits of one block. A block without any has those of the block around it.
#[derive(Debug, Clone, Default)]
pub struct ReqLimits(pub Vec<ReqLimit>);

/// One `limit_req`.
#[derive(Debug, Clone, Copy)]
pub struct ReqLimit {
    /// The zone's number among all zones.
    pub zone: usize,
    /// Thousandths of a request by which the rate may be exceeded.
    pub burst: i64,
    /// Thousandths of a request from which on the excess is delayed.
    pub delay: i64,
    /// Where.
    pub span: Span,
}

/// `nodelay`: more than any burst.
const NO_DELAY: i64 = i64::MAX / 1000;

fn limit_req_zone(cx: &mut Cx, call: &Call) -> Verdict {
    let is_plus = cx.target.plus.is_some();
    if call.words.len() > 4 && !is_plus {
        let fault = Fault::emerg("invalid number of arguments in \"limit_req_zone\" directive").at(call.span(0));
        return Err(fault.help("a fourth one, \"sync\", is for NGINX Plus only"));
    }
    let key = cx.complex(&call.words[1])?;
    let (mut declared, mut rate) = (None, 1000);
    for n in 2..call.words.len() {
        let word = call.arg(n);
        if word.starts_with("zone=") {
            declared = Some((zone_word(call, n)?, call.span(n)));
        } else if let Some(text) = word.strip_prefix("rate=") {
            rate = read_rate(text).ok_or_else(|| {
                let fault = Fault::emerg(format!("invalid rate \"{word}\"")).at(call.span(n));
                fault.help("requests per second or minute, such as 10r/s or 30r/m")
            })?;
        } else if word != "sync" || !is_plus {
            return Err(call.invalid_parameter(n));
        }
    }
    let (declared, span) = declared.filter(|(zone, _)| !zone.name.is_empty()).ok_or_else(|| zone_is_missing(call))?;
    let zone = cx.config.zones.add(declared.name, declared.size, call.module.name, span)?;
    let zones = cx.realm_slot::<ReqZones>();
    if let Some(bound) = zones.0.iter().find(|known| known.zone == zone) {
        return Err(already_bound(call, declared.name, &bound.key_text, bound.span));
    }
    zones.0.push(ReqZone { zone, key, key_text: call.arg(1).to_owned(), rate, span: call.span(0) });
    cx.keep(call, Value::Own);
    Ok(())
}

/// `10r/s`, `30r/m` or a bare number of requests a second, in thousandths.
fn read_rate(text: &str) -> Option<i64> {
    let (count, seconds) = match (text.strip_suffix("r/s"), text.strip_suffix("r/m")) {
        (Some(count), _) => (count, 1),
        (_, Some(count)) => (count, 60),
        _ => (text, 1),
    };
    let count = values::number(count).filter(|count| *count > 0)?;
    Some(count.wrapping_mul(1000) / seconds)
}

fn limit_req(cx: &mut Cx, call: &Call) -> Verdict {
    let (mut zone, mut burst, mut delay) = (None, 0, 0);
    for n in 1..call.words.len() {
        let word = call.arg(n);
        if let Some(name) = word.strip_prefix("zone=") {
            zone = Some(cx.config.zones.add(name, 0, call.module.name, call.span(n))?);
        } else if let Some(text) = word.strip_prefix("burst=") {
            burst = excess(call, n, "burst", text)?;
        } else if let Some(text) = word.strip_prefix("delay=") {
            delay = excess(call, n, "delay", text)?;
        } else if word == "nodelay" {
            delay = NO_DELAY;
        } else {
            return Err(call.invalid_parameter(n));
        }
    }
    let zone = zone.ok_or_else(|| zone_is_missing(call))?;
    let limits = cx.slot::<ReqLimits>();
    if let Some(first) = limits.0.iter().find(|limit| limit.zone == zone) {
        return Err(Fault::directive("is duplicate").at(call.span(0)).related(first.span, "first limited here"));
    }
    let span = call.span(0);
    limits.0.push(ReqLimit { zone, burst: burst.wrapping_mul(1000), delay: delay.wrapping_mul(1000), span });
    cx.keep(call, Value::Own);
    Ok(())
}

fn excess(call: &Call, n: usize, what: &str, text: &str) -> Result<i64, Fault> {
    values::number(text)
        .filter(|count| *count > 0)
        .ok_or_else(|| Fault::emerg(format!("invalid {what} value \"{}\"", call.arg(n))).at(call.span(n)))
}
