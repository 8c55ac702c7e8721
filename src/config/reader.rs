//! The walk: nginx's `ngx_conf_parse` and `ngx_conf_handler` over a tree that is already there.

use std::sync::Arc;

use super::cx::{Call, Cx, Options, Row};
use super::fault::{Fault, Verdict};
use super::host::Host;
use super::scope::{Config, Scope, ScopeId, Value};
use super::{slots, unknown};
use crate::diagnostics::{Diagnostic, Stage};
use crate::modules::{self, Contexts, Kind, Target};
use crate::syntax::{self, Body, FileId, Included, Item, Place, Sources, Span, Word};

/// How many directives a configuration may have, includes multiplied out; past that something includes too much.
const BUDGET: usize = 5_000_000;

/// The code of the finding that a file to be included cannot be read.
pub const MISSING_INCLUDE: &str = "missing-include";

/// What is said of a directive's name among the words of another.
const MISSING_SEMICOLON: &str = "is a \";\" missing before this?";

/// A configuration and what was found on the way.
#[derive(Debug)]
pub struct Compiled {
    /// The configuration.
    pub config: Config,
    /// The findings, each once, in the order in which nginx would meet them.
    pub diagnostics: Vec<Diagnostic>,
    /// Numbers of the findings as nginx would say them: what stands in a file that is read twice it says twice.
    pub said: Vec<usize>,
}

/// Reads the whole configuration whose entry is the first file of `sources`.
#[must_use]
pub fn compile(sources: &Sources, target: &Target, host: &dyn Host, options: Options) -> Compiled {
    let start = Place { file: FileId(0), offset: 0 };
    let main = Scope::new(Contexts::MAIN, None, Arc::from([]), start);
    let mut cx = Cx {
        target: target.clone(),
        host,
        sources,
        options,
        config: Config { scopes: vec![main], ..Config::default() },
        scope: ScopeId(0),
        place: start,
        chain: Vec::new(),
        stage: Stage::Read,
        diagnostics: Vec::new(),
        said: rustc_hash::FxHashMap::default(),
        order: Vec::new(),
        budget: BUDGET,
        regexes: super::regex::Regexes::default(),
    };
    if let Some(file) = options.command_line {
        cx.read_command_line(file);
        cx.place = start;
    }
    cx.read_file(FileId(0));
    cx.stage = Stage::Start;
    modules::finish_core(&mut cx);
    Compiled { config: cx.config, diagnostics: cx.diagnostics, said: cx.order }
}

/// What `include` takes in a block of free words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Includes {
    /// It is a word like any other.
    None,
    /// A file.
    Files,
    /// A file or a pattern.
    Patterns,
}

