//! The end of the realm: nginx makes the peers of every group (`ngx_http_upstream_init_round_robin`, by which every
//! method begins), and says what is missing. It names the place of the group's first mention.

use super::{Server, Upstream, UpstreamId, Upstreams};
use crate::modules::prelude::*;

/// Judges every group, and resolves the names of implicit ones.
///
/// # Errors
/// None: each fault is said, and the next group judged.
pub fn start(cx: &mut Cx) -> Verdict {
    let count = cx.realm_slot::<Upstreams>().list.len();
    for id in (0..count).map(UpstreamId) {
        let scope = cx.realm_slot::<Upstreams>().get(id).scope;
        if scope.is_some_and(|scope| cx.is_faulty(scope)) {
            continue;
        }
        let verdict = if scope.is_some() { block(cx, id) } else { address(cx, id) };
        let at = scope.unwrap_or(cx.scope);
        cx.within(at, |cx| cx.judge(verdict));
    }
    Ok(())
}

/// The rules of an `upstream` block.
fn block(cx: &mut Cx, id: UpstreamId) -> Verdict {
    let has_resolver = has_resolver(cx, id);
    let plus = cx.target.plus.is_some();
    let group = cx.realm_slot::<Upstreams>().get(id);
    let place = group.place;
    let run_time = group.servers.iter().find(|server| server.run_time);
    let Upstream { name, span, zone, .. } = group;
    let mut fault = None;
    if let Some(server) = run_time {
        let word = server.parameter("resolve").map_or(server.span, |word| word.span);
        if zone.is_none() {
            let parts =
                (format!("resolving names at run time requires upstream \"{name}\""), " to be in shared memory");
            fault = Some((parts, word, "add `zone NAME 64k;` to the group"));
        } else if !has_resolver {
            let what = format!("no resolver defined to resolve names at run time in upstream \"{name}\"");
            fault = Some(((what, ""), word, "add `resolver ADDRESS;` to the group or to the block around it"));
        }
    }
    let all_backup =
        group.servers.iter().all(|server| server.backup || server.url.addresses.is_empty() && !server.run_time);
    if fault.is_none() && all_backup && !group.is_filled_later(plus) {
        let what = format!("no servers in upstream \"{name}\"");
        fault = Some(((what, ""), *span, "a group needs a server that is not `backup`"));
    }
    let Some(((before, after), span, help)) = fault else { return Ok(()) };
    let message = format!("{before} in {}{after}", cx.file_line(place));
    Err(Fault::emerg(message).unlocated().at(span).help(help))
}

/// Whether names of this group can be resolved at run time: by its own resolver or that of the realm.
fn has_resolver(cx: &mut Cx, id: UpstreamId) -> bool {
    let own = cx.realm_slot::<Upstreams>().get(id).scope;
    own.into_iter().chain([cx.scope]).any(|scope| cx.config.scope(scope).setting("resolver").is_some())
}

/// The rules of an implicit group: a port, and a name that resolves.
fn address(cx: &mut Cx, id: UpstreamId) -> Verdict {
    let Upstream { name, port, place, span, servers, .. } = cx.realm_slot::<Upstreams>().get(id);
    let (name, port, place, span) = (name.clone(), *port, *place, *span);
    if !servers.is_empty() {
        return Ok(());
    }
    let file_line = cx.file_line(place);
    if port == 0 {
        return Err(Fault::emerg(format!("no port in upstream \"{name}\" in {file_line}")).unlocated().at(span));
    }
    let url = Url::of_name(&name, port, cx.host)
        .map_err(|bad| bad.fault(format!("upstream \"{name}\" in {file_line}")).unlocated().at(span))?;
    cx.realm_slot::<Upstreams>().get_mut(id).servers.push(Server::resolved(url, span));
    Ok(())
}
