//! Offsets to what people count: lines and columns from 1, columns in characters.

use crate::syntax::{Place, Sources, Span};

/// A line and a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Of the file, from 1.
    pub line: usize,
    /// Of the line, in characters, from 1.
    pub column: usize,
}

/// Where a place is.
#[must_use]
pub fn of(place: Place, sources: &Sources) -> Position {
    let file = sources.file(place.file);
    let start = file.lines.line_start(place.offset) as usize;
    let before = file.text.get(start..place.offset as usize).unwrap_or("");
    Position { line: file.lines.line(place.offset), column: before.chars().count() + 1 }
}

/// The place just behind a span.
#[must_use]
pub fn end_of(span: Span) -> Place {
    Place { file: span.file, offset: span.end }
}
