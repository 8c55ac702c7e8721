//! The answer that an upstream's headers make: `ngx_http_upstream_process_headers` and the copying of headers.

use rustc_hash::FxHashMap;

use super::{Answer, Ranges};
use crate::config::{Config, ScopeId};
use crate::exchange::headers::Headers;
use crate::exchange::passed::Rewritten;
use crate::modules::shared::upstream_headers::Hidden;

/// What becomes of a header of an upstream's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Treatment {
    /// It is not passed on.
    Hide,
    /// It has a place of its own.
    ContentType,
    /// Of the connection to the upstream.
    OfConnection,
    /// It takes the place of nginx's own.
    Server,
    /// It takes the place of nginx's own.
    Date,
    /// The time counts for conditional requests.
    LastModified,
    /// It is rewritten by `proxy_redirect`.
    Location,
    /// It is rewritten by `proxy_redirect`.
    Refresh,
    /// It is rewritten by `proxy_cookie_domain` and its kin.
    SetCookie,
    /// Not passed on where ranges are made here.
    AcceptRanges,
    /// Not for HTTP/2.
    Upgrade,
}

/// The names that nginx has a treatment for.
const KNOWN: &[(&str, Treatment)] = &[
    ("content-type", Treatment::ContentType),
    ("content-length", Treatment::OfConnection),
    ("connection", Treatment::OfConnection),
    ("keep-alive", Treatment::OfConnection),
    ("transfer-encoding", Treatment::OfConnection),
    ("server", Treatment::Server),
    ("date", Treatment::Date),
    ("last-modified", Treatment::LastModified),
    ("location", Treatment::Location),
    ("refresh", Treatment::Refresh),
    ("set-cookie", Treatment::SetCookie),
    ("accept-ranges", Treatment::AcceptRanges),
    ("upgrade", Treatment::Upgrade),
];

/// What becomes of each header in one location; names in lower case.
#[derive(Debug, Default)]
pub struct Treatments {
    by_name: FxHashMap<Box<[u8]>, Treatment>,
    longest: usize,
}

/// Names longer than this are looked up nowhere: they are in no table of nginx's either, unless hidden.
const ROOM: usize = 128;

impl Treatments {
    /// nginx's, with the names that are hidden.
    pub fn new<'n>(hidden: impl Iterator<Item = &'n [u8]>) -> Treatments {
        let mut by_name: FxHashMap<Box<[u8]>, Treatment> =
            KNOWN.iter().map(|(name, treatment)| (name.as_bytes().into(), *treatment)).collect();
        by_name.extend(hidden.map(|name| (name.to_ascii_lowercase().into(), Treatment::Hide)));
        let longest = by_name.keys().map(|name| name.len()).max().unwrap_or(0).min(ROOM);
        Treatments { by_name, longest }
    }

    /// What holds in a scope.
    pub fn in_scope(config: &Config, scope: ScopeId, hidden: &Hidden) -> Treatments {
        let passed = config.effective_all(scope, hidden.pass);
        let is_passed = |name: &str| passed.iter().any(|set| set.arg(1).eq_ignore_ascii_case(name));
        let set = config.effective_all(scope, hidden.hide);
        let names = hidden.defaults.iter().copied().chain(set.iter().map(|set| set.arg(1)));
        let names: Vec<Vec<u8>> = names.filter(|name| !is_passed(name)).map(crate::syntax::encode).collect();
        Treatments::new(names.iter().map(Vec::as_slice))
    }

    /// What becomes of a header; nothing where it is passed on as it is.
    #[inline]
    #[must_use]
    pub fn of(&self, name: &[u8]) -> Option<Treatment> {
        if name.len() > self.longest {
            return None;
        }
        let mut lower = [0; ROOM];
        let lower = lower.get_mut(..name.len())?;
        lower.copy_from_slice(name);
        lower.make_ascii_lowercase();
        self.by_name.get(&*lower).copied()
    }
}

impl Answer {
    /// Takes the headers over; some of them `rewritten`, by their places. A redirect that was rewritten to a path is left in
    /// [`Answer::location`], to be made a whole URL.
    pub fn take(&mut self, headers: &Headers, treatments: &Treatments, http2: bool, rewritten: &Rewritten) {
        let mut rewritten = rewritten.iter().peekable();
        for (at, (name, value)) in headers.iter().enumerate() {
            let new = rewritten.next_if(|(place, _)| *place == at).map(|(_, value)| &**value);
            let value = new.unwrap_or(value);
            match treatments.of(name) {
                Some(Treatment::Hide | Treatment::OfConnection) => {}
                Some(Treatment::ContentType) => self.take_type(value),
                Some(Treatment::Upgrade) if http2 => {}
                Some(Treatment::AcceptRanges) if self.ranges != Ranges::No => {}
                Some(Treatment::Location) if new.is_some() && value.first() == Some(&b'/') => {
                    self.location.extend_from_slice(value);
                }
                other => {
                    match other {
                        Some(Treatment::Server) => self.has_server = true,
                        Some(Treatment::Date) => self.has_date = true,
                        Some(Treatment::LastModified) => {
                            self.lists_last_modified = true;
                            self.last_modified = parse_time(value);
                        }
                        _ => {}
                    }
                    self.list.push(name, value);
                }
            }
        }
    }

    /// `ngx_http_upstream_copy_content_type`
    fn take_type(&mut self, value: &[u8]) {
        const CHARSET: &[u8] = b"charset=";
        self.set_type(value);
        let mut rest = 0;
        while let Some(at) = memchr::memchr(b';', &value[rest..]) {
            let semicolon = rest + at;
            let blank = value[semicolon + 1..].iter().take_while(|byte| **byte == b' ').count();
            rest = semicolon + 1 + blank;
            let Some(name) = value.get(rest..rest + CHARSET.len()) else { continue };
            if !name.eq_ignore_ascii_case(CHARSET) {
                continue;
            }
            self.essence = semicolon;
            let charset = &value[rest + CHARSET.len()..];
            let charset = charset.strip_prefix(b"\"").unwrap_or(charset);
            let charset = charset.strip_suffix(b"\"").unwrap_or(charset);
            self.charset.clear();
            self.charset.extend_from_slice(charset);
            return;
        }
    }
}

/// A time that HTTP wrote: `ngx_parse_http_time`, of which the usual form is read.
#[must_use]
pub fn parse_time(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    let time = httpdate::parse_http_date(text).ok()?;
    let since = time.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_go_to_their_places() {
        let mut headers = Headers::default();
        for (name, value) in [
            ("server", "x"),
            ("Content-Type", "text/html; a=b; charset=\"utf-8\""),
            ("CONTENT-LENGTH", "7"),
            ("Last-Modified", "Thu, 01 Jan 1970 00:00:10 GMT"),
            ("X-Secret", "s"),
            ("Location", "/there"),
        ] {
            headers.push(name.as_bytes(), value.as_bytes());
        }
        let mut answer = Answer::default();
        answer.take(&headers, &Treatments::new([&b"X-Secret"[..], b"Server"].into_iter()), false, &Vec::new());
        assert_eq!(answer.content_type(), b"text/html; a=b");
        assert_eq!(answer.charset, b"utf-8");
        assert_eq!(answer.last_modified, Some(10));
        let list: Vec<_> = answer.list.iter().map(|(name, _)| name).collect();
        assert_eq!(list, [&b"Last-Modified"[..], b"Location"]);
        assert!(!answer.has_server && answer.length.is_none());
    }
}
