//! Regular expressions, compiled with PCRE2 exactly as nginx's `ngx_regex_compile` does: bytes, not UTF-8; caseless or
//! not; never multi-line. The message is nginx's, the reason in it PCRE2's.

use rustc_hash::FxHashMap;
use std::sync::Arc;

use super::cx::Cx;
use super::fault::Fault;
use super::variables::CHANGEABLE;
use crate::modules::Version;
use crate::syntax::{Span, encode};

/// A compiled regular expression; a clone shares the compiled program.
#[derive(Clone)]
pub struct Regex(Arc<Program>);

struct Program {
    pattern: Box<str>,
    caseless: bool,
    names: Vec<String>,
    compiled: pcre2::bytes::Regex,
}

/// What was compiled before: configurations repeat the same few patterns in every server.
#[derive(Debug, Default)]
pub struct Regexes {
    sensitive: FxHashMap<Box<str>, Regex>,
    caseless: FxHashMap<Box<str>, Regex>,
}

impl Regex {
    /// The pattern as nginx saw it: without `~` and without quotes.
    #[must_use]
    pub fn pattern(&self) -> &str {
        &self.0.pattern
    }

    /// Whether letters match in either case.
    #[must_use]
    pub fn is_caseless(&self) -> bool {
        self.0.caseless
    }

    /// How many groups capture, the whole match not counted.
    #[must_use]
    pub fn captures(&self) -> usize {
        self.0.compiled.captures_len().saturating_sub(1)
    }

    /// The names of the named groups, in PCRE's order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.0.names
    }

    /// The program, to match bytes with.
    #[must_use]
    pub fn program(&self) -> &pcre2::bytes::Regex {
        &self.0.compiled
    }

    /// Whether both share one compiled program.
    #[must_use]
    pub fn is_same(&self, other: &Regex) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Whether it matches somewhere in `subject`; a match that exceeds PCRE2's limits counts as none.
    #[must_use]
    pub fn is_match(&self, subject: &[u8]) -> bool {
        self.0.compiled.is_match(subject).unwrap_or(false)
    }

    /// Compiles one that no configuration has, but a page.
    ///
    /// # Errors
    /// nginx's `pcre2_compile() failed: ...`.
    pub fn at_run_time(pattern: &str) -> Result<Regex, String> {
        Regex::compile(pattern, false).map_err(|error| refusal("pcre2", pattern, &error))
    }

    fn compile(pattern: &str, caseless: bool) -> Result<Regex, pcre2::Error> {
        let compiled = pcre2::bytes::RegexBuilder::new().caseless(caseless).build(&source(pattern))?;
        let mut names: Vec<String> = compiled.capture_names().iter().flatten().cloned().collect();
        names.sort();
        Ok(Regex(Arc::new(Program { pattern: pattern.into(), caseless, names, compiled })))
    }
}

impl std::fmt::Debug for Regex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", if self.0.caseless { "~*" } else { "~" }, self.0.pattern)
    }
}

impl PartialEq for Regex {
    fn eq(&self, other: &Regex) -> bool {
        self.pattern() == other.pattern() && self.is_caseless() == other.is_caseless()
    }
}

impl Eq for Regex {}

/// Why a pattern cannot be compiled, in nginx's words.
fn refusal(library: &str, pattern: &str, error: &pcre2::Error) -> String {
    let said = error.to_string();
    let reason = said.splitn(3, ": ").nth(2).unwrap_or(&said);
    let message = format!("{library}_compile() failed: {reason} in \"{pattern}\"");
    match error.offset().and_then(|offset| pattern.get(offset..)) {
        None | Some("") => message,
        Some(rest) => format!("{message} at \"{rest}\""),
    }
}

/// The pattern for a compiler that takes text only: bytes that are not UTF-8 are written as `\xHH`.
fn source(pattern: &str) -> std::borrow::Cow<'_, str> {
    let bytes = encode(pattern);
    if bytes.len() == pattern.len() {
        return pattern.into();
    }
    let mut text = String::with_capacity(bytes.len() + 8);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    text.into()
}

impl Cx<'_> {
    /// `ngx_regex_compile`: compiles a pattern that stands at the end of `span`.
    ///
    /// # Errors
    /// nginx's `pcre2_compile() failed: ...`.
    pub fn regex(&mut self, pattern: &str, caseless: bool, span: Span) -> Result<Regex, Fault> {
        let known = if caseless { &mut self.regexes.caseless } else { &mut self.regexes.sensitive };
        if let Some(regex) = known.get(pattern) {
            return Ok(regex.clone());
        }
        match Regex::compile(pattern, caseless) {
            Ok(regex) => {
                known.insert(pattern.into(), regex.clone());
                Ok(regex)
            }
            Err(error) => Err(self.refused(pattern, &error, span)),
        }
    }

    /// `ngx_http_regex_compile`, `ngx_stream_regex_compile`: the named groups become variables too.
    ///
    /// # Errors
    /// As [`Cx::regex`]; `the duplicate "x" variable` for a group with the name of a built-in variable.
    pub fn capturing_regex(&mut self, pattern: &str, caseless: bool, span: Span) -> Result<Regex, Fault> {
        let regex = self.regex(pattern, caseless, span)?;
        for name in regex.names() {
            self.define(name, CHANGEABLE, span)?;
            self.index_of_variable(name, span)?;
        }
        Ok(regex)
    }

    fn refused(&self, pattern: &str, error: &pcre2::Error, span: Span) -> Fault {
        const PCRE2: Version = Version::read("1.21.5");
        let library = if self.target.version < PCRE2 { "pcre" } else { "pcre2" };
        let offset = error.offset().unwrap_or(pattern.len());
        Fault::emerg(refusal(library, pattern, error)).at(self.spot(pattern, offset, span))
    }

    /// The character before `offset` of a pattern that ends where `span` ends, but for a quote.
    fn spot(&self, pattern: &str, offset: usize, span: Span) -> Span {
        let written = self.sources.text(span);
        let unquoted = written.strip_suffix(['"', '\'']).unwrap_or(written);
        let (Some(before), Some(read)) = (unquoted.strip_suffix(pattern), pattern.get(..offset)) else { return span };
        let from = read.char_indices().last().map_or(0, |(at, _)| at);
        let start = span.start + (before.len() + from) as u32;
        let end = start + pattern[from..].chars().next().map_or(0, |c| c.len_utf8() as u32);
        Span { start, end, ..span }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_case_and_names() {
        let regex = Regex::compile("^/(?<zone>a)/(?<id>.)$", true).expect("it compiles");
        assert_eq!(regex.names(), ["id", "zone"]);
        assert_eq!(regex.captures(), 2);
        assert!(regex.is_match(b"/A/\xff"));
        // Two bytes in UTF-8, so not one `.`
        assert!(!regex.is_match("/a/é".as_bytes()));
    }

    #[test]
    fn a_byte_that_is_not_text() {
        let pattern = crate::syntax::decode(b"^[\xe9x]$");
        let regex = Regex::compile(&pattern, false).expect("it compiles");
        assert!(regex.is_match(b"\xe9"));
        assert!(!regex.is_match("é".as_bytes()));
    }
}
