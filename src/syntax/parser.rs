//! Text to tree: `grammar/nginx.pest` cuts the tokens, this file pairs the braces.
//!
//! The blocks are matched on a stack of our own, so that depth is bounded by [`MAX_DEPTH`] and not by the machine's
//! stack. What nginx refuses (`ngx_conf_read_token` in src/core/ngx_conf_file.c) becomes a [`Fault`], and reading goes on.

use std::sync::Arc;

use pest::Parser as _;
use pest::iterators::Pair;

use super::limit;
use super::span::{FileId, Place, Span};
use super::tree::{Block, Body, Directive, Fault, FaultKind, Item, Quote, Tree, Word};
use super::value::value;

/// Deepest nesting of blocks that is read. nginx has no such limit, but no configuration comes near it, and walkers of
/// the tree may recurse as deep.
pub const MAX_DEPTH: usize = 500;

// The derive makes public items that carry no documentation.
#[allow(missing_docs)]
mod grammar {
    /// The tokens.
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/nginx.pest"]
    pub(super) struct Grammar;
}

use grammar::{Grammar, Rule};

/// Reads one file's text.
///
/// # Panics
///
/// If the text is 4 GiB or longer.
#[must_use]
pub fn parse(file: FileId, text: &str) -> Tree {
    assert!(u32::try_from(text.len()).is_ok(), "a configuration file of 4 GiB");
    let has_lua = memchr::memmem::find(text.as_bytes(), b"_by_lua_block").is_some();
    let rule = if has_lua { Rule::file_with_lua } else { Rule::file };
    let mut builder = Builder::new(file, text);
    if let Ok(pairs) = Grammar::parse(rule, text) {
        pairs.flatten().skip(1).for_each(|pair| builder.token(&pair));
    } else {
        unreachable!("the grammar matches any text");
    }
    builder.tree()
}

/// The words read so far of a directive that has not ended.
#[derive(Default)]
struct Head {
    words: Vec<Word>,
    comments: Vec<Span>,
    fault: Option<Fault>,
    /// Where the last word ended, if a closing quote ended it: something other must follow.
    quote_end: Option<u32>,
}

impl Head {
    /// Empties the head, keeping the room it has.
    fn take(&mut self) -> (Arc<[Word]>, Vec<Span>, Option<Fault>) {
        self.quote_end = None;
        (self.words.drain(..).collect(), std::mem::take(&mut self.comments), self.fault.take())
    }
}

/// A block that has not ended: its directive's head, and the items before that directive.
struct Unclosed {
    words: Arc<[Word]>,
    comments: Vec<Span>,
    fault: Option<Fault>,
    open: Span,
    before: Vec<Item>,
}

struct Builder<'t> {
    file: FileId,
    text: &'t str,
    head: Head,
    items: Vec<Item>,
    stack: Vec<Unclosed>,
    /// The `{` of a block that is deeper than [`MAX_DEPTH`], and how many `}` its end is away.
    skipping: Option<(Span, usize)>,
    lua: Option<(Span, Span)>,
}

impl<'t> Builder<'t> {
    fn new(file: FileId, text: &'t str) -> Self {
        let (head, items, stack) = (Head::default(), Vec::new(), Vec::new());
        Builder { file, text, head, items, stack, skipping: None, lua: None }
    }

    fn token(&mut self, pair: &Pair<'_, Rule>) {
        let (range, rule) = (pair.as_span(), pair.as_rule());
        let span = Span { file: self.file, start: range.start() as u32, end: range.end() as u32 };
        if self.skipping.is_some() {
            return self.skip(rule, span);
        }
        match rule {
            Rule::bare | Rule::lua_name => self.word(span, Quote::Bare, true),
            Rule::double => self.word(span, Quote::Double, true),
            Rule::single => self.word(span, Quote::Single, true),
            Rule::unclosed if self.text[range.start()..].starts_with('"') => self.word(span, Quote::Double, false),
            Rule::unclosed => self.word(span, Quote::Single, false),
            Rule::comment => self.comment(span),
            Rule::semicolon => self.semicolon(span),
            Rule::open => self.open(span),
            Rule::close => self.close(span),
            Rule::lua_open => self.lua = Some((span, span)),
            Rule::lua_code => self.lua = self.lua.map(|(open, _)| (open, span)),
            Rule::lua_close => self.end_lua(Some(span)),
            _ => {}
        }
    }

    fn word(&mut self, span: Span, quote: Quote, closed: bool) {
        self.after_quote(span);
        let inner = match (quote, closed) {
            (Quote::Bare, _) => span,
            (_, true) => Span { start: span.start + 1, end: span.end - 1, ..span },
            (_, false) => Span { start: span.start + 1, ..span },
        };
        if let Some(kind) = limit::word(self.text, inner, quote, closed) {
            self.fault(Fault { span, place: span.first(), kind });
        }
        if !closed {
            let kind = FaultKind::EndOfFile { opened: Some(Span { end: span.start + 1, ..span }) };
            self.fault(Fault { span: self.end(), place: self.end().first(), kind });
        }
        self.head.quote_end = (quote != Quote::Bare && closed).then_some(span.end);
        self.head.words.push(Word { span, value: value(&self.text[inner.range()]), quote });
    }

