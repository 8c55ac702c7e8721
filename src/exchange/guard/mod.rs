//! Who may come in: nginx's access phase. `allow` and `deny` come first, then `auth_basic`, then `auth_request`, and
//! `satisfy` says whether all of them have to agree or one is enough (`ngx_http_core_access_phase`).
//!
//! A simulation has no password files and asks nobody: there only `allow` and `deny` count, see
//! [`Site::assumptions`](super::Site::assumptions).

mod basic;
mod crypt;

use basic::Basic;

use super::notes::{Importance, Note};
use super::request::Slice;
use super::site::{Builder, Site};
use super::state::Exchange;
use super::value::Template;
use crate::config::ScopeId;
use crate::modules::http::auth_request::AuthRequestVariables;

/// What checks clients in one location, besides `allow` and `deny`.
#[derive(Debug)]
pub struct Guard {
    /// One of them is enough.
    any: bool,
    /// Milliseconds that a refused client waits.
    delay: u64,
    basic: Option<Basic>,
    /// Where it is asked by a subrequest.
    asked: Option<Slice>,
    /// The variables that are set after the subrequest, from what it knows; none for `$args`.
    sets: Vec<(Option<u32>, Template)>,
}

/// What one of the checks says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// It has nothing to say.
    Declined,
    /// The client may come in.
    Passed,
    /// It may not: the status.
    Refused(u16),
    /// The answer of a subrequest has to be had first.
    Open,
}

/// The checks, in nginx's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Check {
    #[default]
    Rules,
    Basic,
    Asked,
    Done,
}

/// Where a request is in its access phase.
#[derive(Debug, Default)]
pub struct Admission {
    next: Check,
    /// The status by which it is refused if nothing lets it in; 0 for none.
    code: u16,
    /// What the subrequest answered.
    answer: Option<u16>,
    /// The status that the client gets after it waited.
    pub(super) due: Option<u16>,
}

impl Admission {
    /// The subrequest was answered with this status.
    pub(super) fn answered(&mut self, status: u16) {
        self.answer = Some(status);
    }
}

/// Whether a request may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// It may.
    Open,
    /// It is answered with this status.
    Refused(u16),
    /// It is answered with this status after so many milliseconds.
    Later(u16, u64),
    /// By a subrequest to this path.
    Ask(Slice),
}

impl Guard {
    /// What holds in a scope; none where there is nothing besides access rules.
    pub(super) fn compile(scope: ScopeId, builder: &mut Builder) -> Option<Guard> {
        let config = builder.config;
        let basic = Basic::compile(config, scope, builder);
        let asked = config.effective(scope, "auth_request").map(|set| set.arg(1)).filter(|uri| *uri != "off");
        let asked = asked.map(|uri| builder.text(uri));
        if basic.is_none() && asked.is_none() {
            return None;
        }
        let sets = config.effective_slot::<AuthRequestVariables>(scope);
        let mut compiled = Vec::new();
        for (name, value) in sets.iter().flat_map(|sets| &sets.0) {
            let number = if name.eq_ignore_ascii_case("args") { None } else { builder.number(name) };
            compiled.push((number, builder.template(value)));
        }
        Some(Guard {
            any: config.effective(scope, "satisfy").is_some_and(|set| set.arg(1) == "any"),
            delay: config.number(scope, "auth_delay", 0),
            basic,
            asked,
            sets: compiled,
        })
    }
}

impl Exchange {
    /// The access phase, from where it stands.
    #[inline]
    pub(super) fn admit(&mut self, site: &Site) -> Entry {
        if self.is_sub {
            return Entry::Open;
        }
        match site.live(self.route.location).and_then(|live| live.guard.as_ref()) {
            None => match self.access(site) {
                Ok(()) => Entry::Open,
                Err(status) => {
                    self.notes.push(Note::Forbidden);
                    Entry::Refused(status)
                }
            },
            Some(guard) => self.pass_guard(site, guard),
        }
    }

