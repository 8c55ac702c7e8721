//! A configuration taken elsewhere: to HAProxy, Envoy and others, with an account of what that changes.
//!
//! ```text
//! Config --Model::new--> Model (behaviour: inheritance applied, defaults explicit, locations as a list)
//! Model --Emitter--> files, and notes in the Ledger: what became of each subject
//! Ledger --close--> Entries: every directive and every implicit default exactly once --> report
//! ```
//!
//! Each target is a module of [`targets`], with its capabilities as data; the report, `--allow-loss` and the table in the
//! documentation come from there. An emitter writes what it can and notes it; what it does not speak of is lost, and is
//! said to be (`unclaimed`). What protects something is refused rather than lost.
//!
//! No IO: the edge writes the files.

mod class;
pub mod document;
mod escape;
pub mod features;
pub mod from;
mod idle;
pub mod ingress_nginx;
mod ledger;
pub mod model;
mod order;
mod output;
mod re2;
pub mod report;
mod subject;
pub mod tables;
pub mod targets;
mod unclaimed;

pub use class::{Capability, Class, Shows};
pub use ledger::{Entry, Ledger};
pub use output::{File, Lines};
pub use subject::{Subject, SubjectId, Subjects, What};

use crate::config::Config;
use crate::modules::Target;
use crate::syntax::{SURROUNDINGS_PATH, Sources};
use model::Model;
use targets::{Ask, Emitter};

/// A translation.
#[derive(Debug)]
pub struct Translation {
    /// What was written; the first is the main file.
    pub files: Vec<File>,
    /// The account: every subject once, in order.
    pub entries: Vec<Entry>,
    /// The subjects.
    pub subjects: Subjects,
}

/// Translates a configuration that was found good. Losses named in `allowed` are not refused.
///
/// # Errors
/// What the target has against the question, such as a version that it does not know.
pub fn translate(
    config: &Config,
    sources: &Sources,
    nginx: &Target,
    (emitter, ask): (&Emitter, &Ask),
    allowed: &[String],
) -> Result<Translation, String> {
    let mut model = Model::new(config, sources, nginx);
    let mut ledger = Ledger::default();
    let files = (emitter.emit)(&model, ask, &mut ledger)?;
    ledger.idle(idle::of(&model));
    ledger.settle(&mut model.subjects);
    let lines = output::lines_of(&files);
    let mut entries = ledger.close(emitter.name, &model.subjects, &lines);
    // What was made up around a fragment is nobody's.
    let is_real = |entry: &Entry| {
        let span = model.subjects.get(entry.subject).span();
        span.is_none_or(|span| sources.path(span.file) != SURROUNDINGS_PATH)
    };
    entries.retain(is_real);
    let mut translation = Translation { files, entries, subjects: model.subjects };
    translation.allow(allowed);
    Ok(translation)
}

impl Translation {
    /// Losses named in `allowed` are not refused.
    pub fn allow(&mut self, allowed: &[String]) {
        let refused = |entry: &&mut Entry| entry.class == Class::Refused && allowed.contains(&entry.code);
        for entry in self.entries.iter_mut().filter(refused) {
            entry.class = Class::DroppedBehaviour;
        }
    }

    /// The worst of all entries.
    #[must_use]
    pub fn worst(&self) -> Class {
        self.entries.iter().map(|entry| entry.class).max().unwrap_or(Class::Exact)
    }
}
