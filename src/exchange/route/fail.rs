//! Error pages: `ngx_http_special_response_handler`, `ngx_http_send_error_page`.

use super::{Failed, Found, Reply};
use crate::exchange::request::Slice;
use crate::exchange::site::{Page, Site};
use crate::exchange::state::Exchange;
use crate::modules::http::core::error_page::Answer;
use crate::modules::shared::pass::Protocol;

/// Statuses after which nginx closes the connection, whatever page the client gets.
const CLOSING: &[u16] = &[400, 413, 414, 495, 496, 497, 500, 501];

impl Exchange {
    /// Looks for an error page for `status`. For the answer of an upstream that is to be done only where
    /// [`Exchange::is_intercepted`] says so; elsewhere that answer goes to the client, with the status that
    /// [`Route::outcome`](super::Route::outcome) makes of its own.
    pub fn fail(&mut self, site: &Site, status: u16) -> Failed {
        let location = site.location(self.route.location);
        let pages = location.pages.as_deref().unwrap_or_default();
        let page = pages.iter().find(|page| page.status == status);
        // With these nginx closes the connection at once.
        if matches!(status, 408 | 444 | 499) {
            return Failed::Answer(status);
        }
        self.route.error_status = status;
        self.route.closes |= CLOSING.contains(&status);
        if !self.route.error_page && !pages.is_empty() && self.route.uri_changes != 0 {
            self.route.error_page = !location.recursive_pages;
            if let Some(page) = page {
                return self.show(site, page);
            }
        }
        if matches!(status, 494..=497) {
            self.route.special = status;
            self.route.error_status = 400;
        }
        Failed::Answer(self.route.error_status)
    }

    /// Whether nginx puts a page of its own in the place of an upstream's answer with this status.
    #[must_use]
    pub fn is_intercepted(&self, site: &Site, status: u16) -> bool {
        if status == 404 && self.protocol == Protocol::Memcached {
            // An answer that has no words of its own.
            return true;
        }
        let location = site.location(self.route.location);
        location.intercepts && location.pages.as_deref().unwrap_or_default().iter().any(|page| page.status == status)
    }

    /// nginx's answer with this status, or what its error page leads to.
    pub(super) fn refuse(&mut self, site: &Site, status: u16) -> Found {
        match self.fail(site, status) {
            Failed::Answer(status) => Found::Answer(Reply { status, location: self.route.redirect, body: None }),
            Failed::Again(found) => found,
        }
    }

    fn show(&mut self, site: &Site, page: &Page) -> Failed {
        match page.answer {
            Answer::Same => {}
            Answer::OfPage => self.route.error_status = 0,
            Answer::Status(status) => self.route.error_status = u16::try_from(status).unwrap_or(0),
        }
        // nginx closes the connection.
        let Some(to) = page.to.try_eval(site, self) else { return Failed::Answer(444) };
        match self.text(site, to).first() {
            Some(b'/') => {
                self.go_to(site, to);
                if self.request.method() != b"HEAD" {
                    self.request.method = self.request.push(b"GET");
                }
                Failed::Again(self.redirect(site))
            }
            Some(b'@') => Failed::Again(self.redirect_to_named(site, to)),
            _ => {
                let kept = matches!(page.answer, Answer::Status(301 | 302 | 303 | 307 | 308));
                if !kept {
                    self.route.error_status = 302;
                }
                self.route.redirect = Some(to);
                let status = self.route.error_status;
                Failed::Again(Found::Answer(Reply { status, location: Some(to), body: None }))
            }
        }
    }

    /// Takes a path with its arguments from a text.
    pub(super) fn go_to(&mut self, site: &Site, text: Slice) {
        let bytes = self.text(site, text);
        let cut = memchr::memchr(b'?', bytes);
        let own = if text.start & crate::exchange::request::CONSTANT == 0 {
            text
        } else {
            self.request.push(site.constant(text))
        };
        let length = own.len as usize;
        self.request.uri = own.part(0, cut.unwrap_or(length));
        self.request.args = cut.map(|cut| own.part(cut + 1, length)).unwrap_or_default();
    }
}
