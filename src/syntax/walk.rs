//! Ways through a tree.

use std::slice::Iter;

use super::tree::{Block, Body, Directive, Item, Tree};

impl Tree {
    /// Every directive at any depth, a block's own before those inside it.
    pub fn directives(&self) -> impl Iterator<Item = &Directive> {
        Directives { levels: vec![self.items.iter()] }
    }
}

impl Directive {
    /// The block that it ends with, if it ends with one.
    #[must_use]
    pub fn block(&self) -> Option<&Block> {
        if let Body::Block(block) = &self.body { Some(block) } else { None }
    }
}

struct Directives<'t> {
    levels: Vec<Iter<'t, Item>>,
}

impl<'t> Iterator for Directives<'t> {
    type Item = &'t Directive;

    fn next(&mut self) -> Option<&'t Directive> {
        loop {
            match self.levels.last_mut()?.next() {
                None => drop(self.levels.pop()),
                Some(Item::Directive(directive)) => {
                    self.levels.extend(directive.block().map(|block| block.items.iter()));
                    return Some(directive);
                }
                Some(Item::Comment(_) | Item::Stray(_)) => {}
            }
        }
    }
}
