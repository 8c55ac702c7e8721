//! The loss report: one file for each way of writing it down.

pub mod json;
pub mod sarif;
pub mod text;

use super::ledger::Entry;
use super::{File, Translation};
use crate::config::{Config, ScopeId};
use crate::diagnostics::position::{self, Position};
use crate::modules::Contexts;
use crate::syntax::{SURROUNDINGS_PATH, Sources, Span};

/// What a report is written from.
pub struct Report<'t> {
    /// The target's name; `from-FORMAT` of what becomes nginx's.
    pub target: &'t str,
    /// The translation.
    pub translation: &'t Translation,
    /// The configuration.
    pub config: &'t Config,
    /// Its files.
    pub sources: &'t Sources,
}

impl Report<'_> {
    fn text_of(&self, entry: &Entry) -> String {
        self.translation.subjects.get(entry.subject).text()
    }

    fn span_of(&self, entry: &Entry) -> Option<Span> {
        self.translation.subjects.get(entry.subject).span()
    }

    fn at(&self, span: Span) -> (&str, Position) {
        (self.sources.path(span.file), position::of(span.first(), self.sources))
    }

    /// The blocks around a subject, outermost first: `http`, `server`, `location /`.
    fn context_of(&self, entry: &Entry) -> Vec<String> {
        let scope = self.translation.subjects.get(entry.subject).scope;
        let mut blocks: Vec<String> = self.config.ancestors(scope).filter_map(|at| self.block(at)).collect();
        blocks.reverse();
        blocks
    }

    /// The blocks that were made up around a fragment, outermost first.
    fn around(&self) -> Option<Vec<String>> {
        let made_up = self.sources.files.first().is_some_and(|file| file.path == SURROUNDINGS_PATH);
        let first = self.translation.entries.first().filter(|_| made_up)?;
        Some(self.context_of(first))
    }

    fn block(&self, scope: ScopeId) -> Option<String> {
        let scope = self.config.scope(scope);
        if scope.context.meets(Contexts::MAIN) {
            return None;
        }
        Some(scope.words.iter().map(|word| &*word.value).collect::<Vec<_>>().join(" "))
    }

    /// The lines that came of a subject: file, number and text.
    fn emitted<'r>(&'r self, entry: &'r Entry) -> impl Iterator<Item = (&'r File, usize, &'r str)> {
        entry.lines.iter().filter_map(|(file, line)| {
            let file = self.translation.files.get(*file)?;
            Some((file, *line, file.text.lines().nth(line - 1)?.trim()))
        })
    }
}
