//! Which stream is more important: the tree of RFC 7540, 5.3, as nginx keeps it. Depth counts first, then the share that
//! the weights along the way leave.

use rustc_hash::FxHashMap;

/// Closed streams that are remembered as places in the tree.
const REMEMBERED: usize = 32;
/// The weight of streams that say nothing.
pub const DEFAULT_WEIGHT: u16 = 16;

/// How important a stream is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Importance {
    rank: u32,
    share: f64,
}

impl Importance {
    /// Whether this one goes before another that asked earlier.
    pub fn is_before(self, other: Importance) -> bool {
        self.rank < other.rank || (self.rank == other.rank && self.share > other.share)
    }

    fn child(self, weight: u16) -> Importance {
        Importance { rank: self.rank + 1, share: self.share / 256.0 * f64::from(weight) }
    }
}

#[derive(Debug)]
struct Node {
    parent: u32,
    weight: u16,
    own: Importance,
    is_open: bool,
    /// Others depend on it, or once did.
    is_parent: bool,
}

/// The tree; 0 is its root.
#[derive(Debug)]
pub struct Priorities {
    nodes: FxHashMap<u32, Node>,
    closed: Vec<u32>,
    /// PRIORITY frames that are still taken.
    left: u32,
}

const ROOT: Importance = Importance { rank: 0, share: 1.0 };

impl Priorities {
    pub fn new(streams: u32) -> Priorities {
        Priorities { nodes: FxHashMap::default(), closed: Vec::new(), left: streams.max(100) }
    }

    /// A PRIORITY frame came; whether it is one too many.
    pub fn is_too_much(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.left == 0
    }

    /// A stream begins: it may come with a place in the tree, or had one.
    pub fn open(&mut self, id: u32, place: Option<(u32, bool, u16)>, streams: u32) {
        self.left = self.left.saturating_add(streams);
        self.closed.retain(|closed| *closed != id);
        let is_known = self.nodes.contains_key(&id);
        if let Some(node) = self.nodes.get_mut(&id) {
            node.is_open = true;
        }
        match place {
            Some((parent, excludes, weight)) => self.place(id, parent, excludes, weight, true),
            None if !is_known => self.place(id, 0, false, DEFAULT_WEIGHT, true),
            None => {}
        }
    }

    /// A PRIORITY frame.
    pub fn set(&mut self, id: u32, parent: u32, excludes: bool, weight: u16) {
        let is_open = self.nodes.get(&id).is_some_and(|node| node.is_open);
        if !is_open {
            self.remember(id);
        }
        self.place(id, parent, excludes, weight, is_open);
    }

    /// A stream is over; for a while it is still a place that others may depend on.
    pub fn close(&mut self, id: u32) {
        if let Some(node) = self.nodes.get_mut(&id) {
            node.is_open = false;
            self.remember(id);
        }
    }

    pub fn of(&self, id: u32) -> Importance {
        self.nodes.get(&id).map_or(ROOT, |node| node.own)
    }

    fn remember(&mut self, id: u32) {
        self.closed.retain(|closed| *closed != id);
        self.closed.push(id);
        if self.closed.len() > REMEMBERED {
            let oldest = self.closed.remove(0);
            self.forget(oldest);
        }
    }

    /// Takes a node out; its children share its place.
    fn forget(&mut self, id: u32) {
        let Some(node) = self.nodes.remove(&id) else { return };
        if !node.is_parent {
            return;
        }
        let children: Vec<u32> = self.children(id).collect();
        let weights: u32 =
            children.iter().filter_map(|child| self.nodes.get(child)).map(|node| u32::from(node.weight)).sum();
        for child in children {
            if let Some(child) = self.nodes.get_mut(&child) {
                child.parent = node.parent;
                child.weight = (u32::from(node.weight) * u32::from(child.weight) / weights.max(1)).max(1) as u16;
            }
        }
        self.update(node.parent);
    }

    fn children(&self, id: u32) -> impl Iterator<Item = u32> {
        self.nodes.iter().filter(move |(_, node)| node.parent == id).map(|(child, _)| *child)
    }

    fn place(&mut self, id: u32, parent: u32, excludes: bool, weight: u16, is_open: bool) {
        let is_known = parent != 0 && self.nodes.contains_key(&parent);
        let excludes = excludes && (is_known || parent == 0);
        let parent = if is_known { parent } else { 0 };
        if self.is_below(parent, id) {
            let up = self.nodes.get(&id).map_or(0, |node| node.parent);
            if let Some(node) = self.nodes.get_mut(&parent) {
                node.parent = up;
            }
        }
        if excludes {
            let others: Vec<u32> = self.children(parent).filter(|child| *child != id).collect();
            for other in others {
                if let Some(other) = self.nodes.get_mut(&other) {
                    other.parent = id;
                }
            }
        }
        if let Some(parent) = self.nodes.get_mut(&parent) {
            parent.is_parent = true;
        }
        let above = self.of(parent);
        let own = above.child(weight);
        let before = self.nodes.insert(id, Node { parent, weight, own, is_open, is_parent: excludes });
        if let Some(before) = before {
            if let Some(node) = self.nodes.get_mut(&id) {
                node.is_parent |= before.is_parent;
            }
            self.update(0);
        } else if excludes {
            self.update(id);
        }
    }

    /// Whether a node depends on another, however far.
    fn is_below(&self, id: u32, other: u32) -> bool {
        let mut at = id;
        for _ in 0..self.nodes.len() {
            let Some(node) = self.nodes.get(&at) else { return false };
            at = node.parent;
            if at == other {
                return true;
            }
        }
        false
    }

    /// Works out the importance of all below a node.
    fn update(&mut self, top: u32) {
        let mut todo = vec![(top, self.of(top))];
        let mut left = self.nodes.len();
        while let Some((id, own)) = todo.pop() {
            let children: Vec<u32> = self.children(id).collect();
            for child in children {
                let Some(node) = self.nodes.get_mut(&child).filter(|_| left > 0) else { continue };
                left -= 1;
                node.own = own.child(node.weight);
                todo.push((child, node.own));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_first_then_weight() {
        let mut tree = Priorities::new(100);
        tree.open(1, None, 0);
        tree.open(3, Some((1, false, 16)), 0);
        tree.open(5, Some((0, false, 32)), 0);
        assert!(tree.of(1).is_before(tree.of(3)) && tree.of(5).is_before(tree.of(1)));
        // 1 moves below its own child.
        tree.set(1, 3, false, 16);
        assert!(tree.of(3).is_before(tree.of(1)) && tree.of(5).is_before(tree.of(3)));
        // 7 takes the place of all.
        tree.open(7, Some((0, true, 1)), 0);
        assert!(tree.of(7).is_before(tree.of(5)) && tree.of(5).is_before(tree.of(3)));
    }

    #[test]
    fn closed_streams_are_forgotten_one_day() {
        let mut tree = Priorities::new(100);
        tree.open(1, None, 0);
        tree.open(3, Some((1, false, 16)), 0);
        tree.close(1);
        assert!(tree.of(7) == ROOT && tree.of(3).rank == 2);
        for id in 0..40 {
            tree.set(101 + 2 * id, 0, false, 16);
        }
        assert_eq!((tree.of(3).rank, tree.of(1)), (1, ROOT));
    }
}
