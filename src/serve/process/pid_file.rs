//! The file of the process number: there once every socket listens, gone at the end.

use std::fs;

use crate::serve::log::{native, refusal};

/// Writes our own number.
///
/// # Errors
/// nginx's message.
pub fn write(name: &str) -> Result<(), String> {
    let text = format!("{}\n", std::process::id());
    fs::write(native(name), text).map_err(|error| format!("open() \"{name}\" failed ({})", refusal(&error)))
}

/// Removes it.
///
/// # Errors
/// nginx's message.
pub fn remove(name: &str) -> Result<(), String> {
    fs::remove_file(native(name)).map_err(|error| format!("unlink() \"{name}\" failed ({})", refusal(&error)))
}
