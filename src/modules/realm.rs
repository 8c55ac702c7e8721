//! The end of a realm: nginx's `ngx_http_block`, `ngx_stream_block`, `ngx_mail_block` and, for core modules, the end of
//! `ngx_init_cycle`. The order here is the order of nginx's messages.

use super::module::{Hook, Kind, Merge, Module};
use super::prelude::*;

/// What a realm does between its merges and its modules' `finish`, and at the very end.
pub struct Steps {
    /// After all merges: location trees.
    pub arrange: Option<Hook>,
    /// After the variables were checked: ports, addresses, names.
    pub settle: Option<Hook>,
}

/// Reads the block of a realm and brings it to its end.
///
/// # Errors
/// nginx's `"http" directive is duplicate`.
pub fn read(cx: &mut Cx, call: &Call, context: Contexts, steps: &Steps) -> Verdict {
    cx.once(call)?;
    cx.keep(call, Value::Own);
    let scope = open(cx, context, |cx| cx.open(call, context));
    // What is broken inside has been said; what is whole is still brought to its end.
    let _ = cx.read(call, scope);
    cx.within(scope, |cx| close(cx, steps));
    Ok(())
}

/// Makes a realm's scope and lets its modules prepare it.
fn open(cx: &mut Cx, context: Contexts, make: impl FnOnce(&mut Cx) -> ScopeId) -> ScopeId {
    let scope = make(cx);
    match Kind::of_context(context) {
        Kind::Http => cx.config.http = Some(scope),
        Kind::Stream => cx.config.stream = Some(scope),
        _ => cx.config.mail = Some(scope),
    }
    cx.within(scope, |cx| each_module(cx, |module| module.prepare));
    scope
}

fn close(cx: &mut Cx, steps: &Steps) {
    let scope = cx.scope;
    let servers: Vec<_> = children(cx, scope, Contexts::read("server stream-server mail-server"))
        .map(|server| (server, inside(cx, server)))
        .collect();
    for module in present(cx) {
        run(cx, module.init);
        merge_all(cx, module, &servers);
    }
    run(cx, steps.arrange);
    each_module(cx, |module| module.finish);
    // Names that a broken block would have defined must not be called unknown.
    if !cx.config.scope(scope).broken {
        cx.check_variables();
        if matches!(cx.kind(), Kind::Http | Kind::Stream) {
            run(cx, Some(super::shared::variables_hash::check));
        }
    }
    run(cx, steps.settle);
}

/// Runs a module's merges over every server with the locations inside it.
///
/// A scope that sets nothing of the module has what the scope around it has, so what there is to say was said there; the
/// first server speaks for the defaults.
fn merge_all(cx: &mut Cx, module: &Module, servers: &[(ScopeId, Vec<ScopeId>)]) {
    if module.merge_server.is_none() && module.merge_location.is_none() {
        return;
    }
    let everywhere = cx.config.scope(cx.scope).sets(module);
    for (n, (server, inside)) in servers.iter().enumerate() {
        if everywhere || n == 0 || cx.config.scope(*server).sets(module) {
            merge(cx, *server, module.merge_server);
            merge(cx, *server, module.merge_location);
        }
        for scope in inside {
            if cx.config.scope(*scope).sets(module) {
                merge(cx, *scope, module.merge_location);
            }
        }
    }
}

fn merge(cx: &mut Cx, scope: ScopeId, hook: Option<Merge>) {
    let Some(hook) = hook else { return };
    if !cx.is_faulty(scope) {
        cx.within(scope, |cx| {
            let verdict = hook(cx, scope);
            cx.judge(verdict);
        });
    }
}

fn run(cx: &mut Cx, hook: Option<Hook>) {
    if let Some(hook) = hook {
        let verdict = hook(cx);
        cx.judge(verdict);
    }
}

fn each_module(cx: &mut Cx, hook: impl Fn(&'static Module) -> Option<Hook>) {
    for module in present(cx) {
        run(cx, hook(module));
    }
}

/// The target's modules of the current realm.
fn present(cx: &Cx) -> Vec<&'static Module> {
    let kind = cx.kind();
    super::modules().filter(|module| module.kind == kind && cx.target.has(module)).collect()
}

/// The scopes directly inside `scope` whose context is one of `contexts`.
fn children(cx: &Cx, scope: ScopeId, contexts: Contexts) -> impl Iterator<Item = ScopeId> {
    let inside = &cx.config.scope(scope).children;
    inside.iter().copied().filter(move |id| cx.config.scope(*id).context.meets(contexts))
}

/// The locations, `if`s and `limit_except`s inside a server, each before those inside it.
fn inside(cx: &Cx, server: ScopeId) -> Vec<ScopeId> {
    const MERGED: Contexts = Contexts::read("location location-if server-if limit_except");
    let mut found = Vec::new();
    let mut pending = vec![server];
    while let Some(scope) = pending.pop() {
        if scope != server {
            found.push(scope);
        }
        let first = pending.len();
        pending.extend(children(cx, scope, MERGED));
        pending[first..].reverse();
    }
    found
}

/// The end of the main context: every core module's checks, after `syntax is ok`, and nginx's start.
pub fn finish_core(cx: &mut Cx) {
    each_module(cx, |module| module.init);
    run(cx, Some(super::core::cycle::start));
    each_module(cx, |module| module.finish);
}
