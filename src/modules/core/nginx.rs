//! `ngx_core_module`.

use super::load_module;
use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, init: Some(init), ..Module::new("core_module", Kind::Core, Presence::Always) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("daemon", "main", "flag", Flag, "1.0.0", "on",
        "Runs nginx in the background; turn it off in containers, under supervisors, or while debugging."),
    d("debug_points", "main", "1", Enum(&["stop", "abort"]), "1.0.0", "",
        "On an internal error, makes nginx either abort with a core dump or stop for a debugger."),
    d("env", "main", "1", StrArray, "1.0.0", "TZ",
        "Keeps an inherited environment variable, or sets a new value for it, in the worker processes."),
    d("load_module", "main", "1", Custom(load_module::set), "1.9.11", "",
        "Loads a dynamic module file; must appear before the blocks that use its directives."),
    d("lock_file", "main", "1", Str, "1.0.0", "logs/nginx.lock",
        "Sets the file name prefix for locks, needed only on systems without atomic operations."),
    d("master_process", "main", "flag", Flag, "1.0.0", "on",
        "Starts worker processes under a master; turning it off is meant for nginx developers only."),
    d("pid", "main", "1", Str, "1.0.0", "logs/nginx.pid",
        "Sets the file in which nginx stores the process ID of its main process."),
    d("thread_stack_size", "main", "1", Size, "1.0.0", "",
        "Set the stack size of worker threads in the old experimental thread support; removed, replaced by thread_pool.")
        .last("1.8.1"),
    d("timer_resolution", "main", "1", Msec, "1.0.0", "",
        "Updates the cached time only at this interval, which saves system calls but lowers accuracy."),
    d("user", "main", "1 2", Custom(user), "1.0.0", "nobody nobody",
        "Sets the user and group under which the worker processes run when started as root."),
    d("worker_cpu_affinity", "main", "1+", Custom(cpu_affinity), "1.0.0", "",
        "Binds worker processes to the given sets of CPUs, or distributes them automatically with auto."),
    d("worker_priority", "main", "1", Custom(priority), "1.0.0", "0",
        "Sets the scheduling priority of workers like nice; negative numbers mean higher priority."),
    d("worker_processes", "main", "1", Custom(processes), "1.0.0", "1",
        "Sets the number of worker processes; auto starts one per available CPU core."),
    d("worker_rlimit_core", "main", "1", Offset, "1.0.0", "",
        "Raises the size limit of core dumps of worker processes without restarting the main process."),
    d("worker_rlimit_nofile", "main", "1", Number, "1.0.0", "",
        "Raises the limit of open files for worker processes without restarting the main process."),
    d("worker_rlimit_sigpending", "main", "1", Number, "1.0.0", "",
        "Set the limit of queued signals per worker for the rtsig method; removed, epoll replaces it.")
        .last("1.8.1"),
    d("worker_shutdown_timeout", "main", "1", Msec, "1.11.11", "",
        "Sets how long old workers may finish their connections on graceful shutdown before those are closed."),
    d("worker_threads", "main", "1", Number, "1.0.0", "",
        "Set the threads per worker in the old experimental thread support; removed, replaced by thread_pool.")
        .last("1.8.1"),
    d("working_directory", "main", "1", Str, "1.0.0", "",
        "Sets the current directory of workers, mainly the place where core dumps are written."),
];

/// Linux's `CPU_SETSIZE`.
const CPUS: usize = 1024;

fn user(cx: &mut Cx, call: &Call) -> Verdict {
    if !cx.host.is_root() {
        let message = "the \"user\" directive makes sense only if the master process runs with super-user privileges, \
                       ignored";
        cx.warn(Fault::warn(message).at(call.span(0)).of_host());
        return Ok(());
    }
    cx.once(call)?;
    let (name, group) = (call.arg(1), call.words.last().map_or("", |word| &word.value));
    if !cx.host.user(name) {
        return Err(unknown(&format!("getpwnam(\"{name}\")"), "user").at(call.span(1)));
    }
    if !cx.host.group(group) {
        return Err(unknown(&format!("getgrnam(\"{group}\")"), "group").at(call.span(call.words.len() - 1)));
    }
    cx.keep(call, Value::Words);
    Ok(())
}

