//! How directives of NGINX Plus are read, as far as its documentation says: which variables and zones they make, which
//! parameters they know. The words of its messages are not known; these are those of nginx for the like.

use crate::modules::prelude::*;
use crate::modules::shared::map;

/// `api [write=on|off]`
pub(super) fn api(cx: &mut Cx, call: &Call) -> Verdict {
    if call.words.len() > 1 && !["write=on", "write=off"].contains(&call.arg(1)) {
        return Err(call.invalid_parameter(1).help("write=on or write=off"));
    }
    cx.keep(call, Value::Words);
    Ok(())
}

/// `auth_jwt realm [token=$variable]`, or `off`
pub(super) fn auth_jwt(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    cx.complex(&call.words[1])?;
    if call.words.len() > 2 {
        let token = call.arg(2).strip_prefix("token=$").filter(|name| !name.is_empty());
        cx.index_of_variable(token.ok_or_else(|| call.invalid_parameter(2))?, call.span(2))?;
    }
    cx.keep(call, Value::Words);
    Ok(())
}

/// `auth_jwt_claim_set $variable name...`
pub(super) fn set(cx: &mut Cx, call: &Call) -> Verdict {
    let name = map::variable_name(call, 1)?.to_owned();
    cx.define(&name, CHANGEABLE, call.span(1))?;
    cx.keep(call, Value::Words);
    Ok(())
}

/// `auth_require $value... [error=code]`
pub(super) fn require(cx: &mut Cx, call: &Call) -> Verdict {
    for word in call.args().iter().filter(|word| !word.value.starts_with("error=")) {
        cx.complex(word)?;
    }
    cx.keep(call, Value::Words);
    Ok(())
}

/// A word, and text with variables.
pub(super) fn named_text(cx: &mut Cx, call: &Call) -> Verdict {
    cx.complex(&call.words[2])?;
    cx.keep(call, Value::Words);
    Ok(())
}

/// `keyval key $variable zone=name`
pub(super) fn keyval(cx: &mut Cx, call: &Call) -> Verdict {
    cx.complex(&call.words[1])?;
    let name = map::variable_name(call, 2)?.to_owned();
    let zone = call.arg(3).strip_prefix("zone=").filter(|zone| !zone.is_empty());
    let zone = zone.ok_or_else(|| call.invalid_parameter(3))?;
    cx.config.zones.add(zone, 0, call.module.name, call.span(3))?;
    cx.define(&name, CHANGEABLE, call.span(2))?;
    cx.keep(call, Value::Words);
    Ok(())
}

/// `keyval_zone zone=name:size [state=file] [timeout=time] [type=string|ip|prefix] [sync]`
pub(super) fn keyval_zone(cx: &mut Cx, call: &Call) -> Verdict {
    let mut zone = None;
    for n in 1..call.words.len() {
        let (name, value) = call.arg(n).split_once('=').unwrap_or((call.arg(n), ""));
        let good = match name {
            "zone" => {
                let (name, size) = value.split_once(':').unwrap_or((value, ""));
                zone = values::size(size).filter(|_| !name.is_empty()).map(|size| (name, size, call.span(n)));
                zone.is_some()
            }
            "state" => !value.is_empty(),
            "timeout" => values::sec(value).is_some(),
            "type" => ["string", "ip", "prefix"].contains(&value),
            "sync" => value.is_empty(),
            _ => false,
        };
        if !good {
            return Err(call.invalid_parameter(n));
        }
    }
    let missing = || Fault::emerg(format!("\"{}\" must have \"zone\" parameter", call.name())).at(call.span(0));
    let (name, size, span) = zone.ok_or_else(missing)?;
    cx.config.zones.add(name, size, call.module.name, span)?;
    cx.keep(call, Value::Words);
    Ok(())
}

/// Parameters of `health_check` with a value, and whether that is a time or a number.
const CHECK_TIMES: &[&str] = &["interval", "jitter", "keepalive_time"];
const CHECK_NUMBERS: &[&str] = &["fails", "passes", "port", "grpc_status"];
const CHECK_TEXTS: &[&str] = &["uri", "match", "type", "grpc_service"];
const CHECK_WORDS: &[&str] = &["mandatory", "persistent", "udp"];

