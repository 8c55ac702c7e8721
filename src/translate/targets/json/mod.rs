//! crossplane's JSON: a configuration as data, for programs that read or change configurations, and back to text.
//!
//! ```json
//! {"status":"ok","errors":[],"config":[{"file":"nginx.conf","status":"ok","errors":[],
//!  "parsed":[{"directive":"listen","line":3,"args":["80"]}]}]}
//! ```
//!
//! A statement has `includes` (indices into `config`) if it is an `include`, `block` if it ends with one, `comment` if
//! its `directive` is `#`. [`emit`] writes what `crossplane parse` 0.5.8 (Python) or `json.Encoder` over the payload
//! of nginx-go-crossplane v0.4.89 (Go) writes, byte for byte; [`read`] takes both and gives text back in which every
//! statement stands on the line that the payload names, so reading and emitting again gives the same payload.
//!
//! An argument is not the word that nginx sees: quotes are taken off and `\"` inside `"..."` is `"`, but other
//! backslashes stay (`\\`, `\n`), and `if` has lost its parentheses. `read` knows that.
//!
//! What the two dialects differ in, as their sources and outputs show:
//!
//! | | Python | Go |
//! |---|---|---|
//! | other than ASCII | `\u00e9` | as it is; `<`, `>`, `&` and U+2028, U+2029 escaped |
//! | `block` with nothing inside, `includes` without a file | `[]` | left out |
//! | file without a statement | `"parsed":[]` | `"parsed":null` |
//! | comment between words, without `comments` | kept | left out |
//! | comment that ends with the file, without a line feed | left out | kept |
//! | entries of `map`, `geo`, `types` and their like | statements | with `"mapBlockParameter":true`; `include` not followed, nothing ignored |
//! | combined: where `file` stands | first | after `args` |
//! | combined: `file` of what follows an `include` in a block | the last file included | the file it stands in |
//! | combined: an `include` that found nothing, or stands in a `map` | vanishes | stays |
//! | paths of relative includes | as written | shortest form (`a/../b` is `b`) |
//! | carriage returns | end lines | dropped, but not in Lua code |
//! | a run of bytes that is no character | one U+FFFD for what could have been one | one for each byte |
//!
//! Left out on purpose:
//!
//! - crossplane's own table of directives, with its errors. What is emitted is meant to have passed nginxlb's checks, so
//!   `status` is `ok` and `errors` is empty; crossplane, whose tables are older than today's nginx, may refuse and drop
//!   a directive that is allowed by now. `--strict`, `--no-catch` and `--tb-onerror` are about those errors.
//! - What crossplane's lexer cuts otherwise than nginx does, because then its payload is another configuration. Here
//!   the words are nginx's. In Python: a word that has `${name}` at its end swallows the next one (`${a} always` is one
//!   argument); other blanks of Unicode end a word; a carriage return alone ends a comment. In both: `}` inside a word
//!   ends it; quotes inside `${...}`; Lua is not recognised behind `name{`, with braces in long strings, or under
//!   names that are newer than crossplane. Go's is emitted as with its Lua lexer registered.
//! - A byte that is no character becomes U+FFFD, as JSON has it; text from such a payload is another text.

mod ask;
mod destination;
mod layout;
mod parsed;
mod payload;
mod print;
mod quote;
mod spelling;
mod statement;
#[cfg(test)]
mod tests;

pub use ask::EMITTER;
pub use destination::{DestinationError, destinations};
pub use parsed::{ReadError, read};
pub(in crate::translate) use payload::clean;

use crate::syntax::Sources;

/// Whose payload it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// crossplane 0.5.8, from PyPI.
    Python,
    /// nginx-go-crossplane.
    Go,
}

/// What crossplane has options for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// `--include-comments`
    pub comments: bool,
    /// `--combine`: one file, with what is included in the place of each `include`.
    pub combine: bool,
    /// `--single-file`: `include` is a statement like any other.
    pub single_file: bool,
    /// `--indent N`; on one line without it.
    pub indent: Option<usize>,
    /// `--ignore A,B`: directives that are left out, with their blocks.
    pub ignore: &'a [&'a str],
}

/// The payload for `sources`, with a line feed at its end. Files are named as `sources` names them: for crossplane's
/// names, relative includes must start from the folder part of the first file's path. Directives with lexical faults
/// and includes that could not be read are left out; a configuration that nginx accepts has none.
#[must_use]
pub fn emit(sources: &Sources, dialect: Dialect, options: &Options) -> String {
    let files = payload::files(sources, dialect, options);
    print::print(&payload::json(&files, dialect), dialect, options.indent)
}
