//! Where answers of upstreams are stored: `proxy_store`, `proxy_store_access` and their kin. Writing the files is the
//! driver's.

use super::request::Slice;
use super::site::{Builder, Site};
use super::state::Exchange;
use super::value::Template;
use crate::config::ScopeId;
use crate::modules::shared::cache::{Store, stored};

/// How a location stores answers.
#[derive(Debug)]
pub struct Storing {
    /// The name of the file; none for that which `root` or `alias` gives.
    path: Option<Template>,
    /// Who may read and write it, as the bits of its mode.
    pub access: u32,
}

impl Storing {
    pub(super) fn compile(scope: ScopeId, prefix: &str, builder: &mut Builder) -> Option<Storing> {
        let (store, access) = stored(builder.config, scope, prefix)?;
        let path = match store {
            Store::Off => return None,
            Store::On => None,
            Store::Path(text) => Some(builder.template(text)),
        };
        Some(Storing { path, access })
    }

    /// The name of the file for a request; none if there is no such file.
    pub fn path(&self, site: &Site, exchange: &mut Exchange) -> Option<Slice> {
        let path = match &self.path {
            None => exchange.filename(site),
            Some(path) => path.try_eval(site, exchange),
        };
        path.filter(|path| !path.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::compiled;
    use crate::modules::Target;

    #[test]
    fn a_cache_ends_an_inherited_store() {
        let text =
            "events {} http { proxy_cache_path /c keys_zone=c:1m; server { proxy_store on; proxy_store_access all:r;
            location /a { proxy_pass http://a; }
            location /b { proxy_pass http://a; proxy_cache c; location /b/c { proxy_store_access user:r; } }
            location /d { proxy_pass http://a; proxy_store off; location /d/e { proxy_cache off; } }
            location /f { proxy_pass http://a; proxy_cache off; proxy_store $uri; location /f/g {} } } }";
        let config = compiled(text, &Target::default());
        let said = (0..config.scopes.len() as u32)
            .map(ScopeId)
            .filter(|id| config.scope(*id).setting("proxy_pass").is_some())
            .flat_map(|id| std::iter::once(id).chain(config.scope(id).children.clone()))
            .map(|id| match stored(&config, id, "proxy") {
                None => "none".to_owned(),
                Some((store, access)) => format!("{} {access:o}", if *store == Store::On { "on" } else { "path" }),
            });
        let want = ["on 604", "none", "none", "none", "none", "path 604", "path 604"];
        assert_eq!(said.collect::<Vec<_>>(), want);
        assert!(stored(&config, ScopeId(0), "scgi").is_none());
    }
}
