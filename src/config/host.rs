//! What a check may ask of the machine. `-t` asks the real one; `lint` asks [`NoHost`], which says yes to everything.

use std::net::IpAddr;

use super::listening::Listening;

/// An operating system's refusal, as nginx prints it: `2: No such file or directory`.
pub type Refusal = String;

/// The machine a configuration would run on.
pub trait Host {
    /// Whether the answers come from a real machine; checks that cost time can be left out otherwise.
    fn is_real(&self) -> bool {
        true
    }
    /// The addresses behind a name, or `None` if it does not resolve.
    fn resolve(&self, name: &str) -> Option<Vec<IpAddr>>;
    /// Reads a file that a directive names (keys, password files, databases).
    ///
    /// # Errors
    /// The system's refusal, numbered as nginx prints it.
    fn read(&self, path: &str) -> Result<Vec<u8>, Refusal>;
    /// Reads a database that a directive names, whose content some read where the machine is no real one.
    ///
    /// # Errors
    /// The system's refusal.
    fn database(&self, path: &str) -> Result<Vec<u8>, Refusal> {
        self.read(path)
    }
    /// Whether the user exists (`getpwnam`).
    fn user(&self, name: &str) -> bool;
    /// Whether the group exists (`getgrnam`).
    fn group(&self, name: &str) -> bool;
    /// Opens (and creates) a log file for appending.
    ///
    /// # Errors
    /// The system's refusal.
    fn open_log(&self, path: &str) -> Result<(), Refusal>;
    /// Creates a folder if it is not there, and gives it to the user that nginx will run as, if that is another one.
    ///
    /// # Errors
    /// nginx's message.
    fn make_folder(&self, path: &str, owner: Option<&str>) -> Result<(), String>;
    /// Binds and listens as nginx -t does, then lets go; an address in use is fine.
    ///
    /// # Errors
    /// nginx's message.
    fn bind(&self, socket: &Listening) -> Result<(), String>;
    /// The machine's own name (`gethostname`).
    fn name(&self) -> String {
        "localhost".to_owned()
    }
    /// Whether nginx would run with super-user privileges.
    fn is_root(&self) -> bool;
    /// The number of processors; `None` where it is not known.
    fn processors(&self) -> Option<usize>;
    /// How many files a process may have open (`RLIMIT_NOFILE`); `None` where it is not known.
    fn open_files_limit(&self) -> Option<u64>;
    /// Opens (and creates) the file of nginx's process number.
    ///
    /// # Errors
    /// The system's refusal.
    fn open_pid_file(&self, path: &str) -> Result<(), Refusal>;
    /// Loads a PEM file (an OCSP response in DER) as OpenSSL would. The error is the end of nginx's message: of a certificate or key what follows
    /// `cannot load certificate "x": `, of DH parameters and an OCSP response all of it.
    ///
    /// # Errors
    /// What the TLS library says.
    fn pem(&self, path: &str, kind: Pem) -> Result<(), String>;
}

/// What a PEM file must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pem {
    /// One certificate or more.
    Certificate,
    /// A private key.
    Key,
    /// DH parameters.
    DhParam,
    /// A certificate revocation list.
    Crl,
    /// An OCSP response, in DER.
    OcspResponse,
}

/// No machine: every file can be read (and is empty), every user exists, every name that could
/// be a host's has an address.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoHost;

impl Host for NoHost {
    fn is_real(&self) -> bool {
        false
    }
    fn resolve(&self, name: &str) -> Option<Vec<IpAddr>> {
        let possible = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
        possible.then(|| vec![IpAddr::from([127, 0, 0, 1])])
    }
    fn read(&self, _path: &str) -> Result<Vec<u8>, Refusal> {
        Ok(Vec::new())
    }
    fn user(&self, _name: &str) -> bool {
        true
    }
    fn group(&self, _name: &str) -> bool {
        true
    }
    fn open_log(&self, _path: &str) -> Result<(), Refusal> {
        Ok(())
    }
    fn make_folder(&self, _path: &str, _owner: Option<&str>) -> Result<(), String> {
        Ok(())
    }
    fn bind(&self, _socket: &Listening) -> Result<(), String> {
        Ok(())
    }
    fn is_root(&self) -> bool {
        true
    }
    fn processors(&self) -> Option<usize> {
        None
    }
    fn open_files_limit(&self) -> Option<u64> {
        None
    }
    fn open_pid_file(&self, _path: &str) -> Result<(), Refusal> {
        Ok(())
    }
    fn pem(&self, _path: &str, _kind: Pem) -> Result<(), String> {
        Ok(())
    }
}
