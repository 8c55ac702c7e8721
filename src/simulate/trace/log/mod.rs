//! nginx's access logs: a line per request, written when its answer has ended.

mod format;
mod request;
mod unescape;
mod variable;

pub use format::Format;

use std::borrow::Cow;
use std::sync::Arc;

use self::format::Step;
use self::unescape::unescape;
use self::variable::Role;
use super::page::{Lines, Page, Wrong, quoted};
use super::time::{self, decimal};
use super::{Id, Record, Slice, client};
use crate::balance::Millis;
use crate::modules::shared::log_format::Escape;

/// Reads the lines of a log.
#[derive(Debug, Clone)]
pub struct Reader {
    format: Arc<Format>,
    /// Names of the headers, `cookie` last, in the block at hand.
    names: Vec<Slice>,
    get: Slice,
    root: Slice,
    dates: Dates,
}

/// The last date read: most lines have the same as the one before.
#[derive(Debug, Clone, Default)]
struct Dates {
    text: Vec<u8>,
    time: u64,
}

impl Dates {
    fn read(&mut self, text: &[u8], read: fn(&[u8]) -> Option<u64>) -> Option<u64> {
        if self.text != text {
            self.time = read(text)?;
            self.text.clear();
            self.text.extend_from_slice(text);
        }
        Some(self.time)
    }
}

/// What a line has told so far, beyond what goes straight into the record.
struct Draft<'a> {
    record: Record,
    path: Option<&'a [u8]>,
    args: Option<&'a [u8]>,
    response: Option<u64>,
    cookies: Vec<u8>,
    silent: bool,
}

impl Reader {
    /// Reads lines of a format.
    #[must_use]
    pub fn new(format: Arc<Format>) -> Reader {
        let (names, none) = (Vec::new(), Slice::default());
        Reader { format, names, get: none, root: none, dates: Dates::default() }
    }

    fn text<'a>(&self, value: &'a [u8]) -> Cow<'a, [u8]> {
        match self.format.escape {
            Escape::None => Cow::Borrowed(value),
            Escape::Default | Escape::Json => unescape(value),
        }
    }

    fn is_absent(&self, value: &[u8]) -> bool {
        value.is_empty() || value == b"-" && self.format.escape == Escape::Default
    }

    /// Puts a value where it belongs; false: it is none of its kind.
    fn take<'a>(&mut self, role: Role, value: &'a [u8], draft: &mut Draft<'a>, page: &mut Page<'a>) -> bool {
        let record = &mut draft.record;
        match role {
            Role::Client => return set(&mut record.client, client::read(value).ok()),
            Role::Msec => return set(&mut record.time, decimal(value).map(Millis)),
            Role::Local => return set(&mut record.time, self.dates.read(value, time::local).map(Millis)),
            Role::Iso => return set(&mut record.time, self.dates.read(value, time::iso).map(Millis)),
            Role::Request => return self.request(value, draft, page),
            Role::Method => record.method = page.text(value),
            Role::Target => record.uri = page.text(&self.text(value)),
            Role::Path | Role::PathAndArgs => draft.path = Some(value),
            Role::Args => draft.args = Some(value),
            Role::Version => return set(&mut record.version, request::version(value)),
            Role::Host => record.host = page.text(&self.text(value)),
            Role::Port => return set(&mut record.port, small(value).map(Some)),
            Role::Scheme => record.tls = Some(value == b"https"),
            Role::Https => record.tls = Some(value == b"on"),
            Role::Took => return set(&mut record.took, decimal(value).map(|took| u32::try_from(took).ok())),
            Role::HeaderTime => record.service = last(value),
            Role::ResponseTime => draft.response = last(value),
            Role::Status => return set(&mut record.status, small(value).map(Some)),
            Role::UpstreamAddr => record.upstream_addr = Some(page.text(&self.text(value))),
            Role::UpstreamStatus => record.upstream_status = Some(page.text(value)),
            Role::RequestId => record.id = Id::Text(page.text(&self.text(value))),
            Role::Header(at) => {
                let header = super::Header { name: self.names[at as usize], value: page.text(&self.text(value)) };
                page.headers.push(header);
            }
            Role::Cookie(at) => self.cookie(at, value, draft),
            Role::Skip => {}
        }
        true
    }

    fn request<'a>(&self, value: &'a [u8], draft: &mut Draft<'a>, page: &mut Page<'a>) -> bool {
        let Some(line) = request::read(value) else {
            draft.silent = true;
            return true;
        };
        draft.record.method = page.text(line.method);
        draft.record.uri = page.text(&self.text(line.target));
        draft.record.version = line.version;
        true
    }

    fn cookie(&self, at: u16, value: &[u8], draft: &mut Draft<'_>) {
        if !draft.cookies.is_empty() {
            draft.cookies.extend_from_slice(b"; ");
        }
        draft.cookies.extend_from_slice(self.format.cookies[at as usize].as_bytes());
        draft.cookies.push(b'=');
        draft.cookies.extend_from_slice(&self.text(value));
    }

    /// What is known only at the line's end.
    fn finish<'a>(&self, mut draft: Draft<'a>, first: usize, page: &mut Page<'a>) {
        if draft.silent {
            page.headers.truncate(first);
            page.tally.silent += 1;
            return;
        }
        let record = &mut draft.record;
        if let Some(path) = draft.path {
            record.uri = page.text(&self.text(path));
        }
        if let Some(args) = draft.args {
            let path = draft.path.unwrap_or(b"/");
            record.uri = page.text(&[&*self.text(path), b"?", &*self.text(args)].concat());
        }
        if !draft.cookies.is_empty() {
            let value = page.text(&draft.cookies);
            let name = self.names.last().copied().unwrap_or_default();
            page.headers.push(super::Header { name, value });
        }
        record.service = record.service.or(draft.response);
        page.record(draft.record, first);
    }
}

