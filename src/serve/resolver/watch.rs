//! Names of `server ... resolve` lines: each is resolved when a worker starts, and again when what was found is no longer good
//! (`ngx_http_upstream_zone_resolve_timer`). A name that does not exist has no peers; at any other fault those it has stay, and
//! it is asked for again after `resolver_timeout`.

use std::convert::Infallible;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Failure, Resolver};
use crate::balance::{Peer, Tier};
use crate::exchange::Name;
use crate::serve::log::Level;

/// The least time until a name is asked for again after a fault.
const LEAST_RETRY: Duration = Duration::from_secs(1);
/// nginx's shortest timer.
const AT_ONCE: Duration = Duration::from_millis(1);

/// What a name's peers are now.
#[derive(Debug)]
pub struct Update {
    /// The peers of its line by list, for [`Group::resolve`](crate::balance::Group::resolve).
    pub lists: Vec<(Tier, Vec<Peer>)>,
    /// How long that is good; a reload goes on from here.
    pub valid_until: Instant,
}

/// Resolves a name over and over, with the `resolver_timeout` of its group, and tells each time. `valid_until` is how long what
/// a reload handed down is good. Ends when it is dropped.
pub async fn watch(
    resolver: Resolver,
    name: Name,
    resolver_timeout: Duration,
    valid_until: Option<Instant>,
    mut tell: impl FnMut(&Name, Result<Update, Failure>),
) -> Infallible {
    let known = valid_until.map(|until| until.saturating_duration_since(Instant::now()));
    let mut wait = known.unwrap_or_default().max(AT_ONCE);
    loop {
        sleep(wait).await;
        let outcome = look(&resolver, &name, resolver_timeout).await;
        wait = match &outcome {
            Ok(update) => resolver.pause(update.valid_until),
            Err(_) => resolver_timeout.max(LEAST_RETRY),
        };
        tell(&name, outcome);
    }
}

/// Resolves a name once, and logs what went wrong.
async fn look(resolver: &Resolver, name: &Name, wait: Duration) -> Result<Update, Failure> {
    let log = |text: String| (resolver.shared.log)(Level::Error, &text);
    let host = &name.host;
    let Some(service) = &name.service else {
        let found = resolver.host(host.as_bytes(), wait).await;
        return match found {
            Ok(found) => {
                Ok(Update { lists: vec![(name.tier, name.peers(&found.addresses))], valid_until: found.valid_until })
            }
            Err(failure) => {
                log(format!("{host} could not be resolved ({failure})"));
                gone(failure, vec![(name.tier, Vec::new())])
            }
        };
    };
    let found = resolver.service(&name.question(), wait).await;
    for (target, failure) in &found.unresolved {
        log(format!("{target} could not be resolved ({failure}) while resolving service {service} of {host}"));
    }
    match found.found {
        Ok(located) => Ok(Update { lists: name.located(&located), valid_until: found.valid_until }),
        Err(failure) => {
            log(format!("service {service} of {host} could not be resolved ({failure})"));
            gone(failure, name.located(&[]))
        }
    }
}

/// There is no such name, so there are no such peers; or the fault.
fn gone(failure: Failure, lists: Vec<(Tier, Vec<Peer>)>) -> Result<Update, Failure> {
    if failure.is_not_found() { Ok(Update { lists, valid_until: failure.valid_until }) } else { Err(failure) }
}

impl Resolver {
    /// How long until what is good until then is asked for again: in whole seconds, and one more.
    fn pause(&self, valid_until: Instant) -> Duration {
        let now = self.shared.instant(self.shared.now());
        let left = valid_until.saturating_duration_since(now);
        if left.is_zero() { AT_ONCE } else { left + Duration::from_secs(1) }
    }
}
