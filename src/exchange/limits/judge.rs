//! What `limit_req` and `limit_conn` mean for a request, and what is logged of it.

use super::{Held, Limited, Verdict, check};
use crate::balance::{Random, Watch};
use crate::exchange::life::Action;
use crate::exchange::notes::Note;
use crate::exchange::state::Exchange;
use crate::exchange::world::{Memory, World};

impl Exchange {
    /// `limit_req`, once for a request however often it is redirected.
    #[inline]
    pub(in crate::exchange) fn limit<M: Memory, R: Random, W: Watch>(&mut self, world: &mut World<M, R, W>) -> Action {
        let limits = world.plan.limits(self.route.location);
        if self.was_limited || limits.requests.is_empty() {
            return self.pass_limits(world);
        }
        let mut filled = limits.requests.clone();
        for limit in &mut filled {
            let mut key = Vec::new();
            world.plan.keys.request_key(limit.zone).write(world.site, self, &mut key);
            // nginx logs a key that is too long, and does not count it.
            limit.key = if key.len() > usize::from(u16::MAX) {
                let key = self.request.keep(&key);
                self.notes.push(Note::LongKey { of_requests: true, zone: limit.zone, key });
                Box::default()
            } else {
                key.into()
            };
        }
        let now = world.now;
        let judged = world.memory.requests(|zones| check(&filled, zones, now));
        let (verdict, dry_run) = (judged.verdict, limits.request_dry_run);
        self.was_limited = verdict != Verdict::Free;
        self.limited_requests = match verdict {
            Verdict::Free => self.limited_requests,
            Verdict::Passed => Some(Limited::Passed),
            Verdict::Delayed(_) => Some(if dry_run { Limited::DelayedDryRun } else { Limited::Delayed }),
            Verdict::Rejected(_) => Some(if dry_run { Limited::RejectedDryRun } else { Limited::Rejected }),
        };
        let delays = matches!(verdict, Verdict::Delayed(_));
        if delays || matches!(verdict, Verdict::Rejected(_)) {
            let level = if delays { limits.request_level.less() } else { limits.request_level };
            let (zone, excess) = (filled[judged.limit].zone, judged.excess.unsigned_abs());
            self.notes.push(Note::LimitsRequests { level, zone, excess, delays, dry_run });
        }
        match verdict {
            Verdict::Rejected(_) if !limits.request_dry_run => self.answer_error(limits.request_status, world),
            Verdict::Delayed(delay) if !limits.request_dry_run => {
                self.waits = now;
                Action::Delay(now.plus(delay))
            }
            _ => self.pass_limits(world),
        }
    }

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
