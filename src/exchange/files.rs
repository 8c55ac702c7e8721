//! What the exchange may ask about files: `try_files`, `if (-f ...)`. Without an answer there are none.

use std::fmt::Debug;

/// A place with files.
pub trait Files: Debug + Send + Sync {
    /// Whether `path` is a file, or with `folder` a folder.
    fn exists(&self, path: &[u8], folder: bool) -> bool;
}
