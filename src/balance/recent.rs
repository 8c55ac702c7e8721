//! A map that knows which of its entries was used longest ago, as nginx's shared zones keep theirs.

use std::collections::HashMap;
use std::hash::Hash;

/// Bytes of a page of shared memory, and what the zone keeps about each.
const PAGE: u64 = 4096;
const PAGE_RECORD: u64 = 24;

/// How many pieces of so many bytes nginx's slab finds room for in a zone; at least one.
#[must_use]
pub fn pieces(zone: u64, piece: u64) -> usize {
    // One page is for the zone's own head.
    let pages = (zone / (PAGE + PAGE_RECORD)).saturating_sub(1);
    (pages * (PAGE / piece)).max(1) as usize
}

/// Entries by key, and in the order of their use.
#[derive(Debug, Clone)]
pub struct Recent<K, V> {
    by_key: HashMap<K, u32>,
    nodes: Vec<Node<K, V>>,
    free: Vec<u32>,
    oldest: Option<u32>,
    newest: Option<u32>,
}

#[derive(Debug, Clone)]
struct Node<K, V> {
    key: K,
    value: V,
    older: Option<u32>,
    newer: Option<u32>,
}

impl<K, V> Default for Recent<K, V> {
    fn default() -> Recent<K, V> {
        Recent { by_key: HashMap::new(), nodes: Vec::new(), free: Vec::new(), oldest: None, newest: None }
    }
}

impl<K: Hash + Eq + Clone, V: Default> Recent<K, V> {
    /// The entry, which becomes the newest.
    pub fn touch<Q>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: std::borrow::Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let at = *self.by_key.get(key)?;
        if self.newest != Some(at) {
            self.unlink(at);
            self.link(at);
        }
        Some(&mut self.nodes[at as usize].value)
    }

    /// The entry, where it is.
    #[must_use]
    pub fn get<Q>(&self, key: &Q) -> Option<&V>
    where
        K: std::borrow::Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.by_key.get(key).map(|at| &self.nodes[*at as usize].value)
    }

    /// A new entry, the newest; the key must not be there yet.
    pub fn insert(&mut self, key: K, value: V) -> &mut V {
        let node = Node { key: key.clone(), value, older: None, newer: None };
        let at = if let Some(at) = self.free.pop() {
            self.nodes[at as usize] = node;
            at
        } else {
            self.nodes.push(node);
            self.nodes.len() as u32 - 1
        };
        self.by_key.insert(key, at);
        self.link(at);
        &mut self.nodes[at as usize].value
    }

    /// The entry that was used longest ago.
    #[must_use]
    pub fn oldest(&self) -> Option<(&K, &V)> {
        self.oldest.map(|at| (&self.nodes[at as usize].key, &self.nodes[at as usize].value))
    }

    /// Takes the entry away that was used longest ago.
    pub fn pop_oldest(&mut self) -> Option<V> {
        let at = self.oldest?;
        self.unlink(at);
        self.by_key.remove(&self.nodes[at as usize].key);
        self.free.push(at);
        Some(std::mem::take(&mut self.nodes[at as usize].value))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    fn link(&mut self, at: u32) {
        let before = self.newest.replace(at);
        let node = &mut self.nodes[at as usize];
        (node.older, node.newer) = (before, None);
        match before {
            Some(before) => self.nodes[before as usize].newer = Some(at),
            None => self.oldest = Some(at),
        }
    }

    fn unlink(&mut self, at: u32) {
        let (older, newer) = (self.nodes[at as usize].older, self.nodes[at as usize].newer);
        match older {
            Some(older) => self.nodes[older as usize].newer = newer,
            None => self.oldest = newer,
        }
        match newer {
            Some(newer) => self.nodes[newer as usize].older = older,
            None => self.newest = older,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_of_use() {
        let mut recent: Recent<String, u32> = Recent::default();
        for (n, key) in ["a", "b", "c"].into_iter().enumerate() {
            recent.insert(key.to_owned(), n as u32);
        }
        assert_eq!(recent.touch("a"), Some(&mut 0));
        assert_eq!(recent.oldest(), Some((&"b".to_owned(), &1)));
        assert_eq!(recent.pop_oldest(), Some(1));
        assert_eq!(recent.get("b"), None);
        recent.insert("d".to_owned(), 3);
        assert_eq!((recent.pop_oldest(), recent.pop_oldest(), recent.pop_oldest()), (Some(2), Some(0), Some(3)));
        assert!(recent.is_empty() && recent.oldest().is_none() && recent.pop_oldest().is_none());
    }
}
