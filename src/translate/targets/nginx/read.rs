//! Files to one tree: every `include` is followed in its place, as nginx does.

use std::collections::HashMap;
use std::slice::Iter;

use super::tree::{Before, Body, Comment, Item, Node, NodeId, Part, State, Tree, plain};
use crate::config::ScopeId;
use crate::syntax::{
    Body as Ends, Directive, FileId, Included, Item as Leaf, SURROUNDINGS_PATH, SourceFile, Sources, Span, Word,
};
use crate::translate::SubjectId;
use crate::translate::model::Model;

/// Where the reading stands: in a file, or in a block of it.
struct Level<'c> {
    items: Iter<'c, Leaf>,
    /// The scope; rows of free words stand in none.
    scope: Option<ScopeId>,
    into: Option<NodeId>,
    /// Where the last leaf ended in the file's text.
    at: u32,
    /// The includes that led here.
    depth: usize,
}

struct Reader<'m> {
    model: &'m Model<'m>,
    sources: &'m Sources,
    tree: Tree,
    /// The main file: whose lines need no telling where they came from.
    main: FileId,
    next_child: HashMap<ScopeId, usize>,
}

/// The configuration of a model.
pub fn read(model: &Model) -> Tree {
    let sources = model.sources;
    let is_real = |file: &SourceFile| file.path != SURROUNDINGS_PATH;
    let main = FileId(sources.files.iter().position(is_real).unwrap_or(0) as u32);
    let mut reader = Reader { model, sources, tree: Tree::default(), main, next_child: HashMap::new() };
    let mut levels = Vec::new();
    if let Some(entry) = sources.files.first() {
        levels.push(Level { items: entry.tree.items.iter(), scope: Some(ScopeId(0)), into: None, at: 0, depth: 0 });
    }
    while let Some(level) = levels.last_mut() {
        match level.items.next() {
            None => drop(levels.pop()),
            Some(Leaf::Comment(span)) => reader.comment(level, *span),
            Some(Leaf::Stray(_)) => {}
            Some(Leaf::Directive(node)) => reader.directive(&mut levels, node),
        }
    }
    reader.tree
}

impl<'m> Reader<'m> {
    fn put(&mut self, into: Option<NodeId>, item: Item) {
        match into.map(|id| &mut self.tree.nodes[id.0].body) {
            None => self.tree.top.push(item),
            Some(Body::Block(items)) => items.push(item),
            Some(_) => {}
        }
    }

    /// How many lines end between the last leaf and this one.
    fn breaks(&self, at: u32, span: Span) -> usize {
        let text = &self.sources.file(span.file).text;
        text.get(at as usize..span.start as usize).map_or(0, |gap| gap.matches('\n').count())
    }

    fn comment(&mut self, level: &mut Level, span: Span) {
        let breaks = self.breaks(level.at, span);
        let text = self.sources.text(span).trim_end().to_owned();
        let (inline, gap) = (breaks == 0 && level.at > 0, breaks > 1);
        level.at = span.end;
        let into = level.into;
        self.put(into, Item::Comment(Comment { text, inline, gap, from: Vec::new() }));
    }

    fn directive(&mut self, levels: &mut Vec<Level<'m>>, node: &'m Directive) {
        let Some((level, name)) = levels.last_mut().zip(node.words.first()) else { return };
        let gap = self.breaks(level.at, name.span) > 1;
        for span in &node.comments {
            let text = self.sources.text(*span).trim_end().to_owned();
            let comment = Comment { text, inline: false, gap: false, from: Vec::new() };
            self.put(level.into, Item::Comment(comment));
        }
        level.at = end_of(node);
        let (scope, into, depth) = (level.scope, level.into, level.depth);
        let subject = scope.map(|scope| self.model.subjects.at(scope, name.span));
        if let (Some(Included::Files(files)), true) = (self.sources.included(node), node.words.len() == 2) {
            return self.include(levels, node, files, subject);
        }
        let is_around = self.sources.path(name.span.file) == SURROUNDINGS_PATH;
        let opens = scope.zip(node.block()).and_then(|(scope, _)| self.opened(scope, name));
        let id = NodeId(self.tree.nodes.len());
        self.tree.nodes.push(Node {
            words: self.words(&node.words),
            body: self.body(node),
            state: State::Kept,
            from: subject.into_iter().collect(),
            parent: into,
            context: scope.map(|scope| self.model.config.scope(scope).context),
            opens,
            gap,
            place: subject.filter(|_| name.span.file != self.main && !is_around).and_then(|id| self.place(id)),
            lost: Vec::new(),
            is_around,
        });
        self.put(into, Item::Node(id));
        if let Some(block) = node.block() {
            let at = block.open.end;
            levels.push(Level { items: block.items.iter(), scope: opens, into: Some(id), at, depth });
        }
    }

    fn include(&mut self, levels: &mut Vec<Level<'m>>, node: &Directive, files: &[FileId], subject: Option<SubjectId>) {
        let Some(level) = levels.last() else { return };
        let (scope, into, depth) = (level.scope, level.into, level.depth);
        let around = self.sources.path(node.words[0].span.file) == SURROUNDINGS_PATH;
        if !around {
            let text = format!("# {}", plain(&format!("include {};", node.words[1].value)));
            let comment = Comment { text, inline: false, gap: false, from: subject.into_iter().collect() };
            self.put(into, Item::Comment(comment));
        }
        // The last file pushed is read first.
        for file in files.iter().rev() {
            let items = self.sources.file(*file).tree.items.iter();
            levels.push(Level { items, scope, into, at: 0, depth: depth + 1 });
        }
    }

    fn opened(&mut self, scope: ScopeId, name: &Word) -> Option<ScopeId> {
        let child = self.next_child.entry(scope).or_default();
        let config = self.model.config;
        let inner = *config.scope(scope).children.get(*child)?;
        let opened = config.scope(inner).words.first().map(|word| word.span) == Some(name.span);
        opened.then(|| {
            *child += 1;
            inner
        })
    }

    fn words(&self, words: &[Word]) -> Vec<Part> {
        let mut before: Option<&Word> = None;
        let mut parts = Vec::new();
        for word in words {
            let stands = match before {
                Some(last) if self.breaks(last.span.end, word.span) > 0 => Before::Break,
                Some(last) if last.span.end == word.span.start => Before::Nothing,
                _ => Before::Blank,
            };
            let raw = self.sources.text(word.span).to_owned();
            parts.push(Part { raw, value: word.value.to_string(), before: stands });
            before = Some(word);
        }
        parts
    }

    fn body(&self, node: &Directive) -> Body {
        match &node.body {
            Ends::Block(_) => Body::Block(Vec::new()),
            Ends::Lua { code, .. } => Body::Code(self.sources.text(*code).to_owned()),
            Ends::Semicolon(_) | Ends::Unfinished(_) => Body::End,
        }
    }

    fn place(&self, subject: SubjectId) -> Option<String> {
        self.model.place(subject).map(|place| plain(&place))
    }
}

fn end_of(node: &Directive) -> u32 {
    match &node.body {
        Ends::Semicolon(span) | Ends::Lua { close: Some(span), .. } => span.end,
        Ends::Block(block) => block.close.map_or(block.open.end, |span| span.end),
        Ends::Lua { code, .. } => code.end,
        Ends::Unfinished(place) => place.offset,
    }
}
