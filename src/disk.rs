//! The real disk behind [`Files`]: the one place that reads configuration files.
//!
//! Patterns give what glibc's `glob(pattern, 0)` gives nginx: sorted by bytes, folders that cannot be read taken as
//! empty, dangling links listed.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::syntax::glob::{has_wildcards, literal, matches_name};
use crate::syntax::{Files, ReadError, decode, encode};

/// The file system of this machine. Paths are decoded like text, so that any name can be written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Files for Disk {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        fs::read(native(path)).map_err(|error| said(&error))
    }

    fn glob(&self, pattern: &str) -> Result<Vec<String>, ReadError> {
        let (root, relative) = pattern.strip_prefix('/').map_or(("", pattern), |rest| ("/", rest));
        let mut found = vec![root.to_string()];
        let mut parts = relative.split('/').peekable();
        while let Some(part) = parts.next() {
            let last = parts.peek().is_none();
            found = found.iter().flat_map(|folder| descend(folder, part, last)).collect();
        }
        found.retain(|path| native(path).symlink_metadata().is_ok());
        found.sort_unstable_by_key(|path| encode(path));
        Ok(found)
    }
}

/// The paths one part further down.
fn descend(folder: &str, part: &str, last: bool) -> Vec<String> {
    let slash = if last { "" } else { "/" };
    if !has_wildcards(part) {
        return vec![format!("{folder}{}{slash}", literal(part))];
    }
    let names = names(if folder.is_empty() { "." } else { folder });
    let matching = names.iter().filter(|name| matches_name(part, name));
    matching.map(|name| format!("{folder}{name}{slash}")).filter(|path| last || native(path).is_dir()).collect()
}

/// What is in a folder, `.` and `..` among it as in C.
fn names(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(native(folder)).into_iter().flatten().flatten();
    let names = entries.map(|entry| decode(entry.file_name().as_bytes()));
    names.chain([".".to_string(), "..".to_string()]).collect()
}

fn native(path: &str) -> PathBuf {
    Path::new(OsStr::from_bytes(&encode(path))).to_path_buf()
}

/// The system's words without the number that the standard library adds.
fn said(error: &io::Error) -> ReadError {
    let errno = error.raw_os_error().unwrap_or(0);
    let text = error.to_string();
    let text = text.strip_suffix(&format!(" (os error {errno})")).unwrap_or(&text).to_string();
    ReadError { errno, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(paths: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for path in paths {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, b"").expect("a file");
        }
        folder
    }

    #[track_caller]
    fn check(paths: &[&str], pattern: &str, expected: &[&str]) {
        let folder = tree(paths);
        let root = folder.path().to_str().expect("a plain name");
        let found = Disk.glob(&format!("{root}/{pattern}")).expect("a list");
        let found: Vec<_> = found.iter().map(|path| &path[root.len() + 1..]).collect();
        assert_eq!(found, expected, "{pattern}");
    }

    #[test]
    fn sorts_by_bytes_and_hides_dot_files() {
        let paths = ["b.conf", "a.conf", "B.conf", ".hidden.conf", "a-.conf", "é.conf", "x.txt"];
        check(&paths, "*.conf", &["B.conf", "a-.conf", "a.conf", "b.conf", "é.conf"]);
        check(&paths, ".*.conf", &[".hidden.conf"]);
        check(&paths, "[ab].conf", &["a.conf", "b.conf"]);
        check(&paths, "*.none", &[]);
    }

    #[test]
    fn goes_through_folders_without_recursion() {
        let paths = ["sites/a/x.conf", "sites/b/x.conf", "sites/b/c/x.conf", "sites/x.conf", "other/x.conf"];
        check(&paths, "sites/*/x.conf", &["sites/a/x.conf", "sites/b/x.conf"]);
        check(&paths, "sites/**", &["sites/a", "sites/b", "sites/x.conf"]);
        check(&paths, "*/x.conf", &["other/x.conf", "sites/x.conf"]);
        check(&paths, "sites/*/", &["sites/a/", "sites/b/"]);
        check(&paths, "*/none", &[]);
    }

    #[test]
    fn says_what_the_system_says() {
        let folder = tree(&[]);
        let root = folder.path().to_str().expect("a plain name");
        let missing = Disk.read(&format!("{root}/none")).expect_err("no such file");
        assert_eq!(missing.to_string(), "2: No such file or directory");
        let folder = Disk.read(root).expect_err("not a file");
        assert_eq!(folder.to_string(), "21: Is a directory");
    }
}
