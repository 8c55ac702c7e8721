//! Headers between nginx and an upstream: `..._hide_header` and `..._pass_header` on the way back,
//! `proxy_set_header`, `grpc_set_header` and `..._param` on the way there.
//!
//! nginx compiles their text, and builds hash tables of their names, only when it merges a location; what is inherited
//! was built already, and what stands in `http` is built for its first server.

use super::hash::{Table, align};
use super::named::{self, Named};
use crate::config::{Config, Setting};
use crate::modules::Version;
use crate::modules::prelude::*;

/// The lines that a module sends on, and their table.
#[derive(Debug, Clone, Copy)]
pub struct Lines {
    /// The directive that adds a line: `proxy_set_header`, `fastcgi_param`.
    pub directive: &'static str,
    /// The name of the table.
    pub table: &'static str,
    /// Only names that start so are in the table, without it: `HTTP_` for parameters.
    pub marked: &'static str,
    /// Lines that are sent unless set otherwise.
    pub defaults: &'static [OwnLine],
    /// More of them for locations that cache.
    pub cached: &'static [OwnLine],
}

/// A line that nginx sends by itself: its name, and the first version that does.
pub type OwnLine = (&'static str, Version);

impl Lines {
    /// What of a line's name is in the table.
    fn in_table<'n>(&self, name: &'n str) -> Option<&'n str> {
        name.strip_prefix(self.marked).filter(|rest| self.marked.is_empty() || !rest.is_empty())
    }
}

/// The headers of answers that a module hides, and their table.
#[derive(Debug, Clone, Copy)]
pub struct Hidden {
    /// The directive that hides another: `proxy_hide_header`.
    pub hide: &'static str,
    /// The directive that shows one: `proxy_pass_header`.
    pub pass: &'static str,
    /// The name of the table.
    pub table: &'static str,
    /// Hidden unless shown.
    pub defaults: &'static [&'static str],
}

/// The sizes of a module's tables, where directives set them.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// `proxy_headers_hash_max_size`
    pub max: &'static str,
    /// `proxy_headers_hash_bucket_size`
    pub bucket: &'static str,
}

/// Which tables of a scope are built.
#[derive(Debug, Clone, Copy, Default)]
struct Built {
    plain: bool,
    cached: bool,
}

/// Whether the table of hidden headers of an `http` block is built.
#[derive(Debug, Default)]
struct HiddenBuilt(bool);

/// The table's sizes in a scope.
fn table<'a>(config: &Config, scope: ScopeId, name: &'a str, sizes: Option<&Sizes>) -> Table<'a> {
    let size = |directive, default| config.number(scope, directive, default);
    let (max_size, bucket_size) = match sizes {
        Some(sizes) => (size(sizes.max, 512), align(size(sizes.bucket, 64))),
        None => (512, 64),
    };
    Table { name, max_size, bucket_size, span: None }
}

/// The enclosing `http`, if it is directly around the current scope.
fn http_around(cx: &Cx) -> Option<ScopeId> {
    let parent = cx.config.scope(cx.scope).parent?;
    cx.config.scope(parent).context.meets(Contexts::HTTP).then_some(parent)
}

/// Judges the table of hidden headers of the current scope.
///
/// # Errors
/// nginx's `could not build ..._hash`.
pub fn judge_hidden(cx: &mut Cx, hidden: &Hidden, sizes: Option<&Sizes>) -> Verdict {
    let here = cx.config.scope(cx.scope);
    let own = here.setting(hidden.hide).or_else(|| here.setting(hidden.pass)).map(Setting::span);
    if own.is_none() {
        let Some(_) = http_around(cx) else { return Ok(()) };
        if std::mem::replace(&mut cx.realm_slot::<Named<HiddenBuilt>>().entry(hidden.hide).0, true) {
            return Ok(());
        }
    }
    let mut names: Vec<String> = hidden.defaults.iter().map(|name| (*name).to_owned()).collect();
    for setting in cx.config.effective_all(cx.scope, hidden.hide) {
        if !names.iter().any(|name| name.eq_ignore_ascii_case(setting.arg(1))) {
            names.push(setting.arg(1).to_owned());
        }
    }
    for setting in cx.config.effective_all(cx.scope, hidden.pass) {
        names.retain(|name| !name.eq_ignore_ascii_case(setting.arg(1)));
    }
    let table = Table { span: own, ..table(&cx.config, cx.scope, hidden.table, sizes) };
    table.check(cx, names.iter().map(String::as_str))
}

/// Compiles the lines of the current scope and judges their tables; `caches`: the location caches.
///
/// # Errors
/// What is wrong with a line's text; nginx's `could not build ..._hash`.
pub fn judge_lines(cx: &mut Cx, lines: &Lines, sizes: Option<&Sizes>, caches: bool) -> Verdict {
    let scope = cx.scope;
    let own = cx.config.scope(scope).setting(lines.directive).is_some();
    let http = http_around(cx);
    let from_http = http.filter(|http| !own && cx.config.scope(*http).setting(lines.directive).is_some());
    let mut built = if own {
        Built::default()
    } else if http.is_none() {
        Built { plain: true, ..named::effective(&cx.config, scope, lines.directive).copied().unwrap_or_default() }
    } else {
        from_http.and_then(|http| named::own(&cx.config, http, lines.directive)).copied().unwrap_or_default()
    };
    if !built.plain {
        build(cx, lines, sizes, lines.defaults)?;
        built.plain = true;
    }
    if caches && !built.cached {
        build(cx, lines, sizes, lines.cached)?;
        built.cached = true;
    }
    named::put(cx, lines.directive, built);
    if let Some(http) = from_http.filter(|http| named::own::<Built>(&cx.config, *http, lines.directive).is_none()) {
        cx.within(http, |cx| named::put(cx, lines.directive, built));
    }
    Ok(())
}

fn build(cx: &mut Cx, lines: &Lines, sizes: Option<&Sizes>, defaults: &[OwnLine]) -> Verdict {
    let set: Vec<_> = cx.config.effective_all(cx.scope, lines.directive).iter().map(|s| s.words.clone()).collect();
    let mut keys: Vec<&str> = Vec::new();
    for words in &set {
        let [_, key, value, ..] = &words[..] else { continue };
        let in_table = lines.in_table(&key.value);
        if !value.value.is_empty() || in_table.is_none() {
            cx.complex(value)?;
        }
        keys.extend(in_table);
    }
    let given =
        |name: &str| set.iter().any(|words| words.get(1).is_some_and(|key| key.value.eq_ignore_ascii_case(name)));
    for (name, since) in defaults {
        if *since <= cx.target.version && !given(name) {
            keys.extend(lines.in_table(name));
        }
    }
    let span = set.first().map(|words| words[0].span);
    let table = Table { span, ..table(&cx.config, cx.scope, lines.table, sizes) };
    table.check(cx, keys)
}
