//! nginxlb in nginx's place, in the background and in a folder of its own, for as long as a test looks at it. What it is
//! configured to do and what it is asked is each test's own.

use std::fs;
use std::io::{ErrorKind, Read};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, Uid};
use tempfile::TempDir;

use super::live::{DEADLINE, wait, wait_until};

/// Temporary files in the folder instead of where nginx was built to have them.
pub const TEMPORARY: &str = "client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; \
                             scgi_temp_path t5;";

/// The super-user stays what it is: it owns the folder.
pub fn user() -> &'static str {
    if Uid::effective().is_root() { "user root root;" } else { "" }
}

/// A configuration with these lines in its main context and in `http`, which writes nothing outside the folder.
pub fn configuration(main: &str, http: &str) -> String {
    format!(
        "{} daemon off; pid nginx.pid; error_log error.log info; {main}\nevents {{}}\n\
         http {{ access_log off; {TEMPORARY}\n{http} }}\n",
        user()
    )
}

/// `nginxlb nginx` with the folder's `nginx.conf`.
pub fn command(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nginxlb"));
    command.env_remove("NGINXLB_TARGET").args(["nginx", "-c", "nginx.conf", "-e", "early.log", "-p"]);
    command.arg(folder.path());
    command
}

/// Killed at the end; where a test fails, its log is shown.
pub struct Served {
    pub folder: TempDir,
    /// The first of its ports.
    pub port: u16,
    child: Child,
}

impl Served {
    /// With the configuration that is in the folder, up to where it listens.
    pub fn run(folder: TempDir, port: u16) -> Served {
        Served::spawn(command(&folder), folder, port).listening()
    }

    pub fn spawn(mut command: Command, folder: TempDir, port: u16) -> Served {
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Served { folder, port, child }
    }

    /// Waits until it has written its process number, which it does once it listens.
    pub fn listening(self) -> Served {
        wait_until("the file of the process number", || {
            let log = self.read("early.log") + &self.log();
            assert!(!log.contains("[emerg]"), "{log}");
            self.read("nginx.pid").ends_with('\n')
        });
        self
    }

    /// Its process number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The content of a file; of one that is not there, nothing.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// The error log.
    pub fn log(&self) -> String {
        self.read("error.log")
    }

    /// How often the error log has this.
    pub fn count(&self, text: &str) -> usize {
        self.log().matches(text).count()
    }

    /// Waits until the error log has this.
    #[track_caller]
    pub fn logged(&self, text: &str) {
        wait_until(text, || self.count(text) > 0);
    }

    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().cast_signed()), signal).unwrap();
    }

    /// Waits until it ends by itself.
    pub fn ended(&mut self) -> ExitStatus {
        wait("the end", || self.child.try_wait().unwrap())
    }

    /// A connection to its first port.
    pub fn connect(&self) -> TcpStream {
        connect(self.port)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            eprintln!("{}", self.log());
        }
    }
}

/// A connection that does not wait for ever.
pub fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream
}

/// What comes before the end of the connection, which is text.
#[track_caller]
pub fn all(mut stream: impl Read) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

/// What comes before the connection ends or is reset, as one is that is closed with something of the client unread.
#[track_caller]
pub fn all_or_reset(mut stream: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
        read => drop(read.unwrap()),
    }
    bytes
}
