//! The machine for a start: what `-t` tries and lets go of, a server does itself, and keeps.

use std::net::IpAddr;

use super::Machine;
use crate::config::{Host, Listening, Pem, Refusal};

/// This machine for a server that starts or reloads. Sockets and the process number are left to it.
#[derive(Debug, Clone, Copy)]
pub struct Starting {
    /// Whether the server was started by the super-user, whoever it is now.
    root: bool,
    /// Logs and folders are made.
    makes: bool,
}

impl Starting {
    /// As it is now.
    pub fn now() -> Starting {
        Starting { root: Machine.is_root(), makes: true }
    }

    /// For a look at the configuration that changes nothing: that of `-s`.
    pub fn looking() -> Starting {
        Starting { makes: false, ..Starting::now() }
    }
}

impl Host for Starting {
    fn resolve(&self, name: &str) -> Option<Vec<IpAddr>> {
        Machine.resolve(name)
    }
    fn read(&self, path: &str) -> Result<Vec<u8>, Refusal> {
        Machine.read(path)
    }
    fn user(&self, name: &str) -> bool {
        Machine.user(name)
    }
    fn group(&self, name: &str) -> bool {
        Machine.group(name)
    }
    fn open_log(&self, path: &str) -> Result<(), Refusal> {
        if self.makes { Machine.open_log(path) } else { Ok(()) }
    }
    fn make_folder(&self, path: &str, owner: Option<&str>) -> Result<(), String> {
        if self.makes { Machine.make_folder(path, owner) } else { Ok(()) }
    }
    fn bind(&self, _socket: &Listening) -> Result<(), String> {
        Ok(())
    }
    fn name(&self) -> String {
        Machine.name()
    }
    fn is_root(&self) -> bool {
        self.root
    }
    fn processors(&self) -> Option<usize> {
        Machine.processors()
    }
    fn open_files_limit(&self) -> Option<u64> {
        Machine.open_files_limit()
    }
    fn open_pid_file(&self, _path: &str) -> Result<(), Refusal> {
        Ok(())
    }
    fn pem(&self, path: &str, kind: Pem) -> Result<(), String> {
        Machine.pem(path, kind)
    }
}
