//! What a location says of passing requests on: when to try the next peer, and how long to wait.

use bitflags::bitflags;

use crate::config::{Config, ScopeId, Value};
use crate::modules::shared::pass::Protocol;

bitflags! {
    /// What is wrong with a try, as `proxy_next_upstream` names it.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub struct Wrong: u32 {
        /// No connection, or it broke.
        const ERROR = 1;
        /// It took too long.
        const TIMEOUT = 1 << 1;
        /// Not an answer.
        const INVALID_HEADER = 1 << 2;
        /// The request may have been carried out, and doing it twice may not be the same as once.
        const NON_IDEMPOTENT = 1 << 3;
        /// The status.
        const HTTP_500 = 1 << 4;
        /// The status.
        const HTTP_502 = 1 << 5;
        /// The status.
        const HTTP_503 = 1 << 6;
        /// The status.
        const HTTP_504 = 1 << 7;
        /// The status.
        const HTTP_403 = 1 << 8;
        /// The status.
        const HTTP_404 = 1 << 9;
        /// The status.
        const HTTP_429 = 1 << 10;
        /// No peer was live.
        const NO_LIVE = 1 << 11;
    }
}

/// The words of `proxy_next_upstream`. memcached's `not_found` is a 404.
const WORDS: &[(&str, Wrong)] = &[
    ("error", Wrong::ERROR),
    ("timeout", Wrong::TIMEOUT),
    ("invalid_header", Wrong::INVALID_HEADER),
    ("invalid_response", Wrong::INVALID_HEADER),
    ("non_idempotent", Wrong::NON_IDEMPOTENT),
    ("http_500", Wrong::HTTP_500),
    ("http_502", Wrong::HTTP_502),
    ("http_503", Wrong::HTTP_503),
    ("http_504", Wrong::HTTP_504),
    ("http_403", Wrong::HTTP_403),
    ("http_404", Wrong::HTTP_404),
    ("not_found", Wrong::HTTP_404),
    ("http_429", Wrong::HTTP_429),
];

impl Wrong {
    /// What is wrong with an answer of this status, if `proxy_next_upstream` can name it.
    #[must_use]
    pub fn of_status(status: u16) -> Option<Wrong> {
        Some(match status {
            500 => Wrong::HTTP_500,
            502 => Wrong::HTTP_502,
            503 => Wrong::HTTP_503,
            504 => Wrong::HTTP_504,
            403 => Wrong::HTTP_403,
            404 => Wrong::HTTP_404,
            429 => Wrong::HTTP_429,
            _ => return None,
        })
    }

    /// The status that stands for it in `$upstream_status`, and in the answer if no other peer is tried.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Wrong::TIMEOUT | Wrong::HTTP_504 => 504,
            Wrong::HTTP_500 => 500,
            Wrong::HTTP_503 => 503,
            Wrong::HTTP_403 => 403,
            Wrong::HTTP_404 => 404,
            Wrong::HTTP_429 => 429,
            _ => 502,
        }
    }

    /// Whether the peer is to blame: all but 403 and 404 count as failures.
    #[must_use]
    pub fn blames_peer(self) -> bool {
        self != Wrong::HTTP_403 && self != Wrong::HTTP_404
    }
}

bitflags! {
    /// Headers of an upstream's answer that nginx would follow, as `proxy_ignore_headers` names them.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub struct Ignored: u32 {
        /// `X-Accel-Redirect`
        const REDIRECT = 1;
        /// `X-Accel-Limit-Rate`
        const LIMIT_RATE = 1 << 2;
        /// `X-Accel-Buffering`
        const BUFFERING = 1 << 3;
        /// `X-Accel-Charset`
        const CHARSET = 1 << 4;
        /// Those of a cache.
        const _ = !0;
    }
}

