//! What a loss report is about: every directive of the configuration, in the order in which nginx reads them, and every
//! implicit default that holds somewhere.
//!
//! A directive in a file that is included twice counts twice, once in each place. The rows of a `map`, `geo`, `types` or
//! `split_clients` are no directives: they belong to the block.

use std::collections::HashMap;
use std::sync::Arc;

use crate::config::{Config, ScopeId, Setting};
use crate::syntax::{FileId, Included, Item, Sources, Span, Word};

/// A subject of one [`Subjects`], by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectId(pub u32);

/// One subject.
#[derive(Debug, Clone)]
pub struct Subject {
    /// What it is.
    pub what: What,
    /// The block that it stands in; of a default the one where it was first met.
    pub scope: ScopeId,
    /// The `include` directives that led to its file, outermost first.
    pub chain: Vec<Span>,
}

/// What a subject is.
#[derive(Debug, Clone)]
pub enum What {
    /// A directive, by its words.
    Directive(Arc<[Word]>),
    /// What holds where nothing is said: name and value of a directive.
    Default(&'static str, String),
}

impl Subject {
    /// The name of the directive.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.what {
            What::Directive(words) => words.first().map_or("", |word| &word.value),
            What::Default(name, _) => name,
        }
    }

    /// The directive as written, or the default as it would be.
    #[must_use]
    pub fn text(&self) -> String {
        match &self.what {
            What::Directive(words) => words.iter().map(|word| &*word.value).collect::<Vec<_>>().join(" "),
            What::Default(name, value) if value.is_empty() => (*name).to_owned(),
            What::Default(name, value) => format!("{name} {value}"),
        }
    }

    /// Its place; a default has none.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        match &self.what {
            What::Directive(words) => Some(words.first()?.span.to(words.last()?.span)),
            What::Default(..) => None,
        }
    }
}

/// All subjects of a configuration.
#[derive(Debug, Default)]
pub struct Subjects {
    list: Vec<Subject>,
    directives: HashMap<(ScopeId, FileId, u32), SubjectId>,
    defaults: HashMap<(&'static str, String), SubjectId>,
    /// The directive that opened each scope.
    openers: HashMap<ScopeId, SubjectId>,
}

impl Subjects {
    /// Every directive of a configuration, in nginx's order.
    #[must_use]
    pub fn of(config: &Config, sources: &Sources) -> Subjects {
        let mut subjects = Subjects::default();
        let mut next_child: HashMap<ScopeId, usize> = HashMap::new();
        let mut levels: Vec<(std::slice::Iter<Item>, ScopeId, usize)> = Vec::new();
        let mut chain: Vec<Span> = Vec::new();
        if let Some(entry) = sources.files.first() {
            levels.push((entry.tree.items.iter(), ScopeId(0), 0));
        }
        while let Some((items, scope, depth)) = levels.last_mut() {
            let (scope, depth) = (*scope, *depth);
            chain.truncate(depth);
            let Some(item) = items.next() else {
                levels.pop();
                continue;
            };
            let Item::Directive(node) = item else { continue };
            let id = subjects.add(scope, &node.words, &chain);
            if let (Some(Included::Files(files)), [name, path, ..]) = (sources.included(node), &*node.words) {
                chain.push(name.span.to(path.span));
                // The last file pushed is read first.
                for file in files.iter().rev() {
                    levels.push((sources.file(*file).tree.items.iter(), scope, chain.len()));
                }
            } else if let Some(block) = node.block() {
                let child = next_child.entry(scope).or_default();
                let children = config.scope(scope).children.get(*child..).unwrap_or_default();
                let opened = |inner: &ScopeId| {
                    config.scope(*inner).words.first().map(|word| word.span) == node.words.first().map(|word| word.span)
                };
                if let Some(inner) = children.first().copied().filter(opened) {
                    *child += 1;
                    subjects.openers.insert(inner, id);
                    levels.push((block.items.iter(), inner, depth));
                }
            }
        }
        subjects
    }

    fn add(&mut self, scope: ScopeId, words: &Arc<[Word]>, chain: &[Span]) -> SubjectId {
        let next = SubjectId(self.list.len() as u32);
        let Some(name) = words.first() else { return next };
        let id = *self.directives.entry((scope, name.span.file, name.span.start)).or_insert(next);
        if id == next {
            self.list.push(Subject { what: What::Directive(words.clone()), scope, chain: chain.to_vec() });
        }
        id
    }

    /// A directive of another program, by its words.
    pub fn written(&mut self, words: Arc<[Word]>) -> SubjectId {
        self.add(ScopeId(0), &words, &[])
    }

    /// The implicit default `name value;`, noted at first use.
    pub fn implicit(&mut self, name: &'static str, value: impl Into<String>, scope: ScopeId) -> SubjectId {
        let value = value.into();
        let next = SubjectId(self.list.len() as u32);
        let id = *self.defaults.entry((name, value.clone())).or_insert(next);
        if id == next {
            self.list.push(Subject { what: What::Default(name, value), scope, chain: Vec::new() });
        }
        id
    }

    /// The implicit default `name value;`, if it was noted.
    #[must_use]
    pub fn default_of(&self, name: &'static str, value: &str) -> Option<SubjectId> {
        self.defaults.get(&(name, value.to_owned())).copied()
    }

    /// The directive of a setting that was read in a scope.
    #[must_use]
    pub fn setting(&self, scope: ScopeId, setting: &Setting) -> SubjectId {
        self.at(scope, setting.words[0].span)
    }

    /// The directive of a scope whose words begin where `span` does. The span may be that of any of its words as long as
    /// no other directive stands between.
    #[must_use]
    pub fn at(&self, scope: ScopeId, span: Span) -> SubjectId {
        if let Some(id) = self.directives.get(&(scope, span.file, span.start)) {
            return *id;
        }
        let holds = |subject: &Subject| {
            subject.scope == scope
                && subject
                    .span()
                    .is_some_and(|own| own.file == span.file && own.start <= span.start && span.start < own.end)
        };
        SubjectId(self.list.iter().position(holds).unwrap_or(0) as u32)
    }

    /// The directive that opened a block; the first directive of all for what has none.
    #[must_use]
    pub fn opener(&self, scope: ScopeId) -> SubjectId {
        self.openers.get(&scope).copied().unwrap_or(SubjectId(0))
    }

    /// A subject.
    #[must_use]
    pub fn get(&self, id: SubjectId) -> &Subject {
        &self.list[id.0 as usize]
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (SubjectId, &Subject)> {
        self.list.iter().enumerate().map(|(n, subject)| (SubjectId(n as u32), subject))
    }
}
