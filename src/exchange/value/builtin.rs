//! The values of the variables that nginx has by itself: `ngx_http_variables.c`.

use std::net::{IpAddr, SocketAddr};

use super::clues;
use super::format::{print, push_address, seconds, time_iso8601};
use super::geoip;
use super::live;
use super::table::{Builtin, Variable};
use super::upstream;
use crate::exchange::request::{Request, Slice, argument, cookie};
use crate::exchange::site::Site;
use crate::exchange::state::Exchange;

/// The value, if it has one.
pub fn eval(variable: Variable, site: &Site, exchange: &mut Exchange) -> Option<Slice> {
    match variable {
        Variable::Arg(name)
        | Variable::Header(name)
        | Variable::Cookie(name)
        | Variable::UpstreamHeader(name)
        | Variable::UpstreamCookie(name)
        | Variable::UpstreamTrailer(name)
        | Variable::SentHeader(name)
        | Variable::SentTrailer(name)
        | Variable::ProxyTlv(name) => of_family(variable, site.constant(name), exchange),
        Variable::Builtin(builtin) => named(builtin, site, exchange),
        Variable::Geoip(field) => geoip::eval(field, site, exchange),
        Variable::Live(of_connection) => live::eval(of_connection, site, exchange),
        Variable::Named(_) | Variable::Unknown => None,
    }
}

/// The value of a variable that no directive names, but a page.
pub fn by_name(name: &str, site: &Site, exchange: &mut Exchange) -> Option<Slice> {
    if let Some(number) = site.variable_number(name) {
        return Variable::Named(number).eval(site, exchange);
    }
    let mut own = None;
    let variable = super::builtin(name, |rest| {
        own = Some(crate::syntax::encode(rest));
        Slice::default()
    });
    match own {
        Some(own) => of_family(variable, &own, exchange),
        None => variable.eval(site, exchange),
    }
}

/// The value of a variable of a family, by what follows the family's name.
fn of_family(variable: Variable, name: &[u8], exchange: &mut Exchange) -> Option<Slice> {
    match variable {
        Variable::Arg(_) => {
            let args = exchange.request.args;
            let (from, length) = argument(exchange.request.get(args), name)?;
            Some(args.part(from, length))
        }
        Variable::Header(_) => joined(exchange, name, b", "),
        Variable::Cookie(_) => {
            let request = &exchange.request;
            request.values(b"cookie").find_map(|header| {
                let (from, length) = cookie(request.get(header), name)?;
                Some(header.part(from, length))
            })
        }
        Variable::UpstreamHeader(_) => upstream::header(exchange, name),
        Variable::UpstreamCookie(_) => upstream::cookie(exchange, name),
        Variable::UpstreamTrailer(_) => {
            joined_with(&mut exchange.request, exchange.upstream_trailers.values_of_variable(name))
        }
        Variable::SentHeader(_) => live::sent_header(exchange, name),
        Variable::SentTrailer(_) => live::sent_trailer(exchange, name),
        Variable::ProxyTlv(_) => live::proxied(exchange, name),
        Variable::Builtin(_) | Variable::Geoip(_) | Variable::Live(_) | Variable::Named(_) | Variable::Unknown => None,
    }
}

