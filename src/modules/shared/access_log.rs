//! `access_log` and `open_log_file_cache` of `http` and `stream`.

use super::log_format::{COMBINED, LogFormats};
use super::syslog::{self, Syslog};
use crate::config::LogBuffer;
use crate::modules::prelude::*;

/// The access logs of one block. A block without any has those of the block around it.
#[derive(Debug, Clone, Default)]
pub struct AccessLogs {
    /// `access_log off`: nothing is logged, whatever else is said.
    pub off: bool,
    /// Each log.
    pub logs: Vec<AccessLog>,
}

/// One `access_log`.
#[derive(Debug, Clone)]
pub struct AccessLog {
    /// Where to.
    pub to: LogTarget,
    /// Number of its format among those of the realm; `None` for `combined`.
    pub format: Option<usize>,
    /// `if=`: logged when this is neither empty nor `0`.
    pub condition: Option<Text>,
    /// The word that names it.
    pub span: Span,
}

/// Where a log goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogTarget {
    /// A file, by its number among the log files.
    File(usize),
    /// A file whose name has variables.
    Script(Text),
    /// A syslog server.
    Syslog(Box<Syslog>),
}

/// `gzip` without a level.
const BEST_SPEED: u8 = 1;

/// The buffer that `gzip` brings.
const GZIP_BUFFER: u64 = 64 * 1024;

/// `ngx_http_log_set_log`, `ngx_stream_log_set_log`
///
/// # Errors
/// nginx's messages.
pub fn access_log(cx: &mut Cx, call: &Call) -> Verdict {
    if call.arg(1) == "off" {
        if call.words.len() > 2 {
            return Err(call.invalid_parameter(2).help("\"off\" stands alone"));
        }
        cx.slot::<AccessLogs>().off = true;
        cx.keep(call, Value::Own);
        return Ok(());
    }
    let to = target(cx, call)?;
    let format = format(cx, call)?;
    let mut parameters = Parameters::default();
    for n in 3..call.words.len() {
        parameters.read(cx, call, n)?;
    }
    buffer(cx, call, &to, &parameters)?;
    let log = AccessLog { to, format, condition: parameters.condition, span: call.span(1) };
    cx.slot::<AccessLogs>().logs.push(log);
    cx.keep(call, Value::Own);
    Ok(())
}

fn target(cx: &mut Cx, call: &Call) -> Result<LogTarget, Fault> {
    let path = call.arg(1);
    if path.starts_with(syslog::PREFIX) {
        return syslog::read(cx, &call.words[1]).map(|server| LogTarget::Syslog(Box::new(server)));
    }
    if path.contains('$') {
        let full = cx.prefix_path(path);
        return cx.complex_text(&full, call.span(1)).map(LogTarget::Script);
    }
    Ok(LogTarget::File(cx.log_file(path, Some(call.span(1)))))
}

/// The format's number; `None` for `combined`. Names are compared in lower case, and known from their definition on.
fn format(cx: &mut Cx, call: &Call) -> Result<Option<usize>, Fault> {
    let of_http = cx.kind() == Kind::Http;
    if call.words.len() < 3 && !of_http {
        return Err(Fault::emerg("log format is not specified").at(call.span(1)));
    }
    let name = if call.words.len() < 3 { COMBINED } else { call.arg(2) };
    if of_http && name.eq_ignore_ascii_case(COMBINED) {
        return Ok(None);
    }
    let formats = &cx.realm_slot::<LogFormats>().0;
    let known = formats.iter().position(|format| format.name.eq_ignore_ascii_case(name));
    known.map(Some).ok_or_else(|| {
        let fault = Fault::emerg(format!("unknown log format \"{name}\"")).at(call.span(2));
        fault.help("\"log_format\" has to come before its use")
    })
}

#[derive(Default)]
struct Parameters {
    size: u64,
    flush: u64,
    gzip: u8,
    condition: Option<Text>,
}

