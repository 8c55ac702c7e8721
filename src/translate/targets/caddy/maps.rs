//! `map` of nginx as the handler of that name, where something that is written needs its variable.

use super::text::{Place, words};
use super::{Cx, can, handler, texts};
use crate::config::{Part, Text};
use crate::modules::shared::map::{Entry, Key, Map, Maps};
use crate::translate::document::{Node, list, map};
use crate::translate::re2;

/// The placeholder of a map's variable; none where the map cannot be written.
pub fn placeholder(cx: &mut Cx, variable: &str) -> Option<String> {
    let maps = maps(cx)?;
    let number = maps.maps.iter().position(|map| map.variable.eq_ignore_ascii_case(variable))?;
    if !cx.maps.contains(&number) {
        // The maps that it needs itself are found on the way; one that needs itself finds itself here.
        cx.maps.insert(number);
        if node(cx, &maps.maps[number]).is_none() {
            cx.maps.remove(&number);
            return None;
        }
    }
    Some(name(variable))
}

fn name(variable: &str) -> String {
    format!("{{nginx_map_{}}}", variable.to_ascii_lowercase())
}

fn maps<'m>(cx: &Cx<'m>) -> Option<&'m Maps> {
    let model = cx.model;
    model.config.scope(model.config.http?).slot::<Maps>()
}

/// The handlers of the maps that a server needs.
pub fn handlers(cx: &mut Cx) -> Vec<Node> {
    let Some(maps) = maps(cx) else { return Vec::new() };
    let needed: Vec<usize> = cx.maps.iter().copied().collect();
    needed.into_iter().filter_map(|number| node(cx, &maps.maps[number])).collect()
}

fn node(cx: &mut Cx, own: &Map) -> Option<Node> {
    let place = Place::default();
    let source = words(cx, &own.source, &place)?;
    let mut rows: Vec<(u8, usize, Node)> = Vec::new();
    for entry in &own.entries {
        let (rank, length, pattern) = pattern(entry)?;
        let outputs = texts([value(&entry.value)?]);
        rows.push((rank, usize::MAX - length, map([("input_regexp", Node::from(pattern)), ("outputs", outputs)])));
    }
    // nginx prefers whole texts, then the longest ends and beginnings, then expressions in their order.
    rows.sort_by_key(|(rank, length, _)| (*rank, *length));
    let default = match &own.default {
        Some(text) => words(cx, text, &place)?.text,
        None => String::new(),
    };
    let model = cx.model;
    let from = model.subjects.at(model.config.http?, own.span);
    cx.note(from, &can::MAP);
    let mut handler = handler("map");
    handler.put("source", source.text).put("destinations", texts([name(&own.variable)]));
    handler.put("mappings", list(rows.into_iter().map(|(_, _, row)| row))).put("defaults", texts([default]));
    Some(handler.take().of(from))
}

/// A key as a regular expression, and where it stands among the others.
fn pattern(entry: &Entry) -> Option<(u8, usize, String)> {
    let dot = "\\.?";
    Some(match &entry.key {
        Key::Exact(text) => (0, 0, format!("(?i)^{}$", re2::quoted(text))),
        Key::Regex(regex) => (3, 0, re2::of(regex)?),
        Key::Under(text) => (1, text.len(), format!("(?i)^.+\\.{}{dot}$", re2::quoted(text))),
        Key::Domain(text) => (1, text.len(), format!("(?i)^(.+\\.)?{}{dot}$", re2::quoted(text))),
        Key::Start(text) => (2, text.len(), format!("(?i)^{}\\..+$", re2::quoted(text))),
    })
}

/// A value beside a regular expression: no variables, but captures.
fn value(text: &Text) -> Option<String> {
    let part = |part: &Part| match part {
        Part::Literal(text) => Some(text.replace('$', "$$")),
        Part::Capture(number) => Some(format!("${{{number}}}")),
        Part::Variable(_) => None,
    };
    text.0.iter().map(part).collect()
}
