//! Stores an upstream's answer while it is relayed, as it came: `ngx_http_upstream_store`, `ngx_ext_rename_file`. What
//! came is written to a temporary file; once the answer is whole, and only then, the file gets its name.

use std::ffi::OsStr;
use std::fs::{DirBuilder, File, FileTimes, OpenOptions, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use super::say::{READING_BODY, say_of};
use crate::exchange::Slice;
use crate::exchange::answer::parse_time;
use crate::serve::clock;
use crate::serve::flight::Flight;
use crate::serve::log::{Level, refusal};
use crate::serve::spool::{Naming, Stored, next_name};
use crate::serve::state::Worker;
use crate::syntax::decode;

/// An answer that is being stored.
#[derive(Debug)]
pub struct Store {
    /// The file, once anything came.
    file: Option<Stored>,
    folder: Arc<Path>,
    /// Bytes that came, and those that were promised.
    length: u64,
    promised: Option<u64>,
}

/// What the system refused; logged by whoever called.
#[derive(Debug)]
struct Refused(String);

impl Refused {
    fn new(call: &str, path: &Path, error: &io::Error) -> Refused {
        Refused(format!("{call} \"{}\" failed ({})", shown(path), refusal(error)))
    }
}

fn shown(path: &Path) -> String {
    decode(path.as_os_str().as_bytes())
}

impl Store {
    /// Begins, where the answer whose head was read is to be stored. `promised`: its length, if it was told.
    pub fn begin(worker: &Worker, flight: &Flight, promised: Option<u64>) -> Option<Store> {
        let terms = worker.terms(&flight.exchange);
        let is_good = flight.exchange.attempts.last().is_some_and(|attempt| attempt.status == 200);
        (terms.storing.is_some() && is_good).then(|| Store {
            file: None,
            folder: Arc::clone(&terms.buffer_folder),
            length: 0,
            promised,
        })
    }

    /// Writes what came; false where that failed, which is logged.
    pub fn add(&mut self, worker: &Worker, flight: &Flight, data: &[u8]) -> bool {
        let written = data.is_empty() || self.write(data).map_err(|why| complain(worker, flight, &why)).is_ok();
        self.length += data.len() as u64;
        written
    }

    fn write(&mut self, data: &[u8]) -> Result<(), Refused> {
        let at = self.length;
        let stored = self.file()?;
        stored.file.write_all_at(data, at).map_err(|error| Refused::new("pwrite()", &stored.path, &error))
    }

    fn file(&mut self) -> Result<&mut Stored, Refused> {
        let stored = match self.file.take() {
            Some(stored) => stored,
            None => Stored::create(&self.folder, Naming::While)
                .map_err(|error| Refused::new("open()", &self.folder, &error))?,
        };
        Ok(self.file.insert(stored))
    }

    /// The answer is whole: gives the file its name, unless its length is not what was promised.
    pub fn finish(mut self, worker: &Worker, flight: &mut Flight) {
        if self.promised.is_some_and(|promised| promised != self.length) {
            return;
        }
        let terms = worker.terms(&flight.exchange);
        let Some(storing) = &terms.storing else { return };
        let site = &worker.generation.site;
        let modified = flight.exchange.upstream_headers.get(b"last-modified").and_then(parse_time);
        let path: Option<Slice> = storing.path(site, &mut flight.exchange);
        let Some(path) = path.map(|path| PathBuf::from(OsStr::from_bytes(flight.exchange.text(site, path)))) else {
            return;
        };
        let placed = self.file().and_then(|stored| Placing { stored, access: storing.access, modified }.place(&path));
        if let Err(why) = placed {
            complain(worker, flight, &why);
        }
    }
}

#[cold]
fn complain(worker: &Worker, flight: &Flight, why: &Refused) {
    say_of(worker, flight, Level::Crit, why.0.as_bytes(), READING_BODY);
}

/// A file on its way to its name.
struct Placing<'s> {
    stored: &'s mut Stored,
    /// Bits of its mode.
    access: u32,
    /// When it was modified, in seconds of Unix time, if the upstream said so.
    modified: Option<i64>,
}