impl Ignored {
    fn of(config: &Config, scope: ScopeId, directive: &str) -> Ignored {
        match config.effective(scope, directive).map(|set| &set.value) {
            Some(Value::Mask(mask)) => Ignored::from_bits_retain(*mask),
            _ => Ignored::empty(),
        }
    }
}

/// The settings of one location. Times are milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Passing {
    /// What makes nginx try the next peer.
    pub next_upstream: Wrong,
    /// Most tries; 0 for as many as there are servers.
    pub tries: u32,
    /// After this time no other peer is tried; 0 for never.
    pub timeout: u64,
    /// Longest wait for a connection.
    pub connect_timeout: u64,
    /// Longest wait for the answer.
    pub read_timeout: u64,
    /// Headers of the answer that are not followed.
    pub ignored: Ignored,
    /// The request's body is read whole before it is passed on, so that it can be sent again.
    pub request_buffering: bool,
    /// So is a body in chunks, whatever else holds: what is spoken must say the length first.
    pub chunk_buffering: bool,
}

impl Passing {
    /// The settings that hold in a scope for what is passed on by this protocol.
    #[must_use]
    pub fn of(config: &Config, scope: ScopeId, protocol: Protocol) -> Passing {
        if protocol == Protocol::Stream {
            return Passing::of_session(config, scope);
        }
        let prefix = protocol.prefix();
        let number = |what: &str, default| config.number(scope, &format!("{prefix}_{what}"), default);
        let flag = |what: &str| config.flag(scope, &format!("{prefix}_{what}"), true);
        Passing {
            next_upstream: next_upstream(config, scope, &format!("{prefix}_next_upstream")),
            tries: u32::try_from(number("next_upstream_tries", 0)).unwrap_or(u32::MAX),
            timeout: number("next_upstream_timeout", 0),
            connect_timeout: number("connect_timeout", 60_000),
            read_timeout: number("read_timeout", 60_000),
            ignored: Ignored::of(config, scope, &format!("{prefix}_ignore_headers")),
            // gRPC passes bodies on as they come.
            request_buffering: prefix != "grpc" && (flag("request_buffering") || !flag("pass_request_body")),
            chunk_buffering: match protocol {
                Protocol::Scgi | Protocol::Uwsgi => true,
                // HTTP/1.0
                Protocol::Http => {
                    let version = config.effective(scope, "proxy_http_version");
                    version.is_some_and(|version| matches!(version.value, Value::Enum(0)))
                }
                _ => false,
            },
        }
    }
}

impl Passing {
    /// The settings of a server of `stream`.
    fn of_session(config: &Config, scope: ScopeId) -> Passing {
        let number = |what, default| config.number(scope, what, default);
        let tries_more = config.flag(scope, "proxy_next_upstream", true);
        Passing {
            next_upstream: if tries_more { Wrong::ERROR } else { Wrong::empty() },
            tries: u32::try_from(number("proxy_next_upstream_tries", 0)).unwrap_or(u32::MAX),
            timeout: number("proxy_next_upstream_timeout", 0),
            connect_timeout: number("proxy_connect_timeout", 60_000),
            read_timeout: number("proxy_timeout", 600_000),
            ..Passing::default()
        }
    }

    /// Whether a body is read whole before it is passed on.
    #[must_use]
    pub fn buffers(&self, is_chunked: bool) -> bool {
        self.request_buffering || (self.chunk_buffering && is_chunked)
    }
}

/// `error timeout` unless set; `off` takes all else back.
fn next_upstream(config: &Config, scope: ScopeId, directive: &str) -> Wrong {
    let Some(setting) = config.effective(scope, directive) else { return Wrong::ERROR | Wrong::TIMEOUT };
    let words = || setting.words.iter().skip(1).map(|word| &*word.value);
    if words().any(|word| word.eq_ignore_ascii_case("off")) {
        return Wrong::empty();
    }
    let named = |word: &str| WORDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, wrong)| *wrong);
    words().filter_map(named).collect()
}
