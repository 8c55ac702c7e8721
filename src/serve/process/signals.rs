//! Signals with their senders, which nginx's log names.

use std::io;
use std::thread;

use nix::errno::Errno;
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// What nginx listens to: the signal, its name in the log, what is done about it.
const SIGNALS: &[(Signal, &str, Asked)] = &[
    (Signal::SIGHUP, "SIGHUP", Asked::Reload),
    (Signal::SIGUSR1, "SIGUSR1", Asked::Reopen),
    (Signal::SIGWINCH, "SIGWINCH", Asked::StopAccepting),
    (Signal::SIGTERM, "SIGTERM", Asked::Stop),
    (Signal::SIGQUIT, "SIGQUIT", Asked::Quit),
    (Signal::SIGUSR2, "SIGUSR2", Asked::ChangeBinary),
    (Signal::SIGINT, "SIGINT", Asked::Stop),
];

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// End at once.
    Stop,
    /// End when all requests are answered.
    Quit,
    /// Read the configuration again.
    Reload,
    /// Open the logs again.
    Reopen,
    /// End the workers, and stay.
    StopAccepting,
    /// Let another binary take over.
    ChangeBinary,
}

impl Asked {
    /// How nginx ends the line about the signal.
    pub fn action(self) -> &'static str {
        match self {
            Asked::Stop => ", exiting",
            Asked::Quit => ", shutting down",
            Asked::Reload => ", reconfiguring",
            Asked::Reopen => ", reopening logs",
            Asked::StopAccepting => ", stop accepting connections",
            Asked::ChangeBinary => ", changing binary",
        }
    }
}

/// One signal that came.
#[derive(Debug, Clone, Copy)]
pub struct Came {
    /// Its number.
    pub number: i32,
    /// Its name.
    pub name: &'static str,
    /// The process that sent it.
    pub from: u32,
    /// What it asks for.
    pub asked: Asked,
}

fn set() -> SigSet {
    SIGNALS.iter().map(|(signal, ..)| *signal).collect()
}

/// Keeps the signals from doing what they do by themselves, in this thread and those that it makes from now on.
pub fn hold() -> io::Result<()> {
    set().thread_block().map_err(io::Error::from)
}

/// Waits in a thread of its own for the signals that were held, and tells each.
///
/// # Errors
/// The system's.
pub fn listen(mut tell: impl FnMut(Came) + Send + 'static) -> io::Result<()> {
    let fd = SignalFd::with_flags(&set(), SfdFlags::SFD_CLOEXEC)?;
    let listen = move || loop {
        match fd.read_signal() {
            Ok(Some(info)) => {
                let number = info.ssi_signo.cast_signed();
                let known = SIGNALS.iter().find(|(signal, ..)| *signal as i32 == number);
                if let Some((_, name, asked)) = known {
                    tell(Came { number, name, from: info.ssi_pid, asked: *asked });
                }
            }
            Ok(None) | Err(Errno::EINTR) => {}
            Err(_) => return,
        }
    };
    thread::Builder::new().name("signals".to_owned()).spawn(listen).map(drop)
}
