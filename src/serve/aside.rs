//! Subrequests: `auth_request` waits for one, `mirror` sends some and forgets them.

use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use tokio::task::spawn_local;

use super::client::{Client, Inner};
use super::clock;
use super::drive::drive;
use super::flight::Flight;
use super::state::Worker;
use crate::exchange::{Action, Event, Slice, Sub};

/// Drives a subrequest to its end. In a box, since driving a request may mean driving one of these.
pub fn run<'a>(
    worker: &'a Rc<Worker>,
    client: &'a mut Inner,
    flight: &'a mut Flight,
    action: Action,
) -> Pin<Box<dyn Future<Output = ()> + 'a>> {
    Box::pin(async move {
        drive(worker, client, flight, action).await;
        if worker.terms(&flight.exchange).log_subrequest {
            worker.log_request(client, flight, false);
        }
    })
}

/// Asks whether the client may come in: the status of the answer says it.
pub async fn authorize<C: Client>(worker: &Rc<Worker>, client: &mut C, flight: &mut Flight, uri: Slice) -> Event {
    let site = &worker.generation.site;
    let path = flight.exchange.text(site, uri).to_vec();
    let mut sub = worker.take_off();
    (sub.head_only, sub.body_is_whole) = (true, true);
    let how = Sub { uri: &path, args: b"", keeps_args: false, keeps_method: false };
    let action = worker.begin_within(&flight.exchange, &mut sub.exchange, &how);
    let mut inner = Inner::deaf(worker);
    if !stays(worker, client, &mut run(worker, &mut inner, &mut sub, action)).await {
        worker.tell(&mut sub.exchange, Event::ClientGone);
        return Event::ClientGone;
    }
    flight.exchange.take_over(site, &mut sub.exchange, &sub.answer.list);
    let status = sub.exchange.status;
    worker.land(sub);
    Event::Authorized(status)
}

/// Does what is to be done after an answer, if its location wants that: `post_action`.
pub async fn follow_up(worker: &Rc<Worker>, flight: &mut Flight) {
    while let Some(action) = worker.post_action(&mut flight.exchange) {
        flight.head_only = true;
        flight.request.clear();
        let mut inner = Inner::deaf(worker);
        run(worker, &mut inner, flight, action).await;
    }
}

/// Waits for a subrequest; whether the client stayed meanwhile.
async fn stays<C: Client>(worker: &Worker, client: &mut C, run: &mut Pin<Box<dyn Future<Output = ()> + '_>>) -> bool {
    poll_fn(|cx| {
        if run.as_mut().poll(cx).is_ready() {
            return Poll::Ready(true);
        }
        client.poll_gone(cx, worker).map(|()| false)
    })
    .await
}

/// Sends copies of a request to where its location says.
pub fn mirror(worker: &Rc<Worker>, flight: &mut Flight) -> Event {
    let site = &worker.generation.site;
    let Some(mirror) = site.mirror(flight.exchange.route.location) else { return Event::Copied };
    for uri in &mirror.uris {
        let path = flight.exchange.text(site, *uri).to_vec();
        let mut sub = worker.take_off();
        (sub.head_only, sub.body_is_whole) = (true, true);
        if mirror.body {
            let place = worker.terms(&flight.exchange).body_place();
            // What cannot be copied is not sent.
            let _ = sub.body.copy(&flight.body, &place);
        }
        let how = Sub { uri: &path, args: b"", keeps_args: true, keeps_method: true };
        let action = worker.begin_within(&flight.exchange, &mut sub.exchange, &how);
        let worker = Rc::clone(worker);
        flight.background.push(spawn_local(clock::timed(async move {
            run(&worker, &mut Inner::deaf(&worker), &mut sub, action).await;
            worker.land(sub);
        })));
    }
    Event::Copied
}
