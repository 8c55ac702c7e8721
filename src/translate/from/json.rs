//! crossplane's JSON back to text: the files of a payload, as includes find them and as an output folder holds them, and
//! the account. All that a payload says is written, so every directive is exact.

use std::collections::HashMap;

use crate::config::Config;
use crate::syntax::glob::matches_path;
use crate::syntax::{Files, ReadError, Sources};
use crate::translate::Translation;
use crate::translate::class::Capability;
use crate::translate::ledger::Ledger;
use crate::translate::output::{self, File};
use crate::translate::subject::Subjects;
use crate::translate::targets::json::{clean, destinations, read};

/// In the report.
pub const NAME: &str = "from-json";

static STATEMENT: Capability =
    Capability::exact("text", "statement", "the directive, on the line that the payload names");

/// The files of a payload. Includes among them find each other, whatever is on the disk.
#[derive(Debug)]
pub struct Payload {
    /// Names as the payload has them, texts; at least one.
    files: Vec<(String, String)>,
    /// Where each may be written, relative to an output folder.
    paths: Vec<String>,
}

impl Payload {
    /// Reads a payload of either dialect.
    ///
    /// # Errors
    /// What is wrong with it and the way out, in one line; and if a name leads out of the folder of the first file.
    pub fn read(text: &str) -> Result<Payload, String> {
        let files = read(text).map_err(|error| format!("{error} ({})", error.help))?;
        if files.is_empty() {
            return Err("there is no file in \"config\"".to_owned());
        }
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        let paths = destinations(&names).map_err(|error| format!("{error} ({})", error.help))?;
        Ok(Payload { files, paths })
    }

    /// Name and text of the main file.
    #[must_use]
    pub fn main(&self) -> (&str, &str) {
        self.files.first().map_or(("", ""), |(name, text)| (name, text))
    }

    /// The account. `sources` and `config` were read from these files, whatever was made up around them.
    #[must_use]
    pub fn restored(&self, config: &Config, sources: &Sources) -> Translation {
        let subjects = Subjects::of(config, sources);
        let mut ledger = Ledger::default();
        let mut files: Vec<File> = Vec::new();
        for ((_, text), path) in self.files.iter().zip(&self.paths) {
            files.push(File { path: path.clone(), text: text.clone(), origins: Vec::new() });
        }
        let of_name: HashMap<&str, usize> =
            self.files.iter().enumerate().map(|(number, (name, _))| (name.as_str(), number)).collect();
        for (id, subject) in subjects.iter() {
            let Some(span) = subject.span() else { continue };
            ledger.note(id, &STATEMENT);
            let name = sources.path(span.file);
            let number = of_name.get(name).or_else(|| of_name.get(clean(name).as_str()));
            if let Some(file) = number.and_then(|number| files.get_mut(*number)) {
                file.origins.push((sources.line(span.first()), id));
            }
        }
        let lines = output::lines_of(&files);
        let mut entries = ledger.close(NAME, &subjects, &lines);
        // What was made up around a fragment is in no file.
        entries.retain(|entry| !entry.lines.is_empty());
        Translation { files, entries, subjects }
    }
}

impl Files for Payload {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        // Go names files in the shortest way.
        let is_it = |name: &str| name == path || clean(name) == clean(path);
        let found = self.files.iter().find(|(name, _)| is_it(name));
        found.map(|(_, text)| text.clone().into_bytes()).ok_or_else(ReadError::not_found)
    }

    fn glob(&self, pattern: &str) -> Result<Vec<String>, ReadError> {
        let fits = |name: &str| matches_path(pattern, name) || matches_path(&clean(pattern), name);
        let mut found: Vec<String> =
            self.files.iter().map(|(name, _)| name).filter(|name| fits(name)).cloned().collect();
        found.sort();
        Ok(found)
    }
}
