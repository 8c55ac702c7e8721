//! The configuration as one file whose directives can be changed: includes are written in their place, words are kept as
//! they were quoted, comments stay. Only the layout is the formatter's.

use std::slice::Iter;

use crate::config::ScopeId;
use crate::modules::Contexts;
use crate::syntax::{Body as Ends, Directive, FileId, Included, Item as Leaf, SURROUNDINGS_PATH, Sources, Span, Word};
use crate::translate::SubjectId;
use crate::translate::model::Model;

/// A directive of one [`Tree`], by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeId(pub usize);

/// The configuration.
#[derive(Debug, Default)]
pub struct Tree {
    pub nodes: Vec<Node>,
    pub top: Vec<Item>,
}

/// What stands in a block.
#[derive(Debug, Clone)]
pub enum Item {
    Node(NodeId),
    Comment(Comment),
}

/// A comment, with its `#`.
#[derive(Debug, Clone)]
pub struct Comment {
    pub text: String,
    /// It stands behind what comes before it.
    pub inline: bool,
    /// An empty line comes before it.
    pub gap: bool,
    /// Whom it stands for.
    pub from: Vec<SubjectId>,
}

/// How a word stands behind the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    Blank,
    Break,
    Nothing,
}

/// A word as written, and what nginx reads.
#[derive(Debug, Clone)]
pub struct Part {
    pub raw: String,
    pub value: String,
    pub before: Before,
}

/// How a directive ends.
#[derive(Debug)]
pub enum Body {
    End,
    Block(Vec<Item>),
    /// Code of another language, between the braces.
    Code(String),
}

/// What became of a directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Kept,
    /// Only a comment tells of it.
    Dropped,
    /// Others say what it said.
    Moved,
}

/// A directive, or a row of a `map` and the like.
#[derive(Debug)]
pub struct Node {
    pub words: Vec<Part>,
    pub body: Body,
    pub state: State,
    /// The subjects that it stands for; a row has none.
    pub from: Vec<SubjectId>,
    pub parent: Option<NodeId>,
    /// The context that it stands in; a row has none.
    pub context: Option<Contexts>,
    /// The scope that it opens.
    pub opens: Option<ScopeId>,
    pub gap: bool,
    /// Where it came from, if that is not the main file.
    pub place: Option<String>,
    /// What was left out of it.
    pub lost: Vec<String>,
    /// It stands around a fragment.
    pub is_around: bool,
}

impl Part {
    /// A word that needs no quotes, or has its own.
    pub fn new(raw: &str) -> Part {
        let value = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw);
        Part { raw: raw.to_owned(), value: value.to_owned(), before: Before::Blank }
    }
}

impl Node {
    pub fn name(&self) -> &str {
        self.arg(0)
    }

    /// The n-th word's value; `""` if there is none.
    pub fn arg(&self, n: usize) -> &str {
        self.words.get(n).map_or("", |word| &word.value)
    }

    /// The number of the word with this value, behind the name.
    pub fn position(&self, word: &str) -> Option<usize> {
        (1..self.words.len()).find(|n| self.words[*n].value == word)
    }

    pub fn text(&self) -> String {
        self.words.iter().map(|word| word.raw.as_str()).collect::<Vec<_>>().join(" ")
    }
}

impl Tree {
    pub fn get(&self, id: NodeId) -> &Node {
        &self.nodes[id.0]
    }

