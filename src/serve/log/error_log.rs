//! nginx's error log: every `error_log` of a configuration, and which of them hold where.
//!
//! A line is `YYYY/MM/DD HH:MM:SS [level] PID#TID: *CONNECTION message`, cut off at nginx's length. `memory:` logs and
//! `debug_connection` are left out: they serve nginx's own debugging.

use std::cell::Cell;
use std::fmt;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::unistd::{Uid, chown};

use super::file::{LogFile, native};
use super::level::Level;
use super::syslog::SyslogServer;
use super::{refusal, time};
use crate::config::{Config, ScopeId};
use crate::modules::Target;
use crate::modules::shared::error_log::{Destination, ErrorLog, ErrorLogs};
use crate::serve::options::{Options, Place};
use crate::serve::settings::full_name;
use crate::syntax;

/// nginx's room for one line (`NGX_MAX_ERROR_STR`), with its line feed.
const LONGEST_LINE: usize = 2048;

/// The logs that hold somewhere, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LogId(u32);

/// Those of the main context.
pub const MAIN: LogId = LogId(0);

/// All logs of one configuration.
#[derive(Debug)]
pub struct Logs {
    files: Vec<Arc<LogFile>>,
    chains: Vec<Chain>,
    /// By scope.
    of_scope: Vec<LogId>,
    /// What matters is said on the standard error, too: nginx does until it has started.
    speaks: AtomicBool,
}

/// The logs of one context.
#[derive(Debug)]
struct Chain {
    /// The least important level that any of them takes.
    level: Level,
    sinks: Vec<(Level, Sink)>,
}

#[derive(Debug)]
enum Sink {
    File(Arc<LogFile>),
    Syslog(SyslogServer),
}

impl Chain {
    fn new(sinks: Vec<(Level, Sink)>) -> Chain {
        let level = sinks.iter().map(|(level, _)| *level).max().unwrap_or(Level::Emerg);
        Chain { level, sinks }
    }
}

impl Logs {
    /// The log that there is before any configuration: full name, empty for the standard error.
    ///
    /// # Errors
    /// nginx's message; there are logs all the same, on the standard error.
    pub fn early(name: &str) -> (Logs, Option<String>) {
        let (file, failed) = match LogFile::open(name) {
            Ok(file) => (file, None),
            Err(error) => {
                let message = format!("could not open error log file: open() \"{name}\" failed ({})", refusal(&error));
                (LogFile::standard_error(), Some(message))
            }
        };
        let file = Arc::new(file);
        let chain = Chain::new(vec![(Level::Notice, Sink::File(Arc::clone(&file)))]);
        let logs = Logs { files: vec![file], chains: vec![chain], of_scope: Vec::new(), speaks: AtomicBool::new(true) };
        (logs, failed)
    }

    /// Opens every log file of the configuration, those of access logs too.
    ///
    /// # Errors
    /// nginx's message.
    pub fn open(config: &Config, target: &Target, speaks: bool) -> Result<Logs, String> {
        let open = |name: &str| {
            let failed = |error| format!("open() \"{name}\" failed ({})", refusal(&error));
            LogFile::open(name).map(Arc::new).map_err(failed)
        };
        let files = config.log_files.iter().map(|file| open(&file.name)).collect::<Result<_, _>>()?;
        let speaks = AtomicBool::new(speaks);
        let mut logs = Logs { files, chains: Vec::new(), of_scope: Vec::new(), speaks };
        let mut main = logs.sinks(own(config, ScopeId(0)));
        if !main.iter().any(|(_, sink)| matches!(sink, Sink::File(_))) {
            let name = &target.paths.error_log;
            let name = if name.is_empty() { String::new() } else { full_name(target, name) };
            let known = logs.files.iter().find(|file| *file.name() == name).cloned();
            let file = match known {
                Some(file) => file,
                None => {
                    let file = open(&name)?;
                    logs.files.push(Arc::clone(&file));
                    file
                }
            };
            main.push((Level::Error, Sink::File(file)));
        }
        logs.chains.push(Chain::new(main));
        for at in 0..config.scopes.len() {
            let scope = ScopeId(at as u32);
            let log = match (own(config, scope), config.scope(scope).parent) {
                (_, None) => MAIN,
                ([], Some(parent)) => logs.of_scope[parent.0 as usize],
                (own, Some(_)) => {
                    let chain = Chain::new(logs.sinks(own));
                    logs.chains.push(chain);
                    LogId(logs.chains.len() as u32 - 1)
                }
            };
            logs.of_scope.push(log);
        }
        Ok(logs)
    }

    fn sinks(&self, logs: &[ErrorLog]) -> Vec<(Level, Sink)> {
        let sink = |log: &ErrorLog| {
            let sink = match &log.to {
                Destination::File(number) => Sink::File(Arc::clone(&self.files[*number])),
                Destination::Syslog(server) => Sink::Syslog(SyslogServer::new(server.clone())),
                Destination::Memory(_) => return None,
            };
            Some((Level::at(log.level), sink))
        };
        logs.iter().filter_map(sink).collect()
    }

