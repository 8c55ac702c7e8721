//! The lossless tree. White space is what lies between the leaves; everything else is a leaf with its span.

use std::sync::Arc;

use super::span::{Place, Span};

/// One file's tree.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// Top-level items in file order.
    pub items: Vec<Item>,
}

/// What may stand in a file or block.
#[derive(Debug, Clone)]
pub enum Item {
    /// A directive, whole or broken.
    Directive(Directive),
    /// A `# ...` comment on its own (not between a directive's words), without its line feed.
    Comment(Span),
    /// A `;` or `}` that belongs to nothing: nginx's `unexpected ";"`. At top level a `}` that cuts a directive short is
    /// such a one too, besides that directive's own fault with the same span. Or a comment that is too long.
    Stray(Fault),
}

/// A directive: its words, and how it ends.
#[derive(Debug, Clone)]
pub struct Directive {
    /// Name first. Empty only for a `{` that follows nothing (then `fault` says so).
    pub words: Arc<[Word]>,
    /// Comments between the words or before the terminator.
    pub comments: Vec<Span>,
    /// How it ends.
    pub body: Body,
    /// The first lexical fault inside the head; nginx stops there and never sees the directive.
    pub fault: Option<Fault>,
}

/// How a directive ends.
#[derive(Debug, Clone)]
pub enum Body {
    /// With this `;`.
    Semicolon(Span),
    /// With a block of directives.
    Block(Block),
    /// With a Lua body: `open` and `close` are the braces, `code` is all between them. So is the block that is skipped
    /// because it is nested too deeply, but then [`Directive::fault`] says so.
    Lua {
        /// The `{`.
        open: Span,
        /// Everything between the braces.
        code: Span,
        /// The `}`; `None` at end of file, which is a fault.
        close: Option<Span>,
    },
    /// It does not: a `}` or the end of the file came first. The fault is in [`Directive::fault`].
    Unfinished(Place),
}

/// A `{ ... }`.
#[derive(Debug, Clone)]
pub struct Block {
    /// The `{`.
    pub open: Span,
    /// What is inside.
    pub items: Vec<Item>,
    /// The `}`, or where the file ended without one.
    pub close: Result<Span, Place>,
}

/// One word as nginx's lexer cuts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Where it stands, quotes included.
    pub span: Span,
    /// Its value: quotes taken off, escapes resolved as nginx resolves them.
    pub value: Box<str>,
    /// How it was quoted.
    pub quote: Quote,
}

/// The quotes around a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quote {
    /// None.
    Bare,
    /// `'...'`
    Single,
    /// `"..."`
    Double,
}

/// What nginx's lexer refuses, and where it is when it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The guilty text (may be empty at end of file).
    pub span: Span,
    /// Where nginx's line count stands when it reports this.
    pub place: Place,
    /// What it is.
    pub kind: FaultKind,
}

/// The kinds of lexical faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// `unexpected "x"`
    Unexpected(char),
    /// `unexpected end of file, expecting ";" or "}"`; `opened` is the quote that was never closed, if one was.
    EndOfFile {
        /// The opening quote.
        opened: Option<Span>,
    },
    /// `too long parameter "..." started`, or for quoted words `too long parameter, probably missing terminating "x" character`.
    TooLong(Quote),
    /// A Lua body that the end of the file cuts off, in the words of the Lua module.
    UnclosedLua,
    /// Deeper than [`MAX_DEPTH`](super::MAX_DEPTH): not nginx's limit but ours; the block's content is skipped.
    TooDeep,
}

impl Fault {
    /// Whether it is the end of the file that came too early.
    #[must_use]
    pub fn is_end(&self) -> bool {
        matches!(self.kind, FaultKind::EndOfFile { .. })
    }
}

impl Directive {
    /// The directive's name, or `""` for a lone block.
    #[must_use]
    pub fn name(&self) -> &str {
        self.words.first().map_or("", |w| &w.value)
    }

    /// The place of the terminator, which is the line nginx names in its messages.
    #[must_use]
    pub fn end_of_head(&self) -> Place {
        match &self.body {
            Body::Semicolon(span) => span.first(),
            Body::Block(block) => block.open.first(),
            Body::Lua { open, .. } => open.first(),
            Body::Unfinished(place) => *place,
        }
    }
}
