//! The pages that nginx answers with by itself, for the answers that Envoy makes by itself.

use super::Cx;
use crate::translate::document::{Node, Value, list, map};
use crate::translate::model::page;

/// What Envoy says instead of 502: no connection, no answer, nobody left.
const FAILED: &[&str] = &["UF", "UH", "UC", "UR", "URX", "UO", "UPE", "LR", "NC"];

/// `local_reply_config`: statuses and pages.
pub fn replies(cx: &Cx) -> Node {
    let mut mappers = vec![mapper(flags(&["UT"]), Some(504), 504), mapper(flags(FAILED), Some(502), 502)];
    for status in cx.front.statuses.iter().filter(|status| **status != 502 && **status != 504) {
        let equal = map([("default_value", Node::from(i64::from(*status))), ("runtime_key", Node::from("none"))]);
        let comparison = map([("op", Node::from("EQ")), ("value", equal)]);
        let filter = map([("status_code_filter", map([("comparison", comparison)]))]);
        let both = map([("and_filter", map([("filters", list([filter, without_text()]))]))]);
        mappers.push(mapper(both, None, *status));
    }
    map([("mappers", list(mappers))])
}

fn flags(flags: &[&str]) -> Node {
    let flags = list(flags.iter().map(|flag| Node::from(*flag)));
    map([("response_flag_filter", map([("flags", flags)]))])
}

/// Holds for routes that have no text of their own.
fn without_text() -> Node {
    let path = list([map([("key", Node::from("text"))])]);
    let none = map([("string_match", map([("exact", Node::from("0"))]))]);
    let matcher = map([("filter", Node::from("nginxlb")), ("path", path), ("value", none)]);
    map([("metadata_filter", map([("matcher", matcher), ("match_if_key_not_found", Node::from(true))]))])
}

fn mapper(filter: Node, becomes: Option<u16>, status: u16) -> Node {
    let mut mapper = crate::translate::document::MapOf::default();
    mapper.put("filter", filter);
    if let Some(status) = becomes {
        mapper.put("status_code", i64::from(status));
    }
    let page = page(status, "nginx").unwrap_or_default();
    let text = map([("inline_string", Node::from(Value::Text(page)))]);
    let format = map([("text_format_source", text), ("content_type", Node::from("text/html"))]);
    mapper.put("body_format_override", format);
    mapper.node()
}
