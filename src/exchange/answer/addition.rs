//! `add_before_body`, `add_after_body`: the answers of subrequests around an answer's own content
//! (`ngx_http_addition_filter_module.c`). nginx asks for each when its turn comes; here both are had before the answer
//! begins, and their content is in memory.

use super::Answer;
use super::filter::{Filtering, Refused};
use super::types::TypeList;
use crate::config::ScopeId;
use crate::exchange::body::{BodyFilter, Broken, Filters};
use crate::exchange::request::Slice;
use crate::exchange::site::Builder;

/// What holds in one location.
#[derive(Debug)]
pub struct AdditionTerms {
    uris: [Option<Slice>; 2],
    types: TypeList,
}

impl AdditionTerms {
    pub(super) fn compile(scope: ScopeId, builder: &mut Builder) -> Option<AdditionTerms> {
        let config = builder.config;
        let uris = ["add_before_body", "add_after_body"].map(|name| {
            let uri = config.effective(scope, name).map(|set| set.arg(1)).filter(|uri| !uri.is_empty())?;
            Some(builder.text(uri))
        });
        let types = TypeList::new(config, scope, "addition_types", "text/html", "");
        uris.iter().any(Option::is_some).then_some(AdditionTerms { uris, types })
    }
}

/// What is to stand around an answer's content.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings {
    /// The paths of what stands before and after it.
    pub uris: [Option<Slice>; 2],
    /// The place among the body filters.
    at: usize,
}

/// `ngx_http_addition_header_filter`
pub(super) fn filter(filtering: &mut Filtering) -> Result<(), Refused> {
    let Some(terms) = &filtering.terms.addition else { return Ok(()) };
    let answer = &mut *filtering.answer;
    if answer.status != 200 || !terms.types.has(answer.content_type()) {
        return Ok(());
    }
    answer.length = None;
    answer.forget_ranges();
    answer.weaken_etag();
    if !answer.header_only {
        answer.surroundings = Some(Surroundings { uris: terms.uris, at: filtering.filters.len() });
    }
    Ok(())
}

impl Answer {
    /// Puts texts around the content, which its surroundings led to.
    pub fn surround(&mut self, filters: &mut Filters, texts: [Vec<u8>; 2]) {
        if let Some(surroundings) = self.surroundings.take() {
            filters.insert(surroundings.at, Box::new(Around(texts)));
        }
    }
}

/// Texts before and after the content.
#[derive(Debug)]
struct Around([Vec<u8>; 2]);

impl BodyFilter for Around {
    fn filter(&mut self, input: &[u8], last: bool, out: &mut Vec<u8>) -> Result<(), Broken> {
        let [before, after] = &mut self.0;
        out.append(before);
        out.extend_from_slice(input);
        if last {
            out.append(after);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn around_the_content() {
        let mut around = Around([b"(".to_vec(), b")".to_vec()]);
        let mut out = Vec::new();
        for (input, last) in [(&b""[..], false), (b"a", false), (b"b", true)] {
            around.filter(input, last, &mut out).expect("no fault");
        }
        assert_eq!(out, b"(ab)");
    }
}
