//! Laws of the crate as plain functions that panic where the law is broken.
//!
//! They stand here, and not in `fuzz/`, because libFuzzer needs a nightly compiler: so the fuzz targets are one line
//! each, and the tests run the same laws on stable, over the corpora in `fuzz/corpus/` and over inputs of their own.

mod lint;

use crate::fmt;
use crate::syntax::{Block, Body, Directive, FileId, Item, LineIndex, Place, Span, Tree, decode, encode, parse, print};

pub use lint::lint_never_panics;

/// A law: it panics where it finds itself broken.
pub type Law = fn(&[u8]);

/// The laws by name. Each has a target of that name in `fuzz/fuzz_targets` and a corpus in `fuzz/corpus`.
pub const LAWS: &[(&str, Law)] = &[
    ("fmt_idempotent", fmt_idempotent),
    ("fmt_keeps_meaning", fmt_keeps_meaning),
    ("lint_never_panics", lint_never_panics),
    ("parse_never_fails", parse_never_fails),
    ("print_gives_back", print_gives_back),
];

/// Any bytes parse, and whatever the tree says of places and faults can be shown.
///
/// # Panics
///
/// If they do not.
pub fn parse_never_fails(data: &[u8]) {
    let text = decode(data);
    let tree = parse(FileId(0), &text);
    Shown { text: &text, lines: LineIndex::new(&text), at: 0 }.tree(&tree);
}

/// Decoding and encoding gives back any bytes, and so does parsing and printing between the two.
///
/// # Panics
///
/// If it does not.
pub fn print_gives_back(data: &[u8]) {
    let text = decode(data);
    assert_eq!(encode(&text), data, "the text has lost bytes");
    let tree = parse(FileId(0), &text);
    assert_eq!(print(&tree, &text), text, "the tree has lost text");
}

/// What is formatted has no lexical faults, and formatted again it is the same.
///
/// # Panics
///
/// If it is not.
pub fn fmt_idempotent(data: &[u8]) {
    if let Some((_, once)) = formatted(data) {
        let twice = fmt::format(&parse(FileId(0), &once), &once);
        assert_eq!(twice.expect("formatting makes a fault"), once);
    }
}

/// What is formatted means what it meant.
///
/// # Panics
///
/// If it does not.
pub fn fmt_keeps_meaning(data: &[u8]) {
    if let Some((text, formatted)) = formatted(data) {
        let same = fmt::same_meaning(&parse(FileId(0), &text), &text, &formatted);
        assert!(same, "{text:?} has become {formatted:?}");
    }
}

/// The text and its formatted one, if it has no lexical faults.
fn formatted(data: &[u8]) -> Option<(String, String)> {
    let text = decode(data);
    let formatted = fmt::format(&parse(FileId(0), &text), &text).ok()?;
    Some((text, formatted))
}

/// Looks at everything in a tree.
struct Shown<'t> {
    text: &'t str,
    lines: LineIndex,
    /// Where the last leaf ended: they come in order.
    at: u32,
}

impl Shown<'_> {
    fn tree(&mut self, tree: &Tree) {
        self.items(&tree.items);
        for directive in tree.directives() {
            self.place(directive.end_of_head());
            if let Some(fault) = &directive.fault {
                self.place(fault.place);
                assert!(!fault.message(self.text).is_empty(), "a fault without a message");
            }
        }
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
        assert!(!directive.words.is_empty() || directive.fault.is_some(), "a directive of nothing");
        let words = directive.words.iter().map(|word| word.span);
        let mut head: Vec<Span> = words.chain(directive.comments.iter().copied()).collect();
        head.sort_unstable();
        for span in head {
            self.leaf(span);
        }
        match &directive.body {
            Body::Semicolon(span) => self.leaf(*span),
            Body::Block(block) => self.block(block),
            Body::Lua { open, code, close } => {
                [*open, *code].into_iter().chain(*close).for_each(|span| self.leaf(span));
            }
            Body::Unfinished(place) => self.place(*place),
        }
    }

    fn block(&mut self, block: &Block) {
        self.leaf(block.open);
        self.items(&block.items);
        match block.close {
            Ok(close) => self.leaf(close),
            Err(place) => self.place(place),
        }
    }

    fn leaf(&mut self, span: Span) {
        assert!(self.at <= span.start && span.start <= span.end, "leaves overlap at {}", span.start);
        assert!(self.text.get(span.range()).is_some(), "a leaf ends inside a character");
        self.at = span.end;
    }

    fn place(&self, place: Place) {
        assert!(place.offset as usize <= self.text.len(), "a place behind the end");
        assert!(self.lines.line(place.offset) >= 1, "a place on no line");
    }
}
