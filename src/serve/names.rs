//! Names that are resolved while the proxy runs: those that `proxy_pass` makes of variables, for one request
//! (`ngx_http_upstream_resolve_handler`), and those of `server ... resolve` lines, for a zone. As in nginx the first worker
//! looks after the zones.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use rustc_hash::FxHashMap;
use tokio::task::spawn_local;

use super::client::Client;
use super::flight::Flight;
use super::generation::Generation;
use super::local::complain;
use super::log::Level;
use super::memory::Zones;
use super::resolver::{Resolver, watch};
use super::state::Worker;
use crate::config::ScopeId;
use crate::exchange::{Event, Plan};
use crate::modules::shared::resolver as settings;
use crate::modules::shared::upstream::{UpstreamId, Upstreams};
use crate::syntax;

/// `resolver_timeout` where none is set, in milliseconds.
const TIMEOUT: u64 = 30_000;

/// The resolvers of one worker: one for each block that sets one up.
#[derive(Default)]
pub struct Resolvers {
    by_scope: RefCell<FxHashMap<ScopeId, Resolver>>,
}

impl Worker {
    /// The resolver that holds in a block, and how long it may take.
    pub(super) fn resolver(&self, scope: ScopeId) -> Option<(Resolver, Duration)> {
        let config = &self.generation.config;
        let timeout = Duration::from_millis(config.number(scope, "resolver_timeout", TIMEOUT));
        let at = config.ancestors(scope).find(|id| config.scope(*id).slot::<settings::Resolver>().is_some())?;
        let settings = config.scope(at).slot::<settings::Resolver>()?;
        let mut known = self.resolvers.by_scope.borrow_mut();
        let resolver = known.entry(at).or_insert_with(|| {
            let (logs, log) = (self.logs.clone(), self.logs.of(at));
            let say = move |level: Level, text: &str| logs.error(log, level, None, format_args!("{text}"));
            Resolver::new(settings, self.chance(), Rc::new(say))
        });
        Some((resolver.clone(), timeout))
    }
}

/// Resolves the name that a request goes to.
pub async fn resolve<C: Client>(worker: &Worker, client: &mut C, flight: &mut Flight) -> Event {
    let exchange = &mut flight.exchange;
    let Some(name) = exchange.name_to_resolve(&worker.generation.site) else { return Event::Failed(500) };
    let name = syntax::decode(name);
    let name = name.strip_suffix('.').unwrap_or(&name);
    let terms = worker.terms(exchange);
    let ignores_abort = terms.ignores_abort;
    let Some((resolver, timeout)) = worker.resolver(terms.scope) else { return Event::Failed(502) };
    let mut looking = std::pin::pin!(resolver.addresses(name, timeout));
    let found = poll_fn(|cx| {
        if let Poll::Ready(found) = looking.as_mut().poll(cx) {
            return Poll::Ready(Some(found));
        }
        if !ignores_abort && client.poll_gone(cx, worker).is_ready() { Poll::Ready(None) } else { Poll::Pending }
    })
    .await;
    match found {
        None => Event::ClientGone,
        Some(Ok(found)) => {
            exchange.addresses = found.addresses;
            Event::Resolved
        }
        Some(Err(failure)) => {
            complain(worker, exchange, Level::Error, format_args!("{name} could not be resolved ({failure})"));
            Event::Failed(502)
        }
    }
}

/// Looks after the names of all zones, if this worker is the first.
pub fn watch_zones(worker: &Rc<Worker>) {
    let Generation { config, plan, zones, streams, .. } = &*worker.generation;
    if worker.number != 0 {
        return;
    }
    watch_zones_of(worker, config.http, plan, zones);
    if let Some(streams) = streams {
        watch_zones_of(worker, config.stream, &streams.plan, &streams.zones);
    }
}

fn watch_zones_of(worker: &Rc<Worker>, realm: Option<ScopeId>, plan: &Plan, zones: &Arc<Zones>) {
    let config = &worker.generation.config;
    let Some(upstreams) = realm.and_then(|realm| config.scope(realm).slot::<Upstreams>()) else { return };
    for (at, upstream) in plan.upstreams.iter().enumerate() {
        let id = UpstreamId(at);
        let Some(scope) = upstreams.get(id).scope.filter(|_| upstream.zone.is_some()) else { continue };
        for name in &upstream.names {
            let Some((resolver, timeout)) = worker.resolver(scope) else { continue };
            let zones = Arc::clone(zones);
            let known = zones.good_until(id, name.line);
            spawn_local(watch(resolver, name.clone(), timeout, known, move |name, outcome| {
                let Ok(update) = outcome else { return };
                zones.group(id, |group| {
                    for (tier, peers) in update.lists {
                        group.resolve(tier, name.line, peers);
                    }
                });
                zones.note_good(id, name.line, update.valid_until);
            }));
        }
    }
}
