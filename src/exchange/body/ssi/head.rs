//! What SSI does to the head of an answer, and the settings that it follows.

use super::Page;
use crate::config::{Config, ScopeId};
use crate::exchange::answer::{Filtering, Refused, TypeList};

/// `ssi on` in one location.
#[derive(Debug)]
pub struct SsiTerms {
    types: TypeList,
    /// `Last-Modified` stays.
    last_modified: bool,
    silent_errors: bool,
    value_length: usize,
}

impl SsiTerms {
    /// What holds in a scope; none where SSI is off.
    #[must_use]
    pub fn compile(config: &Config, scope: ScopeId) -> Option<SsiTerms> {
        config.flag(scope, "ssi", false).then(|| SsiTerms {
            types: TypeList::new(config, scope, "ssi_types", "text/html", ""),
            last_modified: config.flag(scope, "ssi_last_modified", false),
            silent_errors: config.flag(scope, "ssi_silent_errors", false),
            value_length: config.number(scope, "ssi_value_length", 255) as usize,
        })
    }
}

/// Makes the answer a page: `ngx_http_ssi_header_filter`.
pub(in crate::exchange) fn filter(it: &mut Filtering) -> Result<(), Refused> {
    let Some(terms) = it.terms.ssi.as_deref() else { return Ok(()) };
    if it.answer.length == Some(0) || !terms.types.has(it.answer.content_type()) {
        return Ok(());
    }
    it.filters.assembly().page = Some(Box::new(Page::new(terms.value_length, terms.silent_errors)));
    if it.exchange.is_sub {
        return Ok(());
    }
    it.answer.length = None;
    it.answer.forget_ranges();
    if terms.last_modified {
        it.answer.weaken_etag();
    } else {
        it.answer.forget_last_modified();
        it.answer.forget_etag();
    }
    Ok(())
}
