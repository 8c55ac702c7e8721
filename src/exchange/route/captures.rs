//! Matching a regular expression: nginx's `ngx_http_regex_exec`. A match replaces the captures of the one before, and
//! sets the variables of named groups.

use crate::exchange::request::Slice;
use crate::exchange::site::{PatternId, Site};
use crate::exchange::state::Exchange;

impl Site {
    /// Whether the expression matches somewhere in `subject`.
    pub(in crate::exchange) fn matches(&self, exchange: &mut Exchange, id: PatternId, subject: Slice) -> bool {
        let pattern = self.pattern(id);
        let Exchange { request, route, .. } = exchange;
        let text = self.resolve(request, subject);
        if pattern.groups == 0 {
            let matched = pattern.regex.is_match(text);
            if matched {
                route.captures.clear();
            }
            return matched;
        }
        let Some(room) = route.rooms.get_mut(id.0 as usize) else { return false };
        // An exchange may go from one site to another.
        let own = room.take().filter(|(regex, _)| regex.is_same(&pattern.regex));
        let (_, found) =
            room.insert(own.unwrap_or_else(|| (pattern.regex.clone(), pattern.regex.program().capture_locations())));
        if !matches!(pattern.regex.program().captures_read(found, text), Ok(Some(_))) {
            return false;
        }
        route.captures.clear();
        let groups = (1..=pattern.groups).map(|n| found.get(n));
        let slice = |(from, to): (usize, usize)| subject.part(from, to - from);
        route.captures.extend(groups.map(|group| group.map(slice).unwrap_or_default()));
        for (group, number) in &pattern.names {
            let value = route.captures[group - 1];
            route.keep(*number, Some(value));
        }
        true
    }
}
