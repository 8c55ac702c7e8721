//! What a reader is given: the configuration so far, where nginx's lexer stands, and the call to read.

use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use super::fault::{Fault, Verdict};
use super::host::Host;
use super::reader::MISSING_INCLUDE;
use super::scope::{Config, Scope, ScopeId, Setting, Value};
use crate::diagnostics::{Diagnostic, Level, Nature, Stage};
use crate::modules::{Contexts, Directive, Kind, Module, Target};
use crate::syntax::{self, FileId, Place, Sources, Span, Word};

/// What the caller chose.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Directives to read before the entry file: nginx's `-g`. The file's path must be
    /// [`COMMAND_LINE`](crate::syntax::COMMAND_LINE).
    pub command_line: Option<FileId>,
}

/// The state of a compilation: nginx's `ngx_conf_t`.
pub struct Cx<'a> {
    /// Which nginx to judge as; `load_module` adds to it.
    pub target: Target,
    /// The machine to ask.
    pub host: &'a dyn Host,
    /// The files.
    pub sources: &'a Sources,
    /// What the caller chose.
    pub options: Options,
    /// What has been read so far.
    pub config: Config,
    /// The block being read.
    pub scope: ScopeId,
    pub(super) place: Place,
    pub(super) chain: Vec<Span>,
    pub(super) stage: Stage,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) said: FxHashMap<Said, usize>,
    pub(super) order: Vec<usize>,
    pub(super) budget: usize,
    pub(super) regexes: super::regex::Regexes,
}

/// What was said where: what is merged is said at one place of nginx's, and told apart by the guilty text.
type Said = (Stage, Option<Place>, Option<Span>, String);

/// One call of a directive.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// The row of the table.
    pub directive: &'static Directive,
    /// The module whose table it is.
    pub module: &'static Module,
    /// The words, name first.
    pub words: &'a Arc<[Word]>,
    /// Its node in the tree.
    pub node: &'a syntax::Directive,
}

/// One `word word ...;` of a block that holds free words (`map`, `types`, `geo`).
#[derive(Clone, Copy)]
pub struct Row<'a> {
    /// The words.
    pub words: &'a Arc<[Word]>,
    /// Its place in the block's own file: of a row that is included, that of the `include`.
    pub outer: Place,
}

impl<'a> Call<'a> {
    /// The directive's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.directive.name
    }

    /// The arguments.
    #[must_use]
    pub fn args(&self) -> &'a [Word] {
        &self.words[1..]
    }

    /// The n-th argument's value, 1 for the first; `""` if there is none.
    #[must_use]
    pub fn arg(&self, n: usize) -> &'a str {
        self.words.get(n).map_or("", |word| &word.value)
    }

    /// The span of the n-th word (0: the name), or of the name if there is none.
    #[must_use]
    pub fn span(&self, n: usize) -> Span {
        self.words.get(n).unwrap_or(&self.words[0]).span
    }

    /// nginx's usual `invalid parameter "x"`, pointing at the n-th word.
    #[must_use]
    pub fn invalid_parameter(&self, n: usize) -> Fault {
        Fault::emerg(format!("invalid parameter \"{}\"", self.arg(n))).at(self.span(n))
    }

    /// nginx's usual `invalid value "x"`, pointing at the n-th word.
    #[must_use]
    pub fn invalid_value(&self, n: usize) -> Fault {
        Fault::emerg(format!("invalid value \"{}\"", self.arg(n))).at(self.span(n))
    }
}

