//! What the rules say, made into diagnostics.

use std::collections::HashSet;

use super::chain::Chains;
use super::rule::Rule;
use super::{Lint, suppress};
use crate::config::ScopeId;
use crate::diagnostics::{Diagnostic, Level, Nature, Stage};
use crate::syntax::Span;

/// One thing that a rule has to say.
#[derive(Debug)]
pub struct Finding {
    scope: ScopeId,
    span: Span,
    message: String,
    level: Option<Level>,
    related: Vec<(Span, String)>,
    help: Option<String>,
}

impl Finding {
    /// Points at guilty text that stands in `scope`.
    #[must_use]
    pub fn at(scope: ScopeId, span: Span, message: impl Into<String>) -> Finding {
        Finding { scope, span, message: message.into(), level: None, related: Vec::new(), help: None }
    }

    /// Says the way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Finding {
        self.help = Some(help.into());
        self
    }

    /// Names another place that matters.
    #[must_use]
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Finding {
        self.related.push((span, text.into()));
        self
    }

    /// Is worse, or less bad, than the rule's findings usually are.
    #[must_use]
    pub fn level(mut self, level: Level) -> Finding {
        self.level = Some(level);
        self
    }
}

/// The findings so far.
pub struct Findings<'l, 'a> {
    lint: &'l Lint<'a>,
    chains: Chains<'l>,
    rule: Option<&'static Rule>,
    said: HashSet<(Span, String)>,
    list: Vec<Diagnostic>,
}

impl<'l, 'a> Findings<'l, 'a> {
    pub(super) fn new(lint: &'l Lint<'a>) -> Self {
        let chains = Chains::new(lint.config, lint.sources);
        Findings { lint, chains, rule: None, said: HashSet::new(), list: Vec::new() }
    }

    pub(super) fn run(&mut self, rule: &'static Rule, lint: &Lint) {
        self.rule = Some(rule);
        (rule.check)(lint, self);
    }

    /// Takes a finding, unless a comment silences it. What a file that is included twice says twice is said once.
    pub fn add(&mut self, finding: Finding) {
        let Some(rule) = self.rule else { return };
        if !self.said.insert((finding.span, finding.message.clone()))
            || suppress::silences(&self.lint.suppressions, self.lint.sources, rule.name, finding.span)
        {
            return;
        }
        self.list.push(Diagnostic {
            level: finding.level.unwrap_or(rule.level),
            code: rule.name,
            message: finding.message,
            place: Some(finding.span.first()),
            span: Some(finding.span),
            related: finding.related,
            chain: self.chains.of(finding.scope, finding.span.file),
            help: finding.help,
            stage: Stage::Start,
            nature: Nature::Lint,
        });
    }

    pub(super) fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        self.list.sort_by_key(|diagnostic| (diagnostic.place, diagnostic.code));
        self.list
    }
}
