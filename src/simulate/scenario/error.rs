//! What is wrong with a scenario, and where.

use std::fmt;
use std::ops::Range;

/// A fault in a scenario's text, or in the text of a flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioError {
    /// What is wrong.
    pub message: String,
    /// The guilty bytes of the text.
    pub span: Range<usize>,
    /// The way out.
    pub help: Option<String>,
}

impl ScenarioError {
    /// A fault at these bytes.
    #[must_use]
    pub fn new(span: Range<usize>, message: impl Into<String>) -> ScenarioError {
        ScenarioError { message: message.into(), span, help: None }
    }

    /// The same with a way out.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> ScenarioError {
        ScenarioError { help: Some(help.into()), ..self }
    }

    /// The same with the word that was probably meant, or else all that there are.
    #[must_use]
    pub fn choices(self, word: &str, known: &[&str]) -> ScenarioError {
        let help = match crate::config::nearest(word, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there is {}", listed(known)),
        };
        self.help(help)
    }

    /// Line and column, in characters and from 1, of where it begins.
    #[must_use]
    pub fn position(&self, text: &str) -> (usize, usize) {
        let before = text.get(..self.span.start).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or(before);
        (before.matches('\n').count() + 1, line.chars().count() + 1)
    }
}

fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(f, "; {help}"))
    }
}

impl std::error::Error for ScenarioError {}
