//! The types of files by the ends of their names (`types`, `default_type`), and lists of types (`charset_types`).

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::config::{Config, ScopeId};
use crate::exchange::site::Builder;
use crate::modules::http::core::types::{DEFAULT_TYPES, Types};
use crate::syntax::encode;

/// A table of types.
#[derive(Debug, Default)]
pub struct ContentTypes {
    by_extension: FxHashMap<Box<[u8]>, Box<[u8]>>,
}

impl ContentTypes {
    /// The table that holds in a scope; those of one block are made once.
    pub(super) fn compile(scope: ScopeId, builder: &mut Builder) -> Arc<ContentTypes> {
        let config = builder.config;
        let from = config.ancestors(scope).find(|id| config.scope(*id).slot::<Types>().is_some());
        if let Some(known) = builder.types.get(&from) {
            return Arc::clone(known);
        }
        let entry = |(extension, kind): (&str, &str)| (encode(extension).into_boxed_slice(), encode(kind).into());
        let by_extension = match from.and_then(|from| config.scope(from).slot::<Types>()) {
            Some(types) => types.by_extension.iter().map(|(extension, kind)| entry((extension, kind))).collect(),
            None => DEFAULT_TYPES.iter().copied().map(entry).collect(),
        };
        let types = Arc::new(ContentTypes { by_extension });
        builder.types.insert(from, Arc::clone(&types));
        types
    }

    /// The type of a path.
    #[must_use]
    pub fn of(&self, path: &[u8]) -> Option<&[u8]> {
        let extension = extension(path)?;
        if let Some(kind) = self.by_extension.get(extension) {
            return Some(kind);
        }
        Some(self.by_extension.get(&*extension.to_ascii_lowercase())?)
    }
}

/// What follows the last dot of the last name, which may not begin it: `ngx_http_set_exten`.
fn extension(path: &[u8]) -> Option<&[u8]> {
    let name = memchr::memrchr(b'/', path).map_or(0, |slash| slash + 1);
    let dot = memchr::memrchr(b'.', path.get(name..)?)?;
    (dot > 0).then(|| &path[name + dot + 1..])
}

/// A list of types, such as that of `charset_types`.
#[derive(Debug, Default)]
pub struct TypeList {
    every: bool,
    types: Vec<Box<[u8]>>,
}

impl TypeList {
    /// The list of a directive; `always` is among it whatever is listed, and all of `default` where nothing is.
    pub fn new(config: &Config, scope: ScopeId, name: &str, always: &str, default: &str) -> TypeList {
        let settings = config.effective_all(scope, name);
        let words = settings.iter().flat_map(|set| &set.words[1..]).map(|word| word.value.to_ascii_lowercase());
        let mut list: Vec<String> = std::iter::once(always.to_owned()).chain(words).collect();
        if settings.is_empty() {
            list.extend(default.split(' ').map(str::to_owned));
        }
        let every = list.iter().any(|kind| kind == "*");
        TypeList { every, types: list.into_iter().map(|kind| encode(&kind).into_boxed_slice()).collect() }
    }

    /// Whether a type, without its parameters, is in it: `ngx_http_test_content_type`.
    #[must_use]
    pub fn has(&self, content_type: &[u8]) -> bool {
        self.every || !content_type.is_empty() && self.types.iter().any(|kind| kind.eq_ignore_ascii_case(content_type))
    }
}

#[cfg(test)]
mod tests {
    use super::extension;

    #[test]
    fn extensions() {
        let cases: [(&str, Option<&str>); 7] = [
            ("/a.html", Some("html")),
            ("/a.tar.gz", Some("gz")),
            ("/.html", None),
            ("/a.b/c", None),
            ("/a/.b.c", Some("c")),
            ("/a.", Some("")),
            ("", None),
        ];
        for (path, want) in cases {
            assert_eq!(extension(path.as_bytes()), want.map(str::as_bytes), "{path}");
        }
    }
}
