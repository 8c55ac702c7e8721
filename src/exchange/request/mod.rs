//! The request as the client sent it, with what is read out of its first line. All texts, also those made later on the
//! way (a rewritten path, values of variables), stand in one buffer, as in nginx they stand in the request's pool: a
//! text once written does not change, so a [`Slice`] of it holds as long as the request.

mod arguments;
mod browser;
mod host;
mod known;
mod target;

use std::net::{IpAddr, SocketAddr};

use super::aside::Sub;
use super::headers::is_named;
use super::secured::Handshake;
pub(super) use arguments::{argument, cookie, set_cookie};
use host::ReadHost;
pub(super) use host::valid_host;
use known::{CONDITIONS, Known};
pub(super) use target::Target;

/// A piece of the request's buffer, or of the constants of a [`Site`](super::Site).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Slice {
    pub(super) start: u32,
    pub(super) len: u32,
}

/// Marks a slice of the site's constants.
pub(super) const CONSTANT: u32 = 1 << 31;

impl Slice {
    pub(super) fn new(start: usize, len: usize) -> Slice {
        Slice { start: start as u32, len: len as u32 }
    }

    /// Its bytes from `from` on, at most `len` of them.
    pub(super) fn part(self, from: usize, len: usize) -> Slice {
        let from = (from as u32).min(self.len);
        Slice { start: self.start + from, len: (len as u32).min(self.len - from) }
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    pub(super) fn of(self, bytes: &[u8]) -> &[u8] {
        bytes.get(self.start as usize..(self.start + self.len) as usize).unwrap_or_default()
    }
}

/// What is known before the first byte.
#[derive(Debug, Clone, Copy, Default)]
pub struct Connection {
    /// The client's address; none for a client of a UNIX domain socket.
    pub client: Option<IpAddr>,
    /// The client's port; 0 for none.
    pub client_port: u16,
    /// The address and port that it connected to; none for a UNIX domain socket.
    pub server: Option<SocketAddr>,
    /// Who is behind the client, as the PROXY protocol says.
    pub proxied: Option<SocketAddr>,
    /// It speaks TLS.
    pub tls: bool,
    /// What became of the handshake, where there was one.
    pub handshake: Option<Handshake>,
    /// `$connection`
    pub number: u64,
}

/// The first line.
#[derive(Debug, Clone, Copy, Default)]
pub struct Line<'a> {
    /// `GET`
    pub method: &'a [u8],
    /// The target as it was sent: path and arguments, or a whole URL.
    pub target: &'a [u8],
    /// HTTP's version times ten: 9, 10, 11, 20, 30.
    pub version: u8,
}

/// Bytes that nginx takes for granted in the name of a header: letters, digits and `-`.
static PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        plain[byte] = (byte as u8).is_ascii_alphanumeric() || byte as u8 == b'-';
        byte += 1;
    }
    plain
};

/// One header.
#[derive(Debug, Clone, Copy)]
struct Header {
    name: Slice,
    value: Slice,
}

/// A request.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "nginx's flags, each of its own")]
pub struct Request {
    pub(super) bytes: Vec<u8>,
    headers: Vec<Header>,
    pub(super) known: Known,
    /// The body has no length, and no header says so: HTTP/2.
    unsized_body: bool,
    /// The body is empty, and its end is still to come: HTTP/2.
    late_end: bool,
    /// A header's name has a character that nginx does not take for granted.
    odd_headers: bool,
    pub(super) connection: Connection,
    /// The connection before `real_ip_header` changed the client.
    pub(super) original: Option<(Option<IpAddr>, u16)>,
    pub(super) version: u8,
    /// `$request_method`: an internal redirect may change it.
    pub(super) method: Slice,
    pub(super) sent_method: Slice,
    target: Slice,
    /// The first line as it was sent, if the driver gave it, and what it says of the protocol.
    pub(super) line: Option<Slice>,
    pub(super) protocol: Slice,
    pub(super) id: Slice,
    /// `$uri`
    pub(super) uri: Slice,
    /// `$args`
    pub(super) args: Slice,
    /// `$request_uri`
    pub(super) unparsed: Slice,
    /// The host that was asked for, in lower case and without its port; empty if none was.
    pub(super) host: Slice,
    /// The port that was asked for; 0 for none.
    pub(super) port: u16,
    /// The path had a `%XX` or a `+`, so what is cut from it is escaped where it becomes an argument.
    pub(super) escaped: bool,
    /// The path is still the one that was sent, so that it can be passed on as it came: nginx's `valid_unparsed_uri`.
    pub(super) as_sent: bool,
    /// The text of the client's address, once it was needed.
    pub(super) client_text: Option<Slice>,
    /// The length of the body, once all of it was read.
    pub body_read: Option<u64>,
    /// The host of an earlier request, as it was read: most ask for the same one.
    pub(super) last_host: ReadHost,
}

