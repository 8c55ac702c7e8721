//! Folders with hashed subfolders: `ngx_conf_set_path_slot` and `ngx_add_path`.

use super::cx::{Call, Cx};
use super::fault::{Fault, Verdict};
use super::values;
use crate::syntax::Place;

/// Folders named so far, in order; nginx creates them at start.
#[derive(Debug, Default)]
pub struct Folders(Vec<Entry>);

/// A folder, and whether its absolute name was written with a `/` at its end. nginx cuts the `/` off without moving the
/// end of the text that it later compares, so the two spellings are two folders to it.
#[derive(Debug)]
struct Entry {
    folder: Folder,
    slashed: bool,
}

/// One folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Full name, without the last `/`.
    pub name: String,
    /// Digits of each level of subfolders, up to three.
    pub levels: Vec<u8>,
    /// The zone that owns it, for a cache; a folder of another owner may not have the same name.
    pub owner: Option<usize>,
    /// Where it was named; `None` for a default.
    pub place: Option<Place>,
}

impl Folders {
    /// The folders, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Folder> {
        self.0.iter().map(|entry| &entry.folder)
    }
}

impl Cx<'_> {
    /// Reads `FOLDER [LEVEL [LEVEL [LEVEL]]]`.
    pub(super) fn path(&mut self, call: &Call) -> Verdict {
        let text = call.arg(1);
        let name = self.prefix_path(text.strip_suffix('/').unwrap_or(text));
        let mut levels = Vec::new();
        for (n, word) in call.args().iter().enumerate().skip(1) {
            match values::number(&word.value) {
                Some(level @ 1..) => levels.push(level),
                _ => return Err(Fault::directive("invalid value").at(call.span(n + 1))),
            }
        }
        // nginx's room for the digits: 10 in all.
        if levels.iter().fold(0_i64, |sum, level| sum.saturating_add(*level)) > 10 {
            return Err(Fault::directive("invalid value").at(call.span(2)));
        }
        let levels = levels.into_iter().map(|level| level as u8).collect();
        let place = Some(self.place());
        self.add_folder_as(text, Folder { name, levels, owner: None, place })
    }

    /// [`Cx::add_folder`] for a name that is `written` in the configuration.
    ///
    /// # Errors
    /// As there.
    pub fn add_folder_as(&mut self, written: &str, folder: Folder) -> Verdict {
        self.add(Entry { folder, slashed: written.starts_with('/') && written.ends_with('/') })
    }

    /// Adds the build's own temporary folder; `option` is the middle of its `--http-OPTION-temp-path`.
    ///
    /// # Errors
    /// As [`Cx::add_folder`].
    pub fn add_default_folder(&mut self, option: &str, levels: &[u8]) -> Verdict {
        let Some((_, name)) = self.target.paths.temporary.iter().find(|(part, _)| part == option) else {
            return Ok(());
        };
        let name = self.prefix_path(name);
        self.add_folder(Folder { name, levels: levels.to_vec(), owner: None, place: None })
    }

    /// `ngx_add_path`: a folder may be named twice, but only with the same levels and for the same owner.
    ///
    /// # Errors
    /// nginx's message naming the other place.
    pub fn add_folder(&mut self, folder: Folder) -> Verdict {
        self.add(Entry { folder, slashed: false })
    }

    fn add(&mut self, entry: Entry) -> Verdict {
        let folder = &entry.folder;
        let same = |other: &&Entry| other.folder.name == folder.name && other.slashed == entry.slashed;
        let Some(Entry { folder: other, .. }) = self.config.folders.0.iter().find(same) else {
            self.config.folders.0.push(entry);
            return Ok(());
        };
        let name = &other.name;
        let place = other.place.map(|place| self.file_line(place));
        if other.owner != folder.owner {
            let place = place.unwrap_or_else(|| "(null):0".to_owned());
            return Err(Fault::emerg(format!("the same path name \"{name}\" used in {place} and")));
        }
        if other.levels == folder.levels {
            return Ok(());
        }
        Err(match (folder.place, place) {
            (None, None) => Fault::emerg(format!(
                "the default path name \"{name}\" has the same name as another default path, but the different levels, \
                 you need to redefine one of them in http section"
            ))
            .unlocated(),
            (None, Some(place)) => Fault::emerg(format!(
                "the path name \"{name}\" in {place} has the same name as default path, but the different levels, \
                 you need to define default path in http section"
            ))
            .unlocated(),
            (Some(_), place) => {
                let place = place.unwrap_or_else(|| "(null):0".to_owned());
                Fault::emerg(format!("the same path name \"{name}\" in {place} has the different levels than"))
            }
        })
    }
}
