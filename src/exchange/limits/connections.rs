//! `limit_conn`: how many requests with a key may be under way at once (`ngx_http_limit_conn_module.c`). In HTTP a
//! connection counts while it has a request.

use std::collections::HashMap;

/// What the keys of one zone hold.
#[derive(Debug, Clone, Default)]
pub struct ConnectionZone {
    held: HashMap<Box<[u8]>, u32>,
}

/// Something that a request holds, to be given back at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The zone, by index.
    pub zone: usize,
    /// The key.
    pub key: Box<[u8]>,
}

impl ConnectionZone {
    /// One more for the key, unless it has `most` already.
    pub fn hold(&mut self, key: &[u8], most: u32) -> bool {
        match self.held.get_mut(key) {
            Some(count) if *count >= most => return false,
            Some(count) => *count += 1,
            None => drop(self.held.insert(key.into(), 1)),
        }
        true
    }

    /// One less for the key.
    pub fn release(&mut self, key: &[u8]) {
        if let Some(count) = self.held.get_mut(key) {
            *count -= 1;
            if *count == 0 {
                self.held.remove(key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_allowed() {
        let mut zone = ConnectionZone::default();
        assert!(zone.hold(b"a", 2) && zone.hold(b"a", 2) && zone.hold(b"b", 1));
        assert!(!zone.hold(b"a", 2));
        zone.release(b"a");
        assert!(zone.hold(b"a", 2));
        zone.release(b"b");
        assert!(!zone.held.contains_key(&b"b"[..]));
    }
}
