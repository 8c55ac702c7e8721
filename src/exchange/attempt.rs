//! One try at a peer: what `$upstream_addr`, `$upstream_status` and the `$upstream_*_time` variables tell of it.

use crate::balance::Millis;

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Ending {
    /// It has not yet.
    #[default]
    Running,
    /// The peer answered, and the answer went to the client.
    Answered,
    /// The peer's status made nginx try another peer (`proxy_next_upstream http_503`).
    Status,
    /// No connection: refused, unreachable.
    Refused,
    /// No connection in time.
    ConnectTimeout,
    /// No answer in time.
    ReadTimeout,
    /// The connection was closed before an answer.
    Reset,
    /// The header of the answer could not be read.
    InvalidHeader,
    /// No peer was eligible: the attempt names the group.
    NoLive,
    /// The client went away.
    ClientGone,
}

impl Ending {
    /// Whether nginx holds it against the peer.
    #[must_use]
    pub fn is_failure(self) -> bool {
        !matches!(self, Ending::Running | Ending::Answered | Ending::ClientGone | Ending::NoLive)
    }
}

/// One try.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// `$upstream_addr`: the peer's address, or the group's name where no peer was eligible.
    pub addr: String,
    /// The group, as an index into those of the configuration; `None` for addresses that `proxy_pass` named itself.
    pub upstream: Option<u32>,
    /// The peer: its number in the group, backup servers after the others; `None` where none was eligible.
    pub peer: Option<u32>,
    /// The connections open to the peer when it was picked, this one among them.
    pub conns: u64,
    /// When it began.
    pub started: Millis,
    /// `$upstream_status`; 0 while there is none.
    pub status: u16,
    /// `$upstream_connect_time` in milliseconds, once the connection stood.
    pub connect_time: Option<u64>,
    /// `$upstream_header_time` in milliseconds, once the header was there.
    pub header_time: Option<u64>,
    /// `$upstream_response_time` in milliseconds, once it ended.
    pub response_time: Option<u64>,
    /// `$upstream_bytes_received`
    pub bytes_received: u64,
    /// `$upstream_bytes_sent`
    pub bytes_sent: u64,
    /// `$upstream_response_length`
    pub response_length: u64,
    /// How it ended.
    pub ending: Ending,
    /// Until when the peer is unavailable, where this failure made it so.
    pub unavailable_until: Option<Millis>,
}

impl Attempt {
    /// An attempt that begins.
    #[inline]
    #[must_use]
    pub fn new(addr: &str, peer: Option<u32>, started: Millis) -> Attempt {
        Attempt {
            addr: addr.to_owned(),
            upstream: None,
            peer,
            conns: 0,
            started,
            status: 0,
            connect_time: None,
            header_time: None,
            response_time: None,
            bytes_received: 0,
            bytes_sent: 0,
            response_length: 0,
            ending: Ending::Running,
            unavailable_until: None,
        }
    }

    /// [`Attempt::new`] in the same place. The few bytes of an address are copied sooner than a count of who shares them
    /// goes up and down.
    #[inline]
    fn again(&mut self, addr: &str, started: Millis) {
        self.addr.clear();
        self.addr.push_str(addr);
        (self.upstream, self.peer, self.conns, self.started, self.status) = (None, None, 0, started, 0);
        (self.connect_time, self.header_time, self.response_time) = (None, None, None);
        (self.ending, self.unavailable_until) = (Ending::Running, None);
        (self.bytes_received, self.bytes_sent, self.response_length) = (0, 0, 0);
    }
}

/// The tries of one request, in order. The room of earlier requests' tries is used again.
#[derive(Debug, Clone, Default)]
pub struct Attempts {
    list: Vec<Attempt>,
    count: usize,
}

impl Attempts {
    /// Forgets all.
    #[inline]
    pub fn clear(&mut self) {
        self.count = 0;
    }

    /// A try begins, at this address.
    #[inline]
    pub fn begin(&mut self, addr: &str, started: Millis) -> &mut Attempt {
        let at = self.count;
        self.count += 1;
        if at == self.list.len() {
            self.list.push(Attempt::new(addr, None, started));
        } else {
            self.list[at].again(addr, started);
        }
        &mut self.list[at]
    }
}

impl std::ops::Deref for Attempts {
    type Target = [Attempt];

    #[inline]
    fn deref(&self) -> &[Attempt] {
        &self.list[..self.count]
    }
}

impl std::ops::DerefMut for Attempts {
    #[inline]
    fn deref_mut(&mut self) -> &mut [Attempt] {
        &mut self.list[..self.count]
    }
}
