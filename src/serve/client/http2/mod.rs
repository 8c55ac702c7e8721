//! A connection that speaks HTTP/2: `ngx_http_v2.c`. One task has the socket ([`run`]): it reads frames into the session,
//! writes what streams and the session want sent, and watches the time. Each request is a task of its own that drives an
//! exchange with a stream as its client. What they share is the [`Session`](session::Session); tasks of one thread, they
//! borrow it for a step and never while waiting.
//!
//! Not here: pushes (nginx has none since 1.25.1); the frames themselves (`wire::http2`).

mod block;
mod head;
mod priority;
mod receive;
mod respond;
mod session;
mod stream;
mod windows;

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll};

use session::Session;
use tokio::task::spawn_local;

use super::arrival::Arrived;
use super::close::linger;
use super::http1::Http1;
use crate::balance::Millis;
use crate::exchange::{Connection, ListenerId};
use crate::serve::clock;
use crate::serve::log::{Level, MAIN};
use crate::serve::state::Worker;
use crate::serve::stream::Stream;
use crate::serve::timers::Timer;
use crate::wire::http2::{Code, PREFACE};

/// Whether clients of a listener may speak HTTP/2 from the first byte.
pub fn is_on(worker: &Worker, listener: ListenerId) -> bool {
    let site = &worker.generation.site;
    let listener = site.listener(listener);
    listener.http2 || site.server(listener.default).http2
}

/// Serves a connection whose first bytes say whether it speaks HTTP/2 or HTTP/1.
pub async fn greet(worker: Rc<Worker>, mut arrived: Arrived, listener: ListenerId, connection: Connection) {
    let default = worker.generation.site.listener(listener).default;
    let timer = worker.timers.timer();
    timer.set_after(worker.generation.terms.server(default).header_timeout);
    let Arrived { stream, rest: first, .. } = &mut arrived;
    let speaks = poll_fn(|cx| {
        loop {
            let mut scratch = worker.scratch.borrow_mut();
            match stream.poll_read(cx, &mut scratch) {
                Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(Err(false)),
                Poll::Ready(Ok(count)) => first.extend_from_slice(&scratch[..count]),
                Poll::Pending => return timer.poll(cx).map(|()| Err(true)),
            }
            let known = first.len().min(PREFACE.len());
            if first[..known] != PREFACE[..known] {
                return Poll::Ready(Ok(false));
            }
            if known == PREFACE.len() {
                return Poll::Ready(Ok(true));
            }
        }
    })
    .await;
    drop(timer);
    match speaks {
        Ok(true) => run(worker, arrived, listener, connection).await,
        Ok(false) => Http1::new(&worker, arrived, listener, connection).run(&worker).await,
        Err(timed_out) => worker.say_unused(listener, &connection, timed_out),
    }
}

