//! What an emitter writes: files of text in which every line knows the subjects that it came from.

use std::collections::HashMap;

use super::subject::SubjectId;

/// One file of the output.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct File {
    /// Its path, relative to the output folder; it never leads out of it.
    pub path: String,
    /// Its text.
    pub text: String,
    /// The lines, from 1, and the subjects of each, in order.
    pub origins: Vec<(usize, SubjectId)>,
}

/// Writes a text of lines.
#[derive(Debug, Default)]
pub struct Lines {
    text: String,
    origins: Vec<(usize, SubjectId)>,
    count: usize,
}

impl Lines {
    /// Writes a line, without its end, that came from `from`.
    pub fn line(&mut self, from: &[SubjectId], line: &str) {
        self.count += 1;
        self.origins.extend(from.iter().map(|subject| (self.count, *subject)));
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// Writes a line that came from nowhere.
    pub fn plain(&mut self, line: &str) {
        self.line(&[], line);
    }

    /// The file.
    #[must_use]
    pub fn file(self, path: &str) -> File {
        File { path: path.to_owned(), text: self.text, origins: self.origins }
    }
}

/// Where each subject stands: number of the file, line.
#[must_use]
pub fn lines_of(files: &[File]) -> HashMap<SubjectId, Vec<(usize, usize)>> {
    let mut lines: HashMap<SubjectId, Vec<(usize, usize)>> = HashMap::new();
    for (number, file) in files.iter().enumerate() {
        for (line, subject) in &file.origins {
            let own = lines.entry(*subject).or_default();
            if own.last() != Some(&(number, *line)) {
                own.push((number, *line));
            }
        }
    }
    lines
}
