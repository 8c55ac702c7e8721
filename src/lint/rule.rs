//! What a rule is, and which rules run.

use super::{Findings, Lint};
use crate::diagnostics::Level;
use crate::modules::Version;

/// A rule: its name, its reasons, its check.
pub struct Rule {
    /// Its name, which is also the code of its findings.
    pub name: &'static str,
    /// The level of its findings, unless one says otherwise.
    pub level: Level,
    /// Whether it runs when nobody asks for it.
    pub tier: Tier,
    /// The versions of nginx of which it is true.
    pub targets: Targets,
    /// What it finds, in one line without a full stop.
    pub summary: &'static str,
    /// What nginx does, and why that is probably not meant.
    pub doc: &'static str,
    /// Where that can be read: a page or a source file.
    pub source: &'static str,
    /// An example that it finds fault with.
    pub bad: &'static str,
    /// The same example without the fault.
    pub good: &'static str,
    /// The check.
    pub check: fn(&Lint, &mut Findings),
}

/// Whether a rule runs when nobody asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// Always.
    Default,
    /// Only when named, or with all of its kind: right, but often not worth a change.
    Pedantic,
}

/// A range of versions of nginx.
#[derive(Debug, Clone, Copy)]
pub struct Targets {
    since: Option<Version>,
    before: Option<Version>,
}

impl Targets {
    /// Every version.
    pub const ALL: Targets = Targets { since: None, before: None };

    /// From this version on.
    #[must_use]
    pub const fn since(version: &str) -> Targets {
        Targets { since: Some(Version::read(version)), before: None }
    }

    /// Up to this version, which is not among them.
    #[must_use]
    pub const fn before(version: &str) -> Targets {
        Targets { since: None, before: Some(Version::read(version)) }
    }

    /// Whether the version is among them.
    #[must_use]
    pub fn contain(self, version: Version) -> bool {
        self.since.is_none_or(|since| since <= version) && self.before.is_none_or(|before| version < before)
    }

    /// As words: `since 1.27.3`; nothing for every version.
    #[must_use]
    pub fn words(self) -> Option<String> {
        match (self.since, self.before) {
            (Some(since), Some(before)) => Some(format!("nginx {since} and later, before {before}")),
            (Some(since), None) => Some(format!("nginx {since} and later")),
            (None, Some(before)) => Some(format!("nginx before {before}")),
            (None, None) => None,
        }
    }
}

/// Which rules run.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    pedantic: bool,
    also: Vec<&'static str>,
}

/// A name that no rule has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownRule {
    /// The name.
    pub name: String,
    /// The rule that was probably meant.
    pub nearest: Option<&'static str>,
}

impl std::fmt::Display for UnknownRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "there is no rule \"{}\"", self.name)?;
        self.nearest.map_or(Ok(()), |nearest| write!(f, "; did you mean \"{nearest}\"?"))
    }
}

impl std::error::Error for UnknownRule {}

impl Selection {
    /// Every rule.
    #[must_use]
    pub fn pedantic() -> Selection {
        Selection { pedantic: true, also: Vec::new() }
    }

    /// Adds a rule that does not run by itself.
    ///
    /// # Errors
    /// When there is no such rule.
    pub fn add(&mut self, name: &str) -> Result<(), UnknownRule> {
        let Some(rule) = super::rules::find(name) else {
            return Err(UnknownRule { name: name.to_owned(), nearest: super::rules::nearest(name) });
        };
        self.also.push(rule.name);
        Ok(())
    }

    /// Whether a rule runs.
    #[must_use]
    pub fn has(&self, rule: &Rule) -> bool {
        self.pedantic || rule.tier == Tier::Default || self.also.contains(&rule.name)
    }
}
