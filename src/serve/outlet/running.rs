//! An answer that is being put together.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use tokio::task::spawn_local;

use super::pipe::Pipe;
use crate::exchange::answer::Answer;
use crate::exchange::body::ssi::{Include, Page, Shared};
use crate::exchange::body::{Assembly, Filters};
use crate::exchange::{Exchange, Sub};
use crate::serve::aside;
use crate::serve::client::{Client, Inner};
use crate::serve::clock;
use crate::serve::flight::Flight;
use crate::serve::log::Level;
use crate::serve::state::Worker;

/// Bytes of content that may wait for an answer that stands before it.
const ROOM: usize = 64 << 10;

/// What nginx is about when it finds something wrong with an answer on its way.
pub fn about(answer: &Answer) -> &'static str {
    if answer.of_upstream { "while sending to client" } else { "while sending response to client" }
}

/// An answer that is being put together.
pub struct Running {
    worker: Rc<Worker>,
    /// A likeness of the request.
    exchange: Box<Exchange>,
    shared: Rc<RefCell<Shared>>,
    page: Option<Box<Page>>,
    after: Option<Vec<u8>>,
    /// What changes all of it together.
    joined: Filters,
    /// What is still to be sent, in order.
    items: VecDeque<Item>,
    /// Bytes of text among them.
    queued: usize,
    /// Before the page goes on this one is over.
    wait: Option<Wait>,
    /// What is being sent, from `at` on.
    out: Vec<u8>,
    at: usize,
    stage: Stage,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// More of the answer's own content may come.
    Content,
    /// No more of it comes.
    Over,
    /// All has gone through the filters.
    Filtered,
    /// The client was told that it is complete.
    Ended,
}

/// A subrequest that the page waits for.
struct Wait {
    pipe: Rc<Pipe>,
    /// The variable that takes its answer.
    set: Option<(Vec<u8>, Part)>,
}

enum Item {
    Text(Vec<u8>),
    Part(Part),
}

/// The answer of a subrequest. If nobody wants it any more the subrequest ends.
struct Part(Rc<Pipe>);

impl Drop for Part {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Running {
    /// One whose head is sent now.
    pub fn new(worker: &Rc<Worker>, flight: &mut Flight, assembly: Assembly, joined: Filters) -> Running {
        let site = &worker.generation.site;
        let mut likeness = Box::<Exchange>::default();
        std::mem::swap(&mut flight.answer, &mut flight.exchange.answer);
        likeness.portray(&flight.exchange, site);
        std::mem::swap(&mut flight.answer, &mut flight.exchange.answer);
        let text = |slice| flight.exchange.text(site, slice).to_vec();
        let (before, after) = (assembly.before.map(text), assembly.after.map(text));
        let shared = Rc::clone(flight.shared.get_or_insert_default());
        let mut running = Running {
            worker: Rc::clone(worker),
            exchange: likeness,
            shared,
            page: assembly.page,
            after,
            joined,
            items: VecDeque::new(),
            queued: 0,
            wait: None,
            out: Vec::new(),
            at: 0,
            stage: Stage::Content,
        };
        if let Some(path) = before {
            running.add(path);
        }
        running
    }

    /// It is not the client who is waited for.
    pub fn waits_within(&self) -> bool {
        self.at == self.out.len() && (self.wait.is_some() || matches!(self.items.front(), Some(Item::Part(_))))
    }

    /// Takes content as a client would.
    pub fn poll_send(&mut self, cx: &mut Context, client: &mut dyn Client, body: &mut &[u8]) -> Poll<io::Result<()>> {
        loop {
            let sent = self.poll_items(cx, client)?;
            if body.is_empty() {
                return Poll::Ready(Ok(()));
            }
            ready!(self.poll_wait(cx))?;
            if sent.is_pending() && self.queued >= ROOM {
                return Poll::Pending;
            }
            self.read(body)?;
        }
    }

    /// Sends what is left, and the end if it has come.
    pub fn poll_rest(&mut self, cx: &mut Context, client: &mut dyn Client) -> Poll<io::Result<()>> {
        ready!(self.poll_items(cx, client))?;
        ready!(self.poll_wait(cx))?;
        if self.stage == Stage::Over {
            self.stage = Stage::Filtered;
            let rest = self.joined.filter(b"", true).map_err(|_| broken())?;
            self.out.extend_from_slice(rest);
        }
        ready!(self.poll_out(cx, client))?;
        if self.stage == Stage::Filtered {
            self.stage = Stage::Ended;
            client.end();
        }
        Poll::Ready(Ok(()))
    }

    /// The answer's own content is complete.
    pub fn end(&mut self) {
        self.stage = Stage::Over;
        if let Some(path) = self.after.take() {
            self.add(path);
        }
    }

