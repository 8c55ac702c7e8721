//! Where the files of a payload may be written: a name in a payload is anybody's, so none leads out of the output folder.

use std::collections::HashMap;
use std::fmt;

/// A name that is no place in an output folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DestinationError {
    /// Which file of the payload, from 0.
    pub index: usize,
    /// Its name.
    pub name: String,
    /// What is wrong with it.
    pub message: String,
    /// The way out.
    pub help: String,
}

impl fmt::Display for DestinationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "config[{}].file: \"{}\" {}", self.index, self.name.escape_debug(), self.message)
    }
}

impl std::error::Error for DestinationError {}

/// For each name a path relative to the output folder, with `/` and without `.` or `..`. The output folder stands for the
/// folder of the first file: `/etc/nginx/nginx.conf` and `/etc/nginx/conf.d/a.conf` become `nginx.conf` and
/// `conf.d/a.conf`. No two paths are the same, and none is the folder of another.
///
/// # Errors
///
/// If a name is not below the folder of the first one, has a `..`, is no name of a file, or would be written over another.
pub fn destinations(names: &[&str]) -> Result<Vec<String>, DestinationError> {
    let Some(first) = names.first() else { return Ok(Vec::new()) };
    let folder = parts(first).split_last().map(|(_, folder)| folder.to_vec()).unwrap_or_default();
    let mut taken: HashMap<String, usize> = HashMap::new();
    let mut paths = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let refuse = |message: String, help: &str| {
            Err(DestinationError { index, name: (*name).to_owned(), message, help: help.to_owned() })
        };
        let parts = parts(name);
        if name.contains('\0') || parts.is_empty() || name.ends_with('/') || name.ends_with("/.") {
            return refuse("is no name of a file".to_owned(), "give the file a name");
        }
        if parts.contains(&"..") {
            return refuse("leads out with \"..\"".to_owned(), "write the path without");
        }
        let below = parts.strip_prefix(&*folder).filter(|_| name.starts_with('/') == first.starts_with('/'));
        let Some(below) = below.filter(|below| !below.is_empty()) else {
            let root = if first.starts_with('/') { "/" } else { "" };
            let message = format!("is outside of \"{root}{}\", the folder of the first file", folder.join("/"));
            return refuse(
                message,
                "combine the files into one when parsing, or write the path relative to that folder",
            );
        };
        let path = below.join("/");
        if let Some(other) = taken.insert(path.clone(), index) {
            return refuse(format!("would be written over config[{other}]"), "give one of them another name");
        }
        paths.push(path);
    }
    for (index, path) in paths.iter().enumerate() {
        let mut folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        if let Some(file) = folders.find_map(|folder| taken.get(folder)) {
            let message = format!("needs a folder where config[{file}] is a file");
            let help = "give one of them another name".to_owned();
            return Err(DestinationError { index, name: names[index].to_owned(), message, help });
        }
    }
    Ok(paths)
}

/// The names in a path, without those that say nothing and those that are left again; `..` only where it leads out.
fn parts(path: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match parts.last() {
            Some(last) if part == ".." && *last != ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts
}
