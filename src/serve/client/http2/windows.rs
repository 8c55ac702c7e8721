//! Windows of flow control: how they grow, and which streams then go on.

use super::receive::{broken, protocol};
use super::session::{Broken, Session};
use crate::wire::http2::{Code, MAX_WINDOW, frame};

impl Session {
    /// A stream's body was taken to this extent; its window grows back.
    pub fn grow_window(&mut self, id: u32, to: u32) {
        let Some(open) = self.streams.get_mut(&id) else { return };
        if open.in_closed || open.recv_window >= to {
            return;
        }
        let increment = to - open.recv_window;
        open.recv_window = to;
        frame::window(self.out(), id, increment);
        self.wake();
    }

    /// The stream waits for the connection's window, in the order of importance.
    pub fn wait_for_window(&mut self, id: u32) {
        let Some(open) = self.streams.get_mut(&id) else { return };
        if std::mem::replace(&mut open.waits, true) {
            return;
        }
        let own = self.priorities.of(id);
        let before = |other: &u32| !own.is_before(self.priorities.of(*other));
        let at = self.waiting.iter().rposition(before).map_or(0, |at| at + 1);
        self.waiting.insert(at, id);
    }

    /// A stream's own window has grown: it goes on, or waits for the connection's.
    pub fn go_on(&mut self, id: u32) {
        let blocked = self.send_window == 0;
        let Some(open) = self.streams.get_mut(&id).filter(|open| open.send_window > 0 && !open.waits) else { return };
        if std::mem::take(&mut open.is_exhausted) && blocked {
            self.wait_for_window(id);
        } else {
            open.wake();
        }
    }

    /// The connection's window has grown.
    pub fn wake_waiting(&mut self) {
        for id in std::mem::take(&mut self.waiting) {
            if let Some(open) = self.streams.get_mut(&id) {
                open.waits = false;
                open.wake();
            }
        }
    }

    /// Takes a WINDOW_UPDATE frame.
    pub(super) fn window(&mut self, id: u32, increment: u32) -> Result<(), Broken> {
        if increment == 0 {
            return protocol("client sent WINDOW_UPDATE frame with incorrect window increment 0");
        }
        if id == 0 {
            if increment > MAX_WINDOW - self.send_window {
                let says = format!(
                    "client violated connection flow control: received WINDOW_UPDATE frame with window increment \
                     {increment} not allowed for window {}",
                    self.send_window
                );
                return Err(broken(Code::FLOW_CONTROL, says));
            }
            self.send_window += increment;
            self.wake_waiting();
            return Ok(());
        }
        let Some(open) = self.streams.get_mut(&id) else { return Ok(()) };
        if i64::from(increment) > i64::from(MAX_WINDOW) - open.send_window {
            self.reset(id, Code::FLOW_CONTROL);
            return Ok(());
        }
        open.send_window += i64::from(increment);
        self.go_on(id);
        Ok(())
    }

    /// The initial window of streams changes, and with it that of all that are there.
    pub(super) fn change_windows(&mut self, delta: i64) {
        self.init_window = (i64::from(self.init_window) + delta) as u32;
        let (mut over, mut changed) = (Vec::new(), Vec::new());
        for (id, open) in &mut self.streams {
            if delta > 0 && open.send_window > i64::from(MAX_WINDOW) - delta {
                over.push(*id);
                continue;
            }
            open.send_window += delta;
            changed.push(*id);
        }
        changed.sort_unstable();
        for id in changed {
            self.go_on(id);
        }
        for id in over {
            self.reset(id, Code::FLOW_CONTROL);
        }
    }
}
