//! Running the program of a server or location: the codes of `ngx_http_script.c`.

use super::{Found, Reply};
use crate::exchange::request::{CONSTANT, Slice};
use crate::exchange::site::{Condition, Op, Rewrite, Site};
use crate::exchange::state::Exchange;
use crate::exchange::value::Template;
use crate::modules::http::rewrite::{FileTest, Then};

impl Exchange {
    /// Runs the program of the location; gives the answer, if it makes one.
    pub(super) fn run(&mut self, site: &Site) -> Option<Found> {
        let program = &site.location(self.route.location).program;
        let mut at = 0;
        while let Some(op) = program.get(at) {
            at += 1;
            match op {
                Op::Set(number, value) => {
                    let value = value.eval(site, self);
                    self.route.keep(*number, Some(value));
                }
                Op::SetArgs(value) => {
                    let value = value.eval(site, self);
                    self.request.args = self.owned(site, value);
                }
                Op::If { condition, otherwise, location } => match (self.holds(site, condition), location) {
                    (false, _) => at = *otherwise,
                    (true, Some(location)) => self.enter(site, *location),
                    (true, None) => {}
                },
                Op::Break => {
                    if self.route.uri_changed {
                        (self.route.valid_location, self.route.uri_changed) = (false, false);
                    }
                    return None;
                }
                Op::Return { status, text } => return Some(self.give(site, *status, text.as_ref())),
                Op::Rewrite(rewrite) => {
                    if site.matches(self, rewrite.pattern, self.request.uri) {
                        match rewrite.then {
                            Then::Redirect(status) => return Some(self.redirect_away(site, rewrite, status)),
                            then => {
                                if !self.rewrite(site, rewrite) {
                                    return Some(self.refuse(site, 500));
                                }
                                if then != Then::Go {
                                    return None;
                                }
                            }
                        }
                    } else {
                        self.route.captures.clear();
                    }
                }
            }
        }
        None
    }

    /// A slice of the request's own buffer.
    fn owned(&mut self, site: &Site, slice: Slice) -> Slice {
        if slice.start & CONSTANT == 0 { slice } else { self.request.push(site.constant(slice)) }
    }

    /// Changes the path; `false` where nothing is left of it.
    fn rewrite(&mut self, site: &Site, rewrite: &Rewrite) -> bool {
        self.route.internal = true;
        if rewrite.then == Then::Break {
            (self.route.valid_location, self.route.uri_changed) = (false, false);
        } else {
            self.route.uri_changed = true;
        }
        let uri = rewrite.path.append(site, self, false);
        if let Some(args) = &rewrite.args {
            let mut args = args.append(site, self, self.request.escaped);
            if rewrite.keeps_args && !self.request.args.is_empty() {
                // They were just appended, so more can follow.
                let start = args.start as usize;
                self.add_args(b'&');
                args = self.request.since(start);
            }
            self.request.args = args;
        } else if !rewrite.keeps_args {
            self.request.args = Slice::default();
        }
        self.request.uri = uri;
        !uri.is_empty()
    }

    fn redirect_away(&mut self, site: &Site, rewrite: &Rewrite, status: u16) -> Found {
        let url = rewrite.path.append(site, self, self.request.escaped);
        let start = url.start as usize;
        unescape(&mut self.request.bytes, start);
        if rewrite.keeps_args {
            self.add_args(if rewrite.question { b'&' } else { b'?' });
        }
        self.route.redirect = Some(self.request.since(start));
        self.refuse(site, status)
    }

    /// `return`
    fn give(&mut self, site: &Site, status: u16, text: Option<&Template>) -> Found {
        let text = text.filter(|text| text.literal().is_none_or(|literal| !literal.is_empty()));
        if status >= 400 && text.is_none() {
            return self.refuse(site, status);
        }
        let value = text.map(|text| text.eval(site, self));
        if matches!(status, 301 | 302 | 303 | 307 | 308) {
            self.route.redirect = Some(value.unwrap_or_default());
            return self.refuse(site, status);
        }
        let status = self.route.outcome(status);
        Found::Answer(Reply { status, location: None, body: Some(value.unwrap_or_default()) })
    }

    fn holds(&mut self, site: &Site, condition: &Condition) -> bool {
        match condition {
            Condition::Set(variable) => {
                let value = variable.eval(site, self).unwrap_or_default();
                !value.is_empty() && self.text(site, value) != b"0"
            }
            Condition::Equal(variable, value, negated) => {
                let left = variable.eval(site, self).unwrap_or_default();
                let right = value.eval(site, self);
                (self.text(site, left) == self.text(site, right)) != *negated
            }
            Condition::Matches(variable, pattern, negated) => {
                let value = variable.eval(site, self).unwrap_or_default();
                let matched = site.matches(self, *pattern, value);
                if !matched {
                    self.route.captures.clear();
                }
                matched != *negated
            }
            Condition::File(test, path, negated) => {
                let path = path.eval(site, self);
                let exists =
                    |folder| site.files.as_ref().is_some_and(|files| files.exists(self.text(site, path), folder));
                let found = match test {
                    FileTest::File | FileTest::Executable => exists(false),
                    FileTest::Folder => exists(true),
                    FileTest::Exists => exists(false) || exists(true),
                };
                found != *negated
            }
        }
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
