//! `gzip` and `gunzip`: content is compressed for clients that take it, and given plain to those that do not
//! (`ngx_http_gzip_filter_module.c`, `ngx_http_gunzip_filter_module.c`, `ngx_http_gzip_ok`, and what `gzip_static` goes by). `gzip_buffers`, `gzip_window`,
//! `gzip_hash`, `gzip_no_buffer` and `postpone_gzipping` only shape memory, and are left to the library.

use std::io::Write;

use flate2::write::{GzEncoder, MultiGzDecoder};
use flate2::{Compression, GzBuilder};
use pcre2::bytes::RegexBuilder;

use super::Answer;
use super::filter::{Filtering, Refused};
use super::types::TypeList;
use super::upstream::parse_time;
use crate::config::{Config, ScopeId, Value};
use crate::exchange::body::{BodyFilter, Broken};
use crate::exchange::state::Exchange;

/// What holds in one location.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "nginx's flags, each of its own")]
pub struct GzipTerms {
    on: bool,
    gunzip: bool,
    /// `gzip_static`
    ready: Ready,
    level: u32,
    least: u64,
    types: TypeList,
    vary: bool,
    /// HTTP's version times ten from which on it is done.
    version: u8,
    proxied: u32,
    disabled: Vec<pcre2::bytes::Regex>,
    disables_msie6: bool,
}

/// Whether files are looked for that are compressed already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ready {
    Off,
    On,
    Always,
}

/// The words of `gzip_proxied`, as bits.
const OFF: u32 = 1;
const EXPIRED: u32 = 1 << 1;
const NO_CACHE: u32 = 1 << 2;
const NO_STORE: u32 = 1 << 3;
const PRIVATE: u32 = 1 << 4;
const NO_LAST_MODIFIED: u32 = 1 << 5;
const NO_ETAG: u32 = 1 << 6;
const AUTH: u32 = 1 << 7;
const ANY: u32 = 1 << 8;

impl GzipTerms {
    /// What holds in a scope; none where nothing is to be done.
    pub(super) fn compile(config: &Config, scope: ScopeId) -> Option<GzipTerms> {
        let (on, gunzip) = (config.flag(scope, "gzip", false), config.flag(scope, "gunzip", false));
        let ready = match config.effective(scope, "gzip_static").map(|set| set.arg(1)) {
            Some("on") => Ready::On,
            Some("always") => Ready::Always,
            _ => Ready::Off,
        };
        if !on && !gunzip && ready == Ready::Off {
            return None;
        }
        let words = config.effective_all(scope, "gzip_disable");
        let words = words.iter().flat_map(|set| &set.words[1..]).map(|word| &*word.value);
        let proxied = match config.effective(scope, "gzip_proxied").map(|set| &set.value) {
            Some(Value::Mask(mask)) => *mask,
            _ => OFF,
        };
        Some(GzipTerms {
            on,
            gunzip,
            ready,
            level: config.number(scope, "gzip_comp_level", 1) as u32,
            least: config.number(scope, "gzip_min_length", 20),
            types: TypeList::new(config, scope, "gzip_types", "text/html", ""),
            vary: config.flag(scope, "gzip_vary", false),
            version: match config.effective(scope, "gzip_http_version").map(|set| &set.value) {
                Some(Value::Enum(0)) => 10,
                _ => 11,
            },
            proxied,
            disabled: words.clone().filter_map(|word| RegexBuilder::new().caseless(true).build(word).ok()).collect(),
            disables_msie6: words.clone().any(|word| word == "msie6"),
        })
    }

    /// Whether a file that is compressed already is looked for, and whether it is for this client.
    #[must_use]
    pub fn takes_ready(&self, exchange: &Exchange, answer: &Answer) -> Option<bool> {
        let fits = match self.ready {
            Ready::Off => return None,
            Ready::On => self.fits_client(exchange, answer),
            Ready::Always => true,
        };
        (fits || self.vary).then_some(fits)
    }

    /// Whether it is to be said that the answer depends on the client, where such a file is found.
    #[must_use]
    pub fn varies(&self) -> bool {
        self.vary && self.ready == Ready::On
    }

