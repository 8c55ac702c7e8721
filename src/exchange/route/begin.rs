//! From a request's head to its server: `ngx_http_process_request_line`, `ngx_http_process_request_headers`,
//! `ngx_http_process_request_header`, `ngx_http_set_virtual_server`, and the client's address by `real_ip_header`.

use super::Found;
use super::phases::Phase;
use crate::exchange::notes::Note;
use crate::exchange::request::{Slice, Target, valid_host};
use crate::exchange::site::{Listener, ListenerId, Realip, Sender, ServerId, Site};
use crate::exchange::state::Exchange;
use crate::exchange::value::real_client;

/// The server that was asked for does not speak the connection's protocol.
const MISDIRECTED: u16 = 421;

impl Exchange {
    /// Finds the location of the request, which came to `listener`.
    pub fn begin(&mut self, site: &Site, listener: ListenerId) -> Found {
        self.route.prepare(site);
        let first = self.first_server(site, listener);
        self.choose(site, first);
        let server = site.server(first);
        self.request.drop_odd_headers(server.underscores, server.odd_headers);
        let read = self.read_head(site, site.listener(listener));
        let of = site.listener(listener);
        if self.request.version == 20 && !of.http2 && !site.server(self.route.server).http2 {
            return self.refuse(site, MISDIRECTED);
        }
        if let Err(status) = read.and_then(|()| self.judge_tls(site, listener)) {
            self.route.closes = true;
            return self.refuse(site, status);
        }
        self.find_client(site);
        self.phases(site, Phase::Server)
    }

    /// [`Exchange::begin`] of what is no request: the default server answers with this status.
    pub(in crate::exchange) fn begin_refused(&mut self, site: &Site, listener: ListenerId, status: u16) -> Found {
        self.route.prepare(site);
        if self.request.host.is_empty() {
            let first = self.first_server(site, listener);
            self.choose(site, first);
        }
        self.route.closes = true;
        self.refuse(site, status)
    }

    /// Gets ready for a server, without a request.
    pub(in crate::exchange) fn enter_server(&mut self, site: &Site, server: ServerId) {
        self.route.prepare(site);
        self.choose(site, server);
    }

    #[inline]
    pub(in crate::exchange) fn choose(&mut self, site: &Site, server: ServerId) {
        self.route.server = server;
        self.route.location = site.server(server).location;
    }

    /// Reads target and headers, and chooses the server.
    #[inline]
    fn read_head(&mut self, site: &Site, listener: &Listener) -> Result<(), u16> {
        let connect = self.request.version < 20 && self.request.method() == b"CONNECT";
        if connect || !self.request.take_plain_target() {
            let merges = site.server(self.route.server).merge_slashes;
            let target = if connect { self.request.connect_target() } else { self.request.read_target(merges) };
            let Some(target) = target else {
                return Err(self.bad_line("client sent invalid request"));
            };
            if let Some(host) = target.host {
                let invalid = |exchange: &mut Exchange| exchange.bad_line("client sent invalid host in request line");
                self.take_host(site, listener, host, invalid)?;
            }
        }
        match self.request.known.host {
            Some(host) if self.request.host.is_empty() => {
                self.take_host(site, listener, host, |exchange| exchange.bad("client sent invalid host header"))?;
            }
            Some(host) if valid_host(self.request.get(host)).is_none() => {
                return Err(self.bad("client sent invalid host header"));
            }
            None if self.request.host.is_empty() => self.choose_by_name(site, listener, Slice::default())?,
            Some(_) | None => {}
        }
        if self.request.known.repeated {
            return Err(self.repeated());
        }
        if self.request.known.host.is_none() && self.request.version > 10 {
            return Err(self.bad("client sent HTTP/1.1 request without \"Host\" header"));
        }
        self.check_body()?;
        match self.request.method() {
            b"TRACE" => {
                self.bad("client sent TRACE method");
                Err(405)
            }
            b"CONNECT" if self.request.version != 11 || !site.server(self.route.server).allow_connect => {
                self.bad("client sent CONNECT method");
                Err(405)
            }
            _ => Ok(()),
        }
    }

    #[inline]
    fn take_host(
        &mut self,
        site: &Site,
        listener: &Listener,
        host: Slice,
        invalid: impl FnOnce(&mut Exchange) -> u16,
    ) -> Result<(), u16> {
        if !self.request.read_host(host) {
            return Err(invalid(self));
        }
        let length = self.request.last_host.length;
        let mut host = host.part(0, length);
        if !self.request.last_host.lower {
            let start = self.request.bytes.len();
            self.request.bytes.extend_from_within(host.start as usize..host.start as usize + length);
            self.request.bytes[start..].make_ascii_lowercase();
            host = self.request.since(start);
        }
        (self.request.host, self.request.port) = (host, self.request.last_host.port);
        self.choose_by_name(site, listener, host)
    }

    /// `ngx_http_set_virtual_server`
    #[inline]
    fn choose_by_name(&mut self, site: &Site, listener: &Listener, host: Slice) -> Result<(), u16> {
        let Some(handshake) = self.request.connection.handshake.filter(|handshake| handshake.named) else {
            self.find_by_name(site, listener, host);
            return Ok(());
        };
        self.choose(site, listener.default);
        self.find_by_name(site, listener, host);
        let now = (self.epoch + self.now.0) / 1000;
        self.judge_name(site, handshake, now.cast_signed())
    }

