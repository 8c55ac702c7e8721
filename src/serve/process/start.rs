//! The start, in nginx's order: configuration, logs, sockets, background, process number, privileges.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::sync::Arc;

use nix::sys::resource::{Resource, getrlimit};
use nix::sys::stat::{Mode, umask};
use nix::unistd::{daemon, dup2_stdin, dup2_stdout};

use super::sockets::{Bank, Wanted};
use super::{pid_file, signals, user};
use crate::serve::configuration::{Read, Source};
use crate::serve::generation::{Generation, in_line};
use crate::serve::log::{Level, LogFile, Logs, MAIN, forget_process, refusal};
use crate::serve::options::{Options, Place};
use crate::serve::unsupported;

/// What was said is in the log.
pub struct NotStarted;

/// A process that has all it needs to start workers.
pub struct Ready {
    /// The first configuration.
    pub generation: Arc<Generation>,
    /// Its logs.
    pub logs: Arc<Logs>,
    /// Its sockets.
    pub bank: Bank,
    /// The file of the process number that was written.
    pub pid_file: Option<String>,
    /// It runs in the background.
    pub daemon: bool,
}

/// Starts the process up to where workers can run.
///
/// # Errors
/// When it cannot; it has said why.
pub fn start(mut options: Options, source: &dyn Source) -> Result<Ready, NotStarted> {
    let (early, failed) = Logs::early(&options.first_log);
    if let Some(message) = failed {
        early.error(MAIN, Level::Alert, None, format_args!("{message}"));
    }
    if let Some(path) = &options.record {
        let name = path.display();
        let failed = |error: io::Error| emergency(&early, &format!("open() \"{name}\" failed ({})", refusal(&error)));
        // The trace is of what is served from now on.
        OpenOptions::new().write(true).create(true).truncate(true).open(path).map_err(failed)?;
        let name = crate::syntax::decode(path.as_os_str().as_encoded_bytes());
        options.recording = Some(Arc::new(LogFile::open(&name).map_err(failed)?));
    }
    let options = Arc::new(options);
    let generation = read(&early, source, &options, None).ok_or(NotStarted)?;
    let logs = Logs::open(&generation.config, &generation.target, true);
    let logs = logs.map_err(|message| emergency(&early, &message))?;
    let emergency = |message: String| emergency(&logs, &message);
    let settings = &generation.settings;
    let wanted = Wanted::of(&generation.config);
    let bank = Bank::open(&wanted, settings.workers, None, &logs).map_err(emergency)?;
    greet(&logs, &generation);
    signals::hold().map_err(|error| emergency(format!("sigprocmask() failed ({})", refusal(&error))))?;
    let daemon = settings.daemon && options.place == Place::Nginx;
    if daemon {
        go_to_background().map_err(|error| emergency(format!("fork() failed ({})", refusal(&error))))?;
    }
    let pid_file = settings.pid_file(options.place);
    if let Some(name) = &pid_file {
        pid_file::write(name).map_err(emergency)?;
    }
    if let Some(user) = user::named(settings) {
        if let Some(name) = &pid_file {
            pid_file::give(name, user);
        }
        logs.give(user);
    }
    let mut warn = |message: String| logs.error(MAIN, Level::Alert, None, format_args!("{message}"));
    user::become_worker(settings, &mut warn).map_err(|message| {
        let _ = pid_file.as_deref().map(pid_file::remove);
        emergency(message)
    })?;
    match options.place {
        Place::Nginx => logs.take_standard_error(),
        Place::Foreground => tell_listeners(&wanted),
    }
    logs.fall_silent();
    Ok(Ready { generation: Arc::new(generation), logs: Arc::new(logs), bank, pid_file, daemon })
}

/// Reads and compiles the configuration, and says what there is to say.
pub fn read(
    logs: &Logs,
    source: &dyn Source,
    options: &Arc<Options>,
    previous: Option<&Generation>,
) -> Option<Generation> {
    let Read { said, loaded } = source.read();
    for said in said {
        logs.error_bytes(MAIN, said.level, None, &said.text);
    }
    let loaded = loaded?;
    let missing = unsupported::unsupported(&loaded.config);
    let level = if options.allow_unsupported { Level::Warn } else { Level::Emerg };
    for fault in &missing {
        logs.error(MAIN, level, None, format_args!("{}", in_line(fault, &loaded.sources)));
    }
    if !missing.is_empty() && !options.allow_unsupported {
        return None;
    }
    let made = Generation::new(loaded, options, previous);
    made.map_err(|message| logs.error(MAIN, Level::Emerg, None, format_args!("{message}"))).ok()
}

/// What nginx says at every configuration that is good.
pub fn tell_method(logs: &Logs) {
    logs.error(MAIN, Level::Notice, None, format_args!("using the \"epoll\" event method"));
}

/// What nginx says of itself and of the system.
fn greet(logs: &Logs, generation: &Generation) {
    tell_method(logs);
    logs.error(MAIN, Level::Notice, None, format_args!("nginx/{}", generation.target.version));
    if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        logs.error(MAIN, Level::Notice, None, format_args!("getrlimit(RLIMIT_NOFILE): {soft}:{hard}"));
    }
}

fn emergency(logs: &Logs, message: &str) -> NotStarted {
    logs.error(MAIN, Level::Emerg, None, format_args!("{message}"));
    NotStarted
}

/// Nothing else may run yet: only this thread goes on in the background.
fn go_to_background() -> io::Result<()> {
    daemon(true, true)?;
    forget_process();
    umask(Mode::empty());
    let nothing = OpenOptions::new().read(true).write(true).open("/dev/null")?;
    dup2_stdin(&nothing)?;
    dup2_stdout(&nothing)?;
    Ok(())
}

fn tell_listeners(wanted: &[Wanted]) {
    let mut out = io::stdout().lock();
    for wanted in wanted {
        // Where the standard output is closed nobody wants to know.
        let _ = writeln!(out, "listening on {}", wanted.address);
    }
    let _ = out.flush();
}
