//! nginx's hash tables, as far as they can fail: `ngx_hash_init` looks for the smallest number of buckets in which no
//! bucket is fuller than `..._bucket_size`, tries up to `..._max_size` of them, and warns when it finds none.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use crate::modules::prelude::*;
use crate::syntax::encode;

/// nginx's `ngx_cacheline_size` on the processors of today; bucket sizes are multiples of it.
pub const CACHE_LINE: u64 = 64;

/// Where the search ends whatever `..._max_size` says, so that a wild number costs no more than a second.
const SEARCH_END: u64 = 1 << 20;

/// What a pointer takes.
const POINTER: u64 = 8;

/// Largest size of a bucket, which nginx counts in 16 bits.
const LARGEST: u64 = 65_536 - CACHE_LINE;

/// A table to build: nginx's `ngx_hash_init_t`.
#[derive(Debug, Clone, Copy)]
pub struct Table<'a> {
    /// Its name in messages: `server_names_hash`.
    pub name: &'a str,
    /// Most buckets.
    pub max_size: u64,
    /// Size of a bucket; where nginx aligns it, [`align`]ed.
    pub bucket_size: u64,
    /// What to point at.
    pub span: Option<Span>,
}

/// A size rounded up to whole cache lines.
#[must_use]
pub fn align(size: u64) -> u64 {
    size.div_ceil(CACHE_LINE).saturating_mul(CACHE_LINE)
}

struct Key {
    hash: u64,
    size: u64,
}

impl Key {
    fn of(text: &str) -> Key {
        // Most keys are their own bytes.
        if text.is_ascii() { Key::new(text.as_bytes()) } else { Key::new(&encode(text)) }
    }

    fn new(bytes: &[u8]) -> Key {
        let hash = |hash: u64, byte: &u8| hash.wrapping_mul(31).wrapping_add(u64::from(byte.to_ascii_lowercase()));
        let size = POINTER + (bytes.len() as u64 + 2).div_ceil(POINTER) * POINTER;
        Key { hash: bytes.iter().fold(0, hash), size }
    }
}

impl Table<'_> {
    /// Judges the table that would hold `keys`.
    ///
    /// # Errors
    /// nginx's `could not build NAME, ...`; when the table is only worse than wished, that is said as a warning.
    pub fn check<'k>(&self, cx: &mut Cx, keys: impl IntoIterator<Item = &'k str>) -> Verdict {
        self.check_keys(cx, &keys.into_iter().map(Key::of).collect::<Vec<_>>())
    }

    fn check_keys(&self, cx: &mut Cx, keys: &[Key]) -> Verdict {
        let Table { name, max_size, bucket_size, .. } = *self;
        if max_size == 0 {
            return Err(self.fault(Fault::emerg(self.too_few())));
        }
        if bucket_size > LARGEST {
            let message = format!("could not build {name}, too large {name}_bucket_size: {bucket_size}");
            return Err(self.fault(Fault::emerg(message)));
        }
        if keys.iter().any(|key| bucket_size < key.size + POINTER) {
            let message = format!("could not build {name}, you should increase {name}_bucket_size: {bucket_size}");
            return Err(self.fault(Fault::emerg(message)));
        }
        if self.fits(keys) {
            return Ok(());
        }
        let message = format!(
            "could not build optimal {name}, you should increase either {name}_max_size: {max_size} or \
             {name}_bucket_size: {bucket_size}; ignoring {name}_bucket_size"
        );
        cx.warn(self.fault(Fault::warn(message)));
        let size = max_size.min(SEARCH_END);
        let mut fill = vec![POINTER; size as usize];
        for key in keys {
            let bucket = &mut fill[(key.hash % size) as usize];
            *bucket += key.size;
            if *bucket > LARGEST {
                return Err(self.fault(Fault::emerg(self.too_few())));
            }
        }
        Ok(())
    }

    /// Whether some allowed number of buckets holds the keys.
    fn fits(&self, keys: &[Key]) -> bool {
        let (count, room) = (keys.len() as u64, self.bucket_size.saturating_sub(POINTER));
        let mut start = (count / (room / (2 * POINTER)).max(1)).max(1);
        if self.max_size > 10_000 && count > 0 && self.max_size / count < 100 {
            start = self.max_size - 1000;
        }
        start = start.min(SEARCH_END);
        let mut fill = Vec::new();
        (start..=self.max_size.min(SEARCH_END)).any(|size| {
            fill.clear();
            fill.resize(size as usize, 0_u32);
            keys.iter().all(|key| {
                let bucket = &mut fill[(key.hash % size) as usize];
                *bucket += key.size as u32;
                u64::from(*bucket) <= room
            })
        })
    }

    fn too_few(&self) -> String {
        format!("could not build {0}, you should increase {0}_max_size: {1}", self.name, self.max_size)
    }

    fn fault(&self, fault: Fault) -> Fault {
        Fault { span: self.span, ..fault.unlocated() }
    }
}

/// Why a host name cannot be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Its wildcard is not one of `*.example.com`, `.example.com`, `www.example.*`: nginx's `NGX_DECLINED`.
    Invalid,
    /// It is there already: nginx's `NGX_BUSY`.
    Busy,
}

