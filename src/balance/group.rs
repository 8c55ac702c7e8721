//! A group of peers with its method: the way of one request through it, from [`Group::start`] over [`Group::pick`] and
//! [`Group::free`] for each try (nginx's `peer.init`, `peer.get` and `peer.free`).

use std::sync::Arc;

use super::methods::{self, Choice, Draw};
use super::{Method, Millis, Peer, PeerId, Peers, Random, Ring, Selection, Sight, Tier, Watch, slow_start};

/// One group's state: of one worker, or in its `zone` of all.
#[derive(Debug, Clone, Default)]
pub struct Group {
    /// Its name, which `$upstream_addr` shows when no peer is eligible.
    pub name: Arc<str>,
    method: Method,
    primary: Peers,
    backup: Option<Peers>,
    /// How often the list of servers has changed.
    generation: u32,
    /// How many peers it ever had.
    serials: u32,
}

/// How a try ended, as far as the balancer cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freed {
    /// It failed (nginx's `NGX_PEER_FAILED`).
    Failed,
    /// Another peer is asked, and this one is not to blame: `http_403`, `http_404` (`NGX_PEER_NEXT`).
    Next,
    /// It went well: milliseconds until the header, if it came, and until the end.
    Well {
        /// Until the header; `None` if it did not come.
        header_time: Option<u64>,
        /// Until the end.
        response_time: u64,
    },
}

impl Group {
    /// A group. The ring of consistent hashing is made here.
    #[must_use]
    pub fn new(name: &str, method: Method, primary: Vec<Peer>, backup: Vec<Peer>) -> Group {
        let backup = (!backup.is_empty()).then(|| Peers::from(backup));
        let mut group = Group { name: name.into(), method, primary: primary.into(), backup, ..Group::default() };
        group.settle();
        group
    }

