//! What an upstream tells nginx by headers of its answer: `X-Accel-Redirect` sends the request to another path,
//! `X-Accel-Limit-Rate` says how fast the client gets the answer (`ngx_http_upstream_process_headers`).

use crate::exchange::request::Slice;
use crate::exchange::state::Exchange;
use crate::exchange::upstream::Ignored;

/// Headers that stay when the answer's maker changes.
const KEPT: &[&[u8]] =
    &[b"Content-Type", b"Set-Cookie", b"Content-Disposition", b"Cache-Control", b"Expires", b"Accept-Ranges"];

impl Exchange {
    /// Notes `X-Accel-Limit-Rate`: bytes a second for the client, `off` for no limit.
    pub(in crate::exchange) fn take_rate(&mut self) {
        if self.upstream_headers.is_empty() || self.passing().ignored.contains(Ignored::LIMIT_RATE) {
            return;
        }
        let Some(rate) = self.upstream_headers.get(b"x-accel-limit-rate") else { return };
        let bytes = std::str::from_utf8(rate).ok().and_then(|rate| rate.parse().ok());
        self.limit_rate = if rate.eq_ignore_ascii_case(b"off") { Some(0) } else { bytes.or(self.limit_rate) };
    }

    /// Follows `X-Accel-Redirect`: the request has another path from here on, an empty one where nginx refuses it. Whether
    /// there was one.
    pub(in crate::exchange) fn take_accel(&mut self) -> bool {
        if self.upstream_headers.is_empty() || self.passing().ignored.contains(Ignored::REDIRECT) {
            return false;
        }
        let Some(uri) = self.upstream_headers.get(b"x-accel-redirect") else { return false };
        for (name, value) in self.upstream_headers.iter() {
            if KEPT.iter().any(|kept| kept.eq_ignore_ascii_case(name)) {
                self.kept.push(name, value);
            }
        }
        if uri.first() == Some(&b'@') {
            self.route.next_named = Some(self.request.push(uri));
            return true;
        }
        let judged = judge_path(uri);
        let args = judged.as_ref().map_or(Slice::default(), |(_, args)| self.request.push(args));
        self.request.uri = judged.map_or(Slice::default(), |(path, _)| self.request.push(&path));
        self.request.args = args;
        if self.request.method() != b"HEAD" {
            self.request.method = self.request.push(b"GET");
        }
        true
    }

    /// `WWW-Authenticate` of an answer whose place an error page takes.
    pub(in crate::exchange) fn keep_challenge(&mut self, status: u16) {
        if status == 401 {
            for value in self.upstream_headers.values(b"www-authenticate") {
                self.kept.push(b"WWW-Authenticate", value);
            }
        }
    }
}

/// Path and arguments of what someone other than the client asks for; none where nginx refuses it.
pub fn judge_path(uri: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let (path, args) = match memchr::memchr(b'?', uri) {
        Some(at) => (&uri[..at], &uri[at + 1..]),
        None => (uri, &[][..]),
    };
    let mut plain = Vec::with_capacity(path.len());
    unescape(path, &mut plain);
    (!is_unsafe(path) && !is_unsafe(&plain)).then_some((plain, args))
}

/// Whether nginx takes a path for an attack: `ngx_http_parse_unsafe_uri`.
fn is_unsafe(path: &[u8]) -> bool {
    path.is_empty() || path.contains(&0) || path.split(|byte| *byte == b'/').any(|part| part == b"..")
}

/// Appends a path whose `%XX` are decoded.
fn unescape(path: &[u8], out: &mut Vec<u8>) {
    let hex = |byte: Option<&u8>| byte.and_then(|byte| (*byte as char).to_digit(16));
    let mut at = 0;
    while let Some(byte) = path.get(at) {
        if let (b'%', Some(high), Some(low)) = (byte, hex(path.get(at + 1)), hex(path.get(at + 2))) {
            out.push((high << 4 | low) as u8);
            at += 3;
        } else {
            out.push(*byte);
            at += 1;
        }
    }
}
