//! How a location of `proxy`, `fastcgi`, `uwsgi`, `scgi`, `grpc` is merged: what is judged, in nginx's order. The modules
//! differ only in which of the parts they have; a [`Family`] says so.

use super::buffers::{self, BufferNames};
use super::cache::{self, CacheNames};
use super::pass::{Passes, Protocol};
use super::proxy_ssl;
use super::upstream_headers::{self, Hidden, Lines, Sizes};
use crate::modules::prelude::*;

/// One of the modules.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// What its directives start with, without `_`.
    pub prefix: &'static str,
    /// What it speaks.
    pub protocol: Protocol,
    /// Its buffers and temporary files.
    pub buffers: Option<BufferNames>,
    /// Its cache.
    pub cache: Option<CacheNames>,
    /// Headers on the way back.
    pub hidden: Hidden,
    /// The directive that replaces the body.
    pub body: Option<&'static str>,
    /// Headers or parameters on the way there.
    pub lines: Lines,
    /// Directives with the sizes of its tables.
    pub sizes: Option<Sizes>,
}

impl Family {
    /// Merges the current scope.
    ///
    /// # Errors
    /// nginx's, the first of them.
    pub fn merge(&self, cx: &mut Cx) -> Verdict {
        if let Some(names) = &self.buffers {
            buffers::judge(cx, names)?;
            buffers::default_folder(cx, self.prefix, names)?;
        }
        if let Some(names) = &self.cache {
            cache::judge(cx, names)?;
        }
        let scope = cx.scope;
        let tls = |pass: &super::pass::Pass| pass.protocol == self.protocol && pass.tls;
        if cx.config.scope(scope).slot::<Passes>().is_some_and(|passes| passes.0.iter().any(tls)) {
            proxy_ssl::judge(cx, self.prefix)?;
        }
        let sizes = self.sizes.as_ref();
        upstream_headers::judge_hidden(cx, &self.hidden, sizes)?;
        if let Some(body) = self.body {
            judge_body(cx, body)?;
        }
        let caches = self.cache.as_ref().is_some_and(|names| cache::effective(&cx.config, scope, names).is_some());
        upstream_headers::judge_lines(cx, &self.lines, sizes, caches)
    }
}

/// The text of a body is compiled where it is set, and what stands in `http` at each server.
fn judge_body(cx: &mut Cx, directive: &str) -> Verdict {
    let parent = cx.config.scope(cx.scope).parent;
    let http = parent.filter(|id| cx.config.scope(*id).context.meets(Contexts::HTTP));
    let here = cx.config.scope(cx.scope).setting(directive);
    let setting = here.or_else(|| http.and_then(|http| cx.config.scope(http).setting(directive)));
    match setting.map(|setting| setting.words.clone()) {
        Some(words) => words.get(1).map_or(Ok(()), |word| cx.complex(word).map(drop)),
        None => Ok(()),
    }
}
