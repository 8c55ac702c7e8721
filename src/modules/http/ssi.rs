//! `ngx_http_ssi_filter_module`.

use crate::modules::prelude::*;
use crate::modules::shared::types_slot;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    variables: VARIABLES,
    merge_location: Some(merge),
    ..Module::new("http_ssi_filter_module", Kind::Http, Presence::Default("http_ssi"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("ssi", "http server location location-if", "flag", Flag, "1.0.0", "off",
        "Enables processing of Server Side Includes commands inside responses of the configured types."),
    d("ssi_ignore_recycled_buffers", "http server location", "flag", Flag, "1.0.0", "off",
        "Stops the SSI filter from flushing recycled buffers early; an undocumented internal tuning option."),
    d("ssi_last_modified", "http server location", "flag", Flag, "1.5.1", "off",
        "Keeps the Last-Modified header during SSI processing, so that responses can be cached."),
    d("ssi_min_file_chunk", "http server location", "1", Size, "1.0.0", "1k",
        "Sets the minimum size of response parts on disk that are sent using sendfile.")
        .was(&[was("1.0.11", "http server location", "flag"), was("1.1.0", "http server location", "1"), was("1.1.8", "http server location", "flag")]),
    d("ssi_silent_errors", "http server location", "flag", Flag, "1.0.0", "off",
        "Suppresses the error message that is normally put into the page when SSI processing fails."),
    d("ssi_types", "http server location", "1+", Custom(types_slot::types), "1.0.0", "text/html",
        "Lists MIME types for SSI processing in addition to text/html, which is always included."),
    d("ssi_value_length", "http server location", "1", Size, "1.0.0", "256",
        "Sets the maximum length of parameter values inside Server Side Includes commands.")
        .was(&[was("1.0.11", "http server location", "flag"), was("1.1.0", "http server location", "1"), was("1.1.8", "http server location", "flag")]),
];

#[rustfmt::skip]
static VARIABLES: &[Variable] = &[
    v("date_gmt", "1.0.0"),
    v("date_local", "1.0.0"),
];

fn merge(cx: &mut Cx, scope: ScopeId) -> Verdict {
    types_slot::merge(cx, scope, "ssi_types", "text/html")
}
