//! nginx's error log: every `error_log` of a configuration, and which of them hold where.
//!
//! A line is `YYYY/MM/DD HH:MM:SS [level] PID#TID: *CONNECTION message`, cut off at nginx's length. `memory:` logs and
//! `debug_connection` are left out: they serve nginx's own debugging.

use std::cell::Cell;
use std::fmt;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use nix::unistd::{Uid, chown};

use super::access_log::Buffers;
use super::file::{LogFile, native};
use super::level::Level;
use super::refusal;
use super::syslog::SyslogServer;
use super::time::{self, Local};
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
    /// What the workers have not written yet.
    buffers: Mutex<Vec<Weak<Buffers>>>,
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
    /// The log that there is before any configuration: full name, empty for the standard error. Where it cannot be opened it is on the standard error, and nginx's message comes with it.
    #[must_use]
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
        let logs = Logs {
            files: vec![file],
            chains: vec![chain],
            of_scope: Vec::new(),
            speaks: AtomicBool::new(true),
            buffers: Mutex::default(),
        };
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
        let mut logs = Logs { files, chains: Vec::new(), of_scope: Vec::new(), speaks, buffers: Mutex::default() };
        let mut main = logs.sinks(own(config, ScopeId(0)));
        if !main.iter().any(|(_, sink)| matches!(sink, Sink::File(_))) {
            let name = &target.paths.error_log;
            let name = if name.is_empty() { String::new() } else { full_name(target, name) };
            let known = logs.files.iter().find(|file| *file.name() == name).cloned();
            let file = if let Some(file) = known {
                file
            } else {
                let file = open(&name)?;
                logs.files.push(Arc::clone(&file));
                file
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
        // Who logs there keeps it.
        if self.files.iter().any(|file| file.is_standard_error()) {
            return;
        }
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

    /// Writes the buffers of a worker out, too, when the files are opened again.
    pub fn keep(&self, buffers: &Arc<Buffers>) {
        let mut kept = self.buffers.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|known| known.strong_count() > 0);
        kept.push(Arc::downgrade(buffers));
    }

    /// Goes on in the files that have the names now.
    pub fn reopen(&self) {
        for buffers in self.buffers.lock().unwrap_or_else(PoisonError::into_inner).iter().filter_map(Weak::upgrade) {
            buffers.flush();
        }
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
    let time = Local::at(time::now().as_secs()).error_log();
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::config::{self, NoHost};
    use crate::disk::Disk;
    use crate::modules::Contexts;
    use crate::syntax::Sources;

    /// The logs of a configuration whose prefix is the folder.
    fn logs(folder: &tempfile::TempDir, text: &str) -> (Logs, Config) {
        let mut target = Target::default();
        let prefix = format!("{}/", folder.path().to_str().expect("a plain name"));
        target.paths.start(Some(&prefix), None);
        "default.log".clone_into(&mut target.paths.error_log);
        let sources = Sources::from_text("nginx.conf", text.to_owned(), &prefix, &Disk);
        let compiled = config::compile(&sources, &target, &NoHost, config::Options::default());
        assert!(compiled.diagnostics.is_empty(), "{:?}", compiled.diagnostics);
        let logs = Logs::open(&compiled.config, &target, false).expect("they can be opened");
        (logs, compiled.config)
    }

    fn read(folder: &tempfile::TempDir, name: &str) -> String {
        fs::read_to_string(folder.path().join(name)).unwrap_or_default()
    }

    fn scope(config: &Config, context: Contexts) -> ScopeId {
        let at = config.scopes.iter().position(|scope| scope.context.meets(context));
        ScopeId(at.expect("such a block") as u32)
    }

    #[test]
    fn a_line_is_nginx_s() {
        let folder = tempfile::tempdir().expect("a folder");
        let (logs, _) = logs(&folder, "error_log a.log info; events {}");
        logs.error(MAIN, Level::Info, Some(7), format_args!("client {} closed", 1));
        logs.error(MAIN, Level::Emerg, None, format_args!("{}", "x".repeat(3000)));
        let text = read(&folder, "a.log");
        let lines: Vec<&str> = text.lines().collect();
        let (pid, tid) = (nix::unistd::getpid(), nix::unistd::gettid());
        assert!(lines[0].ends_with(&format!(" [info] {pid}#{tid}: *7 client 1 closed")), "{text}");
        let shape: String = lines[0].chars().take(20).map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        assert_eq!(shape, "0000/00/00 00:00:00 ");
        assert_eq!(lines[1].len(), LONGEST_LINE - 1);
    }

    #[test]
    fn the_nearest_block_that_names_logs_gives_all_of_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = "error_log main.log warn; events {} http { access_log off; server { listen 80; \
                    location / { error_log one.log; error_log two.log info; } } }";
        let (logs, config) = logs(&folder, text);
        let (server, location) = (scope(&config, Contexts::SERVER), scope(&config, Contexts::LOCATION));
        assert_eq!(logs.of(server), MAIN);
        let log = logs.of(location);
        assert!(logs.enabled(log, Level::Info) && !logs.enabled(log, Level::Debug));
        assert!(!logs.enabled(MAIN, Level::Notice));
        logs.error(log, Level::Notice, None, format_args!("detail"));
        logs.error(log, Level::Error, None, format_args!("failure"));
        let count = |name: &str| read(&folder, name).lines().count();
        assert_eq!((count("one.log"), count("two.log"), count("main.log")), (1, 2, 0));
    }

    #[test]
    fn without_a_file_the_main_log_is_the_default_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let (logs, _) = logs(&folder, "events {}");
        logs.error(MAIN, Level::Warn, None, format_args!("too little"));
        logs.error_bytes(MAIN, Level::Error, None, b"any \xff byte");
        let bytes = fs::read(folder.path().join("default.log")).expect("it is there");
        assert!(bytes.ends_with(b": any \xff byte\n"));
        assert_eq!(memchr::memchr_iter(b'\n', &bytes).count(), 1);
    }

    #[test]
    fn goes_on_in_the_file_that_has_the_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let (logs, _) = logs(&folder, "error_log a.log; events {}");
        logs.error(MAIN, Level::Error, None, format_args!("before"));
        fs::rename(folder.path().join("a.log"), folder.path().join("b.log")).expect("a new name");
        logs.error(MAIN, Level::Error, None, format_args!("between"));
        logs.reopen();
        logs.error(MAIN, Level::Error, None, format_args!("after"));
        assert_eq!(read(&folder, "b.log").lines().count(), 2);
        assert!(read(&folder, "a.log").ends_with(": after\n"));
    }
}