/// `health_check [parameter...]`
pub(super) fn health_check(cx: &mut Cx, call: &Call) -> Verdict {
    for n in 1..call.words.len() {
        let good = match call.arg(n).split_once('=') {
            Some((name, value)) if CHECK_TIMES.contains(&name) => values::msec(value).is_some(),
            Some((name, value)) if CHECK_NUMBERS.contains(&name) => values::number(value).is_some(),
            Some((name, value)) => CHECK_TEXTS.contains(&name) && !value.is_empty(),
            None => CHECK_WORDS.contains(&call.arg(n)),
        };
        if !good {
            let known = [CHECK_TIMES, CHECK_NUMBERS, CHECK_TEXTS].concat().join("=, ");
            return Err(call.invalid_parameter(n).help(format!("{known}=, {}", CHECK_WORDS.join(", "))));
        }
    }
    cx.keep(call, Value::Words);
    Ok(())
}

/// `match name { test...; }`
pub(super) fn match_block(cx: &mut Cx, call: &Call) -> Verdict {
    cx.keep(call, Value::Own);
    cx.rows(call, false, &mut |cx, row| {
        if &*row.words[0].value == "require" {
            for word in row.words.iter().skip(1) {
                cx.complex(word)?;
            }
        }
        Ok(())
    })
}

/// `num_map $source $variable { range value; }`
pub(super) fn num_map(cx: &mut Cx, call: &Call) -> Verdict {
    cx.complex(&call.words[1])?;
    let name = map::variable_name(call, 2)?.to_owned();
    cx.define(&name, CHANGEABLE, call.span(2))?;
    cx.keep(call, Value::Own);
    cx.rows(call, true, &mut |_, _| Ok(()))
}

pub(super) fn oidc_provider(cx: &mut Cx, call: &Call) -> Verdict {
    cx.block(call, Contexts::OIDC_PROVIDER).map(drop)
}

pub(super) fn mgmt(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    cx.block(call, Contexts::MGMT).map(drop)
}

/// `session_log_format name text...`
pub(super) fn session_log_format(cx: &mut Cx, call: &Call) -> Verdict {
    for word in call.args().iter().skip(1).filter(|word| !word.value.starts_with("escape=")) {
        cx.complex(word)?;
    }
    cx.keep(call, Value::Words);
    Ok(())
}

/// `session_log_zone path zone=name:size [format=name] [timeout=time] [id=text] [md5=text]`
pub(super) fn session_log_zone(cx: &mut Cx, call: &Call) -> Verdict {
    for n in 2..call.words.len() {
        let (name, value) = call.arg(n).split_once('=').unwrap_or((call.arg(n), ""));
        let good = match name {
            "zone" => value.split_once(':').is_some_and(|(_, size)| values::size(size).is_some()),
            "format" => !value.is_empty(),
            "timeout" => values::msec(value).is_some(),
            "id" | "md5" => {
                cx.complex_text(value, call.span(n))?;
                true
            }
            _ => false,
        };
        if !good {
            return Err(call.invalid_parameter(n));
        }
    }
    cx.keep(call, Value::Words);
    Ok(())
}

/// `zone_sync_server address [resolve]`
pub(super) fn zone_sync_server(cx: &mut Cx, call: &Call) -> Verdict {
    if call.words.len() > 2 && call.arg(2) != "resolve" {
        return Err(call.invalid_parameter(2).help("resolve"));
    }
    let text = call.arg(1);
    let form = UrlForm { no_resolve: call.words.len() > 2, ..UrlForm::default() };
    let bad = Url::read(text, form, cx.host).err();
    if let Some(bad) = bad {
        return Err(bad.fault(format!("zone_sync_server \"{text}\"")).at(call.span(1)));
    }
    cx.keep(call, Value::Words);
    Ok(())
}
