//! The includes that lead to a finding.
//!
//! A file may be included in several places; the scope in which a setting was read tells which of them it came through:
//! the first include behind the scope's `{` that leads there.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use crate::config::{Config, ScopeId};
use crate::syntax::{FileId, Included, Place, Sources, Span};

/// Finds chains; what it needs is made at first use, since most configurations have no findings.
pub(super) struct Chains<'l> {
    config: &'l Config,
    sources: &'l Sources,
    sites: OnceCell<HashMap<FileId, Vec<Span>>>,
}

impl<'l> Chains<'l> {
    pub(super) fn new(config: &'l Config, sources: &'l Sources) -> Self {
        Chains { config, sources, sites: OnceCell::new() }
    }

    /// The include directives from the entry file to `file`, read in `scope`, outermost first.
    pub(super) fn of(&self, scope: ScopeId, file: FileId) -> Vec<Span> {
        let scope = self.config.scope(scope);
        let mut chain = match scope.parent {
            Some(parent) if !scope.words.is_empty() => self.of(parent, scope.opened.file),
            _ => Vec::new(),
        };
        chain.extend(self.path(scope.opened, file));
        chain
    }

    /// The includes behind `from` that lead to `to`; nothing if it is the same file.
    fn path(&self, from: Place, to: FileId) -> Vec<Span> {
        let (mut chain, mut at, mut seen) = (Vec::new(), to, HashSet::new());
        while at != from.file && seen.insert(at) {
            let Some(sites) = self.sites().get(&at) else { break };
            let direct = sites.iter().filter(|site| site.file == from.file && site.start >= from.offset);
            let Some(site) = direct.min_by_key(|site| site.start).or_else(|| sites.first()) else { break };
            chain.push(*site);
            at = site.file;
        }
        chain.reverse();
        chain
    }

    /// The include directives that name each file.
    fn sites(&self) -> &HashMap<FileId, Vec<Span>> {
        self.sites.get_or_init(|| {
            let mut sites: HashMap<FileId, Vec<Span>> = HashMap::new();
            for source in self.sources.files.iter().filter(|source| !source.includes.is_empty()) {
                for node in source.tree.directives() {
                    let (Some(Included::Files(files)), [name, path, ..]) = (self.sources.included(node), &*node.words)
                    else {
                        continue;
                    };
                    for file in files {
                        sites.entry(*file).or_default().push(name.span.to(path.span));
                    }
                }
            }
            sites
        })
    }
}
