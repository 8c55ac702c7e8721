//! Directives that make a location answer by itself (`empty_gif`, `stub_status`, `flv`): there is nothing to read, and
//! the last one said counts.

use crate::modules::prelude::*;

/// Keeps the call.
///
/// # Errors
/// None.
pub fn handler(cx: &mut Cx, call: &Call) -> Verdict {
    cx.keep(call, Value::Words);
    Ok(())
}
