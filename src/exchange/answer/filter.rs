//! nginx's header filters, in its order, for every answer, whoever made it; and the settings that they follow.

use std::sync::Arc;

use super::added::Added;
use super::types::ContentTypes;
use super::{Answer, added, charset, gzip, not_modified, range, sub, userid};
use crate::config::{ScopeId, Value};
use crate::exchange::body::{self, Addition, Filters, ssi};
use crate::exchange::request::Slice;
use crate::exchange::site::{Builder, Site};
use crate::exchange::state::Exchange;
use crate::exchange::value::Template;

/// What one header filter works on.
pub struct Filtering<'a> {
    /// The configuration.
    pub site: &'a Site,
    /// What holds where the request is.
    pub terms: &'a HeadTerms,
    /// The request.
    pub exchange: &'a mut Exchange,
    /// The head.
    pub answer: &'a mut Answer,
    /// What the body will go through.
    pub filters: &'a mut Filters,
    /// A number that no other answer of this worker has.
    pub unique: u64,
}

impl Filtering<'_> {
    /// A value that may tell of the answer (`$sent_http_content_type`).
    pub fn eval(&mut self, template: &Template) -> Slice {
        self.exchange.with_answer(self.answer, |exchange| template.eval(self.site, exchange))
    }
}

/// The answer is not sent: another one takes its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Its status.
    pub status: u16,
    /// The headers stay.
    pub keeps_headers: bool,
}

/// A header filter.
type Filter = fn(&mut Filtering) -> Result<(), Refused>;

/// All of them, in the order in which nginx runs them.
#[rustfmt::skip]
const FILTERS: &[Filter] = &[
    ask,
    userid::know,
    not_modified::filter,
    added::filter,
    userid::filter,
    gzip::expand,
    sub::filter,
    charset::filter,
    body::add,
    ssi::filter,
    gzip::compress,
    range::filter,
];

/// Those for answers of subrequests, which go nowhere, or into another answer.
const INNER: &[Filter] = &[userid::know, gzip::expand, sub::filter, charset::filter, ssi::filter];

/// Headers that ask clients who they are, in the order in which they were made.
fn ask(filtering: &mut Filtering) -> Result<(), Refused> {
    let Filtering { answer, exchange, .. } = filtering;
    for (name, value) in exchange.challenges.iter() {
        answer.list.push(name, value);
    }
    exchange.challenges.clear();
    Ok(())
}

/// Runs all filters.
///
/// # Errors
/// The answer is not sent.
pub fn filter_head(mut filtering: Filtering) -> Result<(), Refused> {
    let filters = if filtering.exchange.is_sub { INNER } else { FILTERS };
    filters.iter().try_for_each(|filter| filter(&mut filtering))?;
    settle(filtering.answer);
    Ok(())
}

/// What the status means for the rest of the head: the beginning of `ngx_http_header_filter`.
fn settle(answer: &mut Answer) {
    if !matches!(answer.status, 200 | 206 | 304) {
        answer.last_modified = None;
    }
    if answer.status == 204 && answer.status_line.is_empty() {
        answer.header_only = true;
        answer.clear_type();
        answer.length = None;
    }
    answer.header_only |= answer.status == 304;
}

/// When `If-Modified-Since` is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IfModifiedSince {
    /// Never.
    Off,
    /// The time is the very same.
    #[default]
    Exact,
    /// The time is not earlier.
    Before,
}

/// What holds in one location.
#[derive(Debug, Default)]
pub struct HeadTerms {
    /// Files have an `ETag`.
    pub etag: bool,
    /// `if_modified_since`
    pub if_modified_since: IfModifiedSince,
    /// Ranges of one answer at most; none for no limit.
    pub max_ranges: Option<u64>,
    /// Answers of upstreams may be asked for a range.
    pub force_ranges: bool,
    /// `expires`, `add_header`, `add_trailer`
    pub added: Option<Box<Added>>,
    /// `sub_filter`
    pub sub: Option<Box<sub::SubTerms>>,
    /// `gzip`, `gunzip`
    pub gzip: Option<Box<gzip::GzipTerms>>,
    /// `charset`
    pub charset: Option<Box<charset::CharsetTerms>>,
    /// `add_before_body`, `add_after_body`
    pub addition: Option<Box<Addition>>,
    /// `ssi`
    pub ssi: Option<Box<ssi::SsiTerms>>,
    /// `userid`
    pub userid: Option<Box<userid::UseridTerms>>,
    /// Types of files.
    pub types: Arc<ContentTypes>,
    /// The type of all other files; empty for none.
    pub default_type: Box<[u8]>,
}

impl HeadTerms {
    pub(in crate::exchange) fn compile(scope: ScopeId, prefix: &str, builder: &mut Builder) -> HeadTerms {
        let config = builder.config;
        let default_type = config.effective(scope, "default_type").map_or("text/plain", |set| set.arg(1));
        HeadTerms {
            etag: config.flag(scope, "etag", true),
            if_modified_since: match config.effective(scope, "if_modified_since").map(|set| set.arg(1)) {
                Some("off") => IfModifiedSince::Off,
                Some("before") => IfModifiedSince::Before,
                _ => IfModifiedSince::Exact,
            },
            max_ranges: config.effective(scope, "max_ranges").and_then(|set| match set.value {
                Value::Number(most) => u64::try_from(most).ok(),
                _ => None,
            }),
            force_ranges: config.flag(scope, &format!("{prefix}_force_ranges"), false),
            added: Added::compile(scope, builder).map(Box::new),
            sub: sub::SubTerms::compile(scope, builder).map(Box::new),
            gzip: gzip::GzipTerms::compile(config, scope).map(Box::new),
            charset: charset::CharsetTerms::compile(scope, builder).map(Box::new),
            addition: Addition::compile(scope, builder).map(Box::new),
            ssi: ssi::SsiTerms::compile(config, scope).map(Box::new),
            userid: userid::UseridTerms::compile(scope, builder).map(Box::new),
            types: ContentTypes::compile(scope, builder),
            default_type: crate::syntax::encode(default_type).into(),
        }
    }

    /// Answers may be put together from several.
    #[inline]
    #[must_use]
    pub fn assembles(&self) -> bool {
        self.ssi.is_some() || self.addition.is_some()
    }

    /// Evaluates the trailers that are added, once the body is there.
    pub fn write_trailers(&self, site: &Site, exchange: &mut Exchange, answer: &mut Answer) {
        if let Some(added) = &self.added {
            added.write_trailers(site, exchange, answer);
        }
    }

    /// Answers of this type are said to be UTF-8.
    #[must_use]
    pub fn tells_utf8(&self, content_type: &[u8]) -> bool {
        self.charset.as_ref().is_some_and(|charset| charset.is_utf8(content_type))
    }

    /// The type of a file at this path: `ngx_http_set_content_type`.
    #[must_use]
    pub fn content_type(&self, path: &[u8]) -> &[u8] {
        self.types.of(path).unwrap_or(&self.default_type)
    }
}
