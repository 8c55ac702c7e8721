//! `ngx_http_xslt_filter_module`.

use crate::modules::prelude::*;
use crate::modules::shared::types_slot;

/// The module.
pub static MODULE: Module = Module {
    directives: DIRECTIVES,
    merge_location: Some(merge),
    ..Module::new("http_xslt_filter_module", Kind::Http, Presence::With("http_xslt"))
};

#[rustfmt::skip]
static DIRECTIVES: &[Directive] = &[
    d("xml_entities", "http server location", "1", Custom(entities), "1.0.0", "",
        "Sets the DTD file that declares character entities for XML documents being transformed."),
    d("xml_external_entities", "http server location", "flag", Flag, "1.31.3", "off",
        "Allows loading of external DTDs and entities in processed XML; keep it off for untrusted documents."),
    d("xslt_last_modified", "http server location", "flag", Flag, "1.5.1", "off",
        "Keeps the Last-Modified header of responses transformed by XSLT, so that they can be cached."),
    d("xslt_param", "http server location", "2", Custom(parameter), "1.1.18", "",
        "Passes a parameter to the XSLT stylesheets, with its value evaluated as an XPath expression."),
    d("xslt_string_param", "http server location", "2", Custom(parameter), "1.1.18", "",
        "Passes a parameter to the XSLT stylesheets as a literal string, without XPath evaluation."),
    d("xslt_stylesheet", "location", "1+", Custom(stylesheet), "1.0.0", "",
        "Transforms XML responses with the given XSLT stylesheet, optionally passing parameters to it."),
    d("xslt_types", "http server location", "1+", Custom(types), "1.0.0", "text/xml",
        "Lists MIME types for XSLT transformation in addition to text/xml, which is always included."),
];

/// What is in the list of types from the start.
const XML: &str = "text/xml";

fn types(cx: &mut Cx, call: &Call) -> Verdict {
    types_slot::types_with(cx, call, XML)
}

fn merge(cx: &mut Cx, scope: ScopeId) -> Verdict {
    types_slot::merge(cx, scope, "xslt_types", XML)
}

fn entities(cx: &mut Cx, call: &Call) -> Verdict {
    cx.once(call)?;
    cx.host.read(call.arg(1)).map_err(|_| Fault::emerg("xmlParseDTD() failed").at(call.span(1)).of_host())?;
    cx.keep(call, Value::Words);
    Ok(())
}

fn stylesheet(cx: &mut Cx, call: &Call) -> Verdict {
    let path = cx.prefix_path(call.arg(1));
    cx.host
        .read(&path)
        .map_err(|_| Fault::emerg(format!("xsltParseStylesheetFile(\"{path}\") failed")).at(call.span(1)).of_host())?;
    for word in call.words.iter().skip(2) {
        cx.complex(word)?;
    }
    cx.keep(call, Value::Words);
    Ok(())
}

fn parameter(cx: &mut Cx, call: &Call) -> Verdict {
    cx.complex(&call.words[2])?;
    cx.keep(call, Value::Words);
    Ok(())
}
