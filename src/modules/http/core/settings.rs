//! Readers of directives that stand alone.

use crate::modules::Version;
use crate::modules::core::thread_pool;
use crate::modules::prelude::*;

/// nginx's `NGX_MIN_POOL_SIZE` on 64-bit machines.
const MIN_POOL: u64 = 112;

/// nginx's `NGX_POOL_ALIGNMENT`.
const POOL_ALIGNMENT: u64 = 16;

/// `ngx_http_core_pool_size`: what holds for every size of a memory pool.
///
/// # Errors
/// nginx's messages.
pub fn pool_size(_: &mut Cx, call: &Call) -> Verdict {
    let size = values::size(call.arg(1)).unwrap_or_default();
    if size < MIN_POOL {
        let message = format!("the pool size must be no less than {MIN_POOL}");
        return Err(Fault::emerg(message).at(call.span(1)));
    }
    if !size.is_multiple_of(POOL_ALIGNMENT) {
        let message = format!("the pool size must be a multiple of {POOL_ALIGNMENT}");
        return Err(Fault::emerg(message).at(call.span(1)));
    }
    Ok(())
}

/// `ngx_http_core_lowat_check`
pub(super) fn send_lowat(cx: &mut Cx, call: &Call) -> Verdict {
    let fault = Fault::warn("\"send_lowat\" is not supported, ignored").at(call.span(0));
    cx.warn(fault.help("only FreeBSD has it"));
    Ok(())
}

/// `ngx_http_core_set_aio`
pub(super) fn aio(cx: &mut Cx, call: &Call) -> Verdict {
    const THREADS: Version = Version::read("1.7.11");
    cx.once(call)?;
    let text = call.arg(1);
    let unsupported = |what: &str, option: &str| {
        let fault = Fault::emerg(format!("\"aio {what}\" is unsupported on this platform")).at(call.span(1));
        fault.help(format!("this nginx was built without {option}"))
    };
    match text {
        "off" => {}
        "on" if cx.target.built_with("--with-file-aio") => {}
        "on" => return Err(unsupported("on", "--with-file-aio")),
        _ => {
            let pool = text.strip_prefix("threads").filter(|rest| rest.is_empty() || rest.starts_with('='));
            let pool = pool.filter(|_| cx.target.version >= THREADS);
            let pool = pool.ok_or_else(|| Fault::directive("invalid value").at(call.span(1)))?;
            if !cx.target.built_with("--with-threads") {
                return Err(unsupported("threads", "--with-threads"));
            }
            let name = pool.strip_prefix('=').unwrap_or(thread_pool::DEFAULT);
            if !cx.complex_text(name, call.span(1))?.is_dynamic() {
                thread_pool::add(cx, name, call.span(1));
            }
        }
    }
    cx.keep(call, Value::Words);
    Ok(())
}

/// `ngx_http_core_directio`
pub(super) fn directio(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    if call.arg(1) != "off" && values::offset(call.arg(1)).is_none() {
        return Err(Fault::directive("invalid value").at(call.span(1)));
    }
    cx.keep(call, Value::Words);
    Ok(())
}

/// `ngx_http_core_keepalive`
pub(super) fn keepalive_timeout(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    let invalid = |n| Fault::directive("invalid value").at(call.span(n));
    let timeout = values::msec(call.arg(1)).ok_or_else(|| invalid(1))?;
    if call.words.len() > 2 {
        values::sec(call.arg(2)).ok_or_else(|| invalid(2))?;
    }
    cx.keep(call, Value::Msec(timeout));
    Ok(())
}

/// `ngx_http_core_internal`
pub(super) fn internal(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    cx.keep(call, Value::Flag(true));
    Ok(())
}

/// `ngx_http_core_open_file_cache`
pub(super) fn open_file_cache(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    let (mut max, mut off) = (None, false);
    for word in call.args() {
        let text = &*word.value;
        let good = if let Some(number) = text.strip_prefix("max=") {
            max = values::number(number).filter(|max| *max > 0);
            max.is_some()
        } else if let Some(time) = text.strip_prefix("inactive=") {
            values::sec(time).is_some()
        } else {
            off |= text == "off";
            text == "off"
        };
        if !good {
            let fault = Fault::emerg(format!("invalid \"open_file_cache\" parameter \"{text}\"")).at(word.span);
            return Err(fault.help("one of off, max=NUMBER, inactive=TIME"));
        }
    }
    if max.is_none() && !off {
        let message = "\"open_file_cache\" must have the \"max\" parameter";
        return Err(Fault::emerg(message).at(call.span(0)));
    }
    cx.keep(call, Value::Words);
    Ok(())
}

/// `ngx_http_gzip_disable`
pub(super) fn gzip_disable(cx: &mut Cx, call: &Call) -> Verdict {
    for word in call.args() {
        // The names of two built-in tests of old browsers.
        let degradation = &*word.value == "degradation" && cx.target.has(&crate::modules::http::degradation::MODULE);
        if &*word.value != "msie6" && !degradation {
            cx.regex(&word.value, true, word.span)?;
        }
    }
    cx.keep(call, Value::Words);
    Ok(())
}
