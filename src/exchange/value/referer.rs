//! `valid_referers`: `ngx_http_referer_variable`.

use crate::config::{Config, Regex, ScopeId};
use crate::exchange::site::Names;
use crate::modules::Contexts;
use crate::modules::http::referer;
use crate::modules::shared::keys::Key;
use crate::modules::shared::listen::{Form, ServerNames};
use crate::syntax::encode;

/// What referers are fine.
#[derive(Debug)]
pub struct Referers {
    none: bool,
    blocked: bool,
    names: Names,
    /// What the path has to start with, by the number that a name stands for.
    paths: Vec<Option<Vec<u8>>>,
    /// Regular expressions of the server's own names.
    own: Vec<Regex>,
    regexes: Vec<Regex>,
}

/// nginx's room for a host.
const LONGEST: usize = 256;

impl Referers {
    /// What holds in a scope.
    pub fn compile(config: &Config, scope: ScopeId) -> Option<Referers> {
        let conf = config.effective_slot::<referer::Referers>(scope)?;
        let mut names = Names::default();
        let mut paths = Vec::new();
        for (key, path) in &conf.hosts {
            names.add(key, paths.len() as u32);
            paths.push(path.as_deref().map(encode));
        }
        let mut own = Vec::new();
        if conf.server_names {
            let server = config.ancestors(scope).find(|id| config.scope(*id).context == Contexts::SERVER);
            let listed = server.and_then(|id| config.scope(id).slot::<ServerNames>());
            for name in listed.map_or(&[][..], |names| &names.0) {
                if let Form::Regex(regex) = &name.form {
                    own.push(regex.clone());
                } else {
                    names.add(&Key::host(&name.text), paths.len() as u32);
                    paths.push(None);
                }
            }
        }
        let (none, blocked) = (conf.none, conf.blocked);
        Some(Referers { none, blocked, names, paths, own, regexes: conf.regexes.clone() })
    }

    /// Whether a `Referer` header, or that there is none, is fine.
    pub fn takes(&self, referer: Option<&[u8]>) -> bool {
        if self.paths.is_empty() && self.regexes.is_empty() && self.own.is_empty() {
            return true;
        }
        let Some(referer) = referer else { return self.none };
        let after = |scheme: &[u8]| {
            let rest = referer.get(scheme.len()..)?;
            referer[..scheme.len()].eq_ignore_ascii_case(scheme).then_some(rest)
        };
        let long = referer.len() >= b"http://i.ru".len();
        let rest = after(b"http://").or_else(|| after(b"https://")).filter(|_| long);
        let Some(rest) = rest else { return self.blocked };
        let end = rest.iter().position(|byte| matches!(byte, b'/' | b':')).unwrap_or(rest.len());
        if end > LONGEST {
            return false;
        }
        let host = rest[..end].to_ascii_lowercase();
        if let Some(found) = self.names.find(&host) {
            let slash = rest.iter().position(|byte| *byte == b'/').unwrap_or(rest.len());
            return self.paths[found as usize].as_ref().is_none_or(|path| rest[slash..].starts_with(path));
        }
        self.own.iter().any(|regex| regex.is_match(&host)) || self.regexes.iter().any(|regex| regex.is_match(rest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn referers() {
        let mut names = Names::default();
        names.add(&Key::host("*.example.com"), 0);
        names.add(&Key::host("www.example.org"), 1);
        let paths = vec![None, Some(b"/galleries/".to_vec())];
        let referers = Referers { none: true, blocked: false, names, paths, own: Vec::new(), regexes: Vec::new() };
        let cases: &[(Option<&str>, bool)] = &[
            (None, true),
            (Some("http://a.example.com"), true),
            (Some("HTTPS://A.Example.com:8080/x"), true),
            (Some("http://example.com/"), false),
            (Some("http://www.example.org/galleries/1"), true),
            (Some("http://www.example.org:80/galleries/1"), true),
            (Some("http://www.example.org/other"), false),
            (Some("ftp://a.example.com/"), false),
            (Some("something"), false),
        ];
        for (referer, want) in cases {
            assert_eq!(referers.takes(referer.map(str::as_bytes)), *want, "{referer:?}");
        }
        let blocked = Referers { blocked: true, none: false, ..referers };
        assert!(blocked.takes(Some(b"something")) && !blocked.takes(None));
    }
}
