//! Log files: nginx's `ngx_conf_open_file`. Directives name them; they are opened at start, each once, in this order.

use std::collections::HashMap;

use super::cx::Cx;
use crate::syntax::Span;

/// All log files of a configuration, in the order in which nginx hears of them.
#[derive(Debug, Default)]
pub struct LogFiles {
    files: Vec<LogFile>,
    by_name: HashMap<String, usize>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFile {
    /// Full name; empty for standard error.
    pub name: String,
    /// The word that named it first; `None` for a default of the build.
    pub span: Option<Span>,
    /// How an access log is buffered.
    pub buffer: Option<LogBuffer>,
}

/// The buffer of an access log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogBuffer {
    /// Bytes.
    pub size: u64,
    /// Milliseconds after which it is written; 0 for when it is full.
    pub flush: u64,
    /// Compression level; 0 for none.
    pub gzip: u8,
}

impl LogFiles {
    /// The files, in order.
    pub fn iter(&self) -> impl Iterator<Item = &LogFile> {
        self.files.iter()
    }

    /// A file by the number that [`Cx::log_file`] gave.
    #[must_use]
    pub fn get(&self, at: usize) -> &LogFile {
        &self.files[at]
    }

    /// A file by the number that [`Cx::log_file`] gave, to write.
    pub fn get_mut(&mut self, at: usize) -> &mut LogFile {
        &mut self.files[at]
    }
}

impl Cx<'_> {
    /// Names a log file, relative to the prefix; the same name gives the same file. An empty name is standard error.
    pub fn log_file(&mut self, name: &str, span: Option<Span>) -> usize {
        let full = if name.is_empty() { String::new() } else { self.prefix_path(name) };
        let LogFiles { files, by_name } = &mut self.config.log_files;
        if let Some(known) = by_name.get(&full) {
            return *known;
        }
        let number = files.len();
        if !full.is_empty() {
            by_name.insert(full.clone(), number);
        }
        files.push(LogFile { name: full, span, buffer: None });
        number
    }
}
