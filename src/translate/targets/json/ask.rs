//! The target `json`: which payload was asked for behind the `@`, and what the report says of it. A payload holds every
//! directive as it is written, so there is nothing to lose.
//!
//! The payload is one line, or lines without a directive of their own, so the report names no lines of it.

use super::{Dialect, Options, emit};
use crate::translate::class::Capability;
use crate::translate::ledger::Ledger;
use crate::translate::model::Model;
use crate::translate::output::File;
use crate::translate::subject::What;
use crate::translate::targets::{Ask, Emitter};

static DIRECTIVE: Capability = Capability::exact("text", "directive", "a statement of the payload, word for word");
static DEFAULT: Capability =
    Capability::automatic("text", "default", "the payload says nothing where the configuration says nothing");

/// The target.
pub static EMITTER: Emitter = Emitter {
    name: "json",
    title: "JSON as crossplane's, of Python (0.5.8) or Go",
    capabilities: &[&DIRECTIVE, &DEFAULT],
    emit: payload,
};

fn payload(model: &Model, ask: &Ask, ledger: &mut Ledger) -> Result<Vec<File>, String> {
    let (dialect, options) = asked(ask.version.as_deref().unwrap_or_default())?;
    for (id, subject) in model.subjects.iter() {
        let capability = match subject.what {
            What::Directive(_) => &DIRECTIVE,
            What::Default(..) => &DEFAULT,
        };
        ledger.note(id, capability);
    }
    let text = emit(model.sources, dialect, &options);
    Ok(vec![File { path: "nginx.json".to_owned(), text, origins: Vec::new() }])
}

/// The words behind the `@`, with commas between: `go,comments,indent=4`.
fn asked(words: &str) -> Result<(Dialect, Options<'static>), String> {
    let (mut dialect, mut options) = (Dialect::Python, Options::default());
    for word in words.split(',').filter(|word| !word.is_empty()) {
        match word.split_once('=').unwrap_or((word, "")) {
            ("python", "") => dialect = Dialect::Python,
            ("go", "") => dialect = Dialect::Go,
            ("comments", "") => options.comments = true,
            ("combine", "") => options.combine = true,
            ("indent", width) => {
                let width = width.parse().ok().filter(|width| *width <= WIDEST);
                options.indent =
                    Some(width.ok_or_else(|| format!("indent is a number up to {WIDEST}: json@indent=4"))?);
            }
            _ => {
                let known = "python, go, comments, combine, indent=N";
                return Err(format!("json@{word} is not known: there are {known}, with commas between"));
            }
        }
    }
    Ok((dialect, options))
}

/// Nobody wants more, and a number of 20 digits must not fill the memory.
const WIDEST: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_stand_behind_the_at() {
        let (dialect, options) = asked("").unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((dialect, options.comments, options.combine, options.indent), (Dialect::Python, false, false, None));
        let (dialect, options) = asked("go,comments,combine,indent=4").unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((dialect, options.comments, options.combine, options.indent), (Dialect::Go, true, true, Some(4)));
        for wrong in ["0.5.8", "go=1", "indent", "indent=17", "indent=-1", "comments,x"] {
            assert!(asked(wrong).is_err(), "{wrong}");
        }
    }
}
