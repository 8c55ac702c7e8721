//! The places that pass requests or connections on: `proxy_pass` and its kin, as they are written.

use std::collections::HashMap;

use super::group::Group;
use crate::config::{Config, ScopeId, Setting};
use crate::modules::Contexts;
use crate::syntax::Span;

/// One `*_pass` directive and what it names.
#[derive(Debug)]
pub struct Pass<'a> {
    /// The scope it stands in.
    pub scope: ScopeId,
    /// The directive.
    pub setting: &'a Setting,
    /// `http`, `https`, `grpc`, `grpcs`; `None` where none is written.
    pub scheme: Option<&'a str>,
    /// Host and port, with variables as written.
    pub authority: &'a str,
    /// What follows the host, `/path`, if something does.
    pub uri: Option<&'a str>,
    /// The group in [`Lint::groups`](super::Lint::groups) that it names.
    pub group: Option<usize>,
}

/// The directives that pass requests to a server.
const DIRECTIVES: &[&str] =
    &["proxy_pass", "fastcgi_pass", "grpc_pass", "memcached_pass", "scgi_pass", "tunnel_pass", "uwsgi_pass"];

/// The groups by realm and name.
type Named = HashMap<(bool, String), usize>;

pub(super) fn collect<'a>(config: &'a Config, groups: &[Group<'a>]) -> Vec<Pass<'a>> {
    // nginx compares names of groups without regard to case; a port makes it another thing.
    let numbered = groups.iter().enumerate();
    let named: Named = numbered.map(|(at, group)| ((group.stream, group.name().to_ascii_lowercase()), at)).collect();
    let scopes = config.scopes.iter().enumerate();
    let settings = scopes.flat_map(|(at, scope)| scope.settings.iter().map(move |setting| (at, scope, setting)));
    settings
        .filter(|(_, _, setting)| DIRECTIVES.contains(&setting.directive.name) && setting.words.len() > 1)
        .map(|(at, scope, setting)| {
            let stream = scope.context.meets(Contexts::STREAM_SERVER);
            Pass::new(ScopeId(at as u32), setting, stream, &named)
        })
        .collect()
}

impl<'a> Pass<'a> {
    fn new(scope: ScopeId, setting: &'a Setting, stream: bool, named: &Named) -> Pass<'a> {
        let url = setting.arg(1);
        let (scheme, rest) = match url.split_once("://") {
            Some((scheme, rest)) => (Some(scheme), rest),
            None => (None, url),
        };
        let is_unix = rest.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("unix:"));
        let end = if is_unix { rest[5..].find(':').map(|at| at + 5) } else { end_of_authority(rest) };
        let (authority, uri) = rest.split_at(end.unwrap_or(rest.len()));
        let uri = if is_unix { uri.strip_prefix(':').unwrap_or(uri) } else { uri };
        let uri = Some(uri).filter(|uri| !uri.is_empty());
        let group = named.get(&(stream, authority.to_ascii_lowercase())).copied();
        Pass { scope, setting, scheme, authority, uri, group }
    }

    /// The directive's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.setting.directive.name
    }

    /// Where requests go is decided for each.
    #[must_use]
    pub fn is_dynamic(&self) -> bool {
        self.setting.arg(1).contains('$')
    }

    /// It speaks TLS.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.scheme
            .is_some_and(|scheme| ["https", "grpcs", "suwsgi"].iter().any(|tls| scheme.eq_ignore_ascii_case(tls)))
    }

    /// The directive.
    #[must_use]
    pub fn span(&self) -> Span {
        self.setting.span()
    }

    /// Its argument.
    #[must_use]
    pub fn url(&self) -> Span {
        self.setting.words.get(1).map_or(self.setting.span(), |word| word.span)
    }
}

/// Where the host and port end: at the path, or at a variable that is one.
fn end_of_authority(rest: &str) -> Option<usize> {
    const PATHS: &[&str] = &["$request_uri", "$uri", "$document_uri", "$is_args", "${request_uri}", "${uri}"];
    let behind = |name: &&str| rest.find(*name).filter(|at| *at > 0);
    rest.find(['/', '?']).into_iter().chain(PATHS.iter().filter_map(behind)).min()
}
