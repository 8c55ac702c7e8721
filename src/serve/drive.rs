//! Does what an exchange asks for, until its request is over.

use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use super::client::{BodyFault, Client};
use super::flight::Flight;
use super::log::{Level, Stage};
use super::reply;
use super::state::Worker;
use super::upstream::{self, Link};
use crate::balance::Millis;
use crate::exchange::{Action, Event};

/// Drives a request whose head was read.
pub async fn drive<C: Client>(worker: &Rc<Worker>, client: &mut C, flight: &mut Flight, mut action: Action) {
    let mut link: Option<Link> = None;
    let mut is_answered = false;
    loop {
        worker.report_notes(flight);
        let event = match action {
            Action::Attempt => upstream::attempt(worker, client, flight, &mut link).await,
            Action::Read => return,
            Action::Delay(until) => wait(worker, client, until, Event::Resumed).await,
            Action::Queued(until) => wait(worker, client, until, Event::QueueTimeout).await,
            Action::Body => read_body(worker, client, flight).await,
            Action::Forward => {
                is_answered = true;
                match link.take() {
                    Some(link) => upstream::forward(worker, client, flight, link).await,
                    None => Event::Reset,
                }
            }
            Action::Serve(_) => Event::Failed(404),
            Action::Done => break,
        };
        if is_answered && event != Event::LastByte {
            client.fail();
        }
        flight.exchange.facts.bytes_sent = client.sent();
        flight.exchange.facts.is_complete = is_answered && event == Event::LastByte;
        action = worker.tell(&mut flight.exchange, event);
    }
    if !is_answered {
        reply::answer(worker, client, flight).await;
    }
}

/// Waits until a time, or until the client goes away.
async fn wait<C: Client>(worker: &Worker, client: &mut C, until: Millis, event: Event) -> Event {
    client.timer().set(until);
    let event = poll_fn(|cx| {
        if client.timer().poll(cx).is_ready() {
            return Poll::Ready(event);
        }
        if client.poll_gone(cx, worker).is_ready() { Poll::Ready(Event::ClientGone) } else { Poll::Pending }
    })
    .await;
    client.timer().clear();
    event
}

/// Reads the whole body of the request.
async fn read_body<C: Client>(worker: &Worker, client: &mut C, flight: &mut Flight) -> Event {
    client.invite_body();
    let timeout = worker.terms(&flight.exchange).body_timeout;
    loop {
        client.timer().set_after(timeout);
        let read = poll_fn(|cx| match client.poll_body(cx, worker, &mut flight.body) {
            Poll::Pending if client.timer().poll(cx).is_ready() => Poll::Ready(Err(BodyFault::Bad(408))),
            read => read,
        })
        .await;
        client.timer().clear();
        match read {
            Ok(true) => {
                flight.body_is_whole = true;
                let small = flight.body.len() as u64 <= worker.terms(&flight.exchange).body_buffer;
                if worker.generation.site.asks().body && small {
                    flight.exchange.facts.body = Some(flight.exchange.request.keep(&flight.body));
                }
                return Event::Body;
            }
            Ok(false) => {}
            Err(fault) => {
                let (level, words, status) = match fault {
                    BodyFault::Gone => (Level::Info, "client prematurely closed connection", 400),
                    BodyFault::Bad(408) => (Level::Info, "client timed out (110: Connection timed out)", 408),
                    BodyFault::Bad(status) => (Level::Error, "client sent invalid chunked body", status),
                };
                worker.report(flight, level, Stage::RequestBody, format_args!("{words}"));
                return Event::Failed(status);
            }
        }
    }
}
