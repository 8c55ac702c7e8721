//! The trace: a file of some form, the standard input, or made up.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::thread;

use super::{Simulate, Stopped};
use crate::cli::files::{STDIN, plain};
use crate::config::Config;
use crate::modules::shared::access_log::AccessLogs;
use crate::modules::shared::log_format::{COMBINED, LogFormat, LogFormats};
use crate::simulate::trace::{self, Batch, Format, Form, Generator, Reader, Source, generate};

/// What made-up traces begin with.
const MADE_UP: &str = "gen:";

/// A trace that is open.
pub enum Trace {
    /// It is read.
    Read(Box<Reader>),
    /// It is made up.
    MadeUp(Box<Generator>),
}

/// A trace, and what is known of how far it goes.
pub struct Opened {
    /// The trace.
    pub trace: Trace,
    /// Its name, for complaints.
    pub name: String,
    /// How many bytes it has, and how many were read.
    pub bytes: Option<(u64, Arc<AtomicU64>)>,
}

impl Source for Trace {
    fn next(&mut self, batch: &mut Batch) -> io::Result<bool> {
        match self {
            Trace::Read(reader) => reader.next(batch),
            Trace::MadeUp(generator) => generator.next(batch),
        }
    }
}

impl Trace {
    /// Unix seconds of its zero; 0 where it counts from a zero of its own.
    pub fn started(&self) -> i64 {
        match self {
            Trace::Read(reader) => reader.started().unwrap_or(0),
            Trace::MadeUp(_) => 0,
        }
    }

    /// What was assumed.
    pub fn assumptions(&self) -> Vec<String> {
        match self {
            Trace::Read(reader) => reader.assumptions(),
            Trace::MadeUp(_) => Vec::new(),
        }
    }

    /// Whether it is an access log, which knows no sessions.
    pub fn is_log(&self) -> bool {
        matches!(self, Trace::Read(reader) if reader.form() == Form::Log)
    }
}

/// Opens the trace.
pub fn open(arguments: &Simulate, config: &Config) -> Result<Opened, Stopped> {
    if let Some(spec) = arguments.trace.strip_prefix(MADE_UP) {
        let options = generate::Options::read(spec).map_err(|error| format!("--trace {MADE_UP}: {error}"))?;
        let trace = Trace::MadeUp(Box::new(Generator::new(options)));
        return Ok(Opened { trace, name: arguments.trace.clone(), bytes: None });
    }
    let format = format(arguments.log_format.as_deref(), config)?;
    let threads = arguments.threads.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from));
    let failed = |error: io::Error| format!("cannot read {}: {}", arguments.trace, plain(&error));
    let (input, name, size): (Box<dyn Read + Send>, _, _) = if arguments.trace == "-" {
        (Box::new(io::stdin()), STDIN.to_owned(), None)
    } else {
        let file = File::open(&arguments.trace).map_err(failed)?;
        let size = file.metadata().ok().map(|metadata| metadata.len());
        (Box::new(file), arguments.trace.clone(), size)
    };
    let reader = trace::open(input, None, format, threads).map_err(failed)?;
    let bytes = size.map(|size| (size, reader.bytes_read()));
    Ok(Opened { trace: Trace::Read(Box::new(reader)), name, bytes })
}

/// The format of log lines: a name that the configuration declares, the format itself, or what the configuration logs.
fn format(asked: Option<&str>, config: &Config) -> Result<Format, String> {
    let declared = config.http.and_then(|http| config.scope(http).slot::<LogFormats>());
    let named = |name: &str| declared.and_then(|formats| formats.0.iter().find(|format| format.name == name));
    let used = || config.http.and_then(|http| config.effective_slot::<AccessLogs>(http)).and_then(|logs| logs.format());
    let text = match asked {
        None => match used().and_then(|name| named(&name)) {
            // Not every format that is logged can be replayed; then the usual one may do.
            Some(format) => return Ok(Format::compile(format).unwrap_or_else(|_| Format::combined())),
            None => return Ok(Format::combined()),
        },
        Some(COMBINED) => return Ok(Format::combined()),
        Some(text) => text,
    };
    let format = match named(text) {
        Some(format) => format.clone(),
        None if text.contains('$') => LogFormat::of_text(text).map_err(|fault| format!("--log-format: {}", fault.message))?,
        None => {
            let mut names: Vec<&str> = declared.iter().flat_map(|formats| &formats.0).map(|format| &*format.name).collect();
            names.push(COMBINED);
            return Err(format!("--log-format: there is no log_format \"{text}\"; there is {}", names.join(", ")));
        }
    };
    Format::compile(&format).map_err(|error| format!("--log-format {}: {error}", format.name))
}
