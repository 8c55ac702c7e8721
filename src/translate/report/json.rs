//! The report as one JSON object; [`SCHEMA`] changes when a field changes its meaning or goes. Its schema is
//! `docs/translate.schema.json`.

use serde::Serialize;

use super::Report;
use crate::syntax::Span;
use crate::translate::What;

/// The version of this format.
pub const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Object<'a> {
    schema: u32,
    target: &'a str,
    class: &'static str,
    files: Vec<&'a str>,
    entries: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Item<'a> {
    code: &'a str,
    class: &'static str,
    directive: &'a str,
    text: String,
    default: bool,
    at: Option<At>,
    included_from: Vec<At>,
    context: Vec<String>,
    emitted: Vec<Emitted<'a>>,
    difference: &'a str,
    shows: Vec<&'static str>,
    fix: &'a str,
}

#[derive(Serialize)]
struct At {
    file: String,
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Emitted<'a> {
    file: &'a str,
    line: usize,
    text: &'a str,
}

/// The report.
///
/// # Errors
/// None that can happen: all of it is text and numbers.
pub fn write(report: &Report) -> serde_json::Result<String> {
    let translation = report.translation;
    let at = |span: Span| {
        let (file, position) = report.at(span);
        At { file: file.to_owned(), line: position.line, column: position.column }
    };
    let entries = translation.entries.iter().map(|entry| {
        let subject = translation.subjects.get(entry.subject);
        Item {
            code: &entry.code,
            class: entry.class.name(),
            directive: subject.name(),
            text: subject.text(),
            default: matches!(subject.what, What::Default(..)),
            at: subject.span().map(at),
            included_from: subject.chain.iter().copied().map(at).collect(),
            context: report.context_of(entry),
            emitted: report.emitted(entry).map(|(file, line, text)| Emitted { file: &file.path, line, text }).collect(),
            difference: &entry.says,
            shows: entry.shows.iter().map(|shows| shows.name()).collect(),
            fix: &entry.fix,
        }
    });
    let object = Object {
        schema: SCHEMA,
        target: report.target,
        class: translation.worst().name(),
        files: translation.files.iter().map(|file| file.path.as_str()).collect(),
        entries: entries.collect(),
    };
    Ok(serde_json::to_string_pretty(&object)? + "\n")
}
