//! Values for the targets that are written in YAML or JSON. Each may know the subjects that it came from; YAML tells them
//! in a comment, `# nginx.conf:42`, and of both the lines are known for the report.
//!
//! Texts are written as JSON writes them, which YAML reads as the same, so nothing needs to be guessed about quotes.

use super::output::{File, Lines};
use super::subject::SubjectId;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `true`, `false`.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
    /// A text of several lines, such as a program; YAML shows it as they are.
    Lines(String),
    /// A list.
    List(Vec<Node>),
    /// Names and values, in order.
    Map(Vec<(String, Node)>),
}

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// The subjects.
    pub from: Vec<SubjectId>,
}

impl<T: Into<Value>> From<T> for Node {
    fn from(value: T) -> Node {
        Node { value: value.into(), from: Vec::new() }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Number(number)
    }
}

impl From<Vec<Node>> for Value {
    fn from(list: Vec<Node>) -> Value {
        Value::List(list)
    }
}

impl Node {
    /// The value, that came from `subject`, too.
    #[must_use]
    pub fn of(mut self, subject: SubjectId) -> Node {
        self.from.push(subject);
        self
    }

    /// The value, that came from `subjects`, too.
    #[must_use]
    pub fn of_all(mut self, subjects: impl IntoIterator<Item = SubjectId>) -> Node {
        self.from.extend(subjects);
        self
    }
}

/// A map of names and values, in this order.
#[must_use]
pub fn map<const N: usize>(entries: [(&str, Node); N]) -> Node {
    Value::Map(entries.into_iter().map(|(name, node)| (name.to_owned(), node)).collect()).into()
}

/// A map whose entries are found one by one.
#[derive(Debug, Default)]
pub struct MapOf(Vec<(String, Node)>);

impl MapOf {
    /// Adds an entry.
    pub fn put(&mut self, name: &str, node: impl Into<Node>) -> &mut MapOf {
        self.0.push((name.to_owned(), node.into()));
        self
    }

    /// Whether there is none yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was added so far, as the end of a chain of [`MapOf::put`].
    #[must_use]
    pub fn take(&mut self) -> Node {
        std::mem::take(self).node()
    }

    /// The map.
    #[must_use]
    pub fn node(self) -> Node {
        Value::Map(self.0).into()
    }
}

/// A list.
#[must_use]
pub fn list(nodes: impl IntoIterator<Item = Node>) -> Node {
    Value::List(nodes.into_iter().collect()).into()
}

/// A list of texts.
#[must_use]
pub fn texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Node {
    list(texts.into_iter().map(|text| Node::from(text.as_ref())))
}

/// A time as programs written in Go take it: `60s`, `1500ms`.
#[must_use]
pub fn time(milliseconds: u64) -> Node {
    Node::from(match milliseconds % 1000 {
        0 => format!("{}s", milliseconds / 1000),
        _ => format!("{milliseconds}ms"),
    })
}

/// Documents as YAML, one after the other; `comment` gives the words for a subject, such as `nginx.conf:42`.
#[must_use]
pub fn yaml(path: &str, documents: &[Node], comment: Comment) -> File {
    let mut lines = Lines::default();
    for (n, document) in documents.iter().enumerate() {
        if n > 0 {
            lines.plain("---");
        }
        write_yaml(&mut lines, document, Spot { depth: 0, lead: "", inner: 0 }, comment);
    }
    lines.file(path)
}

type Comment<'c> = &'c dyn Fn(SubjectId) -> Option<String>;

/// Where a node stands: how deep its first line is, what is before it there (a name, the dash of a list, or both), and how
/// deep what it holds is.
#[derive(Clone, Copy)]
struct Spot<'l> {
    depth: usize,
    lead: &'l str,
    inner: usize,
}

fn write_yaml(lines: &mut Lines, node: &Node, spot: Spot, comment: Comment) {
    let Spot { depth, lead, inner } = spot;
    let line = |lines: &mut Lines, text: &str| {
        let mut words: Vec<String> = node.from.iter().filter_map(|subject| comment(*subject)).collect();
        words.dedup();
        let tail = if words.is_empty() { String::new() } else { format!("  # {}", words.join(", ")) };
        lines.line(&node.from, &format!("{}{text}{tail}", "  ".repeat(depth)));
    };
    match &node.value {
        Value::List(nodes) if !nodes.is_empty() => {
            if !lead.is_empty() {
                line(lines, lead.trim_end());
            }
            for node in nodes {
                write_yaml(lines, node, Spot { depth: inner, lead: "- ", inner: inner + 1 }, comment);
            }
        }
        Value::Map(entries) if !entries.is_empty() => {
            // The first entry of a map in a list stands behind the dash.
            let dash = lead == "- ";
            if !lead.is_empty() && !dash {
                line(lines, lead.trim_end());
            }
            for (n, (name, value)) in entries.iter().enumerate() {
                let name = format!("{}: ", key(name));
                if n == 0 && dash {
                    let first = Node { value: value.value.clone(), from: [&node.from[..], &value.from].concat() };
                    write_yaml(lines, &first, Spot { depth, lead: &format!("- {name}"), inner: inner + 1 }, comment);
                } else {
                    write_yaml(lines, value, Spot { depth: inner, lead: &name, inner: inner + 1 }, comment);
                }
            }
        }
        Value::List(_) => line(lines, &format!("{lead}[]")),
        Value::Map(_) => line(lines, &format!("{lead}{{}}")),
        Value::Lines(text) if reads_back(text) => {
            line(lines, &format!("{lead}|"));
            for text in text.lines() {
                let indent = if text.is_empty() { String::new() } else { "  ".repeat(inner) };
                lines.plain(&format!("{indent}{text}"));
            }
        }
        value => line(lines, &format!("{lead}{}", scalar(value).unwrap_or_default())),
    }
}

