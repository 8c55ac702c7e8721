//! Running the program of a server or location: the codes of `ngx_http_script.c`.

use super::{Found, Reply};
use crate::exchange::notes::Note;
use crate::exchange::request::{CONSTANT, Slice};
use crate::exchange::site::{Condition, Op, PatternId, Rewrite, Site};
use crate::exchange::state::Exchange;
use crate::exchange::value::Template;
use crate::modules::http::rewrite::{FileTest, Then};

/// What follows a step.
enum Step {
    Next,
    Jump(usize),
    End,
    Answer(Found),
    /// 500.
    Fail,
}

impl Exchange {
    /// Runs the program of the location; gives the answer, if it makes one.
    #[inline]
    pub(super) fn run(&mut self, site: &Site) -> Option<Found> {
        let program = &site.location(self.route.location).program;
        self.route.quoting = self.request.escaped;
        if program.is_empty() { None } else { self.run_steps(site, program) }
    }

    fn run_steps(&mut self, site: &Site, program: &[Op]) -> Option<Found> {
        let mut at = 0;
        while let Some(op) = program.get(at) {
            match self.step(site, op) {
                Step::Next => at += 1,
                Step::Jump(to) => at = to,
                Step::End => return None,
                Step::Answer(found) => return Some(found),
                Step::Fail => return Some(self.refuse(site, 500)),
            }
        }
        None
    }

    fn step(&mut self, site: &Site, op: &Op) -> Step {
        match op {
            Op::Set(number, value) => {
                let Some(value) = self.quoted(site, value) else { return Step::Fail };
                self.route.keep(*number, Some(value));
            }
            Op::SetLimitRate(value) => {
                let Some(value) = self.quoted(site, value) else { return Step::Fail };
                let text = std::str::from_utf8(self.text(site, value)).ok();
                match text.and_then(crate::config::values::size) {
                    Some(rate) => self.limit_rate = Some(rate),
                    None => self.notes.push(Note::BadRate(value)),
                }
            }
            Op::SetArgs(value) => {
                let Some(value) = self.quoted(site, value) else { return Step::Fail };
                self.request.args = self.owned(site, value);
                self.request.as_sent = false;
            }
            Op::If { condition, otherwise, location } => match (self.holds(site, condition), location) {
                (None, _) => return Step::Fail,
                (Some(false), _) => return Step::Jump(*otherwise),
                (Some(true), Some(location)) => self.enter(site, *location),
                (Some(true), None) => {}
            },
            Op::Break => {
                if self.route.uri_changed {
                    (self.route.valid_location, self.route.uri_changed) = (false, false);
                }
                return Step::End;
            }
            Op::Return { status, text } => return self.give(site, *status, text.as_ref()),
            Op::Rewrite(rewrite) => {
                if self.matches_noted(site, rewrite.pattern, self.request.uri) {
                    return self.rewrite(site, rewrite);
                }
                self.route.captures.clear();
            }
        }
        Step::Next
    }

    /// A value inside a program. Of a path that was escaped nginx escapes the captures, up to the first `rewrite` that
    /// matches.
    fn quoted(&mut self, site: &Site, value: &Template) -> Option<Slice> {
        if self.route.quoting { value.append(site, self, true) } else { value.try_eval(site, self) }
    }

    /// A slice of the request's own buffer.
    fn owned(&mut self, site: &Site, slice: Slice) -> Slice {
        if slice.start & CONSTANT == 0 { slice } else { self.request.push(site.constant(slice)) }
    }

    /// Whether a text matches; `rewrite_log` tells.
    fn matches_noted(&mut self, site: &Site, pattern: PatternId, text: Slice) -> bool {
        let matched = site.matches(self, pattern, text);
        if site.location(self.route.location).rewrite_log {
            self.notes.push(Note::Matched { pattern, text, matched });
        }
        matched
    }

    fn note_rewritten(&mut self, site: &Site, uri: Slice, args: Option<Slice>) {
        if site.location(self.route.location).rewrite_log {
            self.notes.push(Note::Rewritten { uri, args });
        }
    }

    fn rewrite(&mut self, site: &Site, rewrite: &Rewrite) -> Step {
        let redirect = matches!(rewrite.then, Then::Redirect(_));
        if !redirect {
            self.route.internal = true;
            self.request.as_sent = false;
            self.route.uri_changed = rewrite.then != Then::Break;
            self.route.valid_location &= self.route.uri_changed;
        }
        self.route.quoting = false;
        let escape = redirect && self.request.escaped;
        let Some((uri, args)) = self.replace(site, rewrite, escape) else { return Step::Fail };
        if let Then::Redirect(status) = rewrite.then {
            let start = uri.start as usize;
            unescape(&mut self.request.bytes, start);
            if rewrite.keeps_args {
                self.add_args(if rewrite.question { b'&' } else { b'?' });
            }
            let location = self.request.since(start);
            self.route.redirect = Some(location);
            self.note_rewritten(site, location, None);
            return Step::Answer(self.refuse(site, status));
        }
        if let Some(args) = args {
            self.request.args = args;
        } else if !rewrite.keeps_args {
            self.request.args = Slice::default();
        }
        self.note_rewritten(site, uri, Some(self.request.args));
        self.request.uri = uri;
        match rewrite.then {
            _ if uri.is_empty() => Step::Fail,
            Then::Go => Step::Next,
            _ => Step::End,
        }
    }

