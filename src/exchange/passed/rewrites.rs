//! What changes in an upstream's answer on its way: `proxy_redirect`, `proxy_cookie_domain`, `proxy_cookie_path`,
//! `proxy_cookie_flags` (`ngx_http_proxy_rewrite_redirect`, `ngx_http_proxy_rewrite_cookie`).

use std::borrow::Cow;

use crate::config::{Config, Part, ScopeId, Text};
use crate::exchange::answer::{Treatment, Treatments};
use crate::exchange::site::{PatternId, Site};
use crate::exchange::state::Exchange;
use crate::exchange::upstream::Compile;
use crate::exchange::value::Template;
use crate::modules::http::core::location::Location;
use crate::modules::http::proxy::rewrite::{Pattern, Rule};
use crate::modules::shared::named;
use crate::modules::shared::pass;

/// What a rule matches.
#[derive(Debug)]
enum Matcher {
    /// What begins so, or a domain or name that is this.
    Text(Template),
    /// A regular expression.
    Regex(PatternId),
}

/// What to put where a rule matches.
#[derive(Debug)]
struct Replacing {
    matcher: Matcher,
    text: Template,
}

/// Flags for a cookie.
#[derive(Debug)]
struct Flagging {
    matcher: Matcher,
    flags: Vec<Template>,
}

/// The rules of one location.
#[derive(Debug, Default)]
pub struct Rewrites {
    redirects: Vec<Replacing>,
    domains: Vec<Replacing>,
    paths: Vec<Replacing>,
    flags: Vec<Flagging>,
}

/// Headers that were rewritten: their places, and what they are now.
pub type Rewritten = Vec<(usize, Vec<u8>)>;

/// How a text is compared with what it is to match.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Compare {
    Prefix,
    Domain,
}

impl Rewrites {
    /// What holds in a scope.
    pub fn compile(config: &Config, scope: ScopeId, compile: &mut dyn Compile) -> Rewrites {
        let mut rewrites = Rewrites::default();
        match rules(config, scope, "proxy_redirect") {
            None => rewrites.redirects.extend(default_redirect(config, scope, compile)),
            Some((at, rules)) => {
                for rule in rules {
                    match rule {
                        Rule::Default => rewrites.redirects.extend(default_redirect(config, at, compile)),
                        rule => rewrites.redirects.extend(replacing(rule, compile)),
                    }
                }
            }
        }
        let mut replacings = |name| {
            let (_, rules) = rules(config, scope, name).unwrap_or((scope, &[]));
            rules.iter().filter_map(|rule| replacing(rule, compile)).collect()
        };
        rewrites.domains = replacings("proxy_cookie_domain");
        rewrites.paths = replacings("proxy_cookie_path");
        for rule in rules(config, scope, "proxy_cookie_flags").map_or(&[][..], |(_, rules)| rules) {
            if let Rule::Flags(pattern, flags) = rule {
                let flags = flags.iter().map(|flag| compile.text(flag)).collect();
                rewrites.flags.push(Flagging { matcher: matcher(pattern, compile), flags });
            }
        }
        rewrites
    }

    /// Rewrites the headers of the upstream's answer.
    pub fn run(&self, site: &Site, exchange: &mut Exchange, treatments: &Treatments) -> Rewritten {
        let mut found = Vec::new();
        for (at, (name, value)) in exchange.upstream_headers.iter().enumerate() {
            // `Refresh`, `Location`, `Set-Cookie`: most others are told apart by their length.
            if !matches!(name.len(), 7 | 8 | 10) {
                continue;
            }
            let rules = match treatments.of(name) {
                Some(Treatment::Location | Treatment::Refresh) => !self.redirects.is_empty(),
                Some(Treatment::SetCookie) => {
                    !self.domains.is_empty() || !self.paths.is_empty() || !self.flags.is_empty()
                }
                _ => false,
            };
            if rules {
                found.push((at, treatments.of(name), value.to_vec()));
            }
        }
        let mut rewritten = Vec::new();
        for (at, treatment, value) in found {
            let new = match treatment {
                Some(Treatment::SetCookie) => self.cookie(site, exchange, &value),
                Some(Treatment::Refresh) => {
                    let url = value.windows(4).position(|part| part.eq_ignore_ascii_case(b"url="));
                    url.and_then(|url| replace(&self.redirects, site, exchange, &value, url + 4, Compare::Prefix))
                }
                _ => replace(&self.redirects, site, exchange, &value, 0, Compare::Prefix),
            };
            rewritten.extend(new.map(|new| (at, new)));
        }
        rewritten
    }

