//! The nginx.conf that the controller ingress-nginx generates: how it is known, and which names in it are the controller's.
//! The facts are those of its template (`rootfs/etc/nginx/template/nginx.tmpl`, controller 1.15).
//!
//! It needs modules that no plain nginx has, and a file or two that only its image has.

use crate::modules::{Target, Version};
use crate::syntax::{Item, Sources};

/// The group in which Lua chooses a backend.
pub const GROUP: &str = "upstream_balancer";

/// The directives by which it does.
pub const BALANCERS: &[&str] = &["balancer_by_lua_file", "balancer_by_lua_block"];

/// Where its code lies.
pub const LUA: &str = "/etc/nginx/lua/";

/// The files that it includes and that nothing is known of outside of its image.
pub const FILES: &[&str] = &["/etc/nginx/mime.types", "/etc/nginx/fastcgi_params"];

/// The nginx in its image.
const NGINX: Version = Version::read("1.27.1");

/// The modules in its image that nginx's sources do not have.
const MODULES: &[&str] = &[
    "auth-digest",
    "brotli",
    "devel-kit",
    "geoip2",
    "headers-more",
    "lua",
    "modsecurity",
    "opentelemetry",
    "set-misc",
];

/// Variables that only its own code looks at.
pub const VARIABLES: &[&str] = &[
    "balancer_ewma_score",
    "best_http_host",
    "force_no_ssl_redirect",
    "force_ssl_redirect",
    "ingress_name",
    "location_path",
    "namespace",
    "pass_access_scheme",
    "pass_port",
    "pass_server_port",
    "preserve_trailing_slash",
    "proxy_alternative_upstream_name",
    "proxy_host",
    "proxy_upstream_name",
    "service_name",
    "service_port",
    "ssl_redirect",
    "use_port_in_redirects",
];

/// What its own `map` and `geo` blocks define.
pub const MAPS: &[&str] = &[
    "$connection_upgrade",
    "$forwarded_for_proxy_protocol",
    "$full_x_forwarded_for",
    "$literal_dollar",
    "$loggable",
    "$proxy_protocol_addr_trusted",
    "$req_id",
];

/// Whether these sources are such a configuration: its group is there, and Lua chooses in it.
#[must_use]
pub fn is_generated(sources: &Sources) -> bool {
    let inside = |item: &Item, name: &str| match item {
        Item::Directive(node) if node.words.first().is_some_and(|word| &*word.value == name) => Some(node.clone()),
        _ => None,
    };
    let Some(main) = sources.files.first() else { return false };
    let blocks = main.tree.items.iter().filter_map(|item| inside(item, "http"));
    blocks.into_iter().any(|http| {
        let items = http.block().map(|block| &block.items[..]).unwrap_or_default();
        let groups = items.iter().filter_map(|item| inside(item, "upstream"));
        let own = |node: &crate::syntax::Directive| node.words.get(1).is_some_and(|word| &*word.value == GROUP);
        groups.filter(own).any(|group| {
            let items = group.block().map(|block| &block.items[..]).unwrap_or_default();
            items.iter().any(|item| BALANCERS.iter().any(|name| inside(item, name).is_some()))
        })
    })
}

/// The nginx of its image, for a target that was not asked for otherwise; the modules of its image in any case.
pub fn adapt(target: &mut Target, is_given: bool) {
    if !is_given {
        let paths = std::mem::take(&mut target.paths);
        *target = Target::mainline(NGINX);
        target.paths = paths;
    }
    for module in MODULES {
        // All of them are known.
        let _ = target.add_third_party(module);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::NoFiles;

    fn check(text: &str, wanted: bool) {
        let sources = Sources::from_text("nginx.conf", text.to_owned(), "", &NoFiles);
        assert_eq!(is_generated(&sources), wanted, "{text}");
    }

    #[test]
    fn it_is_known_by_its_group() {
        check("http { upstream upstream_balancer { server 0.0.0.1; balancer_by_lua_file x; } }", true);
        check("http { upstream upstream_balancer { server 0.0.0.1; balancer_by_lua_block { x() } } }", true);
        check("http { upstream upstream_balancer { server 0.0.0.1; } }", false);
        check("http { upstream other { balancer_by_lua_file x; } }", false);
        check("stream { upstream upstream_balancer { balancer_by_lua_file x; } }", false);
    }

    #[test]
    fn its_modules_are_known_and_a_version_that_was_asked_for_stays() {
        let mut target = Target::default();
        assert!(MODULES.iter().all(|module| target.add_third_party(module).is_ok()));
        let mut target = Target::default();
        adapt(&mut target, true);
        assert_eq!(target.version, Version::NEWEST);
        adapt(&mut target, false);
        assert_eq!(target.version, NGINX);
    }
}
