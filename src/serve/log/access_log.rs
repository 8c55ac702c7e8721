//! Access logs as one worker writes them: a line for each request, at once or through a buffer; and the trace of what was
//! served (`--record`).
//!
//! A buffer is the worker's own, as in nginx. It is written when it is full, when its time has come, when the files are
//! opened again, and at the end. A disk that is full costs lines, never time.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io::Write as _;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::file::{LogFile, native};
use super::kept_files::KeptFiles;
use super::{Level, Logs, SyslogServer, refusal, time};
use crate::balance::Millis;
use crate::config::{Config, LogBuffer};
use crate::exchange::{AccessLog, Exchange, LogCache, LogTo, Site, TermsOf, record};
use crate::modules::shared::syslog::Syslog;
use crate::serve::clock;
use crate::serve::timers::{Timer, Timers};

/// The buffer of a recorded trace: written once a second at the latest.
const RECORD: LogBuffer = LogBuffer { size: 64 << 10, flush: 1000, gzip: 0 };
/// Seconds between two complaints about one file.
const BETWEEN_COMPLAINTS: u64 = 60;

/// The buffers of one worker. The process writes them out when it opens its logs again.
#[derive(Debug, Default)]
pub struct Buffers(Mutex<Vec<Buffer>>);

/// What waits to be written to one file.
#[derive(Debug)]
struct Buffer {
    file: Arc<LogFile>,
    settings: LogBuffer,
    bytes: Vec<u8>,
    /// When it is to be written at the latest.
    due: Option<Millis>,
}

impl Buffer {
    /// Writes what waits.
    fn flush(&mut self) -> std::io::Result<()> {
        self.due = None;
        if self.bytes.is_empty() {
            return Ok(());
        }
        let written = write(&self.file, &self.bytes, self.settings.gzip);
        self.bytes.clear();
        written
    }
}

fn write(file: &LogFile, bytes: &[u8], gzip: u8) -> std::io::Result<()> {
    if gzip == 0 {
        return file.append(bytes);
    }
    let mut packed = GzEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::new(u32::from(gzip)));
    packed.write_all(bytes)?;
    file.append(&packed.finish()?)
}

impl Buffers {
    fn lock(&self) -> MutexGuard<'_, Vec<Buffer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes all that waits.
    pub fn flush(&self) {
        for buffer in &mut *self.lock() {
            // Who could be told is told at the next line.
            let _ = buffer.flush();
        }
    }

    /// Writes what is due, and gives the time of what is due next.
    fn flush_due(&self, now: Millis) -> Option<Millis> {
        let mut buffers = self.lock();
        for buffer in buffers.iter_mut().filter(|buffer| buffer.due.is_some_and(|due| due <= now)) {
            let _ = buffer.flush();
        }
        buffers.iter().filter_map(|buffer| buffer.due).min()
    }
}

/// The access logs of one worker.
pub struct AccessLogs {
    buffers: Arc<Buffers>,
    /// The log files by number, and the buffer of each that has one.
    files: Vec<(Arc<LogFile>, Option<usize>)>,
    /// The buffer of the trace.
    trace: Option<usize>,
    timer: Timer,
    line: RefCell<Vec<u8>>,
    kept: RefCell<KeptFiles>,
    servers: RefCell<Vec<(Syslog, Rc<SyslogServer>)>>,
    /// When something last went wrong with a file, by name.
    complaints: RefCell<Vec<(String, u64)>>,
}

impl AccessLogs {
    /// Those of a configuration; what was served is recorded in a file besides, if there is one.
    pub fn new(config: &Config, logs: &Logs, timers: &Rc<Timers>, recorded: Option<&Arc<LogFile>>) -> AccessLogs {
        let mut buffers = Vec::new();
        let mut add = |file: Arc<LogFile>, settings: LogBuffer| {
            buffers.push(Buffer { file, settings, bytes: Vec::new(), due: None });
            buffers.len() - 1
        };
        let mut files = Vec::new();
        for (number, settings) in config.log_files.iter().enumerate() {
            let file = logs.file(number);
            files.push((Arc::clone(file), settings.buffer.map(|settings| add(Arc::clone(file), settings))));
        }
        let trace = recorded.map(|file| add(Arc::clone(file), RECORD));
        let buffers = Arc::new(Buffers(Mutex::new(buffers)));
        logs.keep(&buffers);
        AccessLogs {
            buffers,
            files,
            trace,
            timer: timers.timer(),
            line: RefCell::default(),
            kept: RefCell::default(),
            servers: RefCell::default(),
            complaints: RefCell::default(),
        }
    }

    /// Whether a request in such a place is written down anywhere.
    pub fn want(&self, terms: &TermsOf) -> bool {
        !terms.access_logs.is_empty() || self.trace.is_some()
    }

