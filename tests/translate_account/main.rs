//! The account of a translation, for every target: each directive once, each default once, and the documents that are
//! made from the same data. Nothing here starts another program; `translate_live` does.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/configurations.rs"]
mod configurations;
mod documents;
mod laws;
mod statements;
mod whole;

use nginxlb::config::{Compiled, NoHost, Options, compile};
use nginxlb::modules::{Target, Version};
use nginxlb::syntax::{Files, ReadError, Sources};
use nginxlb::translate::report::{Report, json, text};
use nginxlb::translate::targets::{Ask, Emitter};
use nginxlb::translate::{Translation, translate};

/// Files by their paths, and no others.
struct Given<'t>(&'t [(&'t str, &'t str)]);

impl Files for Given<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let found = self.0.iter().find(|(own, _)| *own == path);
        found.map(|(_, text)| text.as_bytes().to_vec()).ok_or_else(ReadError::not_found)
    }

    fn glob(&self, pattern: &str) -> Result<Vec<String>, ReadError> {
        let found = self.0.iter().filter(|(own, _)| *own == pattern);
        Ok(found.map(|(own, _)| (*own).to_owned()).collect())
    }
}

/// A configuration that nginx would run.
struct Good {
    sources: Sources,
    target: Target,
    compiled: Compiled,
}

impl Good {
    /// The first of the files is the main one. `None` if nginx would not run it.
    fn of(files: &[(&str, &str)]) -> Option<Good> {
        let (path, text) = files[0];
        let sources = Sources::from_text(path, text.to_owned(), "", &Given(files));
        let target = Target::mainline(Version::NEWEST);
        let compiled = compile(&sources, &target, &NoHost, Options::default());
        let stopped = compiled.diagnostics.iter().any(|fault| fault.level.stops());
        (!stopped).then_some(Good { sources, target, compiled })
    }

    fn to(&self, emitter: &Emitter) -> Translation {
        let ask = Ask::default();
        translate(&self.compiled.config, &self.sources, &self.target, (emitter, &ask), &[])
            .unwrap_or_else(|fault| panic!("{}: {fault}", emitter.name))
    }

    /// The report as JSON.
    fn report(&self, emitter: &Emitter, translation: &Translation) -> serde_json::Value {
        serde_json::from_str(&json::write(&self.account(emitter, translation)).unwrap()).unwrap()
    }

    /// The report for people.
    fn told(&self, emitter: &Emitter, translation: &Translation) -> String {
        text::write(&self.account(emitter, translation))
    }

    fn account<'t>(&'t self, emitter: &Emitter, translation: &'t Translation) -> Report<'t> {
        Report { target: emitter.name, translation, config: &self.compiled.config, sources: &self.sources }
    }
}
