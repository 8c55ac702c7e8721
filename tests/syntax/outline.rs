//! A tree as text that shows what was cut where: the other tests compare with it.

use nginxlb::syntax::{Block, Body, Directive, FileId, Item, LineIndex, Place, Tree, UNCLOSED_BLOCK, parse};

/// One directive a line, as `word|word;`. What nginx refuses stands behind `!` with its line, then reading goes on.
pub fn outline(text: &str) -> String {
    let tree = parse(FileId(0), text);
    let mut outline = Outline { text, lines: LineIndex::new(text), out: Vec::new() };
    outline.items(&tree.items, 0);
    outline.out.join("\n")
}

/// nginx's message for the first fault, with its line.
pub fn first_fault(tree: &Tree, text: &str) -> Option<(String, usize)> {
    let mut outline = Outline { text, lines: LineIndex::new(text), out: Vec::new() };
    outline.items(&tree.items, 0);
    let (line, message) = outline.out.iter().find_map(|line| line.split_once(" !"))?.1.split_once(": ")?;
    Some((message.into(), line.parse().ok()?))
}

#[track_caller]
pub fn check(text: &str, expected: &str) {
    assert_eq!(outline(text), expected, "{text:?}");
}

struct Outline<'t> {
    text: &'t str,
    lines: LineIndex,
    out: Vec<String>,
}

impl Outline<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        self.out.push(format!("{}{text}", "  ".repeat(depth)));
    }

    fn refusal(&self, place: Place, message: &str) -> String {
        format!(" !{}: {message}", self.lines.line(place.offset))
    }

    fn items(&mut self, items: &[Item], depth: usize) {
        for item in items {
            match item {
                Item::Directive(directive) => self.directive(directive, depth),
                Item::Comment(span) => self.line(depth, &self.text[span.range()]),
                Item::Stray(fault) => self.line(depth, &self.refusal(fault.place, &fault.message(self.text))),
            }
        }
    }

    fn directive(&mut self, directive: &Directive, depth: usize) {
        let words: Vec<_> = directive.words.iter().map(|word| word.value.escape_debug().to_string()).collect();
        let comments: Vec<_> = directive.comments.iter().map(|span| format!(" {}", &self.text[span.range()])).collect();
        let fault = directive.fault.as_ref();
        let fault = fault.map_or(String::new(), |fault| self.refusal(fault.place, &fault.message(self.text)));
        let (words, after) = (words.join("|"), comments.concat() + &fault);
        match &directive.body {
            Body::Semicolon(_) => self.line(depth, &format!("{words};{after}")),
            Body::Unfinished(_) => self.line(depth, &format!("{words}{after}")),
            Body::Lua { code, close, .. } => {
                let close = if close.is_some() { "}" } else { "" };
                self.line(depth, &format!("{words} {{{}{close}{after}", &self.text[code.range()]));
            }
            Body::Block(block) => {
                self.line(depth, &format!("{words} {{{after}"));
                self.block(block, depth);
            }
        }
    }

    fn block(&mut self, block: &Block, depth: usize) {
        self.items(&block.items, depth + 1);
        match block.close {
            Ok(_) => self.line(depth, "}"),
            Err(place) => self.line(depth, &self.refusal(place, UNCLOSED_BLOCK)),
        }
    }
}
