//! `map`, `geo` and `split_clients` at run time.

use std::net::IpAddr;

use super::Template;
use super::table::Variable;
use crate::config::cidr::Cidr;
use crate::config::ip_address_port;
use crate::exchange::request::{Request, Slice};
use crate::exchange::site::{Names, PatternId, Site};
use crate::exchange::state::Exchange;
use crate::modules::Version;
use crate::modules::shared::split_clients::murmur_hash2;

/// A `map`.
#[derive(Debug)]
pub struct Map {
    /// What is looked up.
    pub source: Template,
    /// A dot at its end does not count.
    pub hostnames: bool,
    /// The keys; the numbers are those of `values`.
    pub names: Names,
    /// The regular expressions, in order.
    pub patterns: Vec<(PatternId, u32)>,
    /// The values.
    pub values: Vec<Template>,
    /// The value of all else.
    pub default: Template,
}

impl Map {
    /// `ngx_http_map_variable`
    pub fn eval(&self, site: &Site, exchange: &mut Exchange) -> Option<Slice> {
        let mut source = self.source.try_eval(site, exchange)?;
        let text = exchange.text(site, source);
        if self.hostnames && text.last() == Some(&b'.') {
            source.len -= 1;
        }
        match self.find(site, exchange, source) {
            Some(value) => self.values[value as usize].try_eval(site, exchange),
            None => self.default.try_eval(site, exchange),
        }
    }

    fn find(&self, site: &Site, exchange: &mut Exchange, source: Slice) -> Option<u32> {
        let text = exchange.text(site, source);
        let found = if text.iter().any(u8::is_ascii_uppercase) {
            let start = exchange.request.bytes.len();
            super::copy(site, &mut exchange.request.bytes, source);
            exchange.request.bytes[start..].make_ascii_lowercase();
            let found = self.names.find(&exchange.request.bytes[start..]);
            exchange.request.bytes.truncate(start);
            found
        } else {
            self.names.find(text)
        };
        if found.is_some() || source.is_empty() {
            return found;
        }
        let mut patterns = self.patterns.iter();
        patterns.find(|(pattern, _)| site.matches(exchange, *pattern, source)).map(|(_, value)| *value)
    }
}

/// Values of ranges of numbers, each from its start to the next.
#[derive(Debug)]
pub struct Ranges<T>(Vec<(T, Slice)>);

impl<T: Ord + Copy> Ranges<T> {
    /// From networks or ranges given by their first and last number, the wider before the narrower where they begin
    /// alike; `after` gives the number after one, if there is one. What no range holds has the value `other`.
    pub fn new(mut ranges: Vec<(T, T, Slice)>, zero: T, other: Slice, after: fn(T) -> Option<T>) -> Ranges<T> {
        ranges.sort_by_key(|(first, last, _)| (*first, std::cmp::Reverse(*last)));
        let mut cuts = vec![(zero, other)];
        let mut open: Vec<(T, Slice)> = Vec::new();
        let close = |open: &mut Vec<(T, Slice)>, cuts: &mut Vec<(T, Slice)>, until: Option<T>| {
            while let Some((last, _)) = open.last().copied().filter(|(last, _)| until.is_none_or(|until| *last < until))
            {
                open.pop();
                let outer = open.last().map_or(other, |(_, value)| *value);
                if let Some(next) = after(last) {
                    cuts.push((next, outer));
                }
            }
        };
        for (first, last, value) in ranges {
            close(&mut open, &mut cuts, Some(first));
            cuts.push((first, value));
            open.push((last, value));
        }
        close(&mut open, &mut cuts, None);
        // Of several cuts at one number the last says what holds.
        cuts.reverse();
        cuts.sort_by_key(|(at, _)| *at);
        cuts.dedup_by_key(|(at, _)| *at);
        Ranges(cuts)
    }

    fn find(&self, number: T) -> Slice {
        let after = self.0.partition_point(|(start, _)| *start <= number);
        after.checked_sub(1).map_or(Slice::default(), |at| self.0[at].1)
    }
}

/// A `geo`.
#[derive(Debug)]
pub struct Geo {
    /// The variable with the address; none for the client's.
    pub source: Option<Variable>,
    /// The values of IPv4 addresses.
    pub v4: Ranges<u32>,
    /// The values of IPv6 addresses; none where nginx looks for 255.255.255.255 instead.
    pub v6: Option<Ranges<u128>>,
    /// Whose `X-Forwarded-For` is believed.
    pub proxies: Vec<Cidr>,
    /// To its first untrusted address.
    pub recursive: bool,
}

