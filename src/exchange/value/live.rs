//! Variables whose values only a live connection knows: what was sent and received, TLS, the process.

use super::builtin::joined_with;
use super::format::{print, seconds, time_local};
use super::upstream;
use crate::exchange::answer::Persistence;
use crate::exchange::request::Slice;
use crate::exchange::site::Site;
use crate::exchange::state::Exchange;
use crate::exchange::value::http_time;

/// A variable of a live connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Live {
    BodyBytesSent,
    BytesSent,
    ConnectionRequests,
    ConnectionTime,
    /// Connections, by their place among [`Facts::connections`](crate::exchange::facts::Facts).
    Connections(usize),
    DateGmt,
    DateLocal,
    GzipRatio,
    Http2,
    Http3,
    Pid,
    Pipe,
    /// Of the PROXY protocol, by its place in the table.
    Proxied(&'static str),
    RealpathRoot,
    RequestBody,
    RequestBodyFile,
    RequestCompletion,
    RequestLength,
    /// Of TLS.
    Secured(&'static str),
    /// A header of the answer that has a place of its own.
    Sent(Sent),
    /// What only the system knows, and has no safe way to be asked: it has no value.
    TcpInfo,
    /// `$protocol`: what carries a session.
    Transport,
    UidGot,
    UidReset,
    UidSet,
    UpstreamBytesReceived,
    UpstreamBytesSent,
    UpstreamCacheStatus,
    UpstreamResponseLength,
}

/// Headers of the answer that do not stand in its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sent {
    Connection,
    ContentLength,
    ContentType,
    KeepAlive,
    LastModified,
    TransferEncoding,
}

/// All names.
#[rustfmt::skip]
pub static LIVE: &[(&str, Live)] = &[
    ("body_bytes_sent", Live::BodyBytesSent),
    ("bytes_sent", Live::BytesSent),
    ("connection_requests", Live::ConnectionRequests),
    ("connection_time", Live::ConnectionTime),
    ("connections_active", Live::Connections(0)),
    ("connections_reading", Live::Connections(1)),
    ("connections_waiting", Live::Connections(3)),
    ("connections_writing", Live::Connections(2)),
    ("date_gmt", Live::DateGmt),
    ("date_local", Live::DateLocal),
    ("gzip_ratio", Live::GzipRatio),
    ("http2", Live::Http2),
    ("http3", Live::Http3),
    ("pid", Live::Pid),
    ("pipe", Live::Pipe),
    ("proxy_protocol_addr", Live::Proxied("proxy_protocol_addr")),
    ("proxy_protocol_port", Live::Proxied("proxy_protocol_port")),
    ("proxy_protocol_server_addr", Live::Proxied("proxy_protocol_server_addr")),
    ("proxy_protocol_server_port", Live::Proxied("proxy_protocol_server_port")),
    ("realpath_root", Live::RealpathRoot),
    ("request_body", Live::RequestBody),
    ("request_body_file", Live::RequestBodyFile),
    ("request_completion", Live::RequestCompletion),
    ("request_length", Live::RequestLength),
    ("sent_http_connection", Live::Sent(Sent::Connection)),
    ("sent_http_content_length", Live::Sent(Sent::ContentLength)),
    ("sent_http_content_type", Live::Sent(Sent::ContentType)),
    ("sent_http_keep_alive", Live::Sent(Sent::KeepAlive)),
    ("sent_http_last_modified", Live::Sent(Sent::LastModified)),
    ("sent_http_transfer_encoding", Live::Sent(Sent::TransferEncoding)),
    ("ssl_alpn_protocol", Live::Secured("ssl_alpn_protocol")),
    ("ssl_cipher", Live::Secured("ssl_cipher")),
    ("ssl_ciphers", Live::Secured("ssl_ciphers")),
    ("ssl_client_cert", Live::Secured("ssl_client_cert")),
    ("ssl_client_escaped_cert", Live::Secured("ssl_client_escaped_cert")),
    ("ssl_client_fingerprint", Live::Secured("ssl_client_fingerprint")),
    ("ssl_client_i_dn", Live::Secured("ssl_client_i_dn")),
    ("ssl_client_i_dn_legacy", Live::Secured("ssl_client_i_dn_legacy")),
    ("ssl_client_raw_cert", Live::Secured("ssl_client_raw_cert")),
    ("ssl_client_s_dn", Live::Secured("ssl_client_s_dn")),
    ("ssl_client_s_dn_legacy", Live::Secured("ssl_client_s_dn_legacy")),
    ("ssl_client_serial", Live::Secured("ssl_client_serial")),
    ("ssl_client_sigalg", Live::Secured("ssl_client_sigalg")),
    ("ssl_client_v_end", Live::Secured("ssl_client_v_end")),
    ("ssl_client_v_remain", Live::Secured("ssl_client_v_remain")),
    ("ssl_client_v_start", Live::Secured("ssl_client_v_start")),
    ("ssl_client_verify", Live::Secured("ssl_client_verify")),
    ("ssl_curve", Live::Secured("ssl_curve")),
    ("ssl_curves", Live::Secured("ssl_curves")),
    ("ssl_early_data", Live::Secured("ssl_early_data")),
    ("ssl_ech_outer_server_name", Live::Secured("ssl_ech_outer_server_name")),
    ("ssl_ech_status", Live::Secured("ssl_ech_status")),
    ("ssl_protocol", Live::Secured("ssl_protocol")),
    ("ssl_server_name", Live::Secured("ssl_server_name")),
    ("ssl_session_id", Live::Secured("ssl_session_id")),
    ("ssl_session_reused", Live::Secured("ssl_session_reused")),
    ("ssl_sigalg", Live::Secured("ssl_sigalg")),
    ("ssl_sigalgs", Live::Secured("ssl_sigalgs")),
    ("tcpinfo_rcv_space", Live::TcpInfo),
    ("tcpinfo_rtt", Live::TcpInfo),
    ("tcpinfo_rttvar", Live::TcpInfo),
    ("tcpinfo_snd_cwnd", Live::TcpInfo),
    ("uid_got", Live::UidGot),
    ("uid_reset", Live::UidReset),
    ("uid_set", Live::UidSet),
    ("upstream_bytes_received", Live::UpstreamBytesReceived),
    ("upstream_bytes_sent", Live::UpstreamBytesSent),
    ("upstream_cache_etag", Live::UpstreamCacheStatus),
    ("upstream_cache_last_modified", Live::UpstreamCacheStatus),
    ("upstream_cache_status", Live::UpstreamCacheStatus),
    ("upstream_response_length", Live::UpstreamResponseLength),
];

