//! Session affinity: a request goes to the server that its session is bound to, by a cookie that nginx sets, by a route
//! that the request carries, or by a session that nginx learned from an answer.

use super::server::SMALLEST_ZONE;
use super::{Upstreams, current};
use crate::modules::http;
use crate::modules::prelude::*;

/// How a session is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sticky {
    /// By a cookie that nginx sets; its value is the server's route, or a sum of its address.
    Cookie {
        /// Its name.
        name: String,
        /// `domain=`
        domain: Option<Text>,
        /// `path=`
        path: Option<String>,
        /// `expires=`
        expires: Option<Expires>,
        /// `httponly`
        http_only: bool,
        /// `secure`
        secure: bool,
        /// `samesite=`
        same_site: Option<Text>,
    },
    /// By the first of these variables that is not empty.
    Route(Vec<String>),
    /// By a session that an answer began.
    Learn {
        /// Variables that give the name of a new session.
        create: Vec<String>,
        /// Variables that give the name of a session to be found.
        lookup: Vec<String>,
        /// The zone that holds the sessions, by number.
        zone: usize,
        /// Milliseconds without use after which a session is forgotten.
        timeout: u64,
        /// A session begins with the header of the answer, not with its end.
        header: bool,
        /// NGINX Plus: nodes of a cluster share the sessions.
        sync: bool,
    },
}

/// When a cookie ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expires {
    /// `max`: at the end of 2037.
    Max,
    /// So many seconds after it was set.
    After(u64),
}

/// `sticky cookie|route|learn ...;`
///
/// # Errors
/// A second call, and everything nginx has against the parameters of each kind.
pub fn sticky(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    current(cx).chooser = Some(call.span(0));
    let sticky = match call.arg(1) {
        "cookie" => cookie(cx, call)?,
        "route" => route(cx, call)?,
        "learn" => learn(cx, call)?,
        _ => return Err(unknown(call, 1).help("one of cookie, route, learn")),
    };
    cx.keep(call, Value::Own);
    current(cx).sticky = Some(sticky);
    Ok(())
}

fn unknown(call: &Call, n: usize) -> Fault {
    Fault::emerg(format!("unknown parameter \"{}\"", call.arg(n))).at(call.span(n))
}

/// `KEY=VALUE` as `KEY=` and `VALUE`; a word without `=` whole.
fn cut(text: &str) -> (&str, &str) {
    text.split_at(text.find('=').map_or(text.len(), |at| at + 1))
}

fn cookie(cx: &mut Cx, call: &Call) -> Result<Sticky, Fault> {
    let say = |n: usize, phrase: String| Err(Fault::directive(phrase).at(call.span(n)));
    let name = call.arg(2).to_owned();
    if name.is_empty() {
        return say(2, "empty cookie name".to_owned());
    }
    let (mut domain, mut path, mut expires, mut same_site) = (None, None, None, None);
    let (mut http_only, mut secure) = (false, false);
    for n in 3..call.words.len() {
        let (key, value) = cut(call.arg(n));
        let again = match key {
            "domain=" => domain.is_some(),
            "path=" => path.is_some(),
            "expires=" => expires.is_some(),
            "httponly" => http_only,
            "secure" => secure,
            "samesite=" => same_site.is_some(),
            _ => return Err(unknown(call, n)),
        };
        let key = key.trim_end_matches('=');
        if again {
            return say(n, format!("parameter \"{key}\" is duplicate"));
        }
        if value.is_empty() && matches!(key, "domain" | "path") {
            return say(n, format!("no value for \"{key}\""));
        }
        match key {
            "domain" => domain = Some(cx.complex_text(value, call.span(n))?),
            "path" => path = Some(value.to_owned()),
            "expires" if value == "max" => expires = Some(Expires::Max),
            "expires" => match values::sec(value) {
                Some(seconds) => expires = Some(Expires::After(seconds)),
                None => return say(n, "invalid \"expires\" parameter value".to_owned()),
            },
            "httponly" => http_only = true,
            "secure" => secure = true,
            _ => {
                let text = cx.complex_text(value, call.span(n))?;
                let known = ["strict", "lax", "none"].iter().any(|known| known.eq_ignore_ascii_case(value));
                if !text.is_dynamic() && !known {
                    return say(n, "invalid \"samesite\" parameter value".to_owned());
                }
                same_site = Some(text);
            }
        }
    }
    cx.index_of_variable(&format!("cookie_{name}"), call.span(2))?;
    Ok(Sticky::Cookie { name, domain, path, expires, http_only, secure, same_site })
}

