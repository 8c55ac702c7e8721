//! The lines of an `upstream` block that are no method: `server` with its parameters, and `zone`.

use std::sync::Arc;

use super::{Method, current, has};
use crate::modules::prelude::*;
use crate::modules::{Version, http, stream};

/// Most bytes of a `route`: an MD5 sum in hex.
const LONGEST_ROUTE: usize = 32;
/// The smallest zone: eight pages.
pub(super) const SMALLEST_ZONE: u64 = 8 * 4096;

/// One `server` line, or the address of an implicit group.
#[derive(Debug, Clone)]
pub struct Server {
    /// The address: its text as written (what consistent hashing hashes), and what it resolved to.
    pub url: Url,
    /// Its share; 1 unless set.
    pub weight: u64,
    /// Most connections at a time; 0 for no limit.
    pub max_conns: u64,
    /// Failures within `fail_timeout` that make it unavailable; 0 for never.
    pub max_fails: u64,
    /// Seconds: within which failures count, and for which it is then unavailable.
    pub fail_timeout: u64,
    /// NGINX Plus: milliseconds in which its weight recovers; 0 for at once.
    pub slow_start: u64,
    /// It gets requests only when the others are unavailable.
    pub backup: bool,
    /// Whether it takes part.
    pub standing: Standing,
    /// Its name is resolved at run time, and has no address yet (`resolve` with a literal address does nothing).
    pub run_time: bool,
    /// The service whose SRV records give the addresses.
    pub service: Option<String>,
    /// Its name in sticky sessions.
    pub route: Option<String>,
    /// The words of the line, or the word that is the address.
    pub words: Arc<[Word]>,
    /// The address, as a part of the configuration.
    pub span: Span,
}

/// Whether a server takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// It does.
    #[default]
    Up,
    /// `down`: not at all.
    Down,
    /// `drain`: only for sessions bound to it.
    Draining,
}

impl Server {
    fn new(url: Url, words: Arc<[Word]>, span: Span) -> Server {
        Server {
            url,
            weight: 1,
            max_conns: 0,
            max_fails: 1,
            fail_timeout: 10,
            slow_start: 0,
            backup: false,
            standing: Standing::Up,
            run_time: false,
            service: None,
            route: None,
            words,
            span,
        }
    }

    /// The one server of an implicit group with a literal address; nginx counts no failures of it.
    pub(super) fn literal(url: &Url, span: Span) -> Server {
        Server { max_fails: 0, fail_timeout: 0, ..Server::new(url.clone(), Arc::from([]), span) }
    }

    /// The server of an implicit group whose name was resolved.
    pub(super) fn resolved(url: Url, span: Span) -> Server {
        Server::new(url, Arc::from([]), span)
    }

    /// The last word that sets a parameter: `backup`, `weight=`.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&Word> {
        let sets = |word: &&Word| match name.strip_suffix('=') {
            Some(_) => word.value.starts_with(name),
            None => &*word.value == name,
        };
        self.words.iter().skip(2).rev().find(sets)
    }
}

/// `server ADDRESS [PARAMETER...];`
///
/// # Errors
/// Everything nginx has against a server line, in its order: parameters from left to right, then the address.
pub fn server(cx: &mut Cx, call: &Call) -> Verdict {
    let (text, span) = (call.arg(1), call.span(1));
    let blank = Url::unread(text);
    let mut line = Server::new(blank, call.words.clone(), span);
    let mut resolve = false;
    for n in 2..call.words.len() {
        parameter(cx, call, n, &mut line, &mut resolve)?;
    }
    let http = cx.kind() != Kind::Stream;
    let service = line.service.is_some();
    if service && !resolve {
        let message = format!("service upstream \"{text}\" requires \"resolve\" parameter");
        return Err(Fault::emerg(message).at(span));
    }
    let form = UrlForm { default_port: if http { 80 } else { 0 }, no_resolve: resolve, ..UrlForm::default() };
    let url = Url::read(text, form, cx.host).map_err(|bad| bad.fault(format!("upstream \"{text}\"")).at(span))?;
    if !http && url.no_port && !service {
        let fault = Fault::emerg(format!("no port in upstream \"{text}\"")).at(span);
        return Err(fault.help("in stream there is no default port"));
    }
    if service && !url.no_port {
        return Err(Fault::emerg(format!("service upstream \"{text}\" may not have port")).at(span));
    }
    if service && !url.addresses.is_empty() {
        return Err(Fault::emerg(format!("service upstream \"{text}\" requires domain name")).at(span));
    }
    line.run_time = resolve && url.addresses.is_empty();
    line.url = url;
    cx.keep(call, Value::Own);
    current(cx).servers.push(line);
    Ok(())
}

