//! Names with wildcards at their ends: nginx's `ngx_hash_find_combined`. Server names and the keys of maps are found by it.

use rustc_hash::FxHashMap;

use crate::modules::shared::map::Key;
use crate::syntax::encode;

/// Names and what each stands for.
#[derive(Debug, Default)]
pub struct Names {
    exact: FxHashMap<Box<[u8]>, u32>,
    /// `example.com` of `*.example.com` and `.example.com`.
    under: FxHashMap<Box<[u8]>, u32>,
    /// `www.example` of `www.example.*`.
    start: FxHashMap<Box<[u8]>, u32>,
}

impl Names {
    /// Adds a key that is no regular expression; the first of the same name stays.
    pub fn add(&mut self, key: &Key, value: u32) {
        let bytes = |text: &str| encode(text).into_boxed_slice();
        match key {
            Key::Exact(text) => drop(self.exact.entry(bytes(text)).or_insert(value)),
            Key::Under(domain) => drop(self.under.entry(bytes(domain)).or_insert(value)),
            Key::Start(start) => drop(self.start.entry(bytes(start)).or_insert(value)),
            Key::Domain(domain) => {
                self.exact.entry(bytes(domain)).or_insert(value);
                self.under.entry(bytes(domain)).or_insert(value);
            }
            Key::Regex(_) => {}
        }
    }

    /// What a name in lower case stands for: the exact one, else the longest with a wildcard before it, else the longest
    /// with one after it.
    #[must_use]
    pub fn find(&self, name: &[u8]) -> Option<u32> {
        if let Some(exact) = self.exact.get(name) {
            return Some(*exact);
        }
        if self.under.is_empty() && self.start.is_empty() {
            return None;
        }
        let dots = || memchr::memchr_iter(b'.', name);
        let under = dots().find_map(|dot| self.under.get(&name[dot + 1..]));
        under.or_else(|| dots().rev().find_map(|dot| self.start.get(&name[..dot]))).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precedence() {
        let mut names = Names::default();
        for (n, text) in
            ["a.com", ".b.com", "*.c.com", "*.com", "www.*", "www.d.*", "b.com", "www.c.*"].iter().enumerate()
        {
            names.add(&Key::host(text), n as u32);
        }
        let cases = [
            ("a.com", Some(0)),
            ("b.com", Some(1)),
            ("x.b.com", Some(1)),
            ("c.com", Some(3)),
            ("x.y.c.com", Some(2)),
            (".c.com", Some(2)),
            ("com", None),
            ("www.x", Some(4)),
            ("www.d.x", Some(5)),
            ("www.d.x.y", Some(5)),
            ("www.c.com", Some(2)),
            ("www.", Some(4)),
            ("www", None),
            ("", None),
        ];
        for (name, want) in cases {
            assert_eq!(names.find(name.as_bytes()), want, "{name}");
        }
    }
}
