//! The variables that nginx has by itself: one list of names for requests, one for the sessions of `stream`.

use super::geoip::{Field, GEOIP};
use super::live::{LIVE, Live};
use crate::exchange::request::Slice;

/// A variable, found once when the configuration is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variable {
    /// One that directives define, by its number.
    Named(u32),
    /// `$arg_NAME`
    Arg(Slice),
    /// `$http_NAME`
    Header(Slice),
    /// `$cookie_NAME`
    Cookie(Slice),
    /// `$upstream_http_NAME`
    UpstreamHeader(Slice),
    /// `$upstream_cookie_NAME`
    UpstreamCookie(Slice),
    /// `$sent_http_NAME`
    SentHeader(Slice),
    /// `$sent_trailer_NAME`
    SentTrailer(Slice),
    /// `$upstream_trailer_NAME`
    UpstreamTrailer(Slice),
    /// `$proxy_protocol_tlv_NAME`: the whole name
    ProxyTlv(Slice),
    /// What a database says of the client.
    Geoip(Field),
    /// One that only a live connection knows.
    Live(Live),
    /// One with a name of its own.
    Builtin(Builtin),
    /// One that is not modelled: it has no value.
    Unknown,
}

impl Variable {
    /// Only a live connection gives it a value.
    pub fn is_live(self) -> bool {
        matches!(
            self,
            Variable::Live(_)
                | Variable::SentHeader(_)
                | Variable::SentTrailer(_)
                | Variable::UpstreamTrailer(_)
                | Variable::ProxyTlv(_)
        )
    }
}

/// A variable with a name of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Builtin {
    AncientBrowser,
    Args,
    BinaryRemoteAddr,
    Connection,
    ContentLength,
    ContentType,
    DocumentRoot,
    FastcgiPathInfo,
    FastcgiScriptName,
    Host,
    Hostname,
    Http2,
    HttpCookie,
    Https,
    InvalidReferer,
    IsArgs,
    IsRequestPort,
    LimitConnStatus,
    LimitRate,
    LimitReqStatus,
    ModernBrowser,
    Msec,
    Msie,
    NginxVersion,
    ProxyAddXForwardedFor,
    ProxyHost,
    ProxyPort,
    RealipRemoteAddr,
    RealipRemotePort,
    RemoteAddr,
    RemotePort,
    RemoteUser,
    Request,
    RequestFilename,
    RequestId,
    RequestMethod,
    RequestPort,
    RequestTime,
    RequestUri,
    Scheme,
    SecureLink,
    SecureLinkExpires,
    SentLocation,
    ServerAddr,
    ServerName,
    ServerPort,
    ServerProtocol,
    Status,
    TimeIso8601,
    TimeLocal,
    UpstreamAddr,
    UpstreamConnectTime,
    UpstreamHeaderTime,
    UpstreamResponseTime,
    UpstreamStatus,
    Uri,
}