impl Request {
    /// Forgets the last request, and takes the first line of the next.
    #[inline]
    pub(super) fn start(&mut self, connection: &Connection, line: Line) {
        self.bytes.clear();
        self.headers.clear();
        let empty = Slice::default();
        self.connection = *connection;
        self.known = Known::default();
        (self.odd_headers, self.unsized_body, self.late_end) = (false, false, false);
        (self.escaped, self.as_sent, self.port) = (false, true, 0);
        (self.original, self.client_text, self.body_read) = (None, None, None);
        (self.line, self.protocol) = (None, empty);
        (self.id, self.uri, self.args, self.unparsed, self.host) = (empty, empty, empty, empty, empty);
        self.version = line.version;
        self.method = self.push(line.method);
        self.sent_method = self.method;
        self.target = self.push(line.target);
    }

    /// Begins as a subrequest of `parent`: with its headers and its line, on its connection.
    pub(super) fn begin_within(&mut self, parent: &Request, sub: &Sub) {
        self.clone_from(parent);
        self.uri = self.push(sub.uri);
        if !sub.keeps_args {
            self.args = self.push(sub.args);
        }
        if !sub.keeps_method {
            self.method = self.push(b"GET");
        }
        self.as_sent = false;
    }

    /// Says who sent it, where the connection that it began with did not.
    #[inline]
    pub fn come_from(&mut self, client: Option<IpAddr>, tls: bool, connection: u64) {
        (self.connection.client, self.connection.tls, self.connection.number) = (client, tls, connection);
    }

    /// Adds a header.
    pub fn header(&mut self, name: &[u8], value: &[u8]) {
        self.odd_headers |= !name.iter().all(|byte| PLAIN[usize::from(*byte)]);
        let name = self.push(name);
        let value = self.push(value);
        self.headers.push(Header { name, value });
        self.known.note(name.of(&self.bytes), value);
    }

    /// Adds the `Host` header.
    #[inline]
    pub fn host_header(&mut self, value: &[u8]) {
        let name = self.push(b"Host");
        let value = self.push(value);
        self.headers.push(Header { name, value });
        self.known.note_host(value);
    }

    /// Reads a host, unless it is the one that was read last; whether nginx takes it.
    #[inline]
    pub(super) fn read_host(&mut self, host: Slice) -> bool {
        let text = host.of(&self.bytes);
        self.last_host.is(text) || self.last_host.read(text)
    }

    /// Keeps the first line as it was sent, with what it says of the protocol (`HTTP/1.1`; empty of HTTP/0.9).
    pub fn keep_line(&mut self, line: &[u8], protocol: &[u8]) {
        let kept = self.push(line);
        self.line = Some(kept);
        self.protocol = self.push(protocol);
    }

    /// The first line as it was sent; empty if the driver did not keep it.
    #[must_use]
    pub fn line(&self) -> &[u8] {
        self.get(self.line.unwrap_or_default())
    }

    /// Keeps a text for as long as the request.
    pub fn keep(&mut self, text: &[u8]) -> Slice {
        self.push(text)
    }

    /// Sets `$request_id`.
    pub fn set_id(&mut self, id: &[u8]) {
        self.id = self.push(id);
    }

    /// `$request_method`
    #[must_use]
    pub fn method(&self) -> &[u8] {
        self.get(self.method)
    }

    /// `$uri`: the path as it stands, decoded.
    #[must_use]
    pub fn uri(&self) -> &[u8] {
        self.get(self.uri)
    }

    /// `$args`
    #[must_use]
    pub fn args(&self) -> &[u8] {
        self.get(self.args)
    }

    /// `$request_uri`
    #[must_use]
    pub fn request_uri(&self) -> &[u8] {
        self.get(self.unparsed)
    }

    /// The host that was asked for, in lower case and without its port; empty if none was.
    #[must_use]
    pub fn host(&self) -> &[u8] {
        self.get(self.host)
    }

    /// The value of an argument.
    #[must_use]
    pub fn argument(&self, name: &[u8]) -> Option<&[u8]> {
        let args = self.args();
        let (from, length) = argument(args, name)?;
        args.get(from..from + length)
    }

