//! `ngx_thread_pool_module`.

use crate::modules::prelude::*;
use crate::syntax::Place;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    init: Some(init),
    ..Module::new("thread_pool_module", Kind::Core, Presence::Always)
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("thread_pool", "main", "2 3", Custom(set), "1.7.11", "default threads=32 max_queue=65536",
        "Defines a named pool of threads for reading and sending files without blocking workers."),
];

/// The pool that `aio threads` means, which nobody has to declare.
pub const DEFAULT: &str = "default";

/// The pools of the configuration, in nginx's order; in the main scope.
#[derive(Debug, Default)]
pub struct ThreadPools(pub Vec<ThreadPool>);

/// A pool, declared or only used.
#[derive(Debug, Clone)]
pub struct ThreadPool {
    /// Its name.
    pub name: String,
    /// How many threads; 0 until it is declared.
    pub threads: u64,
    /// How many tasks may wait.
    pub max_queue: u64,
    /// Where it was first named.
    pub place: Place,
    /// The word that did.
    pub span: Span,
}

/// `ngx_thread_pool_add`: a directive uses the pool of this name, which may be declared later.
pub fn add(cx: &mut Cx, name: &str, span: Span) -> usize {
    let place = cx.place();
    let pools = &mut cx.config.scope_mut(ScopeId(0)).slot_mut::<ThreadPools>().0;
    if let Some(known) = pools.iter().position(|pool| pool.name == name) {
        return known;
    }
    pools.push(ThreadPool { name: name.to_owned(), threads: 0, max_queue: 65536, place, span });
    pools.len() - 1
}

fn set(cx: &mut Cx, call: &Call) -> Verdict {
    let name = call.arg(1);
    let at = add(cx, name, call.span(1));
    let pool = cx.slot::<ThreadPools>().0[at].clone();
    if pool.threads != 0 {
        let fault = Fault::emerg(format!("duplicate thread pool \"{name}\"")).at(call.span(1));
        return Err(fault.related(pool.span, "declared here"));
    }
    let (mut threads, mut max_queue) = (0, pool.max_queue);
    for (n, word) in call.args().iter().enumerate().skip(1) {
        let invalid =
            |what: &str| Fault::emerg(format!("invalid {what} value \"{}\"", word.value)).at(call.span(n + 1));
        if let Some(text) = word.value.strip_prefix("threads=") {
            threads = values::number(text).filter(|number| *number > 0).ok_or_else(|| invalid("threads"))?;
        } else if let Some(text) = word.value.strip_prefix("max_queue=") {
            max_queue = values::number(text).ok_or_else(|| invalid("max_queue"))?.cast_unsigned();
        }
    }
    if threads == 0 {
        return Err(Fault::emerg("\"thread_pool\" must have \"threads\" parameter").at(call.span(0)));
    }
    let pool = &mut cx.slot::<ThreadPools>().0[at];
    (pool.threads, pool.max_queue) = (threads.cast_unsigned(), max_queue);
    cx.keep(call, Value::Own);
    Ok(())
}

fn init(cx: &mut Cx) -> Verdict {
    if cx.is_faulty(ScopeId(0)) {
        return Ok(());
    }
    let pools = cx.slot::<ThreadPools>();
    for pool in &mut pools.0 {
        if pool.name == DEFAULT && pool.threads == 0 {
            pool.threads = 32;
        }
    }
    let Some(unknown) = pools.0.iter().find(|pool| pool.threads == 0).cloned() else { return Ok(()) };
    let message = format!("unknown thread pool \"{}\" in {}", unknown.name, cx.file_line(unknown.place));
    Err(Fault::emerg(message).at(unknown.span).unlocated().help("declare it with thread_pool in the main context"))
}
