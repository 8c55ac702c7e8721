//! Traces written down: as JSON lines or CSV, with all that is known of a request, or as an access log in nginx's
//! combined format, with what that has room for.

use std::borrow::Cow;
use std::io::{self, Write};

use super::fields::{FIELDS, Pair, Value};
use super::time::write_local;
use super::{Batch, Record};

/// What zero is in formats that have dates: the beginning of 2026.
const DATED_ZERO: u64 = 1_767_225_600_000;

/// How a trace is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// An object of JSON per line.
    Jsonl,
    /// nginx's combined format; times are whole seconds, and hosts and most headers have no place.
    Combined,
    /// Values separated by commas, under a header line.
    Csv,
}

/// Writes a trace.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    written: Written,
    /// Headers that have a column in CSV.
    headers: Vec<String>,
    line: Vec<u8>,
}

impl<W: Write> Writer<W> {
    /// Begins a trace whose requests have some of these headers.
    ///
    /// # Errors
    /// The system's.
    pub fn new(out: W, written: Written, headers: &[&str]) -> io::Result<Writer<W>> {
        let headers = headers.iter().map(|&name| name.to_owned()).collect();
        let mut writer = Writer { out, written, headers, line: Vec::new() };
        if written == Written::Csv {
            let headers: Vec<String> = writer.headers.iter().map(|name| format!("header.{name}")).collect();
            let names = columns().map(|field| field.name).chain(headers.iter().map(String::as_str));
            row(&mut writer.line, names.map(str::as_bytes))?;
            writer.out.write_all(&writer.line)?;
        }
        Ok(writer)
    }

    /// Writes requests.
    ///
    /// # Errors
    /// The system's.
    pub fn write(&mut self, batch: &Batch) -> io::Result<()> {
        self.line.clear();
        for record in &batch.records {
            match self.written {
                Written::Jsonl => json(&mut self.line, batch, record)?,
                Written::Combined => combined(&mut self.line, batch, record)?,
                Written::Csv => self.csv(batch, record)?,
            }
        }
        self.out.write_all(&self.line)
    }

    /// All is written.
    ///
    /// # Errors
    /// The system's.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    fn csv(&mut self, batch: &Batch, record: &Record) -> io::Result<()> {
        let known = batch.headers(record);
        let header = |name: &String| {
            let header = known.iter().find(|header| batch.get(header.name) == name.as_bytes());
            header.map_or(Cow::Borrowed(&b""[..]), |header| Cow::Borrowed(batch.get(header.value)))
        };
        let fields = columns().map(|field| cell((field.get)(batch, record)));
        row(&mut self.line, fields.chain(self.headers.iter().map(header)))
    }
}

/// Fields that have a column of their own. What `scheme` says, `tls` says too.
fn columns() -> impl Iterator<Item = &'static super::fields::Field> {
    FIELDS.iter().filter(|field| field.name != "headers" && field.name != "scheme")
}

fn row(line: &mut Vec<u8>, cells: impl Iterator<Item = impl AsRef<[u8]>>) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(line);
    writer.write_record(cells)?;
    writer.flush()
}

fn cell(value: Value<'_>) -> Cow<'_, [u8]> {
    let text = match value {
        Value::Text(text) => return text,
        Value::Number(number) => number.to_string(),
        Value::Whole(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Nothing | Value::Map(_) | Value::Other => String::new(),
    };
    Cow::Owned(text.into_bytes())
}

fn json(line: &mut Vec<u8>, batch: &Batch, record: &Record) -> io::Result<()> {
    let mut before = "{";
    for field in FIELDS {
        let value = (field.get)(batch, record);
        if value == Value::Nothing {
            continue;
        }
        write!(line, "{before}\"{}\": ", field.name)?;
        match value {
            Value::Map(pairs) => object(line, &pairs)?,
            Value::Text(text) => string(line, &text)?,
            plain => line.extend_from_slice(&cell(plain)),
        }
        before = ", ";
    }
    line.extend_from_slice(b"}\n");
    Ok(())
}

/// Headers; of one name there may be several.
fn object(line: &mut Vec<u8>, pairs: &[Pair<'_>]) -> io::Result<()> {
    let mut before = "{";
    for (at, (name, value)) in pairs.iter().enumerate() {
        if pairs[..at].iter().any(|(earlier, _)| earlier == name) {
            continue;
        }
        line.extend_from_slice(before.as_bytes());
        string(line, name)?;
        line.extend_from_slice(b": ");
        let more: Vec<_> = pairs[at..].iter().filter(|(other, _)| other == name).map(|(_, value)| value).collect();
        match &*more {
            [_] => string(line, value)?,
            several => list(line, several)?,
        }
        before = ", ";
    }
    line.push(b'}');
    Ok(())
}

fn list(line: &mut Vec<u8>, texts: &[&Cow<'_, [u8]>]) -> io::Result<()> {
    let mut before = "[";
    for text in texts {
        line.extend_from_slice(before.as_bytes());
        string(line, text)?;
        before = ", ";
    }
    line.push(b']');
    Ok(())
}

/// JSON has no way to write bytes that are not UTF-8: each becomes the replacement character.
fn string(line: &mut Vec<u8>, text: &[u8]) -> io::Result<()> {
    Ok(serde_json::to_writer(line, &String::from_utf8_lossy(text))?)
}

fn combined(line: &mut Vec<u8>, batch: &Batch, record: &Record) -> io::Result<()> {
    let client = record.client.map_or_else(|| "unix:".to_owned(), |client| client.to_string());
    let time = write_local(DATED_ZERO + record.time.0);
    write!(line, "{client} - - [{time}] \"")?;
    escaped(line, batch.get(record.method))?;
    line.push(b' ');
    escaped(line, batch.get(record.uri))?;
    let (major, minor) = (record.version / 10, record.version % 10);
    if record.version > 9 {
        write!(line, " HTTP/{major}.{minor}")?;
    }
    write!(line, "\" {} 0", record.status.unwrap_or(200))?;
    for name in ["referer", "user-agent"] {
        let header = batch.headers(record).iter().find(|header| batch.get(header.name) == name.as_bytes());
        line.extend_from_slice(b" \"");
        escaped(line, header.map_or(b"-", |header| batch.get(header.value)))?;
        line.push(b'"');
    }
    line.push(b'\n');
    Ok(())
}

/// As `escape=default` writes it.
fn escaped(line: &mut Vec<u8>, text: &[u8]) -> io::Result<()> {
    for &byte in text {
        match byte {
            b'"' | b'\\' | 0..=31 | 127.. => write!(line, "\\x{byte:02X}")?,
            _ => line.push(byte),
        }
    }
    Ok(())
}