    fn settle(&mut self) {
        for peers in [Some(&mut self.primary), self.backup.as_mut()].into_iter().flatten() {
            for peer in peers.list.iter_mut().filter(|peer| peer.serial == 0) {
                self.serials += 1;
                peer.serial = self.serials;
            }
            peers.settle();
        }
        let has_backup = self.backup.as_ref().is_some_and(|backup| !backup.list.is_empty());
        self.primary.single = self.primary.list.len() == 1 && !has_backup;
        if let Method::Consistent(ring) = &mut self.method {
            *ring = Ring::of(&self.primary);
        }
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The peers of a list.
    #[must_use]
    pub fn peers(&self, tier: Tier) -> &[Peer] {
        match tier {
            Tier::Primary => &self.primary.list,
            Tier::Backup => self.backup.as_ref().map_or(&[], |backup| &backup.list),
        }
    }

    /// All peers, the backup servers last.
    pub fn all(&self) -> impl Iterator<Item = (PeerId, &Peer)> {
        [Tier::Primary, Tier::Backup].into_iter().flat_map(|tier| {
            let peers = self.peers(tier).iter().enumerate();
            peers.map(move |(index, peer)| (PeerId { tier, index: index as u32 }, peer))
        })
    }

    /// All peers, to change.
    pub fn all_mut(&mut self) -> impl Iterator<Item = &mut Peer> {
        self.primary.list.iter_mut().chain(self.backup.iter_mut().flat_map(|backup| &mut backup.list))
    }

    /// A peer.
    #[must_use]
    pub fn peer(&self, id: PeerId) -> Option<&Peer> {
        self.peers(id.tier).get(id.index as usize)
    }

    /// A peer, to change.
    pub fn peer_mut(&mut self, id: PeerId) -> Option<&mut Peer> {
        self.list_mut(id.tier)?.list.get_mut(id.index as usize)
    }

    #[inline]
    fn list_mut(&mut self, tier: Tier) -> Option<&mut Peers> {
        match tier {
            Tier::Primary => Some(&mut self.primary),
            Tier::Backup => self.backup.as_mut(),
        }
    }

    /// The sum of the weights of a list.
    #[must_use]
    pub fn weight_of(&self, tier: Tier) -> i64 {
        match tier {
            Tier::Primary => self.primary.total_weight,
            Tier::Backup => self.backup.as_ref().map_or(0, |backup| backup.total_weight),
        }
    }

    /// A request begins. Its [`key`](Selection::key) is there already; it gets as many tries as there are servers that
    /// are not `down`, backup servers among them.
    #[inline]
    pub fn start(&self, selection: &mut Selection) {
        selection.tries = self.primary.tries + self.backup.as_ref().map_or(0, |backup| backup.tries);
        selection.generation = self.generation;
        selection.hash = match &self.method {
            Method::IpHash => methods::START,
            Method::Consistent(ring) => ring.place_of(&selection.key),
            _ => 0,
        };
    }

    /// Chooses a peer for the next try, or says that none is live.
    #[inline]
    pub fn pick(
        &mut self,
        selection: &mut Selection,
        now: Millis,
        rng: &mut impl Random,
        watch: &mut impl Watch,
    ) -> Option<PeerId> {
        let is_stale = selection.generation != self.generation;
        let mut round_robin = false;
        loop {
            let (peers, is_primary) = match selection.tier {
                Tier::Primary => (&mut self.primary, true),
                Tier::Backup => (self.backup.as_mut()?, false),
            };
            let tier = selection.tier;
            watch.see(|| Sight::From(tier));
            let mut draw = Draw { peers, is_primary, selection, is_stale, now, rng, watch };
            let mut choice = if round_robin { Choice::RoundRobin } else { draw.choose(&self.method) };
            if choice == Choice::RoundRobin {
                if !round_robin && !matches!(self.method, Method::RoundRobin) {
                    draw.watch.see(|| Sight::GaveUp);
                }
                round_robin = true;
                choice = draw.round_robin();
            }
            match choice {
                Choice::Peer(index) => {
                    let picked = take(peers, selection, index, now, watch);
                    watch.picked(self);
                    return Some(picked);
                }
                Choice::Nobody if selection.tier == Tier::Primary && self.backup.is_some() => {
                    watch.see(|| Sight::NoneOf(Tier::Primary));
                    selection.tier = Tier::Backup;
                    selection.tried.clear();
                }
                _ => {
                    watch.see(|| if is_stale { Sight::Changed } else { Sight::NoneOf(tier) });
                    watch.picked(self);
                    selection.current = None;
                    return None;
                }
            }
        }
    }

    /// The header of an answer has come, `header_time` milliseconds after the try began.
    #[inline]
    pub fn header(&mut self, selection: &mut Selection, header_time: u64, now: Millis) {
        let Method::LeastTime(measured) = self.method else { return };
        let Some((_, peer)) = self.current_mut(selection) else { return };
        methods::header(peer, measured, &mut selection.inflight, header_time, now);
    }

    /// A connection stands, which is all that a session of `stream` wants to know of a peer: one that was given another
    /// chance is well (`ngx_stream_upstream_notify_round_robin_peer`).
    pub fn connected(&mut self, selection: &Selection) {
        if let Some((_, peer)) = self.current_mut(selection)
            && peer.accessed < peer.checked
        {
            peer.fails = 0;
        }
    }

    /// The peer that the request has, with whether it is the only one; none if it has left the group meanwhile.
    #[inline]
    fn current_mut(&mut self, selection: &Selection) -> Option<(bool, &mut Peer)> {
        let is_stale = selection.generation != self.generation;
        let peers = self.list_mut(selection.tier)?;
        let mut index = selection.current? as usize;
        if is_stale {
            index = peers.list.iter().position(|peer| peer.serial == selection.serial)?;
        }
        let single = peers.single;
        peers.list.get_mut(index).map(|peer| (single, peer))
    }

    /// A try has ended (`ngx_http_upstream_free_round_robin_peer`). Says until when the peer is unavailable, if this
    /// failure made it so.
    #[inline]
    pub fn free(&mut self, selection: &mut Selection, freed: Freed, now: Millis) -> Option<Millis> {
        let measured = match self.method {
            Method::LeastTime(measured) | Method::RandomTwo(Some(measured)) => Some(measured),
            _ => None,
        };
        let Some((single, peer)) = self.current_mut(selection) else {
            selection.current = None;
            return None;
        };
        selection.current = None;
        if let Some(measured) = measured {
            let (well, response) = match freed {
                Freed::Well { header_time, response_time } => (header_time, Some(response_time)),
                Freed::Failed | Freed::Next => (None, None),
            };
            methods::freed(peer, measured, &mut selection.inflight, response, well, now);
        }
        peer.conns = peer.conns.saturating_sub(1);
        if single {
            peer.fails = 0;
            selection.tries = 0;
            return None;
        }
        let mut until = None;
        match freed {
            Freed::Failed => until = fail(peer, now),
            _ if peer.accessed < peer.checked => {
                slow_start::recovered(peer, now);
                peer.fails = 0;
            }
            _ => {}
        }
        selection.tries = selection.tries.saturating_sub(1);
        until
    }

    /// The names of a `server ... resolve` line have new addresses (`ngx_http_upstream_zone_resolve_handler`): peers that
    /// are gone leave, new ones come at the end of the list. Requests on their way get no further peer. A peer of a service
    /// is the same only under the same host and with the same weight.
    pub fn resolve(&mut self, tier: Tier, line: u32, mut peers: Vec<Peer>) {
        if tier == Tier::Backup && self.backup.is_none() {
            self.backup = Some(Peers::default());
        }
        let Some(list) = self.list_mut(tier).map(|peers| &mut peers.list) else { return };
        let before = list.len();
        list.retain(|known| {
            let same = |new: &Peer| {
                new.server.addr == known.server.addr
                    && new.server.text == known.server.text
                    && new.parameters.weight == known.parameters.weight
            };
            known.server.line != line || peers.iter().position(same).map(|at| peers.remove(at)).is_some()
        });
        if list.len() == before && peers.is_empty() {
            return;
        }
        list.append(&mut peers);
        self.generation += 1;
        self.settle();
    }
}

/// The request gets the peer.
#[inline]
fn take(peers: &mut Peers, selection: &mut Selection, index: usize, now: Millis, watch: &mut impl Watch) -> PeerId {
    watch.see(|| Sight::Chosen(index as u32));
    let single = peers.single;
    let peer = &mut peers.list[index];
    if !single {
        selection.tried.insert(index);
        peer.check(now.seconds());
    }
    peer.conns += 1;
    (selection.current, selection.serial) = (Some(index as u32), peer.serial);
    PeerId { tier: selection.tier, index: index as u32 }
}

/// A failure takes `weight / max_fails` of the effective weight. `max_fails` of them make the peer unavailable until the
/// first second that is more than `fail_timeout` away.
fn fail(peer: &mut Peer, now: Millis) -> Option<Millis> {
    peer.fails += 1;
    (peer.accessed, peer.checked) = (now.seconds(), now.seconds());
    let max_fails = peer.parameters.max_fails;
    if max_fails == 0 {
        return None;
    }
    if peer.parameters.slow_start > 0 {
        slow_start::failed(peer, now);
    } else {
        let lost = peer.parameters.weight / i64::try_from(max_fails).unwrap_or(i64::MAX);
        peer.effective_weight = (peer.effective_weight - lost).max(0);
    }
    let until = now.seconds().saturating_add(peer.parameters.fail_timeout).saturating_add(1);
    (peer.fails >= max_fails).then(|| Millis(until.unsigned_abs().saturating_mul(1000)))
}
