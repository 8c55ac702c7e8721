//! Compiles `map`, `geo` and `split_clients`.

use super::Names;
use super::build::Builder;
use crate::config::cidr::Cidr;
use crate::exchange::request::Slice;
use crate::exchange::value::{Geo, Map, Ranges, Split, Template};
use crate::modules::shared::geo::{self, Base};
use crate::modules::shared::map::{self, Key};
use crate::modules::shared::split_clients;

impl Builder<'_> {
    /// Compiles a `map`; gives its number.
    pub fn map(&mut self, map: &map::Map) -> u32 {
        let (mut names, mut patterns, mut values) = (Names::default(), Vec::new(), Vec::new());
        for (n, entry) in map.entries.iter().enumerate() {
            match &entry.key {
                Key::Regex(regex) => patterns.push((self.pattern(regex), n as u32)),
                key => names.add(key, n as u32),
            }
            values.push(self.template(&entry.value));
        }
        let default = map.default.as_ref().map_or_else(Template::default, |text| self.template(text));
        let source = self.template(&map.source);
        self.site.maps.push(Map { source, hostnames: map.hostnames, names, patterns, values, default });
        self.site.maps.len() as u32 - 1
    }

    /// Compiles a `geo`; gives its number.
    pub fn geo(&mut self, geo: &geo::Geo) -> u32 {
        let source = geo.source.as_ref().map(|name| self.variable(name));
        let (v4, v6) = self.ranges(&geo.base);
        let (proxies, recursive) = (geo.proxies.clone(), geo.proxy_recursive);
        self.site.geos.push(Geo { source, v4, v6, proxies, recursive });
        self.site.geos.len() as u32 - 1
    }

    fn ranges(&mut self, base: &Base) -> (Ranges<u32>, Option<Ranges<u128>>) {
        let (mut v4, mut v6, mut other) = (Vec::new(), Vec::new(), Slice::default());
        let networks = match base {
            Base::Networks(networks) => Some(networks),
            Base::Ranges(ranges, default) => {
                other = default.as_ref().map(|text| self.text(text)).unwrap_or_default();
                v4.extend(ranges.iter().map(|(first, last, value)| (first, last, self.text(value))));
                None
            }
        };
        for (network, value) in networks.into_iter().flatten() {
            let value = self.text(value);
            match *network {
                Cidr::V4(first, bits) => {
                    let rest = u32::MAX.checked_shr(bits.into()).unwrap_or(0);
                    v4.push((first.to_bits(), first.to_bits() | rest, value));
                }
                Cidr::V6(first, bits) => {
                    let rest = u128::MAX.checked_shr(bits.into()).unwrap_or(0);
                    v6.push((first.to_bits(), first.to_bits() | rest, value));
                }
                Cidr::Unix => {}
            }
        }
        let v4 = Ranges::new(v4, 0, other, |n| n.checked_add(1));
        (v4, networks.map(|_| Ranges::new(v6, 0, other, |n| n.checked_add(1))))
    }

    /// Compiles a `split_clients`; gives its number.
    pub fn split(&mut self, split: &split_clients::Split) -> u32 {
        let source = self.template(&split.source);
        let parts = split.parts.iter().map(|part| (part.below, self.text(&part.value))).collect();
        self.site.splits.push(Split { source, parts });
        self.site.splits.len() as u32 - 1
    }
}
