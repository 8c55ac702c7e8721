//! Where variables send a session: `ngx_stream_proxy_eval`, and the part of `ngx_stream_proxy_handler` that follows it.

use crate::config::NoHost;
use crate::config::address::{Address, Family, Url, UrlForm};
use crate::exchange::notes::{Importance, Note};
use crate::exchange::route::To;
use crate::exchange::site::Site;
use crate::exchange::state::Exchange;
use crate::exchange::value::Template;
use crate::modules::shared::upstream::UpstreamId;
use crate::syntax::{decode, encode};

impl Exchange {
    /// Whom the text names: a group by its name, an address, or a name if there is who `resolves` it; nothing where it is none of these,
    /// which is noted.
    pub(super) fn destination_of_session(&mut self, text: &Template, resolves: bool, site: &Site) -> Option<To> {
        let text = text.try_eval(site, self)?;
        let text = decode(self.text(site, text));
        let form = UrlForm { no_resolve: true, ..UrlForm::default() };
        let url = match Url::read(&text, form, &NoHost) {
            Ok(url) => url,
            Err(bad) => return self.complain(&format!("{} in upstream \"{text}\"", bad.phrase())),
        };
        let name = encode(&url.host.to_ascii_lowercase());
        let same = |(_, port): &&(UpstreamId, u16)| (*port == 0 && url.no_port) || *port == url.port;
        if let Some((group, _)) = site.groups.get(&*name).and_then(|named| named.iter().find(same)) {
            return Some(To::Group(*group));
        }
        if url.port == 0 && url.family != Family::Unix {
            return self.complain(&format!("no port in upstream \"{}\"", url.host));
        }
        let host = self.request.push(&encode(&url.host));
        match url.addresses.into_iter().next() {
            Some(address @ (Address::Inet(_) | Address::Unix(_))) => Some(To::Address(address)),
            None if !resolves => {
                self.notes.push(Note::NoResolver(host));
                None
            }
            None => Some(To::Name { host, port: url.port }),
        }
    }

    fn complain<T>(&mut self, message: &str) -> Option<T> {
        let message = self.request.push(&encode(message));
        self.notes.push(Note::Said(Importance::Error, message));
        None
    }
}
