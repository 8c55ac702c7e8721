//! What nginx reads off `User-Agent`: `ngx_http_process_user_agent`.

use super::Request;

impl Request {
    fn agent(&self) -> &[u8] {
        self.values(b"user-agent").last().map(|agent| self.get(agent)).unwrap_or_default()
    }

    /// The browser is an old one of Microsoft's.
    #[must_use]
    pub fn is_msie(&self) -> bool {
        let agent = self.agent();
        let msie = memchr::memmem::find(agent, b"MSIE ").is_some_and(|at| at + 7 < agent.len());
        msie && memchr::memmem::find(agent, b"Opera").is_none()
    }

    /// The browser is so old that it may wait after the answer to a `POST` on a connection that stays.
    #[must_use]
    pub fn is_msie6(&self) -> bool {
        if !self.is_msie() {
            return false;
        }
        let agent = self.agent();
        let after = memchr::memmem::find(agent, b"MSIE ").map(|at| &agent[at + 5..]).unwrap_or_default();
        match after {
            [b'4' | b'5', b'.', ..] => true,
            [b'6', b'.', ..] => memchr::memmem::find(after, b"SV1").is_none(),
            _ => false,
        }
    }

    /// The browser is Safari.
    #[must_use]
    pub fn is_safari(&self) -> bool {
        let agent = self.agent();
        let has = |word: &[u8]| memchr::memmem::find(agent, word).is_some();
        has(b"Safari/") && has(b"Mac OS X") && ![&b"Opera"[..], b"Gecko/", b"Chrome/"].into_iter().any(has)
    }

    /// The browser shows a page of its own in the place of short ones.
    #[must_use]
    pub fn wants_padding(&self) -> bool {
        let agent = self.agent();
        let has = |word: &[u8]| memchr::memmem::find(agent, word).is_some();
        self.is_msie() || (has(b"Chrome/") && !has(b"Opera"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::request::{Connection, Line};

    #[test]
    fn browsers() {
        let cases = [
            ("Mozilla/4.0 (compatible; MSIE 6.0)", [true, true, false, true]),
            ("Mozilla/4.0 (compatible; MSIE 6.0; SV1)", [true, false, false, true]),
            ("MSIE 7.0", [true, false, false, true]),
            ("MSIE 5.0 Opera", [false; 4]),
            ("Mac OS X Safari/1", [false, false, true, false]),
            ("Mac OS X Chrome/1 Safari/1", [false, false, false, true]),
        ];
        for (agent, want) in cases {
            let mut request = Request::default();
            request.start(&Connection::default(), Line::default());
            request.header(b"User-Agent", agent.as_bytes());
            let is = [request.is_msie(), request.is_msie6(), request.is_safari(), request.wants_padding()];
            assert_eq!(is, want, "{agent}");
        }
    }
}
