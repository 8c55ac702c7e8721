//! The request as it goes to an HTTP server: `ngx_http_proxy_create_request`.

use rustc_hash::FxHashSet;

use super::rewrites::Rewrites;
use super::uri::escape;
use crate::config::{Config, ScopeId, Text, Value};
use crate::exchange::answer::{Treatments, number};
use crate::exchange::request::Slice;
use crate::exchange::site::Site;
use crate::exchange::state::Exchange;
use crate::exchange::upstream::Compile;
use crate::exchange::value::Template;
use crate::modules::http::core::location::Location;
use crate::modules::http::{grpc, proxy};
use crate::modules::shared::pass::{self, Protocol};
use crate::modules::{Target, Version};

/// The version of HTTP that an upstream is spoken to in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpVersion {
    /// 1.0
    Http10,
    /// 1.1
    Http11,
    /// 2
    Http2,
}

/// The client's body, as the request announces it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// There is none, and none was announced.
    None,
    /// So many bytes.
    Length(u64),
    /// Chunks, as they come.
    Chunked,
}

/// A header that nginx sends.
#[derive(Debug)]
enum Line {
    /// As the configuration says.
    Set(Slice, Template),
    /// The length of the body.
    ContentLength,
    /// That the body comes in chunks.
    TransferEncoding,
    /// That trailers are taken, where the client takes them: gRPC.
    Te,
    /// Always the same.
    Fixed(&'static [u8]),
}

/// How one location passes requests on.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "nginx's flags, each of its own")]
pub struct Http {
    /// HTTP's version.
    pub version: HttpVersion,
    method: Option<Template>,
    host: Option<Template>,
    lines: Vec<Line>,
    /// Names, in lower case, of the client's headers that are not passed on as they are.
    replaced: FxHashSet<Box<[u8]>>,
    longest_replaced: usize,
    body: Option<Template>,
    pass_headers: bool,
    pass_body: bool,
    /// It is gRPC.
    is_grpc: bool,
    /// Headers after the answer's body are passed on.
    pub pass_trailers: bool,
    /// What takes the place of the location's path.
    uri: Slice,
    /// The length of the location's path.
    location: usize,
    /// What changes in answers.
    pub rewrites: Rewrites,
    /// What becomes of the headers of answers.
    pub treatments: Treatments,
}

/// The headers that nginx removes or sends by itself, where the configuration does not.
const OWN: &[&str] = &[
    "Host",
    "Connection",
    "Proxy-Connection",
    "Content-Length",
    "Transfer-Encoding",
    "TE",
    "Keep-Alive",
    "Expect",
    "Upgrade",
];

/// The first version that keeps connections to upstreams by default, and speaks HTTP/1.1 to them.
const KEEPS: Version = Version::read("1.29.7");
/// The first version that removes `Proxy-Connection`.
const PROXY_CONNECTION: Version = Version::read("1.31.0");
/// A name longer than this is in no table.
const ROOM: usize = 128;

impl Http {
    /// What holds in a scope.
    pub fn compile(config: &Config, scope: ScopeId, target: &Target, compile: &mut dyn Compile) -> Http {
        let pass = pass::effective(config, scope);
        if pass.is_some_and(|pass| pass.protocol == Protocol::Grpc) {
            return Http::compile_grpc(config, scope, target, compile);
        }
        let version = match config.effective(scope, "proxy_http_version").map(|set| &set.value) {
            Some(Value::Enum(0)) => HttpVersion::Http10,
            Some(Value::Enum(2)) => HttpVersion::Http2,
            None if target.version < KEEPS => HttpVersion::Http10,
            _ => HttpVersion::Http11,
        };
        let uri = pass.map(|pass| pass.uri.as_str()).unwrap_or_default();
        let location = config.effective_slot::<Location>(scope).map_or(0, |own| crate::syntax::encode(&own.name).len());
        let mut http = Http {
            version,
            method: one(config, scope, "proxy_method", compile),
            host: None,
            lines: Vec::new(),
            replaced: FxHashSet::default(),
            longest_replaced: 0,
            body: one(config, scope, "proxy_set_body", compile),
            pass_headers: config.flag(scope, "proxy_pass_request_headers", true),
            pass_body: config.flag(scope, "proxy_pass_request_body", true),
            is_grpc: false,
            pass_trailers: config.flag(scope, "proxy_pass_trailers", false),
            uri: literal(uri, compile),
            location,
            rewrites: Rewrites::compile(config, scope, compile),
            treatments: Treatments::in_scope(config, scope, &proxy::FAMILY.hidden),
        };
        http.set_lines(config, scope, target, compile);
        http
    }

