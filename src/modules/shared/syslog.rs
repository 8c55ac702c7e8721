//! `syslog:server=...,facility=...` of `access_log` and `error_log`: `ngx_syslog_process_conf`.

use crate::config::address::{Address, Url, UrlForm};
use crate::modules::prelude::*;

/// What a log path starts with to mean a syslog server.
pub const PREFIX: &str = "syslog:";

/// The facilities; a name's index is its number.
const FACILITIES: &[&str] = &[
    "kern", "user", "mail", "daemon", "auth", "intern", "lpr", "news", "uucp", "clock", "authpriv", "ftp", "ntp",
    "audit", "alert", "cron", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
];

/// The severities, in nginx's spelling; a name's index is its number.
const SEVERITIES: &[&str] = &["emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"];

/// RFC 3164 allows a tag this many characters.
const LONGEST_TAG: usize = 32;

/// A syslog server and what is sent to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Syslog {
    /// Where it listens.
    pub server: Address,
    /// The number of the facility, `local7` unless said otherwise.
    pub facility: u8,
    /// The number of the severity, `info` unless said otherwise.
    pub severity: u8,
    /// The tag.
    pub tag: String,
    /// The host's name is left out.
    pub nohostname: bool,
}

#[derive(Default)]
struct Draft {
    server: Option<Address>,
    facility: Option<u8>,
    severity: Option<u8>,
    tag: Option<String>,
    nohostname: bool,
}

/// Reads the word that starts with [`PREFIX`].
///
/// # Errors
/// nginx's messages.
pub fn read(cx: &mut Cx, word: &Word) -> Result<Syslog, Fault> {
    let mut draft = Draft::default();
    let parameters = word.value.strip_prefix(PREFIX).unwrap_or(&word.value);
    for parameter in parameters.split(',') {
        draft.parameter(cx, parameter).map_err(|fault| fault.at(word.span))?;
    }
    let Some(server) = draft.server else {
        return Err(Fault::emerg("no syslog server specified").at(word.span).help("add server=ADDRESS"));
    };
    Ok(Syslog {
        server,
        facility: draft.facility.unwrap_or(23),
        severity: draft.severity.unwrap_or(6),
        tag: draft.tag.unwrap_or_else(|| "nginx".to_owned()),
        nohostname: draft.nohostname,
    })
}

impl Draft {
    fn parameter(&mut self, cx: &Cx, parameter: &str) -> Verdict {
        match parameter.split_once('=') {
            Some(("server", text)) => {
                vacant(self.server.as_ref(), "server")?;
                let form = UrlForm { default_port: 514, ..UrlForm::default() };
                let url = Url::read(text, form, cx.host)
                    .map_err(|bad| bad.fault(format_args!("syslog server \"{text}\"")))?;
                self.server = url.addresses.into_iter().next();
            }
            Some(("facility", name)) => {
                vacant(self.facility.as_ref(), "facility")?;
                self.facility = Some(number("facility", name, FACILITIES)?);
            }
            Some(("severity", name)) => {
                vacant(self.severity.as_ref(), "severity")?;
                self.severity = Some(number("severity", name, SEVERITIES)?);
            }
            Some(("tag", tag)) => {
                vacant(self.tag.as_ref(), "tag")?;
                self.tag = Some(read_tag(tag)?);
            }
            None if parameter == "nohostname" => self.nohostname = true,
            _ => return Err(Fault::emerg(format!("unknown syslog parameter \"{parameter}\""))),
        }
        Ok(())
    }
}

fn vacant<T>(before: Option<&T>, name: &str) -> Verdict {
    match before {
        Some(_) => Err(Fault::emerg(format!("duplicate syslog \"{name}\""))),
        None => Ok(()),
    }
}

fn number(what: &str, name: &str, names: &[&str]) -> Result<u8, Fault> {
    let found = names.iter().position(|known| *known == name).map(|at| at as u8);
    found.ok_or_else(|| {
        let fault = Fault::emerg(format!("unknown syslog {what} \"{name}\""));
        fault.help(format!("one of {}", names.join(", ")))
    })
}

fn read_tag(tag: &str) -> Result<String, Fault> {
    if tag.len() > LONGEST_TAG {
        return Err(Fault::emerg("syslog tag length exceeds 32"));
    }
    // nginx's range from "a" to "z" holds "_" too, and compares lower-case letters only.
    if tag.bytes().any(|byte| !byte.is_ascii_alphanumeric() && byte != b'_') {
        return Err(Fault::emerg("syslog \"tag\" only allows alphanumeric characters and underscore"));
    }
    Ok(tag.to_owned())
}
