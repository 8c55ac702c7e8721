//! Lists of MIME types (`gzip_types`, `sub_filter_types`, ...): nginx's `ngx_http_types_slot`.

use crate::modules::prelude::*;

/// The reader of every `*_types` whose list has `text/html` from the start. `*` is every type and ends the list; other
/// words add up, compared in lower case.
///
/// # Errors
/// None; nginx warns of a type that is listed twice.
pub fn types(cx: &mut Cx, call: &Call) -> Verdict {
    types_with(cx, call, "text/html")
}

/// [`types`] for a list that has another type from the start.
///
/// # Errors
/// None.
pub fn types_with(cx: &mut Cx, call: &Call, always: &str) -> Verdict {
    let listed = cx.config.scope(cx.scope).all(call.name()).flat_map(|setting| &setting.words[1..]);
    let mut seen: Vec<String> = std::iter::once(always.to_owned()).chain(listed.map(lower)).collect();
    for word in call.args() {
        if seen.iter().any(|kind| kind == "*") {
            break;
        }
        let kind = lower(word);
        if seen.contains(&kind) {
            cx.warn(Fault::warn(format!("duplicate MIME type \"{kind}\"")).at(word.span));
        } else {
            seen.push(kind);
        }
    }
    cx.keep(call, Value::Words);
    Ok(())
}

fn lower(word: &Word) -> String {
    word.value.to_ascii_lowercase()
}