fn unknown(function: &str, what: &str) -> Fault {
    Fault::emerg(format!("{function} failed")).of_host().help(format!("this machine has no such {what}"))
}

fn priority(cx: &mut Cx, call: &Call) -> Verdict {
    // To nginx a priority of 0 is one that was not set.
    let before = cx.config.scope(cx.scope).setting(call.name()).map(|setting| &setting.value);
    if before.is_some_and(|value| *value != Value::Number(0)) {
        cx.once(call)?;
    }
    let text = call.arg(1);
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let number = values::number(digits).ok_or_else(|| Fault::directive("invalid number").at(call.span(1)))?;
    cx.keep(call, Value::Number(if text.starts_with('-') { -number } else { number }));
    Ok(())
}

fn processes(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    let value = match call.arg(1) {
        "auto" => Value::Words,
        text => {
            let number = values::number(text).map(Value::Number);
            number.ok_or_else(|| Fault::directive("invalid value").at(call.span(1)).help("a number or auto"))?
        }
    };
    cx.keep(call, value);
    Ok(())
}

fn cpu_affinity(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    let auto = call.arg(1) == "auto";
    if auto && call.args().len() > 2 {
        let fault = Fault::emerg("invalid number of arguments in \"worker_cpu_affinity\" directive");
        return Err(fault.at(call.span(3)).help("after auto there may be one mask"));
    }
    for word in call.args().iter().skip(usize::from(auto)) {
        if word.value.len() > CPUS {
            let fault = Fault::emerg(format!("\"worker_cpu_affinity\" supports up to {CPUS} CPUs only"));
            return Err(fault.at(word.span));
        }
        if let Some(wrong) = word.value.chars().rev().find(|c| !matches!(c, ' ' | '0' | '1')) {
            let wrong = crate::syntax::last_byte(wrong);
            let fault = Fault::emerg(format!("invalid character \"{wrong}\" in \"worker_cpu_affinity\""));
            return Err(fault.at(word.span).help("a mask is written in 0 and 1, the first CPU last"));
        }
    }
    cx.keep(call, Value::Words);
    Ok(())
}

fn init(cx: &mut Cx) -> Verdict {
    masks_for_all(cx);
    if cx.host.is_root() && cx.config.scope(ScopeId(0)).setting("user").is_none() && !cx.is_faulty(ScopeId(0)) {
        default_user(cx)?;
    }
    Ok(())
}

/// nginx's warning when some worker processes have to share a mask.
fn masks_for_all(cx: &mut Cx) {
    let main = cx.config.scope(ScopeId(0));
    let Some(masks) = main.setting("worker_cpu_affinity") else { return };
    let count = masks.words.len() - 1;
    let processes = match main.setting("worker_processes").map(|setting| &setting.value) {
        None => Some(1),
        Some(Value::Number(number)) => usize::try_from(*number).ok(),
        Some(_) => cx.host.processors(),
    };
    if masks.arg(1) == "auto" || count == 1 || processes.is_none_or(|processes| processes == count) {
        return;
    }
    let message = "the number of \"worker_processes\" is not equal to the number of \"worker_cpu_affinity\" masks, \
                   using last mask for remaining worker processes";
    let fault = Fault::warn(message).at(masks.span()).unlocated();
    cx.warn(fault);
}

/// The user and group compiled in, when none is given.
fn default_user(cx: &Cx) -> Verdict {
    let paths = &cx.target.paths;
    if !cx.host.user(&paths.user) {
        return Err(unknown(&format!("getpwnam(\"{}\")", paths.user), "user").unlocated());
    }
    // configure takes "nogroup" for nobody's group where the system calls it so.
    let found = cx.host.group(&paths.group) || (paths.group == "nobody" && cx.host.group("nogroup"));
    if found { Ok(()) } else { Err(unknown(&format!("getgrnam(\"{}\")", paths.group), "group").unlocated()) }
}