impl Parameters {
    fn read(&mut self, cx: &mut Cx, call: &Call, n: usize) -> Verdict {
        let word = call.arg(n);
        let invalid = |what: &str, text: &str| Fault::emerg(format!("invalid {what} \"{text}\"")).at(call.span(n));
        let positive = |value: &u64| *value > 0;
        match word.split_once('=') {
            Some(("buffer", text)) => {
                self.size = values::size(text).filter(positive).ok_or_else(|| invalid("buffer size", text))?;
            }
            Some(("flush", text)) => {
                self.flush = values::msec(text).filter(positive).ok_or_else(|| invalid("flush time", text))?;
            }
            Some(("gzip", text)) => {
                self.gzip = match values::number(text) {
                    Some(level @ 1..=9) => level as u8,
                    _ => return Err(invalid("compression level", text).help("from 1 to 9")),
                };
                self.size = if self.size == 0 { GZIP_BUFFER } else { self.size };
            }
            None if word == "gzip" => {
                self.gzip = BEST_SPEED;
                self.size = if self.size == 0 { GZIP_BUFFER } else { self.size };
            }
            Some(("if", text)) => self.condition = Some(cx.complex_text(text, call.span(n))?),
            _ => return Err(call.invalid_parameter(n)),
        }
        Ok(())
    }
}

fn buffer(cx: &mut Cx, call: &Call, to: &LogTarget, parameters: &Parameters) -> Verdict {
    let path = call.arg(1);
    let fault = |message: String| Fault::emerg(message).at(call.span(1));
    let Parameters { size, flush, gzip, .. } = *parameters;
    if size == 0 {
        return match flush {
            0 => Ok(()),
            _ => Err(fault(format!("no buffer is defined for access_log \"{}\"", full(cx, to, path)))
                .help("\"flush\" needs \"buffer\" or \"gzip\"")),
        };
    }
    let at = match to {
        LogTarget::Script(_) => return Err(fault("buffered logs cannot have variables in name".to_owned())),
        LogTarget::Syslog(_) => return Err(fault("logs to syslog cannot be buffered".to_owned())),
        LogTarget::File(at) => *at,
    };
    let buffer = LogBuffer { size, flush, gzip };
    let file = cx.config.log_files.get_mut(at);
    if *file.buffer.get_or_insert(buffer) != buffer {
        let fault = fault(format!("access_log \"{path}\" already defined with conflicting parameters"));
        return Err(match file.span {
            Some(first) => fault.related(first, "first named here"),
            None => fault,
        });
    }
    Ok(())
}

/// The path as nginx has it by now: one with variables was made a full one, a list for syslog was cut at its commas.
fn full(cx: &Cx, to: &LogTarget, path: &str) -> String {
    match to {
        LogTarget::Script(_) => cx.prefix_path(path),
        LogTarget::Syslog(_) => path.replace(',', "\0"),
        LogTarget::File(_) => path.to_owned(),
    }
}

/// `ngx_http_log_open_file_cache`, `ngx_stream_log_open_file_cache`
///
/// # Errors
/// nginx's messages.
pub fn open_log_file_cache(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    let (mut max, mut off) = (0, false);
    for n in 1..call.words.len() {
        let word = call.arg(n);
        let good = match word.split_once('=') {
            Some(("max", text)) => values::number(text).inspect(|number| max = *number).is_some(),
            Some(("min_uses", text)) => values::number(text).is_some(),
            Some(("inactive" | "valid", text)) => values::sec(text).is_some(),
            None if word == "off" => {
                off = true;
                true
            }
            _ => false,
        };
        if !good {
            let message = format!("invalid \"{}\" parameter \"{word}\"", call.name());
            return Err(Fault::emerg(message).at(call.span(n)));
        }
    }
    if !off && max == 0 {
        let message = format!("\"{}\" must have \"max\" parameter", call.name());
        return Err(Fault::emerg(message).at(call.span(0)));
    }
    cx.keep(call, Value::Words);
    Ok(())
}

/// The merge of `http`: a server for which no log was named, nor `off`, has the build's own.
///
/// # Errors
/// nginx's messages.
pub fn default_log(cx: &mut Cx, scope: ScopeId) -> Verdict {
    if cx.config.scope(scope).context == Contexts::SERVER && cx.config.effective(scope, "access_log").is_none() {
        let path = cx.target.paths.http_log.clone();
        cx.log_file(&path, None);
    }
    Ok(())
}
