//! Linting never panics.

use std::sync::OnceLock;

use crate::config::{self, NoHost, Options, SURROUNDINGS, Surroundings};
use crate::diagnostics::{concise, fancy, json, nginx};
use crate::lint::{self, Selection};
use crate::modules::{self, Target, Version};
use crate::syntax::{FileId, Files, ReadError, Sources, decode, parse};

/// Findings that are drawn: drawing takes longer than finding.
const DRAWN: usize = 5;

/// Any bytes are judged in the context they seem to need and in another one, for some target, and all findings can be
/// written in every format. The last byte chooses context and target: a change elsewhere does not change the choice.
///
/// # Panics
///
/// If they are not.
pub fn lint_never_panics(data: &[u8]) {
    let text = decode(data);
    let choice = usize::from(data.last().copied().unwrap_or_default());
    let targets = targets();
    let target = &targets[choice % targets.len()];
    let fitting = Surroundings::of(&parse(FileId(0), &text));
    judge(&text, fitting, target);
    let other = &SURROUNDINGS[choice / targets.len() % SURROUNDINGS.len()];
    if other.name != fitting.name {
        judge(&text, other, target);
    }
}

/// An old nginx, the newest, and NGINX Plus with everything that is known of other modules.
fn targets() -> &'static [Target; 3] {
    static TARGETS: OnceLock<[Target; 3]> = OnceLock::new();
    TARGETS.get_or_init(|| {
        let mut plus = Target::parse("plus@r37").unwrap_or_default();
        for module in modules::third_party::MODULES {
            plus.add(module);
        }
        [Target::default(), Target::mainline(Version::parse("1.22.1").unwrap_or(Version::NEWEST)), plus]
    })
}

fn judge(text: &str, around: &Surroundings, target: &Target) {
    let included = Included { text };
    let sources = match around.wrap(Included::WHOLE) {
        None => Sources::from_text("nginx.conf", text.to_owned(), "", &included),
        Some(wrapper) => Sources::from_text("nginx.conf", wrapper, "", &included),
    };
    let compiled = config::compile(&sources, target, &NoHost, Options::default());
    let advice = lint::check(&compiled, &sources, target, &Selection::pedantic());
    let style = fancy::Style { colour: false, width: 80 };
    for (count, finding) in compiled.diagnostics.iter().chain(&advice).enumerate() {
        assert!(!nginx::line(finding, &sources).is_empty(), "a finding without words");
        assert!(!concise::line(finding, &sources, "").is_empty(), "a finding without words");
        assert!(json::object(finding, &sources, "").starts_with('{'), "a finding that is no object");
        if count < DRAWN {
            let drawn = fancy::draw(finding, &sources, fancy::Aside { subject: "", topic: None, again: &[] }, style);
            assert!(!drawn.is_empty(), "a finding that cannot be drawn");
        }
    }
}

/// The files of a configuration: the text by one name, by others something small or nothing.
struct Included<'t> {
    text: &'t str,
}

impl Included<'_> {
    const WHOLE: &'static str = "/whole";
}

impl Files for Included<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        match path {
            Included::WHOLE => Ok(crate::syntax::encode(self.text)),
            _ if path.len().is_multiple_of(2) => Ok(b"server_name a;\ninclude b;\nx \"".to_vec()),
            _ => Err(ReadError::not_found()),
        }
    }

    fn glob(&self, pattern: &str) -> Result<Vec<String>, ReadError> {
        Ok(vec![pattern.replace('*', "a"), pattern.replace('*', "bc")])
    }
}
