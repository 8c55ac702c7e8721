//! The parameters of a request as they go to FastCGI, SCGI and uwsgi servers, and the key that memcached is asked for:
//! what the `create_request` of nginx's modules puts together. How they look as bytes is the wire's affair.
//!
//! Not here: what `..._cache` changes of the client's headers.

use rustc_hash::FxHashSet;

use super::http::literal;
use crate::config::{Config, ScopeId, Text};
use crate::exchange::answer::Treatments;
use crate::exchange::request::Slice;
use crate::exchange::site::Site;
use crate::exchange::state::Exchange;
use crate::exchange::upstream::Compile;
use crate::exchange::value::Template;
use crate::modules::Target;
use crate::modules::http::{fastcgi, scgi, uwsgi};
use crate::modules::shared::pass::Protocol;
use crate::modules::shared::passing::Family;
use crate::syntax::encode;

/// What a location sends to servers that take parameters.
#[derive(Debug)]
pub struct Cgi {
    /// What only one of the protocols has.
    pub own: Own,
    /// The client's body is sent.
    pub pass_body: bool,
    /// What becomes of the headers of answers.
    pub treatments: Treatments,
    params: Vec<Param>,
    /// Names of the client's headers that are not passed on as they are: in lower case, with `_` for `-`.
    replaced: FxHashSet<Box<[u8]>>,
    pass_headers: bool,
}

/// What only one of the protocols has.
#[derive(Debug, PartialEq, Eq)]
pub enum Own {
    /// FastCGI.
    Fastcgi {
        /// `fastcgi_keep_conn`
        keep: bool,
        /// `fastcgi_catch_stderr`
        catch: Vec<Vec<u8>>,
    },
    /// SCGI.
    Scgi,
    /// uwsgi.
    Uwsgi {
        /// `uwsgi_modifier1`, `uwsgi_modifier2`
        modifiers: (u8, u8),
        /// `uwsgi_string`: bytes after the parameters.
        string: Vec<u8>,
    },
}

/// A parameter that the configuration sets.
#[derive(Debug)]
struct Param {
    name: Slice,
    value: Template,
    if_not_empty: bool,
}

/// What a parameter is called that passes on a header.
const HEADER: &str = "HTTP_";
/// What `HTTP_HOST` is unless set, in the versions that send it by themselves.
const HOST: &str = "$host$is_request_port$request_port";

impl Cgi {
    /// What holds in a scope; none for other protocols.
    pub fn compile(
        config: &Config,
        scope: ScopeId,
        protocol: Protocol,
        target: &Target,
        compile: &mut dyn Compile,
    ) -> Option<Cgi> {
        let (family, own) = match protocol {
            Protocol::Fastcgi => (&fastcgi::FAMILY, fastcgi(config, scope)),
            Protocol::Scgi => (&scgi::FAMILY, Own::Scgi),
            Protocol::Uwsgi => (&uwsgi::FAMILY, uwsgi(config, scope)),
            _ => return None,
        };
        let flag = |what: &str| config.flag(scope, &format!("{}_{what}", family.prefix), true);
        let mut cgi = Cgi {
            own,
            pass_body: flag("pass_request_body"),
            treatments: Treatments::in_scope(config, scope, &family.hidden),
            params: Vec::new(),
            replaced: FxHashSet::default(),
            pass_headers: flag("pass_request_headers"),
        };
        cgi.set_params(config, scope, family, target, compile);
        Some(cgi)
    }

    fn set_params(
        &mut self,
        config: &Config,
        scope: ScopeId,
        family: &Family,
        target: &Target,
        compile: &mut dyn Compile,
    ) {
        let set = config.effective_all(scope, family.lines.directive);
        for setting in &set {
            self.set(setting.arg(1), setting.arg(2), !setting.arg(3).is_empty(), compile);
        }
        let given = |name: &str| set.iter().any(|setting| setting.arg(1).eq_ignore_ascii_case(name));
        for (name, since) in family.lines.defaults {
            if *since <= target.version && !given(name) {
                self.set(name, HOST, true, compile);
            }
        }
    }

