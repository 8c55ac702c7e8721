//! `$fastcgi_script_name` and `$fastcgi_path_info`: the URI, cut in two.

use super::copy;
use crate::config::Regex;
use crate::exchange::request::Slice;
use crate::exchange::site::Site;
use crate::exchange::state::Exchange;

/// How a location cuts URIs.
#[derive(Debug, Default)]
pub struct Script {
    /// `fastcgi_split_path_info`: its groups are the script and the path.
    pub split: Option<Regex>,
    /// `fastcgi_index`: what follows a script that ends in `/`.
    pub index: Slice,
}

impl Script {
    /// Script and path.
    fn cut(&self, exchange: &Exchange) -> (Slice, Slice) {
        let uri = exchange.request.uri;
        let found = self.split.as_ref().and_then(|split| {
            let program = split.program();
            let mut groups = program.capture_locations();
            program.captures_read(&mut groups, exchange.request.uri()).ok()??;
            let group = |n| groups.get(n).map_or(Slice::default(), |(from, to)| uri.part(from, to - from));
            Some((group(1), group(2)))
        });
        found.unwrap_or((uri, Slice::default()))
    }

    /// `$fastcgi_script_name`
    pub fn name(&self, site: &Site, exchange: &mut Exchange) -> Slice {
        let (script, _) = self.cut(exchange);
        if self.index.is_empty() || !exchange.request.get(script).ends_with(b"/") {
            return script;
        }
        let bytes = &mut exchange.request.bytes;
        let start = bytes.len();
        copy(site, bytes, script);
        copy(site, bytes, self.index);
        exchange.request.since(start)
    }

    /// `$fastcgi_path_info`
    pub fn path(&self, exchange: &Exchange) -> Slice {
        self.cut(exchange).1
    }
}
