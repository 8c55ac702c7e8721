//! The compiled configuration: a tree of scopes, one for each block that holds directives, each with its settings.

use std::any::Any;
use std::sync::Arc;

use super::listening::Listening;
use super::log_files::LogFiles;
use super::paths::Folders;
use super::shared::Zones;
use crate::modules::{Contexts, Directive, Module};
use crate::syntax::{Place, Span, Word};

/// A scope of one [`Config`], by its number. The main context is number 0; a parent's number is smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ScopeId(pub u32);

/// The whole configuration.
#[derive(Debug, Default)]
pub struct Config {
    /// All scopes; [`ScopeId`] indexes.
    pub scopes: Vec<Scope>,
    /// The `http` block.
    pub http: Option<ScopeId>,
    /// The `stream` block.
    pub stream: Option<ScopeId>,
    /// The `mail` block.
    pub mail: Option<ScopeId>,
    /// Folders to create at start.
    pub folders: Folders,
    /// Sockets to open at start.
    pub listening: Vec<Listening>,
    /// Log files to open at start.
    pub log_files: LogFiles,
    /// Shared memory.
    pub zones: Zones,
}

/// One block: what was set in it, and what the modules keep there.
#[derive(Debug)]
pub struct Scope {
    /// Which context (exactly one).
    pub context: Contexts,
    /// The block around it.
    pub parent: Option<ScopeId>,
    /// The blocks inside, in order.
    pub children: Vec<ScopeId>,
    /// Every directive read here that opens no block, in order.
    pub settings: Vec<Setting>,
    /// Every call of a directive that opens a block, in order; apart, since an `http` may hold thousands of servers and
    /// is asked for its settings at each.
    pub blocks: Vec<Setting>,
    /// The words of the directive that opened it (`server`, or `location ~ \.php$`), empty for main.
    pub words: Arc<[Word]>,
    /// Place of its `{`, as nginx names the block.
    pub opened: Place,
    /// One of its own directives has a fault: checks that need them all stay silent.
    pub faulty: bool,
    /// It or a block inside it has a fault.
    pub broken: bool,
    /// The names in `blocks`, each once.
    block_names: Vec<&'static str>,
    /// A file to be included here is missing, so what it would have set is not known.
    pub incomplete: bool,
    slots: Vec<Box<dyn Any + Send + Sync>>,
    /// The modules whose directives stand here.
    modules: Vec<&'static str>,
}

/// One call of a directive.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Which.
    pub directive: &'static Directive,
    /// Its words, name first.
    pub words: Arc<[Word]>,
    /// What the standard reader made of them.
    pub value: Value,
    /// The place nginx names for it.
    pub place: Place,
}

/// What the standard readers make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A module's own reader keeps its value in a slot of the scope.
    Own,
    /// `on`, `off`.
    Flag(bool),
    /// A number.
    Number(i64),
    /// Bytes.
    Size(u64),
    /// Milliseconds.
    Msec(u64),
    /// Seconds.
    Sec(u64),
    /// The words themselves are the value.
    Words,
    /// Index into the directive's list of words.
    Enum(usize),
    /// Bit n: the n-th word of the directive's list.
    Mask(u32),
    /// Count and size of buffers.
    Bufs(u64, u64),
    /// File permission bits.
    Access(u32),
}

impl Scope {
    pub(super) fn new(context: Contexts, parent: Option<ScopeId>, words: Arc<[Word]>, opened: Place) -> Scope {
        Scope {
            context,
            parent,
            children: Vec::new(),
            settings: Vec::new(),
            blocks: Vec::new(),
            block_names: Vec::new(),
            words,
            opened,
            faulty: false,
            broken: false,
            incomplete: false,
            slots: Vec::new(),
            modules: Vec::new(),
        }
    }

    /// Whether a directive of the module stands here.
    #[must_use]
    pub fn sets(&self, module: &Module) -> bool {
        self.modules.contains(&module.name)
    }

    pub(super) fn note(&mut self, module: &Module) {
        if !self.sets(module) {
            self.modules.push(module.name);
        }
    }

