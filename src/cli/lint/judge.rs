//! One configuration judged: nginx's faults and the rules', in the order of its files.

use crate::cli::input::Entry;
use crate::config::{self, MISSING_INCLUDE, NoHost, Options};
use crate::diagnostics::{Diagnostic, Level, Nature, fancy};
use crate::lint::{self, Selection};
use crate::modules::{self, Target};
use crate::syntax::{Directive, FileId, Place, SURROUNDINGS_PATH, Sources, Span};

/// What is to be said of one configuration.
pub struct Judged {
    /// The file that was asked about.
    pub subject: String,
    /// The files.
    pub sources: Sources,
    /// The findings.
    pub findings: Vec<Diagnostic>,
}

/// Judges without a machine. A `prefix` that was given is nginx's own, too.
pub fn judge(entry: Entry, target: &Target, selection: &Selection, has_prefix: bool) -> Judged {
    let Entry { subject, prefix, sources } = entry;
    let mut target = target.clone();
    if has_prefix {
        target.paths.prefix.clone_from(&prefix);
    }
    target.paths.conf = format!("{prefix}nginx.conf");
    let compiled = config::compile(&sources, &target, &NoHost, Options::default());
    let advice = lint::check(&compiled, &sources, &target, selection);
    let mut findings: Vec<Diagnostic> = compiled.diagnostics.into_iter().chain(advice).collect();
    for finding in &mut findings {
        forget_surroundings(finding, &sources);
        if finding.code == MISSING_INCLUDE {
            // It may well be there on the machine that counts.
            finding.level = Level::Warn;
            finding.help.get_or_insert_with(|| "it is read as if it were empty".to_owned());
        }
    }
    // The sort is stable: where nginx says several things of one place they stay in its order.
    findings.sort_by_key(|finding| finding.start().map_or((true, FileId(0), 0), |at| (false, at.file, at.offset)));
    Judged { subject, sources, findings }
}

/// The configuration around a fragment is made up: nothing points into it.
fn forget_surroundings(finding: &mut Diagnostic, sources: &Sources) {
    let is_real = |file: FileId| sources.path(file) != SURROUNDINGS_PATH;
    finding.span = finding.span.filter(|span| is_real(span.file));
    finding.place = finding.place.filter(|place| is_real(place.file));
    finding.related.retain(|(span, _)| is_real(span.file));
    finding.chain.retain(|span| is_real(span.file));
    // Some of nginx's messages name a second place.
    finding.message = finding.message.replace(&format!(" in {SURROUNDINGS_PATH}:1"), "");
}

impl Judged {
    /// The files that were read.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.sources.files.iter().map(|file| &*file.path).filter(|path| *path != SURROUNDINGS_PATH)
    }

    /// The finding, drawn; `again` are those with the same words.
    pub fn draw(&self, finding: &Diagnostic, again: &[&Diagnostic], style: fancy::Style) -> String {
        let topic = if finding.nature == Nature::Lint {
            Some(finding.code)
        } else {
            finding.start().and_then(|place| self.directive_at(place))
        };
        fancy::draw(finding, &self.sources, fancy::Aside { subject: &self.subject, topic, again }, style)
    }

    /// The directive whose words hold the place, if nginx knows it.
    fn directive_at(&self, place: Place) -> Option<&str> {
        let holds = |directive: &&Directive| {
            let words = directive.words.first().zip(directive.words.last());
            words.is_some_and(|(first, last)| contains(first.span.to(last.span), place))
        };
        let found = self.sources.file(place.file).tree.directives().find(holds)?;
        (!modules::rows_named(found.name()).is_empty()).then(|| found.name())
    }
}

fn contains(span: Span, place: Place) -> bool {
    (span.start..span.end).contains(&place.offset)
}
