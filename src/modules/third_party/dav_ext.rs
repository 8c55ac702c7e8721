//! The third-party module dav-ext: the methods of WebDAV that nginx leaves out. Known by its table.

use crate::modules::prelude::*;

/// The names by which builds and `--module` know it.
const NAMES: &[&str] = &["dav-ext"];

/// Its part in `http`.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("dav_ext_http_module", Kind::Http, Presence::ThirdParty(NAMES)) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("dav_ext_lock", "http server location", "1", Unchecked, "1.0.0", "",
        "Turns locking on, with the named zone."),
    d("dav_ext_lock_zone", "http", "1 2", Unchecked, "1.0.0", "",
        "Declares the shared memory zone that holds locks, and how long they live."),
    d("dav_ext_methods", "http server location", "1+", Mask(&["off", "propfind", "options", "lock", "unlock"]), "1.0.0", "off",
        "Lists the further methods that are answered."),
];