fn set<T>(place: &mut T, value: Option<T>) -> bool {
    value.map(|value| *place = value).is_some()
}

fn small(value: &[u8]) -> Option<u16> {
    time::number(value).and_then(|number| u16::try_from(number).ok())
}

/// The last of a list of times: `0.1, 0.2 : 0.3`. That attempt gave the answer; `-` where none did.
fn last(value: &[u8]) -> Option<u64> {
    let start = memchr::memrchr2(b' ', b',', value).map_or(0, |separator| separator + 1);
    decimal(&value[start..])
}

/// Where a value ends. A quote that is escaped ends nothing, nor does what stands within a list.
fn end(line: &[u8], from: usize, step: &Step) -> Option<usize> {
    let [first, rest @ ..] = &step.until[..] else { return Some(line.len()) };
    let mut at = from;
    loop {
        at += memchr::memchr(*first, line.get(at..)?)?;
        // A few bytes: a loop is faster than a call.
        let follows = rest.iter().enumerate().all(|(place, byte)| line.get(at + 1 + place) == Some(byte));
        let goes_on =
            || *first == b'"' && is_escaped(&line[from..at]) || step.is_list && is_within_list(line, at, &step.until);
        if follows && !goes_on() {
            return Some(at);
        }
        at += 1;
    }
}

/// Whether a list goes on there: `A, B : C`, of a request that was tried at A and B, and after a redirect at C.
fn is_within_list(line: &[u8], at: usize, until: &[u8]) -> bool {
    if [&b", "[..], b" :"].iter().any(|separator| until.starts_with(separator)) {
        return false;
    }
    let (before, behind) = line.split_at(at);
    let in_space = behind.starts_with(b" ") && (before.ends_with(b",") || before.ends_with(b" :"));
    in_space || behind.starts_with(b" : ") || behind.starts_with(b", ")
}

/// Whether an odd number of backslashes stands before.
fn is_escaped(before: &[u8]) -> bool {
    before.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

impl Lines for Reader {
    fn begin(&mut self, page: &mut Page<'_>) {
        self.names.clear();
        let names = self.format.headers.iter().map(String::as_str).chain(["cookie"]);
        self.names.extend(names.map(|name| page.text(name.as_bytes())));
        self.get = page.text(b"GET");
        self.root = page.text(b"/");
    }

    fn line<'a>(&mut self, number: u64, line: &'a [u8], page: &mut Page<'a>) -> Result<(), Wrong> {
        let format = Arc::clone(&self.format);
        let record = Record::new(number, self.get, self.root);
        let mut draft = Draft { record, path: None, args: None, response: None, cookies: Vec::new(), silent: false };
        let first = page.headers.len();
        if !format.start.is_empty() && !line.starts_with(&format.start) {
            return Err(stray(0, line, None, &format.start));
        }
        let mut at = format.start.len();
        for step in &format.steps {
            let end = end(line, at, step).ok_or_else(|| stray(at, line, Some(step), &step.until))?;
            let value = &line[at..end];
            if step.role == Role::Skip {
            } else if self.is_absent(value) {
                absent(step, at, &mut draft)?;
            } else if !self.take(step.role, value, &mut draft, page) {
                let message = format!("\"{}\" is not {}: {}", step.name, kind(step.role), quoted(value));
                return Err(Wrong { span: at..end, message });
            }
            at = end + step.until.len();
        }
        self.finish(draft, first, page);
        Ok(())
    }
}

