//! The programs that configurations are handed to: how each checks one, and how it runs one. A file for each.

#![allow(clippy::disallowed_methods, reason = "what another process does is waited for by the clock")]

mod caddy;
mod cluster;
mod envoy;
mod gateway;
mod haproxy;
mod nginx;
mod traefik;

use std::fs::File;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};

/// How long a program may take until it is ready.
const PATIENCE: Duration = Duration::from_secs(10);

/// A program that takes configurations.
pub trait Program: Sync {
    /// What an order calls it.
    fn name(&self) -> &'static str;

    /// What it is, installed where it is not there yet.
    fn binary(&self) -> PathBuf;

    /// What the program's own checker says of the configuration in `place`.
    fn check(&self, place: &Place) -> Checked;

    /// Whether it has no checker but itself: then [`Program::opinion`] of a play is enough.
    fn checks_by_running(&self) -> bool {
        false
    }

    /// What it says of its configuration while it runs.
    fn opinion(&self, place: &Place) -> Checked {
        self.check(place)
    }

    /// Starts it. It need not be ready.
    fn start(&self, place: &Place) -> Child;

    /// Whether it does what the configuration says, once it listens.
    fn ready(&self, _place: &Place) -> bool {
        true
    }

    /// How it is told to end at once, with all its processes.
    fn end(&self) -> Signal {
        Signal::SIGKILL
    }

    /// Keys of its configurations, the first of which a configuration has is misspelt to see that the checker looks.
    fn keys(&self) -> &'static [&'static str];
}

/// All of them.
pub const PROGRAMS: &[&dyn Program] = &[
    &caddy::Caddy,
    &envoy::Envoy,
    &gateway::Gateway,
    &haproxy::Haproxy,
    &nginx::MAINLINE,
    &nginx::DEBIAN,
    &traefik::Traefik,
];

/// The program of a name.
///
/// # Panics
/// When there is none.
pub fn named(name: &str) -> &'static dyn Program {
    *PROGRAMS.iter().find(|program| program.name() == name).unwrap_or_else(|| panic!("no program {name}"))
}

/// Where a configuration lies and what a program may write.
pub struct Place {
    /// The configuration's files; it runs from here.
    pub files: PathBuf,
    pub scratch: PathBuf,
    /// The ports that are to listen.
    pub ports: Vec<u16>,
}

/// What a checker said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    pub good: bool,
    pub text: String,
}

impl Place {
    /// The file that the program is to be given: the first of `names` that is there.
    ///
    /// # Panics
    /// When none is.
    pub fn main(&self, names: &[&str]) -> PathBuf {
        let found = names.iter().map(|name| self.files.join(name)).find(|path| path.exists());
        found.unwrap_or_else(|| panic!("none of {names:?} in {:?}", names_in(&self.files)))
    }

    fn log(&self) -> PathBuf {
        self.scratch.join("log")
    }

    /// A call of a program from the configuration's folder, with a home of its own.
    pub fn command(&self, binary: &Path) -> Command {
        let mut command = Command::new(binary);
        command.current_dir(&self.files).stdin(Stdio::null());
        for home in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
            command.env(home, &self.scratch);
        }
        command
    }

    /// Runs a checker that answers by its exit code.
    pub fn checked(mut command: Command) -> Checked {
        let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        Checked { good: output.status.success(), text }
    }

    /// Starts a program whose words go to the log.
    pub fn spawn(&self, mut command: Command) -> Child {
        let log = File::create(self.log()).unwrap();
        command.stdout(log.try_clone().unwrap()).stderr(log);
        command.spawn().unwrap_or_else(|e| panic!("{command:?}: {e}"))
    }

    /// What the program wrote.
    pub fn said(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.log()).unwrap_or_default()).into_owned()
    }
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// A program that runs. It ends when this is dropped.
pub struct Running {
    child: Child,
    end: Signal,
}

impl Running {
    /// Starts a program and waits until it listens on all ports and is ready.
    ///
    /// # Panics
    /// When it ends instead.
    pub fn start(program: &dyn Program, place: &Place) -> Running {
        let mut running = Running { child: program.start(place), end: program.end() };
        let end = Instant::now() + PATIENCE;
        loop {
            let ended = running.child.try_wait().unwrap();
            assert!(ended.is_none(), "{} does not run: {}", program.name(), place.said());
            let listens = |port: &u16| TcpStream::connect((Ipv4Addr::LOCALHOST, *port)).is_ok();
            if place.ports.iter().all(listens) && program.ready(place) {
                return running;
            }
            assert!(Instant::now() < end, "{} is not ready within {PATIENCE:?}: {}", program.name(), place.said());
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = kill(Pid::from_raw(self.child.id() as i32), self.end);
        if self.end != Signal::SIGKILL {
            for _ in 0..400 {
                if self.child.try_wait().is_ok_and(|ended| ended.is_some()) {
                    return;
                }
                std::thread::sleep(Duration::from_millis(5));
            }
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}
