//! `ngx_events_module`: the `events` block.

use super::event::Connections;
use crate::modules::prelude::*;
use crate::modules::shared::error_log::{ErrorLog, ErrorLogs};

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    init: Some(init),
    finish: Some(finish),
    ..Module::new("events_module", Kind::Core, Presence::Always)
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("events", "main", "block 0", Custom(events), "1.0.0", "",
        "Opens the block that holds the settings of connection processing."),
];

fn events(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    cx.block(call, Contexts::EVENTS).map(drop)
}

/// `ngx_event_init_conf`
fn init(cx: &mut Cx) -> Verdict {
    let Some(connections) = connections(cx) else {
        // A misspelt "events" has been reported.
        if cx.is_faulty(ScopeId(0)) {
            return Ok(());
        }
        let fault = Fault::emerg("no \"events\" section in configuration").unlocated();
        return Err(fault.help("add \"events {}\" to the main context"));
    };
    let sockets = cx.config.listening.len() as u64;
    if connections <= sockets && !cx.config.scope(ScopeId(0)).broken {
        let message = format!("{connections} worker_connections are not enough for {sockets} listening sockets");
        return Err(Fault::emerg(message).unlocated());
    }
    Ok(())
}

/// What `ngx_event_module_init` warns of, if the log that is open by then takes warnings.
fn finish(cx: &mut Cx) -> Verdict {
    let (Some(connections), Some(limit)) = (connections(cx), cx.host.open_files_limit()) else { return Ok(()) };
    let main = cx.config.scope(ScopeId(0));
    let own = match main.setting("worker_rlimit_nofile").map(|setting| &setting.value) {
        Some(Value::Number(own)) => Some(own.cast_unsigned()),
        _ => None,
    };
    let warns = main.slot::<ErrorLogs>().is_some_and(|logs| logs.0.iter().any(ErrorLog::takes_warnings));
    if warns && connections > limit && own.is_none_or(|own| connections > own) {
        let limit = own.unwrap_or(limit);
        let message = format!("{connections} worker_connections exceed open file resource limit: {limit}");
        cx.warn(Fault::warn(message).unlocated().of_host());
    }
    Ok(())
}

/// What `worker_connections` says or leaves to the default; `None` without an `events` block.
fn connections(cx: &Cx) -> Option<u64> {
    let main = cx.config.scope(ScopeId(0));
    main.setting("events")?;
    let block = main.children.iter().map(|id| cx.config.scope(*id)).find(|scope| scope.context == Contexts::EVENTS);
    let connections = block.and_then(|scope| scope.slot::<Connections>()).copied().unwrap_or_default();
    Some(connections.0)
}
