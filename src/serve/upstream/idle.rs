//! Idle connections to peers, kept for the next request: `ngx_http_upstream_keepalive_module.c`. Each worker has its own.
//! One task watches them all, so that a connection that the peer closes, or on which something comes unasked, is closed
//! at once.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::link::Link;
use crate::balance::Millis;
use crate::exchange::{Attempt, Ending, LocationId, Wrong};
use crate::modules::shared::upstream::{Keepalive, UpstreamId, Upstreams};
use crate::serve::clock;
use crate::serve::generation::Generation;
use crate::serve::timers::{Timer, Timers};

/// Room for what follows the head of an answer that an idle connection keeps.
const KEPT: usize = 512;

/// The idle connections of one group, the last used first.
#[derive(Debug)]
struct Pool {
    settings: Option<Keepalive>,
    idle: VecDeque<Idle>,
}

#[derive(Debug)]
struct Idle {
    addr: String,
    location: LocationId,
    since: Millis,
    link: Box<Link>,
}

/// The idle connections of a worker.
#[derive(Debug)]
pub struct Pools {
    groups: RefCell<Vec<Pool>>,
    watcher: RefCell<Option<Waker>>,
    timer: Timer,
    /// No more are kept.
    closed: Cell<bool>,
}

impl Pools {
    /// Empty ones for the groups of a configuration.
    pub fn new(generation: &Generation, timers: Rc<Timers>) -> Pools {
        let config = &generation.config;
        let upstreams = config.http.and_then(|http| config.scope(http).slot::<Upstreams>());
        let settings = upstreams.into_iter().flat_map(Upstreams::iter).map(|(_, upstream)| upstream.keepalive.clone());
        let pools = settings.map(|settings| Pool { settings, idle: VecDeque::new() }).collect();
        Pools {
            groups: RefCell::new(pools),
            watcher: RefCell::default(),
            timer: timers.timer(),
            closed: Cell::default(),
        }
    }

    /// A connection to this address that is open and idle.
    pub fn take(&self, group: Option<UpstreamId>, addr: &str, location: LocationId, tls: bool) -> Option<Box<Link>> {
        let mut pools = self.groups.borrow_mut();
        let pool = pools.get_mut(group?.0)?;
        let local = pool.settings.as_ref()?.local;
        let fits = |idle: &Idle| {
            idle.addr == addr && (!local || idle.location == location) && idle.link.stream.is_secure() == tls
        };
        let at = pool.idle.iter().position(fits)?;
        let mut link = pool.idle.remove(at)?.link;
        link.is_reused = true;
        Some(link)
    }

    /// Keeps a connection whose answer is complete, if the group keeps any.
    pub fn give(&self, attempt: &Attempt, location: LocationId, mut link: Box<Link>) {
        if !(link.framing.is_done() && link.rest.is_empty() && link.sending.is_done) {
            return;
        }
        let Some(group) = attempt.upstream else { return };
        let mut pools = self.groups.borrow_mut();
        let Some(pool) = pools.get_mut(group as usize) else { return };
        let Some(settings) = &pool.settings else { return };
        let now = clock::now();
        if self.closed.get()
            || !link.persists
            || link.requests >= settings.requests
            || now.since(link.opened) > settings.time
        {
            return;
        }
        if let Some(watcher) = &*self.watcher.borrow()
            && !link.stream.poll_quiet(&mut Context::from_waker(watcher))
        {
            return;
        }
        link.rest.clear();
        link.rest.shrink_to(KEPT);
        if pool.idle.len() as u64 >= settings.connections {
            pool.idle.pop_back();
        }
        pool.idle.push_front(Idle { addr: attempt.addr.clone(), location, since: now, link });
        self.timer.set_before(now.plus(settings.timeout));
    }

    /// The same of a connection whose answer was not passed on: another takes its place. Not where nginx blames the peer.
    pub fn give_unread(&self, attempt: &Attempt, location: LocationId, link: Box<Link>) {
        let is_blamed = Wrong::of_status(attempt.status).is_some_and(Wrong::blames_peer);
        if attempt.ending != Ending::Status || !is_blamed {
            self.give(attempt, location, link);
        }
    }

    /// Closes all, and keeps no more.
    pub fn clear(&self) {
        self.closed.set(true);
        for pool in &mut *self.groups.borrow_mut() {
            pool.idle.clear();
        }
    }

    /// Watches the idle connections, for ever.
    pub async fn watch(&self) {
        poll_fn(|cx| {
            let mut watcher = self.watcher.borrow_mut();
            if watcher.as_ref().is_none_or(|known| !known.will_wake(cx.waker())) {
                *watcher = Some(cx.waker().clone());
            }
            drop(watcher);
            let now = clock::now();
            let mut next: Option<Millis> = None;
            for pool in &mut *self.groups.borrow_mut() {
                let Some(settings) = &pool.settings else { continue };
                let timeout = settings.timeout;
                pool.idle.retain_mut(|idle| idle.link.stream.poll_quiet(cx) && now < idle.since.plus(timeout));
                let last = pool.idle.back().map(|idle| idle.since.plus(timeout));
                next = [next, last].into_iter().flatten().min();
            }
            match next {
                Some(next) => self.timer.set(next),
                None => self.timer.clear(),
            }
            let _ = self.timer.poll(cx);
            Poll::<()>::Pending
        })
        .await;
    }
}