/// All names.
pub static BUILTINS: &[(&str, Builtin)] = &[
    ("ancient_browser", Builtin::AncientBrowser),
    ("args", Builtin::Args),
    ("binary_remote_addr", Builtin::BinaryRemoteAddr),
    ("connection", Builtin::Connection),
    ("content_length", Builtin::ContentLength),
    ("content_type", Builtin::ContentType),
    ("document_root", Builtin::DocumentRoot),
    ("document_uri", Builtin::Uri),
    ("fastcgi_path_info", Builtin::FastcgiPathInfo),
    ("fastcgi_script_name", Builtin::FastcgiScriptName),
    ("host", Builtin::Host),
    ("hostname", Builtin::Hostname),
    ("http2", Builtin::Http2),
    ("http_cookie", Builtin::HttpCookie),
    ("https", Builtin::Https),
    ("invalid_referer", Builtin::InvalidReferer),
    ("is_args", Builtin::IsArgs),
    ("is_request_port", Builtin::IsRequestPort),
    ("limit_conn_status", Builtin::LimitConnStatus),
    ("limit_rate", Builtin::LimitRate),
    ("limit_req_status", Builtin::LimitReqStatus),
    ("modern_browser", Builtin::ModernBrowser),
    ("msec", Builtin::Msec),
    ("msie", Builtin::Msie),
    ("nginx_version", Builtin::NginxVersion),
    ("proxy_add_x_forwarded_for", Builtin::ProxyAddXForwardedFor),
    ("proxy_host", Builtin::ProxyHost),
    ("proxy_port", Builtin::ProxyPort),
    ("query_string", Builtin::Args),
    ("realip_remote_addr", Builtin::RealipRemoteAddr),
    ("realip_remote_port", Builtin::RealipRemotePort),
    ("remote_addr", Builtin::RemoteAddr),
    ("remote_port", Builtin::RemotePort),
    ("remote_user", Builtin::RemoteUser),
    ("request", Builtin::Request),
    ("request_filename", Builtin::RequestFilename),
    ("request_id", Builtin::RequestId),
    ("request_method", Builtin::RequestMethod),
    ("request_port", Builtin::RequestPort),
    ("request_time", Builtin::RequestTime),
    ("request_uri", Builtin::RequestUri),
    ("scheme", Builtin::Scheme),
    ("secure_link", Builtin::SecureLink),
    ("secure_link_expires", Builtin::SecureLinkExpires),
    ("sent_http_location", Builtin::SentLocation),
    ("server_addr", Builtin::ServerAddr),
    ("server_name", Builtin::ServerName),
    ("server_port", Builtin::ServerPort),
    ("server_protocol", Builtin::ServerProtocol),
    ("status", Builtin::Status),
    ("time_iso8601", Builtin::TimeIso8601),
    ("time_local", Builtin::TimeLocal),
    ("upstream_addr", Builtin::UpstreamAddr),
    ("upstream_connect_time", Builtin::UpstreamConnectTime),
    ("upstream_header_time", Builtin::UpstreamHeaderTime),
    ("upstream_response_time", Builtin::UpstreamResponseTime),
    ("upstream_status", Builtin::UpstreamStatus),
    ("uri", Builtin::Uri),
];

/// What a name of a family becomes.
type Family = fn(Slice) -> Variable;

/// Families of names.
static PREFIXES: &[(&str, Family)] = &[
    ("arg_", Variable::Arg),
    ("cookie_", Variable::Cookie),
    ("http_", Variable::Header),
    ("sent_http_", Variable::SentHeader),
    ("sent_trailer_", Variable::SentTrailer),
    ("upstream_cookie_", Variable::UpstreamCookie),
    ("upstream_http_", Variable::UpstreamHeader),
    ("upstream_trailer_", Variable::UpstreamTrailer),
];

/// The variable of this name, in lower case; `keep` makes a constant of the part of a name that belongs to a family.
pub fn builtin(name: &str, keep: impl FnOnce(&str) -> Slice) -> Variable {
    if let Ok(at) = BUILTINS.binary_search_by(|(known, _)| (*known).cmp(name)) {
        return Variable::Builtin(BUILTINS[at].1);
    }
    if let Ok(at) = LIVE.binary_search_by(|(known, _)| (*known).cmp(name)) {
        return Variable::Live(LIVE[at].1);
    }
    if let Ok(at) = GEOIP.binary_search_by(|(known, _)| (*known).cmp(name)) {
        return Variable::Geoip(GEOIP[at].1);
    }
    if name.starts_with("proxy_protocol_tlv_") {
        return Variable::ProxyTlv(keep(name));
    }
    let family = PREFIXES.iter().find_map(|(prefix, make)| Some((name.strip_prefix(prefix)?, make)));
    family.map_or(Variable::Unknown, |(rest, make)| make(keep(rest)))
}

