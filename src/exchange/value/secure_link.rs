//! `$secure_link`: `ngx_http_secure_link_module.c`.

use md5::{Digest, Md5};

use super::Template;
use crate::config::{ScopeId, Text, values};
use crate::exchange::request::Slice;
use crate::exchange::site::{Builder, Site};
use crate::exchange::state::Exchange;

/// How links are checked.
#[derive(Debug)]
pub enum Link {
    /// `secure_link` and `secure_link_md5`
    Md5 { link: Template, md5: Template },
    /// `secure_link_secret`
    Secret(Vec<u8>),
}

/// What a good link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is good.
    Good,
    /// It was good.
    Expired,
    /// It is good, and leads there.
    Path(Slice),
}

impl Link {
    /// What holds in a scope.
    pub fn compile(builder: &mut Builder, scope: ScopeId) -> Option<Link> {
        const NAMES: [&str; 3] = ["secure_link_secret", "secure_link", "secure_link_md5"];
        let config = builder.config;
        // What stands nearest counts: a link of the one kind is not checked by the other around it.
        let here = |id: &ScopeId| NAMES.iter().any(|name| config.scope(*id).setting(name).is_some());
        let nearest = config.ancestors(scope).find(here)?;
        if let Some(secret) = config.scope(nearest).setting("secure_link_secret") {
            return Some(Link::Secret(crate::syntax::encode(secret.arg(1))));
        }
        let text = |name| Text::read(config.effective(scope, name)?.arg(1)).ok();
        let (link, md5) = (text("secure_link")?, text("secure_link_md5")?);
        Some(Link::Md5 { link: builder.template(&link), md5: builder.template(&md5) })
    }

    /// The verdict, none for a bad link; and the time at which the link ends, if it says one.
    pub fn judge(&self, site: &Site, exchange: &mut Exchange) -> (Option<Verdict>, Option<Slice>) {
        match self {
            Link::Secret(secret) => (in_path(exchange, secret), None),
            Link::Md5 { link, md5 } => {
                let Some(link) = link.try_eval(site, exchange) else { return (None, None) };
                let text = exchange.text(site, link);
                let comma = memchr::memchr(b',', text);
                let hash = decoded(&text[..comma.unwrap_or(text.len())]);
                let end = comma.map(|comma| link.part(comma + 1, text.len()));
                let expires = end.map(|end| time(exchange.text(site, end)));
                if expires == Some(None) {
                    return (None, None);
                }
                let Some(hash) = hash else { return (None, end) };
                let Some(made) = md5.try_eval(site, exchange) else { return (None, end) };
                let good = Md5::digest(exchange.text(site, made)).as_slice() == hash;
                let now = ((exchange.epoch + exchange.now.0) / 1000) as i64;
                let is_over = expires.flatten().is_some_and(|expires| expires < now);
                (good.then_some(if is_over { Verdict::Expired } else { Verdict::Good }), end)
            }
        }
    }
}

/// A time that is one: above zero.
fn time(digits: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    values::number(text).filter(|time| *time > 0)
}

/// A hash in the alphabet of URLs, with or without the signs at its end that fill it up.
fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    use base64::Engine as _;
    use base64::alphabet::URL_SAFE;
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
    /// The most that nginx looks at.
    const LONGEST: usize = 24;
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let hash = GeneralPurpose::new(&URL_SAFE, config).decode(text.get(..text.len().min(LONGEST + 1))?).ok()?;
    (text.len() <= LONGEST && hash.len() == 16).then_some(hash)
}

/// `/prefix/HASH/path`, where the hash is that of the path and the secret.
fn in_path(exchange: &Exchange, secret: &[u8]) -> Option<Verdict> {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let whole = exchange.request.unparsed;
    let text = exchange.request.get(whole);
    let start = memchr::memchr(b'/', text.get(1..)?)? + 2;
    let end = start + memchr::memchr(b'/', text.get(start..)?)?;
    let (hash, path) = (&text[start..end], &text[end + 1..]);
    if hash.len() != 32 || path.is_empty() {
        return None;
    }
    let made = Md5::new().chain_update(path).chain_update(secret).finalize();
    let hex: Vec<u8> =
        made.iter().flat_map(|byte| [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]).collect();
    hash.eq_ignore_ascii_case(&hex).then(|| Verdict::Path(whole.part(end + 1, path.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_in_the_alphabet_of_urls() {
        assert_eq!(decoded(b"AAECAwQFBgcICQoLDA0ODw"), Some((0..16).collect()));
        assert_eq!(decoded(b"AAECAwQFBgcICQoLDA0ODw=="), Some((0..16).collect()));
        assert_eq!(decoded(b"_-8CAwQFBgcICQoLDA0ODw").map(|hash| hash[0]), Some(0xff));
        assert_eq!(decoded(b"AAECAwQFBgcICQoLDA0O"), None);
        assert_eq!(decoded(b"AAECAwQFBgcICQoLDA0ODw==A"), None);
    }

    #[test]
    fn times() {
        assert_eq!(time(b"12"), Some(12));
        for text in [&b"0"[..], b"", b"x", b"-1"] {
            assert_eq!(time(text), None);
        }
    }
}