impl Cx<'_> {
    /// Reads a file's directives into the current scope, as `include` does.
    pub fn read_file(&mut self, file: FileId) {
        let sources = self.sources;
        let source = sources.file(file);
        self.items(&source.tree.items);
        self.place = Place { file, offset: source.text.len() as u32 };
    }

    /// Reads nginx's `-g`, which may have no blocks and calls its end by another name.
    fn read_command_line(&mut self, file: FileId) {
        let items = &self.sources.file(file).tree.items;
        let blocks = |item: &Item| match item {
            Item::Directive(node) => node.fault.is_none() && matches!(node.body, Body::Block(_) | Body::Lua { .. }),
            _ => false,
        };
        for item in items {
            match item {
                Item::Directive(node) if node.fault.as_ref().is_some_and(syntax::Fault::is_end) => {
                    self.place = node.end_of_head();
                    let fault = Fault::emerg("unexpected end of parameter, expecting \";\"");
                    self.say(
                        fault.at(node.words.first().map_or(Span { file, start: 0, end: 0 }, |word| word.span)),
                        None,
                    );
                }
                Item::Directive(node) if blocks(item) => {
                    self.place = node.end_of_head();
                    let fault = Fault::emerg("block directives are not supported in -g option");
                    self.say(fault, None);
                }
                _ => self.items(std::slice::from_ref(item)),
            }
        }
    }

    /// Reads the block that `call` opens into `scope`; afterwards the place is that of its `}`.
    ///
    /// # Errors
    /// Silent, when one of the block's own directives has a fault.
    pub fn read(&mut self, call: &Call, scope: ScopeId) -> Verdict {
        self.within(scope, |cx| {
            let Body::Block(block) = &call.node.body else { return };
            cx.items(&block.items);
            cx.close(block.close);
        });
        if self.is_faulty(scope) { Err(Fault::silent()) } else { Ok(()) }
    }

    /// Keeps the call, makes a scope for its block and reads it: what most block directives do.
    ///
    /// # Errors
    /// Silent, when one of the block's own directives has a fault.
    pub fn block(&mut self, call: &Call, context: Contexts) -> Result<ScopeId, Fault> {
        self.keep(call, Value::Own);
        let scope = self.open(call, context);
        self.read(call, scope).map(|()| scope)
    }

    /// Reads the rows of a block of free words; with `includes`, `include FILE;` among them is followed.
    ///
    /// # Errors
    /// Silent, when a row was refused; the others are read all the same.
    pub fn rows(&mut self, call: &Call, includes: bool, row: &mut dyn FnMut(&mut Self, &Row) -> Verdict) -> Verdict {
        self.rows_including(call, if includes { Includes::Patterns } else { Includes::None }, row)
    }

    /// [`Cx::rows`] where what `include` takes is not the usual.
    ///
    /// # Errors
    /// As there.
    pub fn rows_including(
        &mut self,
        call: &Call,
        includes: Includes,
        row: &mut dyn FnMut(&mut Self, &Row) -> Verdict,
    ) -> Verdict {
        let Body::Block(block) = &call.node.body else { return Ok(()) };
        let before = self.diagnostics.len();
        self.row_items(&block.items, includes, None, row);
        self.close(block.close);
        let refused = self.diagnostics[before..].iter().any(|d| d.level != crate::diagnostics::Level::Warn);
        if refused { Err(Fault::silent()) } else { Ok(()) }
    }

    /// `site` is the place of the block's own `include` that led here.
    fn row_items(
        &mut self,
        items: &[Item],
        includes: Includes,
        site: Option<Place>,
        row: &mut dyn FnMut(&mut Self, &Row) -> Verdict,
    ) {
        for item in items {
            let node = match item {
                Item::Directive(node) => node,
                Item::Comment(_) => continue,
                Item::Stray(fault) => {
                    self.lexical(fault);
                    continue;
                }
            };
            self.place = node.end_of_head();
            let outer = site.unwrap_or(self.place);
            if let Some(fault) = &node.fault {
                self.lexical(fault);
            } else if let Body::Block(block) = &node.body {
                self.say(Fault::emerg("unexpected \"{\"").at(block.open), None);
            } else if includes != Includes::None && node.words.len() == 2 && node.name() == "include" {
                let pattern = &node.words[1];
                let verdict = if includes == Includes::Files && pattern.value.contains(['*', '?', '[']) {
                    let path = self.conf_path(&pattern.value);
                    let message = format!("open() \"{path}\" failed (2: No such file or directory)");
                    Err(Fault::emerg(message).at(pattern.span).help("before nginx 1.29.8 no pattern can stand here"))
                } else {
                    self.each_included(node, |cx, file| {
                        let sources = cx.sources;
                        cx.row_items(&sources.file(file).tree.items, includes, Some(outer), row);
                    })
                };
                self.judge(verdict);
            } else {
                let verdict = row(self, &Row { words: &node.words, outer });
                self.judge(verdict);
            }
        }
    }

    fn close(&mut self, close: Result<Span, Place>) {
        match close {
            Ok(brace) => self.place = brace.first(),
            Err(end) => {
                self.place = end;
                let opened = self.config.scope(self.scope).opened;
                let span = Span { file: opened.file, start: opened.offset, end: opened.offset + 1 };
                let fault = Fault::emerg("unexpected end of file, expecting \"}\"");
                self.say(fault.related(span, "this block is never closed"), None);
            }
        }
    }

    /// Follows an `include` from the node that stands in the current file.
    ///
    /// # Errors
    /// nginx's message when the file cannot be read; a message of our own for a cycle, of which nginx dies.
    pub fn each_included(&mut self, node: &syntax::Directive, mut read: impl FnMut(&mut Self, FileId)) -> Verdict {
        let site = node.words[0].span;
        let sources = self.sources;
        match sources.file(site.file).includes.get(&site.start) {
            None => Ok(()),
            Some(Included::Failed { path, error }) => {
                self.config.scope_mut(self.scope).incomplete = true;
                let fault = Fault::emerg(format!("open() \"{path}\" failed ({error})")).at(node.words[1].span);
                Err(fault.of_host().code(MISSING_INCLUDE))
            }
            Some(Included::Cycle(chain)) => {
                let mut fault = Fault::emerg("include cycle: the file includes itself").at(node.words[1].span);
                fault.related = chain.iter().map(|span| (*span, "included here".to_owned())).collect();
                Err(fault.help("nginx follows such a cycle until it runs out of file descriptors or crashes"))
            }
            Some(Included::Files(files)) => {
                let place = self.place;
                self.chain.push(site.to(node.words[1].span));
                for file in files {
                    read(self, *file);
                }
                self.chain.pop();
                self.place = place;
                Ok(())
            }
        }
    }

    fn items(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Directive(node) => self.directive(node),
                Item::Stray(fault) => self.lexical(fault),
                Item::Comment(_) => {}
            }
        }
    }

    fn lexical(&mut self, fault: &syntax::Fault) {
        self.place = fault.place;
        let message = fault.kind.message(self.sources.text(fault.span));
        let mut said = Fault::emerg(message).at(fault.span);
        if let syntax::FaultKind::EndOfFile { opened: Some(quote) } = fault.kind {
            said = said.related(quote, "this quote is never closed");
        }
        self.say(said, None);
    }

    /// What is wrong with a directive's own words; a `}` or the end of the file means that its `;` is missing.
    fn cut_short(&mut self, node: &syntax::Directive, fault: &syntax::Fault) {
        let ended =
            matches!(fault.kind, syntax::FaultKind::Unexpected('}') | syntax::FaultKind::EndOfFile { opened: None });
        let Some(word) = node.words.first().filter(|_| ended) else { return self.lexical(fault) };
        self.place = fault.place;
        let said = Fault::emerg(fault.kind.message(self.sources.text(fault.span))).at(fault.span);
        self.say(said.related(word.span, "this directive has no \";\" at its end"), None);
    }

    fn directive(&mut self, node: &syntax::Directive) {
        self.place = node.end_of_head();
        match &node.fault {
            // Only the module that knows the block reads it as Lua; without it the directive is unknown.
            Some(fault) if fault.kind == syntax::FaultKind::UnclosedLua && self.find(node).is_err() => {}
            Some(fault) => return self.cut_short(node, fault),
            None => {}
        }
        self.budget = self.budget.saturating_sub(1);
        if self.budget == 0 {
            return self.say(Fault::emerg("too many directives: includes multiply them").at(node.words[0].span), None);
        }
        let call = match self.find(node) {
            Ok(call) => call,
            Err(fault) => return self.say(fault, None),
        };
        self.config.scope_mut(self.scope).note(call.module);
        if let Err(mut fault) = slots::read(self, &call) {
            let guilty = fault.span.map_or(0, |span| span.start);
            if let Some(word) = self.next_directive(node).filter(|word| guilty >= word.span.start) {
                fault.help = Some(MISSING_SEMICOLON.to_owned());
                if fault.span != Some(word.span) {
                    fault = Fault { help: None, ..fault.related(word.span, MISSING_SEMICOLON) };
                }
            }
            self.say(fault, Some(&call));
        }
    }

    /// A word that stands first on a line of its own and is a directive's name: probably the one before it has no `;`.
    fn next_directive<'n>(&self, node: &'n syntax::Directive) -> Option<&'n Word> {
        let line = |span: Span| self.sources.line(span.first());
        let pairs = node.words.windows(2).filter_map(|pair| Some((pair.first()?, pair.last()?)));
        pairs
            .filter(|(before, word)| line(before.span) < line(word.span))
            .map(|(_, word)| word)
            .find(|word| word.quote == syntax::Quote::Bare && self.target.directives(&word.value).next().is_some())
    }

    /// Looks a directive up as nginx does: the first of that name in module order that this context allows.
    fn find<'n>(&self, node: &'n syntax::Directive) -> Result<Call<'n>, Fault> {
        let (name, context, kind) = (node.name(), self.config.scope(self.scope).context, self.kind());
        let is_block = matches!(node.body, Body::Block(_) | Body::Lua { .. });
        let span = node.words[0].span;
        for (module, directive) in self.target.directives(name) {
            let (contexts, arguments) = directive.form_in(self.target.version);
            if (module.kind != Kind::Conf && module.kind != kind) || !contexts.meets(context) {
                continue;
            }
            if is_block && !arguments.block {
                return Err(Fault::emerg(format!("directive \"{name}\" is not terminated by \";\"")).at(span));
            }
            if arguments.block && !is_block {
                return Err(Fault::emerg(format!("directive \"{name}\" has no opening \"{{\"")).at(span));
            }
            if !arguments.allows(node.words.len() - 1) {
                let fault = Fault::emerg(format!("invalid number of arguments in \"{name}\" directive")).at(span);
                return Err(match self.next_directive(node) {
                    Some(word) => fault.related(word.span, MISSING_SEMICOLON),
                    None => fault.help(format!("\"{name}\" takes {arguments}")),
                });
            }
            return Ok(Call { directive, module, words: &node.words, node });
        }
        Err(unknown::explain(&self.target, name, context).at(span))
    }
}
