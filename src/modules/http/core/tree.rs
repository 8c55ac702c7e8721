//! The location trees: nginx's `ngx_http_init_locations` and `ngx_http_init_static_location_trees`, which find
//! duplicates.

use super::location::{Location, Pattern};
use crate::modules::prelude::*;

/// The step after all merges: every server's locations.
pub(in crate::modules::http) fn arrange(cx: &mut Cx) -> Verdict {
    for server in inside(cx, cx.scope, Contexts::SERVER) {
        check(cx, server);
    }
    Ok(())
}

fn inside(cx: &Cx, scope: ScopeId, context: Contexts) -> Vec<ScopeId> {
    let children = cx.config.scope(scope).children.iter().copied();
    children.filter(|id| cx.config.scope(*id).context.meets(context)).collect()
}

/// Looks for duplicates, first inside each location in nginx's order of paths, then among them. Inside a regular
/// expression nginx builds no tree.
fn check(cx: &mut Cx, scope: ScopeId) {
    let locations = sorted(cx, scope);
    for location in &locations {
        if cx.config.scope(*location).slot::<Location>().is_some_and(Location::is_static) {
            check(cx, *location);
        }
    }
    let mut said = Vec::new();
    for pair in locations.windows(2) {
        let (first, second) = (cx.config.scope(pair[0]), cx.config.scope(pair[1]));
        if let (Some(one), Some(two)) = (first.slot::<Location>(), second.slot::<Location>())
            && one.is_static()
            && two.is_static()
            && one.name == two.name
            && is_exact(one) == is_exact(two)
        {
            let message = format!("duplicate location \"{}\" in {}", two.name, cx.file_line(second.opened));
            let mut fault = Fault::emerg(message).unlocated();
            fault.span = second.words.last().map(|word| word.span);
            if let Some(word) = first.words.last() {
                fault = fault.related(word.span, "first here");
            }
            said.push(fault);
        }
    }
    for fault in said {
        cx.warn(fault);
    }
}

/// Locations in nginx's order: paths as the bytes sort with `/` before all, of the same path the exact one first; then
/// regular expressions and named ones. Static ones end where the first of those begins.
fn sorted(cx: &Cx, scope: ScopeId) -> Vec<ScopeId> {
    let mut locations = inside(cx, scope, Contexts::LOCATION);
    locations.sort_by_cached_key(|id| {
        let location = cx.config.scope(*id).slot::<Location>();
        location.map(|location| {
            let class = match location.pattern {
                Pattern::Named => 2,
                Pattern::Regex(_) => 1,
                _ => 0,
            };
            let name: Vec<u8> = match class {
                1 => Vec::new(),
                _ => location.name.bytes().map(|byte| if byte == b'/' { 0 } else { byte }).collect(),
            };
            (class, name, !is_exact(location))
        })
    });
    locations
}

fn is_exact(location: &Location) -> bool {
    location.pattern == Pattern::Exact
}