/// The variables of a session of `stream`: most are those of a request, some under another name.
static OF_SESSION: &[(&str, Variable)] = &[
    ("binary_remote_addr", Variable::Builtin(Builtin::BinaryRemoteAddr)),
    ("bytes_received", Variable::Live(Live::RequestLength)),
    ("bytes_sent", Variable::Live(Live::BytesSent)),
    ("connection", Variable::Builtin(Builtin::Connection)),
    ("hostname", Variable::Builtin(Builtin::Hostname)),
    ("limit_conn_status", Variable::Builtin(Builtin::LimitConnStatus)),
    ("msec", Variable::Builtin(Builtin::Msec)),
    ("nginx_version", Variable::Builtin(Builtin::NginxVersion)),
    ("pid", Variable::Live(Live::Pid)),
    ("protocol", Variable::Live(Live::Transport)),
    ("proxy_protocol_addr", Variable::Live(Live::Proxied("proxy_protocol_addr"))),
    ("proxy_protocol_port", Variable::Live(Live::Proxied("proxy_protocol_port"))),
    ("proxy_protocol_server_addr", Variable::Live(Live::Proxied("proxy_protocol_server_addr"))),
    ("proxy_protocol_server_port", Variable::Live(Live::Proxied("proxy_protocol_server_port"))),
    ("realip_remote_addr", Variable::Builtin(Builtin::RealipRemoteAddr)),
    ("realip_remote_port", Variable::Builtin(Builtin::RealipRemotePort)),
    ("remote_addr", Variable::Builtin(Builtin::RemoteAddr)),
    ("remote_port", Variable::Builtin(Builtin::RemotePort)),
    ("server_addr", Variable::Builtin(Builtin::ServerAddr)),
    ("server_name", Variable::Builtin(Builtin::ServerName)),
    ("server_port", Variable::Builtin(Builtin::ServerPort)),
    ("session_time", Variable::Builtin(Builtin::RequestTime)),
    ("status", Variable::Builtin(Builtin::Status)),
    ("time_iso8601", Variable::Builtin(Builtin::TimeIso8601)),
    ("time_local", Variable::Builtin(Builtin::TimeLocal)),
    ("upstream_addr", Variable::Builtin(Builtin::UpstreamAddr)),
    ("upstream_bytes_received", Variable::Live(Live::UpstreamBytesReceived)),
    ("upstream_bytes_sent", Variable::Live(Live::UpstreamBytesSent)),
    ("upstream_connect_time", Variable::Builtin(Builtin::UpstreamConnectTime)),
    ("upstream_first_byte_time", Variable::Builtin(Builtin::UpstreamHeaderTime)),
    ("upstream_session_time", Variable::Builtin(Builtin::UpstreamResponseTime)),
];

/// [`builtin`] of a session.
pub fn of_session(name: &str, keep: impl FnOnce(&str) -> Slice) -> Variable {
    if let Ok(at) = OF_SESSION.binary_search_by(|(known, _)| (*known).cmp(name)) {
        return OF_SESSION[at].1;
    }
    if name.starts_with("proxy_protocol_tlv_") { Variable::ProxyTlv(keep(name)) } else { Variable::Unknown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_nginx_knows_them() {
        assert!(BUILTINS.is_sorted_by(|a, b| a.0 < b.0) && LIVE.is_sorted_by(|a, b| a.0 < b.0));
        let target = crate::modules::Target::default();
        let names = BUILTINS.iter().map(|(name, _)| name).chain(LIVE.iter().map(|(name, _)| name));
        let names = names.chain(GEOIP.iter().map(|(name, _)| name));
        for name in names {
            assert!(target.variable(crate::modules::Kind::Http, name).is_some(), "{name}");
        }
        assert!(OF_SESSION.is_sorted_by(|a, b| a.0 < b.0));
        for (name, _) in OF_SESSION {
            assert!(target.variable(crate::modules::Kind::Stream, name).is_some(), "{name}");
        }
    }
}
