//! How a location of `proxy`, `fastcgi`, `uwsgi`, `scgi`, `grpc` is merged: what is judged, in nginx's order. The modules
//! differ only in which of the parts they have; a [`Family`] says so.

use super::cache::{self, CacheNames, Caches};
use super::pass::{Passes, Protocol};
use super::upstream_headers::{self, Hidden, Lines, Sizes};
use super::{buffers, proxy_ssl};
use crate::config::Config;
use crate::modules::prelude::*;

/// One of the modules.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// What its directives start with, without `_`.
    pub prefix: &'static str,
    /// What it speaks.
    pub protocol: Protocol,
    /// The directive of its temporary folder; such a module buffers.
    pub temp_path: Option<&'static str>,
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
        let scope = cx.scope;
        let server = cx.config.scope(scope).context.meets(Contexts::SERVER);
        if !self.is_touched(&cx.config, scope) {
            if server {
                self.default_folder(cx)?;
                upstream_headers::untouched(cx, &self.hidden);
            }
            return self.repeat_warning(cx);
        }
        if self.temp_path.is_some() {
            buffers::judge(cx, self.prefix)?;
            self.default_folder(cx)?;
        }
        if let Some(names) = &self.cache {
            cache::judge(cx, names)?;
        }
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

    /// nginx warns of a missing key at every location that inherits the cache.
    fn repeat_warning(&self, cx: &mut Cx) -> Verdict {
        match &self.cache {
            Some(names) if names.key.is_some() && !cx.realm_slot::<Caches>().0.is_empty() => cache::judge(cx, names),
            _ => Ok(()),
        }
    }

    fn default_folder(&self, cx: &mut Cx) -> Verdict {
        match self.temp_path {
            Some(directive) => buffers::default_folder(cx, self.prefix, directive),
            None => Ok(()),
        }
    }

    /// Whether something of the module stands in this scope, or in an `http` directly around it; otherwise everything
    /// is as in the scope around it, which was judged.
    fn is_touched(&self, config: &Config, scope: ScopeId) -> bool {
        let ours = |id: ScopeId| {
            let belongs = |name: &str| name.strip_prefix(self.prefix).is_some_and(|rest| rest.starts_with('_'));
            config.scope(id).settings.iter().any(|setting| belongs(setting.directive.name))
        };
        let http = config.scope(scope).parent.filter(|parent| config.scope(*parent).context.meets(Contexts::HTTP));
        ours(scope) || http.is_some_and(ours)
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
