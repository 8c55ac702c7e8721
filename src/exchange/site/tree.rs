//! The locations inside a server or a location: nginx's `ngx_http_core_find_static_location` over sorted names.
//!
//! The longest prefix of a path among sorted names is the greatest name not after the path, or one of the names that are
//! prefixes of that name; each name knows the longest other that is a prefix of it.

use super::{LocationId, PatternId};

/// Locations on one level.
#[derive(Debug, Default)]
pub struct Tree {
    nodes: Vec<Node>,
    /// The only location with a path is `/`.
    root: Option<LocationId>,
    /// Some node redirects a path that lacks its last slash.
    redirects: bool,
    /// Regular expressions, in order.
    pub patterns: Vec<(PatternId, LocationId)>,
}

#[derive(Debug)]
struct Node {
    name: Box<[u8]>,
    exact: Option<LocationId>,
    inclusive: Option<LocationId>,
    auto_redirect: bool,
    /// The longest other name that is a prefix of this one and matches more than itself.
    outer: Option<u32>,
}

/// What a path finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// `= /path`
    Exact(LocationId),
    /// A prefix.
    Prefix(LocationId),
    /// The path lacks the slash at the end of this one.
    Redirect(LocationId),
    /// Nothing.
    Nothing,
}

impl Tree {
    /// Adds a location with a path; the first of a path stays.
    pub fn add(&mut self, name: &[u8], exact: bool, location: LocationId, auto_redirect: bool) {
        let (own, other) = if exact { (Some(location), None) } else { (None, Some(location)) };
        self.nodes.push(Node { name: name.into(), exact: own, inclusive: other, auto_redirect, outer: None });
        // Nothing is shorter than the path `/`.
        self.redirects |= auto_redirect && name.len() > 1;
    }

    /// Sorts, once all are there.
    pub fn arrange(&mut self) {
        self.nodes.sort_by(|a, b| a.name.cmp(&b.name));
        self.nodes.dedup_by(|again, node| {
            let same = again.name == node.name;
            if same {
                node.exact = node.exact.or(again.exact);
                node.inclusive = node.inclusive.or(again.inclusive);
                node.auto_redirect |= again.auto_redirect;
            }
            same
        });
        self.root = match &*self.nodes {
            [Node { name, exact: None, inclusive, .. }] if **name == *b"/" => *inclusive,
            _ => None,
        };
        let mut open: Vec<u32> = Vec::new();
        for n in 0..self.nodes.len() {
            let (before, rest) = self.nodes.split_at_mut(n);
            let node = &mut rest[0];
            while open.last().is_some_and(|outer| !node.name.starts_with(&before[*outer as usize].name)) {
                open.pop();
            }
            node.outer = open.last().copied();
            if node.inclusive.is_some() {
                open.push(n as u32);
            }
        }
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.patterns.is_empty()
    }

    /// The location that a path finds.
    pub fn find(&self, uri: &[u8]) -> Found {
        if let Some(root) = self.root.filter(|_| uri.first() == Some(&b'/')) {
            return Found::Prefix(root);
        }
        let after = self.nodes.partition_point(|node| *node.name <= *uri);
        let mut at = after.checked_sub(1).map(|last| last as u32);
        if let Some(node) = at.map(|at| &self.nodes[at as usize]).filter(|node| *node.name == *uri) {
            return match (node.exact, node.inclusive) {
                (Some(exact), _) => Found::Exact(exact),
                (None, Some(inclusive)) => Found::Prefix(inclusive),
                (None, None) => Found::Nothing,
            };
        }
        if self.redirects
            && let Some(found) = self.redirect(uri, after)
        {
            return Found::Redirect(found);
        }
        while let Some(node) = at.map(|at| &self.nodes[at as usize]) {
            if let Some(location) = node.inclusive
                && uri.starts_with(&node.name)
            {
                return Found::Prefix(location);
            }
            at = node.outer;
        }
        Found::Nothing
    }

    /// The location whose path is `uri` and a slash, among the nodes from `after` on.
    fn redirect(&self, uri: &[u8], after: usize) -> Option<LocationId> {
        let nodes = &self.nodes[after..];
        let key = |node: &Node| node.name.iter().copied().cmp(uri.iter().copied().chain([b'/']));
        let at = nodes.binary_search_by(key).ok()?;
        let node = nodes[at].auto_redirect.then_some(&nodes[at])?;
        node.exact.or(node.inclusive)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longest_prefix() {
        let mut tree = Tree::default();
        let names = ["/", "/a", "=/a", "/a/b/", "/a/b/c", "=/x", "/a-b", "/dir/"];
        for (n, name) in names.iter().enumerate() {
            let exact = name.strip_prefix('=');
            let path = exact.unwrap_or(name);
            tree.add(path.as_bytes(), exact.is_some(), LocationId(n as u32), path == "/dir/");
        }
        tree.arrange();
        let prefix = |n| Found::Prefix(LocationId(n));
        let cases = [
            ("/", prefix(0)),
            ("/a", Found::Exact(LocationId(2))),
            ("/a/", prefix(1)),
            ("/a/b", prefix(1)),
            ("/a/b/", prefix(3)),
            ("/a/b/b", prefix(3)),
            ("/a/b/cd", prefix(4)),
            ("/a/b/d", prefix(3)),
            ("/a-bc", prefix(6)),
            ("/x", Found::Exact(LocationId(5))),
            ("/xy", prefix(0)),
            ("/dir", Found::Redirect(LocationId(7))),
            ("/dir/x", prefix(7)),
            ("/dira", prefix(0)),
            ("*", Found::Nothing),
        ];
        for (uri, want) in cases {
            assert_eq!(tree.find(uri.as_bytes()), want, "{uri}");
        }
    }
}