    /// The last setting of this directive made here.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<&Setting> {
        let named = |s: &&Setting| s.directive.name == name;
        self.settings.iter().rev().find(named).or_else(|| self.blocks_of(name).iter().rev().find(named))
    }

    /// Keeps a call.
    pub(super) fn keep(&mut self, setting: Setting) {
        let name = setting.directive.name;
        if !setting.directive.arguments.block {
            return self.settings.push(setting);
        }
        self.blocks.push(setting);
        if !self.block_names.contains(&name) {
            self.block_names.push(name);
        }
    }

    /// All directives of the block, those that open blocks last.
    pub fn all_settings(&self) -> impl Iterator<Item = &Setting> {
        self.settings.iter().chain(&self.blocks)
    }

    /// The blocks, if there is one of this name among them.
    fn blocks_of(&self, name: &str) -> &[Setting] {
        if self.block_names.contains(&name) { &self.blocks } else { &[] }
    }

    /// All settings of this directive made here, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Setting> {
        self.settings.iter().chain(self.blocks_of(name)).filter(move |s| s.directive.name == name)
    }

    /// What a module keeps here.
    #[must_use]
    pub fn slot<T: Any>(&self) -> Option<&T> {
        self.slots.iter().find_map(|slot| slot.downcast_ref())
    }

    /// What a module keeps here, made at first use.
    pub fn slot_mut<T: Any + Default + Send + Sync>(&mut self) -> &mut T {
        let at = self.slots.iter().position(|slot| slot.is::<T>()).unwrap_or_else(|| {
            self.slots.push(Box::<T>::default());
            self.slots.len() - 1
        });
        match self.slots[at].downcast_mut() {
            Some(slot) => slot,
            None => unreachable!("it was found or made by its type"),
        }
    }
}

impl Setting {
    /// The span of the directive's name and arguments.
    #[must_use]
    pub fn span(&self) -> Span {
        self.words[0].span.to(self.words[self.words.len() - 1].span)
    }

    /// The n-th argument, 1 for the first; `""` if there is none.
    #[must_use]
    pub fn arg(&self, n: usize) -> &str {
        self.words.get(n).map_or("", |word| &word.value)
    }
}

impl Config {
    /// A scope.
    #[must_use]
    pub fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }

    /// A scope, to write.
    pub fn scope_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.scopes[id.0 as usize]
    }

    /// `id` and the scopes around it, innermost first.
    pub fn ancestors(&self, id: ScopeId) -> impl Iterator<Item = ScopeId> {
        std::iter::successors(Some(id), |id| self.scope(*id).parent)
    }

    /// The setting that holds in `id`: its own, or that of the nearest block around it.
    #[must_use]
    pub fn effective(&self, id: ScopeId, name: &str) -> Option<&Setting> {
        self.ancestors(id).find_map(|id| self.scope(id).setting(name))
    }

    /// All settings of a directive that holds in `id`: the nearest block that has any gives all of them.
    #[must_use]
    pub fn effective_all<'a>(&'a self, id: ScopeId, name: &'a str) -> Vec<&'a Setting> {
        self.ancestors(id)
            .map(|id| self.scope(id).all(name).collect::<Vec<_>>())
            .find(|found| !found.is_empty())
            .unwrap_or_default()
    }

    /// The module state that holds in `id`: the nearest scope that has any.
    #[must_use]
    pub fn effective_slot<T: Any>(&self, id: ScopeId) -> Option<&T> {
        self.ancestors(id).find_map(|id| self.scope(id).slot::<T>())
    }

    /// The effective `on`/`off` of a directive read by [`Set::Flag`](crate::modules::Set::Flag).
    #[must_use]
    pub fn flag(&self, id: ScopeId, name: &str, default: bool) -> bool {
        match self.effective(id, name).map(|s| &s.value) {
            Some(Value::Flag(on)) => *on,
            _ => default,
        }
    }

    /// The effective number: of a number, a size, or a time in its unit.
    #[must_use]
    pub fn number(&self, id: ScopeId, name: &str, default: u64) -> u64 {
        match self.effective(id, name).map(|s| &s.value) {
            Some(Value::Number(n)) => u64::try_from(*n).unwrap_or(default),
            Some(Value::Size(n) | Value::Msec(n) | Value::Sec(n)) => *n,
            _ => default,
        }
    }

    /// Whether a missing file may have set something that holds in `id`.
    #[must_use]
    pub fn is_incomplete(&self, id: ScopeId) -> bool {
        self.ancestors(id).any(|id| self.scope(id).incomplete)
    }

    /// The scope of the enclosing `http`, `stream` or `mail`, if there is one.
    #[must_use]
    pub fn realm(&self, id: ScopeId) -> Option<ScopeId> {
        const REALMS: Contexts = Contexts::read("http stream mail");
        self.ancestors(id).find(|id| self.scope(*id).context.meets(REALMS))
    }
}