    fn cookie(&self, site: &Site, exchange: &mut Exchange, value: &[u8]) -> Option<Vec<u8>> {
        let mut attributes: Vec<Attribute> = value.split(|byte| *byte == b';').map(Attribute::read).collect();
        attributes.first()?.value.as_ref()?;
        let mut changed = false;
        for attribute in &mut attributes[1..] {
            let (rules, compare) = match attribute.name.to_ascii_lowercase().as_slice() {
                b"domain" => (&self.domains, Compare::Domain),
                b"path" => (&self.paths, Compare::Prefix),
                _ => continue,
            };
            let Some(value) = &attribute.value else { continue };
            if let Some(new) = replace(rules, site, exchange, value, 0, compare) {
                attribute.value = Some(new.into());
                changed = true;
            }
        }
        changed |= self.flag(site, exchange, &mut attributes);
        changed.then(|| join(&attributes))
    }

    /// Sets and takes the flags of the first rule that names the cookie; whether there are some.
    fn flag(&self, site: &Site, exchange: &mut Exchange, attributes: &mut Vec<Attribute>) -> bool {
        let name = attributes[0].name.to_vec();
        let Some(rule) = self.flags.iter().find(|rule| match &rule.matcher {
            Matcher::Regex(pattern) => {
                let name = exchange.request.push(&name);
                site.matches(exchange, *pattern, name)
            }
            Matcher::Text(text) => {
                let text = text.eval(site, exchange);
                exchange.text(site, text).eq_ignore_ascii_case(&name)
            }
        }) else {
            return false;
        };
        let mut flags = Flags::default();
        for flag in &rule.flags {
            let flag = flag.eval(site, exchange);
            flags.note(exchange.text(site, flag));
        }
        flags.apply(attributes)
    }
}

/// `name=value` of a cookie.
struct Attribute<'a> {
    name: Cow<'a, [u8]>,
    value: Option<Cow<'a, [u8]>>,
}

impl<'a> Attribute<'a> {
    fn read(text: &'a [u8]) -> Attribute<'a> {
        let trim = |text: &'a [u8]| {
            let start = text.iter().position(|byte| *byte != b' ').unwrap_or(text.len());
            let end = text.iter().rposition(|byte| *byte != b' ').map_or(start, |last| last + 1);
            Cow::Borrowed(&text[start..end])
        };
        match memchr::memchr(b'=', text) {
            Some(at) => Attribute { name: trim(&text[..at]), value: Some(trim(&text[at + 1..])) },
            None => Attribute { name: trim(text), value: None },
        }
    }

    fn is(&self, name: &[u8]) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    fn flag(name: &'static [u8], value: Option<&'static [u8]>) -> Attribute<'a> {
        Attribute { name: name.into(), value: value.map(Cow::Borrowed) }
    }
}

fn join(attributes: &[Attribute]) -> Vec<u8> {
    let mut out = Vec::new();
    for (n, attribute) in attributes.iter().enumerate() {
        if n > 0 {
            out.extend_from_slice(b"; ");
        }
        out.extend_from_slice(&attribute.name);
        if let Some(value) = &attribute.value {
            out.push(b'=');
            out.extend_from_slice(value);
        }
    }
    out
}

/// What is to become of a cookie's flags.
#[derive(Default)]
struct Flags {
    secure: Option<bool>,
    http_only: Option<bool>,
    /// In nginx's order the first of these that is asked for counts.
    same_site: [bool; 4],
}

/// The values of `SameSite`, in the order of `same_site`; the last one takes it off.
const SAME_SITE: [(&[u8], Option<&[u8]>); 4] = [
    (b"samesite=strict", Some(b"Strict")),
    (b"samesite=lax", Some(b"Lax")),
    (b"samesite=none", Some(b"None")),
    (b"nosamesite", None),
];

impl Flags {
    fn note(&mut self, flag: &[u8]) {
        match flag.to_ascii_lowercase().as_slice() {
            b"secure" => self.secure = Some(true),
            b"nosecure" => self.secure = self.secure.or(Some(false)),
            b"httponly" => self.http_only = Some(true),
            b"nohttponly" => self.http_only = self.http_only.or(Some(false)),
            flag => {
                if let Some(which) = SAME_SITE.iter().position(|(name, _)| *name == flag) {
                    self.same_site[which] = true;
                }
            }
        }
    }

