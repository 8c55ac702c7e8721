//! The disk, as `try_files` and `if (-f ...)` ask it.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;

use super::open::look;
use crate::exchange::{Files, Links, Unread};

/// The files of this machine.
#[derive(Debug)]
pub struct Disk;

impl Files for Disk {
    fn exists(&self, path: &[u8], folder: bool, links: Links) -> bool {
        look(path, links).is_ok_and(|data| data.is_dir() == folder)
    }

    fn is_executable(&self, path: &[u8], links: Links) -> bool {
        const OWNER: u32 = 0o100;
        look(path, links).is_ok_and(|data| data.permissions().mode() & OWNER != 0)
    }

    fn read(&self, path: &[u8]) -> Result<Vec<u8>, Unread> {
        std::fs::read(OsStr::from_bytes(path)).map_err(|error| match error.kind() {
            ErrorKind::NotFound => Unread::Missing,
            _ => Unread::Refused,
        })
    }
}
