//! Which upstream a request goes to: `ngx_http_proxy_eval` and its kin, and the first half of
//! `ngx_http_upstream_init_request`.

use super::{Content, Destination, To};
use crate::config::NoHost;
use crate::config::address::{Address, Family, Url, UrlForm};
use crate::exchange::notes::Note;
use crate::exchange::request::Slice;
use crate::exchange::site::{Passed, Site, To as PassedTo};
use crate::exchange::state::Exchange;
use crate::modules::shared::upstream::UpstreamId;
use crate::syntax::decode;

impl Exchange {
    /// The upstream of the location, or nginx's answer when there is none.
    #[inline]
    pub(super) fn destination(&mut self, site: &Site) -> Content {
        let Some(pass) = site.location(self.route.location).pass.as_deref() else {
            return self.refuse(site, 500).into();
        };
        match &pass.to {
            PassedTo::Group(id, proxy) => {
                self.route.proxy = Some(*proxy);
                Content::Pass(Destination { protocol: pass.protocol, tls: pass.tls, to: To::Group(*id) })
            }
            PassedTo::Dynamic(template) => {
                let url = template.eval(site, self);
                match self.resolve(site, pass, url) {
                    Ok(destination) => Content::Pass(destination),
                    Err(status) => self.refuse(site, status).into(),
                }
            }
        }
    }

    fn resolve(&mut self, site: &Site, pass: &Passed, url: Slice) -> Result<Destination, u16> {
        let text = self.text(site, url);
        let (length, tls, default_port) = pass.scheme(text).ok_or(500_u16)?;
        let rest = url.part(length, text.len());
        let made = |to| Destination { protocol: pass.protocol, tls, to };
        if let Some(group) = group_alone(site, self.text(site, rest)) {
            let port = self.request.push(if tls { b"443" } else { b"80" });
            self.route.proxy = Some((rest, port));
            return Ok(made(To::Group(group)));
        }
        let text = decode(self.text(site, rest));
        let form = UrlForm { default_port, uri_part: pass.takes_uri(), no_resolve: true, ..UrlForm::default() };
        let url = Url::read(&text, form, &NoHost).map_err(|_| 500_u16)?;
        self.tell_host(&url, default_port);
        if !url.uri.is_empty() {
            let slash = if url.uri.starts_with('?') { "/" } else { "" };
            let uri = crate::syntax::encode(&format!("{slash}{}", url.uri));
            self.route.passed_uri = Some(self.request.push(&uri));
        }
        let host = url.host.to_ascii_lowercase();
        let same = |(_, port): &&(UpstreamId, u16)| (*port == 0 && url.no_port) || *port == url.port;
        if let Some((group, _)) = site.groups.get(host.as_bytes()).and_then(|named| named.iter().find(same)) {
            return Ok(made(To::Group(*group)));
        }
        let unix = url.family == Family::Unix;
        if url.port == 0 && !unix {
            return Err(500);
        }
        match url.addresses.into_iter().next() {
            Some(address @ (Address::Inet(_) | Address::Unix(_))) => Ok(made(To::Address(address))),
            None if !site.location(self.route.location).resolver => {
                let host = self.request.push(url.host.as_bytes());
                self.notes.push(Note::NoResolver(host));
                Err(502)
            }
            None => Ok(made(To::Name { host: self.request.push(url.host.as_bytes()), port: url.port })),
        }
    }

    /// Sets `$proxy_host` and `$proxy_port`: `ngx_http_proxy_set_vars`.
    fn tell_host(&mut self, url: &Url, default_port: u16) {
        let plain = url.no_port || url.port == default_port;
        let host = match url.family {
            Family::Unix => "localhost".to_owned(),
            _ if plain => url.host.clone(),
            _ => format!("{}:{}", url.host, url.port_text),
        };
        let port = match url.family {
            Family::Unix => String::new(),
            _ if plain => default_port.to_string(),
            _ => url.port_text.clone(),
        };
        self.route.proxy = Some((self.request.push(host.as_bytes()), self.request.push(port.as_bytes())));
    }
}

/// The group of a name that stands alone: the usual case, without a port and written as in the configuration.
fn group_alone(site: &Site, text: &[u8]) -> Option<UpstreamId> {
    let (id, port) = site.groups.get(text)?.first()?;
    // No port, no path and no brackets, or it would be no such name.
    let plain = text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte));
    (*port == 0 && plain).then_some(*id)
}
