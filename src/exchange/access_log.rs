//! Access logs: `log_format` compiled, and which logs hold where (`ngx_http_log_module.c`). Writing is the driver's.

use std::sync::Arc;

use super::site::{Builder, Site};
use super::state::Exchange;
use super::value::{Part, Template, Variable, builtin};
use crate::config::{Config, Part as TextPart, ScopeId, Text, values};
use crate::modules::shared::access_log::{AccessLogs, LogTarget};
use crate::modules::shared::log_format::{COMBINED_TEXT, Escape, LogFormats, OF_HTTP};
use crate::modules::shared::syslog::Syslog;

/// A `log_format`.
#[derive(Debug)]
pub struct LogFormat {
    escape: Escape,
    parts: Box<[Part]>,
}

/// An `access_log`.
#[derive(Debug, Clone)]
pub struct AccessLog {
    /// Where it goes.
    pub to: LogTo,
    /// How its lines are made.
    pub format: Arc<LogFormat>,
    /// Which requests it has: those for which this is neither empty nor `0`.
    pub condition: Option<Arc<Template>>,
}

/// `open_log_file_cache`: how files whose names have variables are kept open. Times are milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogCache {
    /// Files at most.
    pub max: usize,
    /// A file that is used fewer times is closed at once.
    pub min_uses: u64,
    /// A file that is not used for so long is closed.
    pub inactive: u64,
    /// After so long it is looked up again.
    pub valid: u64,
}

impl LogCache {
    /// What holds in a scope.
    pub(super) fn of(config: &Config, scope: ScopeId) -> Option<LogCache> {
        let set = config.effective(scope, "open_log_file_cache")?;
        let mut cache = LogCache { max: 0, min_uses: 1, inactive: 10_000, valid: 60_000 };
        for word in &set.words[1..] {
            let seconds = |text| values::sec(text).map(|seconds| seconds.saturating_mul(1000));
            let number = |text| values::number(text).and_then(|number| u64::try_from(number).ok());
            match word.value.split_once('=') {
                Some(("max", text)) => cache.max = number(text).unwrap_or(0) as usize,
                Some(("min_uses", text)) => cache.min_uses = number(text).unwrap_or(1),
                Some(("inactive", text)) => cache.inactive = seconds(text).unwrap_or(cache.inactive),
                Some(("valid", text)) => cache.valid = seconds(text).unwrap_or(cache.valid),
                _ => return None,
            }
        }
        Some(cache)
    }
}

/// Where an access log goes.
#[derive(Debug, Clone)]
pub enum LogTo {
    /// A file, by its number among the configuration's log files.
    File(usize),
    /// A file whose name has variables.
    Named(Arc<Template>),
    /// A syslog server.
    Syslog(Box<Syslog>),
}

impl LogFormat {
    fn compile(builder: &mut Builder, escape: Escape, text: &Text) -> LogFormat {
        let of_http = builder.realm == builder.config.http;
        let part = |part: &TextPart| match part {
            TextPart::Literal(text) => Part::Literal(builder.text(text)),
            TextPart::Variable(name) if of_http && OF_HTTP.contains(&name.as_str()) => {
                Part::Variable(builtin(name, |rest| builder.text(rest)))
            }
            TextPart::Variable(name) => Part::Variable(builder.variable(name)),
            TextPart::Capture(n) => Part::Capture(*n),
        };
        LogFormat { escape, parts: text.0.iter().map(part).collect() }
    }

    /// Appends the line, without a line feed.
    pub fn write(&self, site: &Site, exchange: &mut Exchange, out: &mut Vec<u8>) {
        for part in &self.parts {
            match *part {
                Part::Literal(text) => out.extend_from_slice(site.constant(text)),
                Part::Capture(n) => {
                    let capture = exchange.route.capture(n);
                    self.escape(Some(exchange.text(site, capture)), out);
                }
                Part::Variable(variable) => self.write_variable(variable, site, exchange, out),
            }
        }
    }

    fn write_variable(&self, variable: Variable, site: &Site, exchange: &mut Exchange, out: &mut Vec<u8>) {
        let value = variable.eval(site, exchange);
        self.escape(value.map(|value| exchange.text(site, value)), out);
    }

