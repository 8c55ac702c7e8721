//! The third-party module brotli: compression of responses. Known by its tables.

use crate::modules::prelude::*;
use crate::modules::shared::types_slot::types;

/// The names by which builds and `--module` know it.
const NAMES: &[&str] = &["brotli", "brotli-filter", "brotli-static"];

/// Its part in `http`.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    ..Module::new("brotli_http_module", Kind::Http, Presence::ThirdParty(NAMES))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("brotli", "http server location location-if", "flag", Flag, "1.0.0", "off",
        "Compresses responses with Brotli for clients that accept it."),
    d("brotli_buffers", "http server location", "2", Bufs, "1.0.0", "32 4k|16 8k",
        "Sets number and size of the buffers that hold compressed data."),
    d("brotli_comp_level", "http server location", "1", Number, "1.0.0", "6",
        "Sets how hard the compressor tries, from 0 to 11.")
        .between(0, 11),
    d("brotli_min_length", "http server location", "1", Size, "1.0.0", "20",
        "Leaves responses uncompressed that are shorter than this."),
    d("brotli_static", "http server location", "1", Enum(&["off", "on", "always"]), "1.0.0", "off",
        "Serves files with the suffix .br that lie beside the requested ones."),
    d("brotli_types", "http server location", "1+", Custom(types), "1.0.0", "text/html",
        "Lists the content types that are compressed beside text/html."),
    d("brotli_window", "http server location", "1", Size, "1.0.0", "512k",
        "Sets the size of the window that the compressor looks back."),
];

static VARIABLES: &[Variable] = &[v("brotli_ratio", "1.0.0")];