    /// The same, of gRPC.
    fn compile_grpc(config: &Config, scope: ScopeId, target: &Target, compile: &mut dyn Compile) -> Http {
        let mut http = Http {
            version: HttpVersion::Http2,
            method: None,
            host: None,
            lines: Vec::new(),
            replaced: FxHashSet::default(),
            longest_replaced: 0,
            body: None,
            pass_headers: true,
            pass_body: true,
            is_grpc: true,
            pass_trailers: true,
            uri: Slice::default(),
            location: 0,
            rewrites: Rewrites::default(),
            treatments: Treatments::in_scope(config, scope, &grpc::FAMILY.hidden),
        };
        http.lines_set(config, scope, "grpc_set_header", compile);
        if !http.replaces(b"te") {
            http.lines.push(Line::Te);
        }
        http.own_lines(target);
        http
    }

    fn set_lines(&mut self, config: &Config, scope: ScopeId, target: &Target, compile: &mut dyn Compile) {
        self.lines_set(config, scope, "proxy_set_header", compile);
        self.own_lines(target);
    }

    /// The headers that the configuration sets.
    fn lines_set(&mut self, config: &Config, scope: ScopeId, directive: &str, compile: &mut dyn Compile) {
        for setting in config.effective_all(scope, directive) {
            let (name, text) = (setting.arg(1), setting.arg(2));
            self.replace(name);
            let value = compile.text(&Text::read(text).unwrap_or_default());
            if name.eq_ignore_ascii_case("host") {
                self.host = Some(value);
            } else if !text.is_empty() {
                self.lines.push(Line::Set(literal(name, compile), value));
            }
        }
    }

    /// The headers that nginx sets by itself.
    fn own_lines(&mut self, target: &Target) {
        for name in OWN {
            if self.replaced.contains(name.to_ascii_lowercase().as_bytes())
                || (*name == "Proxy-Connection" && target.version < PROXY_CONNECTION)
            {
                continue;
            }
            self.replace(name);
            match *name {
                "Content-Length" => self.lines.push(Line::ContentLength),
                "Transfer-Encoding" => self.lines.push(Line::TransferEncoding),
                "Connection" if target.version < KEEPS && self.version != HttpVersion::Http2 => {
                    self.lines.push(Line::Fixed(b"Connection: close\r\n"));
                }
                _ => {}
            }
        }
    }

    fn replace(&mut self, name: &str) {
        self.longest_replaced = self.longest_replaced.max(name.len()).min(ROOM);
        self.replaced.insert(name.to_ascii_lowercase().into_bytes().into());
    }

    #[inline]
    fn replaces(&self, name: &[u8]) -> bool {
        if name.len() > self.longest_replaced {
            return false;
        }
        let mut lower = [0; ROOM];
        let lower = &mut lower[..name.len()];
        lower.copy_from_slice(name);
        lower.make_ascii_lowercase();
        self.replaced.contains(&*lower)
    }

    /// Whether the client's body is sent.
    #[must_use]
    pub fn sends_body(&self) -> bool {
        self.pass_body && self.body.is_none()
    }

    /// Appends the request to `out`: its line, its headers, and the body that the configuration sets. `body` is the
    /// client's. Whether there is a path to ask for.
    pub fn write(&self, site: &Site, exchange: &mut Exchange, body: Body, out: &mut Vec<u8>) -> bool {
        match &self.method {
            Some(method) => method.write(site, exchange, out),
            None => out.extend_from_slice(exchange.request.method()),
        }
        out.push(b' ');
        let start = out.len();
        self.write_uri(site, exchange, out);
        if out.len() == start {
            return false;
        }
        let http11 = self.version == HttpVersion::Http11;
        out.extend_from_slice(if http11 { b" HTTP/1.1\r\n" } else { b" HTTP/1.0\r\n" });
        self.write_host(site, exchange, http11, out);
        let set = self.body.as_ref().map(|body| body.eval(site, exchange));
        let body = set.map_or(body, |set| Body::Length(u64::from(set.len)));
        for line in &self.lines {
            write_line(line, site, exchange, body, out);
        }
        if self.pass_headers {
            for (name, value) in exchange.request.headers() {
                if !self.replaces(name) {
                    header(out, name, value);
                }
            }
        }
        out.extend_from_slice(b"\r\n");
        if let Some(set) = set {
            out.extend_from_slice(exchange.text(site, set));
        }
        true
    }

    /// Whether HTTP/2 is spoken.
    #[must_use]
    pub fn is_http2(&self) -> bool {
        self.version == HttpVersion::Http2
    }

    /// The body that the configuration sets.
    pub fn set_body(&self, site: &Site, exchange: &mut Exchange) -> Option<Slice> {
        self.body.as_ref().map(|body| body.eval(site, exchange))
    }

