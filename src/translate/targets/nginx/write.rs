//! The tree as text, and which words stand where in it.

use std::ops::Range;

use super::tree::{Before, Body, Comment, Item, Node, NodeId, State, Tree, plain};
use crate::translate::{File, SubjectId};

/// The name of the output.
pub const MAIN: &str = "nginx.conf";

/// So long a comment may be; nginx reads no longer lines of them than 4096 bytes.
const LONGEST_COMMENT: usize = 1000;

/// The text.
#[derive(Debug, Default)]
pub struct Written {
    pub file: File,
    /// The heads of directives, each with its `;` or `{`, in the order of the text.
    heads: Vec<(Range<usize>, NodeId)>,
    /// Words: where, whose, and which.
    words: Vec<(Range<usize>, NodeId, usize)>,
    /// Blocks, an outer one before those in it.
    blocks: Vec<(Range<usize>, NodeId)>,
}

impl Written {
    /// The word that covers a place.
    pub fn word(&self, at: usize) -> Option<(NodeId, usize)> {
        let found = self.words.partition_point(|(range, ..)| range.end <= at);
        self.words.get(found).filter(|(range, ..)| range.start <= at).map(|(_, id, n)| (*id, *n))
    }

    /// The directive in whose head a place is; otherwise the innermost block around it.
    pub fn node(&self, at: usize) -> Option<NodeId> {
        let found = self.heads.partition_point(|(range, _)| range.end <= at);
        let head = self.heads.get(found).filter(|(range, _)| range.start <= at).map(|(_, id)| *id);
        head.or_else(|| self.blocks.iter().filter(|(range, _)| range.contains(&at)).map(|(_, id)| *id).next_back())
    }
}

struct Writer<'t> {
    tree: &'t Tree,
    out: Written,
    level: usize,
    /// The number of the line that is being written.
    line: usize,
}

/// Writes the whole tree.
pub fn whole(tree: &Tree) -> Written {
    let mut writer = Writer { tree, out: Written::default(), level: 0, line: 1 };
    writer.items(&tree.top);
    writer.end()
}

/// Writes what the user gave: of a fragment only what is not around it.
pub fn own(tree: &Tree) -> File {
    let items = match tree.around().map(|id| &tree.get(id).body) {
        Some(Body::Block(inner)) => inner,
        _ => &tree.top,
    };
    let is_around = |item: &&Item| matches!(item, Item::Node(id) if tree.get(*id).is_around);
    let mut writer = Writer { tree, out: Written::default(), level: 0, line: 1 };
    let real: Vec<Item> = items.iter().filter(|item| !is_around(item)).cloned().collect();
    writer.items(&real);
    writer.end().file
}

impl Writer<'_> {
    fn end(mut self) -> Written {
        MAIN.clone_into(&mut self.out.file.path);
        self.out
    }

    fn push(&mut self, text: &str) {
        self.line += text.matches('\n').count();
        self.out.file.text.push_str(text);
    }

    /// Ends a line that is not empty.
    fn new_line(&mut self, more: usize) {
        if !self.out.file.text.is_empty() {
            self.push("\n");
        }
        let indent = "    ".repeat(self.level + more);
        self.push(&indent);
    }

    fn note(&mut self, from: &[SubjectId], first: usize) {
        for line in first..=self.line {
            self.out.file.origins.extend(from.iter().map(|subject| (line, *subject)));
        }
    }

    fn items(&mut self, items: &[Item]) {
        let mut first = true;
        for item in items {
            match item {
                Item::Comment(comment) => self.comment(comment, first),
                Item::Node(id) => match self.tree.get(*id).state {
                    State::Kept => self.directive(*id, first),
                    State::Dropped => self.dropped(*id),
                    State::Moved => continue,
                },
            }
            first = false;
        }
        if self.level == 0 && !self.out.file.text.is_empty() {
            self.push("\n");
        }
    }

    /// A comment behind `{` or `;` ends the line there.
    fn comment(&mut self, comment: &Comment, first: bool) {
        if comment.inline {
            self.push("  ");
        } else {
            self.gap(comment.gap && !first);
            self.new_line(0);
        }
        self.push(&comment.text);
        self.note(&comment.from, self.line);
    }

    fn gap(&mut self, is_there: bool) {
        if is_there && !self.out.file.text.is_empty() {
            self.push("\n");
        }
    }

    fn directive(&mut self, id: NodeId, first: bool) {
        let node = self.tree.get(id);
        self.gap(node.gap && !first);
        self.new_line(0);
        let (start, line) = (self.out.file.text.len(), self.line);
        self.head(id, node);
        let end = match node.body {
            Body::End => ";",
            Body::Block(_) | Body::Code(_) => " {",
        };
        self.push(end);
        let opened = self.out.file.text.len();
        self.out.heads.push((start..self.out.file.text.len(), id));
        self.note(&node.from, line);
        if let Body::Code(code) = &node.body {
            self.push(code);
            self.push("}");
        }
        self.remarks(node);
        if let Body::Block(items) = &node.body {
            let number = self.out.blocks.len();
            self.out.blocks.push((start..start, id));
            self.level += 1;
            self.items(items);
            self.level -= 1;
            if self.out.file.text.len() > opened {
                self.new_line(0);
            }
            self.push("}");
            self.out.blocks[number].0.end = self.out.file.text.len();
        }
    }

    fn head(&mut self, id: NodeId, node: &Node) {
        for (n, word) in node.words.iter().enumerate() {
            match word.before {
                _ if n == 0 => {}
                Before::Break => self.new_line(1),
                Before::Blank => self.push(" "),
                Before::Nothing => {}
            }
            let start = self.out.file.text.len();
            self.push(&word.raw);
            self.out.words.push((start..self.out.file.text.len(), id, n));
        }
    }

    fn remarks(&mut self, node: &Node) {
        let lost = node.lost.iter().map(|lost| format!("dropped: {}", plain(lost)));
        let remarks: Vec<String> = lost.chain(node.place.clone()).collect();
        if !remarks.is_empty() {
            self.push(&format!("  # {}", cut(&remarks.join(", "))));
        }
    }

    /// What is gone, as comments.
    fn dropped(&mut self, id: NodeId) {
        let mut lines = Vec::new();
        say(self.tree, id, 0, &mut lines);
        for (n, (line, from)) in lines.iter().enumerate() {
            self.new_line(0);
            let lead = if n == 0 { "# dropped: " } else { "#          " };
            self.push(&format!("{lead}{}", cut(line)));
            self.note(from, self.line);
        }
    }
}

/// A directive and what it holds, line by line.
fn say(tree: &Tree, id: NodeId, depth: usize, lines: &mut Vec<(String, Vec<SubjectId>)>) {
    let node = tree.get(id);
    let indent = "    ".repeat(depth);
    let end = match &node.body {
        Body::End => ";",
        Body::Block(_) => " {",
        Body::Code(_) => " { ... }",
    };
    lines.push((format!("{indent}{}{end}", plain(&node.text())), node.from.clone()));
    if let Body::Block(items) = &node.body {
        for item in items {
            if let Item::Node(id) = item {
                say(tree, *id, depth + 1, lines);
            }
        }
        lines.push((format!("{indent}}}"), Vec::new()));
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST_COMMENT) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text.to_owned(),
    }
}
