//! When two connections that are passed on to each other are over: `ngx_stream_proxy_test_finalize`.

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Who connected.
    Client,
    /// Whom the session was passed on to.
    Peer,
}

/// How far both have got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ends {
    client: End,
    peer: End,
    /// One of them was told that no more comes.
    half_closed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct End {
    /// It says nothing more.
    ended: bool,
    /// It has not taken all that is for it.
    behind: bool,
}

impl Side {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Side {
        match self {
            Side::Client => Side::Peer,
            Side::Peer => Side::Client,
        }
    }
}

impl Ends {
    fn of(&mut self, side: Side) -> &mut End {
        match side {
            Side::Client => &mut self.client,
            Side::Peer => &mut self.peer,
        }
    }

    /// A side says nothing more.
    pub fn end(&mut self, side: Side) {
        self.of(side).ended = true;
    }

    /// Whether a side says nothing more.
    #[must_use]
    pub fn has_ended(&self, side: Side) -> bool {
        match side {
            Side::Client => self.client.ended,
            Side::Peer => self.peer.ended,
        }
    }

    /// Whether something for a side waits until that takes it.
    pub fn waits(&mut self, side: Side, behind: bool) {
        self.of(side).behind = behind;
    }

    /// Whether the session is over. With `half_close` both sides must have ended and have all that is for them; without it
    /// the end of one ends the session, once the other has what it said.
    #[must_use]
    pub fn are_over(&self, half_close: bool) -> bool {
        let Ends { client, peer, .. } = self;
        if half_close {
            return client.ended && peer.ended && !client.behind && !peer.behind;
        }
        let waits = |end: &End| !end.ended && end.behind;
        (client.ended || peer.ended) && !waits(client) && !waits(peer)
    }

    /// Whether the other side of one that has ended is to be told so now: once in a session, when it has all.
    pub fn shuts(&mut self, ended: Side) -> bool {
        let shuts = self.of(ended).ended && !self.half_closed && !self.of(ended.other()).behind;
        self.half_closed |= shuts;
        shuts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(ended: &[Side], behind: &[Side]) -> Ends {
        let mut ends = Ends::default();
        for side in ended {
            ends.end(*side);
        }
        for side in behind {
            ends.waits(*side, true);
        }
        ends
    }

    #[test]
    fn one_end_is_enough_unless_halves_close_apart() {
        use Side::{Client, Peer};
        for (ended, behind, over, over_by_halves) in [
            (&[][..], &[][..], false, false),
            (&[Client], &[], true, false),
            (&[Client], &[Peer], false, false),
            (&[Client], &[Client], true, false),
            (&[Peer], &[], true, false),
            (&[Peer], &[Client], false, false),
            (&[Client, Peer], &[], true, true),
            (&[Client, Peer], &[Client], true, false),
        ] {
            let ends = ends(ended, behind);
            assert_eq!(ends.are_over(false), over, "{ends:?}");
            assert_eq!(ends.are_over(true), over_by_halves, "{ends:?}");
        }
    }

    #[test]
    fn the_other_side_is_told_once_it_has_all() {
        let mut ends = ends(&[Side::Client], &[Side::Peer]);
        assert!(!ends.shuts(Side::Client) && !ends.shuts(Side::Peer));
        ends.waits(Side::Peer, false);
        assert!(ends.shuts(Side::Client));
        ends.end(Side::Peer);
        assert!(!ends.shuts(Side::Client) && !ends.shuts(Side::Peer), "one half only");
    }
}