/// The value, if it has one.
pub fn eval(live: Live, site: &Site, exchange: &mut Exchange) -> Option<Slice> {
    let Exchange { request, facts, now, .. } = exchange;
    let number = match live {
        Live::BodyBytesSent => facts.bytes_sent.saturating_sub(facts.head_sent),
        Live::BytesSent => facts.bytes_sent,
        Live::ConnectionRequests => facts.requests,
        Live::Connections(which) => facts.connections?()[which],
        Live::RequestLength => facts.request_length,
        Live::Pid => u64::from(facts.pid),
        Live::ConnectionTime => return Some(seconds(request, now.since(facts.opened))),
        Live::Pipe => return Some(request.push(if facts.is_pipelined { b"p" } else { b"." })),
        Live::RequestCompletion => return Some(request.push(if facts.is_complete { b"OK" } else { b"" })),
        Live::Http2 => {
            return (request.version == 20).then(|| request.push(if is_tls(request) { b"h2" } else { b"h2c" }));
        }
        Live::Http3 => return (request.version == 30).then(|| request.push(b"h3")),
        Live::RequestBody => return facts.body,
        Live::RequestBodyFile => return facts.body_file,
        Live::UidGot => return facts.uid[0],
        Live::UidSet => return facts.uid[1],
        Live::UidReset => return Some(Slice::default()),
        Live::Transport => return Some(request.push(b"TCP")),
        Live::UpstreamCacheStatus | Live::TcpInfo => return None,
        Live::GzipRatio => {
            let ratio = facts.gzip_ratio?;
            return Some(print(request, format_args!("{}.{:02}", ratio / 100, ratio % 100)));
        }
        Live::Secured(name) => {
            let told = facts.secured.as_ref()?.tell(name, seconds_now(exchange.epoch + now.0))?;
            return Some(request.push(&told));
        }
        Live::Proxied(name) => return proxied(exchange, name.as_bytes()),
        Live::DateGmt | Live::DateLocal => return Some(date(exchange, live)),
        Live::Sent(header) => return sent(exchange, header),
        Live::RealpathRoot => return site.location(exchange.route.location).root.try_eval(site, exchange),
        Live::UpstreamBytesReceived => return upstream::list(exchange, upstream::bytes_received),
        Live::UpstreamBytesSent => return upstream::list(exchange, upstream::bytes_sent),
        Live::UpstreamResponseLength => return upstream::list(exchange, upstream::response_length),
    };
    Some(print(&mut exchange.request, format_args!("{number}")))
}

fn is_tls(request: &crate::exchange::Request) -> bool {
    request.connection().tls
}

fn seconds_now(unix: u64) -> i64 {
    (unix / 1000) as i64
}

