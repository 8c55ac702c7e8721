//! What a reader or check answers when nginx would refuse.

use crate::diagnostics::{Level, Nature};
use crate::syntax::Span;

/// The answer of every reader and check.
pub type Verdict = Result<(), Fault>;

/// A refusal or warning, in nginx's words, before the place is added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// nginx's level.
    pub level: Level,
    /// nginx's message, without ` in FILE:LINE`.
    pub message: String,
    /// The guilty text, where it is narrower than the directive.
    pub span: Option<Span>,
    /// Other places that matter.
    pub related: Vec<(Span, String)>,
    /// Whether nginx adds ` in FILE:LINE`.
    pub located: bool,
    /// The name by which `explain` knows it.
    pub code: &'static str,
    /// What it rests on.
    pub nature: Nature,
    /// The way out.
    pub help: Option<String>,
    /// nginx answers with a phrase that follows the directive's name: `"root" directive is duplicate`.
    pub of_directive: bool,
    /// Says nothing: the fault was reported already, or is only the consequence of one that was.
    pub silent: bool,
}

impl Fault {
    /// nginx's `[emerg] MESSAGE in FILE:LINE`.
    #[must_use]
    pub fn emerg(message: impl Into<String>) -> Fault {
        Fault {
            level: Level::Emerg,
            message: message.into(),
            span: None,
            related: Vec::new(),
            located: true,
            code: "nginx",
            nature: Nature::Nginx,
            help: None,
            of_directive: false,
            silent: false,
        }
    }

    /// A module's `[error] MESSAGE`, with which it refuses as with `emerg`.
    #[must_use]
    pub fn error(message: impl Into<String>) -> Fault {
        Fault { level: Level::Error, ..Fault::emerg(message) }
    }

    /// nginx's `[warn] MESSAGE in FILE:LINE`; give it to [`Cx::warn`](super::Cx::warn).
    #[must_use]
    pub fn warn(message: impl Into<String>) -> Fault {
        Fault { level: Level::Warn, ..Fault::emerg(message) }
    }

    /// A reader's phrase: `Fault::directive("is duplicate")` becomes `"NAME" directive is duplicate in FILE:LINE`.
    #[must_use]
    pub fn directive(phrase: impl Into<String>) -> Fault {
        Fault { of_directive: true, ..Fault::emerg(phrase) }
    }

    /// A refusal for which nginx has no words: it only fails.
    #[must_use]
    pub fn unspoken(message: impl Into<String>) -> Fault {
        Fault { nature: Nature::Lint, ..Fault::emerg(message) }
    }

    /// Stops the reader without a word: what is wrong has been said.
    #[must_use]
    pub fn silent() -> Fault {
        Fault { silent: true, ..Fault::emerg("") }
    }

    /// Points at the guilty text.
    #[must_use]
    pub fn at(mut self, span: Span) -> Fault {
        self.span = Some(span);
        self
    }

    /// nginx names no file and line for this one.
    #[must_use]
    pub fn unlocated(mut self) -> Fault {
        self.located = false;
        self
    }

    /// It depends on the machine.
    #[must_use]
    pub fn of_host(mut self) -> Fault {
        self.nature = Nature::Host;
        self
    }

    /// Gives it a name of its own.
    #[must_use]
    pub fn code(mut self, code: &'static str) -> Fault {
        self.code = code;
        self
    }

    /// Says the way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Fault {
        self.help = Some(help.into());
        self
    }

    /// Names another place that matters.
    #[must_use]
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Fault {
        self.related.push((span, text.into()));
        self
    }
}
