//! What the exchange may ask about files: `try_files`, `if (-f ...)`, passwords. Without an answer there are none.

use std::fmt::Debug;

/// Whether symbolic links in a path are followed: `disable_symlinks`. The path's first bytes are not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Links {
    /// They are.
    #[default]
    Followed,
    /// None is.
    Refused {
        /// Bytes of the path that may have some.
        from: usize,
    },
    /// Those whose owner is also that of what they lead to.
    OfOwner {
        /// Bytes of the path that may have any.
        from: usize,
    },
}

/// A place with files.
pub trait Files: Debug + Send + Sync {
    /// Whether `path` is a file, or with `folder` a folder.
    fn exists(&self, path: &[u8], folder: bool, links: Links) -> bool;

    /// Whether its owner may execute it.
    fn is_executable(&self, path: &[u8], links: Links) -> bool {
        self.exists(path, false, links)
    }

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