    /// `ngx_http_find_virtual_server`
    #[inline]
    fn find_by_name(&mut self, site: &Site, listener: &Listener, host: Slice) {
        let Some(choice) = &listener.names else { return };
        if let Some(server) = choice.names.find(self.request.get(host)) {
            return self.choose(site, ServerId(server));
        }
        if host.is_empty() {
            return;
        }
        if let Some((_, server)) = choice.patterns.iter().find(|(pattern, _)| site.matches(self, *pattern, host)) {
            self.choose(site, *server);
        }
    }

    /// Notes what is wrong with the head, and gives the status.
    #[cold]
    fn bad(&mut self, words: &'static str) -> u16 {
        self.notes.push(Note::BadHead(words));
        400
    }

    /// Notes what is wrong with the first line, and gives the status.
    #[cold]
    fn bad_line(&mut self, words: &'static str) -> u16 {
        self.notes.push(Note::BadLine(words));
        400
    }

    /// A header came twice that may come only once.
    #[cold]
    fn repeated(&mut self) -> u16 {
        const ONCE: &[&[u8]] = &[
            b"host",
            b"content-length",
            b"transfer-encoding",
            b"authorization",
            b"content-range",
            b"expect",
            b"if-match",
            b"if-modified-since",
            b"if-none-match",
            b"if-range",
            b"if-unmodified-since",
            b"proxy-authorization",
        ];
        let headers: Vec<(Vec<u8>, Vec<u8>)> =
            self.request.headers().map(|(name, value)| (name.to_vec(), value.to_vec())).collect();
        for (at, (name, value)) in headers.iter().enumerate() {
            let same = |(other, _): &&(Vec<u8>, Vec<u8>)| other.eq_ignore_ascii_case(name);
            let Some((before, previous)) = headers[..at].iter().find(same) else { continue };
            if !ONCE.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                continue;
            }
            let what: &[u8] = if name.eq_ignore_ascii_case(b"host") { b"host header" } else { b"header line" };
            let words: [&[u8]; 10] = [
                b"client sent duplicate ",
                what,
                b": \"",
                name,
                b": ",
                value,
                b"\", previous value: \"",
                before,
                b": ",
                previous,
            ];
            let mut text = words.concat();
            text.push(b'"');
            let text = self.request.keep(&text);
            self.notes.push(Note::BadText(text));
            break;
        }
        400
    }

    /// What the headers say of the body.
    #[inline]
    fn check_body(&mut self) -> Result<(), u16> {
        let known = self.request.known;
        let length = known.length.map(|length| self.request.get(length));
        if length.is_some_and(|length| number(length).is_none()) {
            return Err(self.bad("client sent invalid \"Content-Length\" header"));
        }
        let Some(encoding) = known.encoding else { return Ok(()) };
        if self.request.version < 11 {
            return Err(self.bad("client sent HTTP/1.0 request with \"Transfer-Encoding\" header"));
        }
        match self.request.get(encoding).eq_ignore_ascii_case(b"chunked") {
            true if length.is_some() => {
                Err(self.bad("client sent \"Content-Length\" and \"Transfer-Encoding\" headers at the same time"))
            }
            true => Ok(()),
            false => {
                self.notes.push(Note::BadHeader("client sent unknown \"Transfer-Encoding\"", encoding));
                Err(501)
            }
        }
    }

    /// The length of the body that the headers announce.
    #[must_use]
    pub fn body_length(&self) -> Option<u64> {
        number(self.request.get(self.request.known.length?))
    }

    /// `ngx_http_realip_handler`
    #[inline]
    pub(super) fn find_client(&mut self, site: &Site) {
        if let Some(realip) = &site.location(self.route.location).realip {
            self.believe(realip);
        }
    }

    /// Takes the client's address from who is trusted to know it, once.
    #[cold]
    fn believe(&mut self, realip: &Realip) {
        if self.request.original.is_some() {
            return;
        }
        let request = &self.request;
        let client = (request.connection.client, request.connection.client_port);
        let (trusted, recursive) = (&realip.trusted, realip.recursive);
        let found = match &realip.header {
            Sender::Chain => real_client(request, client, request.values(b"x-forwarded-for"), trusted, recursive),
            Sender::Header(name) => {
                let first = request.values(name).next();
                real_client(request, client, first.into_iter(), trusted, recursive)
            }
            Sender::ProxyProtocol => {
                let believed = trusted.iter().any(|network| network.contains(client.0));
                let proxied = request.connection.proxied.filter(|_| believed);
                proxied.map(|address| (address.ip(), address.port()))
            }
        };
        if let Some((address, port)) = found {
            self.request.original = Some(client);
            (self.request.connection.client, self.request.connection.client_port) = (Some(address), port);
            self.request.client_text = None;
        }
    }
}

/// `ngx_atoof`
fn number(digits: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(digits).ok().filter(|_| digits.iter().all(u8::is_ascii_digit))?;
    text.parse().ok().filter(|number| i64::try_from(*number).is_ok())
}

impl crate::exchange::request::Request {
    /// The target of `CONNECT`: a host and a port; the path is `/`.
    fn connect_target(&mut self) -> Option<Target> {
        let host = self.target_slice();
        let (_, port) = valid_host(self.get(host))?;
        let uri = self.push(b"/");
        (self.uri, self.unparsed) = (uri, uri);
        (port > 0).then_some(Target { uri, unparsed: uri, host: Some(host), ..Target::default() })
    }
}
