//! Keys of `map` and `valid_referers`: whole texts, host names with a wildcard at one end, regular expressions; and how
//! one is found: nginx's `ngx_http_map_find`.

use std::collections::HashMap;

use crate::config::Regex;
use crate::syntax::encode;

/// What a row looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// The whole text, in lower case.
    Exact(String),
    /// `*.example.com`: what ends in `.example.com`.
    Under(String),
    /// `.example.com`: the name itself and what is under it.
    Domain(String),
    /// `www.example.*`: what starts with `www.example.`
    Start(String),
    /// `~pattern`, `~*pattern`.
    Regex(Regex),
}

impl Key {
    /// The key that a word means where names may have wildcards.
    #[must_use]
    pub fn host(text: &str) -> Key {
        let name = text.to_ascii_lowercase();
        if let Some(domain) = name.strip_prefix("*.").filter(|domain| !domain.is_empty()) {
            return Key::Under(domain.to_owned());
        }
        if let Some(domain) = name.strip_prefix('.').filter(|domain| !domain.is_empty()) {
            return Key::Domain(domain.to_owned());
        }
        match name.strip_suffix(".*").filter(|start| !start.is_empty()) {
            Some(start) => Key::Start(start.to_owned()),
            None => Key::Exact(name),
        }
    }
}

/// Keys by what they look for, each with its number.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    exact: HashMap<String, usize>,
    under: HashMap<String, usize>,
    start: HashMap<String, usize>,
    regexes: Vec<(Regex, usize)>,
}

impl Keys {
    /// Adds a key.
    pub fn add(&mut self, key: &Key, number: usize) {
        match key {
            Key::Exact(text) => drop(self.exact.insert(text.clone(), number)),
            Key::Under(domain) => drop(self.under.insert(domain.clone(), number)),
            Key::Domain(domain) => {
                self.exact.insert(domain.clone(), number);
                self.under.insert(domain.clone(), number);
            }
            Key::Start(start) => drop(self.start.insert(start.clone(), number)),
            Key::Regex(regex) => self.regexes.push((regex.clone(), number)),
        }
    }

    /// The number of the key that matches: the exact one, else the longest with a wildcard at its start, else the
    /// longest with one at its end, else the first regular expression, of which an empty text matches none.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<usize> {
        let name = text.to_ascii_lowercase();
        let dots = || name.match_indices('.').map(|(dot, _)| dot);
        let exact = self.exact.get(&name);
        let under = || dots().find_map(|dot| self.under.get(&name[dot + 1..]));
        let start = || dots().filter_map(|dot| self.start.get(&name[..dot])).next_back();
        exact.or_else(under).or_else(start).copied().or_else(|| {
            let bytes = encode(text);
            let mut matching = self.regexes.iter().filter(|(regex, _)| !bytes.is_empty() && regex.is_match(&bytes));
            matching.next().map(|(_, number)| *number)
        })
    }
}