fn named(builtin: Builtin, site: &Site, exchange: &mut Exchange) -> Option<Slice> {
    let request = &mut exchange.request;
    match builtin {
        Builtin::Args => some(request.args),
        // A target that is none leaves an empty path.
        Builtin::Uri if request.target_slice().is_empty() => some(request.uri),
        Builtin::Uri => Some(request.uri),
        Builtin::RequestUri => some(request.unparsed),
        Builtin::RequestMethod => some(request.method),
        Builtin::RequestId => Some(live::request_id(exchange)),
        Builtin::Host if !request.host.is_empty() => Some(request.host),
        Builtin::Host | Builtin::ServerName => Some(site.server(exchange.route.server).name),
        Builtin::Hostname => Some(site.hostname),
        Builtin::NginxVersion => Some(site.version),
        Builtin::RemoteAddr => Some(remote_addr(exchange)),
        Builtin::BinaryRemoteAddr => Some(binary_remote_addr(exchange)),
        Builtin::RemotePort => Some(port(exchange, exchange.request.connection.client_port)),
        Builtin::RealipRemoteAddr => Some(original_addr(exchange)),
        Builtin::RealipRemotePort => {
            let port_now = exchange.request.connection.client_port;
            Some(port(exchange, exchange.request.original.map_or(port_now, |(_, port)| port)))
        }
        Builtin::IsArgs if request.args.is_empty() => Some(Slice::default()),
        Builtin::IsArgs => Some(site.question),
        Builtin::IsRequestPort if request.port == 0 => Some(Slice::default()),
        Builtin::IsRequestPort => Some(site.colon),
        Builtin::RequestPort => Some(port(exchange, exchange.request.port)),
        Builtin::Scheme => Some(site.schemes[usize::from(request.connection.tls)]),
        Builtin::Https => Some(if request.connection.tls { site.on } else { Slice::default() }),
        Builtin::ContentLength => first(exchange, b"content-length").or_else(|| length_read(exchange)),
        Builtin::ContentType => joined(exchange, b"content_type", b", "),
        Builtin::HttpCookie => joined(exchange, b"cookie", b"; "),
        Builtin::RemoteUser => remote_user(exchange),
        Builtin::ProxyAddXForwardedFor => Some(add_forwarded_for(exchange)),
        Builtin::ProxyHost => exchange.route.proxy.map(|(host, _)| host),
        Builtin::ProxyPort => exchange.route.proxy.map(|(_, port)| port),
        Builtin::DocumentRoot => site.location(exchange.route.location).root.try_eval(site, exchange),
        Builtin::FastcgiScriptName => Some(site.location(exchange.route.location).script.name(site, exchange)),
        Builtin::FastcgiPathInfo => Some(site.location(exchange.route.location).script.path(exchange)),
        Builtin::RequestFilename => exchange.filename(site),
        Builtin::SentLocation => live::sent_location(exchange),
        Builtin::AncientBrowser => Some(clues::browser(site, exchange, false)),
        Builtin::ModernBrowser => Some(clues::browser(site, exchange, true)),
        Builtin::InvalidReferer => Some(clues::invalid_referer(site, exchange)),
        Builtin::SecureLink => clues::secure_link(site, exchange),
        Builtin::SecureLinkExpires => clues::secure_link_expires(site, exchange),
        Builtin::Msie => Some(clues::msie(exchange)),
        _ => printed(builtin, exchange),
    }
}

/// Those that are printed anew each time.
/// The length of a body that came in chunks.
fn length_read(exchange: &mut Exchange) -> Option<Slice> {
    let length = exchange.request.body_read?;
    Some(print(&mut exchange.request, format_args!("{length}")))
}

fn printed(builtin: Builtin, exchange: &mut Exchange) -> Option<Slice> {
    let unix = exchange.epoch + exchange.now.0;
    let request = &mut exchange.request;
    match builtin {
        Builtin::Http2 if request.version != 20 => Some(Slice::default()),
        Builtin::Http2 => Some(request.push(if request.connection.tls { b"h2" } else { b"h2c" })),
        Builtin::Connection => {
            let number = request.connection.number;
            Some(print(request, format_args!("{number}")))
        }
        Builtin::Request => request_line(exchange),
        Builtin::ServerProtocol => protocol(exchange),
        Builtin::ServerAddr => Some(server_addr(exchange)),
        Builtin::ServerPort => {
            let port_number = request.connection.server.map_or(0, |server| server.port());
            Some(port(exchange, port_number))
        }
        Builtin::Status => {
            let status = match exchange.route.outcome(exchange.status) {
                0 if request.version == 9 => 9,
                status => status,
            };
            Some(print(request, format_args!("{status:03}")))
        }
        Builtin::RequestTime => Some(seconds(request, exchange.now.since(exchange.started))),
        Builtin::Msec => Some(seconds(request, unix)),
        Builtin::TimeIso8601 => Some(time_iso8601(request, unix / 1000, exchange.facts.zone)),
        Builtin::TimeLocal => Some(live::local(exchange)),
        Builtin::LimitRate => {
            let rate = exchange.limit_rate.unwrap_or(0);
            Some(print(request, format_args!("{rate}")))
        }
        Builtin::LimitReqStatus => exchange.limited_requests.map(|limited| request.push(limited.words().as_bytes())),
        Builtin::LimitConnStatus => {
            exchange.limited_connections.map(|limited| request.push(limited.words().as_bytes()))
        }
        Builtin::UpstreamAddr => upstream::list(exchange, upstream::addr),
        Builtin::UpstreamStatus => upstream::list(exchange, upstream::status),
        Builtin::UpstreamConnectTime => upstream::list(exchange, upstream::connect_time),
        Builtin::UpstreamHeaderTime => upstream::list(exchange, upstream::header_time),
        Builtin::UpstreamResponseTime => upstream::list(exchange, upstream::response_time),
        _ => None,
    }
}

