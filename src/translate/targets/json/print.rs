//! JSON as Python's `json.dumps` and Go's `json.Encoder` write it.

use std::fmt::Write as _;

use super::Dialect;

/// What a payload is made of.
pub(super) enum Json<'a> {
    Null,
    True,
    Number(usize),
    Text(&'a str),
    List(Vec<Json<'a>>),
    /// Members in order.
    Object(Vec<(&'static str, Json<'a>)>),
}

/// The value and a line feed; on one line where there is no indent.
pub(super) fn print(value: &Json, dialect: Dialect, indent: Option<usize>) -> String {
    let mut printer = Printer { out: String::new(), dialect, indent, depth: 0 };
    printer.value(value);
    printer.out.push('\n');
    printer.out
}

struct Printer {
    out: String,
    dialect: Dialect,
    indent: Option<usize>,
    depth: usize,
}

impl Printer {
    fn value(&mut self, value: &Json) {
        match value {
            Json::Null => self.out.push_str("null"),
            Json::True => self.out.push_str("true"),
            Json::Number(number) => self.out.push_str(&number.to_string()),
            Json::Text(text) => self.text(text),
            Json::List(values) => self.nested('[', ']', values, Self::value),
            Json::Object(members) => self.nested('{', '}', members, |printer, (name, value)| {
                printer.text(name);
                printer.out.push_str(if printer.indent.is_some() { ": " } else { ":" });
                printer.value(value);
            }),
        }
    }

    fn nested<T>(&mut self, open: char, close: char, items: &[T], one: impl Fn(&mut Self, &T)) {
        self.out.push(open);
        self.depth += 1;
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            self.new_line();
            one(self, item);
        }
        self.depth -= 1;
        if !items.is_empty() {
            self.new_line();
        }
        self.out.push(close);
    }

    fn new_line(&mut self) {
        if let Some(indent) = self.indent {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n(' ', indent * self.depth));
        }
    }

    fn text(&mut self, text: &str) {
        self.out.push('"');
        for c in text.chars() {
            match c {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                '\u{8}' => self.out.push_str("\\b"),
                '\u{c}' => self.out.push_str("\\f"),
                c if self.is_plain(c) => self.out.push(c),
                c => self.escaped(c),
            }
        }
        self.out.push('"');
    }

    /// Go's encoder keeps JSON harmless inside HTML and JavaScript.
    fn is_plain(&self, c: char) -> bool {
        match self.dialect {
            Dialect::Python => matches!(c, ' '..='~'),
            Dialect::Go => c >= ' ' && !matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}'),
        }
    }

    fn escaped(&mut self, c: char) {
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a string does not fail.
            let _ = write!(self.out, "\\u{unit:04x}");
        }
    }
}
