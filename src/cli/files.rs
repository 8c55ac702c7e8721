//! Files as commands are given them: names, the files of a folder, the system's refusals, a file replaced as a whole.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, fchown};
use std::path::{Path, PathBuf};

use crate::syntax;

/// The name that is given to the standard input.
pub const STDIN: &str = "<stdin>";

/// Every `*.conf` of a folder and the folders in it, sorted; what is hidden is not looked at.
///
/// # Errors
/// The folder that cannot be read.
pub fn configurations(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    // As people name files: without the folder that they are in.
    collect(if root == Path::new(".") { Path::new("") } else { root }, &mut found, &mut HashSet::new())?;
    found.sort();
    Ok(found)
}

/// `seen` are the folders looked at: links may lead back to them.
fn collect(folder: &Path, found: &mut Vec<PathBuf>, seen: &mut HashSet<PathBuf>) -> io::Result<()> {
    let listed = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    if !seen.insert(identity(listed)) {
        return Ok(());
    }
    for item in fs::read_dir(listed)? {
        let path = folder.join(item?.file_name());
        let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if hidden {
            continue;
        }
        if path.is_dir() {
            collect(&path, found, seen)?;
        } else if path.extension().is_some_and(|extension| extension == "conf") {
            found.push(path);
        }
    }
    Ok(())
}

/// The same file by whatever path.
pub fn identity(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

/// A path as text, whatever its bytes.
pub fn text_of(path: &Path) -> String {
    syntax::decode(path.as_os_str().as_encoded_bytes())
}

/// The system's words without the number.
pub fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split_once(" (os error").map_or(text.clone(), |(words, _)| words.to_owned())
}

/// Replaces a file as a whole: whoever reads it meanwhile sees the old or the new one. It keeps its permissions and its
/// owner, and a link stays one: the file that it leads to is replaced.
///
/// # Errors
/// The system's, and then the file is as it was. A file that may not be written is not replaced either.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let target = fs::canonicalize(path)?;
    let metadata = OpenOptions::new().write(true).open(&target)?.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(format!(".nginxlb-{}", std::process::id()));
    let temporary = target.with_file_name(name);
    let written = write_like(&temporary, &metadata, content).and_then(|()| fs::rename(&temporary, &target));
    if written.is_err() {
        // What went wrong is said; that this does, too, would not help.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// A new file with the content, and with the owner and the permissions of another.
fn write_like(path: &Path, model: &fs::Metadata, content: &[u8]) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    // Nobody else reads it before it has the right permissions.
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(content)?;
    keep_owner(&file, model)?;
    // After the owner: a change of owner takes some permissions away.
    file.set_permissions(model.permissions())?;
    file.sync_all()
}

fn keep_owner(file: &File, model: &fs::Metadata) -> io::Result<()> {
    let own = file.metadata()?;
    if (own.uid(), own.gid()) == (model.uid(), model.gid()) {
        return Ok(());
    }
    fchown(file, Some(model.uid()), Some(model.gid()))
        .map_err(|error| io::Error::new(error.kind(), format!("its owner cannot be kept: {}", plain(&error))))
}
