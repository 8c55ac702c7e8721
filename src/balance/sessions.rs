//! The sessions of `sticky learn`: which server each is bound to, in a zone that all workers share
//! (`ngx_http_upstream_sticky_module.c`).
//!
//! A session is known by the MD5 sum of its name, and forgotten when it was not used for its timeout. When the zone is
//! full the one that was used longest ago makes room.

use std::sync::Arc;

use md5::{Digest as _, Md5};

use super::{Millis, Recent};

/// Bytes that one session takes of its zone: nginx's slab gives 137 bytes from pieces of 256.
const PIECE: u64 = 256;

/// The sessions of one zone.
#[derive(Debug, Clone)]
pub struct Sessions {
    timeout: u64,
    room: usize,
    by_name: Recent<[u8; 16], Session>,
}

#[derive(Debug, Clone, Default)]
struct Session {
    server: Arc<str>,
    used: Millis,
}

impl Sessions {
    /// Sessions in a zone of so many bytes, forgotten after `timeout` milliseconds without use.
    #[must_use]
    pub fn new(zone: u64, timeout: u64) -> Sessions {
        Sessions { timeout, room: super::recent::pieces(zone, PIECE), by_name: Recent::default() }
    }

    /// From now on sessions are forgotten after so many milliseconds without use.
    pub fn forget_after(&mut self, timeout: u64) {
        self.timeout = timeout;
    }

    /// The id of the server that a session is bound to.
    pub fn find(&mut self, name: &[u8], now: Millis) -> Option<&str> {
        self.expire(now);
        self.by_name.get(&key_of(name)).map(|session| &*session.server)
    }

    /// A session was served by a server: a known one is bound to it from now on, an unknown one only if it was just
    /// created.
    pub fn learn(&mut self, name: &[u8], server: &Arc<str>, created: bool, now: Millis) {
        self.expire(now);
        let key = key_of(name);
        if let Some(session) = self.by_name.touch(&key) {
            session.server.clone_from(server);
            session.used = now;
        } else if created {
            if self.by_name.len() >= self.room {
                self.by_name.pop_oldest();
            }
            self.by_name.insert(key, Session { server: server.clone(), used: now });
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    fn expire(&mut self, now: Millis) {
        while self.by_name.oldest().is_some_and(|(_, session)| session.used.plus(self.timeout) <= now) {
            self.by_name.pop_oldest();
        }
    }
}

fn key_of(name: &[u8]) -> [u8; 16] {
    Md5::digest(name).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(sessions: &mut Sessions, name: &str, at: u64) -> String {
        sessions.find(name.as_bytes(), Millis(at)).unwrap_or("none").to_owned()
    }

    #[test]
    fn learned_moved_forgotten() {
        let mut sessions = Sessions::new(64 << 10, 1000);
        let (a, b): (Arc<str>, Arc<str>) = ("a".into(), "b".into());
        sessions.learn(b"s1", &a, false, Millis(0));
        assert_eq!(server(&mut sessions, "s1", 0), "none");
        sessions.learn(b"s1", &a, true, Millis(0));
        sessions.learn(b"s2", &a, true, Millis(10));
        assert_eq!(server(&mut sessions, "s1", 500), "a");
        sessions.learn(b"s1", &b, false, Millis(600));
        assert_eq!(server(&mut sessions, "s2", 1009), "a");
        assert_eq!(server(&mut sessions, "s2", 1010), "none");
        assert_eq!(server(&mut sessions, "s1", 1599), "b");
        assert_eq!(server(&mut sessions, "s1", 1600), "none");
        assert!(sessions.is_empty());
    }

    #[test]
    fn the_longest_unused_makes_room() {
        let mut sessions = Sessions::new(32 << 10, 1000);
        let room = sessions.room;
        for n in 0..=room {
            sessions.learn(n.to_string().as_bytes(), &"a".into(), true, Millis(1));
        }
        assert_eq!(sessions.len(), room);
        assert_eq!(server(&mut sessions, "0", 1), "none");
        assert_eq!(server(&mut sessions, "1", 1), "a");
    }
}
