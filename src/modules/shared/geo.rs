//! `geo` of `http` and `stream`: a variable whose value depends on an address, by networks or by ranges.

use super::geo_ranges::{Added, Ranges};
use super::map::variable_name;
use crate::config::Includes;
use crate::config::cidr::Cidr;
use crate::modules::Version;
use crate::modules::prelude::*;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

/// All `geo` blocks of a realm, in order.
#[derive(Debug, Default)]
pub struct Geos(pub Vec<Geo>);

/// One `geo`.
#[derive(Debug)]
pub struct Geo {
    /// The variable with the address, without `$`; `None` for the client's own.
    pub source: Option<String>,
    /// The variable that is defined, without `$`.
    pub variable: String,
    /// What is looked up.
    pub base: Base,
    /// Whose `X-Forwarded-For` is believed.
    pub proxies: Vec<Cidr>,
    /// Their chain is followed to its first untrusted address.
    pub proxy_recursive: bool,
    /// The value is not kept for the rest of the request.
    pub volatile: bool,
    /// The word that names the variable.
    pub span: Span,
}

/// The addresses of a geo.
#[derive(Debug)]
pub enum Base {
    /// Networks; the longest that fits decides. The default is the network of all.
    Networks(HashMap<Cidr, Arc<str>>),
    /// Ranges of IPv4 addresses, and the default.
    Ranges(Ranges, Option<Arc<str>>),
}

impl Base {
    /// The value for an address; `None` where nginx gives an empty one.
    #[must_use]
    pub fn find(&self, address: IpAddr) -> Option<&Arc<str>> {
        let address = match address {
            IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
            IpAddr::V4(_) => address,
        };
        match (self, address) {
            (Base::Networks(networks), _) => longest(networks, address),
            (Base::Ranges(ranges, default), IpAddr::V4(v4)) => ranges.find(v4).or(default.as_ref()),
            (Base::Ranges(_, default), IpAddr::V6(_)) => default.as_ref(),
        }
    }
}

fn longest(networks: &HashMap<Cidr, Arc<str>>, address: IpAddr) -> Option<&Arc<str>> {
    let most = if address.is_ipv4() { 32 } else { 128 };
    (0..=most).rev().find_map(|bits| networks.get(&Cidr::network(address, bits)))
}

/// The first version with `volatile`.
const VOLATILE: Version = Version::read("1.29.3");

/// The first version whose `include` here takes a pattern.
const PATTERNS: Version = Version::read("1.29.8");

/// `ngx_http_geo_block`, `ngx_stream_geo_block`
///
/// # Errors
/// nginx's messages.
pub fn block(cx: &mut Cx, call: &Call) -> Verdict {
    let (source, target) = match call.words.len() {
        3 => (Some(variable_name(call, 1)?), 2),
        _ => (None, 1),
    };
    if let Some(source) = source {
        cx.index_of_variable(source, call.span(1))?;
    }
    let variable = variable_name(call, target)?;
    cx.define(variable, CHANGEABLE, call.span(target))?;
    cx.keep(call, Value::Own);
    let mut draft = Draft { http: cx.kind() == Kind::Http, ..Draft::default() };
    let includes = if cx.target.version < PATTERNS { Includes::Files } else { Includes::Patterns };
    let read = cx.rows_including(call, includes, &mut |cx, row| draft.row(cx, row.words));
    let base = match draft.ranges {
        Some(ranges) => Base::Ranges(ranges, draft.default),
        None => Base::Networks(draft.networks.unwrap_or_default()),
    };
    let geo = Geo {
        source: source.map(str::to_owned),
        variable: variable.to_owned(),
        base,
        proxies: draft.proxies,
        proxy_recursive: draft.proxy_recursive,
        volatile: draft.volatile,
        span: call.span(target),
    };
    cx.realm_slot::<Geos>().0.push(geo);
    read
}

#[derive(Default)]
struct Draft {
    http: bool,
    /// Once there is a network, or the attempt at one, `ranges` comes too late.
    networks: Option<HashMap<Cidr, Arc<str>>>,
    ranges: Option<Ranges>,
    default: Option<Arc<str>>,
    proxies: Vec<Cidr>,
    proxy_recursive: bool,
    volatile: bool,
}

impl Draft {
    fn row(&mut self, cx: &mut Cx, words: &[Word]) -> Verdict {
        let (first, second) = match words {
            [word] if self.setting(cx, word)? => return Ok(()),
            [first, second] => (first, second),
            _ => {
                let fault = Fault::emerg("invalid number of the geo parameters").at(words[0].span);
                return Err(fault.help("a row of a geo is NETWORK VALUE; quote what holds blanks"));
            }
        };
        if &*first.value == "proxy" && self.http {
            self.proxies.push(network(cx, second)?);
            return Ok(());
        }
        if self.ranges.is_some() { self.range(cx, first, second) } else { self.network(cx, first, second) }
    }

