//! What a location judges requests by for `$invalid_referer`, `$modern_browser` and its kin, and `$secure_link`.

use super::browser::Browsers;
use super::referer::Referers;
use super::secure_link::{Link, Verdict};
use crate::config::ScopeId;
use crate::exchange::request::Slice;
use crate::exchange::site::{Builder, Site};
use crate::exchange::state::Exchange;

/// What a location judges by.
#[derive(Debug)]
pub struct Clues {
    referers: Option<Referers>,
    browsers: Browsers,
    link: Option<Link>,
}

impl Clues {
    /// What holds in a scope; nothing where no directive says anything.
    pub fn compile(builder: &mut Builder, scope: ScopeId) -> Option<Box<Clues>> {
        let config = builder.config;
        let referers = Referers::compile(config, scope);
        let browsers = Browsers::compile(builder, scope);
        let link = Link::compile(builder, scope);
        let none = referers.is_none() && browsers.is_none() && link.is_none();
        (!none).then(|| Box::new(Clues { referers, browsers: browsers.unwrap_or_default(), link }))
    }
}

fn clues<'s>(site: &'s Site, exchange: &Exchange) -> Option<&'s Clues> {
    site.location(exchange.route.location).clues.as_deref()
}

/// `$invalid_referer`: `1` or empty.
pub fn invalid_referer(site: &Site, exchange: &mut Exchange) -> Slice {
    let Some(referers) = clues(site, exchange).and_then(|clues| clues.referers.as_ref()) else {
        return Slice::default();
    };
    let referer = exchange.request.values(b"referer").next().map(|value| exchange.request.get(value));
    if referers.takes(referer) { Slice::default() } else { exchange.request.push(b"1") }
}

/// `$modern_browser`, `$ancient_browser`
pub fn browser(site: &Site, exchange: &mut Exchange, modern: bool) -> Slice {
    let agent = exchange.request.values(b"user-agent").next().map(|value| exchange.request.get(value));
    let Some(clues) = clues(site, exchange) else {
        return if modern { Slice::default() } else { exchange.request.push(b"1") };
    };
    match (clues.browsers.is_modern(agent), modern) {
        (true, true) => clues.browsers.modern_value(),
        (false, false) => clues.browsers.ancient_value(),
        _ => return Slice::default(),
    }
    .unwrap_or_else(|| exchange.request.push(b"1"))
}

/// `$msie`
pub fn msie(exchange: &mut Exchange) -> Slice {
    let agent = exchange.request.values(b"user-agent").next().map(|value| exchange.request.get(value));
    if agent.is_some_and(super::browser::is_msie) { exchange.request.push(b"1") } else { Slice::default() }
}

/// `$secure_link`
pub fn secure_link(site: &Site, exchange: &mut Exchange) -> Option<Slice> {
    let link = clues(site, exchange)?.link.as_ref()?;
    Some(match link.judge(site, exchange).0? {
        Verdict::Good => exchange.request.push(b"1"),
        Verdict::Expired => exchange.request.push(b"0"),
        Verdict::Path(path) => path,
    })
}

/// `$secure_link_expires`
pub fn secure_link_expires(site: &Site, exchange: &mut Exchange) -> Option<Slice> {
    clues(site, exchange)?.link.as_ref()?.judge(site, exchange).1
}
