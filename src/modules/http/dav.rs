//! `ngx_http_dav_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module =
    Module { directives: DIRECTIVES, ..Module::new("http_dav_module", Kind::Http, Presence::With("http_dav")) };

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("create_full_put_path", "http server location", "flag", Flag, "1.0.0", "off",
        "Lets WebDAV requests create all missing intermediate directories instead of requiring them to exist."),
    d("dav_access", "http server location", "1 2 3", Access, "1.0.0", "user:rw",
        "Sets user, group and others permissions for files and directories created through WebDAV requests."),
    d("dav_methods", "http server location", "1+", Mask(&["off", "put", "delete", "mkcol", "copy", "move"]), "1.0.0", "off",
        "Enables the listed WebDAV methods, such as PUT, DELETE, MKCOL, COPY and MOVE, in a location."),
    d("min_delete_depth", "http server location", "1", Number, "1.0.0", "0",
        "Requires at least this many path elements before a WebDAV DELETE may remove files."),
];