/// A text of the request; nginx has none where it is empty.
fn some(text: Slice) -> Option<Slice> {
    (!text.is_empty()).then_some(text)
}

/// Texts from elsewhere, in one, with commas between them.
pub fn joined_with<'t>(request: &mut Request, texts: impl Iterator<Item = &'t [u8]>) -> Option<Slice> {
    let start = request.bytes.len();
    let mut count = 0;
    for text in texts {
        if count > 0 {
            request.bytes.extend_from_slice(b", ");
        }
        request.bytes.extend_from_slice(text);
        count += 1;
    }
    (count > 0).then(|| request.since(start))
}

/// The values of a header, in one.
fn joined(exchange: &mut Exchange, name: &[u8], separator: &[u8]) -> Option<Slice> {
    let request = &mut exchange.request;
    let first = request.values_of_variable(name).next()?;
    if request.values_of_variable(name).nth(1).is_none() {
        return Some(first);
    }
    let all: Vec<Slice> = request.values_of_variable(name).collect();
    let start = request.bytes.len();
    for (n, value) in all.into_iter().enumerate() {
        if n > 0 {
            request.bytes.extend_from_slice(separator);
        }
        request.bytes.extend_from_within(value.start as usize..(value.start + value.len) as usize);
    }
    Some(request.since(start))
}

fn first(exchange: &Exchange, name: &[u8]) -> Option<Slice> {
    exchange.request.values(name).next()
}

fn port(exchange: &mut Exchange, port: u16) -> Slice {
    match port {
        0 => Slice::default(),
        port => print(&mut exchange.request, format_args!("{port}")),
    }
}

/// What nginx calls the client of a UNIX domain socket.
const UNIX: &[u8] = b"unix:";

fn remote_addr(exchange: &mut Exchange) -> Slice {
    let request = &mut exchange.request;
    if let Some(known) = request.client_text {
        return known;
    }
    let start = request.bytes.len();
    match request.connection.client {
        Some(address) => push_address(&mut request.bytes, address),
        None => request.bytes.extend_from_slice(UNIX),
    }
    let text = request.since(start);
    request.client_text = Some(text);
    text
}

fn original_addr(exchange: &mut Exchange) -> Slice {
    let Some((client, _)) = exchange.request.original else { return remote_addr(exchange) };
    let start = exchange.request.bytes.len();
    match client {
        Some(address) => push_address(&mut exchange.request.bytes, address),
        None => exchange.request.bytes.extend_from_slice(UNIX),
    }
    exchange.request.since(start)
}

fn binary_remote_addr(exchange: &mut Exchange) -> Slice {
    let request = &mut exchange.request;
    match request.connection.client {
        Some(IpAddr::V4(v4)) => request.push(&v4.octets()),
        Some(IpAddr::V6(v6)) => request.push(&v6.octets()),
        None => request.push(UNIX),
    }
}

fn server_addr(exchange: &mut Exchange) -> Slice {
    let request = &mut exchange.request;
    let start = request.bytes.len();
    match request.connection.server.as_ref().map(SocketAddr::ip) {
        Some(address) => push_address(&mut request.bytes, address),
        None => request.bytes.extend_from_slice(UNIX),
    }
    request.since(start)
}

