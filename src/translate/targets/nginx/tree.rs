//! The configuration as one file whose directives can be changed: includes are written in their place, words are kept as
//! they were quoted, comments stay. Only the layout is the formatter's.

use crate::config::ScopeId;
use crate::modules::Contexts;
use crate::translate::SubjectId;

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

    /// The block that holds a fragment; none if the configuration is whole.
    pub fn around(&self) -> Option<NodeId> {
        let (mut items, mut found) = (&self.top, None);
        let last = |items: &[Item]| {
            items.iter().rev().find_map(|item| match item {
                Item::Node(id) if self.get(*id).is_around => Some(*id),
                _ => None,
            })
        };
        // The last block around it is the one that holds it.
        while let Some(id) = last(items) {
            match &self.get(id).body {
                Body::Block(inner) if !inner.is_empty() => (items, found) = (inner, Some(id)),
                _ => break,
            }
        }
        found
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

/// What cannot end a comment.
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
