//! `--why`: how one request was decided, step by step: weights before and after, who was not eligible and why, what was
//! hashed and drawn, and what the peers answered.

mod sights;

use std::fmt::Write as _;
use std::sync::Arc;

use super::engine::{Moment, Observer, Setup};
use super::outcome::Label;
use crate::balance::{Group, Millis, Sight, Watch};
use crate::exchange::{Action, Destined, Ending, Event, Exchange, Key, LocationId};

/// A choice, in words.
#[derive(Debug)]
struct Pick {
    group: Arc<str>,
    method: &'static str,
    lines: Vec<String>,
}

/// The watcher of one request.
#[derive(Debug)]
pub struct Why {
    id: String,
    number: Option<u64>,
    /// It is this request that things happen to now.
    on: bool,
    now: Millis,
    seen: Vec<Sight>,
    /// The choices since something was told.
    picks: Vec<Pick>,
    text: String,
    tries: usize,
    /// The group that was told last, and the location that it was reached from.
    sent_to: Option<(Arc<str>, Option<LocationId>)>,
}

impl Why {
    /// A watcher of the request with this id.
    #[must_use]
    pub fn new(id: &str) -> Why {
        let number = id.parse().ok();
        Why {
            id: id.to_owned(),
            number,
            on: false,
            now: Millis(0),
            seen: Vec::new(),
            picks: Vec::new(),
            text: String::new(),
            tries: 0,
            sent_to: None,
        }
    }

    /// What is to be told; nothing if the request did not come.
    #[must_use]
    pub fn told(&self) -> Option<&str> {
        (!self.text.is_empty()).then_some(&*self.text)
    }

    fn line(&mut self, indent: usize, text: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = writeln!(self.text, "{:indent$}{text}", "");
    }

    fn arrived(&mut self, exchange: &Exchange) {
        let request = &exchange.request;
        let method = String::from_utf8_lossy(request.method()).into_owned();
        let uri = String::from_utf8_lossy(request.request_uri()).into_owned();
        let client = request.client().map_or_else(|| "a UNIX domain socket".to_owned(), |client| client.to_string());
        let (id, at) = (self.id.clone(), seconds(self.now.0));
        self.line(0, format_args!("request {id} at {at} s: {method} {uri} from {client}"));
    }

    /// The group that it is sent to, and what decides there.
    fn sent(&mut self, exchange: &Exchange, setup: &Setup, group: &Group) {
        let Destined::Group(upstream) = exchange.tries.group else { return };
        let upstream = setup.plan.upstream(upstream);
        let location = String::from_utf8_lossy(setup.site.location_name(exchange.route.location)).into_owned();
        let method = sights::method(group.method());
        let tries = exchange.tries.selection.tries;
        let name = &group.name;
        self.line(2, format_args!("location {location}: upstream {name}, {method}, tries left: {tries}"));
        if matches!(upstream.key, Key::Text(_)) {
            let key = String::from_utf8_lossy(&exchange.tries.selection.key).into_owned();
            self.line(2, format_args!("the key is {key:?}"));
        }
        let bound = &exchange.tries.selection.bound;
        if !bound.is_empty() {
            let bound = String::from_utf8_lossy(bound).into_owned();
            self.line(2, format_args!("its session is bound to {bound}"));
        }
    }

    fn decided(&mut self, exchange: &Exchange, setup: &Setup, group: Option<&Group>) {
        for Pick { group: name, method, lines } in std::mem::take(&mut self.picks) {
            // Of addresses that were found for this request alone nobody else knows the way.
            let now = group.filter(|group| group.name == name);
            let here = (name, now.map(|_| exchange.route.location));
            if self.sent_to.as_ref() != Some(&here) {
                match now {
                    Some(group) => self.sent(exchange, setup, group),
                    None => self.line(2, format_args!("upstream {}, {method}", here.0)),
                }
                self.sent_to = Some(here);
            }
            self.tries += 1;
            let number = self.tries;
            self.line(2, format_args!("try {number}"));
            for line in lines {
                self.line(4, format_args!("{line}"));
            }
        }
    }

    fn happened_to_attempt(&mut self, event: Event) {
        let what = match event {
            Event::Resumed => "the delay of limit_req is over".to_owned(),
            Event::Turn => "a peer was given back: its turn in the queue".to_owned(),
            Event::QueueTimeout => "it waited too long in the queue".to_owned(),
            Event::Connected => "connected".to_owned(),
            Event::Refused => "connection refused".to_owned(),
            Event::ConnectTimeout => "no connection in time".to_owned(),
            Event::Head(status) | Event::Answer(status) => format!("answers {status}"),
            Event::InvalidHead => "the header of its answer cannot be read".to_owned(),
            Event::Reset => "the connection breaks".to_owned(),
            Event::ReadTimeout => "no answer in time".to_owned(),
            Event::LastByte => "the answer is complete".to_owned(),
            Event::ClientGone => "the client goes away".to_owned(),
            // What nginx does by itself takes no time here.
            Event::Body
            | Event::Resolved
            | Event::Authorized(_)
            | Event::Copied
            | Event::Served(_)
            | Event::Failed(_)
            | Event::Redirected => return,
        };
        let at = seconds(self.now.0);
        self.line(4, format_args!("{at} s: {what}"));
    }

    fn asked(&mut self, action: Action, exchange: &Exchange) {
        match action {
            Action::Delay(until) => {
                let until = seconds(until.0);
                self.line(2, format_args!("limit_req lets it wait until {until} s"));
            }
            Action::Queued(until) => {
                let until = seconds(until.0);
                self.line(2, format_args!("it waits in the queue, until {until} s at most"));
            }
            Action::Done => {
                for attempt in exchange.attempts.iter().filter(|attempt| attempt.ending == Ending::NoLive) {
                    let name = attempt.addr.clone();
                    self.line(2, format_args!("no live upstreams in {name}"));
                }
                let (at, status) = (seconds(self.now.0), exchange.status);
                self.line(2, format_args!("answered {status} at {at} s"));
            }
            Action::Attempt
            | Action::Read
            | Action::Resolve
            | Action::Forward
            | Action::Fail(_)
            | Action::Body
            | Action::Serve(_)
            | Action::Authorize(_)
            | Action::Mirror => {}
        }
    }
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000)
}

impl Watch for Why {
    fn see(&mut self, sight: impl FnOnce() -> Sight) {
        if self.on {
            self.seen.push(sight());
        }
    }

    fn picked(&mut self, group: &Group) {
        let seen = std::mem::take(&mut self.seen);
        if self.on {
            let (group, method, lines) =
                (group.name.clone(), sights::method(group.method()), sights::told(&seen, group, self.now));
            self.picks.push(Pick { group, method, lines });
        }
    }
}

impl Observer for Why {
    fn turn_to(&mut self, request: Label<'_>, now: Millis) {
        self.on = match request {
            Label::Number(number) => self.number == Some(number),
            Label::Text(text) => text == self.id.as_bytes(),
        };
        self.now = now;
    }

    fn happened(&mut self, moment: Moment, exchange: &Exchange, setup: &Setup, group: Option<&Group>) {
        if !self.on {
            return;
        }
        match moment {
            Moment::Told(event) => self.happened_to_attempt(event),
            Moment::Asked(action) => {
                if self.text.is_empty() {
                    self.arrived(exchange);
                }
                self.decided(exchange, setup, group);
                self.asked(action, exchange);
            }
        }
    }
}