    /// The fields of a request of HTTP/2, one by one, those of the request line first. `body` is the client's. Whether there
    /// is a path to ask for.
    pub fn put_fields(
        &self,
        site: &Site,
        exchange: &mut Exchange,
        body: Body,
        put: &mut dyn FnMut(&[u8], &[u8]),
    ) -> bool {
        let mut text = Vec::new();
        match &self.method {
            Some(method) => method.write(site, exchange, &mut text),
            None => text.extend_from_slice(exchange.request.method()),
        }
        put(b":method", &text);
        put(b":scheme", if exchange.tls { b"https" } else { b"http" });
        text.clear();
        self.write_uri(site, exchange, &mut text);
        if text.is_empty() {
            return false;
        }
        put(b":path", &text);
        let own = exchange.route.proxy.map(|(host, _)| host).unwrap_or_default();
        let set = self.host.as_ref().map(|host| host.eval(site, exchange));
        match set {
            // gRPC's servers get what the configuration says as it is.
            Some(host) if self.is_grpc && !host.is_empty() => put(b"host", exchange.text(site, host)),
            Some(_) if self.is_grpc => {}
            Some(host) if !host.is_empty() => put(b":authority", exchange.text(site, host)),
            _ => put(b":authority", exchange.text(site, own)),
        }
        let body = self.set_body(site, exchange).map_or(body, |set| Body::Length(u64::from(set.len)));
        for line in &self.lines {
            match line {
                Line::Set(name, value) => {
                    let value = value.eval(site, exchange);
                    if !value.is_empty() {
                        put(site.constant(*name), exchange.text(site, value));
                    }
                }
                Line::ContentLength => {
                    if let Body::Length(length) = body {
                        text.clear();
                        number(&mut text, length);
                        put(b"Content-Length", &text);
                    }
                }
                Line::Te => {
                    let takes = |value: Slice| exchange.request.get(value).eq_ignore_ascii_case(b"trailers");
                    if exchange.request.values(b"te").any(takes) {
                        put(b"TE", b"trailers");
                    }
                }
                Line::TransferEncoding | Line::Fixed(_) => {}
            }
        }
        if self.pass_headers {
            for (name, value) in exchange.request.headers().filter(|(name, _)| !self.replaces(name)) {
                put(name, value);
            }
        }
        true
    }

    fn write_host(&self, site: &Site, exchange: &mut Exchange, http11: bool, out: &mut Vec<u8>) {
        let set = self.host.as_ref().map(|host| host.eval(site, exchange));
        let host = match set {
            None => exchange.route.proxy.map(|(host, _)| host),
            Some(host) if host.is_empty() && http11 => exchange.route.proxy.map(|(host, _)| host),
            set => set,
        };
        if let Some(host) = host.filter(|host| !host.is_empty()) {
            header(out, b"Host", exchange.text(site, host));
        }
    }

    /// The path and arguments: as the client sent them, or with the URI of `proxy_pass` in the place of the location's.
    pub fn write_uri(&self, site: &Site, exchange: &Exchange, out: &mut Vec<u8>) {
        if let Some(uri) = exchange.route.passed_uri.filter(|uri| !uri.is_empty()) {
            out.extend_from_slice(exchange.text(site, uri));
            return;
        }
        let request = &exchange.request;
        if self.uri.is_empty() && request.as_sent {
            out.extend_from_slice(request.request_uri());
            return;
        }
        let valid = exchange.route.valid_location;
        let path = request.uri();
        let cut = if valid && !self.uri.is_empty() { self.location.min(path.len()) } else { 0 };
        if valid {
            out.extend_from_slice(site.constant(self.uri));
        }
        if request.escaped || exchange.route.internal {
            escape(&path[cut..], out);
        } else {
            out.extend_from_slice(&path[cut..]);
        }
        if !request.args().is_empty() {
            out.push(b'?');
            out.extend_from_slice(request.args());
        }
    }
}

fn write_line(line: &Line, site: &Site, exchange: &mut Exchange, body: Body, out: &mut Vec<u8>) {
    match line {
        Line::Fixed(text) => out.extend_from_slice(text),
        Line::Set(name, value) => {
            let value = value.eval(site, exchange);
            if !value.is_empty() {
                header(out, site.constant(*name), exchange.text(site, value));
            }
        }
        Line::ContentLength => {
            if let Body::Length(length) = body {
                out.extend_from_slice(b"Content-Length: ");
                number(out, length);
                out.extend_from_slice(b"\r\n");
            }
        }
        Line::Te => {}
        Line::TransferEncoding => {
            if body == Body::Chunked {
                out.extend_from_slice(b"Transfer-Encoding: chunked\r\n");
            }
        }
    }
}

fn header(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    out.extend_from_slice(name);
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

fn one(config: &Config, scope: ScopeId, name: &str, compile: &mut dyn Compile) -> Option<Template> {
    let setting = config.effective(scope, name)?;
    Some(compile.text(&Text::read(setting.arg(1)).unwrap_or_default()))
}

/// A constant of the site.
pub(super) fn literal(text: &str, compile: &mut dyn Compile) -> Slice {
    let text = Text(vec![crate::config::Part::Literal(text.to_owned())]);
    compile.text(&text).literal().unwrap_or_default()
}