/// Serves a connection that speaks HTTP/2.
pub async fn run(worker: Rc<Worker>, arrived: Arrived, listener: ListenerId, connection: Connection) {
    let Arrived { stream, rest: first_bytes, known } = arrived;
    let session = Rc::new(RefCell::new(Session::new(&worker, listener, connection, known)));
    let mut task = Task { stream, timer: worker.timers.timer(), due: Due::default(), read_ends: false, resumes: false };
    task.due.idle = Some(clock::now().plus(session.borrow().settings.header_timeout));
    if worker.is_leaving.get() {
        session.borrow_mut().close(Code::NO_ERROR);
    }
    task.receive(&worker, &session, &first_bytes);
    let lingers = poll_fn(|cx| task.poll(cx, &worker, &session)).await;
    session.borrow_mut().kill();
    if lingers {
        task.linger(&worker, &session).await;
    }
    drop(task.stream);
    // Streams end by themselves, soon: their client is gone.
    poll_fn(|cx| {
        let mut session = session.borrow_mut();
        session.watch(cx);
        if session.processing() == 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// When something has to happen.
#[derive(Debug, Default)]
struct Due {
    /// A connection without requests ends.
    idle: Option<Millis>,
    /// The rest of a header block is missing.
    head: Option<Millis>,
    /// The client takes nothing.
    send: Option<Millis>,
}

/// The task that has the socket.
struct Task {
    stream: Stream,
    timer: Timer,
    due: Due,
    /// Nothing more is read.
    read_ends: bool,
    /// The tasks of requests that were begun have had their turn.
    resumes: bool,
}

/// Bytes that may wait to be sent before reading stops.
const MOST_WAITING: usize = 1 << 20;

impl Task {
    /// One round; ready when the connection is to be closed: whether with lingering.
    fn poll(&mut self, cx: &mut Context, worker: &Rc<Worker>, session: &Rc<RefCell<Session>>) -> Poll<bool> {
        if worker.is_cut.get() {
            return Poll::Ready(false);
        }
        session.borrow_mut().watch(cx);
        if std::mem::take(&mut self.resumes) && !self.read_ends {
            self.receive(worker, session, &[]);
        }
        loop {
            let must_wait = session.borrow().is_paused || session.borrow().waiting_bytes() > MOST_WAITING;
            if !self.read_ends && !must_wait {
                let mut scratch = worker.scratch.borrow_mut();
                match self.stream.poll_read(cx, &mut scratch) {
                    Poll::Pending => {}
                    Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(false),
                    Poll::Ready(Ok(count)) => {
                        // The session may need the room for other things.
                        let bytes = scratch[..count].to_vec();
                        drop(scratch);
                        self.receive(worker, session, &bytes);
                        if !self.read_ends {
                            continue;
                        }
                    }
                }
            }
            break;
        }
        if worker.is_leaving.get() {
            session.borrow_mut().go_away();
        }
        let mut session = session.borrow_mut();
        if session.is_paused {
            self.resumes = true;
            cx.waker().wake_by_ref();
        }
        match session.poll_write(cx, &mut self.stream) {
            Poll::Ready(Ok(())) => self.due.send = None,
            Poll::Ready(Err(_)) => return Poll::Ready(false),
            Poll::Pending if session.has_written() || self.due.send.is_none() => {
                self.due.send = Some(clock::now().plus(session.settings.send_timeout));
            }
            Poll::Pending => {}
        }
        if session.waiting_bytes() == 0 && session.is_closing() && (session.is_broken() || session.processing() == 0) {
            return Poll::Ready(true);
        }
        self.mind_time(cx, &mut session)
    }

    fn mind_time(&mut self, cx: &mut Context, session: &mut Session) -> Poll<bool> {
        let now = clock::now();
        if session.processing() > 0 {
            self.due.idle = None;
        } else if self.due.idle.is_none() {
            self.due.idle = Some(now.plus(session.settings.keepalive_timeout));
            session.rest();
        }
        match session.head_is_cut() {
            false => self.due.head = None,
            true if self.due.head.is_none() => self.due.head = Some(now.plus(session.settings.header_timeout)),
            true => {}
        }
        let over = |due: Option<Millis>| due.is_some_and(|due| due <= now);
        if over(self.due.send) {
            return Poll::Ready(false);
        }
        if over(self.due.head) {
            self.due.head = None;
            session.give_up_head();
            return self.again(cx, now);
        }
        if over(self.due.idle) {
            let code = if session.has_served() && !session.is_cut() { Code::NO_ERROR } else { Code::PROTOCOL };
            self.due.idle = Some(now.plus(session.settings.send_timeout));
            session.close(code);
            self.read_ends = true;
            return self.again(cx, now);
        }
        let next = [self.due.idle, self.due.head, self.due.send].into_iter().flatten().min();
        match next {
            Some(next) => self.timer.set(next),
            None => self.timer.clear(),
        }
        if self.timer.poll(cx).is_ready() {
            cx.waker().wake_by_ref();
        }
        Poll::Pending
    }

    /// Another round at once.
    fn again(&mut self, cx: &mut Context, now: Millis) -> Poll<bool> {
        self.timer.set(now);
        let _ = self.timer.poll(cx);
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Takes what was read, and starts the requests in it.
    fn receive(&mut self, worker: &Rc<Worker>, session: &Rc<RefCell<Session>>, bytes: &[u8]) {
        let received = session.borrow_mut().receive(worker, bytes);
        if let Err(broken) = received {
            let mut session = session.borrow_mut();
            let number = session.connection.number;
            worker.logs.error(MAIN, Level::Info, Some(number), format_args!("{}", broken.says));
            session.close(broken.code);
            self.read_ends = true;
        }
        let begun = std::mem::take(&mut session.borrow_mut().begun);
        for begun in begun {
            spawn_local(clock::timed(stream::serve(Rc::clone(worker), Rc::clone(session), begun)));
        }
    }

    /// Says that nothing more is written, and reads what the client may still send, so that it gets to read the end.
    async fn linger(&mut self, worker: &Worker, session: &RefCell<Session>) {
        let lingering = session.borrow().settings.lingering;
        if lingering.close == 0 {
            return;
        }
        let _ = poll_fn(|cx| self.stream.poll_shutdown(cx)).await;
        linger(worker, &mut self.stream, &self.timer, lingering).await;
    }
}
