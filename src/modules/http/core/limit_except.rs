//! `limit_except`: rules for all methods except those it names.

use crate::modules::prelude::*;

/// The methods nginx knows here, each with its bit in [`LimitExcept`].
pub const METHODS: &[&str] = &[
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "MKCOL",
    "COPY",
    "MOVE",
    "OPTIONS",
    "PROPFIND",
    "PROPPATCH",
    "LOCK",
    "UNLOCK",
    "PATCH",
];

/// State of a `limit_except` scope: the methods to which it does not apply, by their index in [`METHODS`].
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct LimitExcept(pub u32);

/// `ngx_http_core_limit_except`
pub(super) fn read(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    cx.keep(call, Value::Own);
    let mut methods = 0;
    for word in call.args() {
        let Some(method) = METHODS.iter().position(|method| method.eq_ignore_ascii_case(&word.value)) else {
            let fault = Fault::emerg(format!("invalid method \"{}\"", word.value)).at(word.span);
            return Err(fault.help(format!("one of {}", METHODS.join(", "))));
        };
        methods |= 1 << method;
    }
    // GET allows HEAD too.
    if methods & 1 != 0 {
        methods |= 2;
    }
    let scope = cx.open(call, Contexts::LIMIT_EXCEPT);
    cx.within(scope, |cx| *cx.slot() = LimitExcept(methods));
    cx.read(call, scope)
}
