//! The one style, written from the tree.
//!
//! - Four spaces for each level, one directive a line, one space between words, ` {` behind the head, `}` alone; a block
//!   of nothing is `{}`. Nothing is aligned in columns, neither the values of a `map` nor comments.
//! - Words are copied byte for byte, line breaks in quotes included; so is Lua code. Of a comment only the blanks at its
//!   end go, a carriage return among them.
//! - Empty lines between items are kept, any number as one, but not behind `{` and not before `}`. In a directive there
//!   are none.
//! - A directive over several lines keeps its line breaks. Its further lines are indented by four, those of a block's
//!   head by eight; but one that starts with a quoted word stands under the first quoted word of the first line, as
//!   people write log formats.
//! - A comment stays on its line, and what follows starts a new one. A comment between the last word and `{` moves into
//!   the block; one that follows the last word on its line moves behind the `;`.
//! - A `)` right behind a quoted word stays there: `if ($a = "b")`.

use crate::syntax::{Block, Body, Directive, Item, Quote, Span, Tree, Word, encode};

const INDENT: usize = 4;

/// A word this long, quotes included, may fill nginx's buffer of 4096 bytes together with a blank behind it.
const NEARLY_TOO_LONG: usize = 4095;

/// A comment this long is too long for nginx if anything comes behind it, be it a line feed.
const TOO_LONG_UNLESS_LAST: usize = 4096;

/// The text of `tree`, which was parsed from `text` without a fault, in the one style.
pub(super) fn write(tree: &Tree, text: &str) -> String {
    let out = String::with_capacity(text.len() + text.len() / 4);
    let mut writer = Writer { text, out, level: 0, at: 0, behind_comment: false };
    writer.items(&tree.items, true);
    let must_be_last = |comment: &Span| encode(writer.comment_text(*comment)).len() >= TOO_LONG_UNLESS_LAST;
    if !writer.out.is_empty() && !matches!(tree.items.last(), Some(Item::Comment(span)) if must_be_last(span)) {
        writer.out.push('\n');
    }
    writer.out
}

struct Writer<'t> {
    text: &'t str,
    out: String,
    /// How many blocks are open.
    level: usize,
    /// Where the last leaf ended in `text`.
    at: u32,
    /// Whether `out` ends in a comment.
    behind_comment: bool,
}

impl<'t> Writer<'t> {
    /// The items of a file or block, of which nothing is written yet if `first`.
    fn items(&mut self, items: &[Item], mut first: bool) {
        for item in items {
            match item {
                Item::Directive(directive) => {
                    let start = directive.words.first().map_or(self.at, |name| name.span.start);
                    self.line_of_item(start, first);
                    self.directive(directive);
                }
                // Behind the `{` it belongs to that line: what follows is still the first in the block.
                Item::Comment(span) if self.is_on_this_line(*span) => {
                    self.comment_on_this_line(*span);
                    continue;
                }
                Item::Comment(span) => {
                    self.line_of_item(span.start, first);
                    self.comment(*span);
                }
                Item::Stray(fault) => self.leaf(fault.span),
            }
            first = false;
        }
    }

    fn directive(&mut self, directive: &Directive) {
        let (behind, indent) = self.head(directive);
        let last = directive.words.last();
        match &directive.body {
            Body::Semicolon(span) => self.semicolon(*span, behind, indent),
            Body::Block(block) => self.block(block, last, behind),
            Body::Lua { open, code, close } => {
                // Moved into the block they would be Lua.
                self.comments_in_head(behind, indent);
                self.open(*open, last);
                [Some(*code), *close].into_iter().flatten().for_each(|span| self.leaf(span));
            }
            Body::Unfinished(_) => {}
        }
    }