    fn pass_guard(&mut self, site: &Site, guard: &Guard) -> Entry {
        loop {
            let (verdict, next) = match self.admission.next {
                Check::Rules => (self.judge_by_rules(site, guard), Check::Basic),
                Check::Basic => {
                    let verdict = guard.basic.as_ref().map_or(Verdict::Declined, |basic| basic.judge(site, self));
                    (verdict, Check::Asked)
                }
                Check::Asked => (self.judge_by_answer(guard), Check::Done),
                Check::Done => break,
            };
            match verdict {
                Verdict::Open => return guard.asked.map_or(Entry::Open, Entry::Ask),
                Verdict::Passed if guard.any => {
                    self.admission.code = 0;
                    self.challenges.clear();
                    break;
                }
                Verdict::Declined | Verdict::Passed => {}
                Verdict::Refused(status @ (401 | 403 | 407)) if guard.any => {
                    if !matches!(self.admission.code, 401 | 407) {
                        self.admission.code = status;
                    }
                }
                Verdict::Refused(status) => {
                    self.admission.code = status;
                    break;
                }
            }
            self.admission.next = next;
        }
        self.admission.next = Check::Done;
        match std::mem::take(&mut self.admission.code) {
            0 => Entry::Open,
            status @ (401 | 407) if guard.delay > 0 => {
                self.say(Importance::Info, &[b"delaying unauthorized request"]);
                Entry::Later(status, guard.delay)
            }
            403 if guard.any => {
                self.notes.push(Note::Forbidden);
                Entry::Refused(403)
            }
            status => Entry::Refused(status),
        }
    }

    /// `ngx_http_access_handler`
    fn judge_by_rules(&mut self, site: &Site, guard: &Guard) -> Verdict {
        match self.access_rule(site) {
            None => Verdict::Declined,
            Some(true) => Verdict::Passed,
            Some(false) => {
                if !guard.any {
                    self.notes.push(Note::Forbidden);
                }
                Verdict::Refused(403)
            }
        }
    }

    /// Notes a message for the error log.
    fn say(&mut self, importance: Importance, text: &[&[u8]]) {
        let text = self.request.keep(&text.concat());
        self.notes.push(Note::Said(importance, text));
    }

    /// `ngx_http_auth_request_handler`
    fn judge_by_answer(&mut self, guard: &Guard) -> Verdict {
        if guard.asked.is_none() {
            return Verdict::Declined;
        }
        match self.admission.answer.take() {
            None => Verdict::Open,
            Some(status @ (401 | 403)) => Verdict::Refused(status),
            Some(200..300) => Verdict::Passed,
            Some(status) => {
                let status = format!("auth request unexpected status: {status}");
                self.say(Importance::Error, &[status.as_bytes()]);
                Verdict::Refused(500)
            }
        }
    }

    /// Takes over what the subrequest of `auth_request` came to know, which is over: variables, and what it asks of
    /// clients that it refuses. Tell [`Event::Authorized`](super::Event::Authorized) then.
    pub fn take_over(&mut self, site: &Site, sub: &mut Exchange, asks: &super::Headers) {
        self.route.adopt(&mut self.request, &sub.route, &sub.request);
        let guard = site.live(self.route.location).and_then(|live| live.guard.as_ref());
        for (number, value) in guard.into_iter().flat_map(|guard| &guard.sets) {
            let value = value.eval(site, sub);
            let value = self.request.push(sub.text(site, value));
            match number {
                Some(number) => self.route.keep(*number, Some(value)),
                None => self.request.args = value,
            }
        }
        if sub.status != 401 {
            return;
        }
        let upstream = &sub.upstream_headers;
        let asks = if asks.get(b"www-authenticate").is_some() { asks } else { upstream };
        for value in asks.values(b"www-authenticate") {
            self.challenges.push(b"WWW-Authenticate", value);
        }
    }
}

#[cfg(test)]
mod tests;
