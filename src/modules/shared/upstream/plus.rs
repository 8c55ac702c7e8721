//! What only NGINX Plus has in an `upstream` block, as its documentation says it: the wording of its faults is
//! not known. `queue` and `ntlm` must follow the method; one before it has no effect.

use super::current;
use crate::modules::prelude::*;

/// Requests that wait when no peer can be chosen at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queue {
    /// How many may wait.
    pub size: u64,
    /// For how many milliseconds.
    pub timeout: u64,
}

/// `queue NUMBER [timeout=TIME];`
///
/// # Errors
/// A second call, no number, and a second word that is no timeout.
pub fn queue(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    let size = values::number(call.arg(1)).map(i64::cast_unsigned).ok_or_else(|| call.invalid_value(1))?;
    let mut timeout = 60_000;
    if call.words.len() > 2 {
        let time = call.arg(2).strip_prefix("timeout=").and_then(values::msec);
        timeout = time.ok_or_else(|| call.invalid_parameter(2))?;
    }
    cx.keep(call, Value::Own);
    let group = current(cx);
    group.queue = Some(Queue { size, timeout });
    group.chooser = Some(call.span(0));
    Ok(())
}

/// `ntlm;`
///
/// # Errors
/// A second call.
pub fn ntlm(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    cx.keep(call, Value::Own);
    let group = current(cx);
    group.ntlm = true;
    group.chooser = Some(call.span(0));
    Ok(())
}

/// `state FILE;`
///
/// # Errors
/// A second call, and servers beside it.
pub fn state(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    let path = cx.conf_path(call.arg(1));
    cx.keep(call, Value::Own);
    let group = current(cx);
    group.state = Some(path);
    match group.servers.first() {
        Some(server) => Err(Fault::directive("is incompatible with \"server\"")
            .at(call.span(0))
            .related(server.span, "the servers are in the file, or here")),
        None => Ok(()),
    }
}