    /// Writes a request, or a session, down in all of these logs that take it; what goes wrong is told to `complain`.
    pub fn log(
        &self,
        site: &Site,
        exchange: &mut Exchange,
        (logs, cache): (&[AccessLog], Option<&LogCache>),
        complain: &mut dyn FnMut(Level, String),
    ) {
        let mut line = self.line.borrow_mut();
        for log in logs {
            if !log.takes(site, exchange) {
                continue;
            }
            line.clear();
            log.format.write(site, exchange, &mut line);
            match &log.to {
                LogTo::Syslog(settings) => self.server(settings).send(&line),
                LogTo::File(number) => {
                    line.push(b'\n');
                    self.append(*number, &line, complain);
                }
                LogTo::Named(name) => {
                    line.push(b'\n');
                    let root = exchange.document_root(site);
                    if let Some((root, error)) = root.and_then(|root| is_folder(&root).err().map(|error| (root, error)))
                    {
                        complain(Level::Error, format!("testing \"{root}\" existence failed ({})", refusal(&error)));
                        continue;
                    }
                    let name = name.eval(site, exchange);
                    let name = crate::syntax::decode(exchange.text(site, name));
                    self.append_named(&name, &line, cache, complain);
                }
            }
        }
    }

    /// Writes a request down in the trace.
    pub fn record(&self, site: &Site, exchange: &mut Exchange) {
        let Some(at) = self.trace else { return };
        let mut line = self.line.borrow_mut();
        line.clear();
        record(site, exchange, &mut line);
        let mut buffers = self.buffers.lock();
        let _ = self.fill(&mut buffers[at], &line);
    }

    fn append(&self, number: usize, line: &[u8], complain: &mut dyn FnMut(Level, String)) {
        let Some((file, buffer)) = self.files.get(number) else { return };
        let written = match buffer {
            None => file.append(line),
            Some(at) => self.fill(&mut self.buffers.lock()[*at], line),
        };
        if let Err(error) = written {
            self.complain(file.name(), &error, complain);
        }
    }

    /// Puts a line into a buffer, which is written first where it has no room for it.
    fn fill(&self, buffer: &mut Buffer, line: &[u8]) -> std::io::Result<()> {
        let room = buffer.settings.size as usize;
        let mut written = Ok(());
        if buffer.bytes.len() + line.len() > room {
            written = buffer.flush();
        }
        if line.len() > room {
            return written.and(write(&buffer.file, line, buffer.settings.gzip));
        }
        buffer.bytes.extend_from_slice(line);
        if buffer.due.is_none() && buffer.settings.flush > 0 {
            let due = clock::now().plus(buffer.settings.flush);
            buffer.due = Some(due);
            self.timer.set_before(due);
        }
        written
    }

    fn append_named(&self, name: &str, line: &[u8], cache: Option<&LogCache>, complain: &mut dyn FnMut(Level, String)) {
        let file = self.kept.borrow_mut().open(name, cache, clock::now());
        match file {
            Ok(file) => {
                if let Err(error) = file.append(line) {
                    self.complain(name, &error, complain);
                }
            }
            Err(error) => complain(Level::Crit, format!("open() \"{name}\" failed ({})", refusal(&error))),
        }
    }

    fn complain(&self, name: &str, error: &std::io::Error, complain: &mut dyn FnMut(Level, String)) {
        let now = time::now().as_secs();
        let mut complaints = self.complaints.borrow_mut();
        match complaints.iter_mut().find(|(known, _)| known == name) {
            Some((_, at)) if now < *at + BETWEEN_COMPLAINTS => return,
            Some((_, at)) => *at = now,
            None => complaints.push((name.to_owned(), now)),
        }
        complain(Level::Alert, format!("write() to \"{name}\" failed ({})", refusal(error)));
    }

    fn server(&self, settings: &Syslog) -> Rc<SyslogServer> {
        let mut servers = self.servers.borrow_mut();
        if let Some((_, server)) = servers.iter().find(|(known, _)| known == settings) {
            return Rc::clone(server);
        }
        let server = Rc::new(SyslogServer::new(settings.clone()));
        servers.push((settings.clone(), Rc::clone(&server)));
        server
    }

    /// Writes buffers whose time has come, for ever.
    pub async fn watch(&self) {
        poll_fn(|cx| {
            match self.buffers.flush_due(clock::now()) {
                Some(next) => self.timer.set(next),
                None => self.timer.clear(),
            }
            let _ = self.timer.poll(cx);
            Poll::<()>::Pending
        })
        .await;
    }

    /// Writes all that waits.
    pub fn flush(&self) {
        self.buffers.flush();
    }
}

/// Whether `root` is a folder, which nginx wants before it opens a log whose name has variables.
fn is_folder(root: &str) -> std::io::Result<()> {
    let meta = std::fs::metadata(native(root))?;
    if meta.is_dir() { Ok(()) } else { Err(std::io::Error::from_raw_os_error(nix::errno::Errno::ENOTDIR as i32)) }
}
