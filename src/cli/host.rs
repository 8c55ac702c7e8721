//! The machine itself, behind [`Host`]: what `-t` asks.

mod folders;
mod pem;
mod sockets;
mod starting;

pub use starting::Starting;

use std::fs::{self, OpenOptions};
use std::net::{IpAddr, ToSocketAddrs};

use crate::config::{Host, Listening, Pem, Refusal};

/// This machine.
#[derive(Debug, Clone, Copy)]
pub struct Machine;

/// The system's refusal as nginx prints it.
fn refusal(error: &std::io::Error) -> Refusal {
    let number = error.raw_os_error().unwrap_or(0);
    let text = error.to_string();
    let text = text.strip_suffix(&format!(" (os error {number})")).unwrap_or(&text);
    format!("{number}: {text}")
}

impl Host for Machine {
    fn resolve(&self, name: &str) -> Option<Vec<IpAddr>> {
        let found = (name, 0).to_socket_addrs().ok()?;
        let mut addresses = Vec::new();
        for address in found.map(|address| address.ip()) {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        Some(addresses)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Refusal> {
        fs::read(native(path)).map_err(|error| refusal(&error))
    }

    fn user(&self, name: &str) -> bool {
        is_listed("/etc/passwd", name)
    }

    fn group(&self, name: &str) -> bool {
        is_listed("/etc/group", name)
    }

    fn open_log(&self, path: &str) -> Result<(), Refusal> {
        let opened = OpenOptions::new().append(true).create(true).open(native(path));
        opened.map(drop).map_err(|error| refusal(&error))
    }

    fn make_folder(&self, path: &str, owner: Option<&str>) -> Result<(), String> {
        folders::make(path, owner)
    }

    fn bind(&self, socket: &Listening) -> Result<(), String> {
        sockets::bind(socket)
    }

    fn name(&self) -> String {
        fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim_end().to_owned()
    }

    fn is_root(&self) -> bool {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let uids = status.lines().find_map(|line| line.strip_prefix("Uid:"));
        // Real, effective, saved, file system.
        uids.and_then(|uids| uids.split_whitespace().nth(1)) == Some("0")
    }

    fn processors(&self) -> Option<usize> {
        // Not std's available_parallelism, which heeds limits that nginx does not look at.
        let ranges = fs::read_to_string("/sys/devices/system/cpu/online").ok()?;
        ranges.trim().split(',').map(length_of_range).sum()
    }

    fn open_files_limit(&self) -> Option<u64> {
        let limits = fs::read_to_string("/proc/self/limits").ok()?;
        let soft = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?.split_whitespace().next()?;
        soft.parse().ok()
    }

    fn open_pid_file(&self, path: &str) -> Result<(), Refusal> {
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(native(path));
        opened.map(drop).map_err(|error| refusal(&error))
    }

    fn pem(&self, path: &str, kind: Pem) -> Result<(), String> {
        pem::check(&self.read(path), path, kind)
    }
}

/// A path as the system has it: any bytes.
fn native(path: &str) -> std::path::PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(crate::syntax::encode(path)).into()
}

/// `3` is one, `0-3` are four.
fn length_of_range(range: &str) -> Option<usize> {
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
    Some(last.checked_sub(first)? + 1)
}

/// Whether a file of users or groups has a line for the name.
fn is_listed(file: &str, name: &str) -> bool {
    listed(file, name).is_some()
}

/// The line of a file of users or groups for the name.
fn listed(file: &str, name: &str) -> Option<String> {
    let text = crate::syntax::decode(&fs::read(file).ok()?);
    text.lines().find(|line| line.split_once(':').is_some_and(|(listed, _)| listed == name)).map(str::to_owned)
}
