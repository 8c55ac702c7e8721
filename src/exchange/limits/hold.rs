//! `limit_conn` as a request meets it: it counts under its keys until it is done.

use super::{Held, Limited};
use crate::exchange::notes::Note;
use crate::exchange::state::Exchange;
use crate::exchange::world::{Memory, World};

impl Exchange {
    /// Counts the request under its keys, or gives the status by which it is refused.
    #[inline]
    pub(in crate::exchange) fn hold_connections<M: Memory, R, W>(
        &mut self,
        world: &mut World<M, R, W>,
    ) -> Result<(), u16> {
        let limits = world.plan.limits(self.route.location);
        if self.was_counted || limits.connections.is_empty() {
            return Ok(());
        }
        for (zone, most) in &limits.connections {
            let mut key = Vec::new();
            world.plan.keys.connection_key(*zone).write(world.site, self, &mut key);
            if key.len() > usize::from(u8::MAX) {
                let key = self.request.keep(&key);
                self.notes.push(Note::LongKey { of_requests: false, zone: *zone, key });
                continue;
            }
            if key.is_empty() {
                continue;
            }
            self.was_counted = true;
            self.limited_connections = Some(Limited::Passed);
            if world.memory.connections(*zone, |zone| zone.hold(&key, *most)) {
                self.held.push(Held { zone: *zone, key: key.into() });
                continue;
            }
            for Held { zone, key } in self.held.drain(..) {
                world.memory.connections(zone, |zone| zone.release(&key));
            }
            let (level, dry_run) = (limits.connection_level, limits.connection_dry_run);
            self.limited_connections = Some(if dry_run { Limited::RejectedDryRun } else { Limited::Rejected });
            self.notes.push(Note::LimitsConnections { level, zone: *zone, dry_run });
            return if limits.connection_dry_run { Ok(()) } else { Err(limits.connection_status) };
        }
        Ok(())
    }
}
