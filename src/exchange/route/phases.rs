//! The phases from `SERVER_REWRITE` to `POST_REWRITE`.

use super::Found;
use crate::exchange::notes::{Note, Turn};
use crate::exchange::request::Slice;
use crate::exchange::site::{Hit, LocationId, Site, excepts};
use crate::exchange::state::Exchange;

/// Where a request enters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The server's own program.
    Server,
    /// The search for a location.
    Find,
    /// The program of the location, which is known.
    Location,
}

/// How the search on one level ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Search {
    /// The location is set; what is around it need not look further.
    Done,
    /// The path lacks a slash.
    Redirect,
    /// Regular expressions may still decide.
    Open,
}

impl Exchange {
    /// Goes to a path, or to a named location.
    pub(in crate::exchange) fn turn_to(&mut self, site: &Site, to: Slice) -> Found {
        if self.text(site, to).first() != Some(&b'/') {
            return self.redirect_to_named(site, to);
        }
        self.request.uri = self.request.push(site.constant(to));
        self.request.args = Slice::default();
        self.redirect(site)
    }

    /// Goes through the phases from this one on.
    pub(in crate::exchange) fn enter_phases(&mut self, site: &Site, phase: Phase) -> Found {
        self.phases(site, phase)
    }

    pub(super) fn phases(&mut self, site: &Site, mut phase: Phase) -> Found {
        let server = site.server(self.route.server).location;
        if phase == Phase::Server
            && let Some(end) = self.run(site)
        {
            return end;
        }
        loop {
            if phase != Phase::Location
                && let Some(end) = self.find_location(site)
            {
                return end;
            }
            phase = Phase::Find;
            if self.route.location != server
                && let Some(end) = self.run(site)
            {
                return end;
            }
            if !self.route.uri_changed {
                // `PREACCESS`, in which this comes first.
                self.find_client(site);
                return Found::Location(self.route.location);
            }
            self.route.uri_changes -= 1;
            if self.route.uri_changes == 0 {
                self.notes.push(Note::Cycle(Turn::Rewrite, self.request.uri));
                return self.refuse(site, 500);
            }
            self.route.location = server;
        }
    }

    /// `ngx_http_core_find_config_phase`
    #[inline]
    fn find_location(&mut self, site: &Site) -> Option<Found> {
        self.route.handler = None;
        self.route.uri_changed = false;
        let search = self.search(site, self.route.location);
        let found = site.location(self.route.location);
        if found.internal && !self.route.internal {
            return Some(self.refuse(site, 404));
        }
        let name = found.name;
        self.enter(site, self.route.location);
        let most = site.location(self.route.location).max_body;
        if most > 0 && !self.route.body_refused && self.body_length().is_some_and(|length| length > most) {
            self.route.body_refused = true;
            self.notes.push(Note::TooLarge(self.body_length().unwrap_or(0)));
            return Some(self.refuse(site, 413));
        }
        if search != Search::Redirect {
            return None;
        }
        let start = self.request.bytes.len();
        for byte in site.constant(name) {
            if *byte <= b' ' || *byte >= 0x7f || b"\"#%<>?\\^`{|}".contains(byte) {
                self.request.bytes.extend(format!("%{byte:02X}").into_bytes());
            } else {
                self.request.bytes.push(*byte);
            }
        }
        self.add_args(b'?');
        self.route.redirect = Some(self.request.since(start));
        Some(self.refuse(site, 301))
    }

    /// Appends the arguments, if there are any, after a separator.
    pub(super) fn add_args(&mut self, separator: u8) {
        let args = self.request.args;
        if !args.is_empty() {
            self.request.bytes.push(separator);
            self.request.bytes.extend_from_within(args.start as usize..(args.start + args.len) as usize);
        }
    }

    /// `ngx_http_core_find_location`
    fn search(&mut self, site: &Site, around: LocationId) -> Search {
        let Some(tree) = site.tree(around) else { return Search::Open };
        let mut no_regex = false;
        match tree.find(self.request.uri()) {
            Hit::Exact(location) => {
                self.route.location = location;
                return Search::Done;
            }
            Hit::Redirect(location) => {
                self.route.location = location;
                return Search::Redirect;
            }
            Hit::Prefix(location) => {
                self.route.location = location;
                no_regex = site.location(location).no_regex;
                if site.tree(location).is_some() {
                    let inside = self.search(site, location);
                    if inside != Search::Open {
                        return inside;
                    }
                }
            }
            Hit::Nothing => {}
        }
        if no_regex {
            return Search::Open;
        }
        for (pattern, location) in &tree.patterns {
            if site.matches(self, *pattern, self.request.uri) {
                self.route.location = *location;
                self.search(site, *location);
                return Search::Done;
            }
        }
        Search::Open
    }

    /// `ngx_http_update_location_config`
    #[inline]
    pub(super) fn enter(&mut self, site: &Site, location: LocationId) {
        self.route.location = location;
        if let Some((allowed, inner)) = site.location(location).limit_except
            && excepts(allowed, self.request.method())
        {
            self.route.location = inner;
        }
        if let Some(handler) = site.location(self.route.location).handler {
            self.route.handler = Some(handler);
        }
    }

    /// `ngx_http_internal_redirect`: to the path and arguments that the request has now.
    pub(super) fn redirect(&mut self, site: &Site) -> Found {
        self.route.uri_changes -= 1;
        if self.route.uri_changes == 0 {
            self.notes.push(Note::Cycle(Turn::Internal, self.request.uri));
            return self.refuse(site, 500);
        }
        let server = site.server(self.route.server).location;
        self.route.internal = true;
        self.request.as_sent = false;
        (self.route.valid_location, self.route.adds_path) = (true, false);
        self.enter(site, server);
        self.phases(site, Phase::Server)
    }

    /// Sends the request to another path: it has it from then on. Tell [`Event::Redirected`](crate::exchange::Event).
    pub fn redirect_to(&mut self, path: &[u8], args: Option<&[u8]>) {
        let path_now = self.request.push(path);
        if path.first() == Some(&b'@') {
            self.route.next_named = Some(path_now);
            return;
        }
        self.request.uri = path_now;
        if let Some(args) = args {
            self.request.args = self.request.push(args);
        }
    }

    /// Goes where [`Exchange::redirect_to`] said: to a named location if it begins with `@`.
    pub(in crate::exchange) fn follow(&mut self, site: &Site) -> Found {
        match self.route.next_named.take() {
            Some(name) => self.redirect_to_named(site, name),
            None => self.redirect(site),
        }
    }

    /// `ngx_http_named_location`
    pub(super) fn redirect_to_named(&mut self, site: &Site, name: crate::exchange::request::Slice) -> Found {
        self.route.uri_changes -= 1;
        let named = site.server(self.route.server).named.get(self.text(site, name)).copied();
        match named {
            Some(location) if self.route.uri_changes > 0 && !self.request.uri.is_empty() => {
                self.route.internal = true;
                (self.route.handler, self.route.uri_changed) = (None, false);
                self.enter(site, location);
                self.phases(site, Phase::Location)
            }
            _ => {
                let note = match named {
                    _ if self.route.uri_changes == 0 => Note::Cycle(Turn::Named, name),
                    _ if self.request.uri.is_empty() => Note::EmptyUri(name),
                    _ => Note::NoNamed(name),
                };
                self.notes.push(note);
                self.refuse(site, 500)
            }
        }
    }
}
