//! The third-party module keyval: variables whose values are looked up in shared memory or in Redis.

use crate::modules::prelude::*;

/// The names by which builds and `--module` know it.
const NAMES: &[&str] = &["keyval", "ngx_http_keyval", "ngx_stream_keyval"];

/// The mark of its zones, in `http`.
const TAG: &str = "keyval_http_module";

/// The mark of its zones, in `stream`.
const TAG_STREAM: &str = "keyval_stream_module";

/// Its part in `http`.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new(TAG, Kind::Http, Presence::ThirdParty(NAMES)) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("keyval", "http", "3", Custom(keyval), "1.0.0", "",
        "Defines a variable whose value is looked up by a key in a key-value zone."),
    d("keyval_zone", "http", "1+", Custom(keyval_zone), "1.0.0", "",
        "Declares a shared memory zone that holds keys and values."),
];

/// Its part in `stream`.
pub static MODULE_STREAM: Module =
    Module { directives: DIRECTIVES_STREAM, ..Module::new(TAG_STREAM, Kind::Stream, Presence::ThirdParty(NAMES)) };

#[rustfmt::skip]
static DIRECTIVES_STREAM: &[Directive] = &[
    d("keyval", "stream", "3", Custom(keyval), "1.0.0", "",
        "Defines a variable whose value is looked up by a key in a key-value zone."),
    d("keyval_zone", "stream", "1+", Custom(keyval_zone), "1.0.0", "",
        "Declares a shared memory zone that holds keys and values."),
];

/// The names of the builds that have Redis.
const REDIS: &[&str] = &["keyval-redis"];

/// Its zones in Redis, which only builds with that library have, in `http`.
pub static MODULE_REDIS: Module = Module {
    directives: DIRECTIVES_REDIS,
    ..Module::new("keyval_redis_module", Kind::Http, Presence::ThirdParty(REDIS))
};

#[rustfmt::skip]
static DIRECTIVES_REDIS: &[Directive] = &[
    d("keyval_zone_redis", "http", "1+", Custom(keyval_zone_redis), "1.0.0", "",
        "Declares a key-value zone that is kept in Redis."),
];

/// Its zones in Redis, in `stream`.
pub static MODULE_REDIS_STREAM: Module = Module {
    directives: DIRECTIVES_REDIS_STREAM,
    ..Module::new("keyval_redis_stream_module", Kind::Stream, Presence::ThirdParty(REDIS))
};

#[rustfmt::skip]
static DIRECTIVES_REDIS_STREAM: &[Directive] = &[
    d("keyval_zone_redis", "stream", "1+", Custom(keyval_zone_redis), "1.0.0", "",
        "Declares a key-value zone that is kept in Redis."),
];

/// The zones declared so far, for `keyval` must come after them.
#[derive(Default)]
struct Declared(Vec<(String, Span)>);

/// The least size of a zone: eight pages.
const LEAST: u64 = 8 * 4096;

/// The mark of the zones of the current realm.
fn tag(cx: &Cx) -> &'static str {
    if cx.kind() == Kind::Stream { TAG_STREAM } else { TAG }
}

fn keyval(cx: &mut Cx, call: &Call) -> Verdict {
    let fault = |phrase, n| Fault::directive(phrase).at(call.span(n));
    if call.arg(1).is_empty() {
        return Err(fault("is empty", 1));
    }
    let name = call.arg(2).strip_prefix('$').filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| fault("not a variable specified", 2))?;
    let zone = call.arg(3).strip_prefix("zone=").filter(|zone| !zone.is_empty());
    let zone = zone.ok_or_else(|| fault("not a zone specified", 3))?;
    for key in call.arg(1).split('$').skip(1) {
        let end = key.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        if end == 0 {
            cx.warn(Fault::emerg("invalid variable name \"$\"").at(call.span(1)));
            return Err(fault("failed to get variable index", 1));
        }
        cx.index_of_variable(&key[..end], call.span(1))?;
    }
    if !cx.realm_slot::<Declared>().0.iter().any(|(declared, _)| declared == zone) {
        return Err(fault("zone not found", 3).help("keyval_zone must stand before keyval"));
    }
    let tag = tag(cx);
    cx.config.zones.add(zone, 0, tag, call.span(3))?;
    cx.define(name, CHANGEABLE, call.span(2))?;
    cx.keep(call, Value::Words);
    Ok(())
}

