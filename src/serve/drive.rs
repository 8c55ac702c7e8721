//! Does what an exchange asks for, until its request is over.

use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use super::aside;
use super::client::{BodyFault, Client};
use super::flight::Flight;
use super::local;
use super::log::{Level, Stage};
use super::names;
use super::outlet;
use super::reply;
use super::state::Worker;
use super::turns;
use super::upstream::{self, Link};
use crate::balance::Millis;
use crate::exchange::{Action, BodyInFile, Event};

/// Drives a request whose head was read.
pub async fn drive<C: Client>(worker: &Rc<Worker>, client: &mut C, flight: &mut Flight, mut action: Action) {
    let mut link: Option<Box<Link>> = None;
    let mut is_answered = false;
    loop {
        worker.report_notes(&mut flight.exchange);
        let event = match action {
            Action::Attempt => {
                client.invite_body();
                if worker.terms(&flight.exchange).body_in_file_only != BodyInFile::Off {
                    store_nothing(worker, flight);
                }
                upstream::attempt(worker, client, flight, &mut link).await
            }
            Action::Read => return,
            Action::Delay(until) => wait(worker, client, until, Event::Resumed).await,
            Action::Queued(until) => turns::wait(worker, client, flight, until).await,
            Action::Resolve => names::resolve(worker, client, flight).await,
            Action::Authorize(uri) => aside::authorize(worker, client, flight, uri).await,
            Action::Mirror => aside::mirror(worker, flight),
            Action::Body => read_body(worker, client, flight).await,
            Action::Forward => {
                let event = match link.take() {
                    Some(link) if outlet::is_due(worker, &flight.exchange) => {
                        outlet::forward(worker, client, flight, link).await
                    }
                    Some(link) => upstream::forward(worker, client, flight, link).await,
                    None => Event::Reset,
                };
                is_answered = !is_instead(event);
                event
            }
            Action::Serve(handler) => {
                let event = if outlet::is_due(worker, &flight.exchange) {
                    outlet::serve(worker, client, flight, handler).await
                } else {
                    local::serve(worker, client, flight, handler).await
                };
                is_answered = !is_instead(event);
                event
            }
            Action::Fail(status) => Event::Failed(status),
            Action::Done => break,
        };
        if is_answered && !matches!(event, Event::LastByte | Event::Served(_)) {
            client.fail();
        }
        flight.exchange.facts.bytes_sent = client.sent();
        flight.exchange.facts.is_complete = is_answered && matches!(event, Event::LastByte | Event::Served(_));
        let (tries, location) = (flight.exchange.attempts.len(), flight.exchange.route.location);
        let was_tried = action == Action::Attempt;
        action = worker.tell(&mut flight.exchange, event);
        if was_tried && let Some(tried) = tries.checked_sub(1) {
            upstream::say_judged(worker, flight, tried, event);
        }
        if matches!(event, Event::Head(_))
            && action != Action::Forward
            && let Some(link) = link.take()
            && let Some(attempt) = tries.checked_sub(1).and_then(|last| flight.exchange.attempts.get(last))
        {
            worker.pools.give_unread(attempt, location, link);
        }
    }
    if is_answered {
        if flight.stub.is_some() && client.sent() == 0 {
            reply::stub(worker, client, flight, false).await;
        }
    } else if outlet::is_due(worker, &flight.exchange) {
        outlet::answer(worker, client, flight).await;
    } else {
        reply::answer(worker, client, flight).await;
    }
    if !flight.exchange.is_sub {
        aside::follow_up(worker, flight).await;
    }
}

/// Another answer takes the place of this one, of which nothing was sent.
fn is_instead(event: Event) -> bool {
    matches!(event, Event::Failed(_) | Event::Redirected)
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

/// Keeps the body for `$request_body`, where that is asked for.
pub fn keep_body(worker: &Worker, flight: &mut Flight) {
    if worker.generation.site.asks().body
        && let Some(body) = flight.body.in_memory()
    {
        flight.exchange.facts.body = Some(flight.exchange.keep(body));
    }
    if let Some(path) = flight.body.path() {
        flight.exchange.facts.body_file = Some(flight.exchange.keep(path.as_os_str().as_encoded_bytes()));
    }
}

/// An empty body has a file, too, where bodies stand only in files and its length is told.
fn store_nothing(worker: &Worker, flight: &mut Flight) {
    let is_empty = flight.exchange.body_length() == Some(0) && !flight.exchange.request.has_body();
    if is_empty && flight.body.path().is_none() {
        // Where there is no room for it, nothing is lost.
        let _ = flight.body.fill_file(&worker.terms(&flight.exchange).body_place());
        keep_body(worker, flight);
    }
}

/// Reads the whole body of the request.
async fn read_body<C: Client>(worker: &Worker, client: &mut C, flight: &mut Flight) -> Event {
    client.invite_body();
    let terms = worker.terms(&flight.exchange);
    let most = flight.exchange.max_body(&worker.generation.site);
    loop {
        client.timer().set_after(terms.body_timeout);
        let read = poll_fn(|cx| match client.poll_body(cx, worker, flight.body.buffer()) {
            Poll::Pending if client.timer().poll(cx).is_ready() => Poll::Ready(Err(BodyFault::Bad(408))),
            read => read,
        })
        .await;
        client.timer().clear();
        if most > 0 && flight.body.len() > most {
            let words = "client intended to send too large chunked body";
            let length = flight.body.len();
            worker.report(&flight.exchange, Level::Error, Stage::None, format_args!("{words}: {length} bytes"));
            return Event::Failed(413);
        }
        if flight.body.settle(&terms.body_place()).is_err() {
            return Event::Failed(500);
        }
        match read {
            Ok(true) => {
                if terms.body_in_file_only != BodyInFile::Off && flight.body.fill_file(&terms.body_place()).is_err() {
                    return Event::Failed(500);
                }
                flight.body_is_whole = true;
                keep_body(worker, flight);
                flight.exchange.request.body_read = Some(flight.body.len());
                return Event::Body;
            }
            Ok(false) => {}
            Err(fault) => return Event::Failed(worker.report_body(&flight.exchange, fault)),
        }
    }
}
