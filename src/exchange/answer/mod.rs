//! The answer that goes to the client: nginx's `headers_out`. Some headers have places of their own, since nginx writes
//! them first and in an order of its own; all others stand in a list.

mod added;
mod charset;
mod filter;
mod gzip;
mod http1;
mod not_modified;
mod page;
mod range;
mod status;
mod sub;
mod types;
mod upstream;
mod userid;

pub use charset::CharsetTables;
pub use filter::{Filtering, HeadTerms, IfModifiedSince, Refused, filter_head};
pub use http1::{Manner, Persistence, number};
pub use page::{write as write_page, write_refresh};
pub use range::Part;
pub use status::reason;
pub use types::{ContentTypes, TypeList};
pub use upstream::{Treatment, Treatments, parse_time};
pub(super) use userid::Known as KnownUid;

use super::headers::Headers;

/// The head of an answer.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "nginx's flags, each of its own")]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The status and the words after it, as the upstream wrote them; empty for nginx's own.
    pub status_line: Vec<u8>,
    /// `Content-Type`; empty for none.
    pub content_type: Vec<u8>,
    /// The length of the type itself in `content_type`, where an upstream wrote a charset after it.
    pub essence: usize,
    /// The charset; empty for none. It is written where `content_type` does not have it.
    pub charset: Vec<u8>,
    /// `Content-Length`; none where it is not known.
    pub length: Option<u64>,
    /// When the content was last changed: Unix time in seconds.
    pub last_modified: Option<i64>,
    /// `Last-Modified` is among the list.
    pub lists_last_modified: bool,
    /// A redirect of nginx's own, that may still have to be made a whole URL; empty for none.
    pub location: Vec<u8>,
    /// The upstream's `Server`, where it is passed on; none for nginx's own.
    pub has_server: bool,
    /// The upstream's `Date`, where it is passed on.
    pub has_date: bool,
    /// All other headers, in order.
    pub list: Headers,
    /// Headers after the body.
    pub trailers: Headers,
    /// Only the head is sent: of `HEAD`, 204 and 304.
    pub header_only: bool,
    /// The client may ask for ranges of it.
    pub ranges: Ranges,
    /// `Vary: Accept-Encoding` is due.
    pub gzip_vary: bool,
    /// Its content comes from an upstream: once, from its beginning.
    pub of_upstream: bool,
    /// Trailers are to come, so that the body has to come in chunks.
    pub expects_trailers: bool,
    /// The pieces of the content that are sent; none for all of it.
    pub parts: Vec<Part>,
    /// What is sent after them.
    pub parts_tail: Vec<u8>,
}

/// Whether ranges of an answer may be sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ranges {
    /// They may not.
    #[default]
    No,
    /// One at a time.
    Single,
    /// Several at once.
    Any,
}

impl Answer {
    /// Begins anew.
    pub fn clear(&mut self) {
        self.status = 0;
        for text in [&mut self.status_line, &mut self.content_type, &mut self.charset, &mut self.location] {
            text.clear();
        }
        (self.length, self.last_modified, self.essence) = (None, None, 0);
        self.lists_last_modified = false;
        (self.has_server, self.has_date, self.header_only, self.gzip_vary) = (false, false, false, false);
        self.ranges = Ranges::No;
        (self.of_upstream, self.expects_trailers) = (false, false);
        self.parts.clear();
        self.parts_tail.clear();
        self.list.clear();
        self.trailers.clear();
    }

    /// Begins another answer. Headers that were added on the way to the last one stay, as in nginx; those that describe a
    /// content do not.
    pub fn restart(&mut self) {
        let list = std::mem::take(&mut self.list);
        self.clear();
        self.list = list;
        for name in [&b"Last-Modified"[..], b"Accept-Ranges", b"ETag"] {
            self.list.remove(name);
        }
    }

    /// Sets the type.
    pub fn set_type(&mut self, text: &[u8]) {
        self.content_type.clear();
        self.content_type.extend_from_slice(text);
        self.essence = text.len();
    }

    /// Forgets the type; its charset is not written without it.
    pub fn clear_type(&mut self) {
        self.content_type.clear();
        self.essence = 0;
    }

    /// Appends the type with its charset.
    pub fn write_type(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.content_type);
        if !self.charset.is_empty() && self.essence == self.content_type.len() {
            out.extend_from_slice(b"; charset=");
            out.extend_from_slice(&self.charset);
        }
    }

    /// The type without its charset.
    #[must_use]
    pub fn content_type(&self) -> &[u8] {
        &self.content_type[..self.essence]
    }

    /// Forgets when the content was changed: `ngx_http_clear_last_modified`.
    pub fn forget_last_modified(&mut self) {
        if std::mem::take(&mut self.lists_last_modified) {
            self.list.remove(b"Last-Modified");
        }
        self.last_modified = None;
    }

    /// Forgets that ranges may be asked for: `ngx_http_clear_accept_ranges`.
    pub fn forget_ranges(&mut self) {
        self.ranges = Ranges::No;
        self.list.remove(b"Accept-Ranges");
    }

    /// Says that the content is not byte for byte the one that `ETag` names: `ngx_http_weak_etag`.
    pub fn weaken_etag(&mut self) {
        let Some(etag) = self.list.get(b"ETag") else { return };
        if etag.len() > 2 && etag.starts_with(b"W/") {
            return;
        }
        if etag.first() != Some(&b'"') {
            return self.forget_etag();
        }
        let weak = [b"W/", etag].concat();
        self.list.set(b"ETag", &weak);
    }

    /// Forgets `ETag`.
    pub fn forget_etag(&mut self) {
        self.list.remove(b"ETag");
    }
}