/// Notes a zone, once.
fn declare(cx: &mut Cx, call: &Call, name: &str, size: u64) -> Verdict {
    let declared = cx.realm_slot::<Declared>();
    if let Some((_, first)) = declared.0.iter().find(|(declared, _)| declared == name) {
        let message = format!("\"{}\" duplicate \"zone={name}\" parameter", call.name());
        return Err(Fault::emerg(message).at(call.span(1)).related(*first, "first declared here"));
    }
    declared.0.push((name.to_owned(), call.span(1)));
    let tag = tag(cx);
    cx.config.zones.add(name, size, tag, call.span(1)).map(drop)
}

fn keyval_zone(cx: &mut Cx, call: &Call) -> Verdict {
    let refused = |phrase: &str, n| {
        let message = format!("\"{}\" {phrase} \"{}\"", call.name(), call.arg(n));
        Fault::emerg(message).at(call.span(n))
    };
    let Some(zone) = call.arg(1).strip_prefix("zone=") else {
        return Err(Fault::directive("must have \"zone\" parameter").at(call.span(0)));
    };
    let (name, size) = zone.split_once(':').ok_or_else(|| refused("invalid zone size", 1))?;
    let size = values::size(size).ok_or_else(|| refused("invalid zone size", 1))?;
    if size < LEAST {
        let message = format!("\"{}\" zone \"{}\" is too small", call.name(), call.arg(1));
        return Err(Fault::emerg(message).at(call.span(1)).help("a zone has at least 32k"));
    }
    if name.is_empty() {
        return Err(Fault::directive("must have \"zone\" parameter").at(call.span(1)));
    }
    declare(cx, call, name, size)?;
    let mut lives = 0;
    for n in 2..call.words.len() {
        let (text, rest) = call.arg(n).split_once('=').unwrap_or_default();
        if !["ttl", "timeout"].contains(&text) || rest.is_empty() {
            return Err(refused("invalid parameter", n));
        }
        if lives != 0 {
            return Err(refused("duplicate parameter", n));
        }
        lives = values::sec(rest).ok_or_else(|| refused("invalid parameter", n))?;
    }
    cx.keep(call, Value::Words);
    Ok(())
}

fn keyval_zone_redis(cx: &mut Cx, call: &Call) -> Verdict {
    let name = call.arg(1).strip_prefix("zone=").filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Fault::directive("must have \"zone\" parameter").at(call.span(0)))?;
    declare(cx, call, name, LEAST)?;
    for n in 2..call.words.len() {
        let (text, rest) = call.arg(n).split_once('=').unwrap_or_default();
        let wrong = match (text, rest) {
            (_, "") => Some("parameter"),
            ("hostname", _) => None,
            ("port", rest) => crate::config::address::port(rest).is_none().then_some("port"),
            ("database", rest) => values::number(rest).is_none().then_some("database"),
            ("ttl", rest) => values::sec(rest).is_none().then_some("ttl"),
            ("connect_timeout", rest) => values::sec(rest).is_none().then_some("connect timeout"),
            ("command_timeout", rest) => values::sec(rest).is_none_or(|t| t == 0).then_some("command timeout"),
            _ => Some("parameter"),
        };
        if let Some(wrong) = wrong {
            let message = format!("\"{}\" invalid {wrong} \"{}\"", call.name(), call.arg(n));
            return Err(Fault::emerg(message).at(call.span(n)));
        }
    }
    cx.keep(call, Value::Words);
    Ok(())
}
