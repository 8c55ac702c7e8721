//! One statement of a payload, whichever dialect it came from or goes to.

/// Blocks whose entries are free words, no directives: the ones that nginx-go-crossplane marks.
const MAPS: &[&str] = &["charset_map", "geo", "geoip2", "map", "match", "otel_exporter", "split_clients", "types"];

/// A directive or a comment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Statement {
    /// The file it came from, where a payload combines several.
    pub(super) file: Option<String>,
    /// The name, `#` for a comment.
    pub(super) directive: String,
    /// From 1; 0 where the payload does not say.
    pub(super) line: usize,
    pub(super) args: Vec<String>,
    /// Indices of files.
    pub(super) includes: Option<Vec<usize>>,
    pub(super) block: Option<Vec<Statement>>,
    /// What stands behind the `#`.
    pub(super) comment: Option<String>,
    /// Go's mark of an entry of a map.
    pub(super) in_map: bool,
}

impl Statement {
    /// Whether the entries of its block are free words.
    pub(super) fn is_map(&self) -> bool {
        MAPS.contains(&&*self.directive)
    }
}

/// Whether nginx would find Lua code in the block of a directive of this name.
pub(super) fn has_lua(directive: &str) -> bool {
    let stem = directive.strip_suffix("_by_lua_block");
    stem.is_some_and(|stem| !stem.is_empty() && stem.bytes().all(|b| b == b'_' || b.is_ascii_lowercase()))
}
