//! `sub_filter`: other words in the place of some, in either case of letters (`ngx_http_sub_filter_module.c`). The leftmost
//! one counts, and of those that begin at one place the first in the configuration. Values are taken when the answer
//! begins; nginx takes each when it is needed first.

use super::filter::{Filtering, Refused};
use super::types::TypeList;
use crate::config::ScopeId;
use crate::exchange::body::{BodyFilter, Broken};
use crate::exchange::site::Builder;
use crate::exchange::value::Template;
use crate::modules::http::sub::Replacements;

/// `sub_filter` and its kin, of one location.
#[derive(Debug)]
pub struct SubTerms {
    pairs: Vec<(Template, Template)>,
    once: bool,
    last_modified: bool,
    types: TypeList,
}

impl SubTerms {
    pub(super) fn compile(scope: ScopeId, builder: &mut Builder) -> Option<SubTerms> {
        let config = builder.config;
        let replacements = config.effective_slot::<Replacements>(scope)?;
        let pair = |pair: &crate::modules::http::sub::Replacement| {
            (builder.template(&pair.pattern), builder.template(&pair.value))
        };
        Some(SubTerms {
            pairs: replacements.0.iter().map(pair).collect(),
            once: config.flag(scope, "sub_filter_once", true),
            last_modified: config.flag(scope, "sub_filter_last_modified", false),
            types: TypeList::new(config, scope, "sub_filter_types", "text/html", ""),
        })
    }
}

/// `ngx_http_sub_header_filter`
pub(super) fn filter(filtering: &mut Filtering) -> Result<(), Refused> {
    let Some(terms) = &filtering.terms.sub else { return Ok(()) };
    if filtering.answer.length == Some(0) || !terms.types.has(filtering.answer.content_type()) {
        return Ok(());
    }
    let mut words = Vec::new();
    for (pattern, value) in &terms.pairs {
        let [pattern, value] = [pattern, value].map(|text| {
            let text = filtering.eval(text);
            filtering.exchange.text(filtering.site, text).to_vec()
        });
        if !pattern.is_empty() {
            words.push(Word { pattern: pattern.to_ascii_lowercase(), value, is_used: false });
        }
    }
    let Some(shortest) = words.iter().map(|word| word.pattern.len()).min() else { return Ok(()) };
    let Filtering { answer, filters, exchange, .. } = filtering;
    if !exchange.is_sub {
        answer.length = None;
        if terms.last_modified {
            answer.weaken_etag();
        } else {
            answer.forget_last_modified();
            answer.forget_etag();
        }
    }
    filters.push(Box::new(Substitute { words, once: terms.once, shortest, kept: Vec::new(), is_idle: false }));
    Ok(())
}

/// Words in the place of others.
#[derive(Debug)]
struct Substitute {
    words: Vec<Word>,
    once: bool,
    shortest: usize,
    /// What may be the beginning of a word.
    kept: Vec<u8>,
    /// All words were replaced once: the rest stays as it is.
    is_idle: bool,
}

#[derive(Debug)]
struct Word {
    /// In lower case.
    pattern: Vec<u8>,
    value: Vec<u8>,
    is_used: bool,
}

/// What stands at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Here {
    Nothing,
    /// It depends on what follows.
    Perhaps,
    Word(usize),
}

impl Substitute {
    fn look(&self, text: &[u8]) -> Here {
        for (n, word) in self.words.iter().enumerate().filter(|(_, word)| !(self.once && word.is_used)) {
            let length = word.pattern.len().min(text.len());
            if text[..length].eq_ignore_ascii_case(&word.pattern[..length]) {
                return if length == word.pattern.len() { Here::Word(n) } else { Here::Perhaps };
            }
        }
        Here::Nothing
    }

    /// Replaces what can be; gives where it stopped, with at least `shortest` bytes left unless something is open there.
    fn replace(&mut self, text: &[u8], shortest: usize, out: &mut Vec<u8>) -> usize {
        let (mut at, mut copied) = (0, 0);
        while !self.is_idle && at < text.len() && text.len() - at >= shortest {
            match self.look(&text[at..]) {
                Here::Nothing => at += 1,
                Here::Perhaps => break,
                Here::Word(n) => {
                    out.extend_from_slice(&text[copied..at]);
                    let word = &mut self.words[n];
                    out.extend_from_slice(&word.value);
                    at += word.pattern.len();
                    copied = at;
                    word.is_used = true;
                    self.is_idle = self.once && self.words.iter().all(|word| word.is_used);
                }
            }
        }
        let end = if self.is_idle { text.len() } else { at };
        out.extend_from_slice(&text[copied..end]);
        end
    }
}

impl BodyFilter for Substitute {
    fn filter(&mut self, input: &[u8], last: bool, out: &mut Vec<u8>) -> Result<(), Broken> {
        let mut text = std::mem::take(&mut self.kept);
        text.extend_from_slice(input);
        let end = self.replace(&text, self.shortest, out);
        text.drain(..end);
        if last {
            out.append(&mut text);
        }
        self.kept = text;
        Ok(())
    }

    fn flush(&mut self, out: &mut Vec<u8>) -> Result<(), Broken> {
        let mut text = std::mem::take(&mut self.kept);
        let end = self.replace(&text, 1, out);
        text.drain(..end);
        self.kept = text;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of pieces of a body; after each one it is flushed, if asked for.
    fn check(words: &[(&str, &str)], once: bool, pieces: &[&str], want: &str) {
        let word = |(pattern, value): &(&str, &str)| Word {
            pattern: pattern.as_bytes().to_vec(),
            value: value.as_bytes().to_vec(),
            is_used: false,
        };
        for flushes in [false, true] {
            let words: Vec<Word> = words.iter().map(word).collect();
            let shortest = words.iter().map(|word| word.pattern.len()).min().unwrap_or(1);
            let mut filter = Substitute { words, once, shortest, kept: Vec::new(), is_idle: false };
            let mut out = Vec::new();
            for piece in pieces {
                filter.filter(piece.as_bytes(), false, &mut out).expect("no fault");
                if flushes {
                    filter.flush(&mut out).expect("no fault");
                }
            }
            filter.filter(b"", true, &mut out).expect("no fault");
            assert_eq!(String::from_utf8_lossy(&out), want, "{pieces:?}");
        }
    }

    #[test]
    fn words_in_pieces() {
        check(&[("foobar", "+")], false, &["fooBAR foo", "ba", "r fo", "o"], "+ + foo");
        check(&[("foobar", "+")], true, &["fooBAR foo", "bar"], "+ foobar");
        check(&[("foo", "1"), ("foobar", "2"), ("bar", "3")], false, &["xfoobarbar"], "x133");
        check(&[("foobar", "2"), ("foo", "1")], false, &["foobafoo foobar"], "1ba1 2");
        check(&[("a", "b"), ("b", "c")], true, &["aabb"], "bacb");
        check(&[("aab", "x")], false, &["aa", "ab", "aaa"], "axaaa");
        check(&[("a", "")], false, &["banana"], "bnn");
    }

    #[test]
    fn a_flush_gives_what_can_be_no_word() {
        let words = vec![Word { pattern: b"needle".to_vec(), value: Vec::new(), is_used: false }];
        let mut filter = Substitute { words, once: false, shortest: 6, kept: Vec::new(), is_idle: false };
        let mut out = Vec::new();
        filter.filter(b"hayne", false, &mut out).expect("no fault");
        assert_eq!(out, b"");
        filter.flush(&mut out).expect("no fault");
        assert_eq!(out, b"hay");
    }
}
