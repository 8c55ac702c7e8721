//! The formatter: its style on files (`testdata/fmt`, reviewed in `snapshots/fmt`) and on small texts, its laws, what
//! it leaves as it is, and the command.

mod common;

#[path = "fmt/command.rs"]
mod command;
#[path = "fmt/corpus.rs"]
mod corpus;
#[path = "fmt/laws.rs"]
mod laws;
#[path = "fmt/style.rs"]
mod style;

use nginxlb::fmt;
use nginxlb::fuzzing;
use nginxlb::syntax::{FileId, parse};

/// The text in the one style; the laws are looked at on the way.
fn formatted(text: &str) -> String {
    fuzzing::fmt_idempotent(text.as_bytes());
    fuzzing::fmt_keeps_meaning(text.as_bytes());
    fmt::format(&parse(FileId(0), text), text).expect("a text without lexical faults")
}
