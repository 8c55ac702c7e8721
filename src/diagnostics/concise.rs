//! One line a finding, as editors read it: `FILE:LINE:COLUMN: LEVEL: MESSAGE [CODE]`.

use super::{Diagnostic, position};
use crate::syntax::Sources;

/// The line of a finding; `subject` is the file that was asked about, for findings that name no place.
#[must_use]
pub fn line(finding: &Diagnostic, sources: &Sources, subject: &str) -> String {
    // A quoted word may hold a line feed; a finding has one line.
    let message = finding.message.replace('\n', "\\n");
    let (level, code) = (finding.level.word(), finding.code);
    match finding.start() {
        Some(place) => {
            let position = position::of(place, sources);
            let path = sources.path(place.file);
            format!("{path}:{}:{}: {level}: {message} [{code}]", position.line, position.column)
        }
        None => format!("{subject}: {level}: {message} [{code}]"),
    }
}
