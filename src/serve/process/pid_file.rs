//! The file of the process number: there once every socket listens, gone at the end.

use std::fs;
use std::io::ErrorKind;

use nix::unistd::{Uid, chown};

use crate::serve::log::{native, refusal};

/// Writes our own number.
///
/// # Errors
/// nginx's message.
pub fn write(name: &str) -> Result<(), String> {
    let text = format!("{}\n", std::process::id());
    fs::write(native(name), text).map_err(|error| format!("open() \"{name}\" failed ({})", refusal(&error)))
}

/// Gives it to the user that the process is about to become, so that the number can be taken out at the end even where
/// the file itself has to stay.
pub fn give(name: &str, user: Uid) {
    // Where this fails the number stays, which is told at the end.
    let _ = chown(&native(name), Some(user), None);
}

/// Removes it, or if its folder does not allow that, the number in it.
///
/// # Errors
/// nginx's message.
pub fn remove(name: &str) -> Result<(), String> {
    let path = native(name);
    match fs::remove_file(&path) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied && fs::write(&path, "").is_ok() => Ok(()),
        Err(error) => Err(format!("unlink() \"{name}\" failed ({})", refusal(&error))),
        Ok(()) => Ok(()),
    }
}
