//! Requests that wait in the queue of a group, whichever worker they are of: who gives a peer back wakes the first of them.

use std::future::poll_fn;
use std::sync::{Mutex, PoisonError};
use std::task::{Poll, Waker};

use rustc_hash::FxHashMap;

use super::client::Client;
use super::flight::Flight;
use super::state::Worker;
use crate::balance::Millis;
use crate::exchange::{Event, Ticket};

/// Those that wait.
#[derive(Debug, Default)]
pub struct Turns {
    waiting: Mutex<FxHashMap<Ticket, Turn>>,
}

/// One of them.
#[derive(Debug, Default)]
struct Turn {
    /// It has left the queue, and may look for a peer.
    has_come: bool,
    waker: Option<Waker>,
}

impl Turns {
    fn with<T>(&self, work: impl FnOnce(&mut FxHashMap<Ticket, Turn>) -> T) -> T {
        work(&mut self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A request has left the queue. It may not have begun to wait.
    pub fn give(&self, ticket: Ticket) {
        let waker = self.with(|waiting| {
            let turn = waiting.entry(ticket).or_default();
            turn.has_come = true;
            turn.waker.take()
        });
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Whether the turn has come; if not the waker is kept.
    fn has_come(&self, ticket: Ticket, waker: &Waker) -> bool {
        self.with(|waiting| {
            let turn = waiting.entry(ticket).or_default();
            turn.waker = Some(waker.clone());
            turn.has_come
        })
    }

    /// The request waits no longer; whether its turn had come.
    fn end(&self, ticket: Ticket) -> bool {
        self.with(|waiting| waiting.remove(&ticket)).is_some_and(|turn| turn.has_come)
    }
}

/// Waits for a turn, until a time, or until the client goes away.
pub async fn wait<C: Client>(worker: &Worker, client: &mut C, flight: &mut Flight, until: Millis) -> Event {
    let turns = &worker.generation.zones.turns;
    let ticket = Worker::ticket(&flight.exchange);
    client.timer().set(until);
    let event = poll_fn(|cx| {
        if turns.has_come(ticket, cx.waker()) {
            return Poll::Ready(Event::Turn);
        }
        if client.timer().poll(cx).is_ready() {
            return Poll::Ready(Event::QueueTimeout);
        }
        if client.poll_gone(cx, worker).is_ready() { Poll::Ready(Event::ClientGone) } else { Poll::Pending }
    })
    .await;
    client.timer().clear();
    let has_come = turns.end(ticket);
    match event {
        // It came at the last moment.
        Event::QueueTimeout if has_come => Event::Turn,
        Event::ClientGone if has_come => {
            if let Some(upstream) = flight.exchange.tries.group.upstream() {
                worker.pass_turn(upstream);
            }
            event
        }
        event => event,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_may_come_before_it_is_waited_for() {
        let turns = Turns::default();
        assert!(!turns.has_come(1, Waker::noop()));
        turns.give(2);
        assert!(turns.has_come(2, Waker::noop()));
        assert!(!turns.has_come(1, Waker::noop()));
        turns.give(1);
        assert!(turns.end(1) && turns.end(2));
        assert!(!turns.end(1), "it is over");
    }
}
