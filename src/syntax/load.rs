//! A configuration of several files: `include` followed as nginx follows it (`ngx_conf_include`), through [`Files`].
//!
//! A file is read once however often it is included; the reader of the trees goes through it again in each context. A
//! file that is included while it is itself being read is a cycle; it is cut there, so following what is left ends.

use std::collections::HashMap;
use std::fmt;

use super::parser::parse;
use super::span::{FileId, Place, Span};
use super::text::{LineIndex, decode};
use super::tree::{Body, Directive, Tree};

/// How deep includes may go. nginx keeps a file open at every level and usually may open 1024.
const MAX_INCLUDE_DEPTH: usize = 1000;

/// The path of what is no file: directives given on nginx's command line.
pub const COMMAND_LINE: &str = "";

/// The path of the entry that was made up to include a fragment.
pub const SURROUNDINGS_PATH: &str = "(around it)";

/// Where files come from: the disk, or a dump.
pub trait Files {
    /// The bytes of the file at `path`.
    ///
    /// # Errors
    ///
    /// What the system says where it cannot be read.
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError>;

    /// The paths that match `pattern`, as C's `glob()` finds and sorts them; none is fine.
    ///
    /// # Errors
    ///
    /// What the system says where it cannot look.
    fn glob(&self, pattern: &str) -> Result<Vec<String>, ReadError>;
}

/// No disk: the text that was given is the whole configuration.
#[derive(Debug, Clone, Copy)]
pub struct NoFiles;

impl Files for NoFiles {
    fn read(&self, _path: &str) -> Result<Vec<u8>, ReadError> {
        Err(ReadError::not_found())
    }
    fn glob(&self, _pattern: &str) -> Result<Vec<String>, ReadError> {
        Ok(Vec::new())
    }
}

/// What the system said, shown as nginx shows it: `2: No such file or directory`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    /// The number.
    pub errno: i32,
    /// The words.
    pub text: String,
}

impl ReadError {
    /// `ENOENT`
    #[must_use]
    pub fn not_found() -> Self {
        ReadError { errno: 2, text: "No such file or directory".into() }
    }

    /// `EMFILE`
    fn too_many_open_files() -> Self {
        ReadError { errno: 24, text: "Too many open files".into() }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.errno, self.text)
    }
}

impl std::error::Error for ReadError {}

/// All files of a configuration. [`FileId`] is the index into `files`; the first is the one that was asked for.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The files, each after the one that first includes it.
    pub files: Vec<SourceFile>,
    by_path: HashMap<String, FileId>,
}

/// One file.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// As nginx would name it in messages.
    pub path: String,
    /// Its decoded text.
    pub text: String,
    /// The text's tree.
    pub tree: Tree,
    /// The text's lines.
    pub lines: LineIndex,
    /// What each `include` led to, by the start of the directive's first word.
    pub includes: HashMap<u32, Included>,
}

/// What an `include` led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Included {
    /// These files, in this order; none where a pattern matches none.
    Files(Vec<FileId>),
    /// One could not be read.
    Failed {
        /// Which.
        path: String,
        /// Why.
        error: ReadError,
    },
    /// A file that is just being read: the `include` directives that lead from it to itself, this one last.
    Cycle(Vec<Span>),
}

impl Sources {
    /// Reads the file at `path` and all it includes. `prefix` is the folder that relative includes start from: the
    /// main configuration's, whichever file the include stands in.
    ///
    /// # Errors
    ///
    /// If the file at `path` itself cannot be read.
    pub fn load(path: &str, prefix: &str, files: &dyn Files) -> Result<Sources, ReadError> {
        let mut sources = Sources::default();
        sources.add(path, prefix, files)?;
        Ok(sources)
    }

    /// Takes `text` as the file at `path`, and reads all it includes.
    #[must_use]
    pub fn from_text(path: &str, text: String, prefix: &str, files: &dyn Files) -> Sources {
        let mut sources = Sources::default();
        sources.add_text(path, text, prefix, files);
        sources
    }

    /// Reads one more file and all it includes, unless it is among the files already.
    ///
    /// # Errors
    ///
    /// If the file at `path` itself cannot be read.
    pub fn add(&mut self, path: &str, prefix: &str, files: &dyn Files) -> Result<FileId, ReadError> {
        if let Some(id) = self.by_path.get(path) {
            return Ok(*id);
        }
        let text = decode(&files.read(path)?);
        Ok(self.add_text(path, text, prefix, files))
    }

    /// Takes `text` as one more file, and reads all it includes.
    pub fn add_text(&mut self, path: &str, text: String, prefix: &str, files: &dyn Files) -> FileId {
        let id = self.insert(path, text);
        let mut loader = Loader { sources: self, prefix, files, reading: Vec::new() };
        loader.start(id);
        loader.run();
        id
    }

    /// The file.
    #[must_use]
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The file's path.
    #[must_use]
    pub fn path(&self, id: FileId) -> &str {
        &self.file(id).path
    }