    /// A row of one word; whether it is known.
    fn setting(&mut self, cx: &Cx, word: &Word) -> Result<bool, Fault> {
        match &*word.value {
            "ranges" => {
                if self.networks.is_some() {
                    let message = "the \"ranges\" directive must be the first directive inside \"geo\" block";
                    return Err(Fault::emerg(message).at(word.span));
                }
                self.ranges.get_or_insert_default();
            }
            "proxy_recursive" if self.http => self.proxy_recursive = true,
            "volatile" if cx.target.version >= VOLATILE => self.volatile = true,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn network(&mut self, cx: &mut Cx, first: &Word, second: &Word) -> Verdict {
        let networks = self.networks.get_or_insert_default();
        match &*first.value {
            "default" => {
                insert(networks, cx, Cidr::V4(Ipv4Addr::UNSPECIFIED, 0), first, second);
                insert(networks, cx, Cidr::V6(Ipv6Addr::UNSPECIFIED, 0), first, second);
            }
            "delete" => {
                let cidr = network(cx, second)?;
                if networks.remove(&cidr).is_none() {
                    cx.warn(Fault::warn(format!("no network \"{}\" to delete", second.value)).at(second.span));
                }
            }
            _ => {
                let cidr = network(cx, first)?;
                insert(networks, cx, cidr, first, second);
            }
        }
        Ok(())
    }

    fn range(&mut self, cx: &mut Cx, first: &Word, second: &Word) -> Verdict {
        let value: Arc<str> = (*second.value).into();
        if &*first.value == "default" {
            if let Some(old) = &self.default {
                let message = format!("duplicate default geo range value: \"{value}\", old value: \"{old}\"");
                cx.warn(Fault::warn(message).at(first.span));
            }
            self.default = Some(value);
            return Ok(());
        }
        let delete = &*first.value == "delete";
        let word = if delete { second } else { first };
        let name = &word.value;
        let (start, end) = bounds(name).ok_or_else(|| {
            let fault = Fault::emerg(format!("invalid range \"{name}\"")).at(word.span);
            fault.help("two IPv4 addresses, the smaller first: 192.0.2.1-192.0.2.9")
        })?;
        let Some(ranges) = &mut self.ranges else { return Ok(()) };
        if delete {
            if !ranges.remove(start, end) {
                cx.warn(Fault::warn(format!("no address range \"{name}\" to delete")).at(word.span));
            }
            return Ok(());
        }
        ranges.add(start, end, &value, &mut |added| match added {
            Added::Again(old) => {
                let message = format!("duplicate range \"{name}\", value: \"{value}\", old value: \"{old}\"");
                cx.warn(Fault::warn(message).at(word.span));
                Ok(())
            }
            Added::Across(start, end) => {
                Err(Fault::emerg(format!("range \"{name}\" overlaps \"{start}-{end}\"")).at(word.span))
            }
        })
    }
}

fn insert(networks: &mut HashMap<Cidr, Arc<str>>, cx: &mut Cx, cidr: Cidr, named: &Word, value: &Word) {
    if networks.contains_key(&cidr) {
        // As nginx has it: what it finds for the network's first address, which may be of a smaller network.
        let old = cidr.first().and_then(|first| longest(networks, first)).map_or("", |old| &**old);
        let (name, new) = (&named.value, &value.value);
        let message = format!("duplicate network \"{name}\", value: \"{new}\", old value: \"{old}\"");
        cx.warn(Fault::warn(message).at(named.span));
    }
    networks.insert(cidr, (*value.value).into());
}

fn bounds(text: &str) -> Option<(u32, u32)> {
    let (start, end) = text.split_once('-')?;
    let number = |text| match Cidr::parse(text) {
        Some((Cidr::V4(address, 32), _)) if !text.contains('/') => Some(u32::from(address)),
        _ => None,
    };
    Some((number(start)?, number(end)?)).filter(|(start, end)| start <= end)
}

/// A network of `geo`: `ngx_http_geo_cidr_value`.
///
/// # Errors
/// `invalid network "x"`
pub fn network(cx: &mut Cx, word: &Word) -> Result<Cidr, Fault> {
    let text = &*word.value;
    // Otherwise nginx's mark of an error.
    if text == "255.255.255.255" {
        return Ok(Cidr::V4(Ipv4Addr::BROADCAST, 32));
    }
    let (cidr, low_bits) =
        Cidr::parse(text).ok_or_else(|| Fault::emerg(format!("invalid network \"{text}\"")).at(word.span))?;
    if low_bits {
        super::access::meaningless_bits(cx, text, word.span);
    }
    Ok(cidr)
}
