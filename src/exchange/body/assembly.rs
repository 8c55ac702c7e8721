//! Content that is put together from several answers: SSI pages, and what `add_before_body` and `add_after_body` put
//! around an answer (`ngx_http_addition_filter_module.c`). The driver gets those other answers.

use super::ssi::Page;
use crate::config::ScopeId;
use crate::exchange::answer::{Filtering, Refused, TypeList};
use crate::exchange::request::Slice;
use crate::exchange::site::Builder;

/// What an answer's content is put together from, besides itself.
#[derive(Debug, Default)]
pub struct Assembly {
    /// The answer of this path stands before it.
    pub before: Option<Slice>,
    /// And that of this one after it.
    pub after: Option<Slice>,
    /// It is a page, which may include others.
    pub page: Option<Box<Page>>,
}

/// `add_before_body` and its kin in one location.
#[derive(Debug)]
pub struct Addition {
    before: Option<Slice>,
    after: Option<Slice>,
    types: TypeList,
}

impl Addition {
    /// What holds in a scope; none where nothing is added.
    pub(in crate::exchange) fn compile(scope: ScopeId, builder: &mut Builder) -> Option<Addition> {
        let config = builder.config;
        let [before, after] = ["add_before_body", "add_after_body"].map(|name| {
            let uri = config.effective(scope, name).map_or("", |set| set.arg(1));
            (!uri.is_empty()).then(|| builder.text(uri))
        });
        let types = || TypeList::new(config, scope, "addition_types", "text/html", "");
        (before.is_some() || after.is_some()).then(|| Addition { before, after, types: types() })
    }
}

/// Adds other answers: `ngx_http_addition_header_filter`.
pub(in crate::exchange) fn add(it: &mut Filtering) -> Result<(), Refused> {
    let Some(addition) = it.terms.addition.as_deref() else { return Ok(()) };
    if it.answer.status != 200 || !addition.types.has(it.answer.content_type()) {
        return Ok(());
    }
    let assembly = it.filters.assembly();
    (assembly.before, assembly.after) = (addition.before, addition.after);
    it.answer.length = None;
    it.answer.forget_ranges();
    it.answer.weaken_etag();
    Ok(())
}
