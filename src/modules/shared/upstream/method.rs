//! The balancing methods. The last one given counts, and each brings its own answer to which parameters of `server` it
//! supports; nginx asks at the line of the server, so a method that comes later is not asked (the issue of many a
//! backup server that is used against the method).

use super::current;
use crate::modules::Version;
use crate::modules::prelude::*;

/// How a group chooses a peer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Method {
    /// Weighted round robin.
    #[default]
    RoundRobin,
    /// The peer with the fewest connections for its weight.
    LeastConn,
    /// The peer with the lowest average time for its weight and connections.
    LeastTime {
        /// Which time.
        of: Timing,
        /// Unfinished requests count too.
        inflight: bool,
    },
    /// The client's address.
    IpHash,
    /// A text of the request.
    Hash {
        /// The text.
        key: Text,
        /// By ketama: a change of the group moves few keys.
        consistent: bool,
    },
    /// Chance; with two candidates the better of them.
    Random(Option<Two>),
}

/// By what the better of two random candidates is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Two {
    /// Fewer connections.
    LeastConn,
    /// NGINX Plus: less time.
    LeastTime(Timing),
}

/// Which time of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// `stream`: until the connection stood.
    Connect,
    /// `http`: until the header was there.
    Header,
    /// `stream`: until the first byte.
    FirstByte,
    /// Until the last byte.
    LastByte,
}

impl Method {
    /// Whether `backup` is supported.
    #[must_use]
    pub fn has_backup(&self) -> bool {
        matches!(self, Method::RoundRobin | Method::LeastConn | Method::LeastTime { .. })
    }

    /// NGINX Plus: whether `slow_start` is supported.
    #[must_use]
    pub fn has_slow_start(&self) -> bool {
        self.has_backup()
    }

    /// The directive that gives it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Method::RoundRobin => "round robin",
            Method::LeastConn => "least_conn",
            Method::LeastTime { .. } => "least_time",
            Method::IpHash => "ip_hash",
            Method::Hash { .. } => "hash",
            Method::Random(_) => "random",
        }
    }
}

/// Makes `method` the group's, with nginx's warning if there was one already.
fn choose(cx: &mut Cx, call: &Call, method: Method) {
    /// The first version that warns.
    const WARNS: Version = Version::read("1.3.16");
    /// From here on keepalive stands apart from the method.
    const KEEPALIVE_APART: Version = Version::read("1.29.7");
    let version = cx.target.version;
    let group = current(cx);
    let before = group.chooser.replace(call.span(0));
    group.method = method;
    let lost = group.sticky.take().is_some();
    (group.queue, group.ntlm) = (None, false);
    let cut = version < KEEPALIVE_APART && group.keepalive.take().is_some();
    if let Some(before) = before.filter(|_| version >= WARNS) {
        let mut fault = Fault::warn("load balancing method redefined").at(call.span(0));
        fault = fault.related(before, "it replaces what was set here");
        if lost {
            fault = fault.help("the sticky before it has no effect: put the method first");
        } else if cut {
            fault = fault.help("the keepalive before it has no effect: put the method first");
        }
        cx.warn(fault);
    }
}

/// `hash KEY [consistent];`
///
/// # Errors
/// Faults of the key, and a second word that is not `consistent`.
pub fn hash(cx: &mut Cx, call: &Call) -> Verdict {
    let key = cx.complex(&call.words[1])?;
    let consistent = match call.words.get(2).map(|word| &*word.value) {
        None => Some(false),
        Some("consistent") => Some(true),
        Some(_) => None,
    };
    choose(cx, call, Method::Hash { key, consistent: consistent == Some(true) });
    if consistent.is_none() {
        return Err(call.invalid_parameter(2).help("the only parameter is `consistent`"));
    }
    cx.keep(call, Value::Own);
    Ok(())
}

/// `ip_hash;`
///
/// # Errors
/// None.
pub fn ip_hash(cx: &mut Cx, call: &Call) -> Verdict {
    choose(cx, call, Method::IpHash);
    cx.keep(call, Value::Own);
    Ok(())
}

/// `least_conn;`
///
/// # Errors
/// None.
pub fn least_conn(cx: &mut Cx, call: &Call) -> Verdict {
    choose(cx, call, Method::LeastConn);
    cx.keep(call, Value::Own);
    Ok(())
}

/// The times that `least_time` knows, in this realm.
fn timings(cx: &Cx) -> &'static [(&'static str, Timing)] {
    match cx.kind() {
        Kind::Stream => {
            &[("connect", Timing::Connect), ("first_byte", Timing::FirstByte), ("last_byte", Timing::LastByte)]
        }
        _ => &[("header", Timing::Header), ("last_byte", Timing::LastByte)],
    }
}

/// `least_time TIME [inflight];`
///
/// # Errors
/// Words that it does not know, and a second call.
pub fn least_time(cx: &mut Cx, call: &Call) -> Verdict {
    let timings = timings(cx);
    let known = timings.iter().find(|(name, _)| name.eq_ignore_ascii_case(call.arg(1)));
    let inflight = call.words.len() > 2;
    let of = known.map_or(Timing::LastByte, |(_, timing)| *timing);
    choose(cx, call, Method::LeastTime { of, inflight });
    if inflight && call.arg(2) != "inflight" {
        return Err(call.invalid_parameter(2).help("the only parameter is `inflight`"));
    }
    cx.once(call)?;
    if known.is_none() {
        let names: Vec<&str> = timings.iter().map(|(name, _)| *name).collect();
        return Err(call.invalid_value(1).help(format!("one of {}", names.join(", "))));
    }
    cx.keep(call, Value::Own);
    Ok(())
}

/// `random [two [METHOD]];`
///
/// # Errors
/// Words that it does not know.
pub fn random(cx: &mut Cx, call: &Call) -> Verdict {
    let two = match call.arg(2) {
        "" | "least_conn" => Some(Two::LeastConn),
        // Only NGINX Plus has it; the time may be left out.
        method if cx.target.plus.is_some() => match method.strip_prefix("least_time") {
            Some("") => Some(Two::LeastTime(timings(cx)[0].1)),
            Some(named) => {
                let known = timings(cx).iter().find(|(name, _)| named.strip_prefix('=') == Some(name));
                known.map(|(_, timing)| Two::LeastTime(*timing))
            }
            None => None,
        },
        _ => None,
    };
    choose(cx, call, Method::Random(if call.words.len() > 1 { two } else { None }));
    if call.words.len() > 1 && call.arg(1) != "two" {
        return Err(call.invalid_parameter(1).help("the only parameter is `two`"));
    }
    if call.words.len() > 2 && (two.is_none() || call.arg(2).is_empty()) {
        return Err(call.invalid_parameter(2).help("the only method here is `least_conn`"));
    }
    cx.keep(call, Value::Own);
    Ok(())
}
