//! The end of nginx's start (`ngx_init_cycle`), in its order: process number, folders, logs, shared memory, sockets.

use crate::diagnostics::Level;
use crate::modules::prelude::*;
use crate::modules::shared::error_log::{Destination, ErrorLogs};
use crate::modules::shared::upstream;

/// nginx's page of memory.
const PAGE: u64 = 4096;

/// What `-t` does after every module has settled its configuration.
///
/// # Errors
/// nginx's messages, for the first that stops it.
pub fn start(cx: &mut Cx) -> Verdict {
    // nginx has stopped; folders and files that it would not touch now are left alone.
    if cx.host.is_real() && cx.has_failed() {
        return Ok(());
    }
    pid_file(cx)?;
    folders(cx)?;
    logs(cx)?;
    zones(cx);
    sockets(cx)
}

fn pid_file(cx: &mut Cx) -> Verdict {
    let setting = cx.config.scope(ScopeId(0)).setting("pid");
    let (name, span) = match setting {
        Some(setting) if !setting.arg(1).is_empty() => (setting.arg(1), Some(setting.span())),
        _ => (&*cx.target.paths.pid, None),
    };
    let path = cx.prefix_path(name);
    cx.host.open_pid_file(&path).map_err(|refusal| of_system(&format!("open() \"{path}\""), &refusal, span))
}

fn folders(cx: &mut Cx) -> Verdict {
    let user = cx.config.scope(ScopeId(0)).setting("user").map_or(&*cx.target.paths.user, |user| user.arg(1));
    let owner = cx.host.is_root().then_some(user);
    for folder in cx.config.folders.iter() {
        let made = cx.host.make_folder(&folder.name, owner);
        made.map_err(|message| Fault::emerg(message).unlocated().of_host())?;
    }
    Ok(())
}

fn logs(cx: &mut Cx) -> Verdict {
    let logs = cx.config.scope(ScopeId(0)).slot::<ErrorLogs>();
    let has_file = logs.is_some_and(|logs| logs.0.iter().any(|log| matches!(log.to, Destination::File(_))));
    if !has_file {
        let default = cx.target.paths.error_log.clone();
        cx.log_file(&default, None);
    }
    for file in cx.config.log_files.iter().filter(|file| !file.name.is_empty()) {
        let name = &file.name;
        cx.host.open_log(name).map_err(|refusal| of_system(&format!("open() \"{name}\""), &refusal, file.span))?;
    }
    Ok(())
}

/// Zones that are used and nowhere declared, or too small for what goes in at once. Where something is broken, a declaration may be among it.
fn zones(cx: &mut Cx) {
    if cx.config.scope(ScopeId(0)).broken {
        return;
    }
    for at in 0..cx.config.zones.iter().count() {
        let zone = cx.config.zones.get(at);
        let verdict = if zone.size == 0 && !zone.bound {
            let fault = Fault::emerg(format!("zero size shared memory zone \"{}\"", zone.name)).unlocated();
            Err(fault.at(zone.span).help("no directive declares this zone with a size"))
        } else {
            upstream::zone_has_room(cx, at)
        };
        cx.judge(verdict);
    }
    // Only caches may ask for so little: two pages pass as an argument, and the third is missed when they are set up.
    let cramped = cx.config.zones.iter().find(|zone| (1..3 * PAGE).contains(&zone.size)).map(|zone| zone.span);
    if let Some(span) = cramped {
        let fault = Fault { level: Level::Crit, ..Fault::emerg("ngx_slab_alloc() failed: no memory") };
        cx.warn(fault.unlocated().at(span).help("a zone of keys needs 12k at least"));
    }
}

fn sockets(cx: &mut Cx) -> Verdict {
    if cx.host.is_real() && cx.has_failed() {
        return Ok(());
    }
    for socket in &cx.config.listening {
        let opened = cx.host.bind(socket);
        opened.map_err(|message| Fault::emerg(message).at(socket.span).unlocated().of_host())?;
    }
    Ok(())
}

fn of_system(call: &str, refusal: &str, span: Option<Span>) -> Fault {
    let fault = Fault::emerg(format!("{call} failed ({refusal})")).unlocated().of_host();
    match span {
        Some(span) => fault.at(span),
        None => fault,
    }
}
