//! Advice beyond nginx's own faults: what a configuration does that was probably not meant, where nginx is silent.
//!
//! One rule is one file of [`rules`]; [`check`] runs those that a [`Selection`] asks for over a compiled configuration.
//! A rule looks at settings and at the two things that are derived here once for all of them: the upstream [`Group`]s
//! and the [`Pass`]es, the places that send requests to them. What a rule says of nginx is true of the target's
//! version, and is silent where the configuration does not tell: advice that is often wrong is not read.
//!
//! `# nginxlb: ignore RULE[, RULE]` on the line of a finding or on the line before it silences it.

mod chain;
mod explain;
mod findings;
mod group;
mod markdown;
mod pass;
mod pattern;
mod rule;
pub mod rules;
mod suppress;

use std::collections::HashMap;

use crate::config::{Compiled, Config, Scope, ScopeId, Setting};
use crate::diagnostics::Diagnostic;
use crate::modules::http::core::location::Location;
use crate::modules::shared::map::{Map, Maps};
use crate::modules::{Contexts, Target};
use crate::syntax::{Included, SURROUNDINGS_PATH, Sources, Span};

pub use explain::{explain, topics};
pub use findings::{Finding, Findings};
pub use group::{Group, Host, Server};
pub use markdown::reference;
pub use pass::Pass;
pub use rule::{Rule, Selection, Targets, Tier, UnknownRule};
pub use suppress::Suppression;

/// What a rule may look at.
pub struct Lint<'a> {
    /// The compiled configuration.
    pub config: &'a Config,
    /// The files.
    pub sources: &'a Sources,
    /// Which nginx to judge as.
    pub target: &'a Target,
    /// The `upstream` blocks without faults, of `http` and `stream`.
    pub groups: Vec<Group<'a>>,
    /// The places that pass requests or connections on.
    pub passes: Vec<Pass<'a>>,
    /// The comments that silence rules.
    pub suppressions: Vec<Suppression>,
    /// The passes to each group, by its scope.
    to_groups: HashMap<ScopeId, Vec<usize>>,
}

/// Runs the selected rules; the findings come in the order of the files.
#[must_use]
pub fn check(compiled: &Compiled, sources: &Sources, target: &Target, selection: &Selection) -> Vec<Diagnostic> {
    let lint = Lint::new(&compiled.config, sources, target);
    let mut findings = Findings::new(&lint);
    for rule in rules::RULES.iter().filter(|rule| selection.has(rule) && rule.targets.contain(target.version)) {
        findings.run(rule, &lint);
    }
    findings.into_diagnostics()
}

impl<'a> Lint<'a> {
    fn new(config: &'a Config, sources: &'a Sources, target: &'a Target) -> Lint<'a> {
        let groups = group::collect(config);
        let passes = pass::collect(config, &groups);
        let mut to_groups: HashMap<ScopeId, Vec<usize>> = HashMap::new();
        for (at, pass) in passes.iter().enumerate() {
            if let Some(group) = pass.group.and_then(|group| groups.get(group)) {
                to_groups.entry(group.scope).or_default().push(at);
            }
        }
        Lint { config, sources, target, groups, passes, suppressions: suppress::collect(sources), to_groups }
    }

    /// Every scope of one of these contexts, with its number.
    pub fn scopes(&self, contexts: Contexts) -> impl Iterator<Item = (ScopeId, &'a Scope)> {
        let all = self.config.scopes.iter().enumerate();
        all.filter(move |(_, scope)| scope.context.meets(contexts)).map(|(at, scope)| (ScopeId(at as u32), scope))
    }

    /// Every setting of a directive, with the scope that it stands in.
    pub fn settings(&self, name: &'a str) -> impl Iterator<Item = (ScopeId, &'a Setting)> {
        let all = self.config.scopes.iter().enumerate();
        all.flat_map(move |(at, scope)| scope.all(name).map(move |setting| (ScopeId(at as u32), setting)))
    }

    /// The configuration starts at nginx's main context and nothing that it includes is missing or broken: only then
    /// does the absence of something mean anything.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let fragment = self.sources.files.first().is_some_and(|entry| entry.path == SURROUNDINGS_PATH);
        let missing = self.sources.files.iter().flat_map(|file| file.includes.values());
        !fragment
            && !self.config.scope(ScopeId(0)).broken
            && !missing.into_iter().any(|included| !matches!(included, Included::Files(_)))
    }

    /// The setting that gives nginx more than one worker process, if there is one.
    #[must_use]
    pub fn several_workers(&self) -> Option<&'a Setting> {
        let setting = self.config.scope(ScopeId(0)).setting("worker_processes")?;
        (setting.arg(1) == "auto" || setting.arg(1).parse::<u32>().is_ok_and(|count| count > 1)).then_some(setting)
    }

    /// The `location` that a scope is.
    #[must_use]
    pub fn location(&self, scope: ScopeId) -> Option<&'a Location> {
        self.config.scope(scope).slot()
    }

    /// Every location with its scope.
    pub fn locations(&self) -> impl Iterator<Item = (ScopeId, &'a Scope, &'a Location)> {
        self.scopes(Contexts::LOCATION).filter_map(|(id, scope)| Some((id, scope, scope.slot::<Location>()?)))
    }

    /// Every `server` of `http`.
    pub fn servers(&self) -> impl Iterator<Item = (ScopeId, &'a Scope)> {
        self.scopes(Contexts::SERVER)
    }

    /// The `server` around a scope of `http`, or itself.
    #[must_use]
    pub fn server_of(&self, scope: ScopeId) -> Option<ScopeId> {
        self.config.ancestors(scope).find(|id| self.config.scope(*id).context.meets(Contexts::SERVER))
    }

    /// The `map` of `http` that gives `$variable`.
    #[must_use]
    pub fn map(&self, variable: &str) -> Option<&'a Map> {
        let maps = self.config.scope(self.config.http?).slot::<Maps>()?;
        maps.maps.iter().find(|map| map.variable == variable)
    }

    /// Every value that a variable may have and where it is given, if only `set` and `map` of fixed texts give it one.
    #[must_use]
    pub fn values(&self, variable: &str) -> Option<Vec<(&'a str, Span)>> {
        let sets = self.settings("set").filter(|(_, set)| set.arg(1).strip_prefix('$') == Some(variable));
        let sets: Vec<_> = sets.map(|(_, set)| (set.arg(2), set.span())).collect();
        let map = self.map(variable);
        if sets.iter().any(|(value, _)| value.contains('$')) || (sets.is_empty() && map.is_none()) {
            return None;
        }
        let mapped =
            map.into_iter().flat_map(|map| &map.entries).map(|entry| Some((entry.value.literal()?, entry.span)));
        let default = map.and_then(|map| Some((map.default.as_ref()?, map.span)));
        let default = default.map(|(value, span)| Some((value.literal()?, span)));
        sets.into_iter().map(Some).chain(mapped).chain(default).collect()
    }

    /// The group that a pass sends to.
    #[must_use]
    pub fn group(&self, pass: &Pass) -> Option<&Group<'a>> {
        pass.group.and_then(|at| self.groups.get(at))
    }

    /// The passes that send to a group.
    pub fn passes_to(&self, group: &Group) -> impl Iterator<Item = &Pass<'a>> {
        let passes = self.to_groups.get(&group.scope).map_or(&[][..], Vec::as_slice);
        passes.iter().filter_map(|at| self.passes.get(*at))
    }
}
