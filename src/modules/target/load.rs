//! Dynamic modules: which of the known modules a file holds, by the file's name.

use super::{Target, third_party};
use crate::modules::module::{Kind, Module, Presence};
use crate::modules::modules;

impl Target {
    /// Whether `load_module` brings this module: it is dynamic in this build, or `--module` named it.
    #[must_use]
    pub fn can_load(&self, module: &Module) -> bool {
        let named = matches!(module.presence, Presence::ThirdParty(_)) && self.has(module);
        named || self.dynamic.contains(module.name)
    }
}

/// The modules in a file such as `/usr/lib/nginx/modules/ngx_stream_module.so`, those first that others need.
#[must_use]
pub fn modules_in_file(path: &str) -> Vec<&'static Module> {
    let file = path.rsplit('/').next().unwrap_or(path);
    let stem = file.strip_suffix(".so").unwrap_or(file);
    modules().filter(|module| is_in(module, stem)).collect()
}

fn is_in(module: &Module, stem: &str) -> bool {
    match module.presence {
        Presence::Plus => false,
        Presence::ThirdParty(names) => third_party::is_spelling_of(stem, names) && is_of_realm(module.kind, stem),
        _ if has_own_file(module) => stem.strip_prefix("ngx_") == Some(module.name),
        _ => match stem {
            "ngx_stream_module" => module.kind == Kind::Stream || module.name == "stream_module",
            "ngx_mail_module" => module.kind == Kind::Mail || module.name == "mail_module",
            _ => false,
        },
    }
}

/// Modules that nginx's `configure` can make dynamic on their own.
fn has_own_file(module: &Module) -> bool {
    let names = ["http_xslt_filter", "http_image_filter", "http_geoip", "http_perl", "stream_geoip"];
    module.name.strip_suffix("_module").is_some_and(|name| names.contains(&name))
}

/// Of modules with parts for several realms each part has a file: `ngx_http_js_module`, `ngx_stream_js_module`.
fn is_of_realm(kind: Kind, stem: &str) -> bool {
    match kind {
        Kind::Http => !stem.contains("stream"),
        Kind::Stream => !stem.contains("http"),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_hold_modules() {
        let names = |path| modules_in_file(path).iter().map(|module| module.name).collect::<Vec<_>>();
        assert!(
            names("/usr/lib/nginx/modules/ngx_stream_module.so").starts_with(&["stream_module", "stream_core_module"])
        );
        assert_eq!(names("ngx_http_geoip_module.so"), ["http_geoip_module"]);
        assert_eq!(names("modules/ngx_http_js_module.so"), ["njs_http_module", "njs_main_module"]);
        assert_eq!(names("ngx_stream_geoip2_module.so"), ["geoip2_stream_module"]);
        assert!(!names("ngx_stream_module.so").contains(&"stream_geoip_module"));
        assert!(names("ngx_http_naxsi_module.so").is_empty());
    }
}
