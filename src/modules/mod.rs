//! What nginx allows: one nginx module, one file, with its table of directives, its checks and its variables.
//!
//! The registry is [`modules`], in nginx's own module order. Tables follow nginx's source tree from 1.0.0 to
//! [`Version::NEWEST`]; a [`Target`] says which part of them one build of nginx has.

mod directive;
mod module;
pub mod prelude;
mod realm;
mod target;
mod version;

pub mod core;
pub mod http;
pub mod mail;
pub mod plus;
pub mod shared;
pub mod stream;
pub mod third_party;

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

pub use directive::{Arguments, CONTEXT_NAMES, Contexts, Count, Directive, Post, Set, Setter, Was, d, was};
pub use module::{Hook, Kind, Merge, Module, Presence, Variable, v};
pub use realm::finish_core;
pub use target::{Paths, Target, TargetError, modules_in_file};
pub use version::Version;

/// All modules, in nginx's order: core, events, mail, http, stream, then those of NGINX Plus and of others.
pub fn modules() -> impl Iterator<Item = &'static Module> {
    [core::MODULES, mail::MODULES, http::MODULES, stream::MODULES, plus::MODULES, third_party::MODULES]
        .into_iter()
        .flatten()
        .copied()
}

/// Every row of every table.
pub fn all_directives() -> impl Iterator<Item = (&'static Module, &'static Directive)> {
    modules().flat_map(|module| module.directives.iter().map(move |row| (module, row)))
}

type Rows = Vec<(&'static Module, &'static Directive)>;

static BY_NAME: LazyLock<FxHashMap<&'static str, Rows>> = LazyLock::new(|| {
    let mut by_name: FxHashMap<&'static str, Rows> = FxHashMap::default();
    for (module, row) in all_directives() {
        by_name.entry(row.name).or_default().push((module, row));
    }
    by_name
});

/// Every row of this name, in module order, whatever the target.
#[must_use]
pub fn rows_named(name: &str) -> &'static [(&'static Module, &'static Directive)] {
    BY_NAME.get(name).map_or(&[], Vec::as_slice)
}
