//! Tree to text.

use super::span::Span;
use super::tree::{Block, Body, Directive, Item, Tree};

/// The text of `tree`, which was parsed from `text`: its leaves, and the white space between them. Any other character
/// that the tree does not have is missing, so comparing the result with `text` proves that the tree is lossless.
#[must_use]
pub fn print(tree: &Tree, text: &str) -> String {
    let mut printer = Printer { text, out: String::with_capacity(text.len()), at: 0 };
    printer.items(&tree.items);
    printer.gap(text.len());
    printer.out
}

struct Printer<'t> {
    text: &'t str,
    out: String,
    at: usize,
}

impl Printer<'_> {
    fn leaf(&mut self, span: Span) {
        self.gap(span.start as usize);
        self.out.push_str(&self.text[span.range()]);
        self.at = span.end as usize;
    }

    fn gap(&mut self, end: usize) {
        let gap = &self.text[self.at..end];
        let blank = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
        if gap.chars().all(blank) {
            self.out.push_str(gap);
        } else {
            self.out.extend(gap.chars().filter(|c| blank(*c)));
        }
        self.at = end;
    }

    fn items(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Directive(directive) => self.directive(directive),
                Item::Comment(span) => self.leaf(*span),
                Item::Stray(fault) => self.leaf(fault.span),
            }
        }
    }

    fn directive(&mut self, directive: &Directive) {
        let mut comments = directive.comments.iter().copied().peekable();
        for word in directive.words.iter() {
            while let Some(comment) = comments.next_if(|comment| comment.start < word.span.start) {
                self.leaf(comment);
            }
            self.leaf(word.span);
        }
        comments.for_each(|comment| self.leaf(comment));
        match &directive.body {
            Body::Semicolon(span) => self.leaf(*span),
            Body::Block(block) => self.block(block),
            Body::Lua { open, code, close } => {
                [*open, *code].into_iter().chain(*close).for_each(|span| self.leaf(span));
            }
            Body::Unfinished(_) => {}
        }
    }

    fn block(&mut self, block: &Block) {
        self.leaf(block.open);
        self.items(&block.items);
        if let Ok(close) = block.close {
            self.leaf(close);
        }
    }
}
