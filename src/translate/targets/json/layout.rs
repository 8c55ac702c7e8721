//! Statements to text: every statement on its line, comments where they were, braces where there is room.

use super::parsed::ReadError;
use super::quote;
use super::statement::{Statement, has_lua};
use crate::modules::rows_named;
use crate::syntax::{Body, FileId, Item, parse};

/// Lines beyond this are not believed: a payload of a few bytes must not become a file of gigabytes.
const MOST_LINES: isize = 1_000_000;

const INDENT: &str = "    ";

/// The text of one file. `in_map`: whether it is included where entries are free words. `path` is where it stands in
/// the payload.
pub(super) fn text(statements: &[Statement], in_map: bool, path: &str) -> Result<String, ReadError> {
    let mut writer = Writer { line: 1, ..Writer::default() };
    writer.block(statements, &Around { depth: 0, in_map, path, next: None })?;
    if !writer.out.is_empty() {
        writer.out.push('\n');
    }
    Ok(writer.out)
}

#[derive(Default)]
struct Writer {
    out: String,
    /// The line that is being written, from 1.
    line: isize,
    /// What to add to a line of the payload to get the line meant.
    shift: isize,
    /// The file that the last statement came from, in a payload that combines several.
    file: Option<String>,
    /// Only a line feed ends it.
    after_comment: bool,
}

/// What is around a block.
struct Around<'a> {
    depth: usize,
    in_map: bool,
    path: &'a str,
    /// The statement that follows the block.
    next: Option<&'a Statement>,
}

impl Writer {
    fn block(&mut self, statements: &[Statement], around: &Around) -> Result<(), ReadError> {
        let mut at = 0;
        while let Some(statement) = statements.get(at) {
            self.go_to(statement, around.depth);
            let path = format!("{}[{at}]", around.path);
            at += 1;
            if let Some(comment) = &statement.comment {
                self.comment(comment, around.depth);
                continue;
            }
            let inside = comments_inside(statement, &statements[at..]);
            let comments = &statements[at..at + inside];
            at += inside;
            let next = statements.get(at).or(around.next);
            self.directive(statement, comments, &Around { path: &path, next, ..*around })?;
        }
        Ok(())
    }

    /// To the line of the statement, or to the next one where that is behind or not known.
    fn go_to(&mut self, statement: &Statement, depth: usize) {
        let is_first = self.out.is_empty();
        if statement.file.is_some() && statement.file != self.file {
            // What another file's lines are worth is their distance.
            let moved = self.file.is_some() && !is_first && statement.line > 0;
            self.shift = if moved { self.line + 1 - line_of(statement) } else { self.shift };
            self.file.clone_from(&statement.file);
        }
        let meant = line_of(statement).saturating_add(self.shift);
        let known = statement.line > 0 && meant >= self.line && meant <= MOST_LINES;
        match known {
            true if meant == self.line && !self.after_comment => {
                self.out.push_str(if is_first { "" } else { " " });
            }
            true if meant > self.line => {
                let feeds = usize::try_from(meant - self.line).unwrap_or(1);
                self.feed(feeds, depth);
            }
            _ if is_first => {}
            _ => self.feed(1, depth),
        }
    }

    fn feed(&mut self, feeds: usize, depth: usize) {
        self.out.extend(std::iter::repeat_n('\n', feeds));
        self.out.extend(std::iter::repeat_n(INDENT, depth));
        self.line += feeds as isize;
        self.after_comment = false;
    }

    fn push(&mut self, text: &str) {
        self.out.push_str(text);
        self.line += memchr::memchr_iter(b'\n', text.as_bytes()).count() as isize;
    }

    /// A line feed inside would end the comment and start a directive, so each line becomes a comment.
    fn comment(&mut self, comment: &str, depth: usize) {
        for (at, line) in comment.split('\n').enumerate() {
            if at > 0 {
                self.feed(1, depth);
            }
            self.push("#");
            self.push(line);
        }
        self.after_comment = true;
    }

