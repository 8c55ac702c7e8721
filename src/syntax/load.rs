//! stub
#![allow(missing_docs)]
use super::*;
use std::collections::HashMap;
#[derive(Debug)]
pub struct ReadError {
    pub errno: i32,
    pub text: String,
}
impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.errno, self.text)
    }
}
#[derive(Debug)]
pub enum Included {
    Files(Vec<FileId>),
    Failed { path: String, error: ReadError },
    Cycle(Vec<Span>),
}
#[derive(Debug)]
pub struct SourceFile {
    pub path: String,
    pub text: String,
    pub tree: Tree,
    pub lines: LineIndex,
    pub includes: HashMap<u32, Included>,
}
#[derive(Debug)]
pub struct Sources {
    pub files: Vec<SourceFile>,
}
impl Sources {
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }
    pub fn line(&self, place: Place) -> usize {
        self.file(place.file).lines.line(place.offset)
    }
    pub fn text(&self, span: Span) -> &str {
        &self.file(span.file).text[span.range()]
    }
    pub fn path(&self, file: FileId) -> &str {
        &self.file(file).path
    }
}