    fn set(&mut self, name: &str, value: &str, if_not_empty: bool, compile: &mut dyn Compile) {
        if let Some(header) = name.strip_prefix(HEADER).filter(|header| !header.is_empty()) {
            self.replaced.insert(encode(header).to_ascii_lowercase().into());
            if value.is_empty() {
                return;
            }
        }
        let name = literal(name, compile);
        self.params.push(Param { name, value: compile.text(&Text::read(value).unwrap_or_default()), if_not_empty });
    }

    /// Gives the name and value of each parameter to `put`, in nginx's order: what the configuration sets, then the
    /// client's headers. Those that have one name are one parameter.
    pub fn params(&self, site: &Site, exchange: &mut Exchange, put: &mut dyn FnMut(&[u8], &[u8])) {
        for param in &self.params {
            let value = param.value.eval(site, exchange);
            if !(param.if_not_empty && value.is_empty()) {
                put(site.constant(param.name), exchange.text(site, value));
            }
        }
        if self.pass_headers {
            self.headers(exchange, put);
        }
    }

    fn headers(&self, exchange: &Exchange, put: &mut dyn FnMut(&[u8], &[u8])) {
        let (mut name, mut lower, mut joined) = (Vec::new(), Vec::new(), Vec::new());
        for (n, (header, first)) in exchange.request.headers().enumerate() {
            let same = |other: &(&[u8], &[u8])| other.0.eq_ignore_ascii_case(header);
            if exchange.request.headers().take(n).any(|other| same(&other)) {
                continue;
            }
            if !self.replaced.is_empty() {
                lower.clear();
                lower.extend(header.iter().map(|byte| underscored(byte.to_ascii_lowercase())));
                if self.replaced.contains(&*lower) {
                    continue;
                }
            }
            name.clear();
            name.extend_from_slice(HEADER.as_bytes());
            name.extend(header.iter().map(|byte| underscored(byte.to_ascii_uppercase())));
            joined.clear();
            joined.extend_from_slice(first);
            let separator = if header.eq_ignore_ascii_case(b"cookie") { b"; " } else { b", " };
            for (_, value) in exchange.request.headers().skip(n + 1).filter(same) {
                joined.extend_from_slice(separator);
                joined.extend_from_slice(value);
            }
            put(&name, &joined);
        }
    }
}

fn underscored(byte: u8) -> u8 {
    if byte == b'-' { b'_' } else { byte }
}

fn fastcgi(config: &Config, scope: ScopeId) -> Own {
    let catch = config.effective_all(scope, "fastcgi_catch_stderr");
    Own::Fastcgi {
        keep: config.flag(scope, "fastcgi_keep_conn", false),
        catch: catch.iter().map(|setting| encode(setting.arg(1))).collect(),
    }
}

fn uwsgi(config: &Config, scope: ScopeId) -> Own {
    let modifier = |name| config.number(scope, name, 0) as u8;
    Own::Uwsgi {
        modifiers: (modifier("uwsgi_modifier1"), modifier("uwsgi_modifier2")),
        string: config.effective(scope, "uwsgi_string").map(|setting| encode(setting.arg(1))).unwrap_or_default(),
    }
}

/// What a location asks memcached for.
#[derive(Debug)]
pub struct Memcached {
    key: Template,
    /// The flags of a value that is compressed; 0 for none.
    pub gzip_flag: u64,
    /// What becomes of the headers that are made of an answer.
    pub treatments: Treatments,
}

impl Memcached {
    /// What holds in a scope.
    pub fn compile(config: &Config, scope: ScopeId, compile: &mut dyn Compile) -> Memcached {
        let key = compile.variable("memcached_key");
        let gzip_flag = config.number(scope, "memcached_gzip_flag", 0);
        Memcached { key, gzip_flag, treatments: Treatments::new(std::iter::empty()) }
    }

    /// `$memcached_key`; none if it is not set or empty, for which nginx answers 500.
    pub fn key<'t>(&self, site: &'t Site, exchange: &'t mut Exchange) -> Option<&'t [u8]> {
        let key = self.key.eval(site, exchange);
        (!key.is_empty()).then(|| exchange.text(site, key))
    }
}

#[cfg(test)]
mod tests;
