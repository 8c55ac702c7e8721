//! The output of `nginx -T` as files.
//!
//! nginx writes, for each file in the order it first opened it, the line `# configuration file PATH:`, the file, and a
//! line feed (src/core/nginx.c). What it says on stderr may come before.

use std::collections::HashMap;

use super::glob::matches_path;
use super::load::{Files, ReadError};
use super::text::encode;

const MARKER: &str = "# configuration file ";

/// Whether `text` is the output of `nginx -T`.
#[must_use]
pub fn is_dump(text: &str) -> bool {
    let said = |line: &&str| line.is_empty() || line.starts_with("nginx: ");
    text.lines().find(|line| !said(line)).and_then(marked_path).is_some()
}

/// The files of one `nginx -T`.
#[derive(Debug, Clone, Default)]
pub struct Dump {
    paths: Vec<String>,
    texts: HashMap<String, String>,
}

impl Dump {
    /// Splits the output; none if it has no marker.
    #[must_use]
    pub fn split(text: &str) -> Option<Dump> {
        let mut dump = Dump::default();
        for line in text.split_inclusive('\n') {
            if let Some(path) = marked_path(line.trim_end_matches(['\r', '\n'])) {
                dump.paths.push(path.into());
                dump.texts.insert(path.into(), String::new());
            } else if let Some(text) = dump.paths.last().and_then(|path| dump.texts.get_mut(path)) {
                text.push_str(line);
            }
        }
        // The line feed behind each file is not the file's.
        for text in dump.texts.values_mut() {
            text.truncate(text.strip_suffix('\n').map_or(text.len(), str::len));
        }
        (!dump.paths.is_empty()).then_some(dump)
    }

    /// The main configuration's path.
    #[must_use]
    pub fn entry(&self) -> &str {
        self.paths.first().map_or("", |path| path)
    }

    /// The main configuration's folder, with its slash: where relative includes start from.
    #[must_use]
    pub fn prefix(&self) -> &str {
        let entry = self.entry();
        &entry[..entry.rfind('/').map_or(0, |slash| slash + 1)]
    }
}

impl Files for Dump {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.texts.get(path).map(|text| encode(text)).ok_or_else(ReadError::not_found)
    }

    fn glob(&self, pattern: &str) -> Result<Vec<String>, ReadError> {
        let mut found: Vec<_> = self.paths.iter().filter(|path| matches_path(pattern, path)).cloned().collect();
        found.sort_unstable_by_key(|path| encode(path));
        Ok(found)
    }
}

fn marked_path(line: &str) -> Option<&str> {
    line.strip_prefix(MARKER)?.strip_suffix(':').filter(|path| !path.is_empty())
}
