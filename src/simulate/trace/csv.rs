//! CSV with a header line that names the fields of `fields.rs`; headers are columns `header.x-key` or `http_x_key`.
//!
//! A request is a line: a quoted value cannot hold a line's end. So a stray quote spoils its own line only, and a file
//! can be cut at any line.

use std::borrow::Cow;
use std::sync::Arc;

use super::Slice;
use super::fields::{Draft, Field, Value, field, header_of};
use super::page::{Lines, Page, Wrong, quoted};

/// What a column holds.
#[derive(Debug, Clone)]
enum Column {
    Field(&'static Field),
    Header(String),
    Unknown,
}

impl Column {
    fn new(name: &[u8]) -> Column {
        let name = name.trim_ascii().to_ascii_lowercase();
        let header = || header_of(std::str::from_utf8(&name).ok()?);
        // The field `headers` has no form in a column.
        let field = field(&name).filter(|field| field.name != "headers");
        field.map(Column::Field).or_else(|| header().map(Column::Header)).unwrap_or(Column::Unknown)
    }
}

/// Whether a line is a header line: it names `t` and one more.
#[must_use]
pub fn is_header(line: &[u8]) -> bool {
    let Ok(names) = cells(line) else { return false };
    let columns: Vec<Column> = names.iter().map(|(name, _)| Column::new(name)).collect();
    let has_time = columns.iter().any(|column| matches!(column, Column::Field(field) if field.name == "t"));
    has_time && columns.iter().filter(|column| !matches!(column, Column::Unknown)).count() > 1
}

/// Reads lines under a header line.
#[derive(Debug, Clone)]
pub struct Reader {
    columns: Arc<[Column]>,
    /// The header line's number.
    head: u64,
    get: Slice,
    root: Slice,
}

impl Reader {
    /// Reads a header line.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(number: u64, line: &[u8]) -> Result<Reader, String> {
        let names = cells(line).map_err(|wrong| wrong.message)?;
        let columns: Arc<[Column]> = names.iter().map(|(name, _)| Column::new(name)).collect();
        if !columns.iter().any(|column| matches!(column, Column::Field(field) if field.name == "t")) {
            return Err("the header line has no column \"t\", the time of arrival".to_owned());
        }
        let none = Slice::default();
        Ok(Reader { columns, head: number, get: none, root: none })
    }
}

impl Lines for Reader {
    fn begin(&mut self, page: &mut Page<'_>) {
        self.get = page.text(b"GET");
        self.root = page.text(b"/");
    }

    fn line<'a>(&mut self, number: u64, line: &'a [u8], page: &mut Page<'a>) -> Result<(), Wrong> {
        if number == self.head {
            return Ok(());
        }
        let mut draft = Draft::new(number, self.get, self.root, page);
        let cells = cells(line)?;
        if cells.len() > self.columns.len() {
            let (have, want) = (cells.len(), self.columns.len());
            let message = format!("{have} values, but the header line names {want}");
            return Err(Wrong { span: cells[want].1..line.len(), message });
        }
        for ((value, at), column) in cells.into_iter().zip(&*self.columns) {
            let value = value.trim_ascii_cow();
            if value.is_empty() {
                continue;
            }
            match column {
                Column::Unknown => {}
                Column::Header(name) => draft.header(name.as_bytes(), &value, page),
                Column::Field(field) => {
                    let span = at..at + value.len();
                    let set = draft.set(field, &Value::Text(value), page);
                    set.map_err(|message| Wrong { span, message })?;
                }
            }
        }
        draft.finish(line, page)
    }
}

/// White space around values is no part of them.
trait Trim {
    fn trim_ascii_cow(self) -> Self;
}

impl Trim for Cow<'_, [u8]> {
    fn trim_ascii_cow(self) -> Self {
        match self {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim_ascii()),
            owned @ Cow::Owned(_) => owned,
        }
    }
}

/// A value, and where it begins or, while it is cut, ends.
type Cell<'a> = (Cow<'a, [u8]>, usize);

/// The values of a line, each with its place.
fn cells(line: &[u8]) -> Result<Vec<Cell<'_>>, Wrong> {
    let mut cells = Vec::new();
    let mut at = 0;
    loop {
        let (cell, end) = if line.get(at) == Some(&b'"') { quoted_cell(line, at)? } else { plain_cell(line, at) };
        cells.push((cell, at));
        if end >= line.len() {
            return Ok(cells);
        }
        at = end + 1;
    }
}

fn plain_cell(line: &[u8], at: usize) -> Cell<'_> {
    let end = memchr::memchr(b',', &line[at..]).map_or(line.len(), |comma| at + comma);
    (Cow::Borrowed(&line[at..end]), end)
}

/// `"a, b"`; within it `""` is a quote.
fn quoted_cell(line: &[u8], at: usize) -> Result<Cell<'_>, Wrong> {
    let mut text = Cow::Borrowed(&line[at..at]);
    let mut from = at + 1;
    loop {
        let Some(quote) = memchr::memchr(b'"', &line[from..]) else {
            let message = "a quoted value that does not end on its line".to_owned();
            return Err(Wrong { span: at..line.len(), message });
        };
        let end = from + quote;
        if text.is_empty() {
            text = Cow::Borrowed(&line[from..end]);
        } else {
            text.to_mut().extend_from_slice(&line[from..end]);
        }
        match line.get(end + 1) {
            Some(b'"') => text.to_mut().push(b'"'),
            None | Some(b',') => return Ok((text, end + 1)),
            Some(_) => {
                let rest = &line[end + 1..];
                let message = format!("between a quoted value and the comma: {}", quoted(rest));
                return Err(Wrong { span: end + 1..line.len(), message });
            }
        }
        from = end + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: &[&str]) {
        let found = cells(line.as_bytes()).unwrap();
        let found: Vec<_> = found.iter().map(|(cell, _)| std::str::from_utf8(cell).unwrap()).collect();
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn values_of_lines() {
        check("", &[""]);
        check("a,b", &["a", "b"]);
        check("a,,", &["a", "", ""]);
        check(r#""a,b","say ""hi""","""","""#, &["a,b", "say \"hi\"", "\"", ""]);
        check(r#"1,"",x"y"#, &["1", "", "x\"y"]);
    }

    #[test]
    fn broken_quotes() {
        for (line, at) in [(r#"a,"b"#, 2), (r#""a"b,c"#, 3), (r#"""#, 0)] {
            assert_eq!(cells(line.as_bytes()).unwrap_err().span.start, at, "{line}");
        }
    }

    #[test]
    fn header_lines() {
        assert!(is_header(b"t,client,uri"));
        assert!(is_header(b"\"t\", http_x_key"));
        for line in ["t", "client,uri", "t,a,b", "10.0.0.1 - - [x] \"GET / HTTP/1.1\"", ""] {
            assert!(!is_header(line.as_bytes()), "{line}");
        }
        assert!(Reader::new(1, b"client,uri").unwrap_err().contains("\"t\""));
    }
}
