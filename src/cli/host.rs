//! The machine itself, behind [`Host`]: what `-t` asks.

use std::fs::{self, OpenOptions};
use std::net::{IpAddr, ToSocketAddrs};

use crate::config::{Host, Pem, Refusal};

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
        Some(found.map(|address| address.ip()).collect())
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, Refusal> {
        fs::read(path).map_err(|error| refusal(&error))
    }

    fn user(&self, name: &str) -> bool {
        is_listed("/etc/passwd", name)
    }

    fn group(&self, name: &str) -> bool {
        is_listed("/etc/group", name)
    }

    fn open_log(&self, path: &str) -> Result<(), Refusal> {
        OpenOptions::new().append(true).create(true).open(path).map(drop).map_err(|error| refusal(&error))
    }

    fn make_folder(&self, path: &str) -> Result<(), Refusal> {
        match fs::create_dir(path) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(refusal(&error)),
            _ => Ok(()),
        }
    }

    fn bind(&self, _address: &str, _udp: bool) -> Result<(), Refusal> {
        Ok(())
    }

    fn pem(&self, path: &str, _kind: Pem) -> Result<(), String> {
        self.read(path).map(drop)
    }
}

/// Whether a file of users or groups has a line for the name.
fn is_listed(file: &str, name: &str) -> bool {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines().any(|line| line.split(':').next() == Some(name))
}