fn route(cx: &mut Cx, call: &Call) -> Result<Sticky, Fault> {
    let mut variables = Vec::new();
    for n in 2..call.words.len() {
        let Some(name) = call.arg(n).strip_prefix('$') else {
            return Err(Fault::emerg(format!("invalid variable name \"{}\"", call.arg(n))).at(call.span(n)));
        };
        cx.index_of_variable(name, call.span(n))?;
        variables.push(name.to_owned());
    }
    Ok(Sticky::Route(variables))
}

fn learn(cx: &mut Cx, call: &Call) -> Result<Sticky, Fault> {
    let (mut create, mut lookup) = (Vec::new(), Vec::new());
    let (mut zone, mut timeout): (Option<(&str, u64, Span)>, Option<u64>) = (None, None);
    let (mut header, mut sync) = (false, false);
    for n in 2..call.words.len() {
        let say = |phrase: &str| Fault::directive(phrase).at(call.span(n));
        let (key, value) = cut(call.arg(n));
        match key {
            "zone=" if zone.is_some() => return Err(say("duplicate zone")),
            "zone=" => {
                let (name, size) = value.split_once(':').ok_or_else(|| say("zone size is not specified"))?;
                if name.is_empty() {
                    return Err(say("zone name is not specified"));
                }
                let size = values::size(size).ok_or_else(|| say("invalid zone size"))?;
                if size < SMALLEST_ZONE {
                    return Err(say("zone is too small").help("the smallest size is 32k"));
                }
                zone = Some((name, size, call.span(n)));
            }
            "timeout=" if timeout.is_some() => return Err(say("duplicate timeout")),
            "timeout=" => {
                let time = values::msec(value).filter(|time| *time > 0);
                timeout = Some(time.ok_or_else(|| say("invalid timeout"))?);
            }
            "create=" | "lookup=" => {
                let (phrase, names) = match key {
                    "create=" => ("missing variable in the \"create\" parameter", &mut create),
                    _ => ("missing variable in the \"lookup\" parameter", &mut lookup),
                };
                let name = value.strip_prefix('$').ok_or_else(|| say(phrase))?;
                cx.index_of_variable(name, call.span(n))?;
                names.push(name.to_owned());
            }
            "header" => header = true,
            "sync" if cx.target.plus.is_some() => sync = true,
            "sync" => return Err(unknown(call, n).help("only NGINX Plus has sync; see --target plus@r37")),
            _ => return Err(unknown(call, n)),
        }
    }
    if lookup.is_empty() {
        return Err(Fault::directive("\"lookup\" parameter is not specified"));
    }
    if create.is_empty() {
        return Err(Fault::directive("\"create\" parameter is not specified"));
    }
    let zone = zone.ok_or_else(|| Fault::directive("\"zone\" parameter is not specified"))?;
    let zone = claim(cx, zone)?;
    Ok(Sticky::Learn { create, lookup, zone, timeout: timeout.unwrap_or(600_000), header, sync })
}

/// Declares the zone of a `sticky learn`; only one group may have it.
fn claim(cx: &mut Cx, (name, size, span): (&str, u64, Span)) -> Result<usize, Fault> {
    let zone = cx.config.zones.add(name, size, http::upstream_sticky::MODULE.name, span)?;
    let group = current(cx).name.clone();
    let learned = &mut cx.realm_slot::<Upstreams>().learned;
    if let Some(other) = learned.get(&zone) {
        let message = format!("sticky zone \"{name}\" is already used in upstream \"{other}\"");
        return Err(Fault::emerg(message).at(span));
    }
    learned.insert(zone, group);
    Ok(zone)
}