    fn apply(&self, attributes: &mut Vec<Attribute>) -> bool {
        let same_site = self.same_site.iter().position(|asked| *asked).map(|which| SAME_SITE[which].1);
        if self.secure.is_none() && self.http_only.is_none() && same_site.is_none() {
            return false;
        }
        let first = attributes.remove(0);
        for (name, wanted, shown) in
            [(&b"secure"[..], self.secure, &b"Secure"[..]), (b"httponly", self.http_only, b"HttpOnly")]
        {
            match wanted {
                Some(false) => attributes.retain(|attribute| !attribute.is(name)),
                Some(true) if !attributes.iter().any(|attribute| attribute.is(name)) => {
                    attributes.push(Attribute::flag(shown, None));
                }
                _ => {}
            }
        }
        match same_site {
            Some(None) => attributes.retain(|attribute| !attribute.is(b"samesite")),
            Some(Some(value)) => match attributes.iter_mut().find(|attribute| attribute.is(b"samesite")) {
                Some(known) if known.value.as_ref().is_some_and(|now| now.eq_ignore_ascii_case(value)) => {}
                Some(known) => *known = Attribute::flag(b"SameSite", Some(value)),
                None => attributes.push(Attribute::flag(b"SameSite", Some(value))),
            },
            None => {}
        }
        attributes.insert(0, first);
        true
    }
}

/// What the first rule that matches makes of a value, whose first bytes up to `from` stay.
fn replace(
    rules: &[Replacing],
    site: &Site,
    exchange: &mut Exchange,
    value: &[u8],
    from: usize,
    compare: Compare,
) -> Option<Vec<u8>> {
    let rest = &value[from..];
    for rule in rules {
        let cut = match &rule.matcher {
            Matcher::Regex(pattern) => {
                let text = exchange.request.push(rest);
                site.matches(exchange, *pattern, text).then_some((0, rest.len()))
            }
            Matcher::Text(text) => {
                let text = text.eval(site, exchange);
                let text = exchange.text(site, text);
                match compare {
                    Compare::Prefix => rest.starts_with(text).then_some((0, text.len())),
                    Compare::Domain => {
                        let dot = usize::from(rest.first() == Some(&b'.'));
                        rest[dot..].eq_ignore_ascii_case(text).then_some((dot, text.len()))
                    }
                }
            }
        };
        let Some((start, length)) = cut else { continue };
        let new = rule.text.eval(site, exchange);
        let new = exchange.text(site, new);
        return Some([&value[..from + start], new, &rest[start + length..]].concat());
    }
    None
}

/// The scope whose rules hold, and they; none where nothing is set.
fn rules<'c>(config: &'c Config, scope: ScopeId, name: &'static str) -> Option<(ScopeId, &'c [Rule])> {
    let at = config.ancestors(scope).find(|id| config.scope(*id).setting(name).is_some())?;
    Some((at, named::own::<Vec<Rule>>(config, at, name).map_or(&[], Vec::as_slice)))
}

/// The URL of `proxy_pass` becomes the location's path.
fn default_redirect(config: &Config, scope: ScopeId, compile: &mut dyn Compile) -> Option<Replacing> {
    let pass = pass::effective(config, scope)?;
    let url = config.effective(scope, "proxy_pass")?.arg(1).to_owned();
    if matches!(pass.to, pass::To::Dynamic(_)) {
        return None;
    }
    let location = config.effective_slot::<Location>(scope).map_or("", |own| own.name.as_str());
    let (from, to) = if pass.uri.is_empty() { (format!("{url}/"), "/") } else { (url, location) };
    let mut literal = |text: &str| compile.text(&Text(vec![Part::Literal(text.to_owned())]));
    let matcher = Matcher::Text(literal(&from));
    Some(Replacing { matcher, text: literal(to) })
}

fn matcher(pattern: &Pattern, compile: &mut dyn Compile) -> Matcher {
    match pattern {
        Pattern::Text(text) => Matcher::Text(compile.text(text)),
        Pattern::Regex(regex) => Matcher::Regex(compile.pattern(regex)),
    }
}

fn replacing(rule: &Rule, compile: &mut dyn Compile) -> Option<Replacing> {
    let Rule::Replace(pattern, text) = rule else { return None };
    Some(Replacing { matcher: matcher(pattern, compile), text: compile.text(text) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flagged(cookie: &str, flags: &[&str]) -> String {
        let mut attributes: Vec<Attribute> =
            cookie.as_bytes().split(|byte| *byte == b';').map(Attribute::read).collect();
        let mut asked = Flags::default();
        for flag in flags {
            asked.note(flag.as_bytes());
        }
        asked.apply(&mut attributes);
        String::from_utf8(join(&attributes)).expect("text")
    }

    #[test]
    fn flags_come_and_go() {
        assert_eq!(flagged("a=b; secure", &["nosecure", "httponly"]), "a=b; HttpOnly");
        assert_eq!(flagged("a=b ;SameSite=lax", &["samesite=strict"]), "a=b; SameSite=Strict");
        assert_eq!(flagged("a=b; samesite=LAX", &["samesite=lax", "secure"]), "a=b; samesite=LAX; Secure");
        assert_eq!(flagged("a=b; samesite=LAX", &["nosamesite"]), "a=b");
    }
}
