//! What the exchange may ask about files: `try_files`, `if (-f ...)`, passwords. Without an answer there are none.

use std::fmt::Debug;

/// A place with files.
pub trait Files: Debug + Send + Sync {
    /// Whether `path` is a file, or with `folder` a folder.
    fn exists(&self, path: &[u8], folder: bool) -> bool;

    /// What is in a file.
    ///
    /// # Errors
    /// It cannot be had.
    fn read(&self, path: &[u8]) -> Result<Vec<u8>, Unread> {
        let _ = path;
        Err(Unread::Missing)
    }
}

/// Why a file cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// There is none.
    Missing,
    /// It cannot be opened or read.
    Refused,
}