/// What the PROXY protocol said: `proxy_protocol_addr` and its kin.
pub fn proxied(exchange: &mut Exchange, name: &[u8]) -> Option<Slice> {
    let told = exchange.facts.proxied.as_ref()?.tell(std::str::from_utf8(name).ok()?, 0)?;
    Some(exchange.request.push(&told))
}

/// `$date_gmt` and `$date_local`, in the format that they have unless SSI sets another: `%A, %d-%b-%Y %H:%M:%S %Z`.
fn date(exchange: &mut Exchange, which: Live) -> Slice {
    const DAYS: [&str; 7] = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];
    let unix = (exchange.epoch + exchange.now.0) / 1000;
    let zone = if which == Live::DateGmt { 0 } else { exchange.facts.zone };
    let local = unix.saturating_add_signed(i64::from(zone));
    // `Thu, 01 Jan 1970 00:00:00 GMT`
    let text = http_time(local.cast_signed());
    let (day, month, year) = (&text[5..7], &text[8..11], &text[12..16]);
    let (weekday, clock) = (DAYS[(local / 86_400 % 7) as usize], &text[17..25]);
    let minutes = zone.unsigned_abs() / 60;
    let sign = if zone < 0 { '-' } else { '+' };
    let name = match which {
        Live::DateGmt => "GMT".to_owned(),
        _ if zone == 0 => "UTC".to_owned(),
        _ => format!("{sign}{:02}{:02}", minutes / 60, minutes % 60),
    };
    print(&mut exchange.request, format_args!("{weekday}, {day}-{month}-{year} {clock} {name}"))
}

/// A header of the answer by its variable's name.
pub fn sent_header(exchange: &mut Exchange, name: &[u8]) -> Option<Slice> {
    joined_with(&mut exchange.request, exchange.answer.list.values_of_variable(name))
}

/// A header after the answer's body.
pub fn sent_trailer(exchange: &mut Exchange, name: &[u8]) -> Option<Slice> {
    joined_with(&mut exchange.request, exchange.answer.trailers.values_of_variable(name))
}

/// `$sent_http_location`
pub fn sent_location(exchange: &mut Exchange) -> Option<Slice> {
    let Exchange { request, answer, route, .. } = exchange;
    if !answer.location.is_empty() {
        return Some(request.push(&answer.location));
    }
    answer.list.get(b"location").map(|location| request.push(location)).or(route.redirect)
}

fn sent(exchange: &mut Exchange, header: Sent) -> Option<Slice> {
    let Exchange { request, answer, facts, .. } = exchange;
    match header {
        Sent::Connection => Some(request.push(match facts.persistence {
            Some(Persistence::Upgrade) => b"upgrade",
            Some(Persistence::KeepAlive(_)) => b"keep-alive",
            Some(Persistence::Close) | None => b"close",
        })),
        Sent::KeepAlive => match facts.persistence {
            Some(Persistence::KeepAlive(timeout)) if timeout > 0 => {
                Some(print(request, format_args!("timeout={timeout}")))
            }
            _ => None,
        },
        Sent::TransferEncoding => facts.is_chunked.then(|| request.push(b"chunked")),
        Sent::ContentLength => answer.length.map(|length| print(request, format_args!("{length}"))),
        Sent::ContentType if answer.content_type.is_empty() => None,
        Sent::ContentType => {
            let start = request.bytes.len();
            request.bytes.extend_from_slice(&answer.content_type);
            if !answer.charset.is_empty() && answer.essence == answer.content_type.len() {
                request.bytes.extend_from_slice(b"; charset=");
                request.bytes.extend_from_slice(&answer.charset);
            }
            Some(request.since(start))
        }
        Sent::LastModified => match answer.list.get(b"last-modified") {
            Some(listed) => Some(request.push(listed)),
            None => answer.last_modified.map(|time| request.push(http_time(time).as_bytes())),
        },
    }
}

/// `$request_id`: sixteen bytes of chance, the same for all of the request.
pub fn request_id(exchange: &mut Exchange) -> Slice {
    if exchange.request.id.is_empty() && exchange.facts.chance != [0; 2] {
        let [first, second] = exchange.facts.chance.map(|chance| mix(chance ^ mix(exchange.facts.requests)));
        exchange.request.id = print(&mut exchange.request, format_args!("{first:016x}{second:016x}"));
    }
    exchange.request.id
}

/// One step of the generator splitmix64: equal chance for each bit.
fn mix(number: u64) -> u64 {
    let z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

/// `$time_local`
pub fn local(exchange: &mut Exchange) -> Slice {
    let unix = (exchange.epoch + exchange.now.0) / 1000;
    time_local(&mut exchange.request, unix, exchange.facts.zone)
}