/// Reads the n-th word of a `server` line.
fn parameter(cx: &mut Cx, call: &Call, n: usize, line: &mut Server, resolve: &mut bool) -> Verdict {
    /// `max_conns`
    const LIMITS: Version = Version::read("1.11.5");
    /// `resolve`, `service`
    const RE_RESOLVES: Version = Version::read("1.27.3");
    /// `drain`, `route`
    const STICKS: Version = Version::read("1.29.6");
    let text = call.arg(n);
    let (key, value) = text.split_at(text.find('=').map_or(text.len(), |at| at + 1));
    let (http, plus) = (cx.kind() != Kind::Stream, cx.target.plus.is_some());
    let zones = if http { &http::upstream_zone::MODULE } else { &stream::upstream_zone::MODULE };
    let resolves = has(cx, RE_RESOLVES) && cx.target.has(zones);
    let sticks = http && has(cx, STICKS) && cx.target.has(&http::upstream_sticky::MODULE);
    let or_invalid = |value: Option<u64>| value.ok_or_else(|| invalid(call, n));
    match key {
        "weight=" => line.weight = or_invalid(number(value).filter(|weight| *weight > 0))?,
        "max_conns=" if has(cx, LIMITS) => line.max_conns = or_invalid(number(value))?,
        "max_fails=" => line.max_fails = or_invalid(number(value))?,
        "fail_timeout=" => line.fail_timeout = or_invalid(values::sec(value))?,
        "backup" => {
            supported(cx, call, n, Method::has_backup)?;
            line.backup = true;
        }
        "down" => line.standing = Standing::Down,
        "drain" if sticks => line.standing = Standing::Draining,
        "slow_start=" if plus => {
            supported(cx, call, n, Method::has_slow_start)?;
            line.slow_start = or_invalid(values::msec(value))?;
        }
        "route=" if sticks => {
            if value.is_empty() {
                return Err(Fault::emerg("route is empty").at(call.span(n)));
            }
            if value.len() > LONGEST_ROUTE {
                return Err(Fault::emerg(format!("route is longer than {LONGEST_ROUTE}")).at(call.span(n)));
            }
            line.route = Some(value.to_owned());
        }
        "resolve" if resolves => *resolve = true,
        "service=" if resolves => {
            if value.is_empty() {
                return Err(Fault::emerg("service is empty").at(call.span(n)));
            }
            line.service = Some(value.to_owned());
        }
        "max_conns=" => return Err(invalid(call, n).help("max_conns= needs nginx 1.11.5 or NGINX Plus")),
        "slow_start=" => return Err(invalid(call, n).help("only NGINX Plus has slow_start=; see --target plus@r37")),
        "resolve" | "service=" => {
            return Err(invalid(call, n).help(format!("{key} needs nginx 1.27.3, or NGINX Plus, and the zone module")));
        }
        "drain" | "route=" if http => {
            return Err(invalid(call, n).help(format!("{key} needs nginx 1.29.6, or NGINX Plus")));
        }
        _ => return Err(invalid(call, n)),
    }
    Ok(())
}

fn number(text: &str) -> Option<u64> {
    values::number(text).map(i64::cast_unsigned)
}

fn invalid(call: &Call, n: usize) -> Fault {
    call.invalid_parameter(n)
}

/// nginx's fault when the method so far does not support the n-th word.
fn supported(cx: &mut Cx, call: &Call, n: usize, by: fn(&Method) -> bool) -> Verdict {
    /// Before, it was an invalid parameter.
    const SAYS_SO: Version = Version::read("1.7.5");
    let version = cx.target.version;
    let group = current(cx);
    if by(&group.method) {
        return Ok(());
    }
    if version < SAYS_SO {
        return Err(invalid(call, n));
    }
    let message = format!("balancing method does not support parameter \"{}\"", call.arg(n));
    let mut fault = Fault::emerg(message).at(call.span(n));
    if let Some(chooser) = group.chooser {
        fault = fault.related(chooser, "the method");
    }
    Err(fault.help("round robin, least_conn and least_time support it"))
}

/// `zone NAME [SIZE];`
///
/// # Errors
/// nginx's faults of the name and the size, and a zone of another kind or size.
pub fn zone(cx: &mut Cx, call: &Call) -> Verdict {
    let name = call.arg(1);
    if name.is_empty() {
        return Err(Fault::emerg("invalid zone name \"\"").at(call.span(1)));
    }
    let mut size = 0;
    if call.words.len() > 2 {
        let text = call.arg(2);
        let invalid = || Fault::emerg(format!("invalid zone size \"{text}\"")).at(call.span(2));
        size = values::size(text).ok_or_else(invalid)?;
        if size < SMALLEST_ZONE {
            let fault = Fault::emerg(format!("zone \"{name}\" is too small")).at(call.span(2));
            return Err(fault.help("the smallest size is 32k"));
        }
    }
    let tag = match cx.kind() {
        Kind::Stream => stream::upstream::MODULE.name,
        _ => http::upstream::MODULE.name,
    };
    let zone = cx.config.zones.add(name, size, tag, call.span(1))?;
    cx.keep(call, Value::Own);
    current(cx).zone = Some(zone);
    Ok(())
}
