//! One request under way: its exchange, and what of the trace is still needed.

use std::net::IpAddr;
use std::ops::Range;

use crate::balance::Millis;
use crate::exchange::{Event, Exchange};
use crate::simulate::outcome::{Label, Production};
use crate::simulate::scenario::Fate;
use crate::simulate::trace::{Batch, Id, Record, Slice};

/// What will happen to the current attempt, and when from its start.
pub type Script = [Option<(u64, Event)>; 3];

/// One request.
#[derive(Debug, Default)]
pub struct Flight {
    /// Its life.
    pub exchange: Exchange,
    /// Its place among those that wait.
    pub place: u32,
    /// The configuration that it came under.
    pub generation: u32,
    /// The worker that it came to.
    pub worker: u32,
    /// Counts what happened to it: what was planned for an earlier step is void.
    pub step: u32,
    /// What will happen to the attempt.
    script: Script,
    /// The part of the script that has been told.
    played: usize,
    /// How long a backend takes for it, if the trace says.
    pub service: Option<u64>,
    /// Its session's cookies.
    pub jar: Option<u32>,
    /// The client, as the trace says it.
    pub client: Option<IpAddr>,
    /// When it arrived.
    pub time: Millis,
    /// Its number in the order of arrival, from 0.
    pub number: u64,
    line: u64,
    label: u64,
    status: Option<u16>,
    texts: Vec<u8>,
    id: Option<Range<u32>>,
    upstream_addr: Option<Range<u32>>,
    upstream_status: Option<Range<u32>>,
}

impl Flight {
    /// One that waits at this place when it has to.
    #[must_use]
    pub fn at(place: u32) -> Flight {
        Flight { place, ..Flight::default() }
    }

    /// Takes over what the trace says of a request.
    #[inline]
    pub fn board(&mut self, record: &Record, batch: &Batch) {
        self.texts.clear();
        self.step = self.step.wrapping_add(1);
        (self.service, self.client, self.time) = (record.service, record.client, record.time);
        (self.line, self.status) = (record.line, record.status);
        (self.label, self.id) = match record.id {
            Id::Number(number) => (number, None),
            Id::Text(text) => (0, Some(self.keep(batch, text))),
        };
        self.upstream_addr = record.upstream_addr.map(|text| self.keep(batch, text));
        self.upstream_status = record.upstream_status.map(|text| self.keep(batch, text));
    }

    #[inline]
    fn keep(&mut self, batch: &Batch, text: Slice) -> Range<u32> {
        let start = self.texts.len() as u32;
        self.texts.extend_from_slice(batch.get(text));
        start..self.texts.len() as u32
    }

    fn text(&self, range: &Range<u32>) -> &[u8] {
        &self.texts[range.start as usize..range.end as usize]
    }

    /// How it is called.
    #[must_use]
    pub fn label(&self) -> Label<'_> {
        self.id.as_ref().map_or(Label::Number(self.label), |id| Label::Text(self.text(id)))
    }

    /// Its line in the trace.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// What production did with it.
    #[must_use]
    pub fn production(&self) -> Production<'_> {
        Production {
            status: self.status,
            upstream_addr: self.upstream_addr.as_ref().map(|text| self.text(text)),
            upstream_status: self.upstream_status.as_ref().map(|text| self.text(text)),
        }
    }

    /// An attempt begins, and this will become of it: as far as nginx waits, which is `connect_timeout` for the connection
    /// and `read_timeout` for the answer.
    pub fn attempt(&mut self, fate: Fate) {
        let passing = self.exchange.passing();
        let (patience, longest) = (passing.connect_timeout, passing.read_timeout);
        let connected = |at: u64| Some((at, Event::Connected));
        let too_late = |at: u64| Some((at.saturating_add(longest), Event::ReadTimeout));
        // What comes after the connection, unless that takes too long or it itself does.
        let then = |connect: u64, at: u64, event: Event, end: Option<(u64, Event)>| {
            if connect > patience {
                [Some((patience, Event::ConnectTimeout)), None, None]
            } else if at.saturating_sub(connect) > longest {
                [connected(connect), too_late(connect), None]
            } else if at == 0 && matches!(event, Event::Head(_)) {
                [Some((at, event)), end, None]
            } else {
                [connected(connect), Some((at, event)), end]
            }
        };
        self.script = match fate {
            Fate::Refuses => [Some((0, Event::Refused)), None, None],
            Fate::Unreachable => [Some((patience, Event::ConnectTimeout)), None, None],
            Fate::Resets { after } => then(0, after, Event::Reset, None),
            Fate::Silent { connect } => then(connect, u64::MAX, Event::ReadTimeout, None),
            Fate::Garbage { connect, after } => then(connect, after, Event::InvalidHead, None),
            Fate::Answers { connect, status, header, body } => {
                then(connect, header, Event::Head(status), Some((header.saturating_add(body), Event::LastByte)))
            }
        };
        self.played = 0;
    }

    /// The next thing that happens to the attempt: when, and what.
    pub fn next(&mut self) -> Option<(Millis, Event)> {
        let (after, event) = self.script.get(self.played).copied().flatten()?;
        self.played += 1;
        let began = self.exchange.attempts.last()?.started;
        Some((began.plus(after), event))
    }
}
