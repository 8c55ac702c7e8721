//! The third-party module geoip2: variables from a MaxMind database.

use crate::modules::prelude::*;

/// The names by which builds and `--module` know it.
const NAMES: &[&str] = &["geoip2"];

/// Its part in `http`.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("geoip2_http_module", Kind::Http, Presence::ThirdParty(NAMES)) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("geoip2", "http", "block 1", Custom(database), "1.0.0", "",
        "Loads a MaxMind GeoIP2 database and maps its fields to nginx variables."),
    d("geoip2_proxy", "http", "1", Unchecked, "1.0.0", "",
        "Names trusted proxies whose X-Forwarded-For header supplies the address to look up."),
    d("geoip2_proxy_recursive", "http", "flag", Flag, "1.0.0", "off",
        "Skips all trusted proxy addresses in X-Forwarded-For to find the real client address."),
];

/// Its part in `stream`.
pub static MODULE_STREAM: Module = Module {
    directives: DIRECTIVES_STREAM,
    ..Module::new("geoip2_stream_module", Kind::Stream, Presence::ThirdParty(NAMES))
};

#[rustfmt::skip]
static DIRECTIVES_STREAM: &[Directive] = &[
    d("geoip2", "stream", "block 1", Custom(database), "1.0.0", "",
        "Loads a MaxMind GeoIP2 database and maps its fields to nginx variables."),
];

fn database(cx: &mut Cx, call: &Call) -> Verdict {
    let path = if call.arg(1).starts_with('/') { call.arg(1).to_owned() } else { cx.prefix_path(call.arg(1)) };
    if let Some(first) = cx.config.scope(cx.scope).all("geoip2").find(|given| given.arg(1) == call.arg(1)) {
        let fault = Fault::emerg(format!("Duplicate GeoIP2 mmdb - {path}")).at(call.span(1));
        return Err(fault.related(first.span(), "first named here"));
    }
    if cx.host.read(&path).is_err() {
        let message = format!("MMDB_open(\"{path}\") failed - Error opening the specified MaxMind DB file");
        return Err(Fault::emerg(message).at(call.span(1)).of_host());
    }
    cx.keep(call, Value::Words);
    cx.rows(call, true, &mut |cx, row| entry(cx, *row))
}

/// `$variable [default=value] [source=$variable] path...`, or `auto_reload interval`
fn entry(cx: &mut Cx, row: Row) -> Verdict {
    let first = &row.words[0];
    if let Some(name) = first.value.strip_prefix('$') {
        return variable(cx, row, name);
    }
    if &*first.value != "auto_reload" {
        return Err(Fault::emerg(format!("invalid setting \"{}\"", first.value)).at(first.span));
    }
    let [_, interval] = &row.words[..] else {
        return Err(Fault::emerg("invalid number of arguments for auto_reload").at(first.span));
    };
    if values::sec(&interval.value).is_none() {
        let message = format!("invalid interval for auto_reload \"{}\"", interval.value);
        return Err(Fault::emerg(message).at(interval.span));
    }
    Ok(())
}

fn variable(cx: &mut Cx, row: Row, name: &str) -> Verdict {
    let metadata = row.words.get(1).is_some_and(|word| &*word.value == "metadata");
    let (mut default, mut source) = (None, None);
    for word in row.words.iter().skip(1).take_while(|word| !metadata && word.value.contains('=')) {
        let (option, value) = word.value.split_once('=').unwrap_or_default();
        let known = match option {
            "default" => &mut default,
            "source" => &mut source,
            _ => &mut None,
        };
        if !["default", "source"].contains(&option) || value.is_empty() {
            let message = format!("invalid setting \"{}\" for \"${name}\"", word.value);
            return Err(Fault::emerg(message).at(word.span));
        }
        if known.replace(word).is_some() {
            let message = format!("{option} has already been declared for  \"${name}\"");
            return Err(Fault::emerg(message).at(word.span));
        }
        if option == "source" {
            if !value.starts_with('$') {
                let message = format!("invalid source variable name \"{value}\"");
                return Err(Fault::emerg(message).at(word.span));
            }
            cx.complex_text(value, word.span)?;
        }
    }
    cx.define(name, CHANGEABLE, row.words[0].span)
}
