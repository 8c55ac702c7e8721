//! `types`: which content type a file name's extension has; and the lists of content types (`gzip_types`).

use std::collections::HashMap;

use crate::modules::prelude::*;
use crate::modules::shared::hash::{self, Table};

/// State of a scope with `types`.
#[derive(Debug, Default)]
pub struct Types {
    /// Content type by extension, in lower case.
    pub by_extension: HashMap<String, String>,
    /// Where the first block was.
    span: Option<Span>,
}

/// What nginx knows when nothing says otherwise.
pub const DEFAULT_TYPES: &[(&str, &str)] = &[("html", "text/html"), ("gif", "image/gif"), ("jpg", "image/jpeg")];

/// `ngx_http_core_types`
pub(super) fn read(cx: &mut Cx, call: &Call) -> Verdict {
    cx.keep(call, Value::Own);
    cx.slot::<Types>().span.get_or_insert(call.span(0));
    cx.rows(call, true, &mut |cx, row| add(cx, row.words))
}

fn add(cx: &mut Cx, words: &[Word]) -> Verdict {
    let Some((content_type, extensions)) = words.split_first() else { return Ok(()) };
    if &*content_type.value == "include" {
        let fault = Fault::emerg("invalid number of arguments in \"include\" directive");
        return Err(fault.at(content_type.span));
    }
    for word in extensions {
        let extension = word.value.to_ascii_lowercase();
        let types = &mut cx.slot::<Types>().by_extension;
        let before = types.insert(extension.clone(), content_type.value.to_string());
        if let Some(before) = before {
            let message = format!(
                "duplicate extension \"{extension}\", content type: \"{}\", previous content type: \"{before}\"",
                content_type.value
            );
            cx.warn(Fault::warn(message).at(word.span));
        }
    }
    Ok(())
}

/// The part of `ngx_http_core_merge_loc_conf` that builds the tables of types: that of `http` when the first server is
/// merged, with this server's sizes.
pub(super) fn merge(cx: &mut Cx, scope: ScopeId) -> Verdict {
    let sizes = |name: &str, default| cx.config.number(scope, name, default);
    let (max_size, bucket_size) = (sizes("types_hash_max_size", 1024), sizes("types_hash_bucket_size", 64));
    let table = Table { name: "types_hash", max_size, bucket_size: hash::align(bucket_size), span: None };
    let inherited = match cx.config.scope(scope).parent {
        Some(around) if Some(around) == cx.config.http => Some(around),
        _ => None,
    };
    if let Some(http) = inherited {
        let built = std::mem::replace(&mut cx.realm_slot::<Built>().0, true);
        if !built {
            check(cx, http, &table)?;
        }
        if cx.config.effective_slot::<Types>(scope).is_none() {
            return table.check(cx, DEFAULT_TYPES.iter().map(|(extension, _)| *extension));
        }
    }
    check(cx, scope, &table)
}

/// Whether the table of `http` was built.
#[derive(Debug, Default)]
struct Built(bool);

fn check(cx: &mut Cx, scope: ScopeId, table: &Table) -> Verdict {
    let Some(types) = cx.config.scope(scope).slot::<Types>() else { return Ok(()) };
    let extensions: Vec<String> = types.by_extension.keys().cloned().collect();
    let table = Table { span: types.span, ..*table };
    table.check(cx, extensions.iter().map(String::as_str))
}
