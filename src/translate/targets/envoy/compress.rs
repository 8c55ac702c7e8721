//! `gzip`: the filter compressor.

use super::{Cx, can, number, typed};
use crate::translate::document::{Node, list, map};
use crate::translate::model::Host;

/// `gzip`, as the default server has it.
pub fn compressor(cx: &mut Cx, default: &Host) -> Option<Node> {
    let config = cx.model.config;
    let on = config.flag(default.scope, "gzip", false);
    cx.note_setting(default.scope, "gzip", if on { &can::GZIP } else { &can::GZIP_OFF });
    if !on {
        return None;
    }
    for name in ["gzip_types", "gzip_min_length", "gzip_comp_level", "gzip_vary", "gzip_proxied", "gzip_http_version"] {
        cx.note_setting(default.scope, name, &can::GZIP);
    }
    let mut types = vec![Node::from("text/html")];
    if let Some(setting) = config.effective(default.scope, "gzip_types") {
        types.extend(
            setting.words[1..].iter().filter(|word| &*word.value != "text/html").map(|word| Node::from(&*word.value)),
        );
    }
    let level = config.number(default.scope, "gzip_comp_level", 1).clamp(1, 9);
    let common = map([
        ("min_content_length", number(config.number(default.scope, "gzip_min_length", 20).max(1))),
        ("content_type", list(types)),
    ]);
    let library = typed(
        "envoy.extensions.compression.gzip.compressor.v3.Gzip",
        [("compression_level", Node::from(format!("COMPRESSION_LEVEL_{level}")))],
    );
    let library = map([("name", Node::from("gzip")), ("typed_config", library)]);
    let entries = [("response_direction_config", map([("common_config", common)])), ("compressor_library", library)];
    let config = typed("envoy.extensions.filters.http.compressor.v3.Compressor", entries);
    Some(map([("name", Node::from("envoy.filters.http.compressor")), ("typed_config", config)]))
}
