//! Apache's text to directives and sections: words with their places, quotes, lines that go on behind a backslash.

use crate::syntax::{FileId, Quote, Span, Word};

/// A directive, or a section with what is in it.
#[derive(Debug)]
pub(super) struct Node {
    /// The name first, without `<`.
    pub(super) words: Vec<Word>,
    /// `None` for a directive.
    pub(super) inside: Option<Vec<Node>>,
}

impl Node {
    /// The name in lower case.
    pub(super) fn name(&self) -> String {
        self.words.first().map_or_else(String::new, |word| word.value.to_ascii_lowercase())
    }

    /// An argument, from 1.
    pub(super) fn arg(&self, at: usize) -> Option<&str> {
        self.words.get(at).map(|word| &*word.value)
    }

    /// All arguments.
    pub(super) fn args(&self) -> impl Iterator<Item = &str> {
        self.words.iter().skip(1).map(|word| &*word.value)
    }
}

/// What is wrong with a text, and where.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) span: Span,
    pub(super) message: String,
}

/// Directives that take their words as they stand: backslashes are for their regular expressions.
const RAW: &[&str] = &["rewritecond", "rewriterule"];

/// Reads a text.
pub(super) fn nodes(text: &str) -> Result<Vec<Node>, Wrong> {
    let mut open: Vec<(Vec<Word>, Vec<Node>)> = Vec::new();
    let mut nodes = Vec::new();
    for line in logical_lines(text) {
        let line = trimmed(&line);
        match line {
            [] | [('#', _), ..] => {}
            [('<', at), ('/', _), rest @ ..] => {
                let name: String = rest.iter().map(|(c, _)| *c).take_while(|c| *c != '>').collect();
                let opened = open.pop();
                let Some((words, outside)) = opened.filter(|(words, _)| is_same(words, name.trim())) else {
                    return Err(Wrong { span: one(*at), message: format!("</{name}> closes nothing") });
                };
                let inside = std::mem::replace(&mut nodes, outside);
                nodes.push(Node { words, inside: Some(inside) });
            }
            [('<', at), rest @ .., ('>', _)] => {
                let words = words(rest)?;
                if words.is_empty() {
                    return Err(Wrong { span: one(*at), message: "a section needs a name".to_owned() });
                }
                open.push((words, std::mem::take(&mut nodes)));
            }
            [('<', at), ..] => return Err(Wrong { span: one(*at), message: "there is no > behind it".to_owned() }),
            line => nodes.push(Node { words: words(line)?, inside: None }),
        }
    }
    match open.pop() {
        None => Ok(nodes),
        Some((words, _)) => {
            let span = words.first().map_or(one(0), |word| word.span);
            Err(Wrong { span, message: format!("<{}> is not closed", words[0].value) })
        }
    }
}

fn is_same(words: &[Word], name: &str) -> bool {
    words.first().is_some_and(|word| word.value.eq_ignore_ascii_case(name))
}

type Chars = Vec<(char, usize)>;

fn one(at: usize) -> Span {
    Span { file: FileId(0), start: at as u32, end: at as u32 + 1 }
}

/// Lines, each character with its place; a backslash at the end of one joins it with the next.
fn logical_lines(text: &str) -> Vec<Chars> {
    let mut lines = Vec::new();
    let mut line: Chars = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| *c != '\r') {
        if c != '\n' {
            line.push((c, at));
        } else if line.last().is_some_and(|(c, _)| *c == '\\') {
            line.pop();
        } else {
            lines.push(std::mem::take(&mut line));
        }
    }
    lines.push(line);
    lines
}

fn trimmed(line: &[(char, usize)]) -> &[(char, usize)] {
    let is_text = |(c, _): &(char, usize)| !c.is_ascii_whitespace();
    let start = line.iter().position(is_text).unwrap_or(line.len());
    let end = line.iter().rposition(is_text).map_or(start, |last| last + 1);
    &line[start..end]
}

fn words(mut line: &[(char, usize)]) -> Result<Vec<Word>, Wrong> {
    let mut words: Vec<Word> = Vec::new();
    loop {
        line = trimmed(line);
        let Some(&(first, start)) = line.first() else { return Ok(words) };
        let raw = words.first().is_some_and(|name| RAW.contains(&&*name.value.to_ascii_lowercase()));
        let quote = Some(first).filter(|c| !words.is_empty() && matches!(c, '"' | '\''));
        let mut value = String::new();
        let mut at = usize::from(quote.is_some());
        loop {
            match (line.get(at).map(|(c, _)| *c), line.get(at + 1).map(|(c, _)| *c)) {
                (None, _) if quote.is_some() => {
                    return Err(Wrong { span: one(start), message: "this quote is not closed".to_owned() });
                }
                (None, _) => break,
                (Some('\\'), Some(next)) if raw && (next.is_ascii_whitespace() || Some(next) == quote) => {
                    value.extend(['\\', next]);
                    at += 2;
                }
                (Some('\\'), Some(next)) if !raw && (next == '\\' || Some(next) == quote) => {
                    value.push(next);
                    at += 2;
                }
                (Some(c), _) if Some(c) == quote || (quote.is_none() && c.is_ascii_whitespace()) => break,
                (Some(c), _) => {
                    value.push(c);
                    at += 1;
                }
            }
        }
        at += usize::from(quote.is_some());
        let (last, place) = line[at - 1];
        let span = Span { file: FileId(0), start: start as u32, end: (place + last.len_utf8()) as u32 };
        let quote = quote.map_or(Quote::Bare, |quote| if quote == '"' { Quote::Double } else { Quote::Single });
        words.push(Word { span, value: value.into(), quote });
        line = &line[at..];
    }
}