impl Geo {
    /// `ngx_http_geo_cidr_variable`, `ngx_http_geo_range_variable`
    pub fn eval(&self, site: &Site, exchange: &mut Exchange) -> Slice {
        let address = self.address(site, exchange);
        match address {
            Some(IpAddr::V4(v4)) => self.v4.find(v4.to_bits()),
            Some(IpAddr::V6(v6)) => match (v6.to_ipv4_mapped(), &self.v6) {
                (Some(v4), _) => self.v4.find(v4.to_bits()),
                (None, Some(table)) => table.find(v6.to_bits()),
                (None, None) => self.v4.find(u32::MAX),
            },
            None => self.v4.find(u32::MAX),
        }
    }

    fn address(&self, site: &Site, exchange: &mut Exchange) -> Option<IpAddr> {
        let address = match self.source {
            None => exchange.request.connection.client,
            Some(source) => {
                let slice = source.eval(site, exchange)?;
                Some(parse_address(exchange.text(site, slice))?.0)
            }
        };
        if self.proxies.is_empty() {
            return address;
        }
        let chain = exchange.request.values(b"x-forwarded-for");
        let real = real_client(&exchange.request, (address, 0), chain, &self.proxies, self.recursive);
        real.map_or(address, |(ip, _)| Some(ip))
    }
}

/// An address with or without a port.
fn parse_address(text: &[u8]) -> Option<(IpAddr, u16)> {
    let text = std::str::from_utf8(text).ok()?;
    ip_address_port(text, Version::NEWEST).map(|address| (address.ip(), address.port()))
}

/// `ngx_http_get_forwarded_addr`: follows the addresses in `headers` from their end as long as the one before is
/// trusted. Nothing where not even the first counts.
pub fn real_client(
    request: &Request,
    client: (Option<IpAddr>, u16),
    headers: impl DoubleEndedIterator<Item = Slice>,
    trusted: &[Cidr],
    recursive: bool,
) -> Option<(IpAddr, u16)> {
    let mut found = None;
    for header in headers.rev() {
        let whole = follow(request.get(header), client.0, &mut found, trusted, recursive);
        if !recursive || !whole {
            break;
        }
    }
    found
}

/// Follows one header; whether all of it was taken.
fn follow(
    mut text: &[u8],
    client: Option<IpAddr>,
    found: &mut Option<(IpAddr, u16)>,
    trusted: &[Cidr],
    recursive: bool,
) -> bool {
    let separator = |byte: &u8| *byte == b' ' || *byte == b',';
    loop {
        let at = found.map_or(client, |(ip, _)| Some(ip));
        if !trusted.iter().any(|network| network.contains(at)) {
            return false;
        }
        let end = text.iter().rposition(|byte| !separator(byte)).map_or(0, |last| last + 1);
        let start = text[..end].iter().rposition(separator).map_or(0, |last| last + 1);
        let Some(address) = parse_address(&text[start..end]) else { return false };
        *found = Some(address);
        if !recursive || start == 0 {
            return true;
        }
        text = &text[..start - 1];
    }
}

/// A `split_clients`.
#[derive(Debug)]
pub struct Split {
    /// What is hashed.
    pub source: Template,
    /// The parts: hashes below the first are in it; none for all.
    pub parts: Vec<(Option<u32>, Slice)>,
}

impl Split {
    /// `ngx_http_split_clients_variable`
    pub fn eval(&self, site: &Site, exchange: &mut Exchange) -> Option<Slice> {
        let source = self.source.try_eval(site, exchange)?;
        let hash = murmur_hash2(exchange.text(site, source));
        self.parts.iter().find(|(below, _)| below.is_none_or(|below| hash < below)).map(|(_, value)| *value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_ranges() {
        let value = |n| Slice::new(n, 1);
        let ranges =
            vec![(10, 99, value(1)), (20, 29, value(2)), (20, 22, value(3)), (29, 29, value(4)), (250, 255, value(5))];
        let ranges: Ranges<u8> = Ranges::new(ranges, 0, value(0), |n: u8| n.checked_add(1));
        let cases = [
            (0, 0),
            (9, 0),
            (10, 1),
            (19, 1),
            (20, 3),
            (22, 3),
            (23, 2),
            (28, 2),
            (29, 4),
            (30, 1),
            (99, 1),
            (100, 0),
            (255, 5),
        ];
        for (number, want) in cases {
            assert_eq!(ranges.find(number), value(want), "{number}");
        }
    }
}
