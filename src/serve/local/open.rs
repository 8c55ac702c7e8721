//! Opening files as nginx does, with or without following symbolic links: `ngx_open_file_cache.c` without a cache.

use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};

use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, openat};
use nix::sys::stat::{Mode, fstatat};

use crate::exchange::Links;

/// A refusal of the system, and the call that it refused, as nginx names it.
#[derive(Debug)]
pub struct Refusal {
    /// Why.
    pub error: io::Error,
    /// `open()`
    pub call: &'static str,
}

impl Refusal {
    /// The number of the error.
    pub fn number(&self) -> Errno {
        Errno::from_raw(self.error.raw_os_error().unwrap_or(0))
    }
}

/// Opens a file or folder to read.
pub fn open(path: &[u8], links: Links) -> Result<(File, Metadata), Refusal> {
    let file = match links {
        Links::Followed => {
            let mut options = std::fs::OpenOptions::new();
            options.read(true).custom_flags(OFlag::O_NONBLOCK.bits());
            options.open(OsStr::from_bytes(path)).map_err(|error| Refusal { error, call: "open()" })?
        }
        Links::Refused { from } => walk(path, from, false)?,
        Links::OfOwner { from } => walk(path, from, true)?,
    };
    let data = file.metadata().map_err(|error| Refusal { error, call: "fstat()" })?;
    Ok((file, data))
}

/// What is known of a file or folder.
pub fn look(path: &[u8], links: Links) -> Result<Metadata, Refusal> {
    match links {
        Links::Followed => {
            std::fs::metadata(OsStr::from_bytes(path)).map_err(|error| Refusal { error, call: "stat()" })
        }
        _ => open(path, links).map(|(_, data)| data),
    }
}

/// Opens one name after the other, so that no link can be slipped in between.
fn walk(path: &[u8], from: usize, of_owner: bool) -> Result<File, Refusal> {
    let refused = |call| move |errno: Errno| Refusal { error: errno.into(), call };
    let search = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let here = nix::fcntl::AT_FDCWD;
    let (start, rest) = if from > 0 { path.split_at(from) } else { (&path[..1.min(path.len())], path) };
    let mut at: OwnedFd = nix::fcntl::openat(here, OsStr::from_bytes(start), search, Mode::empty())
        .map_err(refused(if from > 0 { "open()" } else { "openat()" }))?;
    let mut names = rest.split(|byte| *byte == b'/');
    let last = names.next_back().unwrap_or_default();
    for name in names.filter(|name| !name.is_empty()) {
        at = step(&at, name, search, of_owner).map_err(refused("openat()"))?;
    }
    let read = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
    let opened = if last.is_empty() {
        openat(&at, OsStr::from_bytes(b"."), read, Mode::empty())
    } else {
        step(&at, last, read, of_owner)
    };
    opened.map(File::from).map_err(refused("openat()"))
}

fn step(at: &OwnedFd, name: &[u8], flags: OFlag, of_owner: bool) -> nix::Result<OwnedFd> {
    let name = OsStr::from_bytes(name);
    if !of_owner {
        // With O_PATH a link itself would be opened, if it were not for O_DIRECTORY, which says that it is none.
        let opened = openat(at, name, flags | OFlag::O_NOFOLLOW, Mode::empty());
        return match opened {
            Err(Errno::ENOTDIR) if is_link(at, name) => Err(Errno::ELOOP),
            opened => opened,
        };
    }
    let opened = openat(at, name, flags, Mode::empty())?;
    let itself = fstatat(at, name, AtFlags::AT_SYMLINK_NOFOLLOW)?;
    let file = File::from(opened);
    let owner = file.metadata().map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(0)))?.uid();
    if owner == itself.st_uid { Ok(file.into()) } else { Err(Errno::ELOOP) }
}

fn is_link(at: &OwnedFd, name: &OsStr) -> bool {
    fstatat(at, name, AtFlags::AT_SYMLINK_NOFOLLOW).is_ok_and(|data| data.st_mode & 0o170_000 == 0o120_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_refused_where_they_are_to_be() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name).into_os_string().into_encoded_bytes();
        std::fs::create_dir(folder.path().join("d")).expect("made");
        std::fs::write(folder.path().join("d/f"), "x").expect("written");
        std::os::unix::fs::symlink("f", folder.path().join("d/l")).expect("linked");
        std::os::unix::fs::symlink("d", folder.path().join("k")).expect("linked");
        let number = |name: &str, links| open(&path(name), links).map(|_| ()).map_err(|refusal| refusal.number());
        let from = folder.path().as_os_str().len();
        for links in [Links::Refused { from: 0 }, Links::Refused { from }] {
            assert_eq!(number("d/f", links), Ok(()));
            assert_eq!(number("d/", links), Ok(()));
            assert_eq!(number("d/l", links), Err(Errno::ELOOP));
            assert_eq!(number("k/f", links), Err(Errno::ELOOP));
            assert_eq!(number("k/", links), Err(Errno::ELOOP));
            assert_eq!(number("d/f/g", links), Err(Errno::ENOTDIR));
            assert_eq!(number("d/g", links), Err(Errno::ENOENT));
        }
        for name in ["d/l", "k/f", "k/l"] {
            assert_eq!(number(name, Links::OfOwner { from }), Ok(()), "{name}");
            assert_eq!(number(name, Links::Followed), Ok(()), "{name}");
        }
    }
}
