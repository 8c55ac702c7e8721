//! The phases `ACCESS`, `PRECONTENT` and `CONTENT`.

use super::{Content, Found};
use crate::exchange::files::Links;
use crate::exchange::request::Slice;
use crate::exchange::site::{Alias, Handler, Site, Tried};
use crate::exchange::state::Exchange;
use crate::exchange::value::{Part, Template, copy};

impl Exchange {
    /// Whether the client may go on (`allow`, `deny`). Who the client is cannot be checked here, so authentication counts
    /// as passed; [`Site::assumptions`] says where it is asked for.
    ///
    /// # Errors
    /// 403.
    #[inline]
    pub fn access(&self, site: &Site) -> Result<(), u16> {
        let any = site.location(self.route.location).any;
        if any || self.access_rule(site).unwrap_or(true) { Ok(()) } else { Err(403) }
    }

    /// What the access rule says that holds for the client, if there is one.
    #[inline]
    pub(in crate::exchange) fn access_rule(&self, site: &Site) -> Option<bool> {
        let rules = site.location(self.route.location).rules.as_ref()?;
        let client = self.request.client();
        let rule = rules.iter().find(|rule| rule.network.is_none_or(|network| network.contains(client)))?;
        Some(rule.allow)
    }

    /// Who answers.
    #[inline]
    pub fn content(&mut self, site: &Site) -> Content {
        self.tried(site).unwrap_or_else(|| self.handler(site))
    }

    /// What `try_files` leads to, if it does not stay here.
    #[inline]
    pub(in crate::exchange) fn tried(&mut self, site: &Site) -> Option<Content> {
        let tried = site.location(self.route.location).tried.as_ref()?;
        Some(self.try_files(site, tried)?.into())
    }

    /// Who answers here.
    #[inline]
    pub(in crate::exchange) fn handler(&mut self, site: &Site) -> Content {
        match self.route.handler {
            Some(Handler::Pass) => {
                if !self.attempts.is_empty() {
                    self.route.groups.push(self.attempts.len() as u32);
                }
                self.destination(site)
            }
            Some(own) => Content::Local(own),
            None => Content::Local(Handler::Files),
        }
    }

    /// `ngx_http_try_files_handler`
    fn try_files(&mut self, site: &Site, tried: &Tried) -> Option<Found> {
        let location = site.location(self.route.location);
        if location.alias != Alias::None && !self.route.valid_location {
            return Some(self.refuse(site, 500));
        }
        for (name, folder) in &tried.files {
            let (Some(name), Some(root)) = (self.tried_name(site, name), location.root.append(site, self, false))
            else {
                return Some(self.refuse(site, 500));
            };
            copy(site, &mut self.request.bytes, name);
            let path = self.request.since(root.start as usize);
            let links = self.links(site, path);
            let exists = |files: &std::sync::Arc<dyn crate::exchange::Files>| {
                files.exists(self.request.get(path), *folder, links)
            };
            if site.files.as_ref().is_some_and(exists) {
                self.found_file(site, name, *folder);
                return None;
            }
        }
        let last = match &tried.last {
            Ok(uri) => self.tried_name(site, uri),
            Err(status) => return Some(self.refuse(site, *status)),
        };
        let Some(last) = last else { return Some(self.refuse(site, 500)) };
        if self.text(site, last).first() == Some(&b'@') {
            return Some(self.redirect_to_named(site, last));
        }
        self.go_to(site, last);
        Some(self.redirect(site))
    }

    /// A file's name below the root: where `alias` replaces the location's prefix, a name made of variables loses it.
    fn tried_name(&mut self, site: &Site, name: &Template) -> Option<Slice> {
        let value = name.try_eval(site, self)?;
        let Alias::Prefix(length) = site.location(self.route.location).alias else { return Some(value) };
        let text = self.text(site, value);
        let same = text.get(..length).is_some_and(|start| self.request.uri().get(..length) == Some(start));
        let dynamic = name.parts.iter().any(|part| !matches!(part, Part::Literal(_)));
        Some(if dynamic && same { value.part(length, value.len as usize) } else { value })
    }

    /// The path is that of the file from here on.
    fn found_file(&mut self, site: &Site, name: Slice, folder: bool) {
        let start = self.request.bytes.len();
        match site.location(self.route.location).alias {
            Alias::Whole if folder => return,
            Alias::Whole => self.route.adds_path = true,
            Alias::None => {}
            Alias::Prefix(length) => {
                let prefix = self.request.uri.part(0, length);
                copy(site, &mut self.request.bytes, prefix);
            }
        }
        copy(site, &mut self.request.bytes, name);
        self.request.uri = self.request.since(start);
    }

    /// Whether symbolic links in a path are followed: `ngx_http_set_disable_symlinks`.
    pub fn links(&mut self, site: &Site, path: Slice) -> Links {
        let Some(symlinks) = &site.location(self.route.location).symlinks else { return Links::Followed };
        let mut from = 0;
        if let Some(start) = symlinks.from.as_ref().map(|from| from.eval(site, self)) {
            let (path, start) = (self.text(site, path), self.text(site, start));
            if !start.is_empty() && path.starts_with(start) {
                from = match path.get(start.len()) {
                    None => return Links::Followed,
                    Some(b'/') => start.len(),
                    Some(_) if start.ends_with(b"/") => start.len() - 1,
                    Some(_) => 0,
                };
            }
        }
        if symlinks.of_owner { Links::OfOwner { from } } else { Links::Refused { from } }
    }

    /// `$request_filename`: `ngx_http_map_uri_to_path`. None where there is no such path.
    pub fn filename(&mut self, site: &Site) -> Option<Slice> {
        let location = site.location(self.route.location);
        let uri = self.request.uri;
        let below = match location.alias {
            Alias::None => uri,
            _ if !self.route.valid_location => return None,
            Alias::Whole if self.route.adds_path => uri,
            Alias::Whole => Slice::default(),
            Alias::Prefix(length) => uri.part(length, uri.len as usize),
        };
        let root = location.root.append(site, self, false)?;
        copy(site, &mut self.request.bytes, below);
        Some(self.request.since(root.start as usize))
    }
}

impl From<Found> for Content {
    fn from(found: Found) -> Content {
        match found {
            Found::Answer(reply) => Content::Answer(reply),
            Found::Location(location) => Content::Again(location),
        }
    }
}