/// Names with wildcards at their ends, as `server_name`, `map` with `hostnames` and `valid_referers` collect them:
/// nginx's `ngx_hash_keys_arrays_t` and `ngx_hash_combined_t`.
#[derive(Debug, Default)]
pub struct HostNames {
    /// Names in use as they are, and whether they were given so (or by `.example.com`).
    exact: HashMap<String, bool>,
    head: Vec<Vec<u8>>,
    tail: Vec<Vec<u8>>,
    head_seen: HashSet<String>,
    tail_seen: HashSet<String>,
}

impl HostNames {
    /// Adds a name that may have a wildcard.
    ///
    /// # Errors
    /// Why not; the caller knows nginx's words.
    pub fn add(&mut self, name: &str) -> Result<(), Refused> {
        let name = name.to_ascii_lowercase();
        let stars = name.matches('*').count();
        if stars > 1 || name.contains("..") || name.contains('\0') {
            return Err(Refused::Invalid);
        }
        if let Some(domain) = name.strip_prefix('.').filter(|domain| !domain.is_empty()) {
            self.claim(domain.to_owned(), false)?;
            return self.add_head(domain, "");
        }
        if let Some(domain) = name.strip_prefix("*.").filter(|domain| !domain.is_empty()) {
            return self.add_head(domain, ".");
        }
        if let Some(start) = name.strip_suffix(".*").filter(|start| !start.is_empty()) {
            if !self.tail_seen.insert(start.to_owned()) {
                return Err(Refused::Busy);
            }
            self.tail.push(encode(start));
            return Ok(());
        }
        if stars > 0 { Err(Refused::Invalid) } else { self.claim(name, true) }
    }

    /// Adds a name as it is.
    ///
    /// # Errors
    /// [`Refused::Busy`]
    pub fn add_exact(&mut self, name: &str) -> Result<(), Refused> {
        self.claim(name.to_ascii_lowercase(), true)
    }

    fn claim(&mut self, name: String, exact: bool) -> Result<(), Refused> {
        match self.exact.entry(name) {
            Entry::Occupied(_) => Err(Refused::Busy),
            Entry::Vacant(free) => {
                free.insert(exact);
                Ok(())
            }
        }
    }

    /// Keeps `com.example` for `.example.com` and `com.example.` for `*.example.com`.
    fn add_head(&mut self, domain: &str, end: &str) -> Result<(), Refused> {
        if !self.head_seen.insert(domain.to_owned()) {
            return Err(Refused::Busy);
        }
        let labels: Vec<&str> = domain.rsplit('.').collect();
        self.head.push(encode(&(labels.join(".") + end)));
        Ok(())
    }

    /// Judges the tables: first of the exact names, then of the wildcards at the start, then at the end.
    ///
    /// # Errors
    /// nginx's, as [`Table::check`].
    pub fn check(&self, cx: &mut Cx, table: &Table) -> Verdict {
        if self.exact.values().any(|exact| *exact) {
            let exact = self.exact.iter().filter(|(_, exact)| **exact);
            table.check(cx, exact.map(|(name, _)| name.as_str()))?;
        }
        for names in [&self.head, &self.tail] {
            let mut sorted: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
            sorted.sort_by(|a, b| dns_order(a, b));
            if !sorted.is_empty() {
                check_wildcards(cx, table, &sorted)?;
            }
        }
        Ok(())
    }
}

/// `ngx_dns_strcmp`: the dot is the lowest of all.
fn dns_order(a: &[u8], b: &[u8]) -> std::cmp::Ordering {
    let rank = |byte: &u8| if *byte == b'.' { b' ' } else { *byte };
    a.iter().map(rank).cmp(b.iter().map(rank))
}

/// `ngx_hash_wildcard_init`: a table of first labels, and under each a table of what follows it.
fn check_wildcards(cx: &mut Cx, table: &Table, names: &[&[u8]]) -> Verdict {
    let mut labels = Vec::new();
    let mut rest = names;
    while let Some((first, others)) = rest.split_first() {
        let length = first.iter().position(|byte| *byte == b'.').unwrap_or(first.len());
        let dotted = length < first.len();
        let prefix = &first[..length + usize::from(dotted)];
        labels.push(Key::new(&first[..length]));
        let mut inner: Vec<&[u8]> = Vec::new();
        inner.extend(first.get(prefix.len()..).filter(|after| !after.is_empty()));
        let same = |name: &&&[u8]| name.starts_with(prefix) && (dotted || name.get(length).is_none_or(|b| *b == b'.'));
        let taken = others.iter().take_while(same).count();
        inner.extend(others[..taken].iter().map(|name| name.get(length + 1..).unwrap_or_default()));
        if !inner.is_empty() {
            check_wildcards(cx, table, &inner)?;
        }
        rest = &others[taken..];
    }
    table.check_keys(cx, &labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_only_at_the_ends() {
        let mut names = HostNames::default();
        for good in ["*.a.com", ".b.com", "www.c.*", "d.com", "", "*"] {
            assert_eq!(names.add(good), if good == "*" { Err(Refused::Invalid) } else { Ok(()) }, "{good}");
        }
        for bad in ["a.*.com", "*a.com", "a..com", "*.a.*"] {
            assert_eq!(names.add(bad), Err(Refused::Invalid), "{bad}");
        }
        for twice in [".a.com", "b.com", "*.b.com", "WWW.C.*", "D.com", ""] {
            assert_eq!(names.add(twice), Err(Refused::Busy), "{twice}");
        }
    }
}
