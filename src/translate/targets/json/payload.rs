//! Sources to statements, file after file in crossplane's order: each file's includes are appended when that file is
//! read, and the files are read in the order in which they were appended.

use std::collections::HashMap;

use super::print::Json;
use super::statement::Statement;
use super::{Dialect, Options, spelling};
use crate::syntax::{
    Body, COMMAND_LINE, Directive, FileId, Included, Item, Place, SURROUNDINGS_PATH, SourceFile, Sources, Span,
};

/// One file of the payload.
pub(super) struct File {
    name: String,
    /// `None` where Go has nothing to say.
    parsed: Option<Vec<Statement>>,
}

/// The files of the payload. The first is the one that was asked for, whatever was made up around it.
pub(super) fn files(sources: &Sources, dialect: Dialect, options: &Options) -> Vec<File> {
    let is_real = |file: &SourceFile| file.path != SURROUNDINGS_PATH && file.path != COMMAND_LINE;
    let Some(entry) = sources.files.iter().position(is_real) else { return Vec::new() };
    let mut queue = Queue::default();
    queue.index(&sources.files[entry].path, FileId(entry as u32));
    let mut files = Vec::new();
    while let Some((name, id)) = queue.files.get(files.len()).cloned() {
        let (file, returns) = (sources.file(id), lone_returns(sources.file(id), dialect));
        let said = name.clone();
        let mut reader = Reader { sources, file, name: &name, said, dialect, options, queue: &mut queue, returns };
        let parsed = reader.items(&file.tree.items, false);
        let null = dialect == Dialect::Go && parsed.is_empty();
        files.push(File { name, parsed: (!null).then_some(parsed) });
    }
    if options.combine { combined(&files) } else { files }
}

/// The files met so far, in order.
#[derive(Default)]
struct Queue {
    files: Vec<(String, FileId)>,
    by_name: HashMap<String, usize>,
}

impl Queue {
    fn index(&mut self, name: &str, id: FileId) -> usize {
        if let Some(index) = self.by_name.get(name) {
            return *index;
        }
        self.files.push((name.to_owned(), id));
        self.by_name.insert(name.to_owned(), self.files.len() - 1);
        self.files.len() - 1
    }
}

/// Offsets of the carriage returns that end a line for Python and for nobody else.
fn lone_returns(file: &SourceFile, dialect: Dialect) -> Vec<u32> {
    if dialect == Dialect::Go {
        return Vec::new();
    }
    let bytes = file.text.as_bytes();
    let returns = memchr::memchr_iter(b'\r', bytes).filter(|at| bytes.get(at + 1) != Some(&b'\n'));
    returns.map(|at| at as u32).collect()
}

/// Reads one file's tree.
struct Reader<'a> {
    sources: &'a Sources,
    file: &'a SourceFile,
    name: &'a str,
    /// The file that combined statements are said to come from.
    said: String,
    dialect: Dialect,
    options: &'a Options<'a>,
    queue: &'a mut Queue,
    returns: Vec<u32>,
}

impl Reader<'_> {
    /// `in_map`: whether the items are entries that Go marks.
    fn items(&mut self, items: &[Item], in_map: bool) -> Vec<Statement> {
        let mut statements = Vec::new();
        let outside = std::mem::replace(&mut self.said, self.name.to_owned());
        for item in items {
            match item {
                Item::Comment(span) if self.options.comments && self.is_seen(*span) => {
                    statements.push(self.comment(*span, self.line(span.first())));
                }
                Item::Directive(directive) => self.directive(directive, in_map, &mut statements),
                Item::Comment(_) | Item::Stray(_) => {}
            }
        }
        self.said = outside;
        statements
    }

    /// Python forgets a comment that the end of the file ends.
    fn is_seen(&self, comment: Span) -> bool {
        self.dialect == Dialect::Go || (comment.end as usize) < self.file.text.len()
    }

    fn line(&self, place: Place) -> usize {
        self.sources.line(place) + self.returns.partition_point(|at| *at < place.offset)
    }

    fn file_if_combined(&self) -> Option<String> {
        self.options.combine.then(|| self.said.clone())
    }

    fn comment(&self, span: Span, line: usize) -> Statement {
        let comment = Some(spelling::comment(&self.file.text, span, self.dialect));
        Statement { file: self.file_if_combined(), directive: "#".to_owned(), line, comment, ..Statement::default() }
    }

    fn directive(&mut self, directive: &Directive, in_map: bool, statements: &mut Vec<Statement>) {
        let mut words = directive.words.iter().map(|word| spelling::word(&self.file.text, word, self.dialect));
        let Some(name) = words.next().filter(|_| directive.fault.is_none()) else { return };
        let mut args: Vec<String> = words.collect();
        let in_map = in_map && self.dialect == Dialect::Go;
        if !in_map && self.options.ignore.contains(&&*name) {
            return;
        }
        if let Body::Lua { code, .. } = &directive.body {
            args.push(spelling::lua(&self.file.text[code.range()], self.dialect));
        }
        if name == "if" && !in_map {
            spelling::condition(&mut args);
        }
        let line = self.line(directive.words[0].span.first());
        let (file, includes) = (self.file_if_combined(), self.includes(directive, &name, in_map));
        let mut statement = Statement { file, directive: name, line, args, includes, in_map, ..Statement::default() };
        if let Body::Block(block) = &directive.body {
            statement.block = Some(self.items(&block.items, statement.is_map()));
        }
        statements.push(statement);
        for span in &directive.comments {
            match self.dialect {
                // Without the file, even if all others have one.
                Dialect::Python => statements.push(Statement { file: None, ..self.comment(*span, line) }),
                Dialect::Go if self.options.comments && !in_map => statements.push(self.comment(*span, line)),
                Dialect::Go => {}
            }
        }
    }

    fn includes(&mut self, directive: &Directive, name: &str, in_map: bool) -> Option<Vec<usize>> {
        if name != "include" || in_map || self.options.single_file {
            return None;
        }
        let pattern = directive.words.get(1).map_or("", |word| &word.value);
        let shortest = self.dialect == Dialect::Go && (!pattern.starts_with('/') || pattern.contains(['*', '?', '[']));
        let found = match self.sources.included(directive) {
            Some(Included::Files(files)) => files.as_slice(),
            _ => &[],
        };
        let paths = found.iter().map(|id| (self.sources.path(*id), *id));
        if let (Dialect::Python, Some(last)) = (self.dialect, found.last()) {
            // One variable of crossplane's serves for both.
            self.sources.path(*last).clone_into(&mut self.said);
        }
        let indices: Vec<usize> = paths
            .map(|(path, id)| if shortest { self.queue.index(&clean(path), id) } else { self.queue.index(path, id) })
            .collect();
        (self.dialect == Dialect::Python || !indices.is_empty()).then_some(indices)
    }
}

