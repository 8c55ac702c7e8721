//! The locations of a server as one list in which the first that fits wins.
//!
//! nginx looks for the longest path first, goes into the locations inside it, and tries the regular expressions of each
//! level on the way back, unless the path said `^~`. Written as a list, each path is preceded by the expressions that
//! would win over it. Where no path says `^~` and none has locations inside, the expressions are the same for all and
//! stand once, before all paths.

use crate::config::{Regex, ScopeId};
use crate::modules::Contexts;
use crate::modules::http::core::location::{Location, Pattern};
use crate::modules::http::rewrite::{Program, Step};
use crate::modules::shared::pass::{Passes, Protocol, To};

use super::policy::{passing, policy};
use super::read::Read;
use super::{Action, Given, Pass, Route, Test};

/// The routes of a server.
pub fn read(read: &mut Read, server: ScopeId, groups: usize) -> Vec<Route> {
    let mut walk = Walk { read, groups, routes: Vec::new() };
    if let Some(action) = walk.returned(server) {
        walk.push(Test { is_rest: true, ..Test::default() }, server, Some(action));
        return walk.routes;
    }
    walk.level(server, &Test::default(), &mut Vec::new());
    walk.push(Test { is_rest: true, ..Test::default() }, server, None);
    walk.routes
}

struct Walk<'r, 'c> {
    read: &'r mut Read<'c>,
    /// How many there are.
    groups: usize,
    routes: Vec<Route>,
}

/// The locations directly inside a block.
#[derive(Default)]
struct Level {
    exact: Vec<(String, ScopeId)>,
    /// The longest first; whether it says `^~`.
    prefixes: Vec<(String, bool, ScopeId)>,
    regexes: Vec<(Regex, ScopeId)>,
}

impl Walk<'_, '_> {
    fn level_of(&self, scope: ScopeId) -> Level {
        let config = self.read.config;
        let mut level = Level::default();
        for inner in config.scope(scope).children.iter().copied() {
            let Some(own) = config.scope(inner).slot::<Location>() else { continue };
            if !config.scope(inner).context.meets(Contexts::LOCATION) {
                continue;
            }
            let name = own.name.clone();
            match &own.pattern {
                Pattern::Exact => level.exact.push((name, inner)),
                Pattern::Prefix => level.prefixes.push((name, false, inner)),
                Pattern::PrefixFirst => level.prefixes.push((name, true, inner)),
                Pattern::Regex(regex) => level.regexes.push((regex.clone(), inner)),
                Pattern::Named => {}
            }
        }
        level.prefixes.sort_by_key(|(name, ..)| std::cmp::Reverse(name.len()));
        level
    }

    /// The locations inside a block, for requests for which `test` holds; `outer` are the regular expressions of the
    /// levels around it that win over the block itself, those of the nearest level last.
    fn level(&mut self, scope: ScopeId, test: &Test, outer: &mut Vec<Vec<(Regex, ScopeId)>>) {
        let level = self.level_of(scope);
        for (path, inner) in &level.exact {
            self.push(Test { exact: Some(path.clone()), ..test.clone() }, *inner, None);
        }
        for (path, _, inner) in &level.prefixes {
            self.slash_redirect(path, *inner, &level, test);
        }
        let is_flat = outer.iter().all(Vec::is_empty)
            && level.prefixes.iter().all(|(_, first, inner)| !first && self.level_of(*inner).is_empty());
        if is_flat {
            self.regexes(&level.regexes, test);
        }
        for (path, first, inner) in &level.prefixes {
            let inside = Test { prefix: Some(path.clone()), ..test.clone() };
            let wins = if *first || is_flat { Vec::new() } else { level.regexes.clone() };
            outer.push(wins);
            self.level(*inner, &inside, outer);
            outer.pop();
            self.push(inside, *inner, None);
        }
        if !is_flat {
            self.regexes(&level.regexes, test);
        }
        for regexes in outer.iter().rev() {
            self.regexes(regexes, test);
        }
    }

    fn regexes(&mut self, regexes: &[(Regex, ScopeId)], test: &Test) {
        for (regex, inner) in regexes {
            let mut inside = test.clone();
            inside.regexes.push(regex.clone());
            let level = self.level_of(*inner);
            // Inside a regular expression nginx finds no paths.
            self.regexes(&level.regexes, &inside);
            self.push(inside, *inner, None);
        }
    }

    /// nginx redirects `/path` to `/path/` where a location of that name passes to a backend and none has the shorter name.
    fn slash_redirect(&mut self, path: &str, scope: ScopeId, level: &Level, test: &Test) {
        let Some(short) = path.strip_suffix('/').filter(|short| !short.is_empty()) else { return };
        let passes = self.read.config.scope(scope).slot::<Passes>();
        let passes = passes.is_some_and(|passes| passes.0.iter().any(|pass| pass.protocol != Protocol::Tunnel));
        let taken =
            level.exact.iter().any(|(name, _)| name == short) || level.prefixes.iter().any(|(name, ..)| name == short);
        if passes && !taken {
            let test = Test { exact: Some(short.to_owned()), ..test.clone() };
            self.push(test, scope, Some(Action::SlashRedirect));
        }
    }

    fn push(&mut self, test: Test, scope: ScopeId, action: Option<Action>) {
        let redirects = matches!(action, Some(Action::SlashRedirect));
        let action = match action {
            Some(action) => action,
            None => match self.returned(scope) {
                Some(action) => action,
                None => self.action(scope),
            },
        };
        let program = self.read.config.scope(scope).slot::<Program>().is_some_and(|program| !program.0.is_empty());
        let has_program = program && !redirects && !matches!(action, Action::Return(_));
        let from = self.read.subjects.opener(scope);
        let policy = policy(self.read, scope);
        self.routes.push(Route { test, scope, from, has_program, action, policy });
    }

    /// The `return` that a block begins with.
    fn returned(&self, scope: ScopeId) -> Option<Action> {
        let program = self.read.config.scope(scope).slot::<Program>()?;
        let Some(Step::Return { status, text }) = program.0.first() else { return None };
        let setting = self.read.config.scope(scope).all("return").next()?;
        let from = self.read.subjects.setting(scope, setting);
        Some(Action::Return(Given { value: (*status, text.clone()), from }))
    }

    fn action(&mut self, scope: ScopeId) -> Action {
        const OWN: &[&str] = &["empty_gif", "flv", "mp4", "stub_status", "api", "js_content", "perl"];
        let config = self.read.config;
        if let Some(pass) = config.scope(scope).slot::<Passes>().and_then(|passes| passes.0.last()) {
            let to = match &pass.to {
                To::Upstream(id) => Ok(id.0.min(self.groups.saturating_sub(1))),
                To::Dynamic(text) => Err(text.clone()),
            };
            return Action::Pass(Box::new(Pass {
                from: self.read.subjects.at(scope, pass.span),
                protocol: pass.protocol,
                tls: pass.tls,
                to,
                host: pass.host.clone(),
                uri: Some(pass.uri.clone()).filter(|uri| !uri.is_empty()),
                how: passing(self.read, scope),
            }));
        }
        let own = OWN.iter().find(|name| config.scope(scope).setting(name).is_some());
        Action::Own(own.copied().unwrap_or("root"))
    }
}

impl Level {
    fn is_empty(&self) -> bool {
        self.exact.is_empty() && self.prefixes.is_empty() && self.regexes.is_empty()
    }
}