    /// `ngx_http_gzip_ok`
    fn fits_client(&self, exchange: &Exchange, answer: &Answer) -> bool {
        let request = &exchange.request;
        if exchange.is_sub || !request.value(b"accept-encoding").is_some_and(accepts) {
            return false;
        }
        if (self.disables_msie6 && request.is_msie6()) || request.version() < self.version {
            return false;
        }
        let agent = request.value(b"user-agent");
        let fits_proxies = request.value(b"via").is_none() || self.fits_proxies(exchange, answer);
        fits_proxies
            && !agent.is_some_and(|agent| self.disabled.iter().any(|regex| regex.is_match(agent).unwrap_or(false)))
    }

    /// `gzip_proxied`
    fn fits_proxies(&self, exchange: &Exchange, answer: &Answer) -> bool {
        let has = |bit| self.proxied & bit != 0;
        if has(OFF) {
            return false;
        }
        if has(ANY) || (has(AUTH) && exchange.request.value(b"authorization").is_some()) {
            return true;
        }
        if let Some(expires) = answer.list.get(b"expires") {
            let now = (exchange.epoch + exchange.now.0) as i64 / 1000;
            let date = answer.list.get(b"date").map_or(Some(now), parse_time);
            let expires = parse_time(expires);
            return has(EXPIRED) && expires.is_some() && date.is_some_and(|date| expires.is_some_and(|at| at < date));
        }
        if answer.list.get(b"cache-control").is_some() {
            let says = |word: &[u8]| {
                let mut parts =
                    answer.list.values(b"cache-control").flat_map(|value| value.split(|byte| *byte == b','));
                parts.any(|part| part.trim_ascii().eq_ignore_ascii_case(word))
            };
            return (has(NO_CACHE) && says(b"no-cache"))
                || (has(NO_STORE) && says(b"no-store"))
                || (has(PRIVATE) && says(b"private"));
        }
        let modified = answer.last_modified.is_some() || answer.lists_last_modified;
        let tagged = answer.list.get(b"etag").is_some();
        !(has(NO_LAST_MODIFIED) && modified || has(NO_ETAG) && tagged)
    }
}

/// Whether `Accept-Encoding` takes gzip: `ngx_http_gzip_accept_encoding`.
fn accepts(header: &[u8]) -> bool {
    const NAME: &[u8] = b"gzip";
    let is_it = |at: &usize| {
        header[*at..*at + NAME.len()].eq_ignore_ascii_case(NAME) && (*at == 0 || matches!(header[at - 1], b',' | b' '))
    };
    let last = header.len().checked_sub(NAME.len());
    let Some(at) = last.and_then(|last| (0..=last).find(is_it)) else { return false };
    let rest = header[at + NAME.len()..].trim_ascii_start();
    match rest {
        [] | [b',', ..] => true,
        [b';', rest @ ..] => match rest.trim_ascii_start() {
            [] => true,
            [b'q' | b'Q', b'=', quantity @ ..] if !quantity.is_empty() => is_positive(quantity),
            _ => false,
        },
        _ => false,
    }
}

/// `ngx_http_gzip_quantity`: whether a quality is a good one, and not 0.
fn is_positive(text: &[u8]) -> bool {
    let end = text.iter().position(|byte| matches!(byte, b',' | b' ')).unwrap_or(text.len());
    match &text[..end] {
        [first @ (b'0' | b'1')] => *first == b'1',
        [first @ (b'0' | b'1'), b'.', digits @ ..] if digits.len() <= 3 && digits.iter().all(u8::is_ascii_digit) => {
            let zero = digits.iter().all(|digit| *digit == b'0');
            if *first == b'1' { zero } else { !zero }
        }
        _ => false,
    }
}

/// What the header of compressed content says of the system: UNIX.
const SYSTEM: u8 = 3;

/// `ngx_http_gzip_header_filter`
pub(super) fn compress(filtering: &mut Filtering) -> Result<(), Refused> {
    let Some(terms) = filtering.terms.gzip.as_deref().filter(|terms| terms.on) else { return Ok(()) };
    let answer = &filtering.answer;
    let is_apt = matches!(answer.status, 200 | 403 | 404)
        && answer.list.get(b"content-encoding").is_none_or(<[u8]>::is_empty)
        && answer.length.is_none_or(|length| length >= terms.least)
        && terms.types.has(answer.content_type());
    if !is_apt {
        return Ok(());
    }
    filtering.answer.gzip_vary |= terms.vary;
    if !terms.fits_client(filtering.exchange, filtering.answer) {
        return Ok(());
    }
    filtering.answer.list.push(b"Content-Encoding", b"gzip");
    recoded(filtering);
    let writer = GzBuilder::new().operating_system(SYSTEM).write(Vec::new(), Compression::new(terms.level));
    filtering.filters.push(Box::new(Compressed { writer, is_dirty: false }));
    Ok(())
}

