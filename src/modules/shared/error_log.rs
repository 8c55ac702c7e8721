//! `error_log` in every context that has it: `ngx_log_set_log`.

use super::syslog::{self, Syslog};
use crate::modules::prelude::*;

/// The levels, most important first; nginx's numbers start at 1.
const LEVELS: &[&str] = &["emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"];

/// Parts of the debug log.
const DEBUG_LEVELS: &[&str] =
    &["debug_core", "debug_alloc", "debug_mutex", "debug_event", "debug_http", "debug_mail", "debug_stream"];

/// nginx's room for one line of a memory log besides the file's name: the longest message, two numbers, `MEMLOG`.
const MEMORY_LINE: u64 = 2048 + 20 + 20 + 11;

/// The error logs of a scope, in order.
#[derive(Debug, Default)]
pub struct ErrorLogs(pub Vec<ErrorLog>);

/// One error log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorLog {
    /// Where messages go.
    pub to: Destination,
    /// The least important level that is logged: index into `emerg` to `debug`.
    pub level: u8,
    /// Bit n: only the n-th part of the debug log.
    pub debug: u8,
}

impl ErrorLog {
    /// Whether warnings are logged.
    #[must_use]
    pub fn takes_warnings(&self) -> bool {
        self.level >= 4
    }
}

/// Where messages go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A file: its number among [`config::LogFiles`](crate::config::LogFiles). Standard error is one of them.
    File(usize),
    /// A buffer in memory, of this many bytes.
    Memory(u64),
    /// A syslog server.
    Syslog(Syslog),
}

/// The reader of `error_log`.
///
/// # Errors
/// nginx's messages.
pub fn set(cx: &mut Cx, call: &Call) -> Verdict {
    let to = destination(cx, call)?;
    let (level, debug) = levels(call)?;
    cx.slot::<ErrorLogs>().0.push(ErrorLog { to, level, debug });
    cx.keep(call, Value::Own);
    Ok(())
}

fn destination(cx: &mut Cx, call: &Call) -> Result<Destination, Fault> {
    let (text, span) = (call.arg(1), call.span(1));
    if let Some(size) = text.strip_prefix("memory:") {
        return memory(cx, size).map_err(|fault| fault.at(span));
    }
    if text.starts_with(syslog::PREFIX) {
        return syslog::read(cx, &call.words[1]).map(Destination::Syslog);
    }
    let name = if text == "stderr" { "" } else { text };
    Ok(Destination::File(cx.log_file(name, Some(span))))
}

fn memory(cx: &Cx, text: &str) -> Result<Destination, Fault> {
    if !cx.target.built_with("--with-debug") {
        return Err(Fault::emerg("nginx was built without debug support"));
    }
    let needed = MEMORY_LINE + cx.sources.path(cx.place().file).len() as u64;
    match values::size(text) {
        Some(size) if size >= needed => Ok(Destination::Memory(size)),
        _ => {
            let fault = Fault::emerg(format!("invalid buffer size \"{text}\""));
            Err(fault.help("a memory log needs room for at least one message, about 2200 bytes"))
        }
    }
}

fn levels(call: &Call) -> Result<(u8, u8), Fault> {
    let (mut level, mut debug) = (None, 0_u8);
    for word in &call.args()[1..] {
        let name = &*word.value;
        let refused = |what: &str| {
            let fault = Fault::emerg(format!("{what} log level \"{name}\"")).at(word.span);
            fault.help(format!("one level of {}", LEVELS.join(", ")))
        };
        if let Some(known) = LEVELS.iter().position(|level| *level == name) {
            if level.is_some() || debug != 0 {
                return Err(refused("duplicate"));
            }
            level = Some(known as u8);
        } else if let Some(part) = DEBUG_LEVELS.iter().position(|part| *part == name) {
            if level.is_some() {
                return Err(refused("invalid"));
            }
            debug |= 1 << part;
        } else {
            return Err(refused("invalid"));
        }
    }
    let default = if debug == 0 { 3 } else { 7 };
    Ok((level.unwrap_or(default), debug))
}
