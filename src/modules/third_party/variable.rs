//! Variables that directives of others define.

use crate::modules::prelude::*;

/// Defines the variable that the n-th argument names, and gives its name without the `$`.
pub(super) fn define(cx: &mut Cx, call: &Call, n: usize) -> Result<String, Fault> {
    let word = call.arg(n);
    let Some(name) = word.strip_prefix('$') else {
        return Err(Fault::emerg(format!("invalid variable name \"{word}\"")).at(call.span(n)));
    };
    cx.define(name, CHANGEABLE, call.span(n))?;
    Ok(name.to_owned())
}
