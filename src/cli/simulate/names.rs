//! The machine that a simulated nginx starts on: files are not asked for, and names resolve as they were told to.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::config::{Host, Listening, NoHost, Pem, Refusal};

/// Names and their addresses.
#[derive(Debug, Default)]
pub struct Names {
    known: BTreeMap<String, Vec<IpAddr>>,
    /// Names without an address get one.
    stand_in: bool,
    /// Those that did, and those that have none, in the order of asking.
    made_up: RefCell<Vec<String>>,
    missing: RefCell<Vec<String>>,
}

impl Names {
    /// Names with these addresses; `localhost` is known.
    pub fn new(known: BTreeMap<String, Vec<IpAddr>>, stand_in: bool) -> Names {
        let mut names = Names { known, stand_in, ..Names::default() };
        let local = || vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        names.known.entry("localhost".to_owned()).or_insert_with(local);
        names
    }

    /// The names that have addresses of their own.
    pub fn known(&self) -> impl Iterator<Item = (&str, &[IpAddr])> {
        self.known.iter().map(|(name, addresses)| (name.as_str(), addresses.as_slice()))
    }

    /// The addresses of a name.
    pub fn find(&self, name: &str) -> Option<Vec<IpAddr>> {
        let lower = name.to_ascii_lowercase();
        if let Some(known) = self.known.iter().find(|(known, _)| known.eq_ignore_ascii_case(&lower)) {
            return Some(known.1.clone());
        }
        let list = if self.stand_in { &self.made_up } else { &self.missing };
        let mut list = list.borrow_mut();
        let at = list.iter().position(|known| *known == lower).unwrap_or_else(|| {
            list.push(lower);
            list.len() - 1
        });
        // 198.18.0.0/15 is set apart for benchmarks: no real server is there.
        let [.., high, low] = (at as u32 + 1).to_be_bytes();
        self.stand_in.then(|| vec![IpAddr::V4(Ipv4Addr::new(198, 18, high, low))])
    }

    /// Names that were given an address of their own, in order.
    pub fn made_up(&self) -> Vec<String> {
        self.made_up.borrow().clone()
    }

    /// Names without an address, in order.
    pub fn missing(&self) -> Vec<String> {
        self.missing.borrow().clone()
    }
}

impl Host for Names {
    fn is_real(&self) -> bool {
        NoHost.is_real()
    }
    fn resolve(&self, name: &str) -> Option<Vec<IpAddr>> {
        // Whether it could be a name at all is the same everywhere.
        NoHost.resolve(name).and_then(|_| self.find(name))
    }
    fn read(&self, path: &str) -> Result<Vec<u8>, Refusal> {
        NoHost.read(path)
    }
    /// The real one, where there is one: what it says decides where requests go.
    fn database(&self, path: &str) -> Result<Vec<u8>, Refusal> {
        Ok(std::fs::read(path).unwrap_or_default())
    }
    fn user(&self, name: &str) -> bool {
        NoHost.user(name)
    }
    fn group(&self, name: &str) -> bool {
        NoHost.group(name)
    }
    fn open_log(&self, path: &str) -> Result<(), Refusal> {
        NoHost.open_log(path)
    }
    fn make_folder(&self, path: &str, owner: Option<&str>) -> Result<(), String> {
        NoHost.make_folder(path, owner)
    }
    fn bind(&self, socket: &Listening) -> Result<(), String> {
        NoHost.bind(socket)
    }
    fn is_root(&self) -> bool {
        NoHost.is_root()
    }
    fn processors(&self) -> Option<usize> {
        NoHost.processors()
    }
    fn open_files_limit(&self) -> Option<u64> {
        NoHost.open_files_limit()
    }
    fn open_pid_file(&self, path: &str) -> Result<(), Refusal> {
        NoHost.open_pid_file(path)
    }
    fn pem(&self, path: &str, kind: Pem) -> Result<(), String> {
        NoHost.pem(path, kind)
    }
}