    fn directive(&mut self, statement: &Statement, comments: &[Statement], around: &Around) -> Result<(), ReadError> {
        let is_lua = statement.block.is_none() && !statement.args.is_empty() && has_lua(&statement.directive);
        let is_lua = is_lua && !in_map(statement, around);
        let body = if is_lua { Some(lua(statement, around.path)?) } else { None };
        let shown = statement.args.len() - usize::from(is_lua);
        let block = block_of(statement, around);
        self.push(&head(&statement.directive, &statement.args[..shown], block.is_some()));
        for (at, comment) in comments.iter().enumerate() {
            self.push(if at == 0 { " " } else { "" });
            self.comment(comment.comment.as_deref().unwrap_or_default(), around.depth);
            self.feed(1, around.depth);
        }
        let space = if comments.is_empty() { " " } else { "" };
        match (body, block) {
            (Some(body), _) => self.push(&format!("{space}{body}")),
            (None, None) => self.push(";"),
            (None, Some([])) => self.push(&format!("{space}{{}}")),
            (None, Some(block)) => {
                self.push(&format!("{space}{{"));
                let opened = self.line;
                let path = format!("{}.block", around.path);
                let in_map = around.in_map || statement.is_map();
                self.block(block, &Around { depth: around.depth + 1, in_map, path: &path, ..*around })?;
                self.close(opened, around);
            }
        }
        Ok(())
    }

    /// The brace, on a line of its own if the block has several and what follows leaves room.
    fn close(&mut self, opened: isize, around: &Around) {
        let room = match around.next {
            Some(next) if next.line > 0 && (next.file.is_none() || next.file == self.file) => {
                let own = isize::from(next.comment.is_none());
                line_of(next).saturating_add(self.shift) > self.line + own
            }
            _ => true,
        };
        if self.after_comment || (room && self.line > opened) {
            self.feed(1, around.depth);
        } else {
            self.out.push(' ');
        }
        self.out.push('}');
    }
}

fn line_of(statement: &Statement) -> isize {
    isize::try_from(statement.line).unwrap_or(isize::MAX)
}

/// How many of the statements that follow are comments that stood between the words of this one: crossplane lists them
/// behind it, with its line. If it ends on that line, behind it is a good place, for one.
fn comments_inside(statement: &Statement, following: &[Statement]) -> usize {
    let same = |other: &&Statement| other.comment.is_some() && other.line == statement.line && other.line > 0;
    let count = following.iter().take_while(same).count();
    let has_feed = |text: &String| text.contains('\n');
    let is_long =
        has_feed(&statement.directive) || statement.args.iter().any(has_feed) || last_line(statement) > statement.line;
    if count > 1 || is_long { count } else { 0 }
}

fn last_line(statement: &Statement) -> usize {
    statement.block.as_ref().and_then(|block| block.last()).map_or(statement.line, last_line)
}

fn in_map(statement: &Statement, around: &Around) -> bool {
    around.in_map || statement.in_map
}

/// The block to write. Go does not tell a block with nothing inside from no block, but nginx allows only one of them.
fn block_of<'s>(statement: &'s Statement, around: &Around) -> Option<&'s [Statement]> {
    if let Some(block) = &statement.block {
        return Some(block);
    }
    if in_map(statement, around) {
        return None;
    }
    let rows = rows_named(&statement.directive).iter().map(|(_, row)| row.arguments);
    let mut fitting = rows.filter(|arguments| arguments.allows(statement.args.len())).peekable();
    (fitting.peek().is_some() && fitting.all(|arguments| arguments.block)).then_some(&[])
}

/// A directive's words.
fn head(directive: &str, args: &[String], is_block: bool) -> String {
    let words: Vec<String> = std::iter::once(directive).chain(args.iter().map(|arg| &**arg)).map(quote::word).collect();
    if directive != "if" || !is_block {
        return words.join(" ");
    }
    // A quote starts a word only where no other has started.
    let space = if words.get(1).is_none_or(|word| quote::is_bare(word)) { "" } else { " " };
    format!("{} ({space}{})", words[0], words[1..].join(" "))
}

/// The braces of a Lua block and what is between them: nginx must find the same end.
fn lua(statement: &Statement, path: &str) -> Result<String, ReadError> {
    let code = statement.args.last().map_or("", |code| code);
    let body = format!("{{{code}}}");
    let probe = format!("{} {body}", statement.directive);
    let whole = match &*parse(FileId(0), &probe).items {
        [Item::Directive(directive)] => {
            let is_all = |close: &crate::syntax::Span| close.end as usize == probe.len();
            directive.fault.is_none()
                && matches!(&directive.body, Body::Lua { close, .. } if close.as_ref().is_some_and(is_all))
        }
        _ => false,
    };
    if whole {
        return Ok(body);
    }
    let path = format!("{path}.args[{}]", statement.args.len() - 1);
    Err(ReadError::new(&path, "nginx would see another end of this Lua code", "close every brace and string in it"))
}
