//! From the choice of a group to the last byte of its answer: peers are tried one after the other, as
//! `proxy_next_upstream` says (nginx's `ngx_http_upstream.c`, of which the connection and the bytes are left out).

mod cookie;
mod group;
mod own;
mod passing;
mod session;
mod tries;

pub use cookie::Cookie;
pub use group::{Affinity, Key, Located, Name, Upstream};
pub use passing::{Ignored, Passing, Wrong};
pub use tries::{Destined, Next, Tries};

use super::site::PatternId;
use super::value::Template;
use crate::config::{Regex, Text};

/// Compiles texts for a site.
pub trait Compile {
    /// A text with variables.
    fn text(&mut self, text: &Text) -> Template;
    /// A regular expression.
    fn pattern(&mut self, regex: &Regex) -> PatternId;
    /// The value of one variable, without `$`.
    fn variable(&mut self, name: &str) -> Template;
}