    pub fn get_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.0]
    }

    /// Whether it and all around it is still there.
    pub fn is_kept(&self, id: NodeId) -> bool {
        std::iter::successors(Some(id), |id| self.get(*id).parent).all(|id| self.get(id).state == State::Kept)
    }

    /// The directives that are still there, a block before what it holds.
    pub fn kept(&self) -> Vec<NodeId> {
        (0..self.nodes.len()).map(NodeId).filter(|id| self.get(*id).context.is_some() && self.is_kept(*id)).collect()
    }

    /// The block of a scope.
    pub fn block(&self, scope: ScopeId) -> Option<NodeId> {
        (0..self.nodes.len()).map(NodeId).find(|id| self.get(*id).opens == Some(scope))
    }

    /// Those of a name that stand in a context.
    pub fn all(&self, context: Contexts, name: &str) -> Vec<NodeId> {
        let fits = |id: &NodeId| {
            let node = self.get(*id);
            node.name() == name && node.context.is_some_and(|own| own.meets(context))
        };
        self.kept().into_iter().filter(fits).collect()
    }

    /// The directives of a block that are still there.
    pub fn children(&self, id: NodeId) -> Vec<NodeId> {
        let Body::Block(items) = &self.get(id).body else { return Vec::new() };
        let nodes = items.iter().filter_map(|item| if let Item::Node(id) = item { Some(*id) } else { None });
        nodes.filter(|id| self.get(*id).state == State::Kept).collect()
    }

    /// The directives of a name in a block.
    pub fn named(&self, id: NodeId, name: &str) -> Vec<NodeId> {
        self.children(id).into_iter().filter(|id| self.get(*id).name() == name).collect()
    }

    /// Writes a directive into a block: behind another one, or as the first.
    pub fn insert(&mut self, into: NodeId, behind: Option<NodeId>, words: &[&str], from: Vec<SubjectId>) -> NodeId {
        let context = self.get(into).opens.and(self.context_inside(into));
        let id = NodeId(self.nodes.len());
        self.nodes.push(Node {
            words: words.iter().map(|word| Part::new(word)).collect(),
            body: Body::End,
            state: State::Kept,
            from,
            parent: Some(into),
            context,
            opens: None,
            gap: false,
            place: None,
            lost: Vec::new(),
            is_around: false,
        });
        let Body::Block(items) = &mut self.nodes[into.0].body else { return id };
        let is = |item: &Item| matches!(item, Item::Node(own) if Some(*own) == behind);
        let mut at = items.iter().position(is).map_or(0, |at| at + 1);
        // A comment on the same line belongs to what it stands behind.
        while matches!(items.get(at), Some(Item::Comment(comment)) if comment.inline) {
            at += 1;
        }
        items.insert(at, Item::Node(id));
        id
    }

    /// Writes a directive as the last one of a block.
    pub fn append(&mut self, into: NodeId, words: &[&str], from: Vec<SubjectId>) -> NodeId {
        let last = match &self.get(into).body {
            Body::Block(items) => items.iter().rev().find_map(|item| match item {
                Item::Node(id) => Some(*id),
                Item::Comment(_) => None,
            }),
            _ => None,
        };
        self.insert(into, last, words, from)
    }

    /// What is written into a block stands in the context of what is there.
    fn context_inside(&self, id: NodeId) -> Option<Contexts> {
        let known = [
            ("http", Contexts::MAIN, Contexts::HTTP),
            ("mail", Contexts::MAIN, Contexts::MAIL),
            ("stream", Contexts::MAIN, Contexts::STREAM),
            ("server", Contexts::HTTP, Contexts::SERVER),
            ("server", Contexts::MAIL, Contexts::MAIL_SERVER),
            ("server", Contexts::STREAM, Contexts::STREAM_SERVER),
            ("upstream", Contexts::HTTP, Contexts::UPSTREAM),
            ("upstream", Contexts::STREAM, Contexts::STREAM_UPSTREAM),
        ];
        let node = self.get(id);
        let outer = node.context?;
        let found = known.iter().find(|(name, at, _)| *name == node.name() && at.meets(outer));
        Some(found.map_or(Contexts::LOCATION, |(_, _, inside)| *inside))
    }

    /// Moves a directive to the end of its block.
    pub fn move_to_end(&mut self, id: NodeId) {
        let Some(parent) = self.get(id).parent else { return };
        let Body::Block(items) = &mut self.nodes[parent.0].body else { return };
        if let Some(at) = items.iter().position(|item| matches!(item, Item::Node(own) if *own == id)) {
            let item = items.remove(at);
            items.push(item);
        }
    }
}

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
    next_child: std::collections::HashMap<ScopeId, usize>,
}

/// The configuration of a model.
pub fn read(model: &Model) -> Tree {
    let sources = model.sources;
    let is_real = |file: &crate::syntax::SourceFile| file.path != SURROUNDINGS_PATH;
    let main = FileId(sources.files.iter().position(is_real).unwrap_or(0) as u32);
    let mut reader = Reader { model, sources, tree: Tree::default(), main, next_child: std::collections::HashMap::new() };
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

/// What cannot end a comment.
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn end_of(node: &Directive) -> u32 {
    match &node.body {
        Ends::Semicolon(span) | Ends::Lua { close: Some(span), .. } => span.end,
        Ends::Block(block) => block.close.map_or(block.open.end, |span| span.end),
        Ends::Lua { code, .. } => code.end,
        Ends::Unfinished(place) => place.offset,
    }
}
