//! One type for everything the tool has to say about a configuration; one file per way of writing it down.
//!
//! A [`Diagnostic`] carries nginx's own message and the line nginx would name, and beyond that what nginx does not
//! say: the exact span, the includes that led there, a code to look up with `explain`, and help.

pub mod concise;
pub mod fancy;
pub mod json;
mod level;
pub mod nginx;
pub mod position;

pub use level::Level;

use crate::syntax::{Place, Span};

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// nginx's level.
    pub level: Level,
    /// Which check or rule speaks: a name of the registry of rules, or `nginx` for nginx's own faults.
    pub code: &'static str,
    /// The message, for nginx's own faults in nginx's own words.
    pub message: String,
    /// Where nginx says it is; `None` where nginx names no file and line.
    pub place: Option<Place>,
    /// The guilty text; drawn, never printed by the nginx format.
    pub span: Option<Span>,
    /// Other places that matter, each with a few words.
    pub related: Vec<(Span, String)>,
    /// The include directives that led to the file, outermost first.
    pub chain: Vec<Span>,
    /// The way out.
    pub help: Option<String>,
    /// When nginx would say it.
    pub stage: Stage,
    /// What it depends on.
    pub nature: Nature,
}

/// When in its start nginx would say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// While the file is read: before `syntax is ok`.
    Read,
    /// After `syntax is ok`: sections, zones, sockets, logs.
    Start,
}

/// What a finding rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// The configuration alone: a fault that nginx reports on every machine.
    Nginx,
    /// The machine: files, certificates, names, users, ports.
    Host,
    /// Advice: nginx itself is silent.
    Lint,
}

impl Diagnostic {
    /// Where the guilty text begins; where nginx says it is, if no text is.
    #[must_use]
    pub fn start(&self) -> Option<Place> {
        self.span.map(Span::first).or(self.place)
    }
}