/// Whether a block of lines in YAML is this text again.
fn reads_back(text: &str) -> bool {
    let plain = |c: char| c == '\n' || (' '..='~').contains(&c);
    text.ends_with('\n') && !text.ends_with("\n\n") && !text.starts_with([' ', '\n']) && text.chars().all(plain)
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Text(text) | Value::Lines(text) => Some(quoted(text)),
        Value::List(_) | Value::Map(_) => None,
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}

/// Plain where that cannot be mistaken.
fn key(name: &str) -> String {
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/'))
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&name.to_ascii_lowercase().as_str());
    if plain { name.to_owned() } else { quoted(name) }
}

/// A document as JSON.
#[must_use]
pub fn json(path: &str, document: &Node) -> File {
    let mut lines = Lines::default();
    write_json(&mut lines, document, 0, "", "");
    lines.file(path)
}

fn write_json(lines: &mut Lines, node: &Node, depth: usize, lead: &str, tail: &str) {
    let indent = "  ".repeat(depth);
    let (open, close) = match &node.value {
        Value::List(nodes) if !nodes.is_empty() => ("[", "]"),
        Value::Map(entries) if !entries.is_empty() => ("{", "}"),
        value => {
            let empty = if matches!(value, Value::List(_)) { "[]" } else { "{}" };
            let scalar = scalar(value).unwrap_or_else(|| empty.to_owned());
            return lines.line(&node.from, &format!("{indent}{lead}{scalar}{tail}"));
        }
    };
    lines.line(&node.from, &format!("{indent}{lead}{open}"));
    let comma = |last: bool| if last { "" } else { "," };
    match &node.value {
        Value::List(nodes) => {
            for (n, node) in nodes.iter().enumerate() {
                write_json(lines, node, depth + 1, "", comma(n + 1 == nodes.len()));
            }
        }
        Value::Map(entries) => {
            for (n, (name, node)) in entries.iter().enumerate() {
                write_json(lines, node, depth + 1, &format!("{}: ", quoted(name)), comma(n + 1 == entries.len()));
            }
        }
        _ => {}
    }
    lines.plain(&format!("{indent}{close}{tail}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Node {
        map([
            ("name", Node::from("a: b").of(SubjectId(1))),
            ("on", list([map([("x", Node::from(1_i64)), ("y", list([]))]), Node::from(true)]).of(SubjectId(2))),
        ])
    }

    #[test]
    fn yaml_tells_where_it_came_from() {
        let file = yaml("x.yaml", &[sample(), map([])], &|subject| Some(format!("nginx.conf:{}", subject.0)));
        let expected =
            "name: \"a: b\"  # nginx.conf:1\n\"on\":  # nginx.conf:2\n  - x: 1\n    \"y\": []\n  - true\n---\n{}\n";
        assert_eq!(file.text, expected);
        assert_eq!(file.origins, [(1, SubjectId(1)), (2, SubjectId(2))]);
    }

    #[test]
    fn yaml_has_blocks_of_lines() {
        let code = |text: &str| map([("code", Value::Lines(text.to_owned()).into())]);
        let text = |node: Node| yaml("x.yaml", &[list([node])], &|_| None).text;
        assert_eq!(text(code("a: b\n\n  c\n")), "- code: |\n    a: b\n\n      c\n");
        assert_eq!(text(code("a\n\n")), "- code: \"a\\n\\n\"\n");
    }

    #[test]
    fn json_is_json() {
        let file = json("x.json", &sample());
        let read: serde_json::Value = serde_json::from_str(&file.text).unwrap_or_default();
        assert_eq!(read, serde_json::json!({"name": "a: b", "on": [{"x": 1, "y": []}, true]}));
        assert_eq!(file.origins, [(2, SubjectId(1)), (3, SubjectId(2))]);
    }
}