impl Placing<'_> {
    fn place(self, to: &Path) -> Result<(), Refused> {
        let from = self.stored.path.clone();
        std::fs::set_permissions(&from, Permissions::from_mode(self.access))
            .map_err(|error| Refused::new("chmod()", &from, &error))?;
        self.date(&self.stored.file).map_err(|error| Refused::new("utimes()", &from, &error))?;
        let mut renamed = std::fs::rename(&from, to);
        if renamed.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound) {
            create_folders(to, self.access | (self.access & 0o444) >> 2)
                .map_err(|error| Refused::new("mkdir()", to, &error))?;
            renamed = std::fs::rename(&from, to);
        }
        match renamed {
            Ok(()) => {
                self.stored.naming = Naming::Kept;
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::CrossesDevices => self.copy(to),
            Err(error) => {
                let why = refusal(&error);
                Err(Refused(format!("rename() \"{}\" to \"{}\" failed ({why})", shown(&from), shown(to))))
            }
        }
    }

    fn date(&self, file: &File) -> io::Result<()> {
        let Some(modified) = self.modified.and_then(|at| u64::try_from(at).ok()) else { return Ok(()) };
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        file.set_times(
            FileTimes::new().set_accessed(at((clock::epoch() + clock::now().0) / 1000)).set_modified(at(modified)),
        )
    }

    /// The name is on another file system: the content is copied to a name beside it, and that becomes the name.
    fn copy(&self, to: &Path) -> Result<(), Refused> {
        let mut beside = to.as_os_str().to_owned();
        beside.push(".");
        beside.push(next_name());
        let beside = PathBuf::from(beside);
        let copied = self.copy_to(&beside, to);
        if copied.is_err() {
            // What could not be made cannot be removed.
            let _ = std::fs::remove_file(&beside);
        }
        copied
    }

    fn copy_to(&self, beside: &Path, to: &Path) -> Result<(), Refused> {
        let refused = |call: &'static str| move |error: io::Error| Refused::new(call, beside, &error);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(self.access);
        let mut copy = options.open(beside).map_err(refused("open()"))?;
        let mut source = File::open(&self.stored.path).map_err(refused("open()"))?;
        io::copy(&mut source, &mut copy).map_err(refused("write()"))?;
        self.date(&copy).map_err(refused("utimes()"))?;
        std::fs::rename(beside, to).map_err(|error| {
            let why = refusal(&error);
            Refused(format!("rename() \"{}\" to \"{}\" failed ({why})", shown(beside), shown(to)))
        })
    }
}

/// Makes the folders on the way to a file: `ngx_create_full_path`, which goes on where it may not make one.
fn create_folders(to: &Path, mode: u32) -> io::Result<()> {
    let bytes = to.as_os_str().as_bytes();
    let mut outcome = Ok(());
    for (at, _) in bytes.iter().enumerate().skip(1).filter(|(_, byte)| **byte == b'/') {
        match DirBuilder::new().mode(mode).create(OsStr::from_bytes(&bytes[..at])) {
            Err(error) if error.kind() == ErrorKind::PermissionDenied => outcome = Err(error),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => outcome = Ok(()),
            Err(error) => return Err(error),
            Ok(()) => {}
        }
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(folder: &Path, to: &Path, access: u32, modified: Option<i64>) -> Result<(), Refused> {
        let mut stored = Stored::create(folder, Naming::While).expect("made");
        stored.file.write_all_at(b"content", 0).expect("written");
        Placing { stored: &mut stored, access, modified }.place(to)
    }

    #[test]
    fn folders_are_made_on_the_way() {
        let folder = tempfile::tempdir().expect("a folder");
        let to = folder.path().join("a/b/c");
        place(folder.path(), &to, 0o660, Some(1_000_000)).expect("placed");
        assert_eq!(std::fs::read(&to).expect("read"), b"content");
        let data = std::fs::metadata(&to).expect("there");
        assert_eq!(data.permissions().mode() & 0o777, 0o660);
        assert_eq!(data.modified().expect("a time"), UNIX_EPOCH + Duration::from_secs(1_000_000));
        let mode = std::fs::metadata(folder.path().join("a/b")).expect("there").permissions().mode();
        assert_eq!(mode & 0o700, 0o700);
        assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 1, "only what was made on the way");
    }

    #[test]
    fn what_gets_no_name_is_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("taken")).expect("made");
        let Refused(why) = place(folder.path(), &folder.path().join("taken"), 0o600, None).expect_err("refused");
        assert!(why.starts_with("rename() \"") && why.ends_with("failed (21: Is a directory)"), "{why}");
        std::fs::write(folder.path().join("file"), "").expect("written");
        let Refused(why) = place(folder.path(), &folder.path().join("file/x"), 0o600, None).expect_err("refused");
        assert!(why.ends_with("failed (20: Not a directory)"), "{why}");
        assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 2);
    }

    #[test]
    fn a_copy_is_like_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut stored = Stored::create(folder.path(), Naming::While).expect("made");
        stored.file.write_all_at(b"content", 0).expect("written");
        let to = folder.path().join("to");
        Placing { stored: &mut stored, access: 0o640, modified: Some(5) }.copy(&to).expect("copied");
        drop(stored);
        assert_eq!(std::fs::read(&to).expect("read"), b"content");
        let data = std::fs::metadata(&to).expect("there");
        assert_eq!(data.modified().expect("a time"), UNIX_EPOCH + Duration::from_secs(5));
        assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 1);
    }
}
