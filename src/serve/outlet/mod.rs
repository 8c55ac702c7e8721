//! What lies between an answer that is put together from several and its client: it takes the content as the client
//! would, asks for the other answers, each in a task of its own, and gives the client all in order (nginx's
//! `ngx_http_postpone_filter_module.c`). Only where a location may have such answers is there an outlet at all.
//!
//! Variables are those of the request when the head of its answer was sent. Bodies of requests do not go with
//! subrequests.

mod pipe;
mod running;

pub use pipe::{End, Pipe};

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

pub use running::about;

use running::Running;

use super::client::{BodyFault, Client};
use super::flight::Flight;
use super::local;
use super::reply;
use super::state::Worker;
use super::timers::Timer;
use super::upstream::{self, Link};
use crate::exchange::{Event, Exchange, Handler, Headers};

/// An outlet.
pub struct Outlet<'c> {
    client: &'c mut (dyn Client + 'c),
    worker: Rc<Worker>,
    /// An answer that is put together is under way.
    running: Option<Box<Running>>,
}

/// Work in a box of its own, so that requests that need none of it stay small.
type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Whether answers where the request is may be put together from several.
#[inline]
pub fn is_due(worker: &Worker, exchange: &Exchange) -> bool {
    worker.terms(exchange).heads.assembles()
}

/// [`upstream::forward`]
pub fn forward<'a, C: Client>(
    worker: &'a Rc<Worker>,
    client: &'a mut C,
    flight: &'a mut Flight,
    link: Box<Link>,
) -> Boxed<'a, Event> {
    Box::pin(async move { upstream::forward(worker, &mut Outlet::new(worker, client), flight, link).await })
}

/// [`local::serve`]
pub fn serve<'a, C: Client>(
    worker: &'a Rc<Worker>,
    client: &'a mut C,
    flight: &'a mut Flight,
    handler: Handler,
) -> Boxed<'a, Event> {
    Box::pin(async move { local::serve(worker, &mut Outlet::new(worker, client), flight, handler).await })
}

/// [`reply::answer`]
pub fn answer<'a, C: Client>(worker: &'a Rc<Worker>, client: &'a mut C, flight: &'a mut Flight) -> Boxed<'a, ()> {
    Box::pin(async move { reply::answer(worker, &mut Outlet::new(worker, client), flight).await })
}

impl<'c> Outlet<'c> {
    fn new(worker: &Rc<Worker>, client: &'c mut (dyn Client + 'c)) -> Outlet<'c> {
        Outlet { client, worker: Rc::clone(worker), running: None }
    }
}

impl Client for Outlet<'_> {
    fn timer(&self) -> &Timer {
        self.client.timer()
    }

    fn begin(&mut self, worker: &Worker, flight: &mut Flight, has_body: bool) {
        let assembly = flight.filters.take_assembly().filter(|_| has_body);
        self.running =
            assembly.map(|(assembly, joined)| Box::new(Running::new(&self.worker, flight, *assembly, joined)));
        self.client.begin(worker, flight, has_body);
    }

    fn poll_send(&mut self, cx: &mut Context, body: &mut &[u8]) -> Poll<io::Result<()>> {
        match &mut self.running {
            Some(running) => running.poll_send(cx, self.client, body),
            None => self.client.poll_send(cx, body),
        }
    }

    fn poll_flush(&mut self, cx: &mut Context) -> Poll<io::Result<()>> {
        if let Some(running) = &mut self.running {
            std::task::ready!(running.poll_rest(cx, self.client))?;
        }
        self.client.poll_flush(cx)
    }

    fn trail(&mut self, trailers: &Headers) {
        self.client.trail(trailers);
    }

    fn end(&mut self) {
        match &mut self.running {
            Some(running) => running.end(),
            None => self.client.end(),
        }
    }

    fn fail(&mut self) {
        self.client.fail();
    }

    fn waits_within(&self) -> bool {
        self.running.as_ref().is_some_and(|running| running.waits_within()) || self.client.waits_within()
    }

    fn poll_body(&mut self, cx: &mut Context, worker: &Worker, into: &mut Vec<u8>) -> Poll<Result<bool, BodyFault>> {
        self.client.poll_body(cx, worker, into)
    }

    fn invite_body(&mut self) {
        self.client.invite_body();
    }

    fn take_pieces(&mut self, buffer: u64) {
        self.client.take_pieces(buffer);
    }

    fn open_tunnel(&mut self) {
        self.client.open_tunnel();
    }

    fn discard_body(&mut self) -> Result<(), u16> {
        self.client.discard_body()
    }

    fn poll_gone(&mut self, cx: &mut Context, worker: &Worker) -> Poll<()> {
        self.client.poll_gone(cx, worker)
    }

    fn sent(&self) -> u64 {
        self.client.sent()
    }
}