impl Cx<'_> {
    /// Where nginx's lexer stands now: the place its next message would name.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place
    }

    /// Says a warning (or any fault) at the current place and goes on.
    pub fn warn(&mut self, fault: Fault) {
        self.say(fault, None);
    }

    /// Runs `f` as if nginx's lexer stood elsewhere, and says its fault there.
    ///
    /// # Errors
    /// That of `f`, which has been said.
    pub fn at_place<T>(&mut self, place: Place, f: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        let here = std::mem::replace(&mut self.place, place);
        let result = f(self).map_err(|fault| {
            self.say(fault, None);
            Fault::silent()
        });
        self.place = here;
        result
    }

    /// Says what a check found, if anything, and marks the current scope; the reading goes on.
    pub fn judge(&mut self, verdict: Verdict) {
        if let Err(fault) = verdict {
            self.say(fault, None);
        }
    }

    /// Whether nginx would have stopped by now.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.diagnostics.iter().any(|finding| finding.level.stops())
    }

    pub(super) fn say(&mut self, fault: Fault, call: Option<&Call>) {
        // A missing include is read as if it were empty, so what is around it is still whole.
        if fault.level != Level::Warn && fault.code != MISSING_INCLUDE {
            self.mark_broken(!fault.silent);
        }
        if fault.silent {
            return;
        }
        let message = match call {
            Some(call) if fault.of_directive => format!("\"{}\" directive {}", call.name(), fault.message),
            _ => fault.message,
        };
        let place = fault.located.then_some(self.place);
        let span = fault.span.or_else(|| call.map(|call| call.words[0].span.to(call.span(call.words.len() - 1))));
        match self.said.entry((self.stage, place, span, message.clone())) {
            Entry::Occupied(known) => return self.order.push(*known.get()),
            Entry::Vacant(new) => self.order.push(*new.insert(self.diagnostics.len())),
        }
        // What even no machine in particular refuses does not depend on the machine.
        let anywhere = !self.host.is_real() && fault.code != MISSING_INCLUDE;
        let nature = if anywhere { Nature::Nginx } else { fault.nature };
        self.diagnostics.push(Diagnostic {
            level: fault.level,
            code: fault.code,
            message,
            place,
            span,
            related: fault.related,
            chain: self.chain.clone(),
            help: fault.help,
            stage: self.stage,
            nature,
        });
    }

    /// The current scope has a fault of its own (`own`) or only inside; the scopes around it have one inside.
    fn mark_broken(&mut self, own: bool) {
        let mut at = Some(self.scope);
        self.config.scope_mut(self.scope).faulty |= own;
        while let Some(id) = at {
            let scope = self.config.scope_mut(id);
            scope.broken = true;
            at = scope.parent;
        }
    }

    /// Makes a scope inside the current one for the block that `call` opens.
    pub fn open(&mut self, call: &Call, context: Contexts) -> ScopeId {
        self.open_with(context, call.words.clone())
    }

    pub(super) fn open_with(&mut self, context: Contexts, words: Arc<[Word]>) -> ScopeId {
        let id = ScopeId(self.config.scopes.len() as u32);
        self.config.scopes.push(Scope::new(context, Some(self.scope), words, self.place));
        self.config.scope_mut(self.scope).children.push(id);
        id
    }

    /// Runs `f` with another scope as the current one.
    pub fn within<T>(&mut self, scope: ScopeId, f: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.scope, scope);
        let result = f(self);
        self.scope = outer;
        result
    }

    /// Whether there was a fault in this scope's own directives.
    #[must_use]
    pub fn is_faulty(&self, scope: ScopeId) -> bool {
        self.config.scope(scope).faulty
    }

    /// Keeps a call in the current scope. The standard readers do it themselves; the reader of a module's own does it
    /// when later checks or rules ask for the words.
    pub fn keep(&mut self, call: &Call, value: Value) {
        let place = self.place;
        let setting = Setting { directive: call.directive, words: call.words.clone(), value, place };
        self.config.scope_mut(self.scope).keep(setting);
    }

    /// nginx's answer when this call's directive was already given in this block.
    ///
    /// # Errors
    /// `"x" directive is duplicate`
    pub fn once(&self, call: &Call) -> Verdict {
        match self.config.scope(self.scope).setting(call.name()) {
            Some(first) => {
                Err(Fault::directive("is duplicate").at(call.span(0)).related(first.span(), "first set here"))
            }
            None => Ok(()),
        }
    }

    /// Module state of the current scope.
    pub fn slot<T: std::any::Any + Default + Send + Sync>(&mut self) -> &mut T {
        let scope = self.scope;
        self.config.scope_mut(scope).slot_mut()
    }

    /// Module state of the enclosing `http`, `stream` or `mail` block (nginx's main_conf).
    pub fn realm_slot<T: std::any::Any + Default + Send + Sync>(&mut self) -> &mut T {
        let scope = self.config.realm(self.scope).unwrap_or(ScopeId(0));
        self.config.scope_mut(scope).slot_mut()
    }

    /// The kind of modules whose directives are looked up here: `Kind::Http` inside `http` and so on.
    #[must_use]
    pub fn kind(&self) -> Kind {
        Kind::of_context(self.config.scope(self.scope).context)
    }

    /// `FILE:LINE` of a place, as nginx writes it inside messages.
    #[must_use]
    pub fn file_line(&self, place: Place) -> String {
        format!("{}:{}", self.sources.path(place.file), self.sources.line(place))
    }

    /// `ngx_conf_full_name` with the configuration prefix: relative to the folder of the configuration file.
    #[must_use]
    pub fn conf_path(&self, name: &str) -> String {
        full_name(&self.target.paths.conf_prefix(), name)
    }

    /// `ngx_conf_full_name` with the prefix: relative to nginx's `-p`.
    #[must_use]
    pub fn prefix_path(&self, name: &str) -> String {
        full_name(&self.target.paths.prefix, name)
    }
}

fn full_name(prefix: &str, name: &str) -> String {
    if name.starts_with('/') { name.to_owned() } else { format!("{prefix}{name}") }
}
