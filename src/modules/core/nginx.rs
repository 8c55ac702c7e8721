//! `ngx_core_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("core_module", Kind::Core, Presence::Always) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("daemon", "main", "flag", Flag, "1.0.0", "on",
        "Runs nginx in the background; turn it off in containers, under supervisors, or while debugging."),
    d("debug_points", "main", "1", Unchecked, "1.0.0", "",
        "On an internal error, makes nginx either abort with a core dump or stop for a debugger."), // TODO ngx_conf_set_enum_slot 
    d("env", "main", "1", Unchecked, "1.0.0", "TZ",
        "Keeps an inherited environment variable, or sets a new value for it, in the worker processes."), // TODO ngx_set_env
    d("load_module", "main", "1", Unchecked, "1.9.11", "",
        "Loads a dynamic module file; must appear before the blocks that use its directives."), // TODO ngx_load_module
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
    d("user", "main", "1 2", Unchecked, "1.0.0", "nobody nobody",
        "Sets the user and group under which the worker processes run when started as root."), // TODO ngx_set_user
    d("worker_cpu_affinity", "main", "1+", Unchecked, "1.0.0", "",
        "Binds worker processes to the given sets of CPUs, or distributes them automatically with auto."), // TODO ngx_set_cpu_affinity
    d("worker_priority", "main", "1", Unchecked, "1.0.0", "0",
        "Sets the scheduling priority of workers like nice; negative numbers mean higher priority."), // TODO ngx_set_priority
    d("worker_processes", "main", "1", Unchecked, "1.0.0", "1",
        "Sets the number of worker processes; auto starts one per available CPU core."), // TODO ngx_set_worker_processes
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
