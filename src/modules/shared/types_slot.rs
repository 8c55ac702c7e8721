//! Lists of MIME types (`gzip_types`, `sub_filter_types`, ...): nginx's `ngx_http_types_slot`.

use super::hash::Table;
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

/// The part of a module's merge that builds the table of a list of types: nginx's `ngx_http_merge_types`. The list of
/// `http` is built when the first server without its own needs it.
///
/// # Errors
/// nginx's, when a type is too long for the table.
pub fn merge(cx: &mut Cx, scope: ScopeId, name: &'static str, always: &str) -> Verdict {
    if cx.config.scope(scope).setting(name).is_some() {
        return check(cx, scope, name, always);
    }
    let Some(http) = cx.config.scope(scope).parent.filter(|around| Some(*around) == cx.config.http) else {
        return Ok(());
    };
    if cx.config.scope(http).setting(name).is_none() || cx.realm_slot::<Built>().0.contains(&name) {
        return Ok(());
    }
    cx.realm_slot::<Built>().0.push(name);
    check(cx, http, name, always)
}

/// The lists of `http` whose tables were built.
#[derive(Debug, Default)]
struct Built(Vec<&'static str>);

fn check(cx: &mut Cx, scope: ScopeId, name: &'static str, always: &str) -> Verdict {
    let listed = cx.config.scope(scope).all(name).flat_map(|setting| &setting.words[1..]);
    let words: Vec<(String, Span)> = listed.map(|word| (lower(word), word.span)).collect();
    if words.iter().any(|(kind, _)| kind == "*") {
        return Ok(());
    }
    let longest = words.iter().max_by_key(|(kind, _)| kind.len()).map(|(_, span)| *span);
    let mut kinds: Vec<&str> = words.iter().map(|(kind, _)| kind.as_str()).chain([always]).collect();
    kinds.sort_unstable();
    kinds.dedup();
    Table { name: "test_types_hash", max_size: 2048, bucket_size: 64, span: longest }.check(cx, kinds)
}
