//! What formatting must leave as it is.

use super::style::comment_text;
use crate::syntax::{Body, Directive, FileId, Item, Quote, Span, Tree, parse};

/// Whether a text still says what another did, from which `tree` was parsed: words (byte for byte, as they are quoted),
/// ends, blocks and Lua code in the same order, and the same comments in theirs. White space may differ, and where among
/// the words a comment stands.
#[must_use]
pub fn same_meaning(tree: &Tree, before: &str, after: &str) -> bool {
    Leaves::of(tree, before) == Leaves::of(&parse(FileId(0), after), after)
}

/// All of a file that means something to nginx, and its comments.
#[derive(Debug, Default, PartialEq, Eq)]
struct Leaves<'t> {
    tokens: Vec<Token<'t>>,
    comments: Vec<&'t str>,
}

#[derive(Debug, PartialEq, Eq)]
enum Token<'t> {
    Word(Quote, &'t str),
    Semicolon,
    Open,
    Close,
    Lua(&'t str),
    /// What nginx does not read.
    Fault(&'t str),
}

impl<'t> Leaves<'t> {
    fn of(tree: &Tree, text: &'t str) -> Leaves<'t> {
        let mut leaves = Leaves::default();
        leaves.items(&tree.items, text);
        leaves
    }

    fn items(&mut self, items: &[Item], text: &'t str) {
        for item in items {
            match item {
                Item::Directive(directive) => self.directive(directive, text),
                Item::Comment(span) => self.comment(*span, text),
                Item::Stray(fault) => self.tokens.push(Token::Fault(&text[fault.span.range()])),
            }
        }
    }

    fn directive(&mut self, directive: &Directive, text: &'t str) {
        self.tokens.extend(directive.words.iter().map(|word| Token::Word(word.quote, &text[word.span.range()])));
        directive.comments.iter().for_each(|comment| self.comment(*comment, text));
        self.tokens.extend(directive.fault.as_ref().map(|fault| Token::Fault(&text[fault.span.range()])));
        match &directive.body {
            Body::Semicolon(_) => self.tokens.push(Token::Semicolon),
            Body::Block(block) => {
                self.tokens.push(Token::Open);
                self.items(&block.items, text);
                self.tokens.extend(block.close.ok().map(|_| Token::Close));
            }
            Body::Lua { code, close, .. } => {
                self.tokens.push(Token::Lua(&text[code.range()]));
                self.tokens.extend(close.map(|_| Token::Close));
            }
            Body::Unfinished(_) => {}
        }
    }

    fn comment(&mut self, span: Span, text: &'t str) {
        self.comments.push(comment_text(&text[span.range()]));
    }
}
