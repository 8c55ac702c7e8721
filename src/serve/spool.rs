//! Content that waits: a request's body until it is sent, an answer until the client takes it. So much of it stays in
//! memory, the rest goes to a file that has no name any more.
//!
//! Files are written and read at once: they are in the page cache, and a worker of nginx without `aio` does no other.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::exchange::{BodyInFile, TermsOf};

/// Where files are made, and when.
#[derive(Debug, Clone)]
pub struct Place {
    /// The folder.
    pub folder: Arc<Path>,
    /// Bytes that stay in memory.
    pub memory: usize,
    /// What becomes of the file's name.
    pub naming: Naming,
}

/// What becomes of the name of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// It has none.
    None,
    /// It has one as long as the content waits.
    While,
    /// It keeps it.
    Kept,
}

impl TermsOf {
    /// Where the client's body waits.
    #[must_use]
    pub fn body_place(&self) -> Place {
        let (memory, naming) = match self.body_in_file_only {
            BodyInFile::Off => (self.body_buffer as usize, Naming::While),
            BodyInFile::On => (0, Naming::Kept),
            BodyInFile::Clean => (0, Naming::While),
        };
        Place { folder: Arc::clone(&self.body_folder), memory, naming }
    }

    /// Where an answer waits.
    #[must_use]
    pub fn buffer_place(&self) -> Place {
        let memory = self.buffering.memory as usize;
        Place { folder: Arc::clone(&self.buffer_folder), memory, naming: Naming::None }
    }
}

/// Content that waits.
#[derive(Debug, Default)]
pub struct Spool {
    memory: Vec<u8>,
    file: Option<Stored>,
    /// Bytes before those in `memory`, all in the file.
    stored: u64,
}

/// A file that was made for content that waits.
#[derive(Debug)]
pub struct Stored {
    /// It, to read and to write.
    pub file: File,
    /// The name that it was made with.
    pub path: PathBuf,
    /// What becomes of the name.
    pub naming: Naming,
}

impl Drop for Stored {
    fn drop(&mut self) {
        if self.naming == Naming::While {
            // Where it cannot be removed it stays: nobody waits for it.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// A buffer that grew beyond this is not kept.
const KEPT: usize = 64 << 10;

impl Spool {
    /// Forgets everything.
    pub fn clear(&mut self) {
        self.memory.clear();
        if self.memory.capacity() > KEPT {
            self.memory = Vec::new();
        }
        (self.file, self.stored) = (None, 0);
    }

    /// How much there is.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.stored + self.memory.len() as u64
    }

    /// Where what comes next is put; [`Spool::settle`] afterwards.
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.memory
    }

    /// What stands in memory, if that is all.
    #[must_use]
    pub fn in_memory(&self) -> Option<&[u8]> {
        self.file.is_none().then_some(&self.memory[..])
    }

    /// The name of the file, where it has one.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.file.as_ref().filter(|stored| stored.naming != Naming::None).map(|stored| &*stored.path)
    }

    /// Moves what is too much for the memory to a file.
    ///
    /// # Errors
    /// The system's: no such folder, disk full.
    pub fn settle(&mut self, place: &Place) -> io::Result<()> {
        if self.memory.len() <= place.memory {
            return Ok(());
        }
        if self.file.is_none() {
            self.file = Some(Stored::create(&place.folder, place.naming)?);
        }
        if let Some(stored) = &self.file {
            stored.file.write_all_at(&self.memory, self.stored)?;
        }
        self.stored += self.memory.len() as u64;
        self.memory.clear();
        Ok(())
    }

    /// Makes a file even of nothing, where content stands only in files.
    ///
    /// # Errors
    /// The system's.
    pub fn fill_file(&mut self, place: &Place) -> io::Result<()> {
        if self.file.is_none() {
            self.file = Some(Stored::create(&place.folder, place.naming)?);
        }
        Ok(())
    }

    /// Appends all that another one has.
    ///
    /// # Errors
    /// The system's.
    pub fn copy(&mut self, other: &Spool, place: &Place) -> io::Result<()> {
        const PIECE: usize = 32 << 10;
        let mut at = 0;
        while at < other.len() {
            let from = self.memory.len();
            self.memory.resize(from + PIECE, 0);
            let count = other.read_at(at, &mut self.memory[from..])?;
            self.memory.truncate(from + count);
            at += count as u64;
            self.settle(place)?;
        }
        Ok(())
    }

    /// Reads from a place on; nothing at the end.
    ///
    /// # Errors
    /// The system's.
    pub fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        if at < self.stored
            && let Some(stored) = &self.file
        {
            let most = into.len().min((self.stored - at) as usize);
            return stored.file.read_at(&mut into[..most], at);
        }
        let left = self.memory.get((at - self.stored) as usize..).unwrap_or_default();
        let count = left.len().min(into.len());
        into[..count].copy_from_slice(&left[..count]);
        Ok(count)
    }
}

impl Stored {
    /// Makes one that only its owner may read.
    ///
    /// # Errors
    /// The system's.
    pub fn create(folder: &Path, naming: Naming) -> io::Result<Stored> {
        loop {
            let path = folder.join(next_name());
            match OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path) {
                Ok(file) => {
                    if naming == Naming::None {
                        std::fs::remove_file(&path)?;
                    }
                    return Ok(Stored { file, path, naming });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                // The folders of a build are there where nginx was installed, and only there.
                Err(error) if error.kind() == io::ErrorKind::NotFound && folder != std::env::temp_dir() => {
                    return Stored::create(&std::env::temp_dir(), naming);
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// A name that no other file of this process was given: nginx's `ngx_next_temp_number`.
pub fn next_name() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    format!("{:010}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_goes_to_a_file_without_a_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = Place { folder: folder.path().into(), memory: 4, naming: Naming::None };
        let mut spool = Spool::default();
        for piece in ["abc", "def", "g", "hijkl", "m"] {
            spool.buffer().extend_from_slice(piece.as_bytes());
            spool.settle(&place).expect("stored");
        }
        assert_eq!(spool.len(), 13);
        assert!(spool.in_memory().is_none() && spool.path().is_none());
        assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 0);
        let (mut all, mut piece) = (Vec::new(), [0; 5]);
        loop {
            let count = spool.read_at(all.len() as u64, &mut piece).expect("read");
            if count == 0 {
                break;
            }
            all.extend_from_slice(&piece[..count]);
        }
        assert_eq!(all, b"abcdefghijklm");
        spool.clear();
        assert_eq!(spool.len(), 0);
    }

    #[test]
    fn a_file_may_keep_its_name() {
        let folder = tempfile::tempdir().expect("a folder");
        for (naming, stays) in [(Naming::While, false), (Naming::Kept, true)] {
            let place = Place { folder: folder.path().into(), memory: 0, naming };
            let mut spool = Spool::default();
            spool.buffer().extend_from_slice(b"ab");
            spool.settle(&place).expect("stored");
            let path = spool.path().expect("a name").to_owned();
            assert_eq!(std::fs::read(&path).expect("read"), b"ab");
            spool.clear();
            assert_eq!(path.exists(), stays);
        }
    }
}