    /// Makes the new path and the new arguments; none where nginx has not enough room for them.
    fn replace(&mut self, site: &Site, rewrite: &Rewrite, escape: bool) -> Option<(Slice, Option<Slice>)> {
        let stack = self.route.stack.len();
        let in_args = self.request.escaped;
        let mut room = rewrite.path.measure(site, self, escape);
        room += rewrite.args.as_ref().map_or(0, |args| args.measure(site, self, in_args));
        if rewrite.keeps_args && !self.request.args.is_empty() {
            room += self.request.args.len as usize + 1;
        }
        let start = self.request.bytes.len();
        let next = rewrite.path.build(site, self, stack, escape);
        let uri = self.request.since(start);
        let args = rewrite.args.as_ref().map(|args| {
            let start = self.request.bytes.len();
            args.build(site, self, next, in_args);
            if rewrite.keeps_args {
                self.add_args(b'&');
            }
            self.request.since(start)
        });
        self.route.stack.truncate(stack);
        (self.request.bytes.len() - start <= room).then_some((uri, args))
    }

    /// `return`
    fn give(&mut self, site: &Site, status: u16, text: Option<&Template>) -> Step {
        let text = text.filter(|text| text.literal().is_none_or(|literal| !literal.is_empty()));
        if status >= 400 && text.is_none() {
            return Step::Answer(self.refuse(site, status));
        }
        let value = match text.map(|text| text.try_eval(site, self)) {
            Some(None) => return Step::Fail,
            value => value.flatten().unwrap_or_default(),
        };
        if matches!(status, 301 | 302 | 303 | 307 | 308) {
            self.route.redirect = Some(value);
            return Step::Answer(self.refuse(site, status));
        }
        let status = self.route.outcome(status);
        Step::Answer(Found::Answer(Reply { status, location: self.route.redirect, body: Some(value) }))
    }

    /// Whether a condition holds; nothing where nginx fails.
    fn holds(&mut self, site: &Site, condition: &Condition) -> Option<bool> {
        Some(match condition {
            Condition::Set(variable) => {
                let value = variable.eval(site, self).unwrap_or_default();
                !value.is_empty() && self.text(site, value) != b"0"
            }
            Condition::Equal(variable, value, negated) => {
                let left = variable.eval(site, self).unwrap_or_default();
                let right = self.quoted(site, value)?;
                (self.text(site, left) == self.text(site, right)) != *negated
            }
            Condition::Matches(variable, pattern, negated) => {
                let value = variable.eval(site, self).unwrap_or_default();
                let matched = self.matches_noted(site, *pattern, value);
                if !matched {
                    self.route.captures.clear();
                }
                matched != *negated
            }
            Condition::File(test, path, negated) => {
                let path = self.quoted(site, path)?;
                let links = self.links(site, path);
                let found = site.files.as_ref().is_some_and(|files| {
                    let path = self.text(site, path);
                    match test {
                        FileTest::File => files.exists(path, false, links),
                        FileTest::Executable => files.is_executable(path, links),
                        FileTest::Folder => files.exists(path, true, links),
                        FileTest::Exists => files.exists(path, false, links) || files.exists(path, true, links),
                    }
                });
                found != *negated
            }
        })
    }
}

/// `ngx_unescape_uri` with `NGX_UNESCAPE_REDIRECT`, of everything from `start` on: before the first `?`, printable
/// characters after `%` are decoded.
fn unescape(bytes: &mut Vec<u8>, start: usize) {
    if memchr::memchr(b'%', bytes.get(start..).unwrap_or_default()).is_none() {
        return;
    }
    let text = bytes.split_off(start);
    let hex = |byte: Option<&u8>| byte.and_then(|byte| (*byte as char).to_digit(16));
    let mut at = 0;
    while let Some(byte) = text.get(at).copied() {
        match (byte, hex(text.get(at + 1)), hex(text.get(at + 2))) {
            (b'?', ..) => {
                bytes.extend_from_slice(&text[at..]);
                return;
            }
            (b'%', Some(high), Some(low)) => {
                let decoded = (high << 4 | low) as u8;
                if decoded == b'?' {
                    bytes.push(decoded);
                    bytes.extend_from_slice(&text[at + 3..]);
                    return;
                }
                if decoded > b'%' && decoded < 0x7f {
                    bytes.push(decoded);
                } else {
                    bytes.extend_from_slice(&text[at..at + 3]);
                }
                at += 3;
            }
            // Of a `%` with something else after it only what is no digit stays.
            (b'%', None, _) => at += 1,
            (b'%', Some(_), None) => at += 3.min(text.len() - at),
            _ => {
                bytes.push(byte);
                at += 1;
            }
        }
    }
}