/// `ngx_http_gunzip_header_filter`
pub(super) fn expand(filtering: &mut Filtering) -> Result<(), Refused> {
    let Some(terms) = filtering.terms.gzip.as_deref().filter(|terms| terms.gunzip) else { return Ok(()) };
    if !filtering.answer.list.get(b"content-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case(b"gzip")) {
        return Ok(());
    }
    filtering.answer.gzip_vary |= terms.vary;
    if terms.fits_client(filtering.exchange, filtering.answer) {
        return Ok(());
    }
    filtering.answer.list.remove(b"Content-Encoding");
    recoded(filtering);
    filtering.filters.push(Box::new(Expanded(MultiGzDecoder::new(Vec::new()))));
    Ok(())
}

/// What no longer holds of content that is coded in another way.
fn recoded(filtering: &mut Filtering) {
    let answer = &mut *filtering.answer;
    answer.length = None;
    answer.forget_ranges();
    answer.weaken_etag();
}

/// Content that is compressed on its way.
#[derive(Debug)]
struct Compressed {
    writer: GzEncoder<Vec<u8>>,
    /// Something came in since the last flush.
    is_dirty: bool,
}

impl BodyFilter for Compressed {
    fn filter(&mut self, input: &[u8], last: bool, out: &mut Vec<u8>) -> Result<(), Broken> {
        self.writer.write_all(input).map_err(|_| Broken)?;
        self.is_dirty |= !input.is_empty();
        if last {
            self.writer.try_finish().map_err(|_| Broken)?;
            self.is_dirty = false;
        }
        out.append(self.writer.get_mut());
        Ok(())
    }

    fn flush(&mut self, out: &mut Vec<u8>) -> Result<(), Broken> {
        if std::mem::take(&mut self.is_dirty) {
            self.writer.flush().map_err(|_| Broken)?;
            out.append(self.writer.get_mut());
        }
        Ok(())
    }
}

/// Content that came compressed and goes plain.
#[derive(Debug)]
struct Expanded(MultiGzDecoder<Vec<u8>>);

impl BodyFilter for Expanded {
    fn filter(&mut self, input: &[u8], last: bool, out: &mut Vec<u8>) -> Result<(), Broken> {
        self.0.write_all(input).map_err(|_| Broken)?;
        if last {
            self.0.try_finish().map_err(|_| Broken)?;
        }
        out.append(self.0.get_mut());
        Ok(())
    }

    fn flush(&mut self, out: &mut Vec<u8>) -> Result<(), Broken> {
        self.0.flush().map_err(|_| Broken)?;
        out.append(self.0.get_mut());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_takes_it() {
        let yes = ["gzip", "gzip, deflate", "deflate,gzip", "x, GZIP;q=0.5", "gzip;q=1", "gzip;q=1.0", "gzip;q=0.001"];
        let no = [
            "",
            "deflate",
            "xgzip",
            "gzipx",
            "gzip;q=0",
            "gzip;q=0.000",
            "gzip;q=2",
            "gzip;q",
            "gzip;x=1",
            "gzip;q=0.x",
        ];
        for header in yes {
            assert!(accepts(header.as_bytes()), "{header}");
        }
        for header in no {
            assert!(!accepts(header.as_bytes()), "{header}");
        }
    }

    #[test]
    fn there_and_back_again() {
        let writer = GzBuilder::new().write(Vec::new(), Compression::new(1));
        let mut there = Compressed { writer, is_dirty: false };
        let mut back = Expanded(MultiGzDecoder::new(Vec::new()));
        let (mut packed, mut plain) = (Vec::new(), Vec::new());
        there.filter(&[b'x'; 5000], false, &mut packed).expect("no fault");
        there.flush(&mut packed).expect("no fault");
        back.filter(&packed, false, &mut plain).expect("no fault");
        back.flush(&mut plain).expect("no fault");
        assert_eq!(plain.len(), 5000);
        packed.clear();
        there.flush(&mut packed).expect("no fault");
        assert!(packed.is_empty(), "there is nothing to flush");
        there.filter(b"end", true, &mut packed).expect("no fault");
        back.filter(&packed, true, &mut plain).expect("no fault");
        assert!(plain.ends_with(b"xend"));
        assert_eq!(Expanded(MultiGzDecoder::new(Vec::new())).filter(b"plain text", true, &mut plain), Err(Broken));
    }
}
