//! The disk, as `try_files` and `if (-f ...)` ask it.

use std::os::unix::fs::PermissionsExt;

use super::open::look;
use crate::exchange::{Files, Links};

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
}
