//! Modules of others: their tables, and of what they check the part that is cheap to know: which variables they
//! define, above all, so that nothing is called unknown that is not.

pub mod acme;
pub mod app_protect;
pub mod auth_digest;
pub mod auth_jwt;
pub mod auth_pam;
pub mod brotli;
pub mod dav_ext;
pub mod devel_kit;
pub mod echo;
pub mod geoip2;
pub mod headers_more;
pub mod keyval;
pub mod lua;
pub mod lua_stream;
pub mod modsecurity;
pub mod njs;
pub mod opentelemetry;
pub mod otel;
pub mod set_misc;
pub mod subs_filter;
pub mod upstream_fair;
mod variable;
pub mod vts;

use super::Module;

/// In order of their names.
pub static MODULES: &[&Module] = &[
    &acme::MODULE,
    &acme::MODULE_ISSUER,
    &app_protect::MODULE,
    &auth_digest::MODULE,
    &auth_jwt::MODULE,
    &auth_pam::MODULE,
    &brotli::MODULE,
    &dav_ext::MODULE,
    &devel_kit::MODULE,
    &echo::MODULE,
    &geoip2::MODULE,
    &geoip2::MODULE_STREAM,
    &headers_more::MODULE,
    &keyval::MODULE,
    &keyval::MODULE_STREAM,
    &keyval::MODULE_REDIS,
    &keyval::MODULE_REDIS_STREAM,
    &lua::MODULE,
    &lua_stream::MODULE,
    &modsecurity::MODULE,
    &njs::MODULE,
    &njs::MODULE_STREAM,
    &njs::MODULE_MAIN,
    &opentelemetry::MODULE,
    &otel::MODULE,
    &otel::MODULE_EXPORTER,
    &set_misc::MODULE,
    &subs_filter::MODULE,
    &upstream_fair::MODULE,
    &vts::MODULE,
];
