//! The configurations that a command was asked to read: files, folders, `-` for the standard input, the output of `nginx -T`.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::files::{self, STDIN, identity, plain, text_of};
use crate::config::Surroundings;
use crate::disk::Disk;
use crate::syntax::{self, Dump, Files, Included, ReadError, SURROUNDINGS_PATH, Sources};

/// The name of an entry file of nginx, which is read as a whole configuration whatever it holds.
const ENTRY: &str = "nginx.conf";

/// Folders whose files nginx includes from the folder above.
const INCLUDED_FOLDERS: &[&str] =
    &["conf.d", "sites-enabled", "sites-available", "snippets", "modules-enabled", "stream.d", "streams-enabled"];

/// How to read.
#[derive(Debug, Clone, Copy)]
pub struct How<'a> {
    /// The folder that relative includes start from, if not that of the file.
    pub prefix: Option<&'a str>,
    /// What stands around the files, if they do not tell themselves.
    pub around: Option<&'static Surroundings>,
}

/// One configuration to judge.
pub struct Entry {
    /// The file that was asked about, for findings without a place.
    pub subject: String,
    /// The folder that relative includes start from, with its slash.
    pub prefix: String,
    /// The files. The first may be made up, to stand around a fragment.
    pub sources: Sources,
}

/// What could not be read.
pub struct Unreadable {
    /// The path.
    pub path: String,
    /// The system's words.
    pub error: String,
}

/// Reads everything that was asked for; what cannot be read is told and the rest is read.
pub fn read(paths: &[PathBuf], how: How) -> (Vec<Entry>, Vec<Unreadable>) {
    let (mut entries, mut failed) = (Vec::new(), Vec::new());
    for path in paths {
        let found = if path.as_os_str() == "-" {
            standard_input(how).map(|entry| vec![entry])
        } else if path.is_dir() {
            folder(path, how)
        } else {
            file(path, how).map(|entry| vec![entry])
        };
        match found {
            Ok(found) => entries.extend(found),
            Err(error) => failed.push(Unreadable { path: text_of(path), error: plain(&error) }),
        }
    }
    (entries, failed)
}

/// The configuration on the standard input.
///
/// # Errors
/// The system's.
pub fn standard_input(how: How) -> io::Result<Entry> {
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes)?;
    Ok(entry(STDIN, syntax::decode(&bytes), how))
}

/// The configuration in a file.
///
/// # Errors
/// The system's.
pub fn file(path: &Path, how: How) -> io::Result<Entry> {
    let bytes = fs::read(path)?;
    Ok(entry(&text_of(path), syntax::decode(&bytes), how))
}

/// Every `*.conf` of a folder and the folders in it that no other one includes; `nginx.conf` first.
fn folder(root: &Path, how: How) -> io::Result<Vec<Entry>> {
    let mut paths = files::configurations(root)?;
    paths.sort_by_key(|path| (path.file_name().is_none_or(|name| name != ENTRY), path.clone()));
    let mut entries = Vec::new();
    for path in paths {
        entries.push((identity(&path), file(&path, how)?));
    }
    let included: HashSet<PathBuf> = entries.iter().flat_map(|(_, entry)| included_by(&entry.sources)).collect();
    entries.retain(|(identity, _)| !included.contains(identity));
    Ok(entries.into_iter().map(|(_, entry)| entry).collect())
}

/// The files that others of these sources include.
fn included_by(sources: &Sources) -> HashSet<PathBuf> {
    let real = sources.files.iter().filter(|file| file.path != SURROUNDINGS_PATH);
    let included = real.flat_map(|file| file.includes.values()).filter_map(|included| match included {
        Included::Files(files) => Some(files),
        Included::Failed { .. } | Included::Cycle(_) => None,
    });
    included.flatten().map(|file| identity(Path::new(sources.path(*file)))).collect()
}

/// The text of one file with all it includes, and around it what it needs.
fn entry(path: &str, text: String, how: How) -> Entry {
    if let Some(dump) = syntax::is_dump(&text).then(|| Dump::split(&text)).flatten() {
        let (subject, prefix) = (dump.entry().to_owned(), dump.prefix().to_owned());
        let main = dump.read(&subject).map(|bytes| syntax::decode(&bytes)).unwrap_or_default();
        let sources = Sources::from_text(&subject, main, &prefix, &dump);
        return Entry { subject, prefix, sources };
    }
    let prefix = how.prefix.map_or_else(|| folder_of(path), with_slash);
    within(path, text, &prefix, how, &Disk)
}

/// The text of one file with all it includes from `files`, and around it what it needs.
pub fn within(path: &str, text: String, prefix: &str, how: How, files: &dyn Files) -> Entry {
    let whole = Sources::from_text(path, text.clone(), prefix, files);
    let is_entry = path.rsplit('/').next() == Some(ENTRY);
    let found = || if is_entry { None } else { whole.files.first().map(|file| Surroundings::of(&file.tree)) };
    let wrapped = how.around.or_else(found).and_then(|around| around.wrap(Fragment::NAME));
    let sources = match wrapped {
        None => whole,
        Some(around) => Fragment { text, files }.read_in(around, path, prefix),
    };
    Entry { subject: path.to_owned(), prefix: prefix.to_owned(), sources }
}

/// The folder that nginx would read the file's includes from.
pub fn folder_of(path: &str) -> String {
    let folder = path.rfind('/').map_or("", |slash| &path[..=slash]);
    let name = folder.trim_end_matches('/').rsplit('/').next().unwrap_or("");
    if INCLUDED_FOLDERS.contains(&name) {
        return folder[..folder.trim_end_matches('/').len() - name.len()].to_owned();
    }
    folder.to_owned()
}

fn with_slash(folder: &str) -> String {
    if folder.is_empty() || folder.ends_with('/') { folder.to_owned() } else { format!("{folder}/") }
}

/// A file that is included from a configuration made up for it.
struct Fragment<'f> {
    text: String,
    files: &'f dyn Files,
}

impl Fragment<'_> {
    /// The name by which it is included; no file has it.
    const NAME: &'static str = "/(fragment)";

    fn read_in(self, around: String, path: &str, prefix: &str) -> Sources {
        let mut sources = Sources::from_text(SURROUNDINGS_PATH, around, prefix, &self);
        for file in &mut sources.files {
            if file.path == Fragment::NAME {
                path.clone_into(&mut file.path);
            }
        }
        sources
    }
}

impl Files for Fragment<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        if path == Fragment::NAME { Ok(syntax::encode(&self.text)) } else { self.files.read(path) }
    }

    fn glob(&self, pattern: &str) -> Result<Vec<String>, ReadError> {
        self.files.glob(pattern)
    }
}
