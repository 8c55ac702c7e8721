//! How fast bytes may go: `limit_rate` and `limit_rate_after` for clients, by the rules of `ngx_http_write_filter`, and
//! `proxy_limit_rate` for upstreams, by those of `ngx_event_pipe.c`; for both in `stream`, by those of
//! `ngx_stream_proxy_process`, which are the same. nginx's clock ticks in whole seconds, and so does the
//! allowance.

use std::task::{Context, Poll};

use crate::balance::Millis;
use crate::exchange::{Exchange, Template};
use crate::serve::clock;
use crate::serve::state::Worker;
use crate::serve::timers::Timer;

/// The pace of one answer.
#[derive(Debug)]
pub struct Pace {
    /// Bytes a second.
    rate: u64,
    /// Bytes that go out before.
    after: u64,
    /// When the request began.
    started: Millis,
    /// Bytes that went out.
    sent: u64,
    timer: Timer,
}

impl Pace {
    /// The pace of an answer; none where it goes as fast as it can.
    pub fn of(worker: &Worker, exchange: &mut Exchange) -> Option<Pace> {
        let terms = worker.terms(exchange).limit_rate.as_deref();
        let size = |exchange: &mut Exchange, which: usize| {
            let template = &terms?[which];
            let value = template.eval(&worker.generation.site, exchange);
            let text = exchange.text(&worker.generation.site, value);
            crate::config::values::size(std::str::from_utf8(text).ok()?)
        };
        let rate = exchange.limit_rate.or_else(|| size(exchange, 0)).filter(|rate| *rate > 0)?;
        let after = size(exchange, 1).unwrap_or(0);
        Some(Pace { rate, after, started: exchange.started, sent: 0, timer: worker.timers.timer() })
    }

    /// A pace from now on, at the rate that a text says; none for no limit.
    pub fn at(worker: &Worker, exchange: &mut Exchange, rate: &Template) -> Option<Pace> {
        let value = rate.eval(&worker.generation.site, exchange);
        let text = std::str::from_utf8(exchange.text(&worker.generation.site, value)).ok()?;
        let rate = crate::config::values::size(text).filter(|rate| *rate > 0)?;
        Some(Pace { rate, after: 0, started: clock::now(), sent: 0, timer: worker.timers.timer() })
    }

    /// The pace of one way of a session that began then, of which so much has gone.
    pub fn of_session(worker: &Worker, rate: u64, started: Millis, sent: u64) -> Option<Pace> {
        (rate > 0).then(|| Pace { rate, after: 0, started, sent, timer: worker.timers.timer() })
    }

    /// Whether nothing may go out yet.
    pub fn waits(&self) -> bool {
        self.timer.is_set()
    }

    /// Bytes that can go out in one turn: as many wait in line at most.
    pub fn turn(&self) -> usize {
        const MOST: u64 = 256 << 10;
        self.rate.saturating_add(self.after).clamp(1, MOST) as usize
    }

    /// Bytes that may go out now; pending while there are none.
    pub fn poll_allowance(&self, cx: &mut Context) -> Poll<u64> {
        loop {
            if self.timer.is_set() {
                std::task::ready!(self.timer.poll(cx));
                self.timer.clear();
            }
            match self.allowance(clock::now()) {
                Ok(bytes) => return Poll::Ready(bytes),
                Err(wait) => self.timer.set_after(wait),
            }
        }
    }

    /// The bytes that are allowed, or the milliseconds until some are.
    fn allowance(&self, now: Millis) -> Result<u64, u64> {
        let seconds = now.0 / 1000 - self.started.0 / 1000 + 1;
        let allowed = self.rate.saturating_mul(seconds).saturating_add(self.after);
        match allowed.checked_sub(self.sent) {
            None | Some(0) => Err((self.sent - allowed) * 1000 / self.rate + 1),
            Some(bytes) => Ok(bytes),
        }
    }

    /// So many bytes went out: the next ones wait as long as these take at this rate.
    pub fn went(&mut self, bytes: u64) {
        let counted = |sent: u64| sent.saturating_sub(self.after);
        let wait = (counted(self.sent + bytes) - counted(self.sent)) * 1000 / self.rate;
        self.sent += bytes;
        if wait > 0 {
            self.timer.set_after(wait);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::timers::Timers;

    #[test]
    fn a_rate_a_second_and_what_comes_before_it() {
        let timer = Timers::new().timer();
        let mut pace = Pace { rate: 1000, after: 50, started: Millis(10_500), sent: 0, timer };
        assert_eq!(pace.allowance(Millis(10_900)), Ok(1050));
        pace.sent = 1050;
        assert_eq!(pace.allowance(Millis(10_999)), Err(1));
        assert_eq!(pace.allowance(Millis(11_000)), Ok(1000));
        pace.sent = 3050;
        assert_eq!(pace.allowance(Millis(11_000)), Err(1001));
    }
}