    /// Waits for the subrequest that the page waits for.
    fn poll_wait(&mut self, cx: &mut Context) -> Poll<io::Result<()>> {
        if let Some(Wait { pipe, set }) = &self.wait {
            let status = ready!(pipe.poll_end(cx))?;
            if let Some((name, _)) = set
                && status < 300
            {
                self.shared.borrow_mut().set(name, pipe.take());
            }
            self.wait = None;
        }
        Poll::Ready(Ok(()))
    }

    /// Sends what comes next, as far as it is there.
    fn poll_items(&mut self, cx: &mut Context, client: &mut dyn Client) -> Poll<io::Result<()>> {
        loop {
            ready!(self.poll_out(cx, client))?;
            let content = match self.items.front_mut() {
                None => return Poll::Ready(Ok(())),
                Some(Item::Text(text)) => {
                    self.queued -= text.len();
                    let text = std::mem::take(text);
                    self.items.pop_front();
                    text
                }
                Some(Item::Part(part)) => {
                    let mut content = std::mem::take(&mut self.out);
                    let read = part.0.poll_read(cx, &mut content);
                    if ready!(read).is_err() {
                        return Poll::Ready(Err(broken()));
                    }
                    if content.is_empty() {
                        self.items.pop_front();
                    }
                    content
                }
            };
            self.out = if self.joined.is_empty() {
                content
            } else {
                self.joined.filter(&content, false).map_err(|_| broken())?.to_vec()
            };
        }
    }

    /// Sends what is being sent.
    fn poll_out(&mut self, cx: &mut Context, client: &mut dyn Client) -> Poll<io::Result<()>> {
        while self.at < self.out.len() {
            let mut left = &self.out[self.at..];
            let sent = client.poll_send(cx, &mut left);
            self.at = self.out.len() - left.len();
            ready!(sent)?;
        }
        self.out.clear();
        self.at = 0;
        Poll::Ready(Ok(()))
    }

    /// Takes content as far as the next subrequest.
    fn read(&mut self, body: &mut &[u8]) -> io::Result<()> {
        let mut text = Vec::new();
        let Some(page) = &mut self.page else {
            text.extend_from_slice(body);
            *body = &[];
            self.put(text);
            return Ok(());
        };
        let (worker, exchange) = (&self.worker, &mut *self.exchange);
        exchange.now = clock::now();
        let include = page.read(&worker.generation.site, exchange, &mut self.shared.borrow_mut(), body, &mut text);
        for complaint in page.complaints.drain(..) {
            worker.report_bytes(exchange, Level::Error, about(&exchange.answer), &complaint);
        }
        self.put(text);
        if let Some(include) = include.map_err(|_| broken())? {
            self.include(include);
        }
        Ok(())
    }

    fn put(&mut self, text: Vec<u8>) {
        self.queued += text.len();
        match self.items.back_mut() {
            _ if text.is_empty() => {}
            Some(Item::Text(before)) => before.extend_from_slice(&text),
            _ => self.items.push_back(Item::Text(text)),
        }
    }

    /// Another answer stands here.
    fn add(&mut self, path: Vec<u8>) {
        self.include(Include { path, args: Vec::new(), waits: false, set: None, stub: None });
    }

    /// Begins a subrequest.
    fn include(&mut self, include: Include) {
        let Include { path, args, waits, set, stub } = include;
        let worker = Rc::clone(&self.worker);
        let parent = &*self.exchange;
        let mut sub = worker.take_off();
        (sub.body_is_whole, sub.shared) = (true, Some(Rc::clone(&self.shared)));
        sub.stub = stub.map(|stub| (stub, parent.answer.content_type().to_vec()));
        let how = Sub { uri: &path, args: &args, keeps_args: false, keeps_method: false };
        let action = worker.begin_within(parent, &mut sub.exchange, &how);
        sub.exchange.is_in_memory = set.is_some();
        let pipe = Rc::new(if set.is_some() { Pipe::whole() } else { Pipe::new() });
        let shared = Rc::clone(&self.shared);
        shared.borrow_mut().parts += 1;
        let mut inner = Inner::piped(&worker, Rc::clone(&pipe));
        spawn_local(clock::timed(async move {
            aside::run(&worker, &mut inner, &mut sub, action).await;
            inner.finish(&worker, &sub);
            shared.borrow_mut().parts -= 1;
            worker.land(sub);
        }));
        let part = Part(Rc::clone(&pipe));
        if let Some(name) = set {
            self.wait = Some(Wait { pipe, set: Some((name, part)) });
            return;
        }
        self.items.push_back(Item::Part(part));
        if waits {
            self.wait = Some(Wait { pipe, set: None });
        }
    }
}

fn broken() -> io::Error {
    io::ErrorKind::UnexpectedEof.into()
}