fn protocol(exchange: &mut Exchange) -> Option<Slice> {
    let request = &mut exchange.request;
    let version = request.version;
    if !request.protocol.is_empty() {
        return Some(request.protocol);
    }
    (version > 9).then(|| print(request, format_args!("HTTP/{}.{}", version / 10, version % 10)))
}

/// `$request`. HTTP/2 and later have no such line; nginx makes one.
fn request_line(exchange: &mut Exchange) -> Option<Slice> {
    if exchange.request.line.is_some() {
        return exchange.request.line.filter(|line| !line.is_empty());
    }
    let start = exchange.request.bytes.len();
    let (method, target) = (exchange.request.sent_method, exchange.request.target_slice());
    for piece in [method, target] {
        let piece = piece.start as usize..(piece.start + piece.len) as usize;
        exchange.request.bytes.extend_from_within(piece);
        exchange.request.bytes.push(b' ');
    }
    if protocol(exchange).is_none() {
        exchange.request.bytes.pop();
    }
    Some(exchange.request.since(start))
}

fn add_forwarded_for(exchange: &mut Exchange) -> Slice {
    let client = remote_addr(exchange);
    let Some(known) = joined(exchange, b"x_forwarded_for", b", ") else { return client };
    let request = &mut exchange.request;
    let start = request.bytes.len();
    for (n, piece) in [known, client].into_iter().enumerate() {
        if n > 0 {
            request.bytes.extend_from_slice(b", ");
        }
        request.bytes.extend_from_within(piece.start as usize..(piece.start + piece.len) as usize);
    }
    request.since(start)
}

/// `$remote_user`
fn remote_user(exchange: &mut Exchange) -> Option<Slice> {
    let (user, _) = basic_credentials(exchange)?;
    Some(exchange.request.push(&user))
}

/// User and password of `Authorization: Basic`, of `Proxy-Authorization` where a tunnel is asked for: nginx's
/// `ngx_http_auth_basic_user`.
pub fn basic_credentials(exchange: &Exchange) -> Option<(Vec<u8>, Vec<u8>)> {
    let to_proxy = exchange.request.method() == b"CONNECT";
    let header = first(exchange, if to_proxy { b"proxy-authorization" } else { b"authorization" })?;
    let text = exchange.request.get(header);
    let scheme = text.get(..6).filter(|scheme| scheme.eq_ignore_ascii_case(b"basic "))?;
    let encoded = text[scheme.len()..].trim_ascii_start();
    let mut user = decode_base64(encoded)?;
    let colon = memchr::memchr(b':', &user)?;
    let password = user.split_off(colon + 1);
    user.truncate(colon);
    Some((user, password))
}

/// `ngx_decode_base64`
pub fn decode_base64(text: &[u8]) -> Option<Vec<u8>> {
    let text = &text[..text.iter().position(|byte| *byte == b'=').unwrap_or(text.len())];
    if text.len() % 4 == 1 {
        return None;
    }
    let mut decoded = Vec::with_capacity(text.len() * 3 / 4);
    for group in text.chunks(4) {
        let mut bits = 0_u32;
        for byte in group {
            let digit = match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                _ => return None,
            };
            bits = bits << 6 | u32::from(digit);
        }
        bits <<= 6 * (4 - group.len());
        decoded.extend_from_slice(&bits.to_be_bytes()[1..group.len()]);
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::decode_base64;

    #[test]
    fn base64() {
        let decoded = |text: &str| decode_base64(text.as_bytes());
        assert_eq!(decoded("dXNlcjpwYXNz"), Some(b"user:pass".to_vec()));
        assert_eq!(decoded("dTpw"), Some(b"u:p".to_vec()));
        assert_eq!(decoded("dTo="), Some(b"u:".to_vec()));
        assert_eq!(decoded("dQ=="), Some(b"u".to_vec()));
        assert_eq!(decoded("d"), None);
        assert_eq!(decoded("d*"), None);
    }
}
