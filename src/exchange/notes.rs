//! What there is to say in the error log about a request's way, in nginx's words. The exchange notes it, the driver
//! writes it.

use super::plan::Plan;
use super::request::Slice;
use super::site::{PatternId, Site};
use super::state::Exchange;

/// How much a note matters: nginx's levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[repr(u8)]
pub enum Importance {
    /// `error`
    #[default]
    Error = 3,
    /// `warn`
    Warn = 4,
    /// `notice`
    Notice = 5,
    /// `info`
    Info = 6,
}

impl Importance {
    /// By its place among the words of `limit_req_log_level`: info, notice, warn, error.
    #[must_use]
    pub(super) fn of_word(index: u64) -> Importance {
        match index {
            0 => Importance::Info,
            1 => Importance::Notice,
            2 => Importance::Warn,
            _ => Importance::Error,
        }
    }

    /// One level less.
    #[must_use]
    pub(super) fn less(self) -> Importance {
        match self {
            Importance::Error => Importance::Warn,
            Importance::Warn => Importance::Notice,
            Importance::Notice | Importance::Info => Importance::Info,
        }
    }
}

/// One message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// `limit_req` refuses, or delays: the zone, the excess in thousandths of a request, whether only for show.
    LimitsRequests {
        /// How much it matters.
        level: Importance,
        /// The zone, as an index into those of `limit_req_zone`.
        zone: usize,
        /// Thousandths of a request.
        excess: u64,
        /// It is delayed, not refused.
        delays: bool,
        /// It is neither: only said.
        dry_run: bool,
    },
    /// `limit_conn` refuses.
    LimitsConnections {
        /// How much it matters.
        level: Importance,
        /// The zone, as an index into those of `limit_conn_zone`.
        zone: usize,
        /// It is only said.
        dry_run: bool,
    },
    /// A zone's key is too long.
    LongKey {
        /// Of `limit_req`, not `limit_conn`.
        of_requests: bool,
        /// The zone, as an index into those of its kind.
        zone: usize,
        /// The key.
        key: Slice,
    },
    /// `deny`
    Forbidden,
    /// No peer was eligible.
    NoLive,
    /// What has been said in full.
    Said(Importance, Slice),
    /// The body is larger than `client_max_body_size`.
    TooLarge(u64),
    /// Too many changes of the path; what it was to become.
    Cycle(Turn, Slice),
    /// `error_page @name` and its kin: there is no such location.
    NoNamed(Slice),
    /// A redirect to a named location without a path.
    EmptyUri(Slice),
    /// `proxy_pass` with variables, without a resolver.
    NoResolver(Slice),
    /// `set $limit_rate` with something that is no size.
    BadRate(Slice),
    /// `rewrite_log`: a regular expression, the text, whether it matched.
    Matched {
        /// The regular expression.
        pattern: PatternId,
        /// The text.
        text: Slice,
        /// Whether it did.
        matched: bool,
    },
    /// What is wrong with the request's first line.
    BadLine(&'static str),
    /// What is wrong with the request's headers.
    BadHead(&'static str),
    /// What is wrong with the request's head, and the text that is wrong.
    BadHeader(&'static str, Slice),
    /// What is wrong with the request's head, in words that were kept.
    BadText(Slice),
    /// `rewrite_log`: the new path and arguments, or the redirect.
    Rewritten {
        /// The path, or the whole redirect.
        uri: Slice,
        /// The arguments; none of a redirect.
        args: Option<Slice>,
    },
}

/// Where a path changed too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// By `rewrite`.
    Rewrite,
    /// By an internal redirect.
    Internal,
    /// To a named location.
    Named,
}

impl Note {
    /// How much it matters.
    #[must_use]
    pub fn importance(&self) -> Importance {
        match self {
            Note::LimitsRequests { level, .. } | Note::LimitsConnections { level, .. } | Note::Said(level, _) => *level,
            Note::Matched { .. } | Note::Rewritten { .. } => Importance::Notice,
            Note::BadLine(_) | Note::BadHead(_) | Note::BadHeader(..) | Note::BadText(_) => Importance::Info,
            _ => Importance::Error,
        }
    }

    /// It is about the headers of the request.
    #[must_use]
    pub fn is_of_headers(&self) -> bool {
        matches!(self, Note::BadHead(_) | Note::BadHeader(..) | Note::BadText(_))
    }

    /// nginx's words.
    #[must_use]
    pub fn message(&self, site: &Site, plan: &Plan, exchange: &Exchange) -> Vec<u8> {
        let dry = |dry_run: bool, text: &'static str| if dry_run { text } else { "" };
        let quoted = |before: &str, text: Slice| {
            let mut out = before.as_bytes().to_vec();
            out.push(b'"');
            out.extend_from_slice(exchange.text(site, text));
            out.push(b'"');
            out
        };
        match *self {
            Note::LimitsRequests { zone, excess, delays, dry_run, .. } => {
                let (verb, comma) = if delays { ("delaying request", ",") } else { ("limiting requests", "") };
                let (whole, rest, dry) = (excess / 1000, excess % 1000, dry(dry_run, ", dry run"));
                let name = plan.keys.request_zone(zone);
                format!("{verb}{dry}, excess: {whole}.{rest:03}{comma} by zone \"{name}\"").into_bytes()
            }
            Note::LimitsConnections { zone, dry_run, .. } => {
                let (dry, name) = (dry(dry_run, ", dry run,"), plan.keys.connection_zone(zone));
                format!("limiting connections{dry} by zone \"{name}\"").into_bytes()
            }
            Note::LongKey { of_requests, zone, key } => {
                let (most, text) = if of_requests {
                    (u16::MAX.into(), plan.keys.request_key_text(zone))
                } else {
                    (u32::from(u8::MAX), plan.keys.connection_key_text(zone))
                };
                quoted(&format!("the value of the \"{text}\" key is more than {most} bytes: "), key)
            }
            Note::NoLive => b"no live upstreams".to_vec(),
            Note::Forbidden => b"access forbidden by rule".to_vec(),
            Note::TooLarge(length) => format!("client intended to send too large body: {length} bytes").into_bytes(),
            Note::Cycle(turn, to) => {
                let turn = match turn {
                    Turn::Rewrite => "processing ",
                    Turn::Internal => "internally redirecting to ",
                    Turn::Named => "redirect to named location ",
                };
                quoted(&format!("rewrite or internal redirection cycle while {turn}"), to)
            }
            Note::NoNamed(name) => quoted("could not find named location ", name),
            Note::EmptyUri(name) => quoted("empty URI in redirect to named location ", name),
            Note::NoResolver(name) => {
                let mut out = b"no resolver defined to resolve ".to_vec();
                out.extend_from_slice(exchange.text(site, name));
                out
            }
            Note::Said(_, text) | Note::BadText(text) => exchange.text(site, text).to_vec(),
            Note::BadLine(words) | Note::BadHead(words) => words.as_bytes().to_vec(),
            Note::BadHeader(words, text) => quoted(&format!("{words}: "), text),
            Note::BadRate(value) => quoted("invalid $limit_rate ", value),
            Note::Matched { pattern, text, matched } => {
                let mut out = vec![b'"'];
                out.extend_from_slice(&crate::syntax::encode(site.pattern(pattern).regex.pattern()));
                out.push(b'"');
                out.extend_from_slice(if matched { b" matches " } else { b" does not match " });
                out.extend_from_slice(&quoted("", text));
                out
            }
            Note::Rewritten { uri, args: None } => quoted("rewritten redirect: ", uri),
            Note::Rewritten { uri, args: Some(args) } => {
                let mut out = quoted("rewritten data: ", uri);
                out.extend_from_slice(&quoted(", args: ", args));
                out
            }
        }
    }
}
