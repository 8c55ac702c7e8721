//! The formatter: one style for nginx configurations, the same for everyone.
//!
//! [`format()`] works on the lossless tree alone and knows no directive, so it can format what nginx would refuse for its
//! meaning; only what nginx's lexer refuses it leaves alone. Formatting twice is formatting once, and what a file means
//! stays the same: [`same_meaning`] says what that is. `style.rs` says what the style is.

mod fault;
mod meaning;
mod style;

pub use meaning::same_meaning;

use crate::diagnostics::Diagnostic;
use crate::syntax::Tree;

/// The text in the one style; `tree` was parsed from it.
///
/// # Errors
///
/// The first lexical fault: with one there is no telling what belongs together.
pub fn format(tree: &Tree, text: &str) -> Result<String, Box<Diagnostic>> {
    match fault::first(tree, text) {
        None => Ok(style::write(tree, text)),
        Some(fault) => Err(Box::new(fault)),
    }
}
