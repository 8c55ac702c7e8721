//! Modules of others. Known by their tables; what their directives mean is not judged.

pub mod app_protect;
pub mod geoip2;
pub mod headers_more;
pub mod lua;
pub mod njs;
pub mod otel;

use super::Module;

/// In order of their names.
pub static MODULES: &[&Module] = &[
    &app_protect::MODULE,
    &geoip2::MODULE,
    &geoip2::MODULE_STREAM,
    &headers_more::MODULE,
    &lua::MODULE,
    &njs::MODULE,
    &njs::MODULE_STREAM,
    &njs::MODULE_MAIN,
    &otel::MODULE,
];
