//! The rules: their registry, their fixtures (`testdata/rules/RULE/{good,bad}*.conf`), their examples, their page.
//!
//! In a bad fixture `# expect` at the end of a line says that a finding of the rule begins there, and a first line
//! `# target: 1.22.1` that it is for that version.

#[path = "rules/examples.rs"]
mod examples;
#[path = "rules/explain.rs"]
mod explain;
#[path = "rules/fixtures.rs"]
mod fixtures;
#[path = "rules/laws.rs"]
mod laws;
#[path = "rules/registry.rs"]
mod registry;
#[path = "rules/suppress.rs"]
mod suppress;

use std::fmt::Write as _;

use nginxlb::config::{NoHost, Options, compile};
use nginxlb::diagnostics::{Diagnostic, Level, Nature};
use nginxlb::lint::{self, Selection};
use nginxlb::modules::{Target, Version};
use nginxlb::syntax::{Files, NoFiles, Sources};

/// What all rules together say of a text, and nginx's own faults among it.
struct Judged {
    sources: Sources,
    nginx: Vec<String>,
    findings: Vec<Diagnostic>,
}

fn judge(text: &str) -> Judged {
    let version = text.lines().next().and_then(|line| line.strip_prefix("# target: ")).and_then(Version::parse);
    judge_with(text, version.unwrap_or(Version::NEWEST), &Selection::pedantic(), &NoFiles)
}

fn judge_with(text: &str, version: Version, selection: &Selection, files: &dyn Files) -> Judged {
    let sources = Sources::from_text("nginx.conf", text.to_owned(), "", files);
    let target = Target::mainline(version);
    let compiled = compile(&sources, &target, &NoHost, Options::default());
    let findings = lint::check(&compiled, &sources, &target, selection);
    assert!(findings.iter().all(|finding| finding.nature == Nature::Lint));
    let faults = compiled.diagnostics.iter().filter(|fault| fault.level != Level::Warn);
    Judged { nginx: faults.map(|fault| fault.message.clone()).collect(), sources, findings }
}

impl Judged {
    /// The lines on which findings of the rule begin.
    fn lines(&self, rule: &str) -> Vec<usize> {
        let own = self.findings.iter().filter(|finding| finding.code == rule);
        own.filter_map(|finding| Some(self.sources.line(finding.place?))).collect()
    }

    /// The findings of the rule, for a snapshot.
    fn text(&self, rule: &str) -> String {
        let mut text = String::new();
        for finding in self.findings.iter().filter(|finding| finding.code == rule) {
            let line = finding.place.map_or(0, |place| self.sources.line(place));
            let guilty = finding.span.map_or("", |span| self.sources.text(span));
            let _ = writeln!(text, "{line}: {}: {}\n    at {guilty}", finding.level.name(), finding.message);
            for (span, words) in &finding.related {
                let _ = writeln!(text, "    with {}: {words}", self.sources.text(*span));
            }
            if let Some(help) = &finding.help {
                let _ = writeln!(text, "    help: {help}");
            }
        }
        text
    }
}
