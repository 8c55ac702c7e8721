//! A log file: opened once, appended to by every worker, opened again when a signal says so.
//!
//! A line is one `write` to a file opened for appending, so lines of several threads and processes do not mix. A full
//! disk costs lines, never time: the rest of that second is not tried again, as nginx does it.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use super::time;
use crate::syntax;

/// A log file, or the standard error.
#[derive(Debug)]
pub struct LogFile {
    name: String,
    /// None for the standard error.
    file: Option<RwLock<File>>,
    /// The second in which the disk was found full.
    full: AtomicU64,
}

impl LogFile {
    /// Opens a file to append to, and makes it if it is not there. An empty name is the standard error.
    ///
    /// # Errors
    /// The system's.
    pub fn open(name: &str) -> io::Result<LogFile> {
        let file = if name.is_empty() { None } else { Some(RwLock::new(open(name)?)) };
        Ok(LogFile { name: name.to_owned(), file, full: AtomicU64::new(0) })
    }

    /// The standard error.
    #[must_use]
    pub fn standard_error() -> LogFile {
        LogFile { name: String::new(), file: None, full: AtomicU64::new(0) }
    }

    /// Full name, as decoded text; empty for the standard error.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is the standard error.
    #[must_use]
    pub fn is_standard_error(&self) -> bool {
        self.file.is_none()
    }

    /// Goes on in the file that has the name now. If it cannot be opened all stays as it is.
    ///
    /// # Errors
    /// The system's.
    pub fn reopen(&self) -> io::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let new = open(&self.name)?;
        *file.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }

    /// Appends, in one write. What fails is lost.
    ///
    /// # Errors
    /// The system's; of a full disk only the first in a second.
    pub fn append(&self, bytes: &[u8]) -> io::Result<()> {
        let Some(file) = &self.file else { return io::stderr().write_all(bytes) };
        let full = self.full.load(Ordering::Relaxed);
        if full != 0 && full == time::now().as_secs() {
            return Ok(());
        }
        let file = file.read().unwrap_or_else(PoisonError::into_inner);
        loop {
            match (&*file).write(bytes) {
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    if error.kind() == io::ErrorKind::StorageFull {
                        self.full.store(time::now().as_secs(), Ordering::Relaxed);
                    }
                    return Err(error);
                }
            }
        }
    }

    /// Lets the standard error of the process end up here.
    ///
    /// # Errors
    /// The system's.
    pub fn take_standard_error(&self) -> io::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let file = file.read().unwrap_or_else(PoisonError::into_inner);
        nix::unistd::dup2_stderr(file.as_fd()).map_err(io::Error::from)
    }
}

fn open(name: &str) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(native(name))
}

/// A path as the system has it: any bytes.
#[must_use]
pub fn native(path: &str) -> std::path::PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(syntax::encode(path)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_an_error_and_tried_again_in_another_second() {
        let file = LogFile::open("/dev/full").expect("a device that is always full");
        assert_eq!(file.append(b"x").expect_err("no space").kind(), io::ErrorKind::StorageFull);
        file.full.store(u64::MAX, Ordering::Relaxed);
        assert!(file.append(b"x").is_err());
    }
}