impl Format {
    /// Whether a line is of this format as a whole, whatever its values: to find the format of a log among several.
    #[must_use]
    pub fn fits(&self, line: &[u8]) -> bool {
        let mut at = self.start.len();
        let follows = self.steps.iter().all(|step| {
            let end = end(line, at, step);
            at = end.map_or(at, |end| end + step.until.len());
            end.is_some()
        });
        line.starts_with(&self.start) && follows && at == line.len()
    }
}

/// Without a request there is nothing to replay, without a time no place for it.
fn absent(step: &Step, at: usize, draft: &mut Draft<'_>) -> Result<(), Wrong> {
    match step.role {
        Role::Request | Role::Target | Role::Path | Role::PathAndArgs => draft.silent = true,
        Role::Msec | Role::Iso | Role::Local => {
            return Err(Wrong { span: at..at + 1, message: format!("\"{}\" is empty", step.name) });
        }
        Role::Https => draft.record.tls = Some(false),
        _ => {}
    }
    Ok(())
}

/// What a value should have been.
fn kind(role: Role) -> &'static str {
    match role {
        Role::Client => "an address",
        Role::Msec | Role::Iso | Role::Local => "a date",
        Role::Took => "a time in seconds",
        Role::Version => "a version of HTTP",
        _ => "a number",
    }
}

fn stray(at: usize, line: &[u8], after: Option<&Step>, text: &[u8]) -> Wrong {
    let place = after.map_or_else(|| "at its start".to_owned(), |step| format!("after ${}", step.name));
    let message = format!("the line is not of the log's format: no {} {place}", quoted(text));
    Wrong { span: at.min(line.len())..line.len(), message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_of_a_line() {
        let combined = r#"1.2.3.4 - - [25/Nov/2026:22:18:41 +0000] "GET / HTTP/1.1" 200 1 "-" "-""#;
        let timed = Format::read("timed", Escape::Default, "[$msec] $uri $request_time").unwrap();
        for (format, line, fits) in [
            (&Format::combined(), combined, true),
            (&Format::combined(), &format!("{combined} 0.1"), false),
            (&Format::combined(), "[5] / 0.1", false),
            (&timed, "[5] / 0.1", true),
            (&timed, "5] / 0.1", false),
            (&timed, "", false),
        ] {
            assert_eq!(format.fits(line.as_bytes()), fits, "{line}");
        }
    }

    /// The value of `$upstream_addr` in a line.
    fn addrs(format: &str, line: &str) -> String {
        let format = Format::read("it", Escape::Default, format).unwrap();
        let mut at = format.start.len();
        for step in &format.steps {
            let end = end(line.as_bytes(), at, step).unwrap_or(line.len());
            if step.name == "upstream_addr" {
                return line[at..end].to_owned();
            }
            at = end + step.until.len();
        }
        String::new()
    }

    #[test]
    fn lists_end_where_they_end() {
        for list in ["A", "A, B", "A, B : C", "-", "A : B, C"] {
            for format in ["$upstream_addr $msec $uri", "[$msec] $uri $upstream_addr", "$upstream_addr,$msec,$uri"] {
                let line = format.replace("$upstream_addr", list).replace("$msec", "1.5").replace("$uri", "/");
                assert_eq!(addrs(format, &line), list, "{line}");
            }
        }
        assert_eq!(addrs("$upstream_addr : $msec $uri", "A : 1.5 /"), "A");
        assert_eq!(addrs("$upstream_addr, $msec, $uri", "A, 1.5, /"), "A");
    }

    #[test]
    fn the_last_of_several_times() {
        for (list, expected) in [("0.1", Some(100)), ("0.1, 0.2 : 0.3", Some(300)), ("0.1, -", None), ("-", None)] {
            assert_eq!(last(list.as_bytes()), expected, "{list}");
        }
    }
}
