//! One JSON object a finding, one line each; [`SCHEMA`] changes when a field changes its meaning or goes.
//!
//! | field | what it holds |
//! |---|---|
//! | `schema` | [`SCHEMA`] |
//! | `file` | the file, as named on the command line or by `include` |
//! | `line`, `column` | where the guilty text begins, from 1, columns in characters; `null` for what has no place |
//! | `end_line`, `end_column` | just behind it |
//! | `start`, `end` | the same in bytes of the UTF-8 text, from 0 |
//! | `level` | `error`, `warning` or `note` |
//! | `code` | `nginx` for nginx's own faults, or the rule that speaks |
//! | `message` | of nginx's own faults nginx's words |
//! | `nginx` | of nginx's own faults, on any machine: its `level` (`emerg`, `warn`), the `line` it names, and the whole `text` |
//! | `depends_on` | `configuration`, `machine` or `advice` |
//! | `help` | the way out, or `null` |
//! | `related` | other places that matter: `file`, `line`, `column`, `message` |
//! | `included_from` | the `include` directives that led to the file, outermost first: `file`, `line`, `column` |

use serde::Serialize;

use super::{Diagnostic, Nature, nginx, position};
use crate::syntax::{self, Place, Sources};

/// The version of this format.
pub const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Object<'a> {
    schema: u32,
    file: String,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    start: Option<u32>,
    end: Option<u32>,
    level: &'static str,
    code: &'a str,
    message: String,
    nginx: Option<Nginx>,
    depends_on: &'static str,
    help: Option<String>,
    related: Vec<Related>,
    included_from: Vec<At>,
}

#[derive(Serialize)]
struct Nginx {
    level: &'static str,
    line: Option<usize>,
    text: String,
}

#[derive(Serialize)]
struct At {
    file: String,
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Related {
    #[serde(flatten)]
    at: At,
    message: String,
}

/// The object of a finding; `subject` is the file that was asked about, for findings that name no place.
#[must_use]
pub fn object(finding: &Diagnostic, sources: &Sources, subject: &str) -> String {
    let start = finding.start();
    let from = start.map(|place| position::of(place, sources));
    let to = finding.span.map(|span| position::of(position::end_of(span), sources));
    let object = Object {
        schema: SCHEMA,
        file: plain(start.map_or(subject, |place| sources.path(place.file))),
        line: from.map(|position| position.line),
        column: from.map(|position| position.column),
        end_line: to.map(|position| position.line),
        end_column: to.map(|position| position.column),
        start: start.map(|place| place.offset),
        end: finding.span.map(|span| span.end),
        level: finding.level.word(),
        code: finding.code,
        message: plain(&finding.message),
        nginx: said_by_nginx(finding, sources),
        depends_on: match finding.nature {
            Nature::Nginx => "configuration",
            Nature::Host => "machine",
            Nature::Lint => "advice",
        },
        help: finding.help.as_deref().map(plain),
        related: related(finding, sources),
        included_from: finding.chain.iter().map(|span| at(span.first(), sources)).collect(),
    };
    serde_json::to_string(&object).unwrap_or_default()
}

fn said_by_nginx(finding: &Diagnostic, sources: &Sources) -> Option<Nginx> {
    (finding.nature == Nature::Nginx).then(|| Nginx {
        level: finding.level.name(),
        line: finding.place.map(|place| sources.line(place)),
        text: String::from_utf8_lossy(&nginx::line(finding, sources)).into_owned(),
    })
}

fn related(finding: &Diagnostic, sources: &Sources) -> Vec<Related> {
    let all = finding.related.iter();
    all.map(|(span, message)| Related { at: at(span.first(), sources), message: plain(message) }).collect()
}

fn at(place: Place, sources: &Sources) -> At {
    let position = position::of(place, sources);
    At { file: plain(sources.path(place.file)), line: position.line, column: position.column }
}

/// JSON is Unicode: bytes that are none become U+FFFD.
fn plain(text: &str) -> String {
    String::from_utf8_lossy(&syntax::encode(text)).into_owned()
}
