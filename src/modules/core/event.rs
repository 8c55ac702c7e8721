//! `ngx_event_core_module`.

use crate::config::cidr::Cidr;
use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("event_core_module", Kind::Event, Presence::Always) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("accept_mutex", "events", "flag", Flag, "1.0.0", "off",
        "Makes workers take turns accepting new connections instead of all being woken up at once."),
    d("accept_mutex_delay", "events", "1", Msec, "1.0.0", "500ms",
        "Limits how long a worker waits before retrying when another worker holds the accept mutex."),
    d("connections", "events", "1", Custom(connections), "1.0.0", "512",
        "Old name for the limit of simultaneous connections per worker; it was replaced by worker_connections.")
        .last("1.9.0"),
    d("debug_connection", "events", "1", Custom(debug_connection), "1.0.0", "",
        "Turns on debug-level logging for connections from the given addresses or networks; needs a --with-debug build."),
    d("multi_accept", "events", "flag", Flag, "1.0.0", "off",
        "Lets a worker accept all waiting connections at once instead of one at a time."),
    d("use", "events", "1", Custom(method), "1.0.0", "",
        "Chooses the event method, such as epoll or kqueue; nginx normally picks the best by itself."),
    d("worker_connections", "events", "1", Custom(connections), "1.0.0", "512",
        "Limits the simultaneous connections per worker, counting clients, upstream servers and all others."),
];

/// What nginx takes when `worker_connections` is not given.
const DEFAULT_CONNECTIONS: u64 = 512;

/// The connections each worker may have, in the `events` scope.
#[derive(Debug, Clone, Copy)]
pub struct Connections(pub u64);

impl Default for Connections {
    fn default() -> Connections {
        Connections(DEFAULT_CONNECTIONS)
    }
}

/// Methods that are not in every build, with the option that brings them. `event_core` is no method, but nginx looks
/// through all modules of its kind.
const METHODS: &[(&str, Option<&str>)] = &[
    ("epoll", None),
    ("event_core", None),
    ("select", Some("--with-select_module")),
    ("poll", Some("--with-poll_module")),
];

fn connections(cx: &mut Cx, call: &Call) -> Verdict {
    if call.name() == "connections" {
        let message = "the \"connections\" directive is deprecated, use the \"worker_connections\" directive instead";
        cx.warn(Fault::warn(message).at(call.span(0)));
    }
    let names = ["connections", "worker_connections"];
    if let Some(first) = names.iter().find_map(|name| cx.config.scope(cx.scope).setting(name)) {
        return Err(Fault::directive("is duplicate").at(call.span(0)).related(first.span(), "first set here"));
    }
    let text = call.arg(1);
    let number = values::number(text)
        .ok_or_else(|| Fault::emerg(format!("invalid number \"{text}\"")).at(call.span(1)))?
        .cast_unsigned();
    *cx.slot() = Connections(number);
    cx.keep(call, Value::Number(number.cast_signed()));
    Ok(())
}

fn method(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    let name = call.arg(1);
    let known = METHODS.iter().find(|(known, _)| *known == name);
    if !known.is_some_and(|(_, option)| option.is_none_or(|option| cx.target.built_with(option))) {
        let fault = Fault::emerg(format!("invalid event type \"{name}\"")).at(call.span(1));
        return Err(fault.help("on Linux the method is epoll, which nginx takes by itself"));
    }
    cx.keep(call, Value::Words);
    Ok(())
}

fn debug_connection(cx: &mut Cx, call: &Call) -> Verdict {
    let text = call.arg(1);
    if !cx.target.built_with("--with-debug") {
        let message =
            "\"debug_connection\" is ignored, you need to rebuild nginx using --with-debug option to enable it";
        cx.warn(Fault::warn(message).at(call.span(0)));
        return Ok(());
    }
    match Cidr::parse(text) {
        Some((_, true)) => cx.warn(Fault::warn(format!("low address bits of {text} are meaningless")).at(call.span(1))),
        _ if text == "unix:" => {}
        None if text.is_empty() || text.contains('/') || cx.host.resolve(text).is_none() => {
            let fault = Fault::emerg(format!("host not found in debug_connection \"{text}\"")).at(call.span(1));
            return Err(if text.contains('/') { fault } else { fault.of_host() });
        }
        _ => {}
    }
    cx.keep(call, Value::Words);
    Ok(())
}
