//! nginx's own way: `nginx: [emerg] MESSAGE in FILE:LINE`.

use super::Diagnostic;
use crate::syntax::{self, COMMAND_LINE, Sources};

/// nginx's room for one message of a configuration's fault (`NGX_MAX_CONF_ERRSTR`); the rest is cut off.
const LONGEST_MESSAGE: usize = 1024;

/// The bytes nginx writes for a finding, without the line feed.
#[must_use]
pub fn line(finding: &Diagnostic, sources: &Sources) -> Vec<u8> {
    let mut line = format!("nginx: [{}] ", finding.level.name()).into_bytes();
    line.extend(message(finding, sources));
    line
}

/// The same without what stands before the message.
#[must_use]
pub fn message(finding: &Diagnostic, sources: &Sources) -> Vec<u8> {
    let mut message = syntax::encode(&finding.message);
    if finding.place.is_some() {
        message.truncate(LONGEST_MESSAGE);
    }
    if let Some(place) = finding.place {
        message.extend(match sources.path(place.file) {
            COMMAND_LINE => b" in command line".to_vec(),
            path => syntax::encode(&format!(" in {path}:{}", sources.line(place))),
        });
    }
    message
}