    /// The words and the comments between them. Left are the comments behind the last word, and how far one more line
    /// would be indented.
    fn head<'d>(&mut self, directive: &'d Directive) -> (&'d [Span], usize) {
        let mut comments = directive.comments.as_slice();
        // What is in the block must not look like more of the head.
        let usual_indent = self.indent(if directive.block().is_some() { 2 } else { 1 });
        let mut last_indent = usual_indent;
        let mut first_line = true;
        let mut quoted_column = None;
        let mut before: Option<&Word> = None;
        for word in directive.words.iter() {
            let quoted = word.quote != Quote::Bare;
            let indent = quoted_column.filter(|_| quoted).unwrap_or(usual_indent);
            let (between, later) = comments.split_at(comments.partition_point(|c| c.start < word.span.start));
            comments = later;
            self.comments_in_head(between, indent);
            if let Some(before) = before {
                if self.behind_comment || self.breaks_before(word.span.start) > 0 {
                    self.line(indent);
                    last_indent = indent;
                    first_line = false;
                } else if before.quote == Quote::Bare || before.span.end < word.span.start {
                    self.out.push(' ');
                }
            }
            if first_line && quoted && quoted_column.is_none() {
                quoted_column = Some(self.column());
            }
            self.leaf(word.span);
            before = Some(word);
        }
        (comments, last_indent)
    }

    fn comments_in_head(&mut self, comments: &[Span], indent: usize) {
        for span in comments {
            if self.is_on_this_line(*span) {
                self.comment_on_this_line(*span);
            } else {
                self.line(indent);
                self.comment(*span);
            }
        }
    }

    fn semicolon(&mut self, semicolon: Span, behind: &[Span], indent: usize) {
        match behind {
            [] => self.leaf(semicolon),
            [comment] if self.is_on_this_line(*comment) => {
                self.out.push(';');
                self.comment_on_this_line(*comment);
                self.at = semicolon.end;
            }
            _ => {
                self.comments_in_head(behind, indent);
                self.line(indent);
                self.leaf(semicolon);
            }
        }
    }

    fn block(&mut self, block: &Block, last: Option<&Word>, behind: &[Span]) {
        let (on_this_line, own_lines) = match behind {
            [comment, rest @ ..] if self.is_on_this_line(*comment) => (Some(*comment), rest),
            _ => (None, behind),
        };
        self.open(block.open, last);
        self.level += 1;
        if let Some(comment) = on_this_line {
            self.comment_on_this_line(comment);
        }
        for comment in own_lines {
            self.line(self.indent(0));
            self.comment(*comment);
        }
        self.at = block.open.end;
        self.items(&block.items, own_lines.is_empty());
        self.level -= 1;
        if let Ok(close) = block.close {
            if !block.items.is_empty() || !behind.is_empty() {
                self.line(self.indent(0));
            }
            self.leaf(close);
        }
    }

    fn open(&mut self, open: Span, last: Option<&Word>) {
        let nearly_too_long = last.is_some_and(|last| last.span.range().len() >= NEARLY_TOO_LONG);
        if self.behind_comment {
            self.line(self.indent(0));
        } else if !nearly_too_long || self.at < open.start {
            self.out.push(' ');
        }
        self.leaf(open);
    }

    /// The line on which an item begins, and the empty one before it.
    fn line_of_item(&mut self, start: u32, first: bool) {
        if self.out.is_empty() {
            return;
        }
        if !first && self.breaks_before(start) > 1 {
            self.out.push('\n');
        }
        self.line(self.indent(0));
    }

    fn line(&mut self, indent: usize) {
        const BLANKS: &str = "                                                                ";
        self.out.push('\n');
        let mut left = indent;
        while left > 0 {
            let now = left.min(BLANKS.len());
            self.out.push_str(&BLANKS[..now]);
            left -= now;
        }
        self.behind_comment = false;
    }

    fn indent(&self, more: usize) -> usize {
        (self.level + more) * INDENT
    }

    fn column(&self) -> usize {
        let line = self.out.rsplit('\n').next().unwrap_or_default();
        line.chars().count()
    }

    fn leaf(&mut self, span: Span) {
        self.out.push_str(&self.text[span.range()]);
        self.at = span.end;
        self.behind_comment = false;
    }

    fn comment_on_this_line(&mut self, span: Span) {
        self.out.push(' ');
        self.comment(span);
    }

    fn comment(&mut self, span: Span) {
        self.out.push_str(self.comment_text(span));
        self.at = span.end;
        self.behind_comment = true;
    }

    fn comment_text(&self, span: Span) -> &'t str {
        comment_text(&self.text[span.range()])
    }

    /// Whether a comment follows what was written last, with no line break between.
    fn is_on_this_line(&self, comment: Span) -> bool {
        !self.out.is_empty() && !self.behind_comment && self.breaks_before(comment.start) == 0
    }

    /// How many lines end between the last leaf and here. A carriage return ends one unless a line feed is to follow.
    fn breaks_before(&self, start: u32) -> usize {
        let gap = self.text.get(self.at as usize..start as usize).unwrap_or_default().as_bytes();
        let mut returns = 0;
        let mut breaks = 0;
        for byte in gap {
            match byte {
                b'\r' => returns += 1,
                b'\n' => (breaks, returns) = (breaks + 1, 0),
                _ => (breaks, returns) = (breaks + returns, 0),
            }
        }
        breaks + returns
    }
}

/// A comment without the blanks at its end.
pub(super) fn comment_text(comment: &str) -> &str {
    comment.trim_end_matches([' ', '\t', '\r'])
}