    /// The logs that hold in a scope.
    #[must_use]
    pub fn of(&self, scope: ScopeId) -> LogId {
        self.of_scope.get(scope.0 as usize).copied().unwrap_or(MAIN)
    }

    /// A log file by its number among [`config::LogFiles`](crate::config::LogFiles).
    #[must_use]
    pub fn file(&self, number: usize) -> &Arc<LogFile> {
        &self.files[number]
    }

    /// Whether a message of this level would be written at all.
    #[must_use]
    pub fn enabled(&self, log: LogId, level: Level) -> bool {
        level <= self.chains[log.0 as usize].level
    }

    /// Writes a message, with the number of the connection it is about.
    pub fn error(&self, log: LogId, level: Level, connection: Option<u64>, message: fmt::Arguments<'_>) {
        if self.enabled(log, level) || self.speaks(level) {
            self.error_bytes(log, level, connection, &syntax::encode(&message.to_string()));
        }
    }

    /// Writes a message of any bytes.
    pub fn error_bytes(&self, log: LogId, level: Level, connection: Option<u64>, message: &[u8]) {
        let chain = &self.chains[log.0 as usize];
        let mut line = Vec::new();
        let mut said = false;
        for (least, sink) in &chain.sinks {
            if level > *least {
                continue;
            }
            if line.is_empty() {
                line = self::line(level, connection, message);
            }
            match sink {
                Sink::File(file) => {
                    said |= file.is_standard_error();
                    let _ = file.append(&line);
                }
                Sink::Syslog(server) => server.send_with(level as u8, &line[..line.len() - 1]),
            }
        }
        if !said && self.speaks(level) {
            let _ = std::io::stderr().write_all(&console_line(level, message));
        }
    }

    fn speaks(&self, level: Level) -> bool {
        level <= Level::Warn && self.speaks.load(Ordering::Relaxed)
    }

    /// From now on the standard error stays silent; what the process writes there ends up in the main log.
    pub fn fall_silent(&self) {
        self.speaks.store(false, Ordering::Relaxed);
    }

    /// Lets the standard error of the process end up in the main log.
    pub fn take_standard_error(&self) {
        let files = self.chains[0].sinks.iter().filter_map(|(_, sink)| match sink {
            Sink::File(file) => Some(file),
            Sink::Syslog(_) => None,
        });
        if let Some(Err(error)) = files.take(1).map(|file| file.take_standard_error()).next() {
            self.error(MAIN, Level::Alert, None, format_args!("dup2() failed ({})", refusal(&error)));
        }
    }

    /// [`Logs::take_standard_error`] where the server stands in nginx's place.
    pub fn take_standard_error_of(&self, options: &Options) {
        if options.place == Place::Nginx {
            self.take_standard_error();
        }
    }

    /// Gives the files to the user that the process is about to become, so that it can open them again.
    pub fn give(&self, user: Uid) {
        for file in self.files.iter().filter(|file| !file.is_standard_error()) {
            if let Err(error) = chown(&native(file.name()), Some(user), None) {
                let (name, number, reason) = (file.name(), error as i32, error.desc());
                let message = format_args!("chown(\"{name}\", {user}) failed ({number}: {reason})");
                self.error(MAIN, Level::Warn, None, message);
            }
        }
    }

    /// Goes on in the files that have the names now.
    pub fn reopen(&self) {
        for file in &self.files {
            if let Err(error) = file.reopen() {
                let (name, refusal) = (file.name(), refusal(&error));
                self.error(MAIN, Level::Emerg, None, format_args!("open() \"{name}\" failed ({refusal})"));
            }
        }
    }
}

fn own(config: &Config, scope: ScopeId) -> &[ErrorLog] {
    config.scope(scope).slot::<ErrorLogs>().map_or(&[], |logs| &logs.0)
}

thread_local! {
    /// The numbers of process and thread; 0 before they are known.
    static SELF: Cell<(i32, i32)> = const { Cell::new((0, 0)) };
}

/// To be called where the process has become another one.
pub fn forget_process() {
    SELF.set((0, 0));
}

fn line(level: Level, connection: Option<u64>, message: &[u8]) -> Vec<u8> {
    if SELF.get().0 == 0 {
        SELF.set((nix::unistd::getpid().as_raw(), nix::unistd::gettid().as_raw()));
    }
    let (pid, tid) = SELF.get();
    let time = time::error_log(time::now().as_secs());
    let mut line = Vec::with_capacity(64 + message.len());
    // A vector takes all that is written.
    let _ = write!(line, "{time} [{}] {pid}#{tid}: ", level.name());
    if let Some(number) = connection {
        let _ = write!(line, "*{number} ");
    }
    line.extend_from_slice(message);
    line.truncate(LONGEST_LINE - 1);
    line.push(b'\n');
    line
}

fn console_line(level: Level, message: &[u8]) -> Vec<u8> {
    let mut line = format!("nginx: [{}] ", level.name()).into_bytes();
    line.extend_from_slice(message);
    line.push(b'\n');
    line
}
