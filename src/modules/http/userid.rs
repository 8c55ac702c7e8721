//! `ngx_http_userid_filter_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    ..Module::new("http_userid_filter_module", Kind::Http, Presence::Default("http_userid"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("userid", "http server location", "1", Enum(&["off", "log", "v1", "on"]), "1.0.0", "off",
        "Issues or only logs cookies that identify clients, in version 1 or version 2 format."),
    d("userid_domain", "http server location", "1", Str, "1.0.0", "none",
        "Sets the domain for which the client identification cookie is valid, or none."),
    d("userid_expires", "http server location", "1", Custom(expires), "1.0.0", "off",
        "Sets how long browsers keep the identification cookie; off limits it to the browser session."),
    d("userid_flags", "http server location", "1 2 3", Custom(flags), "1.19.3", "off",
        "Adds attributes such as secure, httponly and samesite to the client identification cookie."),
    d("userid_mark", "http server location", "1", Custom(mark), "1.0.0", "off",
        "Sets a marker character in the cookie, so that expiry or P3P changes reissue it unchanged."),
    d("userid_name", "http server location", "1", Str, "1.0.0", "uid",
        "Sets the name of the cookie that is used to identify clients."),
    d("userid_p3p", "http server location", "1", Str, "1.0.0", "none",
        "Sets the value of the P3P header that is sent along with the identification cookie."),
    d("userid_path", "http server location", "1", Str, "1.0.0", "/",
        "Sets the path for which the client identification cookie is valid."),
    d("userid_service", "http server location", "1", Number, "1.0.0", "",
        "Sets the number of the service that issued the cookie; version 2 otherwise uses the server address."),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("uid_got", "1.0.0"),
    v("uid_reset", "1.0.5").changeable(),
    v("uid_set", "1.0.0"),
];

/// Words of `userid_flags`, and the bits that each sets; the modes of SameSite share one.
const FLAGS: &[(&str, u32)] = &[
    ("off", 1),
    ("secure", 2),
    ("httponly", 4),
    ("samesite=strict", 8 | 16),
    ("samesite=lax", 8 | 32),
    ("samesite=none", 8 | 64),
];

fn flags(cx: &mut Cx, call: &Call) -> Verdict {
    let mut value = match cx.config.scope(cx.scope).setting(call.name()).map(|s| &s.value) {
        Some(Value::Mask(before)) => *before,
        _ => 0,
    };
    for (n, word) in call.args().iter().enumerate() {
        let known = FLAGS.iter().find(|(name, _)| name.eq_ignore_ascii_case(&word.value));
        let (_, bits) = known.ok_or_else(|| call.invalid_value(n + 1))?;
        if value & bits == 0 {
            value |= bits;
        } else {
            cx.warn(Fault::warn(format!("duplicate value \"{}\"", word.value)).at(word.span));
        }
    }
    cx.keep(call, Value::Mask(value));
    Ok(())
}

fn expires(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    let text = call.arg(1);
    if !matches!(text, "max" | "off") && values::sec(text).is_none() {
        return Err(Fault::directive("invalid value").at(call.span(1)));
    }
    cx.keep(call, Value::Words);
    Ok(())
}

fn mark(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    let text = call.arg(1);
    let is_mark = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'=';
    if text != "off" && !matches!(text.as_bytes(), [byte] if is_mark(*byte)) {
        let phrase = "value must be \"off\" or a single letter, digit or \"=\"";
        return Err(Fault::directive(phrase).at(call.span(1)));
    }
    cx.keep(call, Value::Words);
    Ok(())
}
