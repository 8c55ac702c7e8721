//! What tests of other rooms begin with: a configuration that is right.

use super::{Config, NoHost, Options, compile};
use crate::modules::Target;
use crate::syntax::{NoFiles, Sources};

/// What a text is, read as `nginx.conf`.
///
/// # Panics
/// When anything is said of it.
#[must_use]
#[track_caller]
pub fn compiled(text: &str, target: &Target) -> Config {
    let sources = Sources::from_text("nginx.conf", text.to_owned(), "", &NoFiles);
    let compiled = compile(&sources, target, &NoHost, Options::default());
    assert!(compiled.diagnostics.is_empty(), "{:?}", compiled.diagnostics);
    compiled.config
}