/// Go's `path.Clean`: no `.`, no `..` behind a name, no double slash.
pub(in crate::translate) fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match parts.last() {
            Some(last) if part == ".." && *last != ".." => drop(parts.pop()),
            None if part == ".." && path.starts_with('/') => {}
            _ => parts.push(part),
        }
    }
    let root = if path.starts_with('/') { "/" } else { "" };
    let joined = format!("{root}{}", parts.join("/"));
    if joined.is_empty() { ".".to_owned() } else { joined }
}

/// One file with every included one in its place.
fn combined(files: &[File]) -> Vec<File> {
    let Some(first) = files.first() else { return Vec::new() };
    let parsed = expanded(first.parsed.as_deref().unwrap_or_default(), files);
    vec![File { name: first.name.clone(), parsed: Some(parsed) }]
}

fn expanded(statements: &[Statement], files: &[File]) -> Vec<Statement> {
    let mut out = Vec::new();
    for statement in statements {
        if let Some(includes) = &statement.includes {
            for index in includes {
                out.extend(expanded(files[*index].parsed.as_deref().unwrap_or_default(), files));
            }
        } else {
            let block = statement.block.as_ref().map(|block| expanded(block, files));
            out.push(Statement { block, ..statement.clone() });
        }
    }
    out
}

/// The whole payload.
pub(super) fn json(files: &[File], dialect: Dialect) -> Json<'_> {
    let config = files.iter().map(|file| {
        Json::Object(vec![
            ("file", Json::Text(&file.name)),
            ("status", Json::Text("ok")),
            ("errors", Json::List(Vec::new())),
            ("parsed", file.parsed.as_ref().map_or(Json::Null, |parsed| list(parsed, dialect))),
        ])
    });
    Json::Object(vec![
        ("status", Json::Text("ok")),
        ("errors", Json::List(Vec::new())),
        ("config", Json::List(config.collect())),
    ])
}

fn list(statements: &[Statement], dialect: Dialect) -> Json<'_> {
    Json::List(statements.iter().map(|statement| object(statement, dialect)).collect())
}

fn object(statement: &Statement, dialect: Dialect) -> Json<'_> {
    let file = statement.file.as_ref().map(|file| ("file", Json::Text(file)));
    let (before, after) = if dialect == Dialect::Python { (file, None) } else { (None, file) };
    let mut members: Vec<(&str, Json)> = before.into_iter().collect();
    members.push(("directive", Json::Text(&statement.directive)));
    members.push(("line", Json::Number(statement.line)));
    members.push(("args", Json::List(statement.args.iter().map(|arg| Json::Text(arg)).collect())));
    members.extend(after);
    if let Some(includes) = &statement.includes {
        members.push(("includes", Json::List(includes.iter().map(|index| Json::Number(*index)).collect())));
    }
    let block = statement.block.as_ref().filter(|block| dialect == Dialect::Python || !block.is_empty());
    members.extend(block.map(|block| ("block", list(block, dialect))));
    members.extend(statement.comment.as_ref().map(|comment| ("comment", Json::Text(comment))));
    members.extend(statement.in_map.then_some(("mapBlockParameter", Json::True)));
    Json::Object(members)
}
