//! `ngx_http_xslt_filter_module`.

use crate::modules::prelude::*;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    ..Module::new("http_xslt_filter_module", Kind::Http, Presence::With("http_xslt"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("xml_entities", "http server location", "1", Unchecked, "1.0.0", "",
        "Sets the DTD file that declares character entities for XML documents being transformed."), // TODO ngx_http_xslt_entities
    d("xml_external_entities", "http server location", "flag", Flag, "1.31.3", "off",
        "Allows loading of external DTDs and entities in processed XML; keep it off for untrusted documents."),
    d("xslt_last_modified", "http server location", "flag", Flag, "1.5.1", "off",
        "Keeps the Last-Modified header of responses transformed by XSLT, so that they can be cached."),
    d("xslt_param", "http server location", "2", Unchecked, "1.1.18", "",
        "Passes a parameter to the XSLT stylesheets, with its value evaluated as an XPath expression."), // TODO ngx_http_xslt_param
    d("xslt_string_param", "http server location", "2", Unchecked, "1.1.18", "",
        "Passes a parameter to the XSLT stylesheets as a literal string, without XPath evaluation."), // TODO ngx_http_xslt_param
    d("xslt_stylesheet", "location", "1+", Unchecked, "1.0.0", "",
        "Transforms XML responses with the given XSLT stylesheet, optionally passing parameters to it."), // TODO ngx_http_xslt_stylesheet
    d("xslt_types", "http server location", "1+", Unchecked, "1.0.0", "text/xml",
        "Lists MIME types for XSLT transformation in addition to text/xml, which is always included."), // TODO ngx_http_types_slot
];
