//! What a balancer learns of a session of `stream`, which has no header and no status: that the connection stood, and
//! when (`peer.notify` of nginx).

use crate::exchange::state::Exchange;
use crate::exchange::world::{Memory, World};
use crate::modules::shared::upstream::Timing;

impl Exchange {
    /// The connection of a session of `stream` stands: `ngx_stream_proxy_init_upstream`.
    pub(in crate::exchange) fn session_connected<M: Memory, R, W>(&mut self, world: &mut World<M, R, W>) {
        let now = world.now;
        self.connected(now);
        self.with_group(world, |group, selection, _, _| group.connected(selection));
        self.measure(Timing::Connect, world);
    }

    /// The first byte for a session came from its peer.
    pub(in crate::exchange) fn first_byte<M: Memory, R, W>(&mut self, world: &mut World<M, R, W>) {
        if let Some(attempt) = self.attempts.last_mut() {
            attempt.header_time = Some(world.now.since(attempt.started));
        }
        self.measure(Timing::FirstByte, world);
    }

    /// Tells the balancer a time, if it goes by this one.
    fn measure<M: Memory, R, W>(&mut self, timing: Timing, world: &mut World<M, R, W>) {
        let Some(id) = self.tries.group.upstream() else { return };
        if world.plan.upstream(id).timing == Some(timing)
            && let Some(time) = self.measured(world)
        {
            let now = world.now;
            self.with_group(world, |group, selection, _, _| group.header(selection, time, now));
        }
    }

    /// What stands for the time until the header where there are no headers: that until the first byte if the balancer
    /// goes by it, else that until the connection stood.
    pub(super) fn measured<M, R, W>(&self, world: &World<M, R, W>) -> Option<u64> {
        let attempt = self.attempts.last()?;
        match world.plan.upstream(self.tries.group.upstream()?).timing {
            Some(Timing::FirstByte) => attempt.header_time,
            _ => attempt.connect_time,
        }
    }
}
