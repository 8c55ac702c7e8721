//! One list of peers, the servers proper or the backup servers, and the step of smooth weighted round robin that every
//! method falls back on (nginx's `ngx_http_upstream_rr_peers_t`).

use super::{Millis, Peer, Refusal, Selection, Sight, Watch};

/// The peers of one list.
#[derive(Debug, Clone, Default)]
pub struct Peers {
    /// In the order of the configuration.
    pub list: Vec<Peer>,
    /// The only peer of a group without backup servers: its failures do not count.
    pub single: bool,
    /// The weights of all, those that are down included.
    pub total_weight: i64,
    /// Servers that are not `down`.
    pub tries: u32,
    /// Some have a `slow_start`.
    pub ramps: bool,
    /// The sum of the weights before each peer.
    starts: Vec<i64>,
}

impl From<Vec<Peer>> for Peers {
    fn from(list: Vec<Peer>) -> Peers {
        Peers { list, ..Peers::default() }
    }
}

impl Peers {
    /// Counts anew after the list has changed.
    pub(super) fn settle(&mut self) {
        self.starts.clear();
        let (mut total, mut tries) = (0, 0);
        for peer in &self.list {
            self.starts.push(total);
            total += peer.parameters.weight;
            tries += u32::from(peer.parameters.standing == super::Standing::Up);
        }
        (self.total_weight, self.tries) = (total, tries);
        self.ramps = self.list.iter().any(|peer| peer.parameters.slow_start > 0);
    }

    /// The peer into whose part of the total weight `at` falls.
    #[inline]
    #[must_use]
    pub(super) fn at_weight(&self, at: i64) -> usize {
        self.starts.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// The peers that come from a `server` directive with this text.
    pub(super) fn of_text(&self, text: &[u8]) -> Vec<u32> {
        let same = |(_, peer): &(usize, &Peer)| *peer.server.text == *text;
        self.list.iter().enumerate().filter(same).map(|(index, _)| index as u32).collect()
    }

    /// The peer that the request's session is bound to, if it can be chosen (`ngx_http_upstream_get_rr_peer_by_sid`).
    #[inline]
    pub(super) fn bound(&self, selection: &mut Selection, now: Millis, watch: &mut impl Watch) -> Option<usize> {
        if selection.bound.is_empty() { None } else { self.find_bound(selection, now, watch) }
    }

    fn find_bound(&self, selection: &mut Selection, now: Millis, watch: &mut impl Watch) -> Option<usize> {
        let named = |peer: &Peer| peer.server.id.as_bytes() == selection.bound;
        let Some(index) = self.list.iter().position(named) else {
            watch.see(|| Sight::BoundElsewhere);
            return None;
        };
        selection.belongs_to(index);
        let tried = selection.tried.contains(index).then_some(Refusal::Tried);
        let refusal = tried.or_else(|| self.list[index].refusal_of_session(now.seconds()));
        watch.see(|| Sight::Bound(index as u32, refusal));
        refusal.is_none().then_some(index)
    }

    /// Why the request cannot have this peer, if so.
    #[inline]
    pub(super) fn refusal(
        &self,
        index: usize,
        selection: &Selection,
        now: Millis,
        watch: &mut impl Watch,
    ) -> Option<Refusal> {
        let refusal = self.list[index].refusal_of(index, &selection.tried, now.seconds());
        if let Some(refusal) = refusal {
            watch.see(|| Sight::Refused(index as u32, refusal));
        }
        refusal
    }

    /// A peer gains its effective weight. What it gained.
    #[inline]
    pub(super) fn gain(&mut self, index: usize, now: Millis, watch: &mut impl Watch) -> i64 {
        self.list[index].gain(index, self.ramps, now, watch)
    }

    /// Among the peers that gained, the one that got ahead pays for all.
    #[inline]
    pub(super) fn pay(&mut self, index: usize, total: i64, watch: &mut impl Watch) {
        self.list[index].current_weight -= total;
        watch.see(|| Sight::Pays { peer: index as u32, total });
    }
}