    fn comment(&mut self, span: Span) {
        self.after_quote(span);
        let too_long = limit::comment(self.text, span).map(|kind| Fault { span, place: span.first(), kind });
        if !self.head.words.is_empty() {
            self.head.fault = self.head.fault.take().or(too_long);
            self.head.comments.push(span);
        } else if let Some(fault) = too_long {
            self.items.push(Item::Stray(fault));
        } else {
            self.items.push(Item::Comment(span));
        }
    }

    /// After a closing quote nginx wants a blank, `;`, `{`, or the `)` of an `if`, which starts a word of its own.
    fn after_quote(&mut self, next: Span) {
        if self.head.quote_end == Some(next.start) && !self.text[next.range()].starts_with(')') {
            self.unexpected(next);
        }
    }

    fn semicolon(&mut self, span: Span) {
        if self.head.words.is_empty() {
            self.stray(span);
        } else {
            self.directive(Body::Semicolon(span));
        }
    }

    fn open(&mut self, open: Span) {
        if self.head.words.is_empty() {
            self.unexpected(open);
        }
        if self.stack.len() == MAX_DEPTH {
            self.fault(Fault { span: open, place: open.first(), kind: FaultKind::TooDeep });
            self.skipping = Some((open, 1));
            return;
        }
        let (words, comments, fault) = self.head.take();
        let before = std::mem::take(&mut self.items);
        self.stack.push(Unclosed { words, comments, fault, open, before });
    }

    fn close(&mut self, close: Span) {
        if !self.head.words.is_empty() {
            self.unexpected(close);
            self.directive(Body::Unfinished(close.first()));
        }
        if !self.end_block(Ok(close)) {
            self.stray(close);
        }
    }

    /// Ends the innermost open block; false if there is none.
    fn end_block(&mut self, close: Result<Span, Place>) -> bool {
        let Some(Unclosed { words, comments, fault, open, before }) = self.stack.pop() else { return false };
        let items = std::mem::replace(&mut self.items, before);
        let body = Body::Block(Block { open, items, close });
        self.items.push(Item::Directive(Directive { words, comments, body, fault }));
        true
    }

    fn end_lua(&mut self, close: Option<Span>) {
        if let Some((open, code)) = self.lua.take() {
            self.directive(Body::Lua { open, code, close });
        }
    }

    /// What is nested too deeply is kept as one opaque piece, like a Lua body.
    fn skip(&mut self, rule: Rule, span: Span) {
        let Some((open, depth)) = &mut self.skipping else { return };
        match rule {
            Rule::open => *depth += 1,
            Rule::close => *depth -= 1,
            _ => return,
        }
        if *depth == 0 {
            let (open, code) = (*open, Span { start: open.end, end: span.start, ..span });
            self.skipping = None;
            self.directive(Body::Lua { open, code, close: Some(span) });
        }
    }

    fn directive(&mut self, body: Body) {
        let (words, comments, fault) = self.head.take();
        self.items.push(Item::Directive(Directive { words, comments, body, fault }));
    }

    fn stray(&mut self, span: Span) {
        let kind = FaultKind::Unexpected(self.first_char(span));
        self.items.push(Item::Stray(Fault { span, place: span.first(), kind }));
    }

    fn unexpected(&mut self, token: Span) {
        let ch = self.first_char(token);
        let span = Span { end: token.start + ch.len_utf8() as u32, ..token };
        self.fault(Fault { span, place: token.first(), kind: FaultKind::Unexpected(ch) });
    }

    /// nginx stops at the first fault, so the head keeps that.
    fn fault(&mut self, fault: Fault) {
        self.head.fault.get_or_insert(fault);
    }

    fn first_char(&self, span: Span) -> char {
        self.text[span.range()].chars().next().unwrap_or_default()
    }

    fn end(&self) -> Span {
        let end = self.text.len() as u32;
        Span { file: self.file, start: end, end }
    }

    fn tree(mut self) -> Tree {
        let end = self.end();
        if self.lua.is_some() {
            self.fault(Fault { span: end, place: end.first(), kind: FaultKind::UnclosedLua });
            self.end_lua(None);
        }
        if let Some((open, _)) = self.skipping.take() {
            self.directive(Body::Lua { open, code: Span { start: open.end, ..end }, close: None });
        }
        if !self.head.words.is_empty() {
            self.fault(Fault { span: end, place: end.first(), kind: FaultKind::EndOfFile { opened: None } });
            self.directive(Body::Unfinished(end.first()));
        }
        while self.end_block(Err(end.first())) {}
        Tree { items: self.items }
    }
}