    /// The text of `span`.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        &self.file(span.file).text[span.range()]
    }

    /// nginx's line number at `place`.
    #[must_use]
    pub fn line(&self, place: Place) -> usize {
        self.file(place.file).lines.line(place.offset)
    }

    /// What `directive` led to, if it is an `include`.
    #[must_use]
    pub fn included(&self, directive: &Directive) -> Option<&Included> {
        let name = directive.words.first()?;
        self.file(name.span.file).includes.get(&name.span.start)
    }

    fn insert(&mut self, path: &str, text: String) -> FileId {
        let id = FileId(self.files.len() as u32);
        let (tree, lines) = (parse(id, &text), LineIndex::new(&text));
        self.by_path.insert(path.into(), id);
        self.files.push(SourceFile { path: path.into(), text, tree, lines, includes: HashMap::new() });
        id
    }
}

/// Reads along the includes, depth first, on a stack of its own.
struct Loader<'a> {
    sources: &'a mut Sources,
    prefix: &'a str,
    files: &'a dyn Files,
    /// The files being read, outermost first.
    reading: Vec<Reading>,
}

/// A file whose includes are being followed.
struct Reading {
    file: FileId,
    sites: std::vec::IntoIter<Site>,
    /// The one that is being followed now; in all but the innermost file it is the one that led deeper.
    following: Option<Following>,
}

/// An `include` directive that nginx would follow.
struct Site {
    span: Span,
    name: String,
}

struct Following {
    span: Span,
    paths: std::vec::IntoIter<String>,
    found: Vec<FileId>,
}

impl Loader<'_> {
    fn start(&mut self, file: FileId) {
        let sites = sites(&self.sources.file(file).tree).into_iter();
        self.reading.push(Reading { file, sites, following: None });
    }

    fn run(&mut self) {
        while let Some(top) = self.reading.last_mut() {
            if let Some(following) = &mut top.following {
                if let Some(path) = following.paths.next() {
                    self.path(path);
                } else {
                    let included = Included::Files(std::mem::take(&mut following.found));
                    self.finish(included);
                }
            } else if let Some(site) = top.sites.next() {
                self.site(&site);
            } else {
                self.reading.pop();
            }
        }
    }

    fn site(&mut self, site: &Site) {
        let name = full_name(self.prefix, &site.name);
        let globbed = if name.contains(['*', '?', '[']) { self.files.glob(&name) } else { Ok(vec![name.clone()]) };
        let (paths, failed) = match globbed {
            Ok(paths) => (paths, None),
            Err(error) => (Vec::new(), Some(Included::Failed { path: name, error })),
        };
        let top = self.reading.last_mut().expect("the site is in a file");
        top.following = Some(Following { span: site.span, paths: paths.into_iter(), found: Vec::new() });
        if let Some(failed) = failed {
            self.finish(failed);
        }
    }

    /// As nginx does, stops at the first file that cannot be read.
    fn path(&mut self, path: String) {
        let (id, fresh) = match self.sources.by_path.get(&path) {
            Some(id) => (*id, false),
            None => match self.read(&path) {
                Ok(bytes) => (self.sources.insert(&path, decode(&bytes)), true),
                Err(error) => return self.finish(Included::Failed { path, error }),
            },
        };
        if let Some(cycle) = self.cycle(id) {
            return self.finish(Included::Cycle(cycle));
        }
        if let Some(following) = self.reading.last_mut().and_then(|top| top.following.as_mut()) {
            following.found.push(id);
        }
        if fresh {
            self.start(id);
        }
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        if self.reading.len() >= MAX_INCLUDE_DEPTH {
            return Err(ReadError::too_many_open_files());
        }
        self.files.read(path)
    }

    fn finish(&mut self, included: Included) {
        let Some(top) = self.reading.last_mut() else { return };
        if let Some(following) = top.following.take() {
            self.sources.files[top.file.0 as usize].includes.insert(following.span.start, included);
        }
    }

    /// The includes that lead from `file` to itself, if it is being read.
    fn cycle(&self, file: FileId) -> Option<Vec<Span>> {
        let from = self.reading.iter().position(|reading| reading.file == file)?;
        Some(self.reading[from..].iter().filter_map(|reading| Some(reading.following.as_ref()?.span)).collect())
    }
}

fn sites(tree: &Tree) -> Vec<Site> {
    let site = |directive: &Directive| match (&*directive.words, &directive.body, &directive.fault) {
        ([include, name], Body::Semicolon(end), None) if &*include.value == "include" => {
            Some(Site { span: include.span.to(*end), name: name.value.to_string() })
        }
        _ => None,
    };
    tree.directives().filter_map(site).collect()
}

/// `ngx_get_full_name`
fn full_name(prefix: &str, name: &str) -> String {
    let slash = if prefix.is_empty() || prefix.ends_with('/') { "" } else { "/" };
    if name.starts_with('/') { name.into() } else { format!("{prefix}{slash}{name}") }
}