    /// Appends the first line as it was sent.
    pub fn write_line(&self, out: &mut Vec<u8>) {
        use std::io::Write;
        out.extend_from_slice(self.get(self.sent_method));
        out.push(b' ');
        out.extend_from_slice(self.get(self.target));
        if self.version > 9 {
            // A vector takes all that is written.
            let _ = write!(out, " HTTP/{}.{}", self.version / 10, self.version % 10);
        }
    }

    /// Whether the headers announce a body.
    #[must_use]
    #[inline]
    pub fn has_body(&self) -> bool {
        self.is_chunked()
            || self.late_end
            || self.known.length.is_some_and(|length| self.get(length).iter().any(|digit| *digit != b'0'))
    }

    /// It has a header such as `If-Modified-Since`, of which answers depend.
    #[must_use]
    #[inline]
    pub fn is_conditional(&self) -> bool {
        self.known.seen & CONDITIONS != 0
    }

    /// The body comes in chunks.
    #[must_use]
    pub fn is_chunked(&self) -> bool {
        self.known.encoding.is_some() || self.unsized_body
    }

    /// A body follows, of which no header tells the length.
    pub fn expect_unsized_body(&mut self) {
        self.unsized_body = true;
    }

    /// A body follows of which a header says that it is empty: only its end is waited for.
    pub fn expect_late_end(&mut self) {
        self.late_end = true;
    }

    /// HTTP's version times ten.
    #[must_use]
    pub fn version(&self) -> u8 {
        self.version
    }

    /// The connection that it came on.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The client's address, as `real_ip_header` left it; none for a client of a UNIX domain socket.
    #[must_use]
    pub fn client(&self) -> Option<IpAddr> {
        self.connection.client
    }

    /// The headers: names as they were sent.
    pub fn headers(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.headers.iter().map(|header| (self.get(header.name), self.get(header.value)))
    }

    /// The values of a header, in order.
    pub(super) fn values<'r>(&'r self, name: &'r [u8]) -> impl DoubleEndedIterator<Item = Slice> + 'r {
        let named = move |header: &&Header| {
            header.name.len as usize == name.len() && self.get(header.name).eq_ignore_ascii_case(name)
        };
        self.headers.iter().filter(named).map(|header| header.value)
    }

    /// The values of the header that a variable names: `_` stands for `-`.
    pub(super) fn values_of_variable<'r>(&'r self, name: &'r [u8]) -> impl Iterator<Item = Slice> + 'r {
        let named = move |header: &&Header| is_named(self.get(header.name), name);
        self.headers.iter().filter(named).map(|header| header.value)
    }

    /// The first value of a header.
    #[must_use]
    pub fn value<'r>(&'r self, name: &'r [u8]) -> Option<&'r [u8]> {
        self.values(name).next().map(|value| self.get(value))
    }

    /// Drops headers whose names nginx does not take: `underscores` and `odd` say which it does.
    pub(super) fn drop_odd_headers(&mut self, underscores: bool, odd: bool) {
        if !self.odd_headers || odd {
            return;
        }
        let Request { bytes, headers, .. } = self;
        let good = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-' || (*byte == b'_' && underscores);
        headers.retain(|header| header.name.of(bytes).iter().all(good));
    }

    /// Reads the target.
    pub(super) fn read_target(&mut self, merge_slashes: bool) -> Option<Target> {
        let target = Target::read(&mut self.bytes, self.target, merge_slashes)?;
        (self.uri, self.args, self.unparsed) = (target.uri, target.args, target.unparsed);
        self.escaped = target.escaped;
        self.as_sent = !target.has_no_path;
        Some(target)
    }

    /// Takes a target that is a path and needs no work as it is; whether it was one.
    pub(super) fn take_plain_target(&mut self) -> bool {
        let text = self.target.of(&self.bytes);
        let Some(end) = target::plain(text).filter(|_| text.first() == Some(&b'/')) else { return false };
        let length = text.len();
        (self.uri, self.unparsed) = (self.target.part(0, end), self.target);
        self.args = self.target.part((end + 1).min(length), length);
        true
    }

    /// Appends bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Slice {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        Slice::new(start, bytes.len())
    }

    /// Everything that was appended since the buffer had this length.
    pub(super) fn since(&self, start: usize) -> Slice {
        Slice::new(start, self.bytes.len() - start)
    }

    pub(super) fn get(&self, slice: Slice) -> &[u8] {
        slice.of(&self.bytes)
    }

    /// The target as it was sent.
    pub(super) fn target_slice(&self) -> Slice {
        self.target
    }
}
