//! The cookie of `sticky cookie`: which server a session is bound to, and what else nginx writes into it
//! (`ngx_http_upstream_sticky_cookie_insert`).

use std::sync::Arc;

use super::Compile;
use crate::exchange::headers::Headers;
use crate::exchange::site::Site;
use crate::exchange::state::Exchange;
use crate::exchange::value::{Template, cookie_time};
use crate::modules::shared::upstream::{Expires, Sticky};

/// A cookie that nginx sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookie {
    /// Its name.
    pub name: Arc<str>,
    /// The server's id.
    pub value: Arc<str>,
    /// What follows: `; expires=...; path=/`.
    pub attributes: Vec<u8>,
}

/// What the configuration says of a cookie besides its name.
#[derive(Debug, Clone, Default)]
pub struct Attributes {
    expires: Option<Expires>,
    domain: Option<Template>,
    same_site: Option<SameSite>,
    /// `httponly`, `secure`
    flags: String,
    /// `; path=...`
    path: Vec<u8>,
}

#[derive(Debug, Clone)]
enum SameSite {
    /// A word, as it is written.
    Fixed(Vec<u8>),
    /// What is none of the three words counts as `strict`.
    Dynamic(Template),
}

impl Attributes {
    /// Compiles what belongs to a cookie.
    pub(super) fn compile(sticky: &Sticky, compile: &mut dyn Compile) -> Attributes {
        let Sticky::Cookie { domain, path, expires, http_only, secure, same_site, .. } = sticky else {
            return Attributes::default();
        };
        let same_site = same_site.as_ref().map(|text| match text.literal() {
            Some(word) => SameSite::Fixed(crate::syntax::encode(word)),
            None => SameSite::Dynamic(compile.text(text)),
        });
        let flags = [(*http_only, "; httponly"), (*secure, "; secure")];
        Attributes {
            expires: *expires,
            domain: domain.as_ref().map(|domain| compile.text(domain)),
            same_site,
            flags: flags.iter().filter(|(set, _)| *set).map(|(_, text)| *text).collect(),
            path: path.as_ref().map(|path| crate::syntax::encode(&format!("; path={path}"))).unwrap_or_default(),
        }
    }

    /// The text of the attributes, for a cookie that is set now.
    pub(super) fn write(&self, site: &Site, exchange: &mut Exchange, out: &mut Vec<u8>) {
        match self.expires {
            Some(Expires::Max) => out.extend_from_slice(b"; expires=Thu, 31-Dec-37 23:55:55 GMT; max-age=315360000"),
            Some(Expires::After(seconds)) => {
                let until = (exchange.epoch + exchange.now.0) / 1000 + seconds;
                let text = format!("; expires={}; max-age={seconds}", cookie_time(until as i64));
                out.extend_from_slice(text.as_bytes());
            }
            None => {}
        }
        let mut domain = Vec::new();
        if let Some(text) = &self.domain {
            text.write(site, exchange, &mut domain);
        }
        add(b"; domain=", &domain, out);
        out.extend_from_slice(self.flags.as_bytes());
        match &self.same_site {
            Some(SameSite::Fixed(word)) => add(b"; samesite=", word, out),
            Some(SameSite::Dynamic(text)) => {
                let mut word = Vec::new();
                text.write(site, exchange, &mut word);
                let known = [&b"strict"[..], b"lax", b"none"].iter().any(|known| known.eq_ignore_ascii_case(&word));
                let word = if known || word.is_empty() { &word[..] } else { b"strict" };
                add(b"; samesite=", word, out);
            }
            None => {}
        }
        out.extend_from_slice(&self.path);
    }
}

fn add(key: &[u8], value: &[u8], out: &mut Vec<u8>) {
    if !value.is_empty() {
        out.extend_from_slice(key);
        out.extend_from_slice(value);
    }
}

impl Exchange {
    /// Adds the cookies that name the request's servers to an answer, whoever makes it; they stand before the upstream's
    /// headers.
    pub fn write_cookies(&self, headers: &mut Headers) {
        for Cookie { name, value, attributes } in &self.tries.cookies {
            headers.push_with(b"Set-Cookie", |out| {
                out.extend_from_slice(&crate::syntax::encode(name));
                out.push(b'=');
                out.extend_from_slice(value.as_bytes());
                out.extend_from_slice(attributes);
            });
        }
    }
}
