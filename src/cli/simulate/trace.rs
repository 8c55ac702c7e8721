//! The trace: a file of some form, the standard input, or made up.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::thread;

use super::{Simulate, Stopped};
use crate::cli::files::{STDIN, plain};
use crate::config::Config;
use crate::modules::shared::log_format::{COMBINED, LogFormat, LogFormats};
use crate::simulate::trace::{self, Batch, Form, Format, Generator, Reader, Source, generate};

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
        let options = generate::Options::read(spec).map_err(|error| format!("--trace: {error}"))?;
        let trace = Trace::MadeUp(Box::new(Generator::new(options)));
        return Ok(Opened { trace, name: arguments.trace.clone(), bytes: None });
    }
    let format = format(arguments, config)?;
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

/// The format of log lines: a name that the configuration declares, the format itself, or what the lines look like.
fn format(arguments: &Simulate, config: &Config) -> Result<Format, String> {
    let declared = config.http.and_then(|http| config.scope(http).slot::<LogFormats>());
    let declared = || declared.iter().flat_map(|formats| &formats.0);
    let Some(asked) = arguments.log_format.as_deref() else {
        let known = declared().filter_map(|format| Format::compile(format).ok());
        return Ok(likeliest(&arguments.trace, known.chain([Format::combined()]).collect()));
    };
    if asked == COMBINED {
        return Ok(Format::combined());
    }
    let format = match declared().find(|format| format.name == asked) {
        Some(format) => format.clone(),
        None if asked.contains('$') => {
            LogFormat::of_text(asked).map_err(|fault| format!("--log-format: {}", fault.message))?
        }
        None => {
            let mut names: Vec<&str> = declared().map(|format| &*format.name).collect();
            names.push(COMBINED);
            let names = names.join(", ");
            return Err(format!("--log-format: there is no log_format \"{asked}\"; there is {names}"));
        }
    };
    Format::compile(&format).map_err(|error| format!("--log-format {}: {error}", format.name))
}

/// Bytes of the trace that are read to find out its format.
const SAMPLE: u64 = 64 * 1024;

/// Of several formats the one that reads most of the trace's first lines; of equals the first, the last if none does.
fn likeliest(path: &str, mut formats: Vec<Format>) -> Format {
    let reads = |format: &Format| {
        let file = File::open(path).ok()?;
        let mut reader = trace::open(file.take(SAMPLE), Some(Form::Log), format.clone(), 1).ok()?;
        let (mut batch, mut read) = (Batch::default(), 0);
        while let Ok(true) = reader.next(&mut batch) {
            read += batch.records.len();
        }
        Some(read)
    };
    let counts: Vec<usize> = formats.iter().map(|format| reads(format).unwrap_or(0)).collect();
    let best = (0..formats.len()).rev().max_by_key(|at| counts[*at]).filter(|at| counts[*at] > 0);
    formats.swap_remove(best.unwrap_or(formats.len() - 1))
}