    /// Appends a value as the format wants it.
    fn escape(&self, value: Option<&[u8]>, out: &mut Vec<u8>) {
        match (self.escape, value) {
            (Escape::Default, None) => out.push(b'-'),
            (_, None) => {}
            (Escape::Default, Some(value)) => escape_hex(value, out),
            (Escape::Json, Some(value)) => escape_json(value, out),
            (Escape::None, Some(value)) => out.extend_from_slice(value),
        }
    }
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// `ngx_http_log_escape`
fn escape_hex(value: &[u8], out: &mut Vec<u8>) {
    let odd = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=31 | 127..);
    if !value.iter().any(odd) {
        return out.extend_from_slice(value);
    }
    for byte in value {
        if odd(byte) {
            out.extend([b'\\', b'x', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        } else {
            out.push(*byte);
        }
    }
}

/// `ngx_escape_json`
fn escape_json(value: &[u8], out: &mut Vec<u8>) {
    for byte in value {
        match byte {
            b'"' | b'\\' => out.extend([b'\\', *byte]),
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            b'\t' => out.extend(b"\\t"),
            8 => out.extend(b"\\b"),
            12 => out.extend(b"\\f"),
            0..=31 => {
                out.extend(b"\\u00");
                out.extend([b'0' + (byte >> 4), HEX[usize::from(byte & 15)]]);
            }
            _ => out.push(*byte),
        }
    }
}

impl AccessLog {
    /// Whether the request is one of those that it has.
    pub fn takes(&self, site: &Site, exchange: &mut Exchange) -> bool {
        let Some(condition) = &self.condition else { return true };
        let value = condition.eval(site, exchange);
        !matches!(exchange.text(site, value), b"" | b"0")
    }
}

/// The formats of a configuration, and the logs of the blocks that have some.
#[derive(Debug, Default)]
pub(super) struct Compiled {
    combined: Option<Arc<LogFormat>>,
    formats: Vec<Arc<LogFormat>>,
    by_scope: rustc_hash::FxHashMap<ScopeId, Arc<[AccessLog]>>,
    default: Option<Arc<[AccessLog]>>,
}

impl Compiled {
    pub fn new(builder: &mut Builder) -> Compiled {
        let config = builder.config;
        let formats = builder.realm.and_then(|realm| config.scope(realm).slot::<LogFormats>());
        let formats = formats.map_or(&[][..], |formats| &formats.0);
        let compile = |format: &crate::modules::shared::log_format::LogFormat| {
            LogFormat::compile(builder, format.escape, &format.text)
        };
        Compiled { formats: formats.iter().map(compile).map(Arc::new).collect(), ..Compiled::default() }
    }

    fn combined(&mut self, builder: &mut Builder) -> Arc<LogFormat> {
        let make = || {
            let text = Text::read(COMBINED_TEXT).unwrap_or_default();
            Arc::new(LogFormat::compile(builder, Escape::Default, &text))
        };
        Arc::clone(self.combined.get_or_insert_with(make))
    }

    /// The logs that hold in a scope.
    pub fn of(&mut self, builder: &mut Builder, scope: ScopeId) -> Arc<[AccessLog]> {
        let config = builder.config;
        let found = config.ancestors(scope).find(|id| config.scope(*id).slot::<AccessLogs>().is_some());
        let Some(from) = found else { return self.of_build(builder) };
        if let Some(known) = self.by_scope.get(&from) {
            return Arc::clone(known);
        }
        let mut compiled = Vec::new();
        let own = config.scope(from).slot::<AccessLogs>().filter(|own| !own.off);
        for log in own.map_or(&[][..], |own| &own.logs) {
            let format = match log.format {
                Some(number) => Arc::clone(&self.formats[number]),
                None => self.combined(builder),
            };
            let to = match &log.to {
                LogTarget::File(number) if is_nowhere(config, *number) => continue,
                LogTarget::File(number) => LogTo::File(*number),
                LogTarget::Script(name) => LogTo::Named(Arc::new(builder.template(name))),
                LogTarget::Syslog(server) => LogTo::Syslog(server.clone()),
            };
            let condition = log.condition.as_ref().map(|text| Arc::new(builder.template(text)));
            compiled.push(AccessLog { to, format, condition });
        }
        let compiled: Arc<[AccessLog]> = compiled.into();
        self.by_scope.insert(from, Arc::clone(&compiled));
        compiled
    }

    /// The build's own log, of servers of `http` for which no other is named.
    fn of_build(&mut self, builder: &mut Builder) -> Arc<[AccessLog]> {
        if builder.realm != builder.config.http {
            return Arc::default();
        }
        if let Some(known) = &self.default {
            return Arc::clone(known);
        }
        let file = default_file(builder.config, &builder.target.paths.prefix, &builder.target.paths.http_log);
        let format = self.combined(builder);
        let log = file.filter(|number| !is_nowhere(builder.config, *number)).map(|number| AccessLog {
            to: LogTo::File(number),
            format,
            condition: None,
        });
        let logs: Arc<[AccessLog]> = log.into_iter().collect();
        self.default = Some(Arc::clone(&logs));
        logs
    }
}

/// Nobody reads it, so nothing need be made for it.
fn is_nowhere(config: &Config, number: usize) -> bool {
    config.log_files.get(number).name == "/dev/null"
}

fn default_file(config: &Config, prefix: &str, path: &str) -> Option<usize> {
    let full = if path.starts_with('/') { path.to_owned() } else { format!("{prefix}{path}") };
    config.log_files.iter().position(|file| file.name == full)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        let written = |escape, value: Option<&[u8]>| {
            let mut out = Vec::new();
            LogFormat { escape, parts: Box::default() }.escape(value, &mut out);
            String::from_utf8(out).expect("ASCII")
        };
        let odd = Some(&b"a\"\\\n\x01\xe9"[..]);
        assert_eq!(written(Escape::Default, odd), "a\\x22\\x5C\\x0A\\x01\\xE9");
        assert_eq!(written(Escape::Json, Some(b"a\"\\\n\x01\x1f")), "a\\\"\\\\\\n\\u0001\\u001F");
        assert_eq!(written(Escape::None, Some(b"a\"")), "a\"");
        assert_eq!([Escape::Default, Escape::Json, Escape::None].map(|escape| written(escape, None)), ["-", "", ""]);
    }
}
